"""Makes a tiny BERT with a masked-LM head (tanh GELU) and one with a regression head.

Run from tf-loraplus-core: python src/test/python/model_heads.py
Each directory of src/test/resources/dev/loraplus/model holds config.json, model.safetensors and
expected.safetensors: input_ids, attention_mask, token_type_ids and the logits of transformers.
"""

import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification

OUT = Path("src/test/resources/dev/loraplus/model")
VOCABULARY = 24


def config(**settings):
    return BertConfig(
        vocab_size=VOCABULARY, hidden_size=12, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=20, max_position_embeddings=12, **settings)


def make(name, model):
    torch.manual_seed(5)
    for parameter in model.parameters():  # untrained norms and biases would hide mistakes
        torch.nn.init.normal_(parameter, std=0.4)
    ids = torch.randint(1, VOCABULARY, (3, 7))
    mask = (torch.arange(7)[None, :] < torch.tensor([[7], [3], [5]])).long()
    types = torch.tensor([[0, 0, 1, 1, 1, 1, 1], [0, 1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0]])
    with torch.no_grad():
        logits = model.eval()(ids, mask, types).logits
    directory = OUT / name
    shutil.rmtree(directory, ignore_errors=True)
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    save_file(dict(input_ids=ids, attention_mask=mask, token_type_ids=types, logits=logits),
              directory / "expected.safetensors")


if __name__ == "__main__":
    make("masked_lm", BertForMaskedLM(config(hidden_act="gelu_new", layer_norm_eps=1e-6)))
    make("regression", BertForSequenceClassification(
        config(num_labels=1, problem_type="regression")))
