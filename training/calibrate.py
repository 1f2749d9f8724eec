"""Temperature scaling (Guo et al. 2017, arXiv 1706.04599) and expected calibration error."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def softmax(logits: Floats, temperature: float) -> Floats:
    scaled = logits / temperature
    scaled = scaled - scaled.max(-1, keepdims=True)
    exponentials = np.exp(scaled)
    return exponentials / exponentials.sum(-1, keepdims=True)


def best_temperature(loss: Callable[[float], float]) -> float:
    """Minimises a unimodal loss over temperatures from 0.1 to 10, by golden-section search on the logarithm."""
    ratio = (math.sqrt(5) - 1) / 2
    low, high = math.log(0.1), math.log(10.0)
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if loss(math.exp(left)) < loss(math.exp(right)):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def fit(logits: Floats, gold: NDArray[np.int64]) -> float:
    """Temperature of least negative log-likelihood. logits: (N, labels); gold: (N,)."""
    rows = np.arange(len(gold))
    return best_temperature(lambda t: float(-np.log(softmax(logits, t)[rows, gold] + 1e-12).mean()))


def window_average(windows: Floats, weights: Floats, temperature: float) -> Floats:
    """Probabilities of one text from its windows' logits: (windows, labels) and (windows,) to (labels,)."""
    return (softmax(windows, temperature) * weights[:, None]).sum(0) / weights.sum()


def fit_windows(texts: list[tuple[Floats, Floats]], gold: list[int]) -> float:
    """As `fit`, where each text is (logits of its windows, their weights) and probabilities are averaged."""

    def loss(temperature: float) -> float:
        chosen = [window_average(w, k, temperature)[g] for (w, k), g in zip(texts, gold, strict=True)]
        return float(-np.log(np.array(chosen) + 1e-12).mean())

    return best_temperature(loss)


def expected_calibration_error(confidence: Floats, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean gap of confidence and accuracy over `bins` bins of equal mass."""
    order = np.argsort(confidence, kind="stable")
    gaps = [abs(confidence[b].mean() - right[b].mean()) * len(b) for b in np.array_split(order, bins) if len(b)]
    return float(sum(gaps) / len(confidence))
