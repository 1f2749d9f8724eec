import numpy as np
import pytest

from training.decoding import Structure
from training.tally import Tally

TAGS = ["O", "B-x", "I-x"]
SURE = 9.0 * np.eye(3)
RIGHT, WRONG = np.array([0.9, 0.1]), np.array([0.2, 0.8])


def test_a_text_is_whole_when_its_intent_and_all_its_spans_are_right() -> None:
    tally = Tally(Structure.of(TAGS))
    tally.add(RIGHT, SURE[[1, 2, 0]], 0, [1, 2, 0])
    tally.add(WRONG, SURE[[1, 2, 0]], 0, [1, 2, 0])
    tally.add(RIGHT, SURE[[1, 0, 1]], 0, [1, 2, 0])  # two spans, and neither is the gold one
    assert tally.scores() == {
        "intent": pytest.approx(2 / 3),
        "slot_f1": pytest.approx(2 * 2 / (4 + 3)),
        "exact_match": pytest.approx(1 / 3),
    }


def test_what_nobody_asks_is_not_scored() -> None:
    alone = Tally(Structure.of(TAGS))
    alone.add(RIGHT, None, 0, [])
    assert alone.scores() == {"intent": 1.0}
    spans = Tally(Structure.of(TAGS))
    spans.add(None, SURE[[0]], 0, [0])
    assert spans.scores() == {"slot_f1": 0.0}  # no span was said and none was to be
    assert Tally(Structure.of(TAGS)).scores() == {}
