"""A run's settings: a frozen dataclass read from TOML. Paths in it are relative to where the command is run."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class DecoderConfig:
    path: Path  # this file
    base: Path  # GGUF of the base model
    data: Path
    out: Path  # the run's folder
    layers: list[int]  # which layers of the base to keep
    text_tokens: int  # how many of the base's tokens to keep
    steps: int
    batch: int  # utterances a step
    window_tokens: int  # tokens of posts a step
    window_lengths: list[int]  # one is drawn a step
    save_every: int
    evaluate_every: int  # a multiple of save_every
    lr: float = 4e-4
    warmup: int = 60
    weight_decay: float = 0.05
    dropout: float = 0.1
    smoothing: float = 0.1
    slot_smoothing: float = 0.0
    slot_weight: float = 1.0
    topic_weight: float = 1.0
    write_weight: float = 1.0
    swap_values: float = 0.0  # share of the spans that get another value of their slot
    outlier: float = 0.1
    evidence: float = 0.5  # strength of the topic evidence written into the embedding; 0 for none
    max_tokens: int = 128
    dev_stride: int = 4  # while training, every n-th post of dev is scored
    seed: int = 1
    # What the weights learn: which tasks; to have them read off the prompt ("read"), to write them as JSON ("write").
    tasks: tuple[str, ...] = ("intent", "slots", "topic")
    set: str = "massive"  # the set of `data` whose intents and slots are learnt
    reject: str | None = None  # the intent that stands for none of the others
    reject_copies: int = 1  # how often a pass reads each of its rows
    objectives: tuple[str, ...] = ("read",)
    # What teachers said (`training/teach.py`; may hold a *): read instead of MASSIVE's rows, which are still written.
    lessons: Path | None = None
    gold_share: float = 0.3  # of the say where labels are known
    topic_every: int = 1  # steps from one group of windows of posts to the next
    write_every: int = 1  # steps from one batch of MASSIVE that is written to the next, beside lessons
    # The folder of a run, or a GGUF that a run was exported to, to go on from with a fresh optimiser and schedule.
    start: Path | None = None


def load(kind: type[Any], path: str) -> Any:
    values = tomllib.loads(Path(path).read_text())
    unknown = set(values) - {f.name for f in fields(kind)}
    if unknown:
        raise SystemExit(f"{path}: unknown settings {', '.join(sorted(unknown))}")
    values = {
        f.name: Path(values[f.name]) if f.type in (Path, Path | None) else values[f.name]
        for f in fields(kind)
        if f.name in values
    }
    return kind(path=Path(path), **values)


def stages_of(config: Any) -> list[Any]:
    """The run of a config and those that it went on from, the first one first. A GGUF tells nothing of its runs."""
    if config.start is None or config.start.is_file():
        return [config]
    return [*stages_of(load(type(config), str(config.start / "config.toml"))), config]
