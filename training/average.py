"""The mean of runs that went on from the same weights: one model, better than each (Wortsman et al. 2022, 2203.05482).

    python -m training.average --run training/runs/decoder-12l-taught-1 training/runs/decoder-12l-taught-2 \\
        --out training/runs/decoder-12l-taught
"""

import argparse
import re
import shutil
from pathlib import Path

import torch


def average(runs: list[Path], out: Path) -> None:
    """Writes a run's folder: the first one's config and log, and a checkpoint without an optimiser's state."""
    states = [torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True) for run in runs]
    mean = {name: sum(state["model"][name] for state in states) / len(states) for name in states[0]["model"]}
    out.mkdir(parents=True, exist_ok=True)
    torch.save({"step": sum(state["step"] for state in states), "model": mean}, out / "checkpoint.pt")
    config = (runs[0] / "config.toml").read_text()
    (out / "config.toml").write_text(re.sub(r'^out = .*$', f'out = "{out.as_posix()}"', config, flags=re.MULTILINE))
    shutil.copy(runs[0] / "log.jsonl", out / "log.jsonl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", nargs="+", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    average(args.run, args.out)


if __name__ == "__main__":
    main()
