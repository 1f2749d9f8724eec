"""An encoder run's settings; read from TOML by `training.config.load`. Paths are relative to where it is run."""

from dataclasses import dataclass
from pathlib import Path

from training.data import OWN, SETS

ENCODER_TASKS = ("intent", "slots", "topic")


@dataclass(frozen=True)
class EncoderConfig:
    path: Path  # this file
    base: Path  # folder of a BERT- or RoBERTa-shaped model: config.json, model.safetensors, tokenizer.json
    data: Path
    out: Path  # the run's folder
    tasks: list[str]  # some of ENCODER_TASKS; each gets a head
    steps: int
    batch: int  # utterances a step
    evaluate_every: int
    set: str = "massive"  # a set of `data`, whose intents and slots are learnt; MASSIVE's and OWN's go with the topic
    reject: str | None = None  # the intent that stands for none of the others
    reject_copies: int = 1  # how often an epoch reads each of its rows
    outside: Path | None = None  # more rows of `reject`, from `training.outside` …
    outside_batch: int = 8  # … and how many a step reads of them
    outside_weight: float = 0.5
    window_tokens: int = 768  # tokens of posts a step; posts are read only when `tasks` has the topic
    window_lengths: tuple[int, ...] = (64, 96, 126)  # one is drawn a step
    lr: float = 2e-4
    warmup: int = 100
    weight_decay: float = 0.01
    dropout: float = 0.1  # of the states; attention has none
    smoothing: float = 0.1
    slot_weight: float = 1.0
    topic_weight: float = 1.0
    swap_values: float = 0.0  # share of the spans that get another value of their slot
    outlier: float = 0.1  # weight of the pull towards the uniform distribution
    max_tokens: int = 128  # of a sequence, with its first and last token
    dev_stride: int = 12  # while training, every n-th post of dev is scored
    seed: int = 1
    start: Path | None = None  # folder of a run to go on from, with a fresh optimiser and schedule

    def __post_init__(self) -> None:
        unknown = set(self.tasks) - set(ENCODER_TASKS)
        if unknown or not self.tasks:
            raise SystemExit(f"{self.path}: tasks must be some of {', '.join(ENCODER_TASKS)}")
        if self.set not in (*SETS, OWN) or ("topic" in self.tasks and self.set not in ("massive", OWN)):
            raise SystemExit(f"{self.path}: set must be one of {', '.join((*SETS, OWN))}; the topic goes with massive")
        if self.reject and "intent" not in self.tasks:
            raise SystemExit(f"{self.path}: an intent rejects, so tasks must have it")
        if max(self.window_lengths) > self.max_tokens - 2:
            raise SystemExit(
                f"{self.path}: a window of {max(self.window_lengths)} tokens and its first and last token "
                f"don't fit max_tokens = {self.max_tokens}"
            )
