"""Training steps of transformers and peft on a model directory, driven line by line.

Usage: python peft_step.py MODEL ADAPTER BATCH LENGTH LEARNING_RATE RATIO [PRECISION] [MODE]

PRECISION is fp32, autocast (bfloat16 products over float32 weights) or bf16 (bfloat16 weights too).
MODE is eager, compile (torch.compile) or checkpoint (gradient checkpointing of every layer).
Reads a number of steps from each line of standard input, takes them, and prints one JSON line with
the milliseconds of a step and the last loss. Only the last step of a line is waited for. The batch
is made by the same rule as in Java: token id (7 row + 13 position) mod vocabulary, label row mod 2,
or the next tokens for a causal model.
"""

import contextlib
import json
import sys
import time

import torch
from peft import PeftModel
from peft.optimizers import create_loraplus_optimizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification


def main(directory, adapter, batch, length, rate, ratio, precision="fp32", mode="eager"):
    batch, length = int(batch), int(length)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    causal = AutoConfig.from_pretrained(directory).architectures[0].endswith(
        ("LMHeadModel", "ForCausalLM"))
    kind = AutoModelForCausalLM if causal else AutoModelForSequenceClassification
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    base = kind.from_pretrained(directory, dtype=dtype)
    model = PeftModel.from_pretrained(base, adapter, is_trainable=True).to(device).train()
    if mode == "checkpoint":
        model.enable_input_require_grads()
        model.gradient_checkpointing_enable({"use_reentrant": False})
    optimizer = create_loraplus_optimizer(
        model, optimizer_cls=torch.optim.AdamW, lr=float(rate), loraplus_lr_ratio=float(ratio))
    rows = torch.arange(batch)[:, None]
    positions = torch.arange(length)[None, :]
    ids = ((7 * rows + 13 * positions) % base.config.vocab_size).to(device)
    labels = ids if causal else (torch.arange(batch) % 2).to(device)
    feeds = dict(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels)
    forward = torch.compile(model) if mode == "compile" else model

    def precise():
        if precision == "autocast":
            return torch.autocast(device, dtype=torch.bfloat16)
        return contextlib.nullcontext()

    print(json.dumps({"ready": True, "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        steps = int(line)
        started = time.perf_counter()
        for _ in range(steps):
            with precise():
                loss = forward(**feeds).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        value = loss.item()  # waits for the device
        milliseconds = 1e3 * (time.perf_counter() - started) / steps
        memory = torch.cuda.max_memory_allocated() if device == "cuda" else 0
        print(json.dumps({"milliseconds": milliseconds, "loss": value, "memory": memory}),
              flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
