"""The tags of a text, alone or with its intent: the twin of `bio.ts` and `joint.ts` in `src/tasks/`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32] | NDArray[np.float64]
CANDIDATES = 3  # intents that are tried with their slots
Table = Sequence[Sequence[float]] | Floats


def slot_names(tags: list[str]) -> list[str]:
    """The slots, in the order in which the tags name them first."""
    return list(dict.fromkeys(tag[2:] for tag in tags if tag != "O"))


def bio_matrix(tags: list[str], transitions: Table | None = None) -> NDArray[np.float64]:
    """(tags + 1, tags): `transitions`, else 0, where a tag may follow another; minus infinity elsewhere.

    I-x follows B-x or I-x alone. The last row says which tags may open a text.
    """
    matrix = np.zeros((len(tags) + 1, len(tags))) if transitions is None else np.array(transitions, dtype=np.float64)
    for i, before in enumerate([*tags, "O"]):
        for j, after in enumerate(tags):
            if after.startswith("I-") and (before == "O" or before[2:] != after[2:]):
                matrix[i, j] = -np.inf
    return matrix


def viterbi(scores: Floats, matrix: Floats) -> list[int]:
    """Best path through (words, tags) scores. NumPy: thousands of small steps are slow in PyTorch."""
    best, back = scores[0] + matrix[-1], []
    for row in scores[1:]:
        paths = best[:, None] + matrix[:-1]
        origin = paths.argmax(0)
        best = paths[origin, np.arange(len(row))] + row
        back.append(origin)
    path = [int(best.argmax())]
    for origin in reversed(back):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def path_score(path: list[int], scores: Floats, matrix: Floats) -> float:
    before = [len(matrix) - 1, *path[:-1]]
    return float(scores[np.arange(len(path)), path].sum() + matrix[before, path].sum())


@dataclass(frozen=True)
class Structure:
    """What a bundle knows of tags before it has read a word."""

    tags: list[str]
    matrix: NDArray[np.float64]  # (tags + 1, tags), as `bio_matrix` makes it
    penalties: NDArray[np.float64] | None  # (intents, tags)

    @classmethod
    def of(cls, tags: list[str], transitions: Table | None = None, compatibility: Table | None = None) -> "Structure":
        """The tables as `tasks.slots` of a manifest has them; without them, the BIO constraints alone."""
        if compatibility is None:
            return cls(tags, bio_matrix(tags, transitions), None)
        table, names = np.array(compatibility, dtype=np.float64), slot_names(tags)
        begins = [tag.startswith("B-") for tag in tags]
        penalties = np.zeros((len(table), len(tags)))
        penalties[:, begins] = table[:, [names.index(tag[2:]) for tag in tags if tag.startswith("B-")]]
        return cls(tags, bio_matrix(tags, transitions), penalties)

    def decide(self, intents: Floats | None, scores: Floats) -> tuple[Floats | None, list[int]]:
        """Intent and tags that go together best: probabilities, of which the largest has been decided on, and tags.

        intents: (intents,) probabilities, None where nobody asks for the intent; scores: (words, tags) logits. The most
        probable intents share what probability they have in proportion to p * exp(score of the best path under each).
        """
        if intents is None or self.penalties is None:
            return intents, viterbi(scores, self.matrix)
        candidates = np.sort(np.argsort(-intents, kind="stable")[:CANDIDATES])
        under = [scores + self.penalties[intent] for intent in candidates]
        paths = [viterbi(added, self.matrix) for added in under]
        totals = np.array([path_score(path, added, self.matrix) for path, added in zip(paths, under, strict=True)])
        with np.errstate(divide="ignore"):
            logs = np.log(intents[candidates].astype(np.float64)) + totals
        weights = np.exp(logs - logs.max())
        decided = intents.copy()
        decided[candidates] = weights / weights.sum() * intents[candidates].sum()
        return decided, paths[int(decided[candidates].argmax())]
