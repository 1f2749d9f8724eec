"""Endless streams of training batches: augmented utterances by length, windows of posts.

The streams know nothing of the model: an item is (ids of the text, first token of each word, targets).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import torch
from torch import Tensor

from training.augment import Values, augment, swap_values
from training.data import Row, spans, without_headers
from training.text import Prepared, normalize, prepare

IGNORED = -100
Item = TypeVar("Item")
Encode = Callable[[str], tuple[list[int], list[int]]]


@dataclass(frozen=True)
class Utterance:
    ids: list[int]
    first: list[int]
    intent: int
    tags: list[int]
    slots: list[tuple[str, str]]  # (name, value as the prompt spells it)
    topic: int = IGNORED


@dataclass(frozen=True)
class Batch:
    """`ids`, `mask`: (B, T); `first`, `tags`: (B, W), padded with 0 and IGNORED; `labels`, `topics`: (B,)."""

    ids: Tensor
    mask: Tensor | None
    labels: Tensor
    first: Tensor | None = None
    tags: Tensor | None = None
    topics: Tensor | None = None


def pad(rows: list[list[int]], filler: int) -> Tensor:
    width = max(1, *(len(row) for row in rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


@dataclass(frozen=True)
class Swaps:
    """How many spans get another value, and which values there are."""

    share: float
    values: Values

    @staticmethod
    def of(rows: list[Row], share: float) -> "Swaps":
        values: Values = defaultdict(list)
        for row in rows:
            for slot, start, end in spans(row["slots"]):
                values[slot].append(row["tokens"][start:end])
        return Swaps(share, values)


NO_SWAPS = Swaps(0.0, {})


def spoken(
    row: Row, tags: list[str], rng: Random | None = None, swaps: Swaps = NO_SWAPS
) -> tuple[str, Prepared, list[int]]:
    """A row's text, augmented when there is an `rng`, and the index in `tags` of each of its words' tags."""
    words = list(zip(row["tokens"], row["slots"], strict=True))
    if rng and swaps.share:
        words = swap_values(words, swaps.values, swaps.share, rng)
    text, words = augment(words, rng) if rng else (row["text"], words)
    tag_of_chunk = [tag for _, tag in words]
    prepared = prepare(text)
    found, chunk, position = [], 0, 0
    for start, _ in prepared.words:  # a chunk that is all punctuation has no word, so count the spaces
        chunk += text.count(" ", position, start)
        position = start
        found.append(tags.index(tag_of_chunk[chunk]))
    return text, prepared, found


def gold(labels: list[str], name: str | None) -> int:
    """The place of a label; IGNORED where a row has none."""
    return IGNORED if name is None or not labels else labels.index(name)


def utterance(
    row: Row, labels: dict[str, list[str]], encode: Encode, rng: Random | None, swaps: Swaps = NO_SWAPS
) -> Utterance:
    """A row ready to train on, augmented when there is an `rng`."""
    names = labels.get("slots", ["O"])
    text, prepared, tags = spoken(row, names, rng, swaps)
    ids, first = encode(text)
    found = [
        (name, normalize(text[prepared.words[a][0] : prepared.words[b - 1][1]]))
        for name, a, b in spans([names[tag] for tag in tags])
    ]
    intent, topic = (gold(labels.get(task, []), row.get(task)) for task in ("intent", "topic"))
    return Utterance(ids, first, intent, tags, found, topic)


def collate(items: list[Utterance], prompt: Callable[[list[int]], list[int]], limit: int) -> Batch:
    ids = [prompt(item.ids)[:limit] for item in items]
    offset = len(prompt([]))
    lengths = torch.tensor([len(row) for row in ids])
    padded = pad(ids, 0)
    mask = torch.arange(padded.size(1)) < lengths[:, None]
    tags = [[t if f + offset < limit else IGNORED for t, f in zip(i.tags, i.first, strict=True)] for i in items]
    first = [[min(f + offset, limit - 1) for f in item.first] for item in items]
    return Batch(
        padded,
        None if bool(mask.all()) else mask,
        torch.tensor([item.intent for item in items]),
        pad(first, 0),
        pad(tags, IGNORED),
        torch.tensor([item.topic for item in items]),
    )


def groups_by_length(items: list[Item], size: int, length: Callable[[Item], int], rng: Random) -> Iterator[list[Item]]:
    """Every item once, in random groups of `size` items of similar length; what fills no group is left out."""
    rng.shuffle(items)
    pool = size * 20
    groups: list[list[Item]] = []
    for at in range(0, len(items), pool):
        ordered = sorted(items[at : at + pool], key=length)
        groups += [ordered[i : i + size] for i in range(0, len(ordered), size)]
    rng.shuffle(groups)
    yield from (group for group in groups if len(group) == size)


def utterance_groups(
    rows: list[Row],
    labels: dict[str, list[str]],
    encode: Encode,
    size: int,
    rng: Random,
    augmented: bool = True,
    length: Callable[[Utterance], int] = lambda item: len(item.ids),
    swaps: Swaps = NO_SWAPS,
) -> Iterator[list[Utterance]]:
    """Endless groups of `size` utterances of similar `length`; each epoch is augmented anew."""
    while True:
        items = [utterance(row, labels, encode, rng if augmented else None, swaps) for row in rows]
        yield from groups_by_length(items, size, length, rng)


@dataclass(frozen=True)
class Post:
    """Ids with and without the header lines."""

    full: list[int]
    body: list[int]
    topic: int


def posts(rows: list[Row], topics: list[str], encode: Encode) -> list[Post]:
    return [
        Post(encode(row["text"])[0], encode(without_headers(row["text"]))[0], topics.index(row["topic"]))
        for row in rows
    ]


def window_groups(
    items: list[Post], tokens: int, lengths: tuple[int, ...], rng: Random
) -> Iterator[tuple[list[list[int]], list[int]]]:
    """Endless groups of equally long windows, some `tokens` in all: (ids, topics).

    Half of the windows keep the headers, half open at the start of what is read, half anywhere. A post shorter than
    the window waits for a group of shorter ones.
    """
    if not any(len(post.body) >= max(lengths) for post in items):
        raise ValueError(f"no post has a window of {max(lengths)} tokens")
    order: list[Post] = []
    while True:
        length = rng.choice(lengths)
        windows: list[list[int]] = []
        labels: list[int] = []
        skipped: list[Post] = []
        while len(windows) < max(1, tokens // length):
            if not order:
                order = rng.sample(items, len(items))
            post = order.pop()
            ids = post.full if rng.random() < 0.5 else post.body
            if len(ids) < length:
                skipped.append(post)
                continue
            start = 0 if rng.random() < 0.5 else rng.randrange(len(ids) - length + 1)
            windows.append(ids[start : start + length])
            labels.append(post.topic)
        order += [post for post in skipped if len(post.body) >= min(lengths)]
        yield windows, labels
