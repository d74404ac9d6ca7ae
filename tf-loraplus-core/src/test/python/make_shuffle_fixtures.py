"""Writes the orders that ShuffleTest checks against, from SplitMix64 in plain Python integers.

Run in tf-loraplus-core:
    python src/test/python/make_shuffle_fixtures.py
"""
import json
import pathlib

TARGET = pathlib.Path("src/test/resources/dev/loraplus/data/batch/orders.json")
MASK = 2**64 - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound):
        complete = 2**63 - 2**63 % bound  # 63 bits below this are uniform modulo the bound
        while True:
            bits = self.next() >> 1
            if bits < complete:
                return bits % bound


def order(seed, epoch, size):
    start = SplitMix64(SplitMix64(seed).next() + epoch).next()
    random = SplitMix64(start)
    values = list(range(size))
    for i in range(size - 1, 0, -1):
        j = random.below(i + 1)
        values[i], values[j] = values[j], values[i]
    return values


# The published first numbers of seed 1234567.
published = SplitMix64(1234567)
assert [published.next() for _ in range(3)] == [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
]
cases = [
    {"seed": seed, "epoch": epoch, "order": order(seed, epoch, size)}
    for seed, epoch, size in [
        (0, 0, 10), (0, 1, 10), (1, 0, 10), (42, 3, 1), (42, 3, 2), (-7, 12, 33), (2**62, 9, 500),
    ]
]
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
