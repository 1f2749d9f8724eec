"""Spans and their decoding, against slow references."""

from itertools import product

import pytest

from training.data import spans

TAGS = ["O", "B-a", "I-a", "B-b", "I-b"]


def reference(tags: list[str]) -> list[tuple[str, int, int]]:
    """The rules of conlleval, which seqeval's default mode follows, chunk by chunk."""
    found, start = [], None
    padded = [*tags, "O"]
    for i, tag in enumerate(padded):
        before = padded[i - 1] if i else "O"
        ends = before != "O" and (tag == "O" or tag[0] == "B" or tag[2:] != before[2:])
        if ends and start is not None:
            found.append((before[2:], start, i))
            start = None
        if tag != "O" and (tag[0] == "B" or before == "O" or before[2:] != tag[2:]):
            start = i
    return found


def test_spans_are_those_of_conlleval() -> None:
    for tags in (tags for length in range(6) for tags in product(TAGS, repeat=length)):
        assert list(spans(list(tags))) == reference(list(tags))


def test_spans_are_those_of_seqeval() -> None:
    scheme = pytest.importorskip("seqeval.metrics.sequence_labeling")
    for tags in product(TAGS, repeat=4):
        assert [(name, s, e - 1) for name, s, e in spans(list(tags))] == scheme.get_entities(list(tags))


def allowed(path: tuple[int, ...]) -> bool:
    names = [TAGS[tag] for tag in path]
    pairs = zip(["O", *names], names, strict=False)
    return all(not after.startswith("I-") or before[1:] == after[1:] for before, after in pairs)


def test_viterbi_finds_the_best_path_that_bio_allows() -> None:
    pytest.importorskip("torch")
    import numpy as np

    from training.score import bio_matrix, viterbi

    rng = np.random.default_rng(0)
    for length in [1, 2, 3, 4] * 20:
        scores = rng.normal(size=(length, len(TAGS))).astype(np.float32)
        paths = [path for path in product(range(len(TAGS)), repeat=length) if allowed(path)]
        best = max(paths, key=lambda path, of=scores: sum(of[i, tag] for i, tag in enumerate(path)))
        assert viterbi(scores, bio_matrix(TAGS)) == list(best)
