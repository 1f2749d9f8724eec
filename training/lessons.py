"""What teachers said of texts (`training/teach.py`), as batches for the student."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor

from training.batches import Encode, groups_by_length, pad

NO_GOLD = -1  # the intent of a text whose labels nobody knows


@dataclass(frozen=True)
class Lesson:
    ids: list[int]
    first: list[int]
    intent: Tensor  # (labels,), probabilities
    slots: Tensor  # (words, tags), probabilities


@dataclass(frozen=True)
class LessonBatch:
    """`ids`, `mask`: (B, T); `first`: (B, W); `intent`: (B, labels); `slots`: (B, W, tags), all 0 where no word is."""

    ids: Tensor
    mask: Tensor
    first: Tensor
    intent: Tensor
    slots: Tensor


def read(path: Path, encode: Encode, gold_share: float) -> list[Lesson]:
    """Of every file that matches `path` (it may hold a *). Where labels are known they have `gold_share` of the say."""
    lessons = []
    for file in sorted(path.parent.glob(path.name)):
        with np.load(file) as stored:
            texts, intents, slots, words = (stored[name] for name in ("texts", "intent", "slots", "words"))
        ends = np.cumsum(words)
        for text, intent, count, end in zip(texts, intents, words, ends, strict=True):
            spelt, label, tags = json.loads(str(text))
            soft_intent = torch.from_numpy(intent.astype(np.float32))
            soft_slots = torch.from_numpy(slots[end - count : end].astype(np.float32))
            if label != NO_GOLD:
                soft_intent = mix(soft_intent[None], [label], gold_share)[0]
                soft_slots = mix(soft_slots, tags, gold_share)
            ids, first = encode(spelt)
            lessons.append(Lesson(ids, first, soft_intent, soft_slots))
    return lessons


def mix(soft: Tensor, gold: list[int], share: float) -> Tensor:
    """soft: (N, labels); gold: N labels."""
    hard = torch.zeros_like(soft)
    hard[torch.arange(len(gold)), torch.tensor(gold, dtype=torch.long)] = 1.0
    return share * hard + (1 - share) * soft


def collate(items: list[Lesson], opening: list[int]) -> LessonBatch:
    """opening: what the prompt has before the text."""
    ids = pad([opening + item.ids for item in items], 0)
    lengths = torch.tensor([len(opening) + len(item.ids) for item in items])
    slots = torch.nn.utils.rnn.pad_sequence([item.slots for item in items], batch_first=True)
    return LessonBatch(
        ids,
        torch.arange(ids.size(1)) < lengths[:, None],
        pad([[len(opening) + f for f in item.first] for item in items], 0),
        torch.stack([item.intent for item in items]),
        slots,
    )


def groups(items: list[Lesson], size: int, rng: Random) -> Iterator[list[Lesson]]:
    """Endless groups of `size` lessons of similar length."""
    while True:
        yield from groups_by_length(list(items), size, lambda item: len(item.ids), rng)
