"""Compares the scores of `paper e2e` with sacrebleu's on the texts that it generated.

usage: check_e2e.py PAPER_E2E_DIRECTORY
Each run's result.json must have the BLEU of its outputs.jsonl within 0.01; exits 1 if one has not.
"""
import json
import pathlib
import sys

import sacrebleu

TOLERANCE = 0.01


def references(lines):
    """sacrebleu wants as many references for each text: a missing one is None."""
    most = max(len(line["references"]) for line in lines)
    return [[line["references"][i] if i < len(line["references"]) else None for line in lines]
            for i in range(most)]


def main(directory):
    results = sorted(pathlib.Path(directory).glob("*/seed-*/result.json"))
    if not results:
        sys.exit(f"no result.json in {directory}/*/seed-*")
    worst = 0.0
    for result in results:
        lines = [json.loads(line) for line in open(result.parent / "outputs.jsonl")]
        expected = sacrebleu.corpus_bleu([line["text"] for line in lines], references(lines)).score
        ours = json.load(open(result))["bleu"]
        worst = max(worst, abs(ours - expected))
        print(f"{result.parent.relative_to(directory)}: {ours:.6f}, sacrebleu {expected:.6f}")
    sys.exit(1 if worst > TOLERANCE else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
