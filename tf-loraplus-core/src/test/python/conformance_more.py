"""Settings for conformance_cases.py --more: what people combine, over all families and tasks."""

ADAMW = dict(cls="AdamW", lr=1e-3, ratio=8.0, loraplus_weight_decay=0.1)
COSINE = dict(kind="cosine", warmup=0, total=8)


def case(base, lora, optimizer=None, schedule=None, clip=None):
    return dict(base=base, lora=dict(r=4, lora_alpha=8) | lora, optimizer=optimizer or ADAMW,
                schedule=schedule, clip_global_norm=clip)


ATTENTION = ["query", "key", "value"]
LLAMA_ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

CASES = {
    "roberta_bias_all_adamw": case(
        "roberta-cls", dict(target_modules=ATTENTION, bias="all"), clip=1.0),
    "roberta_bias_lora_only_rslora_patterns": case(
        "roberta-cls", dict(target_modules=["query", "dense"], bias="lora_only", use_rslora=True,
                            rank_pattern={"query": 2}, alpha_pattern={r"layer\.1\..*dense": 5})),
    "roberta_regression_sgd_nesterov": case(
        "roberta-reg", dict(target_modules="all-linear"),
        dict(cls="SGD", lr=1e-2, ratio=4.0, loraplus_weight_decay=0.05,
             kwargs=dict(momentum=0.9, nesterov=True)), COSINE, 0.7),
    "roberta_mlm": case("roberta-mlm", dict(target_modules=["query", "value", "word_embeddings"])),
    "bert_mlm_bias_all": case("bert-mlm", dict(target_modules=["query", "dense"], bias="all")),
    "bert_mlm_head_saved": case(
        "bert-mlm", dict(target_modules=["query"], modules_to_save=["transform"])),
    "bert_norms_saved": case(
        "bert-cls", dict(target_modules=["query"], modules_to_save=["classifier", "LayerNorm"])),
    "bert_embeddings_saved": case(
        "bert-cls", dict(target_modules=["query"],
                         modules_to_save=["classifier", "word_embeddings", "pooler"])),
    "bert_bias_all_adam": case(
        "bert-cls", dict(target_modules=["query", "value"], bias="all"),
        dict(cls="Adam", lr=2e-3, ratio=4.0, loraplus_weight_decay=0.1,
             kwargs=dict(betas=[0.8, 0.99], eps=1e-6)),
        dict(kind="constant_with_warmup", warmup=4), 0.5),
    "bert_exclude_layers": case(
        "bert-cls", dict(target_modules=["query", "value", "dense"], exclude_modules=["dense"],
                         layers_to_transform=[0, 1], layers_pattern="layer")),
    "bert_regex_orthogonal": case(
        "bert-cls", dict(target_modules=r".*layer\.1.*(query|value)",
                         init_lora_weights="orthogonal")),
    "bert_three_embeddings": case(
        "bert-cls", dict(target_modules=["word_embeddings", "token_type_embeddings", "key"], r=2),
        dict(cls="AdamW", lr=1e-3, ratio=4.0, loraplus_lr_embedding=2e-3)),
    "bert_lora_bias": case(
        "bert-cls", dict(target_modules=ATTENTION, lora_bias=True, use_rslora=True)),
    "bert_regression": case("bert-reg", dict(target_modules=["query", "value"], use_dora=True)),
    "bert_zero_start": case("bert-cls", dict(target_modules=["query", "value"])),
    "bert_zero_start_dora_rslora": case(
        "bert-cls", dict(target_modules=ATTENTION, use_dora=True, use_rslora=True)),
    "distilbert_lin": case("distilbert-cls", dict(target_modules=["q_lin", "lin1"], bias="all")),
    "distilbert_mlm": case("distilbert-mlm", dict(target_modules=["q_lin", "lin1"])),
    "gpt2_lm_wte": case(
        "gpt2-lm", dict(target_modules=["c_attn", "wte"], fan_in_fan_out=True),
        ADAMW | dict(loraplus_lr_embedding=1e-3)),
    "gpt2_lm_bias_all": case(
        "gpt2-lm", dict(target_modules=["c_attn", "c_proj"], bias="all", fan_in_fan_out=True)),
    "gpt2_lm_lora_bias": case(
        "gpt2-lm", dict(target_modules=["c_attn"], lora_bias=True, fan_in_fan_out=True)),
    "gpt2_lm_head_saved": case(
        "gpt2-lm", dict(target_modules=["c_attn"], modules_to_save=["ln_f"], fan_in_fan_out=True)),
    "gpt2_lm_orthogonal_adam": case(
        "gpt2-lm", dict(target_modules=["mlp.c_proj"], init_lora_weights="orthogonal",
                        fan_in_fan_out=True),
        dict(cls="Adam", lr=1e-3, ratio=2.0, loraplus_weight_decay=0.01)),
    "gpt2_lm_pissa": case(
        "gpt2-lm", dict(target_modules=["c_attn", "c_proj"], init_lora_weights="pissa",
                        fan_in_fan_out=True)),
    "gpt2_lm_all_linear_dora": case(
        "gpt2-lm", dict(target_modules="all-linear", use_dora=True, fan_in_fan_out=True)),
    "gpt2_cls_lorafa_rslora": case(
        "gpt2-cls", dict(target_modules=["c_attn", "c_fc"], use_rslora=True, fan_in_fan_out=True,
                         alpha_pattern={"c_fc": 3}),
        dict(cls="LoRAFA", lr=2e-3, weight_decay=0.01), COSINE, 1.0),
    "gpt2_reg": case("gpt2-reg", dict(target_modules=["c_attn"], fan_in_fan_out=True)),
    "llama_lm_embed": case(
        "llama-lm", dict(target_modules=["q_proj", "embed_tokens"]),
        ADAMW | dict(loraplus_lr_embedding=1e-3)),
    "llama_lm_head": case("llama-lm", dict(target_modules=["q_proj", "lm_head"])),
    "llama_lm_all_rslora_gaussian": case(
        "llama-lm", dict(target_modules=LLAMA_ALL, use_rslora=True, init_lora_weights="gaussian",
                         rank_pattern={"down_proj": 2, "gate_proj": 3}),
        schedule=dict(kind="linear", warmup=0, total=8), clip=0.1),
    "llama_lm_olora": case(
        "llama-lm", dict(target_modules=["q_proj", "down_proj"], init_lora_weights="olora")),
    "llama_lm_norms_saved": case(
        "llama-lm", dict(target_modules=["v_proj"], modules_to_save=["norm"])),
    "llama_lm_head_saved": case(
        "llama-lm", dict(target_modules=["v_proj"], modules_to_save=["lm_head", "embed_tokens"])),
    "llama_lm_dora_pissa": case(
        "llama-lm", dict(target_modules=["v_proj", "up_proj"], use_dora=True, use_rslora=True,
                         init_lora_weights="pissa")),
    "llama_lm_lorafa_decay": case(
        "llama-lm", dict(target_modules="all-linear", rank_pattern={"q_proj": 2}),
        dict(cls="LoRAFA", lr=1e-3, weight_decay=0.1), dict(kind="linear", warmup=3, total=8)),
    "llama_lm_random_sgd": case(
        "llama-lm", dict(target_modules=["q_proj", "o_proj"], init_lora_weights=False),
        dict(cls="SGD", lr=5e-2, ratio=4.0, loraplus_weight_decay=0.1)),
    "llama_cls_dora": case("llama-cls", dict(target_modules="all-linear", use_dora=True)),
    "llama_cls_bias_all": case("llama-cls", dict(target_modules=["k_proj"], bias="all")),
    "llama_cls_layers": case(
        "llama-cls", dict(target_modules=["q_proj", "mlp.up_proj"], layers_to_transform=[1],
                          layers_pattern=["layers"], r=8, lora_alpha=4)),
    "tied_lm_embed": case(
        "tied-lm", dict(target_modules=["q_proj", "embed_tokens"]),
        ADAMW | dict(loraplus_lr_embedding=1e-3)),
    "tied_lm_all_linear": case("tied-lm", dict(target_modules="all-linear")),
    "qwen2_lm_bias_all": case(
        "qwen2-lm", dict(target_modules=["q_proj", "k_proj"], bias="all")),
    "qwen2_cls_lora_only": case(
        "qwen2-cls", dict(target_modules=["k_proj", "v_proj"], bias="lora_only", use_rslora=True)),
}
