"""A byte-level BPE in RoBERTa's layout, from the merges of a GGUF: real token counts without RoBERTa's own files."""

from pathlib import Path
from typing import Any

from gguf import GGUFReader

OPENING, PADDING, CLOSING, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
SPECIAL = [OPENING, PADDING, CLOSING, UNKNOWN]  # RoBERTa's ids 0 to 3
MASK_ID = 50_264  # RoBERTa's last
CONTROL = 3  # llama.cpp's type of tokens that no text can be


def byte_tokens() -> list[str]:
    """How a byte-level BPE writes each of the 256 bytes: printable Latin-1 as itself, the others from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def read_gguf(path: Path, size: int | None = None) -> tuple[list[str], list[tuple[str, str]]]:
    """The first `size` text tokens of a GGUF's byte-level BPE, all by default, and the merges that make them.

    Bytes that the GGUF lacks come last: RoBERTa's tokenizer can write them all.
    """
    fields = GGUFReader(path).fields
    types = fields["tokenizer.ggml.token_type"].contents()
    names = fields["tokenizer.ggml.tokens"].contents()
    tokens = [token for token, kind in zip(names, types, strict=True) if kind != CONTROL]
    tokens = tokens[:size]
    known = set(tokens)
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokens += [byte for byte in byte_tokens() if byte not in known]
    return tokens, [(left, right) for left, right in merges if left + right in known]


def vocabulary(tokens: list[str], mask_id: int) -> dict[str, int]:
    """Ids in RoBERTa's order: its special tokens, the text's, `<mask>` at `mask_id`."""
    return {token: i for i, token in enumerate([*SPECIAL, *tokens])} | {MASK: mask_id}


def tokenizer_json(vocab: dict[str, int], merges: list[tuple[str, str]]) -> dict[str, Any]:
    """A Hugging Face `tokenizer.json` as RobertaTokenizer saves it: no space is put before the first word."""
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": True}
    added = [{"id": vocab[token], "content": token, **plain} for token in SPECIAL]
    added.append({"id": vocab[MASK], "content": MASK, **plain, "lstrip": True, "normalized": False})
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": {
            "type": "RobertaProcessing",
            "sep": [CLOSING, vocab[CLOSING]],
            "cls": [OPENING, vocab[OPENING]],
            "trim_offsets": True,
            "add_prefix_space": False,
        },
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": vocab,
            "merges": merges,
        },
    }
