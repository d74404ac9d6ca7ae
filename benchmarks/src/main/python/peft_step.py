"""Training steps of transformers and peft on a model directory, driven line by line.

Usage: python peft_step.py MODEL ADAPTER BATCH LENGTH LEARNING_RATE RATIO [PRECISION] [MODE]

PRECISION is fp32, autocast (bfloat16 products over float32 weights) or bf16 (bfloat16 weights too).
MODE is eager, compile (torch.compile) or checkpoint (gradient checkpointing of every layer).
Reads a number of steps from each line of standard input, takes them, and prints one JSON line with
the milliseconds of a step and the last loss. Only the last step of a line is waited for. The line
"peak" is answered with the GFLOP/s of products of large matrices. The batch is made by the same
rule as in Java: token id (7 row + 13 position) mod vocabulary, label row mod 2, or the next tokens
for a causal model.
"""

import contextlib
import json
import sys
import time

import torch
from peft import PeftModel
from peft.optimizers import create_loraplus_optimizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification


def gemm_peak(device, precision):
    """GFLOP/s of the best of some runs of four products in a row, as GemmPeak measures it."""
    size = 8192 if device == "cuda" else 2048
    dtype = torch.float32 if precision == "fp32" else torch.bfloat16
    factor = (torch.randn(size, size, device=device) / size ** 0.5).to(dtype)
    best = float("inf")
    with torch.no_grad():
        for _ in range(4):
            started = time.perf_counter()
            product = factor
            for _ in range(4):
                product = product @ factor
            product[0, 0].item()  # waits for the device
            best = min(best, time.perf_counter() - started)
    return 8e-9 * size ** 3 / best


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

    print(json.dumps({"ready": True, "torch": torch.__version__, "gpu": device == "cuda"}),
          flush=True)
    for line in sys.stdin:
        if line.strip() == "peak":
            print(json.dumps({"gflops": gemm_peak(device, precision)}), flush=True)
            continue
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
        print(json.dumps({"milliseconds": milliseconds, "loss": value}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
