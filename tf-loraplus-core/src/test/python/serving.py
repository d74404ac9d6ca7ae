"""Makes three adapters of the tiny BERT with peft and records what peft gives for a mixed batch and
for weighted combinations.

Run from tf-loraplus-core: python src/test/python/serving.py
Needs: torch, transformers, peft, safetensors.

src/test/resources/serving/
  one, two, three        adapters in peft's layout, without a head of their own
  expected.safetensors   input_ids, attention_mask of five texts; mixed, the logits with
                         the adapters one, two, none, three, one; linear, cat and svd, the logits of
                         weighted combinations; linear.KEY, the tensors of the first
"""

from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification

BASE = "src/test/resources/conformance/bases/bert-cls"
OUT = Path("src/test/resources/serving")
CONFIGS = {
    "one": LoraConfig(r=2, lora_alpha=4, target_modules=["query", "value"]),
    "two": LoraConfig(r=2, lora_alpha=3, target_modules=["query", "dense"], use_rslora=True),
    "three": LoraConfig(r=3, lora_alpha=6, target_modules=["word_embeddings", "value"]),
}


def fresh():
    return AutoModelForSequenceClassification.from_pretrained(BASE).eval()


def make_adapters():
    for seed, (name, config) in enumerate(CONFIGS.items()):
        torch.manual_seed(seed)
        model = get_peft_model(fresh(), config)
        for parameter in model.parameters():
            if parameter.requires_grad:
                torch.nn.init.normal_(parameter, std=0.3)
        model.save_pretrained(OUT / name)
        (OUT / name / "README.md").unlink(missing_ok=True)


def main():
    make_adapters()
    model = PeftModel.from_pretrained(fresh(), OUT / "one", adapter_name="one")
    model.load_adapter(OUT / "two", adapter_name="two")
    model.load_adapter(OUT / "three", adapter_name="three")
    model.eval()
    torch.manual_seed(9)
    ids = torch.randint(5, 40, (5, 7))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    mask[3, 4:] = 0
    inputs = dict(input_ids=ids, attention_mask=mask)
    expected = dict(inputs)
    with torch.no_grad():
        names = ["one", "two", "__base__", "three", "one"]
        expected["mixed"] = model(**inputs, adapter_names=names).logits
        for kind, weights in {
            "linear": dict(one=0.7, two=-0.4),
            "cat": dict(one=0.7, two=-0.4, three=1.3),
            "svd": dict(one=0.7, two=-0.4, three=1.3),
        }.items():
            model.add_weighted_adapter(
                list(weights), list(weights.values()), kind, combination_type=kind)
            model.set_adapter(kind)
            expected[kind] = model(**inputs).logits
            if kind == "linear":
                state = get_peft_model_state_dict(model, adapter_name=kind)
                expected |= {f"{kind}.{key}": value for key, value in state.items()}
    save_file({k: v.contiguous() for k, v in expected.items()}, OUT / "expected.safetensors")


if __name__ == "__main__":
    main()
