"""Makes src/test/resources/optimizer/trajectories.json.

Trains a small model with adapters on an embedding and a linear layer, in double precision, with
peft's own LoRA+ optimizer, torch's gradient clipping and the schedules of transformers, and writes
the parameters along the way.

    python optimizer_trajectories.py    # torch 2.13, peft 0.21, transformers 5.18
"""

import json
import pathlib

import torch
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer
from torch import nn
from transformers import (
    get_constant_schedule,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
    get_polynomial_decay_schedule_with_warmup,
)

STEPS = 20
SHOWN = (1, 2, 20)
VOCABULARY, WIDTH, OUT, RANK, BATCH = 6, 4, 3, 2, 5


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(OUT))

    def forward(self, x):
        return x * self.weight


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.linear = nn.Linear(WIDTH, OUT)
        self.scale = Scale()

    def forward(self, ids):
        return self.scale(self.linear(self.embedding(ids)))


def float32_values(*shape):
    """Doubles that are float32 numbers, so that every reader starts from the same values."""
    return torch.randn(*shape, dtype=torch.float32).double()


def make_problem():
    torch.manual_seed(7)
    values = {
        "embedding": float32_values(VOCABULARY, WIDTH),
        "weight": float32_values(OUT, WIDTH),
        "target": float32_values(BATCH, OUT),
        "embedding_A": float32_values(RANK, VOCABULARY),
        "embedding_B": float32_values(WIDTH, RANK) * 0.25,
        "A": float32_values(RANK, WIDTH),
        "B": torch.zeros(OUT, RANK, dtype=torch.float64),
        "bias": float32_values(OUT),
        "scale": 1 + float32_values(OUT) * 0.25,
    }
    values["scale"] = values["scale"].float().double()
    return values, torch.tensor([0, 3, 3, 5, 1])


def make_model(values):
    config = LoraConfig(
        r=RANK,
        lora_alpha=RANK,
        target_modules=["embedding", "linear"],
        modules_to_save=["scale"],
        bias="all",
    )
    model = get_peft_model(Model(), config).double()
    base = model.base_model.model
    trained = {
        "embedding_A": base.embedding.lora_embedding_A["default"],
        "embedding_B": base.embedding.lora_embedding_B["default"],
        "A": base.linear.lora_A["default"].weight,
        "B": base.linear.lora_B["default"].weight,
        "bias": base.linear.base_layer.bias,
        "scale": base.scale.modules_to_save["default"].weight,
    }
    with torch.no_grad():
        base.embedding.base_layer.weight.copy_(values["embedding"])
        base.linear.base_layer.weight.copy_(values["weight"])
        for name, parameter in trained.items():
            parameter.copy_(values[name])
    assert {id(p) for p in trained.values()} == {
        id(p) for p in model.parameters() if p.requires_grad
    }
    return model, trained


RULES = {
    "adamw": (torch.optim.AdamW, {"betas": (0.9, 0.999), "eps": 1e-8}),
    "adamw_glue": (torch.optim.AdamW, {"betas": (0.9, 0.99), "eps": 1e-6}),
    "adam": (torch.optim.Adam, {"betas": (0.9, 0.999), "eps": 1e-8}),
    "sgd": (torch.optim.SGD, {"momentum": 0.0}),
    "sgd_momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "sgd_nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
}

SCHEDULES = {
    "constant": lambda optimizer: get_constant_schedule(optimizer),
    "linear": lambda optimizer: get_linear_schedule_with_warmup(optimizer, 0, STEPS),
    "warmup_cosine": lambda optimizer: get_cosine_schedule_with_warmup(optimizer, 4, STEPS),
    # lr_end is compared with the first group's rate, so 0 is the only end all groups share.
    "polynomial": lambda optimizer: get_polynomial_decay_schedule_with_warmup(
        optimizer, 0, STEPS, lr_end=0.0, power=2.0
    ),
}

CASES = [
    ("adamw", "constant", None, 0.0),
    ("adamw", "constant", 0.5, 0.1),
    ("adamw", "linear", None, 0.1),
    ("adamw_glue", "warmup_cosine", 0.5, 0.01),
    ("adamw", "polynomial", None, 0.0),
    ("adam", "constant", None, 0.1),
    ("adam", "linear", 0.5, 0.01),
    ("sgd", "linear", None, 0.1),
    ("sgd_momentum", "constant", 0.5, 0.1),
    ("sgd_momentum", "warmup_cosine", None, 0.0),
    ("sgd_nesterov", "linear", 0.5, 0.1),
    ("sgd_nesterov", "constant", None, 0.01),
]


def run(values, ids, rule, schedule, max_norm, decay):
    model, trained = make_model(values)
    optimizer_class, settings = RULES[rule]
    optimizer = create_loraplus_optimizer(
        model,
        optimizer_class,
        lr=5e-3,
        loraplus_lr_ratio=4.0,
        loraplus_lr_embedding=2e-3,
        loraplus_weight_decay=decay,
        **settings,
    )
    scheduler = SCHEDULES[schedule](optimizer)
    norms, losses, shown = [], [], {}
    for step in range(1, STEPS + 1):
        loss = ((model(ids) - values["target"]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        limit = float("inf") if max_norm is None else max_norm
        norms.append(torch.nn.utils.clip_grad_norm_(trained.values(), limit).item())
        losses.append(loss.item())
        optimizer.step()
        scheduler.step()
        if step in SHOWN:
            shown[str(step)] = {n: numbers(p.detach()) for n, p in trained.items()}
    return {
        "rule": rule,
        "schedule": schedule,
        "maxNorm": max_norm,
        "weightDecay": decay,
        "norms": [float(f"{n:.9g}") for n in norms],
        "losses": [float(f"{n:.9g}") for n in losses],
        "parameters": shown,
    }


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.flatten().tolist()]


def main():
    values, ids = make_problem()
    fixture = {
        "shapes": {n: list(v.shape) for n, v in values.items()},
        "values": {n: v.flatten().tolist() for n, v in values.items()},
        "ids": ids.tolist(),
        "cases": [run(values, ids, *case) for case in CASES],
    }
    path = pathlib.Path(__file__).parent.parent / "resources/optimizer/trajectories.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
