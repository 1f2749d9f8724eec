"""Settings of the small RoBERTa, read by `config.load`."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SmallConfig:
    path: Path  # this file
    vocabulary: Path  # GGUF whose byte-level BPE is cut
    data: Path
    out: Path
    tokens: int  # how many of its tokens are kept
    hidden: int
    layers: int
    heads: int
    epochs: int
    batch: int
    lr: float = 2e-3
    dropout: float = 0.1
    smoothing: float = 0.05
    cased: float = 0.2  # share of the utterances that are read with capitals: MASSIVE has none
    seed: int = 1
