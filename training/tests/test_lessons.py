import pytest

torch = pytest.importorskip("torch", reason="lessons are tensors")
np = pytest.importorskip("numpy")

import json  # noqa: E402
from random import Random  # noqa: E402

from training import lessons  # noqa: E402


def encode(text):
    """A token a word."""
    words = text.split()
    return [len(word) for word in words], list(range(len(words)))


@pytest.fixture
def stored(tmp_path):
    for part, (text, label, tags) in enumerate([("wake me up", 1, [0, 2, 2]), ("hello there", lessons.NO_GOLD, [])]):
        words = len(text.split())
        np.savez(
            tmp_path / f"lessons.{part}.npz",
            texts=np.array([json.dumps([text, label, tags])]),
            intent=np.array([[0.5, 0.5]], np.float16),
            slots=np.full((words, 4), 0.25, np.float16),
            words=np.array([words]),
        )
    return tmp_path / "lessons.*.npz"


def test_known_labels_have_their_share_of_the_say(stored):
    known, unknown = lessons.read(stored, encode, 0.4)
    assert known.intent.tolist() == pytest.approx([0.3, 0.7])
    assert known.slots[0].tolist() == pytest.approx([0.55, 0.15, 0.15, 0.15])
    assert unknown.intent.tolist() == [0.5, 0.5]
    assert unknown.slots.shape == (2, 4)


def test_a_batch_pads_words_with_no_distribution(stored):
    batch = lessons.collate(lessons.read(stored, encode, 0.4), [1, 9])
    assert batch.ids.tolist() == [[1, 9, 4, 2, 2], [1, 9, 5, 5, 0]]
    assert batch.mask.tolist() == [[True] * 5, [True] * 4 + [False]]
    assert batch.first.tolist() == [[2, 3, 4], [2, 3, 0]]
    assert batch.slots.sum(-1).tolist() == [pytest.approx([1, 1, 1]), pytest.approx([1, 1, 0])]


def test_groups_take_every_lesson_once_an_epoch(stored):
    items = lessons.read(stored, encode, 0.4) * 3
    stream = lessons.groups(items, 2, Random(1))
    seen = [item for _ in range(3) for item in next(stream)]
    assert sorted(len(item.ids) for item in seen) == [2, 2, 2, 3, 3, 3]
