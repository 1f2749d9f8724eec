"""The decoder's ids: a byte-level BPE cut to its first tokens, then read-outs, then labels.

A byte-level BPE that keeps only its first N tokens, and the merges that make them, is again a valid tokenizer.
Read-outs and labels are control tokens above the text ids, so no text can forge one.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gguf import GGUFReader
from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from training.text import Prepared, encode_pieces

READ_OUT_TASKS = ("intent", "topic")  # in the order of the prompt; slots are read at the words themselves
BOS = 1
END = 2  # closes what the decoder writes


@dataclass(frozen=True)
class BaseTokenizer:
    """The first `size` tokens of a GGUF's tokenizer. `types` are llama.cpp's token types."""

    tokens: list[str]
    types: list[int]
    merges: list[str]

    @staticmethod
    def read(base: Path, size: int) -> "BaseTokenizer":
        fields = GGUFReader(base).fields
        tokens = fields["tokenizer.ggml.tokens"].contents()[:size]
        known = set(tokens)
        merges = [m for m in fields["tokenizer.ggml.merges"].contents() if m.replace(" ", "") in known]
        return BaseTokenizer(tokens, fields["tokenizer.ggml.token_type"].contents()[:size], merges)


class Vocabulary:
    """Turns texts into ids, and knows the ids of read-outs and labels."""

    def __init__(self, base: BaseTokenizer, labels: dict[str, list[str]]) -> None:
        self.base = base
        self.labels = labels
        vocab = {token: i for i, token in enumerate(base.tokens)}
        self.tokenizer = Tokenizer(BPE(vocab, [tuple(m.split(" ")) for m in base.merges]))
        # What llama.cpp calls "smollm": digits one by one, then GPT-2's own splitting.
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
        self.tokenizer.decoder = decoders.ByteLevel()
        start = len(base.tokens)
        self.read_outs = {task: start + i for i, task in enumerate(task for task in READ_OUT_TASKS if task in labels)}
        start += len(self.read_outs)
        self.label_start: dict[str, int] = {}
        for task, names in labels.items():
            self.label_start[task] = start
            start += len(names)
        self.size = start
        self.text_tokens = len(base.tokens)
        self.encode_piece = lru_cache(maxsize=500_000)(self._encode_piece)

    def _encode_piece(self, piece: str) -> tuple[int, ...]:
        return tuple(self.tokenizer.encode(piece, add_special_tokens=False).ids)

    def control_tokens(self) -> list[str]:
        """Names of the ids above the text's, in order."""
        names = [f"<{task}>" for task in self.read_outs]
        return names + [f"<{task}:{label}>" for task, labels in self.labels.items() for label in labels]

    def encode(self, text: str | Prepared) -> tuple[list[int], list[int]]:
        """Ids of the text, and the index in them of each word's first token."""
        return encode_pieces(text, self.encode_piece)

    def encode_answer(self, answer: str) -> list[int]:
        """Ids of what the decoder writes, its end and all."""
        return [*self.tokenizer.encode(answer, add_special_tokens=False).ids, END]

    def decode(self, ids: list[int]) -> str:
        """The text of text ids."""
        return self.tokenizer.decode(ids, skip_special_tokens=False)

    def prompt(self, tasks: tuple[str, ...], ids: list[int]) -> list[int]:
        """`<bos>`, a read-out for each task asked for that has one, the text."""
        return [BOS, *(token for task, token in self.read_outs.items() if task in tasks), *ids]
