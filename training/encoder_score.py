"""What an encoder says about dev and how right it is: from torch while training, from ONNX Runtime when exported."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from training.batches import Utterance, collate
from training.calibrate import pool_windows, softmax
from training.data import MAX_POST_TOKENS
from training.decoding import Structure
from training.encoder_model import Encoder
from training.encoder_tokenizer import EncoderTokenizer
from training.precision import autocast
from training.tally import Tally

Floats = NDArray[np.float32]


class Reader(Protocol):
    """Reads texts and answers raw scores."""

    def utterance(self, items: list[Utterance]) -> Iterator[tuple[Utterance, dict[str, Floats]]]:
        """Of each item, in any order: `intent` (labels,) and `slots` (words, tags), where the model has them.

        The items' ids end with the closing token.
        """

    def windows(self, windows: list[list[int]]) -> Floats:
        """Scores of the topics: (windows, topics). No token around the ids."""


class TorchReader:
    def __init__(self, model: Encoder, tokenizer: EncoderTokenizer, limit: int) -> None:
        self.model, self.tokenizer, self.limit = model.eval(), tokenizer, limit

    @torch.inference_mode()
    def utterance(self, items: list[Utterance]) -> Iterator[tuple[Utterance, dict[str, Floats]]]:
        heads = self.model.heads
        ordered = sorted(items, key=lambda item: len(item.ids))
        for group in (ordered[at : at + 64] for at in range(0, len(ordered), 64)):
            batch = collate(group, self.tokenizer.opened, self.limit)
            assert batch.first is not None
            mask = torch.ones_like(batch.ids) if batch.mask is None else batch.mask.long()
            with autocast():
                states = self.model.states(batch.ids, mask)
                intents = (
                    self.model.text_logits("intent", states, mask, batch.ids).numpy() if "intent" in heads else None
                )
                tags = self.model.tag_logits(states, batch.first).numpy() if "slots" in heads else None
            for i, item in enumerate(group):
                found = {} if intents is None else {"intent": intents[i]}
                yield item, found if tags is None else {**found, "slots": tags[i, : len(item.tags)]}

    @torch.inference_mode()
    def windows(self, windows: list[list[int]]) -> Floats:
        found: dict[int, Floats] = {}
        for length in {len(window) for window in windows}:
            same = [i for i, window in enumerate(windows) if len(window) == length]
            for group in (same[at : at + 16] for at in range(0, len(same), 16)):
                ids = torch.tensor([self.tokenizer.prompt(windows[i]) for i in group])
                mask = torch.ones_like(ids)
                with autocast():
                    logits = self.model.text_logits("topic", self.model.states(ids, mask), mask, ids).numpy()
                found.update(zip(group, logits, strict=True))
        return np.stack([found[i] for i in range(len(windows))])


def read_post(reader: Reader, ids: list[int], window: int) -> tuple[Floats, NDArray[np.float64]]:
    """Scores of a text's windows and their weights, the tokens they hold."""
    ids = ids[:MAX_POST_TOKENS]
    cut = [ids[at : at + window] for at in range(0, len(ids), window)] or [[]]
    return reader.windows(cut), np.array([max(1, len(part)) for part in cut], dtype=np.float64)


def score_utterances(reader: Reader, items: list[Utterance], structure: Structure) -> dict[str, float]:
    """Fractions of 1, of what the model answers: `intent`, `slot_f1` (micro, exact spans), `exact_match` (both)."""
    tally = Tally(structure)
    for item, logits in reader.utterance(items):
        intents = softmax(logits["intent"].astype(np.float64), 1.0) if "intent" in logits else None
        tally.add(intents, logits.get("slots"), item.intent, item.tags)
    return {name: round(value, 4) for name, value in tally.scores().items()}


def score_posts(reader: Reader, posts: list[list[int]], topics: list[int], window: int) -> float:
    """Accuracy of the topic, read from pooled windows."""
    right = 0
    for ids, topic in zip(posts, topics, strict=True):
        right += int(pool_windows(*read_post(reader, ids, window)).argmax()) == topic
    return round(right / max(1, len(posts)), 4)
