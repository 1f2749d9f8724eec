"""A run's folder: log, plot and checkpoint, so that it explains itself a year later."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
from torch import nn


class Run:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.checkpoint = folder / "checkpoint.pt"

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
        """Loads the last checkpoint, if there is one. The number of steps already done."""
        if not self.checkpoint.exists():
            return 0
        state = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        return int(state["step"])

    def load(self, model: nn.Module) -> None:
        """Loads the last checkpoint's weights alone."""
        model.load_state_dict(torch.load(self.checkpoint, map_location="cpu", weights_only=True)["model"])

    def steps(self) -> int:
        """How many steps the last checkpoint took."""
        return int(torch.load(self.checkpoint, map_location="cpu", weights_only=True, mmap=True)["step"])

    def save(self, step: int, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Replaces the checkpoint only once the new one is whole."""
        partial = self.checkpoint.with_suffix(".partial")
        torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, partial)
        partial.replace(self.checkpoint)

    def log(self, step: int, values: dict[str, Any]) -> None:
        with (self.folder / "log.jsonl").open("a") as out:
            out.write(json.dumps({"step": step, **values}) + "\n")

    def plot(self) -> None:
        """`plot.png`: losses (running mean of 50) above, dev scores below."""
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot

        series: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for line in (self.folder / "log.jsonl").read_text().splitlines():
            entry = json.loads(line)
            step = entry.pop("step")
            for name, value in entry.items():
                series[name].append((step, value))
        figure, (losses, scores) = pyplot.subplots(2, 1, figsize=(9, 8), sharex=True)
        for name, points in series.items():
            steps, values = zip(*points, strict=True)
            if name.startswith("dev "):
                scores.plot(steps, values, "o-", label=name)
            else:
                mean = [sum(values[max(0, i - 49) : i + 1]) / min(50, i + 1) for i in range(len(values))]
                losses.plot(steps, mean, label=name)
        for axes, title in ((losses, "training loss"), (scores, "dev score")):
            axes.set_title(title)
            axes.grid(alpha=0.3)
            axes.legend()
        scores.set_xlabel("step")
        figure.savefig(self.folder / "plot.png", dpi=110)
        pyplot.close(figure)
