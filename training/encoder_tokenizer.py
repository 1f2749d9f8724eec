"""The encoder's ids: pieces tokenised alone, between the base's own first and last token."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from training.text import Prepared, encode_pieces


def frame(description: dict[str, Any]) -> tuple[int, int]:
    """The ids that open and close a sequence, from a tokenizer.json's post-processor."""
    post = description.get("post_processor") or {}
    if post.get("type") in ("RobertaProcessing", "BertProcessing"):
        return post["cls"][1], post["sep"][1]
    if post.get("type") == "TemplateProcessing":
        ids = post["special_tokens"]
        names = [part["SpecialToken"]["id"] for part in post["single"] if "SpecialToken" in part]
        if len(names) == 2:
            return ids[names[0]]["ids"][0], ids[names[1]]["ids"][0]
    raise ValueError("the tokenizer does not say which tokens open and close a sequence")


def minimal(description: dict[str, Any]) -> dict[str, Any]:
    """A tokenizer.json for single pieces: nothing is padded, cut or framed, and no text can forge a special token."""
    kept = {key: description.get(key) for key in ("version", "normalizer", "pre_tokenizer", "decoder", "model")}
    return {**kept, "added_tokens": [], "truncation": None, "padding": None, "post_processor": None}


class EncoderTokenizer:
    def __init__(self, path: Path, ends: tuple[int, int] | None = None) -> None:
        """path: a Hugging Face tokenizer.json; ends: the tokens around a text, where it does not tell them."""
        description = json.loads(path.read_text(encoding="utf-8"))
        self.cls, self.sep = ends or frame(description)
        self.description = minimal(description)
        self.tokenizer = Tokenizer.from_str(json.dumps(self.description))
        self.encode_piece = lru_cache(maxsize=500_000)(self._encode_piece)

    def _encode_piece(self, piece: str) -> tuple[int, ...]:
        return tuple(self.tokenizer.encode(piece, add_special_tokens=False).ids)

    def encode(self, text: str | Prepared) -> tuple[list[int], list[int]]:
        """Ids of the text, and the index in them of each word's first token.

        A word that the tokenizer drops (control characters) is read at the token after it.
        """
        return encode_pieces(text, self.encode_piece)

    def encode_closed(self, text: str) -> tuple[list[int], list[int]]:
        """As `encode`, with the closing token; `opened` makes it a whole prompt."""
        ids, first = self.encode(text)
        return [*ids, self.sep], first

    def opened(self, ids: list[int]) -> list[int]:
        return [self.cls, *ids]

    def prompt(self, ids: list[int]) -> list[int]:
        return [self.cls, *ids, self.sep]
