"""What is fitted to dev: the figures of a manifest, from what a reader says."""

from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("torch", reason="the readers' module trains, too")

from training.batches import Utterance
from training.calibrate import softmax
from training.decoding import Structure
from training.dev import DevSet, calibrate_utterances, judged_spans

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def said(intent: int, tags: list[int]) -> Utterance:
    return Utterance([], [], intent, tags, [])


def test_spans_are_right_when_name_and_both_ends_are() -> None:
    tags = np.full((4, 5), 0.2)
    path = [1, 2, 3, 1]  # a over two words, b, a
    gold = [1, 2, 3, 4]  # a over two words, b over two
    assert [right for _, right in judged_spans(tags, path, gold, TAGS)] == [True, False, False]


def test_a_span_that_may_go_on_is_less_sure() -> None:
    ending, going_on = np.full((2, 5), 0.2), np.full((2, 5), 0.2)
    ending[1], going_on[1] = [0.9, 0.1, 0.0, 0.0, 0.0], [0.6, 0.0, 0.4, 0.0, 0.0]
    sure, unsure = (judged_spans(tags, [1, 0], [1, 0], TAGS)[0][0] for tags in (ending, going_on))
    assert sure == pytest.approx(0.2)
    assert unsure == pytest.approx(0.2 * 0.6)


def test_only_the_tasks_that_were_read_have_figures() -> None:
    rng = np.random.default_rng(0)
    intents = [(said(0, []), {"intent": rng.normal(size=3).astype(np.float32)}) for _ in range(60)]
    figures = calibrate_utterances(intents, Structure.of(["O"]))
    assert {task: set(found) for task, found in figures.items()} == {"intent": {"temperature", "margin_calibration"}}
    slots = [(said(0, [1, 0]), {"slots": rng.normal(size=(2, 5)).astype(np.float32)}) for _ in range(60)]
    figures = calibrate_utterances(slots, Structure.of(TAGS))
    assert {task: set(found) for task, found in figures.items()} == {"slots": {"temperature", "span_calibration"}}


def test_spans_and_intents_are_those_that_are_decided_on_together() -> None:
    # The first intent forbids the slot a, which the words want and the gold labels have: both are won together.
    known = Structure.of(TAGS, compatibility=[[-9.0, 0.0], [0.0, 0.0]])
    scores = {"intent": np.float32([0.5, 0.0]), "slots": np.float32([[0.0, 5.0, 0.0, 0.0, 0.0]])}
    read = [(said(1, [1]), scores)] * 200
    alone = calibrate_utterances(read, Structure.of(TAGS))
    together = calibrate_utterances(read, known)
    # Without it, the intent is always wrong, and its margin is not to be believed.
    assert together["intent"]["margin_calibration"]["scale"] > 1 > alone["intent"]["margin_calibration"]["scale"]


class Topics:
    """Two windows a post, whose scores are twice what the topics deserve."""

    def __init__(self, logits: np.ndarray) -> None:
        self.left = iter(logits)

    def utterance(self, items: list[Utterance]) -> Iterator[tuple[Utterance, dict[str, np.ndarray]]]:
        return iter(())

    def windows(self, windows: list[list[int]]) -> np.ndarray:
        return np.stack([next(self.left)] * len(windows))


def test_topics_are_calibrated_by_their_pooled_windows() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(4_000, 3)) * 2
    gold = [int(rng.choice(3, p=row)) for row in softmax(logits, 1.0)]
    dev = DevSet([], [[7] * 16] * len(gold), gold, 1, Structure.of(["O"]))  # 16 windows: twice as sure as one
    figures = dev.calibration(Topics(logits))
    assert set(figures) == {"topic"}
    assert figures["topic"]["temperature"] == pytest.approx(2.0, rel=0.1)
    assert figures["topic"]["margin_calibration"] == pytest.approx({"scale": 1.0, "power": 1.0}, abs=0.15)
