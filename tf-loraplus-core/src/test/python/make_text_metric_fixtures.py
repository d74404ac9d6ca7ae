"""Writes the values that TextMetricsTest checks against.

BLEU and words come from sacrebleu, NIST of single references from nltk. NIST of several references
and ROUGE-L are computed here, from their definitions and by other means than the Java code: NIST
with fractions of counters over tuples, the longest common subsequence by recursion.

Run in tf-loraplus-core with sacrebleu and nltk installed:
    python src/test/python/make_text_metric_fixtures.py
"""
import functools
import json
import math
import pathlib
import random
from collections import Counter

from nltk.translate.nist_score import corpus_nist
from sacrebleu.metrics import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

TARGET = pathlib.Path("src/test/resources/dev/loraplus/training/metrics/text/expected.json")
choice = random.Random(11)

LINES = [
    "",
    " ",
    "a plain line",
    "It's 3.5, or 1,000; that costs $4.50-5.00!",
    "end. Mr.Smith , e.g. this,that and 5.",
    "well-known 2020-21 x-1 1-x -5 --",
    "&quot;Fish &amp; chips&quot; &lt;b&gt; &amp;quot; &apos;",
    "broken-\nword and\nlines <skipped> here",
    "trailing hyphen-\n",
    "caf\u00e9 \u2014 \u201cna\u00efve\u201d \u20ac5.20 \u4e2d\u6587\u3002 \U0001F600.5",
    "no\u00a0break\u3000wide\u2009thin\ttab\x1cfile\u200bzero",
    "[a]{b}|c|~d~^e^`f`\\g\\/h/_i_=j=+k+*l*(m)<n>?o?@p@#q#%r%:s:;t;",
    "UPPER \u0130stanbul STRASSE \u00df \u03a3\u03a3",
    ".start ,of .. line.. ,,",
]


def sentence():
    name = choice.choice(["The Mill", "Blue Spice", "Cotto", "The Rice Boat"])
    food = choice.choice(["Italian", "Indian", "Fast food", "Chinese"])
    price = choice.choice(["cheap", "moderately priced", "\u00a320-25", "less than \u00a320", "high-priced"])
    rating = choice.choice(["5 out of 5", "low", "3 out of 5", "high"])
    forms = [
        f"{name} is a {price} {food} restaurant with a {rating} customer rating.",
        f"{name} serves {food} food, its rating is {rating}.",
        f"There is a {price} place, {name}, that serves {food} food.",
        f"Near the river you'll find {name}; it's {price} and rated {rating}.",
    ]
    return choice.choice(forms)


def noisy(text):
    words = text.split()
    for _ in range(choice.randrange(4)):
        at = choice.randrange(len(words))
        words[at : at + 1] = choice.choice([[], ["the"], [words[at], words[at]], ["not", words[at]]])
        if not words:
            return "the"
    return " ".join(words)


def split(text, lower=True):
    text = text.lower() if lower else text
    return Tokenizer13a()(text.rstrip()).split()


def runs(words, n):
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def nist(pairs):
    """Doddington's equations 2 and 3, with mteval's clipping and mean reference length."""
    pairs = [(split(text), [split(r) for r in refs]) for text, refs in pairs]
    seen = Counter()
    for _, refs in pairs:
        for ref in refs:
            for n in range(1, 6):
                seen.update(runs(ref, n))
    words = sum(len(ref) for _, refs in pairs for ref in refs)
    total = 0.0
    for n in range(1, 6):
        gained, made = 0.0, 0
        for text, refs in pairs:
            own = runs(text, n)
            made += sum(own.values())
            allowed = functools.reduce(lambda a, b: a | b, (runs(ref, n) for ref in refs))
            for run, times in (own & allowed).items():
                gained += times * math.log2((seen[run[:-1]] if n > 1 else words) / seen[run])
        total += gained / made if made else 0.0
    mine = sum(len(text) for text, _ in pairs)
    theirs = sum(sum(map(len, refs)) / len(refs) for _, refs in pairs)
    ratio = min(1.0, mine / theirs)
    return 0.0 if ratio == 0 else total * math.exp(
        math.log(0.5) / math.log(1.5) ** 2 * math.log(ratio) ** 2
    )


def rouge(pairs, beta=1.2):
    def longest(a, b):
        @functools.lru_cache(None)
        def rest(i, j):
            if i == len(a) or j == len(b):
                return 0
            if a[i] == b[j]:
                return 1 + rest(i + 1, j + 1)
            return max(rest(i + 1, j), rest(i, j + 1))

        return rest(0, 0)

    scores = []
    for text, refs in pairs:
        text = split(text)
        refs = [split(ref) for ref in refs]
        common = [longest(text, ref) for ref in refs]
        if not any(common):
            scores.append(0.0)
            continue
        p = max(c / len(text) for c in common)
        r = max(c / len(ref) for c, ref in zip(common, refs) if ref)
        scores.append((1 + beta**2) * p * r / (r + beta**2 * p))
    return 100 * sum(scores) / len(scores)


def bleu(pairs, lower):
    most = max(len(refs) for _, refs in pairs)
    streams = [[refs[i] if i < len(refs) else None for _, refs in pairs] for i in range(most)]
    score = BLEU(lowercase=lower).corpus_score([text for text, _ in pairs], streams)
    return {
        "value": score.score,
        "precisions": score.precisions,
        "brevityPenalty": score.bp,
        "words": score.sys_len,
        "referenceWords": score.ref_len,
    }


def corpus(pairs):
    value = nist(pairs)
    if all(len(refs) == 1 for _, refs in pairs) and any(split(text) for text, _ in pairs):
        # mteval of one reference is what nltk has; with several nltk takes one of them.
        theirs = corpus_nist(
            [[split(ref) for ref in refs] for _, refs in pairs], [split(t) for t, _ in pairs]
        ) if all(len(split(t)) >= 5 for t, _ in pairs) else value
        assert abs(value - theirs) < 1e-9, (value, theirs)
        value = theirs
    return {
        "candidates": [{"text": text, "references": refs} for text, refs in pairs],
        "bleu": bleu(pairs, False),
        "bleuLowered": bleu(pairs, True),
        "nist": value,
        "rougeL": rouge(pairs),
    }


def main():
    corpora = []
    for size, most in ((1, 1), (12, 1), (12, 4), (25, 8)):
        pairs = []
        for _ in range(size):
            refs = [sentence() for _ in range(choice.randint(1, most))]
            pairs.append((noisy(choice.choice(refs)), refs))
        corpora.append(corpus(pairs))
    corpora += [
        corpus([("the the the the the the the", ["the cat is on the mat", "there is a cat"])]),
        corpus([("short", ["a much longer text than this one", "short text"])]),
        corpus([("nothing is right", ["all wrong here"])]),
        corpus([("", ["an empty candidate"]), ("a cat sat here", ["a cat sat there"])]),
        corpus([("one two three four", ["four three two one"])]),
        corpus([("The Cat sat", ["the cat sat on it"]), ("on it now and then", ["on it now"])]),
        corpus([(line, [choice.choice(LINES[2:]), line or "x"]) for line in LINES]),
    ]
    words = [{"text": t, "kept": split(t, False), "lowered": split(t)} for t in LINES]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps({"words": words, "corpora": corpora}, indent=1) + "\n")
    print([(round(c["bleu"]["value"], 2), round(c["nist"], 3), round(c["rougeL"], 2)) for c in corpora])


main()
