"""Asks peft which modules of the tiny BERT a dozen configurations adapt, at which rank and scaling.

Usage: python peft_matching.py BASE OUT.json
BASE is the model directory of conformance_cases.py. For each case OUT holds the configuration as
peft writes it, and what peft made of it: adapted modules with [rank, scaling] and the modules that
train in full; or `error` where peft refuses.
"""

import copy
import json
import pathlib
import sys

from peft import LoraConfig, get_peft_model
from transformers import BertForSequenceClassification

CASES = {
    "suffixes": dict(target_modules=["query", "value"]),
    "path": dict(target_modules=["bert.encoder.layer.0.attention.self.key", "value"]),
    "dotted_suffix": dict(target_modules=["attention.output.dense"]),
    "short_suffix": dict(target_modules=["dense"]),
    "regex": dict(target_modules=r".*layer\.1\..*(query|dense)"),
    "regex_of_a_part": dict(target_modules=r"encoder.*key"),
    "all_linear": dict(target_modules="all-linear"),
    "all_linear_but": dict(target_modules="all-linear", exclude_modules=["pooler.dense", "key"]),
    "exclude_suffixes": dict(target_modules=["dense"], exclude_modules=["output.dense"]),
    "exclude_regex": dict(target_modules=["dense", "key"], exclude_modules=r".*\.0\..*|.*pooler.*"),
    "layers": dict(target_modules=["query", "dense"], layers_to_transform=[1]),
    "one_layer": dict(target_modules=["query"], layers_to_transform=0),
    "layers_of_a_list": dict(
        target_modules=["query"], layers_to_transform=[0, 1], layers_pattern="layer"),
    "layers_of_other_lists": dict(
        target_modules=["query"], layers_to_transform=[1], layers_pattern=["h", "layer"]),
    "layers_of_a_part_of_a_name": dict(
        target_modules=["query"], layers_to_transform=[1], layers_pattern="ayer"),
    "path_outside_layers": dict(
        target_modules=["bert.encoder.layer.0.attention.self.key", "value"],
        layers_to_transform=[1]),
    "rank_and_alpha_patterns": dict(
        target_modules=["query", "value", "key"],
        rank_pattern={"layer.1.attention.self.value": 3, "0.attention.self.value": 4, r".*\.0\..*(query|key)": 1},
        alpha_pattern={r"^bert\.encoder\.layer\.0\.attention\.self\.query": 5, "self.key": 7}),
    "patterns_with_rslora": dict(
        target_modules=["query"], use_rslora=True, rank_pattern={"0.attention.self.query": 4}),
    "embeddings": dict(target_modules=["word_embeddings", "token_type_embeddings", "query"]),
    "saved_suffix": dict(target_modules=["query"], modules_to_save=["pooler.dense"]),
    "saved_beside_targets": dict(target_modules=["dense"], modules_to_save=["pooler"]),
    "saved_layer": dict(target_modules=["query"], modules_to_save=["layer.1"]),
    "nothing": dict(target_modules=["qurey"]),
    "regex_of_nothing": dict(target_modules=r"layer\.0"),
    "all_excluded": dict(target_modules=["query"], exclude_modules=["query"]),
    "all_saved": dict(target_modules=["pooler.dense"], modules_to_save=["pooler"]),
    "norm": dict(target_modules=["query", "LayerNorm"]),
}


def serializable(value):
    return sorted(value) if isinstance(value, set) else value


def outcome(base, settings):
    config = LoraConfig(task_type="SEQ_CLS", r=2, lora_alpha=6, **settings)
    written = copy.deepcopy(config.to_dict())
    model = BertForSequenceClassification.from_pretrained(base)
    try:
        adapted = get_peft_model(model, config)
    except ValueError as error:
        return dict(config=written, error=str(error))
    written["modules_to_save"] = config.modules_to_save
    modules, saved = {}, set()
    for name, module in adapted.base_model.model.named_modules():
        if hasattr(module, "r") and hasattr(module, "scaling"):
            modules[name] = [module.r["default"], module.scaling["default"]]
    for name, parameter in adapted.base_model.model.named_parameters():
        if parameter.requires_grad and ".modules_to_save.default" in name:
            path = name.replace(".modules_to_save.default", "")
            saved.add(path.rpartition(".")[0])
    return dict(config=written, modules=modules, saved=sorted(saved))


def main(base, out):
    cases = {}
    for name, settings in CASES.items():
        case = outcome(base, settings)
        case["config"] = {
            k: serializable(v) for k, v in case["config"].items() if v is not None}
        case["config"].pop("base_model_name_or_path", None)  # a path of this machine
        cases[name] = case
    pathlib.Path(out).write_text(json.dumps(cases, indent=1, default=str))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
