"""Epochs of transformers and peft over a table of texts, with its best batching: batches grouped by
length as transformers' trainer does, each padded to its longest text, tokenised beforehand. Each
epoch waits for a line of input and answers with a line of JSON.

Usage: python peft_epoch.py MODEL ADAPTER TEXTS BATCH EPOCHS LEARNING_RATE RATIO PRECISION
"""

import contextlib
import json
import sys
import time

import torch
from peft import PeftModel
from peft.optimizers import create_loraplus_optimizer
from transformers import AutoModelForSequenceClassification, BertTokenizerFast, DataCollatorWithPadding
from transformers.trainer_pt_utils import LengthGroupedSampler


def main(directory, adapter, texts, batch, epochs, rate, ratio, precision):
    tokenizer = BertTokenizerFast(vocab_file=directory + "/vocab.txt", do_lower_case=True)
    rows = [line.rstrip("\n").split("\t") for line in open(texts, encoding="utf-8")]
    encoded = tokenizer([row[0] for row in rows])
    data = [{"input_ids": ids, "attention_mask": mask, "labels": int(row[1])}
            for ids, mask, row in zip(encoded["input_ids"], encoded["attention_mask"], rows)]
    base = AutoModelForSequenceClassification.from_pretrained(directory)
    model = PeftModel.from_pretrained(base, adapter, is_trainable=True).train()
    optimizer = create_loraplus_optimizer(
        model, optimizer_cls=torch.optim.AdamW, lr=float(rate), loraplus_lr_ratio=float(ratio))
    torch.manual_seed(0)
    lengths = [len(row["input_ids"]) for row in data]
    sampler = LengthGroupedSampler(int(batch), lengths=lengths)
    loader = torch.utils.data.DataLoader(
        data, batch_size=int(batch), sampler=sampler, collate_fn=DataCollatorWithPadding(tokenizer))
    narrow = precision == "autocast"
    for _ in range(int(epochs)):
        sys.stdin.readline()
        started, worked, losses, padded = time.perf_counter(), time.process_time(), [], 0
        for feeds in loader:
            padded += feeds["input_ids"].numel()
            with torch.autocast("cpu", dtype=torch.bfloat16) if narrow else contextlib.nullcontext():
                loss = model(**feeds).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(json.dumps({
            "steps": len(losses),
            "seconds": time.perf_counter() - started,
            "processor_seconds": time.process_time() - worked,
            "loss": sum(losses) / len(losses),
            "places": padded}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
