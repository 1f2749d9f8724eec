"""Calibration on dev: temperature scaling (Guo et al. 2017, arXiv 1706.04599), Platt scaling (Platt 1999) of spans and
its like for labels, and expected calibration error. Applied by `src/tasks/`."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
INDEPENDENCE = 0.25  # of windows, as in `src/tasks/labels.ts`
UNSUREST = 1e-6  # no probability is closer to 0 or 1, as in `src/tasks/calibration.ts`

# Log-odds, (N,), and their derivatives by two numbers, (N, 2).
Curve = Callable[[Floats], tuple[Floats, Floats]]


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


def pool_windows(windows: Floats, weights: Floats) -> Floats:
    """Scores of one text from its windows' logits, (windows, labels), and tokens, (windows,): (labels,).

    Their mean weighted by tokens, and the larger the more windows there are; one window gives its own.
    """
    gain = (weights.sum() / weights.max()) ** INDEPENDENCE
    return gain * (windows * weights[:, None]).sum(0) / weights.sum()


def sigmoid(log_odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-log_odds))


def fit_curve(curve: Curve, right: Bools) -> tuple[float, float]:
    """The two numbers that make it likeliest that `right`, (N,), were right, by Fisher scoring.

    A prior of one unit's width around (0, 0) keeps them finite where all are right.
    """
    numbers = np.zeros(2)
    for _ in range(50):
        log_odds, slope = curve(numbers)
        p = sigmoid(log_odds)
        gradient = slope.T @ (p - right) + numbers
        step = np.linalg.solve((slope * (p * (1 - p))[:, None]).T @ slope + np.eye(2), gradient)
        numbers = numbers - step.clip(-0.5, 0.5)  # far from the solution a whole step may overshoot
        if abs(step).max() < 1e-6:
            break
    return float(numbers[0]), float(numbers[1])


def fit_spans(probabilities: Floats, right: Bools) -> dict[str, float]:
    """The manifest's `span_calibration`. probabilities: (spans,), as of `span_probability`."""
    kept = probabilities.clip(UNSUREST, 1 - UNSUREST)
    odds = np.log(kept / (1 - kept))

    def curve(numbers: Floats) -> tuple[Floats, Floats]:
        scaled = np.exp(numbers[0]) * odds
        return scaled + numbers[1], np.stack([scaled, np.ones_like(odds)], -1)

    scale, shift = fit_curve(curve, right)
    return {"scale": math.exp(scale), "shift": shift}


def fit_margins(probabilities: Floats, right: Bools) -> dict[str, float]:
    """The manifest's `margin_calibration`: what makes the confidence of the best label likeliest.

    probabilities: (N, labels) of each text; right: (N,), whether the best label was.
    """
    ordered = -np.sort(-np.log(probabilities + 1e-30))
    distances = np.log(np.maximum(ordered[:, :1] - ordered[:, 1:], 1e-9))  # logarithms of the others' margins

    def curve(numbers: Floats) -> tuple[Floats, Floats]:
        exponents = np.exp(numbers[1]) * distances
        scores = -np.exp(numbers[0] + exponents)
        weights = np.exp(scores)
        total = weights.sum(-1)
        slope = np.stack([-(weights * scores).sum(-1), -(weights * scores * exponents).sum(-1)], -1)
        return -np.log(total), slope / total[:, None]

    scale, power = fit_curve(curve, right)
    return {"scale": math.exp(scale), "power": math.exp(power)}


def span_probability(tags: Floats, path: list[int], start: int, end: int, inside: int) -> float:
    """Of a span of words [start, end): the geometric mean over its words of their tags' probabilities and of its end.

    tags: (words, tags), probabilities; inside: the tag that would go on with the span.
    """
    chosen = tags[np.arange(start, end), path[start:end]].prod()
    ends = 1 - tags[end, inside] if end < len(tags) else 1.0
    return float((chosen * ends) ** (1 / (end - start)))


def expected_calibration_error(confidence: Floats, right: Bools, bins: int = 15) -> float:
    """Mean gap of confidence and accuracy over `bins` bins of equal mass."""
    order = np.argsort(confidence, kind="stable")
    gaps = [abs(confidence[b].mean() - right[b].mean()) * len(b) for b in np.array_split(order, bins) if len(b)]
    return float(sum(gaps) / len(confidence))
