"""Spans, against slow references."""

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
