"""Five steps of full fine-tuning by torch: every weight trains, the head at a rate of its own.

usage: full_training.py BASES/bert-cls OUT.safetensors
"""
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import BertForSequenceClassification

RATE, HEAD_RATE, DECAY, CLIP, STEPS = 2e-3, 5e-3, 0.1, 1.0, 5


def main(base, out):
    model = BertForSequenceClassification.from_pretrained(base).eval()
    batch = load_file(base + "/expected_logits.safetensors")
    labels = torch.tensor([0, 1, 2, 1])
    decays = lambda name: not name.endswith("bias") and "LayerNorm" not in name
    groups = {}
    for name, parameter in model.named_parameters():
        rate = HEAD_RATE if name.startswith("classifier") else RATE
        groups.setdefault((rate, DECAY if decays(name) else 0.0), []).append(parameter)
    optimizer = torch.optim.AdamW(
        [dict(params=p, lr=rate, weight_decay=decay) for (rate, decay), p in groups.items()],
        betas=(0.9, 0.99), eps=1e-8)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        logits = model(input_ids=batch["input_ids"].long(),
                       attention_mask=batch["attention_mask"].long()).logits
        loss = torch.nn.functional.cross_entropy(logits, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        losses.append(loss.item())
    tensors = {name: p.detach().contiguous() for name, p in model.named_parameters()}
    save_file(tensors | {"losses": torch.tensor(losses)}, out)
    print(losses)


if __name__ == "__main__":
    main(*sys.argv[1:])
