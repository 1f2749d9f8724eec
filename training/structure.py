"""What train rows tell of tags before a word is read: counts for a bundle's `tasks.slots`, which are added to scores.

Which tag follows which, and which slots an intent comes with. `training.export` writes it, `training.recalibrate
--structure` adds it to a bundle that was exported without.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import data
from training.decoding import Structure, bio_matrix, slot_names

Floats = NDArray[np.float64]
# What serves the decoder and both encoders best on dev, of 0 to 0.4 and 0 to 0.8 (docs/decisions.md). A model has
# learnt most of it by itself, so much less than the whole.
TRANSITIONS = 0.2
COMPATIBILITY = 0.4
UNSEEN = 20  # rows' worth of "a tag follows as often as anywhere" that are counted with every tag
DECIMALS = 2


def transitions(rows: list[data.Row], tags: list[str], strength: float) -> Floats:
    """(tags + 1, tags): log of how much more often a tag follows another than it occurs; the last row opens a text.

    0 where BIO lets no tag follow.
    """
    index = {tag: i for i, tag in enumerate(tags)}
    counts, occurrences = np.zeros((len(tags) + 1, len(tags))), np.full(len(tags), 0.1)
    for row in rows:
        path = [index[tag] for tag in row["slots"]]
        np.add.at(occurrences, path, 1)
        np.add.at(counts, ([-1, *path[:-1]], path), 1)
    share = occurrences / occurrences.sum()
    found = (counts + UNSEEN * share) / (counts.sum(1, keepdims=True) + UNSEEN)
    return np.where(np.isfinite(bio_matrix(tags)), strength * np.log(found / share), 0)


def compatibility(rows: list[data.Row], intents: list[str], tags: list[str], strength: float) -> Floats:
    """(intents, slots): log of how much less often a slot occurs with an intent than with any; 0 where more often."""
    slots = slot_names(tags)
    rows = [row for row in rows if "intent" in row]
    asked = Counter(row["intent"] for row in rows)
    both = Counter((row["intent"], slot) for row in rows for slot in {tag[2:] for tag in row["slots"] if tag != "O"})
    counts = np.array([[both[intent, slot] for slot in slots] for intent in intents], dtype=np.float64)
    share = (counts.sum(0) + 0.5) / (len(rows) + 1)
    found = (counts + share) / (np.array([asked[intent] for intent in intents])[:, None] + 1)
    return strength * np.minimum(np.log(found / share), 0)


def entries(rows: list[data.Row], labels: dict[str, list[str]]) -> dict[str, Any]:
    """The manifest's entries for the slots of `labels`, if it has any; `compatibility` needs its intents, too."""
    if "slots" not in labels:
        return {}
    found = {"transitions": transitions(rows, labels["slots"], TRANSITIONS)}
    if labels.get("intent"):
        found["compatibility"] = compatibility(rows, labels["intent"], labels["slots"], COMPATIBILITY)
    return {name: rounded(table) for name, table in found.items()}


def rounded(table: Floats) -> list[list[float]]:
    return [[round(value, DECIMALS) or 0 for value in row] for row in table.tolist()]


def read(folder: Path, labels: dict[str, list[str]], name: str = "massive") -> Structure:
    """As an export of these labels will have it. `name`: the set of `data` whose labels they are."""
    return Structure.of(labels.get("slots", ["O"]), **entries(data.said(folder, name, "train"), labels))
