"""What rows of one's own teach: each of them whichever labels it has."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import torch
from torch import Tensor
from torch.nn import functional as F

from training import batches
from training.batches import IGNORED, Batch, Utterance
from training.config import DecoderConfig
from training.encoder_config import EncoderConfig


def label_loss(logits: Tensor, gold: Tensor, smoothing: float, outlier: float) -> Tensor:
    """Cross-entropy of the texts that have a label; the others are pulled towards saying nothing.

    logits: (B, labels); gold: (B,)
    """
    told = gold != IGNORED
    loss = logits.sum() * 0.0
    if told.any():
        share = told.float().mean()
        loss = loss + share * F.cross_entropy(logits[told], gold[told], label_smoothing=smoothing)
    if not told.all():
        loss = loss - outlier * F.log_softmax(logits[~told], -1).mean()
    return loss


def loss_of(logits: dict[str, Tensor], batch: Batch, config: EncoderConfig | DecoderConfig) -> Tensor:
    """logits: by task that was asked for; `intent`, `topic` (B, labels), `slots` (B, W, tags)."""
    assert batch.tags is not None and batch.topics is not None
    loss = torch.zeros(())
    if "intent" in logits:
        loss = loss + label_loss(logits["intent"], batch.labels, config.smoothing, config.outlier)
    if "topic" in logits:
        loss = loss + config.topic_weight * label_loss(logits["topic"], batch.topics, config.smoothing, config.outlier)
    if "slots" in logits and (batch.tags != IGNORED).any():
        tags = F.cross_entropy(logits["slots"].flatten(0, 1), batch.tags.flatten(), ignore_index=IGNORED)
        loss = loss + config.slot_weight * tags
    return loss


def window(item: Utterance, size: int, closing: int, rng: Random) -> Utterance:
    """A part of `size` tokens of a text that is longer and has no label but its topic; half of them open the text.

    closing: how many tokens close every text.
    """
    if len(item.ids) <= size or item.topic == IGNORED or item.intent != IGNORED or item.slots:
        return item
    text, end = item.ids[: len(item.ids) - closing], item.ids[len(item.ids) - closing :]
    start = 0 if rng.random() < 0.5 else rng.randrange(len(text) - size + closing + 1)
    return replace(item, ids=[*text[start : start + size - closing], *end], first=[], tags=[])


def groups(
    stream: Iterator[list[Utterance]], size: int, closing: int, rng: Random
) -> Iterator[list[batches.Utterance]]:
    for group in stream:
        yield [window(item, size, closing, rng) for item in group]
