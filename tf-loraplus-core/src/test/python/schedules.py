"""Makes src/test/resources/optimizer/schedules.json: rates of the schedules of transformers.

    python schedules.py    # torch 2.13, transformers 5.18
"""

import json
import pathlib

import torch
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
    get_polynomial_decay_schedule_with_warmup,
)

RATE, STEPS, BEYOND = 2e-4, 50, 5

CASES = {
    "linear": lambda o: get_linear_schedule_with_warmup(o, 0, STEPS),
    "warmup_linear": lambda o: get_linear_schedule_with_warmup(o, 7, STEPS),
    "warmup_constant": lambda o: get_constant_schedule_with_warmup(o, 7),
    "cosine": lambda o: get_cosine_schedule_with_warmup(o, 0, STEPS),
    "warmup_cosine": lambda o: get_cosine_schedule_with_warmup(o, 7, STEPS),
    "cosine_2_cycles": lambda o: get_cosine_schedule_with_warmup(o, 0, STEPS, num_cycles=2.0),
    "warmup_polynomial": lambda o: get_polynomial_decay_schedule_with_warmup(
        o, 7, STEPS, lr_end=RATE * 0.1, power=2.0
    ),
}


def rates(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    scheduler = make(optimizer)
    values = []
    for _ in range(STEPS + BEYOND + 1):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


def main():
    fixture = {
        "baseRate": RATE,
        "totalSteps": STEPS,
        "rates": {name: rates(make) for name, make in CASES.items()},
    }
    path = pathlib.Path(__file__).parent.parent / "resources/optimizer/schedules.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
