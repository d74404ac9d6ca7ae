"""Makes tiny models with transformers and records what they give for a batch.

Run from tf-loraplus-core: python src/test/python/model_logits.py
Needs: torch, transformers, peft, safetensors.

src/test/resources/models/NAME/
  config.json, model.safetensors   the model
  expected.safetensors             input_ids, attention_mask, labels (as float32), logits, loss and
                                   grad.PARAMETER, the gradients of the loss
src/test/resources/models/all_linear.json
  by NAME, the modules that peft adapts for target_modules="all-linear"

The loss is transformers' own. Masked language models have no labels: their "loss" is the sum of
logits times the tensor "probe", which is 0 for padding. float32 on a CPU, dropout 0, eager attention.
"""

import json
import shutil
from pathlib import Path

import torch
import transformers as hf
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file

OUT = Path("src/test/resources/models")
VOCABULARY = 40
PAD = 1
ROWS, LENGTH = 4, 9

BERT = dict(
    vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
    intermediate_size=24, max_position_embeddings=16, hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0, pad_token_id=PAD)
ROBERTA = BERT | dict(type_vocab_size=1)
DISTILBERT = dict(
    vocab_size=VOCABULARY, dim=16, n_layers=2, n_heads=4, hidden_dim=24,
    max_position_embeddings=16, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0,
    pad_token_id=PAD)
GPT2 = dict(
    vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=4, n_positions=16, resid_pdrop=0.0,
    embd_pdrop=0.0, attn_pdrop=0.0, pad_token_id=PAD, bos_token_id=2, eos_token_id=3)
LLAMA = dict(
    vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, intermediate_size=24, max_position_embeddings=64, pad_token_id=PAD,
    bos_token_id=2, eos_token_id=3)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)

CASES = {
    "roberta-cls": (hf.RobertaForSequenceClassification, hf.RobertaConfig(**ROBERTA, num_labels=3)),
    "roberta-mlm": (hf.RobertaForMaskedLM, hf.RobertaConfig(**ROBERTA, hidden_act="relu")),
    "bert-mlm": (hf.BertForMaskedLM, hf.BertConfig(**BERT, hidden_act="gelu_new")),
    "distilbert-cls": (
        hf.DistilBertForSequenceClassification, hf.DistilBertConfig(**DISTILBERT, num_labels=3)),
    "distilbert-mlm": (hf.DistilBertForMaskedLM, hf.DistilBertConfig(**DISTILBERT)),
    "gpt2-cls": (hf.GPT2ForSequenceClassification, hf.GPT2Config(**GPT2, num_labels=3)),
    "gpt2-lm": (hf.GPT2LMHeadModel, hf.GPT2Config(**GPT2)),
    "gpt2-lm-variant": (
        hf.GPT2LMHeadModel,
        hf.GPT2Config(**GPT2, n_inner=20, scale_attn_weights=False, activation_function="relu",
                      tie_word_embeddings=False)),
    "llama-cls": (hf.LlamaForSequenceClassification, hf.LlamaConfig(**LLAMA, num_labels=3)),
    "llama-lm-llama3": (
        hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA | dict(head_dim=10), rope_parameters=LLAMA3)),
    "llama-lm-tied-biased": (
        hf.LlamaForCausalLM,
        hf.LlamaConfig(**LLAMA, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
                       rope_parameters=dict(rope_type="linear", rope_theta=100.0, factor=4.0))),
    "smollm2-lm": (
        hf.LlamaForCausalLM,
        hf.LlamaConfig(**LLAMA | dict(hidden_size=18, num_attention_heads=3, num_key_value_heads=1),
                       tie_word_embeddings=True)),
    "mistral-lm": (
        hf.MistralForCausalLM, hf.MistralConfig(**LLAMA | dict(head_dim=6), sliding_window=4)),
    "qwen2-lm": (
        hf.Qwen2ForCausalLM,
        hf.Qwen2Config(**LLAMA, tie_word_embeddings=True, use_sliding_window=True,
                       sliding_window=3, max_window_layers=1)),
    "qwen2-cls": (hf.Qwen2ForSequenceClassification, hf.Qwen2Config(**LLAMA, num_labels=3)),
}

# Weights whose gradients are recorded: of every kind, as far down as the first layer.
GRADIENTS = (
    "word_embeddings.weight", "position_embeddings.weight", "LayerNorm.weight",
    "layer.0.attention.self.key.weight", "layer.1.intermediate.dense.weight", "classifier.weight",
    "classifier.dense.weight", "layer.0.attention.q_lin.weight", "sa_layer_norm.bias",
    "vocab_transform.weight", "lm_head.dense.weight", "transform.dense.weight",
    "wte.weight", "wpe.weight", "h.0.ln_1.weight", "h.0.attn.c_attn.weight",
    "h.1.mlp.c_proj.bias", "ln_f.weight", "score.weight", "lm_head.weight",
    "embed_tokens.weight", "layers.0.self_attn.q_proj.weight", "layers.0.self_attn.k_proj.weight",
    "layers.0.self_attn.v_proj.bias", "layers.1.self_attn.o_proj.weight",
    "layers.0.mlp.gate_proj.weight", "layers.1.mlp.down_proj.bias", "input_layernorm.weight",
    "model.norm.weight")


def batch(decoder):
    """Texts of several lengths, padded at their ends; a decoder's third at its beginning."""
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(4, VOCABULARY, (ROWS, LENGTH), generator=generator)
    mask = torch.ones(ROWS, LENGTH, dtype=torch.long)
    mask[1, 5:] = 0
    mask[3, 7:] = 0
    if decoder:
        mask[2, :3] = 0
    return torch.where(mask == 1, ids, PAD), mask


def token_labels(ids, mask):
    labels = torch.where(mask == 1, ids, -100)
    labels[0, :4] = -100  # a prompt
    labels[2, 3] = -100  # the first token of its text: padding does not predict it
    return labels


def loss_of(name, model, ids, mask, tensors):
    generator = torch.Generator().manual_seed(6)
    if name.endswith("-mlm"):
        logits = model(ids, attention_mask=mask).logits
        probe = torch.randn(logits.shape, generator=generator) * mask[:, :, None]
        tensors["probe"] = probe
        return logits, (logits * probe).sum()
    labels = (torch.tensor([2, 0, 1, 2]) if name.endswith("-cls") else token_labels(ids, mask))
    tensors["labels"] = labels.float()
    output = model(ids, attention_mask=mask, labels=labels)
    return output.logits, output.loss


def make(name, model_class, config):
    torch.manual_seed(7)
    directory = OUT / name
    shutil.rmtree(directory, ignore_errors=True)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    with torch.no_grad():  # untrained norms and biases would hide mistakes
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
            else:
                parameter.mul_(8.0)
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)
    ids, mask = batch(decoder=name.split("-")[0] not in ("roberta", "bert", "distilbert"))
    tensors = dict(input_ids=ids.float(), attention_mask=mask.float())
    logits, loss = loss_of(name, model, ids, mask, tensors)
    loss.backward()
    tensors |= dict(logits=logits.detach(), loss=loss.detach().reshape(1))
    for parameter_name, parameter in model.named_parameters():
        if parameter_name.endswith(GRADIENTS):
            tensors["grad." + parameter_name] = parameter.grad
    save_file({key: value.contiguous() for key, value in tensors.items()},
              directory / "expected.safetensors")


def spell_as_before(name):
    """Version 4 of transformers wrote rope_theta and rope_scaling instead of rope_parameters."""
    path = OUT / name / "config.json"
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    rope["type"] = rope.pop("rope_type")
    config["rope_scaling"] = rope
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def all_linear(name, model_class, config):
    task_type = {"cls": "SEQ_CLS", "mlm": None}.get(name.split("-")[-1], "CAUSAL_LM")
    lora = LoraConfig(r=2, target_modules="all-linear", task_type=task_type)
    model = get_peft_model(model_class(config), lora)
    prefix = "base_model.model."
    return sorted(
        path.removeprefix(prefix)
        for path, module in model.named_modules() if isinstance(module, LoraLayer))


def main():
    for name, (model_class, config) in CASES.items():
        make(name, model_class, config)
    spell_as_before("llama-lm-tied-biased")
    # peft takes "pre_classifier" for the "classifier" that it saves, and then fails on its adapter.
    modules = {
        name: all_linear(name, *case) for name, case in CASES.items() if name != "distilbert-cls"}
    (OUT / "all_linear.json").write_text(json.dumps(modules, indent=1) + "\n")


if __name__ == "__main__":
    main()
