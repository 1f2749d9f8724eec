"""Dev rows, how right a model is on them, and the calibration that its confidences need."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training import batches, calibrate, data
from training.decoding import Structure
from training.encoder_score import Floats, Reader, read_post, score_posts, score_utterances

Encode = Callable[[str], tuple[list[int], list[int]]]
Figures = dict[str, Any]
POST_STRIDE = 3  # topics are calibrated and scored on every third dev post of 20 Newsgroups


@dataclass(frozen=True)
class DevSet:
    """Dev rows, tokenised, and what is known of their tags beforehand. Half of the posts have no headers."""

    utterances: list[batches.Utterance]
    posts: list[list[int]]
    topics: list[int]
    window: int
    structure: Structure

    @classmethod
    def of(
        cls,
        rows: Path,
        labels: dict[str, list[str]],
        tasks: Iterable[str],
        structure: Structure,
        window: int,
        encode: Encode,
        encode_utterance: Encode | None = None,
        name: str = "massive",
    ) -> "DevSet":
        """rows: the folder; encode_utterance: as `encode`, with what closes an utterance; name: a set of `data`."""
        said = data.said(rows, name, "dev") if {"intent", "slots"} & set(tasks) else []
        stride = POST_STRIDE if name == "massive" else 1
        posts = data.posts(rows, name, "dev")[::stride] if "topic" in tasks else []
        texts = [data.without_headers(post["text"]) if i % 2 else post["text"] for i, post in enumerate(posts)]
        return cls(
            [batches.utterance(row, labels, encode_utterance or encode, None) for row in said],
            [encode(text)[0] for text in texts],
            [labels["topic"].index(post["topic"]) for post in posts],
            window,
            structure,
        )

    def scores(self, reader: Reader, stride: int = 1) -> dict[str, float]:
        """`stride`: read every n-th utterance and post."""
        scores = score_utterances(reader, self.utterances[::stride], self.structure) if self.utterances else {}
        if self.posts:
            scores["topic"] = score_posts(reader, self.posts[::stride], self.topics[::stride], self.window)
        return scores

    def calibration(self, reader: Reader) -> dict[str, Figures]:
        """The manifest's figures by task, fitted to what `reader` says of these rows."""
        read = list(reader.utterance(self.utterances))
        figures = calibrate_utterances(read, self.structure) if read else {}
        if self.posts:
            windows = (read_post(reader, ids, self.window) for ids in self.posts)
            pooled = np.stack([calibrate.pool_windows(scores.astype(np.float64), tokens) for scores, tokens in windows])
            gold = np.array(self.topics)
            temperature = calibrate.fit(pooled, gold)
            right = pooled.argmax(-1) == gold
            margins = calibrate.fit_margins(calibrate.softmax(pooled, temperature), right)
            figures["topic"] = {"temperature": temperature, "margin_calibration": margins}
        return figures


def calibrate_utterances(
    read: list[tuple[batches.Utterance, dict[str, Floats]]], structure: Structure
) -> dict[str, Figures]:
    """Temperatures from the scores alone; then the rest, from what is decided on by them."""
    scores = {task: np.concatenate([np.atleast_2d(found[task]) for _, found in read]) for task in read[0][1]}
    gold = {
        "intent": np.array([item.intent for item, _ in read]),
        "slots": np.concatenate([item.tags for item, _ in read]),
    }
    known = {task: labels >= 0 for task, labels in gold.items()}
    figures: dict[str, Figures] = {
        task: {"temperature": calibrate.fit(found[known[task]].astype(np.float64), gold[task][known[task]])}
        for task, found in scores.items()
    }
    intents, spans = [], []
    for item, found in read:
        decided = None
        if "intent" in found:
            decided = calibrate.softmax(found["intent"].astype(np.float64), figures["intent"]["temperature"])
        if "slots" in found:
            decided, path = structure.decide(decided, found["slots"])
            tags = calibrate.softmax(found["slots"].astype(np.float64), figures["slots"]["temperature"])
            spans += judged_spans(tags, path, item.tags, structure.tags)
        intents.append(decided)
    if "intent" in scores:
        probabilities = np.stack(intents)[known["intent"]]
        right = probabilities.argmax(-1) == gold["intent"][known["intent"]]
        figures["intent"]["margin_calibration"] = calibrate.fit_margins(probabilities, right)
    if spans:
        probability, right = (np.array(column) for column in zip(*spans, strict=True))
        figures["slots"]["span_calibration"] = calibrate.fit_spans(probability, right)
    return figures


def judged_spans(
    tags: calibrate.Floats, path: list[int], gold: list[int], names: list[str]
) -> list[tuple[float, bool]]:
    """Of each span of a text its probability, to be calibrated, and whether it is right. tags: (words, tags)"""
    wanted, found = (list(data.spans([names[tag] for tag in chosen])) for chosen in (gold, path))
    return [
        (calibrate.span_probability(tags, path, start, end, names.index(f"I-{slot}")), (slot, start, end) in wanted)
        for slot, start, end in found
    ]
