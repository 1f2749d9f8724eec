"""Rows of the benchmarks as JSON Lines, and the cuts that we train and tune on."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

# What people say to assistants; each set has labels of its own.
SETS = ("massive", "snips", "clinc150", "banking77")
# Rows of whoever trains with `training.own`: a folder of this name, cut into train and dev.
OWN = "own"

MAX_POST_TOKENS = 8192  # that the topic of a post is read from

# The seven top-level groups of 20 Newsgroups, by the first part of a topic's name.
TOPIC_GROUPS = ("alt", "comp", "misc", "rec", "sci", "soc", "talk")


def read_rows(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def massive(data: Path, split: str) -> list[Row]:
    return read_rows(data / "massive" / f"{split}.jsonl.gz")


def read_set(data: Path, name: str, split: str) -> list[Row]:
    """Rows of one of SETS, or of OWN. Where a set has intents alone, each word has the tag O.

    Banking77 has one file; its rows with `dev_cut` are dev.
    """
    path = data / name / f"{split}.jsonl.gz"
    if path.exists():
        rows = [row for row in read_rows(path) if not row.get("dev_cut")]
    else:
        rows = [row for row in read_rows(data / name / "train.jsonl.gz") if row.get("dev_cut")]
    for row in rows:
        row.setdefault("tokens", row["text"].split(" "))
        row.setdefault("slots", ["O"] * len(row["tokens"]))
    return rows


def newsgroups(data: Path, split: str) -> list[Row]:
    """Posts of the `train` file without, or (`dev`) only, the last tenth of each group by post number.

    A random cut would put posts of one thread on both sides.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(data / "20newsgroups" / "train.jsonl.gz"):
        groups[row["topic"]].append(row)
    rows: list[Row] = []
    for posts in groups.values():
        posts.sort(key=lambda row: int(row["id"].rsplit("/", 1)[1]))
        cut = len(posts) - round(len(posts) / 10)
        rows += posts[:cut] if split == "train" else posts[cut:]
    return rows


def posts(data: Path, name: str, split: str) -> list[Row]:
    """What topics are learnt from: 20 Newsgroups beside MASSIVE, else the set's own rows that have one."""
    if name == "massive":
        return newsgroups(data, split)
    return [row for row in read_set(data, name, split) if "topic" in row]


def said(data: Path, name: str, split: str) -> list[Row]:
    """What intents and slots are learnt from: rows of one of SETS, or those of OWN that are no mere post."""
    return [
        row
        for row in read_set(data, name, split)
        if "intent" in row or "topic" not in row or any(tag != "O" for tag in row["slots"])
    ]


def utterances(data: Path) -> list[str]:
    """What people say to assistants, from the train parts of all sets, whatever its labels."""
    rows = [row for name in SETS for row in read_rows(data / name / "train.jsonl.gz")]
    return [row["text"] for row in rows if not row.get("dev_cut")]


def without_headers(post: str) -> str:
    """The body of a post: what follows the first empty line."""
    return post.split("\n\n", 1)[-1]


def labels_of(data: Path, name: str, tasks: Iterable[str]) -> dict[str, list[str]]:
    """The labels that a model of these tasks knows: MASSIVE's decoders have the ids of all, whatever they learn."""
    labels = schema(data, name)
    return labels if name == "massive" else {task: labels[task] for task in labels if task in tasks}


def spans(tags: list[str]) -> Iterator[tuple[str, int, int]]:
    """(slot, first word, one past the last word) of each span, as seqeval counts them in its default mode."""
    start, slot = 0, None
    for i, tag in enumerate([*tags, "O"]):
        prefix, _, name = tag.partition("-")
        if slot is not None and (prefix != "I" or name != slot):
            yield slot, start, i
            slot = None
        if slot is None and prefix != "O":
            start, slot = i, name


def bio_tags(slots: list[str]) -> list[str]:
    return ["O"] + [f"{prefix}-{slot}" for slot in slots for prefix in "BI"]


def schema(data: Path, name: str = "massive") -> dict[str, list[str]]:
    """Labels of each task, in the order of the output matrix: intents and slots of one of SETS, topics of newsgroups;
    of OWN, all three.

    `slots` are BIO tags.
    """
    if name != "massive":
        rows = read_set(data, name, "train")
        slots = sorted({tag[2:] for row in rows for tag in row["slots"] if tag != "O"})
        intents, topics = (sorted({row[task] for row in rows if task in row}) for task in ("intent", "topic"))
        return {"intent": intents, "slots": bio_tags(slots), "topic": topics}
    labels = json.loads((data / "massive" / "labels.json").read_text())
    topics = sorted({row["topic"] for row in newsgroups(data, "train")})
    return {"intent": labels["intents"], "slots": bio_tags(labels["slots"]), "topic": topics}
