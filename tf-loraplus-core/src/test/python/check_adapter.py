"""Checks that peft and transformers compute what tf-loraplus computed.

Usage: python check_adapter.py BASE ADAPTER EXPECTED.safetensors [MERGED]
BASE      model directory of a sequence classification
ADAPTER   directory that tf-loraplus saved
EXPECTED  input_ids, attention_mask and logits (numbers of any type)
MERGED    model directory with the adapter merged, optional
Prints the largest differences of the logits, and fails above 1e-4.
"""

import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

LIMIT = 1e-4


def logits(model, expected):
    with torch.no_grad():
        return model.eval()(expected["input_ids"].long(),
                            expected["attention_mask"].long()).logits


def main(base, adapter, expected_file, merged=None):
    expected = load_file(expected_file)
    plain = AutoModelForSequenceClassification.from_pretrained(base)
    before = (logits(plain, expected) - expected["logits"]).abs().max().item()
    model = PeftModel.from_pretrained(plain, adapter)
    differences = {"peft": (logits(model, expected) - expected["logits"]).abs().max().item()}
    if merged:
        model, loading = AutoModelForSequenceClassification.from_pretrained(
            merged, output_loading_info=True)
        unused = {kind: keys for kind, keys in loading.items() if keys}
        if unused:
            sys.exit(f"{merged}: {unused}")
        differences["merged"] = (logits(model, expected) - expected["logits"]).abs().max().item()
    print(f"without the adapter the logits differ by {before:.3g}")
    for name, difference in differences.items():
        print(f"{name}: largest difference {difference:.3g}")
    if max(differences.values()) > LIMIT:
        sys.exit(f"above {LIMIT}")


if __name__ == "__main__":
    main(*sys.argv[1:])
