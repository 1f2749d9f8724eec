"""Reads the benchmarks' upstream archives, in the formats that they are downloaded in."""

import csv
import gzip
import hashlib
import json
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Splits = dict[str, list[Row]]

SPLIT_NAMES = {"train": "train", "dev": "dev", "val": "dev", "valid": "dev", "test": "test"}
ANNOTATION = re.compile(r"\[([^][:]+):([^][]*)\]")
LOCALES_WITHOUT_SPACES = ("ja-JP", "zh-CN", "zh-TW")  # a token is a character


class MalformedInput(Exception):
    """An upstream file is not what it should be; the message says which, where and why."""


def annotated(annotation: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text of "wake me at [time : nine am]", single-spaced, and its slots as (name, start, end), half open."""
    annotation = " ".join(annotation.split())
    text, found, at = "", [], 0
    for match in ANNOTATION.finditer(annotation):
        slot, value = match[1].strip(), match[2].strip()
        if not slot or not value:
            raise MalformedInput(f"an annotation without a slot or a value: {match[0]!r}")
        text += annotation[at : match.start()]
        found.append((slot, len(text), len(text) + len(value)))
        text += value
        at = match.end()
    text += annotation[at:]
    if "[" in text or "]" in text:
        raise MalformedInput(f"unbalanced brackets: {annotation!r}")
    return text, found


def bio(tokens: list[tuple[int, int]], entities: list[tuple[str, int, int]]) -> list[str]:
    """Tags of tokens given as (start, end); a token belongs to the entity that it overlaps."""
    tags, opened = [], set()
    for start, end in tokens:
        inside = next((e for e in entities if start < e[2] and e[1] < end), None)
        tags.append("O" if inside is None else f"{'I' if inside in opened else 'B'}-{inside[0]}")
        opened.add(inside)
    return tags


def massive_row(source: Row, characters: bool) -> Row:
    text, entities = annotated(source["annot_utt"])
    bounds = [(m.start(), m.end()) for m in re.finditer(r"\S" if characters else r"\S+", text)]
    return {
        "id": str(source["id"]),
        "split": SPLIT_NAMES[source["partition"]],
        "text": text,
        "tokens": [text[start:end] for start, end in bounds],
        "slots": bio(bounds, entities),
        "intent": source["intent"],
        "scenario": source["scenario"],
        "entities": [{"type": slot, "value": text[s:e], "start": s, "end": e} for slot, s, e in entities],
    }


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of an archive's plain files."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream:
                    yield member.name.removeprefix("./"), stream.read()
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise MalformedInput(f"{archive}: not a whole tar archive: {error}") from error


def massive(archive: Path, locale: str) -> tuple[Splits, dict[str, list[str]]]:
    """Rows by split, and the labels of all splits."""
    content = next((body for name, body in members(archive) if name.endswith(f"data/{locale}.jsonl")), None)
    if content is None:
        raise MalformedInput(f"{archive}: holds no data/{locale}.jsonl")
    splits: Splits = defaultdict(list)
    for number, line in enumerate(content.decode("utf-8").rstrip("\n").split("\n"), 1):
        try:
            row = massive_row(json.loads(line), locale in LOCALES_WITHOUT_SPACES)
        except (MalformedInput, json.JSONDecodeError, KeyError, TypeError) as error:
            fault = error if isinstance(error, MalformedInput) else f"{type(error).__name__}: {error}"
            raise MalformedInput(f"{archive}, {locale}.jsonl, line {number}: {fault}") from error
        splits[row["split"]].append(row)
    rows = [row for part in splits.values() for row in part]
    labels = {
        "intents": sorted({row["intent"] for row in rows}),
        "scenarios": sorted({row["scenario"] for row in rows}),
        "slots": sorted({entity["type"] for row in rows for entity in row["entities"]}),
    }
    return splits, labels


def newsgroups(archive: Path) -> Splits:
    """Raw posts, read as latin-1, by group and number."""
    found: list[tuple[str, str, int, str]] = []
    for name, body in members(archive):
        match = re.search(r"20news-bydate-(train|test)/([\w.-]+)/(\d+)$", name)
        if match:
            found.append((match[1], match[2], int(match[3]), body.decode("latin-1")))
    if not found:
        raise MalformedInput(f"{archive}: holds no 20news-bydate-train/GROUP/NUMBER")
    splits: Splits = defaultdict(list)
    for split, topic, number, text in sorted(found):
        row = {"id": f"{split}/{topic}/{number}", "split": split, "text": text, "topic": topic}
        splits[split].append({**row, "topic7": topic.split(".")[0]})
    return splits


def snips(folder: Path) -> Splits:
    splits: Splits = {}
    for part in sorted(path for path in folder.iterdir() if path.name in SPLIT_NAMES):
        split = SPLIT_NAMES[part.name]
        files = [(part / name).read_text(encoding="utf-8") for name in ("seq.in", "seq.out", "label")]
        columns = [content.strip("\n").split("\n") for content in files]
        if len({len(column) for column in columns}) > 1:
            raise MalformedInput(f"{part}: seq.in, seq.out and label differ in their number of lines")
        splits[split] = []
        for i, (text, tags, intent) in enumerate(zip(*columns, strict=True)):
            tokens, slots = text.split(), tags.split()
            if len(tokens) != len(slots):
                raise MalformedInput(f"{part}, line {i + 1}: {len(tokens)} tokens, {len(slots)} tags")
            row = {"id": f"{split}-{i}", "split": split, "text": " ".join(tokens), "tokens": tokens, "slots": slots}
            splits[split].append({**row, "intent": intent.strip()})
    if not splits:
        raise MalformedInput(f"{folder}: holds none of train/, valid/, test/")
    return splits


def clinc150(path: Path) -> Splits:
    domains = path.parent / "domains.json"
    known = json.loads(domains.read_text(encoding="utf-8")) if domains.exists() else {}
    scenario_of = {intent: domain for domain, intents in known.items() for intent in intents}
    scenario_of |= {"oos": "oos"} if known else {}
    splits: Splits = defaultdict(list)
    for part, rows in json.loads(path.read_text(encoding="utf-8")).items():
        split = SPLIT_NAMES.get(part.removeprefix("oos_"))
        if split is None:
            raise MalformedInput(f"{path}: unknown part {part!r}")
        for i, row in enumerate(rows):
            if not (isinstance(row, list) and len(row) == 2 and all(isinstance(value, str) for value in row)):
                raise MalformedInput(f"{path}, {part}[{i}]: not [text, intent]")
            scenario = {"scenario": scenario_of[row[1]]} if row[1] in scenario_of else {}
            splits[split].append({"id": f"{part}-{i}", "split": split, "text": row[0], "intent": row[1], **scenario})
    return splits


def banking77(path: Path) -> Splits:
    """Upstream has no dev part: some tenth of the train rows, chosen by their text, carry `dev_cut`."""
    split = "test" if path.stem == "test" else "train"
    rows: list[Row] = []
    with path.open(encoding="utf-8", newline="") as stream:
        for i, source in enumerate(csv.DictReader(stream)):
            if not source.get("text") or not source.get("category"):
                raise MalformedInput(f"{path}, row {i + 1}: needs the columns text and category")
            text = source["text"].strip()
            row: Row = {"id": f"{split}-{i}", "split": split, "text": text, "intent": source["category"]}
            if split == "train" and hashlib.sha256(text.encode()).digest()[0] < 26:
                row["dev_cut"] = True
            rows.append(row)
    return {split: rows}
