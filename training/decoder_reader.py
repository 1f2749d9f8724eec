"""Reads texts with a decoder's graph, as the server does."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.batches import Utterance
from training.evidence_table import EvidenceTable
from training.onnx_session import open_session
from training.vocabulary import READ_OUT_TASKS, Vocabulary

Floats = NDArray[np.float32]


class DecoderReader:
    """A `training.encoder_score.Reader` of a decoder: one text a call, utterances with every read-out that it has."""

    def __init__(self, graph: Path, vocabulary: Vocabulary, evidence: EvidenceTable | None = None) -> None:
        self.session = open_session(graph)
        self.vocabulary = vocabulary
        self.evidence = evidence

    def read(self, prompt: list[int], tasks: list[str]) -> list[Floats]:
        """Of each task the scores of its labels: (tokens, labels)."""
        return [scores[0] for scores in self.session.run(tasks, {"input_ids": np.array([prompt], dtype=np.int64)})]

    def utterance(self, items: list[Utterance]) -> Iterator[tuple[Utterance, dict[str, Floats]]]:
        opening = len(self.vocabulary.prompt(READ_OUT_TASKS, []))
        tasks = [task for task in ("intent", "slots") if task in self.vocabulary.labels]
        for item in items:
            read = self.read(self.vocabulary.prompt(READ_OUT_TASKS, item.ids), tasks)
            places = {"intent": 1, "slots": [opening + f for f in item.first]}
            yield item, {task: scores[places[task]] for task, scores in zip(tasks, read, strict=True)}

    def windows(self, windows: list[list[int]]) -> Floats:
        prompts = [self.vocabulary.prompt(("topic",), window) for window in windows]
        logits = np.stack([self.read(prompt, ["topic"])[0][1] for prompt in prompts])
        if self.evidence is None:
            return logits
        return logits + self.evidence.scores([token for window in windows for token in window]).astype(np.float32)
