"""How well a model tells texts out of scope from the others; the twin of `src/proof/evaluation/oos.ts`.

A text's score is 1 less the confidence of its best intent other than the label that rejects.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.batches import Utterance
from training.calibrate import Floats, fit, softmax
from training.encoder_score import Reader

KEPT = 0.97  # of dev's rows in scope, at the threshold


@dataclass(frozen=True)
class Judged:
    """`confidence`: of the best intent other than the one that rejects; `right`: whether it is the gold one."""

    confidence: Floats
    right: NDArray[np.bool_]
    outside: NDArray[np.bool_]

    def auroc(self) -> float:
        """Chance that a row out of scope has a lower confidence than one in scope; ties count half."""
        inside = np.sort(self.confidence[~self.outside])
        outside = self.confidence[self.outside]
        lower, upper = (len(inside) - np.searchsorted(inside, outside, side) for side in ("right", "left"))
        return float((lower + upper).mean() / 2 / len(inside))

    def threshold(self, kept: float = KEPT) -> float:
        """The confidence that a share `kept` of the rows in scope reach, rounded down."""
        return float(np.floor(1e4 * np.quantile(self.confidence[~self.outside], 1 - kept)) / 1e4)


def judge(logits: Floats, gold: NDArray[np.int64], reject: int, temperature: float) -> Judged:
    """logits: (N, labels); gold: (N,)."""
    others = softmax(logits, temperature)
    others[:, reject] = 0.0
    return Judged(others.max(-1), others.argmax(-1) == gold, gold == reject)


def read_intents(reader: Reader, items: list[Utterance]) -> tuple[Floats, NDArray[np.int64]]:
    """Raw scores, (N, labels), and gold labels, (N,)."""
    read = [(found["intent"], item.intent) for item, found in reader.utterance(items) if item.intent >= 0]
    logits, gold = (np.array(part) for part in zip(*read, strict=True))
    return logits.astype(np.float64), gold


def scores(reader: Reader, items: list[Utterance], reject: int) -> dict[str, float]:
    """Of raw scores, fractions of 1: `auroc`, and `in_scope` accuracy where nothing is rejected."""
    judged = judge(*read_intents(reader, items), reject, 1.0)
    return {"auroc": round(judged.auroc(), 4), "in_scope": round(float(judged.right[~judged.outside].mean()), 4)}


def figures(reader: Reader, items: list[Utterance], reject: int) -> dict[str, float]:
    """Temperature and threshold of the manifest, fitted to what `reader` says of dev."""
    logits, gold = read_intents(reader, items)
    temperature = round(fit(logits, gold), 4)
    return {"temperature": temperature, "oos_threshold": judge(logits, gold, reject, temperature).threshold()}
