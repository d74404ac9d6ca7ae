"""Writes the vocabularies and expected tokens that TextTokenizerTest checks against.

Run in tf-loraplus-core with tokenizers 0.23 and transformers 5.18 installed:
    python src/test/python/make_tokenizer_fixtures.py
"""
import collections
import json
import pathlib
import shutil

from tokenizers import Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers
from transformers import BertTokenizerFast

TARGET = pathlib.Path("src/test/resources/dev/loraplus/data/tokenizer")
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

TEXTS = [
    "",
    " ",
    "The quick brown fox jumps over the lazy dog.",
    "it 's a charming and often affecting journey .",
    "UPPER lower MiXeD CaSe",
    "Café crème, naïve façade, Ångström, Zürich, São Paulo",
    "Cafe\u0301 cre\u0300me with combining accents, a\u0308o\u0308u\u0308",
    "İstanbul'da ılık, ŞIŞ, ß Straße, ﬁne ﬂow",
    "中文字符 and English 混合",
    "日本語のテキスト、カタカナとひらがな。",
    "한국어 문장입니다",
    "𠀀𪚥 rare ideographs",
    "emoji 😀 👩‍👩‍👧‍👦 🇫🇷 ❤️",
    "tabs\tand\nnew\r\nlines",
    "control \u0001\u0007\u001f characters \u007f here \u0080\u009f",
    "zero\u200bwidth\u200djoiner\ufeffmark\u00adsoft",
    "null \u0000 inside and \ufffd replacement",
    "non\u00a0breaking\u2003em\u3000ideographic spaces",
    "line\u2028separator\u2029paragraph\u0085next",
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "x" * 100,
    "y" * 101,
    "word" * 60 + " tail",
    "!!! ??? ... ---- ''' \"\"\" ((()))",
    "$100.50 + 20% = £84, €96 ^ | ~ ` < >",
    "e-mail: someone@example.org; path C:\\dir\\file",
    "can't won't I'm they've o'clock",
    "[CLS] is special [SEP] and [MASK] too [PAD] [UNK] [mask]",
    "##ing ##ed # # ##",
    "Ελληνικά Σίσυφος ΣΑΣ",
    "Привет, мир! Ёлка и йод",
    "שלום עולם עִבְרִית",
    "مرحبا بالعالم العَرَبِيَّة",
    "हिन्दी में लिखा हुआ",
    "ไทยไม่มีช่องว่าง",
    "Tiếng Việt có dấu",
    "½ ² ™ ℃ Ⅷ ﷺ",
    "punctuation。、「」《》—–…",
    "private use \ue000 \U000f0000 unassigned \u0378",
    "1234567890 3.14159 1,000,000",
]
PAIRS = [
    ("A man plays.", "Someone plays music outside."),
    ("", "second only"),
    ("first only", ""),
    ("", ""),
    ("The quick brown fox jumps over the lazy dog.", "A dog sleeps."),
    ("A dog sleeps.", "The quick brown fox jumps over the lazy dog."),
    ("one two three four five six seven", "uno dos tres cuatro cinco seis siete"),
    ("Café 中文 😀", "crème [MASK] 日本"),
    ("word " * 30, "tail " * 29),
]
# Room for text in a pair. Even, because tokenizers 0.23 stops reading each text early and then lets
# word boundaries decide which of two long texts gets the odd token.
ROOM = [2, 4, 6, 8, 12, 500]


def encoded(tokens):
    return {
        "ids": list(tokens.ids),
        "typeIds": list(tokens.type_ids),
        "special": list(tokens.special_tokens_mask),
    }


def cases(tokenizer):
    """Every text whole, and every pair and some texts at lengths where they are cut."""
    result = []
    frame = tokenizer.num_special_tokens_to_add(True)
    for text, pair, lengths in (
        [(text, None, [512]) for text in TEXTS]
        + [(text, None, [3, 8]) for text in TEXTS[2:6]]
        + [(text, pair, [room + frame for room in ROOM]) for text, pair in PAIRS]
    ):
        for length in lengths:
            tokenizer.enable_truncation(length, strategy="longest_first")
            tokens = tokenizer.encode(text) if pair is None else tokenizer.encode(text, pair)
            result.append({"text": text, "pair": pair, "maxLength": length, **encoded(tokens)})
    return result


def write(name, vocab_size, tokenizer_cases):
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in tokenizer_cases)
    (TARGET / name / "expected.json").write_text(
        f'{{"vocabSize": {vocab_size}, "cases": [\n{lines}\n]}}\n'
    )


def corpus():
    texts = TEXTS + [text for pair in PAIRS for text in pair]
    return texts + [text.lower() for text in texts]


def word_piece_vocabulary():
    """Frequent characters, beginnings and ends of words; not all, so that unknown ones occur.

    Counted here because the library's trainer breaks ties differently from run to run.
    """
    normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    splitter = pre_tokenizers.BertPreTokenizer()
    counts = collections.Counter()
    for text in corpus() + [normalizers.StripAccents().normalize_str(t) for t in corpus()]:
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)):
            counts.update([word[0]] + ["##" + character for character in word[1:]])
            counts.update({word[:4], word[:2], word[:50]})
            counts.update({"##" + word[-size:] for size in (2, 3, 5) if size < len(word)})
    ordered = sorted(counts, key=lambda piece: (-counts[piece], piece))
    return SPECIAL + ordered[:700]


def bert(name, vocabulary, **settings):
    directory = TARGET / name
    directory.mkdir(parents=True)
    (directory / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    if settings:
        (directory / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")
    tokenizer = BertTokenizerFast(
        vocab=str(directory / "vocab.txt"), **{"do_lower_case": name == "lower", **settings}
    )
    assert len(tokenizer) == len(vocabulary), (len(tokenizer), len(vocabulary))
    write(name, len(vocabulary), cases(tokenizer.backend_tokenizer))


def byte_level():
    """As RoBERTa's, with truncation and padding left switched on in the file."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), add_prefix_space=False
    )
    directory = TARGET / "bytes"
    directory.mkdir(parents=True)
    expected = cases(tokenizer)
    tokenizer.enable_truncation(7)
    tokenizer.enable_padding(length=13, pad_id=1, pad_token="<pad>")
    tokenizer.save(str(directory / "tokenizer.json"))
    write("bytes", tokenizer.get_vocab_size(), expected)


def unigram():
    """A vocabulary in array form, no special tokens around texts."""
    pieces = [("<pad>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [(c, -4.0) for c in "abcdefghijklmnopqrstuvwxyz.,'"]
    pieces += [("▁the", -2.5), ("ing", -3.0), ("▁a", -2.7), ("▁dog", -5.0), ("er", -3.5)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=1, byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    directory = TARGET / "unigram"
    directory.mkdir(parents=True)
    tokenizer.save(str(directory / "tokenizer.json"))
    write("unigram", tokenizer.get_vocab_size(), cases(tokenizer))


shutil.rmtree(TARGET, ignore_errors=True)
vocabulary = word_piece_vocabulary()
bert("lower", vocabulary)
bert("cased", vocabulary)
bert("accents", vocabulary, do_lower_case=True, strip_accents=False, tokenize_chinese_chars=False)
byte_level()
unigram()
