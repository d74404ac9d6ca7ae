"""Token outputs of MiniLM by ONNX Runtime for ten sentences.

Usage: python minilm_hidden.py MODEL_DIRECTORY OUT.safetensors

MODEL_DIRECTORY holds model.onnx and tokenizer.json. Each sentence is run alone, without padding;
the file has a tensor [tokens, 384] by the number of the sentence.
"""

import pathlib
import sys

import onnxruntime
from safetensors.numpy import save_file
from tokenizers import Tokenizer

SENTENCES = [
    "a small domesticated carnivorous mammal",
    "the act of moving from one place to another",
    "Paris is the capital of France.",
    "He said: 'no way!'",
    "naïve café résumé",
    "x",
    "supercalifragilisticexpialidocious",
    "1234567890 + 3.14 = ?",
    "the quick brown fox jumps over the lazy dog",
    "an unusually long definition that goes on and on, with several clauses, to fill a bucket",
]


def main(model, out):
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    session = onnxruntime.InferenceSession(str(model / "model.onnx"))
    hidden = {}
    for number, sentence in enumerate(SENTENCES):
        encoding = tokenizer.encode(sentence)
        feeds = {"input_ids": [encoding.ids], "attention_mask": [encoding.attention_mask],
                 "token_type_ids": [encoding.type_ids]}
        hidden[str(number)] = session.run(["last_hidden_state"], feeds)[0][0]
    save_file(hidden, out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
