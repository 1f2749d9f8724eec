"""Words and pieces of a text: what the models read, and where tags are read off.

The twin of `src/text/` in the server: both are pinned by the golden vectors of each bundle, so a change here is a
change there. A text is cut at white space into chunks, each chunk into an optional prefix of punctuation, a word and an
optional suffix; every piece is normalised and tokenised by itself. Offsets are taken before normalisation, so that
normalisation may change lengths freely.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# The Unicode property White_Space, written out: `str.split` and JavaScript's `\s` disagree with it and each other.
WHITE_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
CHUNK = re.compile(f"[^{WHITE_SPACE}]+")
# Punctuation and symbols that carry meaning at a word's edge: "50%", "@anna", "#news", "r&b", "20°".
MEANINGFUL_EDGE = frozenset("%@#&°")
EDGE_CATEGORIES = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "So", "Sk", "Cf"})
VARIATION_SELECTOR = "\ufe0f"  # a non-spacing mark that trails an emoji
ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "jr", "sr"})
QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"'})


@dataclass(frozen=True)
class Piece:
    """A stretch of normalised text that is tokenised alone. `word` indexes `Prepared.words`; None for punctuation."""

    text: str
    word: int | None


@dataclass(frozen=True)
class Prepared:
    """`words`: half-open character offsets into the raw text, in Python's unit: code points."""

    words: list[tuple[int, int]]
    pieces: list[Piece]


def is_edge(character: str) -> bool:
    if character in MEANINGFUL_EDGE:
        return False
    return character == VARIATION_SELECTOR or unicodedata.category(character) in EDGE_CATEGORIES


def keeps_full_stop(word: str) -> bool:
    """Whether a full stop after `word` belongs to it: "p.", "u.s", "mr"."""
    letters = word.split(".")
    return word.lower() in ABBREVIATIONS or all(len(part) == 1 and part.isalpha() for part in letters)


def word_bounds(chunk: str) -> tuple[int, int]:
    """Offsets of the word inside a chunk of non-space characters; an empty range when it is all punctuation."""
    start, end = 0, len(chunk)
    while start < end and is_edge(chunk[start]):
        start += 1
    while end > start and is_edge(chunk[end - 1]):
        end -= 1
    if end > start and chunk[end : end + 1] == "." and keeps_full_stop(chunk[start:end]):
        end += 1
    return start, end


def normalize(piece: str) -> str:
    """NFKC, straight quotes, lower case."""
    return unicodedata.normalize("NFKC", piece).translate(QUOTES).lower()


def prepare(text: str) -> Prepared:
    words: list[tuple[int, int]] = []
    pieces: list[Piece] = []
    for match in CHUNK.finditer(text):
        chunk = match.group()
        start, end = word_bounds(chunk)
        space = " "  # the space before a chunk belongs to the chunk's first piece, also at the very beginning
        for part, is_word in ((chunk[:start], False), (chunk[start:end], True), (chunk[end:], False)):
            if not part:
                continue
            if is_word:
                words.append((match.start() + start, match.start() + end))
            pieces.append(Piece(space + normalize(part), len(words) - 1 if is_word else None))
            space = ""
    return Prepared(words, pieces)


def encode_pieces(text: str | Prepared, encode_piece: Callable[[str], Iterable[int]]) -> tuple[list[int], list[int]]:
    """Ids of the text, each piece tokenised alone, and the index in them of each word's first token."""
    prepared = prepare(text) if isinstance(text, str) else text
    ids: list[int] = []
    first: list[int] = []
    for piece in prepared.pieces:
        if piece.word is not None:
            first.append(len(ids))
        ids += encode_piece(piece.text)
    return ids, first
