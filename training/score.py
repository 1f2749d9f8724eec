"""Dev scores while training, in Python; what ships is scored by `npm run evaluate` through the server's engines."""

from dataclasses import asdict, dataclass
from itertools import groupby

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training import answers, batches
from training.data import MAX_POST_TOKENS, Row, without_headers
from training.decoding import Structure
from training.precision import autocast
from training.prefix_lm import PrefixLM
from training.tally import Tally
from training.vocabulary import Vocabulary

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Scores:
    """Fractions of 1. `slot_f1`: micro F1 of exact spans."""

    intent: float
    slot_f1: float
    exact_match: float
    topic: float
    topic_without_headers: float

    def as_dict(self) -> dict[str, float]:
        return {f"dev {name}": value for name, value in asdict(self).items()}


@torch.no_grad()
def score_massive(
    model: PrefixLM, vocabulary: Vocabulary, structure: Structure, rows: list[Row], limit: int
) -> tuple[float, float, float]:
    labels = vocabulary.labels
    items = [batches.utterance(row, labels, vocabulary.encode, None) for row in rows]
    items.sort(key=lambda item: len(item.ids))
    tally = Tally(structure)
    for at in range(0, len(items), 64):
        group = items[at : at + 64]
        batch = batches.collate(group, lambda ids: vocabulary.prompt(("intent", "topic"), ids), limit)
        assert batch.first is not None
        states = model(batch.ids, batch.mask)
        intents = model.label_logits(states[:, 1], vocabulary.label_start["intent"], len(labels["intent"])).softmax(-1)
        at_words = states.gather(1, batch.first[..., None].expand(-1, -1, states.size(-1)))
        tag_scores = model.label_logits(at_words, vocabulary.label_start["slots"], len(labels["slots"])).log_softmax(-1)
        for item, probabilities, tags in zip(group, intents.numpy(), tag_scores.numpy(), strict=True):
            tally.add(probabilities, tags[: len(item.tags)], item.intent, item.tags)
    scores = tally.scores()
    return scores["intent"], scores["slot_f1"], scores["exact_match"]


@torch.no_grad()
def score_topics(model: PrefixLM, vocabulary: Vocabulary, texts: list[str], topics: list[str], window: int) -> float:
    """Averages the scores of a post's windows, weighted by their tokens; MAX_POST_TOKENS are read at most."""
    start, count = vocabulary.label_start["topic"], len(vocabulary.labels["topic"])
    windows: list[tuple[int, list[int]]] = []
    for i, text in enumerate(texts):
        ids = vocabulary.encode(text)[0][:MAX_POST_TOKENS]
        windows += [(i, ids[at : at + window]) for at in range(0, len(ids), window)]
    totals = torch.zeros(len(texts), count)
    for _, group in groupby(sorted(windows, key=lambda w: len(w[1])), key=lambda w: len(w[1])):  # no padding
        same = list(group)
        for some in [same[i : i + 16] for i in range(0, len(same), 16)]:
            prompts = torch.tensor([vocabulary.prompt(("topic",), ids) for _, ids in some])
            logits = model.label_logits(model(prompts)[:, 1], start, count)
            totals.index_add_(0, torch.tensor([i for i, _ in some]), logits.float() * len(some[0][1]))
    wanted = torch.tensor([vocabulary.labels["topic"].index(topic) for topic in topics])
    return float((totals.argmax(-1) == wanted).float().mean())


@torch.no_grad()
@autocast()
def score_answers(
    model: nn.Module, vocabulary: Vocabulary, rows: list[Row], tasks: tuple[str, ...]
) -> dict[str, float]:
    """How often the written answer to intent and slots, of those in `tasks`, would be right to the letter.

    One forward an answer: what is written greedily equals the right answer when each of its tokens is foreseen from
    those before it. The server's grammar can only make it better.
    """
    model.eval()
    asked = tuple(task for task in ("intent",) if task in tasks)
    items = [batches.utterance(row, vocabulary.labels, vocabulary.encode, None) for row in rows]
    items.sort(key=lambda item: len(item.ids))
    right = 0
    for at in range(0, len(items), 64):
        group = items[at : at + 64]
        names = [vocabulary.labels["intent"][item.intent] if asked else None for item in group]
        written = [
            vocabulary.encode_answer(answers.answer(name, item.slots if "slots" in tasks else None))
            for name, item in zip(names, group, strict=True)
        ]
        ids, mask, targets = answers.collate([vocabulary.prompt(asked, item.ids) for item in group], written)
        told = targets != batches.IGNORED
        states = model(ids, mask)
        assert isinstance(model, PrefixLM)
        guesses = torch.full_like(targets, batches.IGNORED)
        guesses[told] = model.label_logits(states[told], 0, vocabulary.text_tokens).argmax(-1)
        right += int((guesses == targets).all(-1).sum())
    return {"dev answer": round(right / len(items), 4)}


def score_rows(
    model: nn.Module, vocabulary: Vocabulary, structure: Structure, massive: list[Row], posts: list[Row], limit: int
) -> Scores:
    assert isinstance(model, PrefixLM)
    model.eval()
    with autocast():
        intent, f1, exact = score_massive(model, vocabulary, structure, massive, limit)
        topics = [row["topic"] for row in posts]
        window = limit - 4
        full = score_topics(model, vocabulary, [row["text"] for row in posts], topics, window)
        body = score_topics(model, vocabulary, [without_headers(row["text"]) for row in posts], topics, window)
    return Scores(round(intent, 4), round(f1, 4), round(exact, 4), round(full, 4), round(body, 4))
