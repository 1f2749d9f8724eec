"""The training loop: dev is scored now and then, the best weights are kept, and a stopped run goes on where it was."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from training.config import DecoderConfig
from training.decoder import rate
from training.encoder_config import EncoderConfig
from training.own.events import Events
from training.own.recipe import PATIENCE
from training.precision import autocast
from training.run import Run

SAVE_EVERY_S = 120.0
# Of the scores of dev, those that say which weights are best, where they are told.
DECISIVE = ("intent", "in_scope", "auroc", "slot_f1", "topic")


class Stopped(Exception):
    """Somebody ended the training; its checkpoint is there."""


class Learner(Protocol):
    model: nn.Module
    optimizer: torch.optim.Optimizer

    def loss(self) -> Tensor:
        """Of the next batch."""

    def scores(self) -> dict[str, float]:
        """Of dev, fractions of 1."""


class OwnRun(Run):
    """A run that ends with the weights that were best on dev."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.best = folder / "best.pt"
        self.done = folder / "done"

    def keep(self, step: int, model: nn.Module) -> None:
        partial = self.best.with_suffix(".partial")
        torch.save({"step": step, "model": model.state_dict(), "optimizer": {}}, partial)
        partial.replace(self.best)

    def finish(self) -> None:
        """From now on the last checkpoint is the best one."""
        self.best.replace(self.checkpoint)
        self.done.touch()

    def curve(self) -> list[dict[str, float]]:
        """What was logged, each step once: a run that went on repeats those after its last checkpoint."""
        log = self.folder / "log.jsonl"
        found: dict[float, dict[str, float]] = {}
        for line in log.read_text().splitlines() if log.exists() else []:
            entry = json.loads(line)
            found[entry["step"]] = found.get(entry["step"], {}) | entry
        return [found[step] for step in sorted(found)]


def score_of(scores: dict[str, float]) -> float:
    """What is to be best: the mean of the scores that count."""
    told = [scores[name] for name in DECISIVE if name in scores]
    return sum(told) / len(told)


def standing(run: OwnRun, steps: int) -> tuple[float, int]:
    """The best score of the first `steps` steps, and how many evaluations came after it."""
    scored = [entry["dev score"] for entry in run.curve() if "dev score" in entry and entry["step"] < steps]
    if not scored or not run.best.exists():
        return -1.0, 0
    best = max(scored)
    return best, scored[::-1].index(best)


def learn(
    learner: Learner,
    config: EncoderConfig | DecoderConfig,
    run: OwnRun,
    events: Events,
    stopped: Callable[[], bool],
) -> None:
    """@raises Stopped"""
    model, optimizer = learner.model, learner.optimizer
    first = run.restore(model, optimizer)
    best, since = standing(run, first)
    events.tell("train", step=first, steps=config.steps)
    saved = time.monotonic()
    for step in range(first, config.steps):
        if since >= PATIENCE and step >= config.steps // 2:  # what is hard is learnt late
            events.tell("early", step=step, steps=config.steps)
            break
        for group in optimizer.param_groups:
            group["lr"] = config.lr * rate(step, config)
        model.train()
        with autocast():
            loss = learner.loss()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        run.log(step, {"loss": round(loss.item(), 4)})
        events.step(step + 1, config.steps, loss.item())
        scored = (step + 1) % config.evaluate_every == 0 or step + 1 == config.steps
        if scored:
            scores = learner.scores()
            score = score_of(scores)
            run.log(step, {**{f"dev {name}": value for name, value in scores.items()}, "dev score": score})
            # Of equal scores the later one counts: its learning rate has come down.
            events.tell("scores", step=step + 1, scores=scores, best=score >= best)
            since += 1
            if score >= best:
                best, since = score, 0
                run.keep(step + 1, model)
        if scored or stopped() or time.monotonic() - saved > SAVE_EVERY_S:
            run.save(step + 1, model, optimizer)
            saved = time.monotonic()
        if stopped():
            raise Stopped
    run.finish()
