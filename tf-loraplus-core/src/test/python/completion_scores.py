"""Records how likely transformers' decoders find completions.

Run from tf-loraplus-core: python src/test/python/completion_scores.py
Needs: torch, transformers, and the models that generation.py made.

src/test/resources/generation/NAME/completions.json has prompts, what follows them, and the
log-probability of each token that follows, computed in float64 from one text at a time.
"""

import json
import random
from pathlib import Path

import torch
import transformers as hf

ROOT = Path("src/test/resources/generation")
draw = random.Random(5)


def scores(model, prompt, ids):
    logits = model(torch.tensor([prompt + ids])).logits[0].double()
    likely = torch.log_softmax(logits, dim=-1)
    return [likely[len(prompt) + i - 1, token].item() for i, token in enumerate(ids)]


def main():
    for name in ("gpt2", "llama", "mistral"):
        model = hf.AutoModelForCausalLM.from_pretrained(ROOT / name).eval().double()
        cases = []
        for prompt, follows in ((1, 1), (1, 9), (5, 3), (17, 2), (40, 24), (8, 30), (3, 3), (63, 1)):
            prompt = [draw.randrange(48) for _ in range(prompt)]
            ids = [draw.randrange(48) for _ in range(follows)]
            with torch.no_grad():
                cases.append(dict(prompt=prompt, ids=ids, scores=scores(model, prompt, ids)))
        (ROOT / name / "completions.json").write_text(json.dumps(cases) + "\n")


main()
