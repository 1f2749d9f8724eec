"""RoBERTa's shapes as bundles of two encoders, served one after the other and, beside it, both at once."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import onnxruntime

from training.bundle import topic_groups, write_bundle
from training.shapes import graph, optimize

VERSION = "0.1.0"
RECIPE = f"2, onnxruntime {onnxruntime.__version__}"  # another one: what is there is made anew
WINDOW_TOKENS = 510  # 514 positions, of which two are never used, <s> and </s>
MAX_TOKENS = 8192
TOKENIZER_FILE = "tokenizer.json"
GRAPHS = {"intent-topic.onnx": ["intent", "topic"], "slots.onnx": ["slots"]}
FILES = [TOKENIZER_FILE, *GRAPHS]
BESIDE = "-side-by-side"

Labels = dict[str, list[str]]


def name_of(size: str, precision: str) -> str:
    return f"roberta-{size}-{precision}"


def labels_of(bundle: Path) -> Labels:
    """Labels of each task of another bundle, so that both are asked the same."""
    tasks = json.loads(bundle.read_text(encoding="utf-8"))["tasks"]
    return {task: entry["tags" if task == "slots" else "labels"] for task, entry in tasks.items()}


def is_made(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return False
    return manifest["provenance"].get("recipe") == RECIPE and all(
        (folder / file).exists() for file in manifest["files"]
    )


def manifest_of(size: str, precision: str, labels: Labels, schedule: str) -> dict[str, Any]:
    order = "one after the other" if schedule == "in-turn" else "both at once"
    tasks = {task: {"tags" if task == "slots" else "labels": names, "temperature": 1} for task, names in labels.items()}
    return {
        "name": name_of(size, precision) + (BESIDE if schedule == "side-by-side" else ""),
        "version": VERSION,
        "description": (
            f"Two encoders of RoBERTa-{size}'s shape, {precision}, {order}. RANDOM WEIGHTS: they show how long such a "
            "model takes, their answers mean nothing."
        ),
        "language": "en",
        "license": "Apache-2.0",
        "tasks": {**tasks, "topic": {**tasks["topic"], "groups": topic_groups(labels["topic"])}},
        "limits": {"window_tokens": WINDOW_TOKENS, "max_tokens": MAX_TOKENS},
        "text": {"nfkc": False, "lowercase": False, "straight_quotes": False},
        "model": {
            "engine": "dual-encoder",
            "tokenizer": TOKENIZER_FILE,
            "tokenization": "text",
            "cls": 0,
            "sep": 2,
            "schedule": schedule,
            "graphs": [
                {"file": file, "outputs": {task: task for task in tasks}, "add_prefix_space": False}
                for file, tasks in GRAPHS.items()
            ],
        },
        "provenance": {"recipe": RECIPE, "command": f"npm run shapes -- {size} {precision}", "weights": "random"},
        "golden": {"tolerance": 1e-3, "cases": []},
    }


def write_graph(folder: Path, size: str, precision: str, file: str, heads: dict[str, int]) -> None:
    """Writes `file` into `folder`. An int8 graph is made from the fp32 bundle's, where there is one."""
    shape, seed = graph.SHAPES[size], list(GRAPHS).index(file)
    if precision == "fp32":
        optimize.fuse(graph.build(shape, heads, seed), shape, folder / file)
        return
    published = folder.with_name(name_of(size, "fp32"))
    if is_made(published):
        optimize.quantize(published / file, folder / file)
        return
    source = folder / f"fp32-{file}"
    optimize.fuse(graph.build(shape, heads, seed), shape, source)
    optimize.quantize(source, folder / file)
    source.unlink()


def make(out: Path, size: str, precision: str, labels: Labels, words: dict[str, Any]) -> None:
    """Writes the bundle and its side-by-side variant under `out`, each whole or not at all, unless they are there."""
    folder = out / name_of(size, precision)
    if not is_made(folder):
        partial = empty(folder)
        (partial / TOKENIZER_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        for file, tasks in GRAPHS.items():
            write_graph(partial, size, precision, file, {task: len(labels[task]) for task in tasks})
        finish(partial, folder, manifest_of(size, precision, labels, "in-turn"))
    beside = folder.with_name(folder.name + BESIDE)
    if not is_made(beside):
        partial = empty(beside)
        for file in FILES:
            os.link(folder / file, partial / file)
        finish(partial, beside, manifest_of(size, precision, labels, "side-by-side"))


def empty(folder: Path) -> Path:
    """Where `folder` is put together."""
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def finish(partial: Path, folder: Path, manifest: dict[str, Any]) -> None:
    write_bundle(partial, manifest, FILES)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
