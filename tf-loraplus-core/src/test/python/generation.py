"""Makes tiny decoders with transformers and records what they generate.

Run from tf-loraplus-core: python src/test/python/generation.py
Needs: torch, transformers, safetensors.

src/test/resources/generation/NAME/
  config.json, model.safetensors   the model
  expected.json                    prompts, and for every case its settings and the new tokens of
                                   each prompt, up to and with the stop token

Prompts are generated from one by one; the script fails where transformers gives other tokens for
them in one batch padded on the left, or where a greedy choice is too close to call in float32.
"""

import json
import shutil
from pathlib import Path

import torch
import transformers as hf

OUT = Path("src/test/resources/generation")
VOCABULARY, PAD, TOKENS = 48, 0, 32
PROMPTS = [[5], [7, 11, 23, 9, 31, 17, 8, 2, 40, 41, 3, 29], [13, 4, 30], [33, 6, 6, 12, 19, 25, 44]]

GPT2 = dict(
    vocab_size=VOCABULARY, n_embd=16, n_layer=2, n_head=4, n_positions=64, resid_pdrop=0.0,
    embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=None, pad_token_id=PAD)
LLAMA = dict(
    vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, intermediate_size=24, max_position_embeddings=64, bos_token_id=1,
    eos_token_id=None, pad_token_id=PAD)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)

MODELS = {
    "gpt2": (hf.GPT2LMHeadModel, hf.GPT2Config(**GPT2)),
    "llama": (hf.LlamaForCausalLM, hf.LlamaConfig(**LLAMA, rope_parameters=LLAMA3)),
    "mistral": (hf.MistralForCausalLM, hf.MistralConfig(**LLAMA, sliding_window=6)),
}

# Beams by (length penalty, early stopping).
BEAMS = [(1.0, False), (1.0, True), (1.0, "never"), (0.0, "never"), (2.0, False), (-1.0, True),
         (0.3, False)]


def generate(model, prompt, stops, **settings):
    """The new tokens of one prompt."""
    given = model.generate(
        torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
        max_new_tokens=TOKENS, do_sample=False, eos_token_id=stops or None, pad_token_id=PAD,
        **settings)
    return cut(given[0, len(prompt):].tolist(), stops)


def generate_batch(model, stops, **settings):
    longest = max(map(len, PROMPTS))
    padded = [[PAD] * (longest - len(p)) + p for p in PROMPTS]
    mask = [[0] * (longest - len(p)) + [1] * len(p) for p in PROMPTS]
    given = model.generate(
        torch.tensor(padded), attention_mask=torch.tensor(mask), max_new_tokens=TOKENS,
        do_sample=False, eos_token_id=stops or None, pad_token_id=PAD, **settings)
    return [cut(row, stops) for row in given[:, longest:].tolist()]


def cut(tokens, stops):
    for i, token in enumerate(tokens):
        if token in stops:
            return tokens[:i + 1]
    return tokens


def require_clear(model, prompt, tokens):
    """The best logit of every step leads by what float32 can tell."""
    logits = model(torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1:-1]
    best = logits.topk(2).values
    assert (best[:, 0] - best[:, 1]).min() > 1e-4, (prompt, best)


def case(model, name, stops, **settings):
    tokens = [generate(model, prompt, stops, **settings) for prompt in PROMPTS]
    if "repetition_penalty" not in settings:  # which in a batch hits the padding token too
        assert tokens == generate_batch(model, stops, **settings), (name, settings)
    return dict(name=name, stops=stops, settings=settings, tokens=tokens)


def make(name, model_class, config):
    torch.manual_seed(11)
    directory = OUT / name
    shutil.rmtree(directory, ignore_errors=True)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    with torch.no_grad():  # fresh weights are so small that every text would repeat one token
        for path, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
            else:  # a tied word table that outweighs the layers would repeat each token too
                parameter.mul_(4.0 if path.endswith("wte.weight") else 15.0)
    model.save_pretrained(directory)
    (directory / "generation_config.json").unlink(missing_ok=True)

    greedy = case(model, "greedy", [])
    for prompt, tokens in zip(PROMPTS, greedy["tokens"]):
        require_clear(model, prompt, tokens)
        assert len(set(tokens)) > 4, tokens
    # Tokens that texts come by: one early in some, and none in others.
    stops = [greedy["tokens"][1][9], greedy["tokens"][2][20]]
    cases = [greedy, case(model, "greedy", stops[:1]), case(model, "greedy", stops),
             case(model, "greedy", [], repetition_penalty=1.3)]
    beams = [case(model, "beams", [], num_beams=3)]
    for penalty, early in BEAMS:
        for stop in (stops[:1], stops):
            beams.append(case(model, "beams", stop, num_beams=3, length_penalty=penalty,
                              early_stopping=early))
    beams.append(case(model, "beams", stops, num_beams=5, repetition_penalty=1.2))
    expected = dict(prompts=PROMPTS, cases=cases + beams)
    text = json.dumps(expected).replace('{"name"', '\n{"name"')
    (directory / "expected.json").write_text(text + "\n")
    lengths = [[len(t) for t in c["tokens"]] for c in beams]
    print(name, [c["tokens"][1][:12] for c in cases], lengths)


def main():
    with torch.no_grad():
        for name, (model_class, config) in MODELS.items():
            make(name, model_class, config)


if __name__ == "__main__":
    main()
