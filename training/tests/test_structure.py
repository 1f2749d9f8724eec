import numpy as np
import pytest

from training.structure import DECIMALS, compatibility, entries, transitions

TAGS = ["O", "B-time", "I-time", "B-date", "I-date"]
OUTSIDE, B_TIME, I_TIME, B_DATE, I_DATE = range(5)
ROWS = [
    *[{"intent": "alarm", "slots": ["O", "B-time", "I-time", "O"]}] * 30,
    *[{"intent": "alarm", "slots": ["O", "B-time", "B-date"]}] * 10,
    *[{"intent": "event", "slots": ["B-date", "O", "B-date"]}] * 20,
    *[{"intent": "joke", "slots": ["O"]}] * 40,
]


def test_a_tag_that_follows_more_often_than_it_occurs_gains_and_one_that_never_does_loses() -> None:
    found = transitions(ROWS, TAGS, 1.0)
    assert found[B_TIME, I_TIME] > 0 > found[B_TIME, OUTSIDE]
    assert found[OUTSIDE, B_TIME] > 0
    assert found[-1, OUTSIDE] > 0 > found[-1, B_TIME]  # a text opens with O or, sometimes, with a date


def test_a_transition_is_the_log_of_how_much_more_often_it_is_seen() -> None:
    # 40 tags follow B-time, 30 of them I-time, which is 30 of 250 in all; 20 more count as if B-time did not matter.
    share = 30.1 / 250.5
    expected = np.log((30 + 20 * share) / (40 + 20) / share)
    assert transitions(ROWS, TAGS, 0.5)[B_TIME, I_TIME] == pytest.approx(0.5 * expected)


def test_what_bio_forbids_has_no_number() -> None:
    found = transitions(ROWS, TAGS, 1.0)
    assert not found[[OUTSIDE, B_DATE, I_DATE, -1], I_TIME].any()


def test_a_tag_that_no_row_has_is_neither_for_nor_against_what_follows() -> None:
    assert transitions(ROWS, TAGS, 1.0)[I_DATE, [OUTSIDE, B_TIME, B_DATE, I_DATE]] == pytest.approx(0)


def test_slots_that_an_intent_seldom_comes_with_lose_and_no_slot_gains() -> None:
    found = compatibility(ROWS, ["joke", "alarm", "event"], TAGS, 1.0)
    assert found.shape == (3, 2)
    assert (found <= 0).all()
    assert found[1, 0] == 0 and found[2, 1] == 0
    # 40 jokes without any of the 30 dates of 100 rows; one more row counts as if the intent did not matter.
    assert found[0, 1] == pytest.approx(np.log(1 / 41))
    assert compatibility(ROWS, ["joke"], TAGS, 0.5)[0, 1] == pytest.approx(0.5 * np.log(1 / 41))


def test_an_intent_that_no_row_has_goes_with_every_slot() -> None:
    assert not compatibility(ROWS, ["weather"], TAGS, 1.0).any()


def test_a_bundle_is_told_what_its_tasks_can_use() -> None:
    labels = {"intent": ["alarm", "event", "joke"], "slots": TAGS}
    whole = entries(ROWS, labels)
    assert np.shape(whole["transitions"]) == (6, 5) and np.shape(whole["compatibility"]) == (3, 2)
    assert entries(ROWS, {"slots": TAGS}) == {"transitions": whole["transitions"]}
    assert entries(ROWS, {"intent": labels["intent"]}) == {}
    assert all(number == round(number, DECIMALS) for row in whole["transitions"] for number in row)
