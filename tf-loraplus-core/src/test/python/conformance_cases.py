"""Trains tiny models with torch, transformers and peft, and records every step.

Usage: python conformance_cases.py OUT              the cases of the tests, into an empty OUT
       python conformance_cases.py OUT --more       the many more of conformance_more.py
       python conformance_cases.py OUT CASE...      some cases of either, beside those in OUT

OUT/bases/NAME/   config.json, model.safetensors, expected_logits.safetensors
OUT/cases/NAME/   case.json (settings, losses, norms, rates, groups), batches.safetensors,
                  adapter_init/, adapter_final/ (peft), first_gradients.safetensors,
                  expected_final.safetensors (logits of batch 0, merged base weights)

float32 on a CPU, dropout 0, fixed seeds. Versions are written into each case.json.
"""

import json
import math
import pathlib
import shutil
import sys

import peft
import peft.optimizers.lorafa
import torch
import transformers
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_lorafa_optimizer, create_loraplus_optimizer
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSequenceClassification, BertConfig,
    DistilBertConfig, GPT2Config, LlamaConfig, Qwen2Config, RobertaConfig)

STEPS = 8
BATCH = 4
LENGTH = 9
VOCABULARY = 40

CASES = {
    "qv_adamw_cosine_clip": dict(
        lora=dict(r=2, lora_alpha=4, target_modules=["query", "value"],
                  modules_to_save=["classifier"]),
        optimizer=dict(cls="AdamW", lr=2e-3, ratio=16.0, loraplus_weight_decay=0.1),
        schedule=dict(kind="cosine", warmup=2, total=STEPS), clip_global_norm=0.5),
    "all_linear_bias_sgd": dict(
        lora=dict(r=2, lora_alpha=8, target_modules="all-linear", bias="lora_only",
                  modules_to_save=["classifier"], use_rslora=True),
        optimizer=dict(cls="SGD", lr=1e-2, ratio=8.0, kwargs=dict(momentum=0.9)),
        schedule=None, clip_global_norm=None),
    "embedding_patterns_adam": dict(
        lora=dict(r=3, lora_alpha=6,
                  target_modules=["query", "dense", "word_embeddings"],
                  exclude_modules=r".*pooler.*|.*\.0\.intermediate.*",
                  rank_pattern={"query": 2}, alpha_pattern={r"layer\.1\..*dense": 9},
                  bias="all", modules_to_save=["classifier"]),
        optimizer=dict(cls="Adam", lr=1e-3, ratio=4.0, loraplus_lr_embedding=5e-4,
                       loraplus_weight_decay=0.05),
        schedule=dict(kind="linear", warmup=3, total=STEPS), clip_global_norm=None),
    "dora_decay": dict(
        lora=dict(r=2, lora_alpha=4, target_modules=["query", "output.dense"], use_dora=True,
                  bias="lora_only", modules_to_save=["classifier"]),
        optimizer=dict(cls="AdamW", lr=2e-3, ratio=8.0, loraplus_weight_decay=0.1),
        schedule=None, clip_global_norm=None),
    "pissa_rslora": dict(
        lora=dict(r=4, lora_alpha=6, target_modules=["query", "intermediate.dense"],
                  init_lora_weights="pissa", use_rslora=True, modules_to_save=["classifier"]),
        optimizer=dict(cls="AdamW", lr=1e-3, ratio=4.0), schedule=None, clip_global_norm=None),
    "olora_dora": dict(
        lora=dict(r=3, lora_alpha=6, target_modules=["value", "intermediate.dense"],
                  init_lora_weights="olora", use_dora=True, modules_to_save=["classifier"]),
        optimizer=dict(cls="AdamW", lr=1e-3, ratio=4.0), schedule=None, clip_global_norm=None),
    "orthogonal": dict(
        lora=dict(r=2, lora_alpha=4, target_modules=["value"], init_lora_weights="orthogonal",
                  modules_to_save=["classifier"]),
        optimizer=dict(cls="AdamW", lr=1e-3, ratio=4.0), schedule=None, clip_global_norm=None),
    "lora_bias_random": dict(
        lora=dict(r=2, lora_alpha=4, target_modules=["query", "value"], lora_bias=True,
                  init_lora_weights=False, modules_to_save=["classifier"]),
        optimizer=dict(cls="AdamW", lr=2e-3, ratio=4.0, loraplus_weight_decay=0.1),
        schedule=None, clip_global_norm=None),
    "gaussian_sgd": dict(
        lora=dict(r=2, lora_alpha=4, target_modules=["query", "value"],
                  init_lora_weights="gaussian", modules_to_save=["classifier"]),
        optimizer=dict(cls="SGD", lr=1e-2, ratio=4.0), schedule=None, clip_global_norm=None),
    "gpt2_dora_pissa": dict(
        base="gpt2-cls",
        lora=dict(r=2, lora_alpha=4, target_modules=["c_attn", "c_proj"], use_dora=True,
                  init_lora_weights="pissa", fan_in_fan_out=True, modules_to_save=["score"]),
        optimizer=dict(cls="AdamW", lr=1e-3, ratio=8.0, loraplus_weight_decay=0.1),
        schedule=None, clip_global_norm=None),
    "gpt2_lm_table_biases": dict(
        base="gpt2-lm",
        lora=dict(r=2, lora_alpha=4, target_modules=["c_attn", "wte"], bias="all",
                  fan_in_fan_out=True),
        optimizer=dict(cls="AdamW", lr=1e-3, ratio=8.0, loraplus_lr_embedding=1e-3,
                       loraplus_weight_decay=0.1),
        schedule=None, clip_global_norm=None),
    "llama_lm_patterns": dict(
        base="llama-lm",
        lora=dict(r=2, lora_alpha=4, target_modules="all-linear", use_rslora=True,
                  rank_pattern={"down_proj": 3}, alpha_pattern={r"layers\.1\..*": 6},
                  exclude_modules=["gate_proj"]),
        optimizer=dict(cls="Adam", lr=1e-3, ratio=4.0, loraplus_weight_decay=0.05,
                       kwargs=dict(betas=[0.8, 0.99], eps=1e-7)),
        schedule=dict(kind="constant_with_warmup", warmup=4), clip_global_norm=0.1),
    "bert_mlm_nesterov": dict(
        base="bert-mlm",
        lora=dict(r=2, lora_alpha=4, target_modules=["query"], bias="all"),
        optimizer=dict(cls="SGD", lr=1e-2, ratio=4.0, loraplus_weight_decay=0.05,
                       kwargs=dict(momentum=0.9, nesterov=True)),
        schedule=dict(kind="cosine", warmup=0, total=STEPS), clip_global_norm=None),
    "lorafa": dict(
        lora=dict(r=2, lora_alpha=6, target_modules=["query", "value"], bias="lora_only",
                  rank_pattern={"value": 4}, modules_to_save=["classifier"]),
        optimizer=dict(cls="LoRAFA", lr=1e-3, weight_decay=0.1),
        schedule=dict(kind="linear", warmup=3, total=STEPS), clip_global_norm=0.5),
}


LLAMA = dict(
    vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, intermediate_size=24, max_position_embeddings=16, pad_token_id=0,
    bos_token_id=1, eos_token_id=2, rms_norm_eps=1e-5)


def config_of(base):
    family, task = base.split("-", 1)
    head = dict(num_labels=1 if task == "reg" else 3)
    if family == "gpt2":
        return GPT2Config(
            vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=4, n_positions=16,
            resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, pad_token_id=0, bos_token_id=1,
            eos_token_id=2, **head)
    if family in ("llama", "tied"):
        return LlamaConfig(**LLAMA, tie_word_embeddings=family == "tied", **head)
    if family == "qwen2":
        return Qwen2Config(**LLAMA, tie_word_embeddings=True, **head)
    if family == "distilbert":
        return DistilBertConfig(
            vocab_size=VOCABULARY, dim=16, n_layers=2, n_heads=4, hidden_dim=24,
            max_position_embeddings=16, dropout=0.0, attention_dropout=0.0,
            seq_classif_dropout=0.0, **head)
    cls = {"bert": BertConfig, "roberta": RobertaConfig}[family]
    return cls(
        vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=24, max_position_embeddings=16, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, **head)


def class_of(base):
    return {"lm": AutoModelForCausalLM, "mlm": AutoModelForMaskedLM}.get(
        base.split("-", 1)[1], AutoModelForSequenceClassification)


def task_type(base):
    return {"lm": "CAUSAL_LM", "mlm": None}.get(base.split("-", 1)[1], "SEQ_CLS")


def build_base(base, directory):
    torch.manual_seed(7)
    model = class_of(base).from_config(config_of(base))
    with torch.no_grad():  # untrained norms and biases would hide mistakes
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
            else:
                parameter.mul_(4.0)
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    batch = batches(base)[0]
    with torch.no_grad():
        logits = model.eval()(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    save_file({"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"],
               "logits": logits}, directory / "expected_logits.safetensors")


def batches(base):
    generator = torch.Generator().manual_seed(11)
    task = base.split("-", 1)[1]
    padding = 1 if base.startswith("roberta") else 0
    made = []
    for _ in range(STEPS):
        ids = torch.randint(4, VOCABULARY, (BATCH, LENGTH), generator=generator)
        lengths = torch.randint(3, LENGTH + 1, (BATCH,), generator=generator)
        mask = (torch.arange(LENGTH)[None, :] < lengths[:, None]).long()
        labels = torch.randint(0, 3, (BATCH,), generator=generator)
        if task == "lm":
            labels = torch.where(mask == 1, ids, -100)
        elif task == "mlm":
            hidden = (torch.rand(ids.shape, generator=generator) < 0.3) & (mask == 1)
            hidden[:, 1] = True
            labels = torch.where(hidden, ids, -100)
            ids = torch.where(hidden, 3, ids)
        elif task == "reg":
            labels = torch.randn(BATCH, generator=generator)
        made.append(dict(input_ids=ids * mask + padding * (1 - mask), attention_mask=mask,
                         labels=labels))
    return made


def schedule_factor(schedule, step):
    if schedule is None:
        return 1.0
    warmup = schedule.get("warmup", 0)
    if step < warmup:
        return step / max(1, warmup)
    if schedule["kind"].startswith("constant"):
        return 1.0
    total = schedule["total"]
    if schedule["kind"] == "linear":
        return max(0.0, (total - step) / max(1, total - warmup))
    return max(0.0, 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup))))


def optimizer_of(model, settings):
    settings = dict(settings)
    name = settings.pop("cls")
    if name == "LoRAFA":
        config = model.peft_config["default"]
        # else a CPU multiplies the corrected gradient in bfloat16 and a GPU does not
        peft.optimizers.lorafa.is_bf16_available = lambda: False
        return create_lorafa_optimizer(model, config.r, config.lora_alpha, **settings)
    cls = getattr(torch.optim, name)
    kwargs = settings.pop("kwargs", {})
    return create_loraplus_optimizer(
        model, optimizer_cls=cls, lr=settings.pop("lr"),
        loraplus_lr_ratio=settings.pop("ratio"), **settings, **kwargs)


def save_adapter(model, directory):
    model.save_pretrained(directory)
    (directory / "README.md").unlink(missing_ok=True)
    config = json.loads((directory / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = None  # else the path of this machine
    for key in ("target_modules", "exclude_modules"):  # sets, in any order
        if isinstance(config[key], list):
            config[key] = sorted(config[key])
    (directory / "adapter_config.json").write_text(json.dumps(config, indent=2))


def run(name, case, base, directory):
    torch.manual_seed(13)
    model = class_of(base.name).from_pretrained(base)
    model = get_peft_model(
        model, LoraConfig(task_type=task_type(base.name), lora_dropout=0.0, **case["lora"]))
    with torch.no_grad():  # B = 0 would leave the gradient of A zero in the first step
        for key, parameter in model.named_parameters():
            if "zero_start" not in name and ("lora_B" in key or "lora_embedding_A" in key):
                parameter.add_(0.05 * torch.randn_like(parameter))
    save_adapter(model, directory / "adapter_init")
    optimizer = optimizer_of(model, case["optimizer"])
    names = {id(p): n for n, p in model.named_parameters()}
    groups = [dict(lr=g["lr"], weight_decay=g["weight_decay"],
                   params=[names[id(p)] for p in g["params"]]) for g in optimizer.param_groups]
    rates = [g["lr"] for g in optimizer.param_groups]
    losses, norms, rates_per_step, data = [], [], [], {}
    for step, batch in enumerate(batches(base.name)):
        data.update({f"{step}.{key}": value for key, value in batch.items()})
        factor = schedule_factor(case["schedule"], step)
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * factor
        rates_per_step.append([g["lr"] for g in optimizer.param_groups])
        model.train()
        loss = model(**batch).loss
        optimizer.zero_grad()
        loss.backward()
        trained = [p for p in model.parameters() if p.grad is not None]
        norms.append(torch.linalg.vector_norm(
            torch.stack([p.grad.norm() for p in trained])).item())
        if step == 0:
            save_file({n: p.grad.contiguous() for n, p in model.named_parameters()
                       if p.grad is not None}, directory / "first_gradients.safetensors")
        if case["clip_global_norm"] is not None:
            torch.nn.utils.clip_grad_norm_(trained, case["clip_global_norm"])
        optimizer.step()
        losses.append(loss.item())
    save_file({k: v.contiguous() for k, v in data.items()}, directory / "batches.safetensors")
    save_adapter(model, directory / "adapter_final")
    expected(model, base.name, directory)
    (directory / "case.json").write_text(json.dumps(dict(
        case=name, base=base.name, lora=case["lora"], optimizer=case["optimizer"],
        schedule=case["schedule"], clip_global_norm=case["clip_global_norm"], steps=STEPS,
        losses=losses, grad_norms_before_clip=norms, group_lrs_per_step=rates_per_step,
        groups=groups, versions=dict(torch=torch.__version__,
                                     transformers=transformers.__version__,
                                     peft=peft.__version__)), indent=1))


def expected(model, base, directory):
    first = batches(base)[0]
    model.eval()
    with torch.no_grad():
        logits = model(
            input_ids=first["input_ids"], attention_mask=first["attention_mask"]).logits
    merged = model.merge_and_unload()
    tensors = {f"merged.{n}": p.detach().clone().contiguous()
               for n, p in merged.named_parameters()}
    tensors["logits"] = logits
    save_file(tensors, directory / "expected_final.safetensors")


def main(out, wanted):
    known = CASES
    if wanted:
        from conformance_more import CASES as more
        known = CASES | more
        wanted = list(more) if wanted == ["--more"] else wanted
    else:
        shutil.rmtree(out, ignore_errors=True)
    for name in wanted or CASES:
        case = known[name]
        base = out / "bases" / case.get("base", "bert-cls")
        if not base.exists():
            base.mkdir(parents=True)
            build_base(base.name, base)
        directory = out / "cases" / name
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        run(name, case, base, directory)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
