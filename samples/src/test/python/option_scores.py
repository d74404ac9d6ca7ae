"""Records how likely transformers' decoders find the options of tiny questions.

Run from samples: python src/test/python/option_scores.py
Needs: torch, transformers, tokenizers, and the models of core's generation.py.

In src/test/resources/dev/loraplus/samples/paper/commonsense the files of questions are written by
hand. This makes tokenizer-NAME.json (words; Llama's puts <s> before a text) and expected.json: for
every model, benchmark and question the log-likelihood of each option, computed in float64 from one
text at a time. Prompts are those of EleutherAI's evaluation harness, written here once more.
"""

import csv
import json
import re
from pathlib import Path

import torch
import transformers as hf
from tokenizers import Tokenizer, models, pre_tokenizers, processors

HERE = Path("src/test/resources/dev/loraplus/samples/paper/commonsense")
MODELS = Path("../tf-loraplus-core/src/test/resources/generation")
WORDS = (
    "<unk> <s> </s> Question Answer : ? . , The A a the is sea river whale fish boat salt water rain sun"
    " ice land in on to of and man live brings bring takes take put fresh short no"
    " yes because mammal B C D true false").split()


def tokenizer(name):
    made = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.add_special_tokens(["<s>", "</s>"])
    if name == "llama":
        made.post_processor = processors.TemplateProcessing(
            single="<s> $A", pair="<s> $A $B:1", special_tokens=[("<s>", 1)])
    made.save(str(HERE / f"tokenizer-{name}.json"))
    return made


def lines(name):
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


def boolq():
    for q in lines("boolq.jsonl"):
        prompt = f"{q['passage']}\nQuestion: {q['question'].removesuffix('?')}?\nAnswer:"
        yield [(prompt, " no"), (prompt, " yes")], int(q.get("answer", q.get("label")))


def piqa():
    labels = (HERE / "piqa-labels.lst").read_text().split()
    for q, label in zip(lines("piqa.jsonl"), labels):
        prompt = f"Question: {q['goal']}\nAnswer:"
        yield [(prompt, " " + q["sol1"]), (prompt, " " + q["sol2"])], int(label)


def hellaswag():
    def clean(text):
        text = text.strip().replace(" [title]", ". ")
        return re.sub("\\[.*?\\]", "", text).replace("  ", " ")

    for q in lines("hellaswag.jsonl"):
        prompt = clean(f"{q['activity_label']}: {q['ctx_a']} {q['ctx_b'].capitalize()}")
        yield [(prompt, " " + clean(e)) for e in q["endings"]], int(q["label"])


def winogrande():
    for q in lines("winogrande.jsonl"):
        before, after = q["sentence"].split("_")
        yield [(before + q[o], " " + after.strip()) for o in ("option1", "option2")], int(q["answer"]) - 1


def labelled(name, form):
    for q in lines(name):
        inner = q["question"] if isinstance(q.get("question"), dict) else q
        stem = inner.get("stem") or q.get("question_stem") or q["question"]
        choices = inner["choices"]
        if isinstance(choices, dict):
            choices = [dict(text=t, label=k) for t, k in zip(choices["text"], choices["label"])]
        key = [c["label"] for c in choices].index(q["answerKey"])
        yield [(form.format(stem), " " + c["text"]) for c in choices], key


def mmlu(shots):
    def read(name):
        for row in csv.reader((HERE / name).open()):
            options = "".join(f"\n{k}. {t}" for k, t in zip("ABCD", row[1:5]))
            yield f"{row[0]}{options}\nAnswer:", row[5]

    head = "The following are multiple choice questions (with answers) about sea life.\n\n"
    head += "".join(f"{p} {a}\n\n" for p, a in list(read("sea_life_dev.csv"))[:shots])
    for prompt, answer in read("sea_life_test.csv"):
        yield [(head + prompt, " " + letter) for letter in "ABCD"], "ABCD".index(answer)


def instructions():
    head = ("Below is an instruction that describes a task. Write a response that appropriately completes"
            " the request.\n\n### Instruction:\n")
    for q in json.loads((HERE / "instructions.json").read_text()):
        answers = q["instruction"].split("Answer format:")[1].strip().split("/")
        prompt = head + q["instruction"] + "\n\n### Response:\nthe correct answer is"
        yield [(prompt, " " + a) for a in answers], answers.index(q["answer"])


def score(model, encoder, prompt, text):
    before, whole = encoder.encode(prompt).ids, encoder.encode(prompt + text).ids
    assert whole[: len(before)] == before and len(whole) > len(before)
    count, whole = len(whole) - len(before), whole[-model.config.max_position_embeddings:]
    likely = torch.log_softmax(model(torch.tensor([whole])).logits[0].double(), dim=-1)
    return sum(likely[i - 1, whole[i]].item() for i in range(len(whole) - count, len(whole)))


def main():
    benchmarks = {
        "boolq": list(boolq()), "piqa": list(piqa()), "hellaswag": list(hellaswag()),
        "winogrande": list(winogrande()), "arc": list(labelled("arc.jsonl", "Question: {}\nAnswer:")),
        "openbookqa": list(labelled("openbookqa.jsonl", "{}")), "mmlu": list(mmlu(0)),
        "mmlu-2": list(mmlu(2)), "instructions": list(instructions()),
    }
    expected = {}
    for name in ("gpt2", "llama"):
        encoder = tokenizer(name)
        model = hf.AutoModelForCausalLM.from_pretrained(MODELS / name).eval().double()
        expected[name] = {}
        with torch.no_grad():
            for benchmark, questions in benchmarks.items():
                expected[name][benchmark] = [
                    dict(answer=answer, logLikelihoods=[score(model, encoder, *o) for o in options])
                    for options, answer in questions]
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
