"""Bundles: `bundle.json` as `src/bundle/manifest.ts` demands, and sentences that pin both languages to each other."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.sets import RESOLVE
from training.text import Prepared

FORMAT = "1.0.0"
DECIMALS = 4  # of golden logits


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def topic_groups(topics: list[str]) -> dict[str, str]:
    """Group of each 20 Newsgroups topic: the first part of its name."""
    return {topic: topic.split(".", 1)[0] for topic in topics}


def labels_of(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """The labels of each of the manifest's tasks; `slots` are BIO tags."""
    return {task: entry["tags" if task == "slots" else "labels"] for task, entry in manifest["tasks"].items()}


def task_entries(
    labels: dict[str, list[str]],
    calibration: dict[str, dict[str, Any]],
    structure: dict[str, Any] | None = None,
    priors: dict[str, list[float]] | None = None,
) -> dict[str, Any]:
    """The manifest's `tasks` for those of `labels`.

    calibration: figures by task, as `training.dev` fits them; structure: what `training.structure` tells of slots;
    priors: shares of the labels by task, as `training.priors` counts them.
    """
    entries: dict[str, Any] = {}
    for task, names in labels.items():
        entries[task] = {"tags" if task == "slots" else "labels": names} | rounded(calibration[task])
    if "topic" in labels:
        entries["topic"]["groups"] = topic_groups(labels["topic"])
    resolve = {slot: kind for slot, kind in RESOLVE.items() if f"B-{slot}" in labels.get("slots", [])}
    if resolve:
        entries["slots"]["resolve"] = resolve
    if structure:
        entries["slots"] |= structure
    for task, prior in (priors or {}).items():
        entries[task]["prior"] = prior
    return entries


def rounded(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures of a calibration, and figures in it, to as many digits as mean something."""
    return {name: rounded(part) if isinstance(part, dict) else round(part, 4) for name, part in figures.items()}


def golden_case(
    text: str, prepared: Prepared, prompt: list[int], positions: list[int], logits: dict[str, NDArray[np.float32]]
) -> dict[str, Any]:
    """One of the manifest's golden cases. `logits`: by task asked for, in order; [labels], for slots [words][tags]."""
    return {
        "text": text,
        "tasks": list(logits),
        "ids": prompt,
        "word_positions": positions,
        "words": [list(word) for word in prepared.words],
        "logits": {task: np.round(found.astype(np.float64), DECIMALS).tolist() for task, found in logits.items()},
    }


def write_bundle(folder: Path, manifest: dict[str, Any], files: list[str]) -> None:
    """Writes `bundle.json` beside `files`, which must be there already."""
    hashes = {name: sha256(folder / name) for name in files}
    write_manifest(folder, {"format": FORMAT, **manifest, "files": hashes})


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """A list of numbers takes one line: no string of JSON holds the line breaks that are taken out."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    text = re.sub(r"\[\n[-+.,\deE\s]+\]", lambda numbers: "[" + " ".join(numbers[0][1:-1].split()) + "]", text)
    (folder / "bundle.json").write_text(text + "\n", encoding="utf-8")
