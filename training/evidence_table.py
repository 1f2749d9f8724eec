"""What the tokens of a text, one by one and in pairs, say of its topic: a linear table beside the decoder.

Its scores are added to the decoder's logits, as in wide & deep learning (Cheng et al. 2016, arXiv 1606.07792). The
twin of `src/tasks/evidence.ts`: both are pinned by `test/fixtures/evidence.json`, so a change here is a change there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.data import MAX_POST_TOKENS

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
FILE = "topic.evidence"


def bucket_of(before: Indices, ids: Indices, buckets: int) -> Indices:
    """Of tokens after others; -1 stands before a token that is looked at by itself."""
    h = (before + 1).astype(np.uint32) * np.uint32(0x9E3779B1) + ids.astype(np.uint32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return ((h ^ (h >> np.uint32(16))) & np.uint32(buckets - 1)).astype(np.int64)


def frequencies(ids: list[int], opening: int, buckets: int) -> tuple[Indices, Floats]:
    """The buckets of a text, each once, and 1 and the logarithm of how often it has them."""
    tokens = np.array(ids, dtype=np.int64)
    alone = bucket_of(np.full_like(tokens, -1), tokens, buckets)
    pairs = bucket_of(tokens[:-1], tokens[1:], buckets)
    places = np.concatenate([np.arange(len(tokens)), np.arange(1, len(tokens))])
    found, at = np.unique(np.concatenate([alone, pairs]), return_inverse=True)
    return found, 1 + np.log(np.bincount(at, np.where(places < opening, 2, 1), len(found)))


@dataclass(frozen=True)
class EvidenceTable:
    """importances: (buckets,), without a sign; weights: (buckets, labels), with one.

    The first `opening` tokens of a text count twice. `damping` keeps few words from speaking as loudly as many;
    `weight` is what a unit of the sum counts as a logit.
    """

    importances: NDArray[np.uint8]
    weights: NDArray[np.int8]
    opening: int
    damping: float
    weight: float

    def vector(self, ids: list[int]) -> tuple[Indices, Floats]:
        """The buckets that a text has, and how much it has of each."""
        found, frequency = frequencies(ids[:MAX_POST_TOKENS], self.opening, len(self.importances))
        return found, frequency * self.importances[found]

    def features(self, ids: list[int]) -> tuple[Indices, Floats]:
        """As `vector`, shorter than 1: the nearer, the more a text says."""
        found, values = self.vector(ids)
        return found, values / np.sqrt(self.damping + (values**2).sum())

    def scores(self, ids: list[int]) -> Floats:
        """(labels,), to be added to logits."""
        found, values = self.features(ids)
        return self.weight * (values @ self.weights[found])

    def entry(self) -> dict[str, Any]:
        """The manifest's `tasks.topic.evidence`."""
        return {"file": FILE, "buckets": len(self.importances), "damping": self.damping, "weight": self.weight}

    def write(self, folder: Path) -> None:
        (folder / FILE).write_bytes(self.importances.tobytes() + self.weights.tobytes())

    @staticmethod
    def read(folder: Path, entry: dict[str, Any], opening: int) -> "EvidenceTable":
        importances, weights = np.split(np.fromfile(folder / entry["file"], np.uint8), [entry["buckets"]])
        table = weights.view(np.int8).reshape(entry["buckets"], -1)
        return EvidenceTable(importances, table, opening, entry["damping"], entry["weight"])
