"""Decoding of tags and intents, held to the cases that the server is held to, and to trying every path."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from training.decoding import Floats, Structure

CASES = json.loads((Path(__file__).parents[2] / "test/fixtures/decoding.json").read_text(encoding="utf-8"))
TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def worth(path: tuple[int, ...], scores: Floats, transitions: Floats, slots: Floats) -> float:
    """What a path is worth, from the definition; minus infinity where BIO forbids it. slots: their penalties."""
    total, before = 0.0, len(TAGS)
    for word, tag in enumerate(path):
        if TAGS[tag].startswith("I-") and before not in (tag, tag - 1):
            return -np.inf
        total += scores[word, tag] + transitions[before, tag]
        total += slots[tag // 2] if TAGS[tag].startswith("B-") else 0.0
        before = tag
    return total


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_decides_as_the_server_does(case: dict) -> None:
    known = Structure.of(case["tags"], case.get("transitions"), case.get("compatibility"))
    intents = np.array(case["intents"]) if "intents" in case else None
    decided, path = known.decide(intents, np.array(case["scores"], dtype=np.float32))
    assert [case["tags"][tag] for tag in path] == case["path"]
    assert decided is None or decided == pytest.approx(case["decided"], abs=1e-5)


@pytest.mark.parametrize("seed", range(60))
def test_finds_what_trying_every_path_under_the_three_best_intents_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, transitions = rng.normal(size=(rng.integers(1, 5), 5)), rng.normal(size=(6, 5))
    compatibility, intents = -rng.random((4, 2)) * 3, rng.dirichlet(np.ones(4))
    decided, path = Structure.of(TAGS, transitions, compatibility).decide(intents, scores)
    best = {}
    for intent in np.argsort(-intents)[:3]:
        row = compatibility[intent]
        paths = [(worth(p, scores, transitions, row), p) for p in product(range(5), repeat=len(scores))]
        total, tags = max(paths)
        best[intent] = np.log(intents[intent]) + total, list(tags)
    chosen = max(best, key=lambda intent: best[intent][0])
    assert (int(decided.argmax()), path) == (chosen, best[chosen][1])
    assert decided.sum() == pytest.approx(1)


def test_without_tables_the_bio_constraints_decide_alone() -> None:
    plain, zeros = Structure.of(TAGS), Structure.of(TAGS, np.zeros((6, 5)), np.zeros((2, 2)))
    rng = np.random.default_rng(0)
    intents = np.array([0.6, 0.4])
    for length in [1, 2, 3, 9]:
        scores = rng.normal(size=(length, 5))
        decided, path = plain.decide(intents, scores)
        assert decided is intents
        assert path == zeros.decide(intents, scores)[1]
