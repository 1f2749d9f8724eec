from itertools import product
from random import Random

import pytest

from training.augment import augment, digits, join_meridiem, ordinal, swap_values
from training.data import spans
from training.tests.sentences import SENTENCES, Word, tagged
from training.text import prepare


def names(words: list[Word]) -> list[str]:
    return [name for name, _, _ in spans([tag for _, tag in words])]


SEEDS = range(200)


def test_every_word_of_the_text_keeps_its_tag() -> None:
    for words, seed in product(SENTENCES, SEEDS):
        text, changed = augment(list(words), Random(seed))
        prepared = prepare(text)
        chunk_of = [text.count(" ", 0, start) for start, _ in prepared.words]
        assert chunk_of == list(range(len(changed))), (seed, text)
        for (start, end), (surface, _) in zip(prepared.words, changed, strict=True):
            assert text[start:end] in surface or surface in text[start:end]


def test_no_span_appears_or_vanishes() -> None:
    for words, seed in product(SENTENCES, SEEDS):
        _, changed = augment(list(words), Random(seed))
        assert names(changed) == names(words), seed


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("[twenty five:amount] lamps", "25 lamps"),
        ("at [nine thirty:time]", "at 9:30"),
        ("on [the twenty first:date]", "on the 21st"),
        ("[fifty percent:amount]", "50%"),
        ("[twenty:amount] [five:amount]", "20 5"),
        ("second", "second"),
    ],
)
def test_numbers_become_digits_inside_a_span_only(spoken: str, written: str) -> None:
    assert " ".join(surface for surface, _ in digits(tagged(spoken), Random(0))) == written


def test_the_halves_of_the_day_are_joined() -> None:
    joined = {join_meridiem(tagged("[nine p. m.:time]"), Random(seed))[1][0] for seed in range(20)}
    assert joined == {"pm", "p.m."}


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (21, "21st")]
)
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text


def test_the_same_seed_gives_the_same_text() -> None:
    assert augment(SENTENCES[0], Random(3)) == augment(SENTENCES[0], Random(3))


def test_swapped_values_keep_their_slot_and_are_tagged_word_by_word():
    words = [
        ("wake", "O"),
        ("me", "O"),
        ("at", "O"),
        ("nine", "B-time"),
        ("am", "I-time"),
        ("on", "O"),
        ("friday", "B-date"),
    ]
    values = {"time": [["half", "past", "six"]], "date": [["today"]]}
    assert swap_values(words, values, 1.0, Random(1)) == [
        ("wake", "O"),
        ("me", "O"),
        ("at", "O"),
        ("half", "B-time"),
        ("past", "I-time"),
        ("six", "I-time"),
        ("on", "O"),
        ("today", "B-date"),
    ]
    assert swap_values(words, values, 0.0, Random(1)) == words


def test_neighbouring_spans_are_swapped_apart():
    words = [("nine", "B-time"), ("ten", "B-time"), ("am", "I-time")]
    swapped = swap_values(words, {"time": [["noon"]]}, 1.0, Random(1))
    assert swapped == [("noon", "B-time"), ("noon", "B-time")]
