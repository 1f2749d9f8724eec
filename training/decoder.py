"""Trains the consolidated decoder: intent, slots and topic from one prompt, as a prefix LM.

    python -m training.decoder --config training/configs/decoder-12l.toml

One step reads a batch of MASSIVE utterances and a batch of 20 Newsgroups windows. Read-outs are dropped at random, so
that every subset of tasks works, and a read-out that has no right answer (the topic of "wake me up") is pulled towards
the uniform distribution (outlier exposure, Hendrycks et al. 2019, arXiv 1812.04606), so that its confidence stays low.
Stop it at any time: the same command goes on from the last checkpoint.
"""

import argparse
import math
import shutil
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from training import batches, data, evidence
from training.config import DecoderConfig, load
from training.prefix_lm import PrefixLM, from_base, name_labels
from training.run import Run
from training.score import score_rows
from training.vocabulary import BaseTokenizer, Vocabulary


def build(config: DecoderConfig) -> tuple[PrefixLM, Vocabulary]:
    vocabulary = Vocabulary(BaseTokenizer.read(config.base, config.text_tokens), data.schema(config.data))
    model = from_base(config.base, config.layers, vocabulary.size, config.text_tokens, config.dropout)
    names = {vocabulary.read_outs[task]: f" {task}" for task in vocabulary.read_outs}
    for task, labels in vocabulary.labels.items():
        for i, label in enumerate(labels):
            words = label.removeprefix("B-").removeprefix("I-").replace("_", " ").replace(".", " ")
            names[vocabulary.label_start[task] + i] = f" {words}"
    name_labels(model, {row: vocabulary.encode_piece(name) for row, name in names.items()})
    return model, vocabulary


class Losses:
    """The two losses of a step; `smoothing` is label smoothing, `outlier` the weight of the uniform pull."""

    def __init__(self, model: PrefixLM, vocabulary: Vocabulary, config: DecoderConfig, rng: Random) -> None:
        self.model, self.vocabulary, self.config, self.rng = model, vocabulary, config, rng

    def logits(self, task: str, states: Tensor) -> Tensor:
        return self.model.label_logits(states, self.vocabulary.label_start[task], len(self.vocabulary.labels[task]))

    def tasks(self, always: float, other: str, own: str) -> tuple[str, ...]:
        """`own` is asked with probability `always`, `other` half of the time."""
        asked = {own} if self.rng.random() < always else set()
        if self.rng.random() < 0.5:
            asked.add(other)
        return tuple(task for task in ("intent", "topic") if task in asked)

    def uniform(self, task: str, states: Tensor) -> Tensor:
        return -self.config.outlier * F.log_softmax(self.logits(task, states), -1).mean()

    def massive(self, group: list[batches.Utterance]) -> Tensor:
        tasks = self.tasks(0.9, "topic", "intent")
        batch = batches.collate(group, lambda ids: self.vocabulary.prompt(tasks, ids), self.config.max_tokens)
        states = self.model(batch.ids, batch.mask)  # (B, T, H)
        assert batch.first is not None and batch.tags is not None
        at_words = states.gather(1, batch.first[..., None].expand(-1, -1, states.size(-1)))  # (B, W, H)
        tag_logits = self.logits("slots", at_words).flatten(0, 1)
        loss = self.config.slot_weight * F.cross_entropy(
            tag_logits, batch.tags.flatten(), ignore_index=batches.IGNORED, label_smoothing=self.config.slot_smoothing
        )
        if "intent" in tasks:
            read = self.logits("intent", states[:, 1])
            loss = loss + F.cross_entropy(read, batch.labels, label_smoothing=self.config.smoothing)
        if "topic" in tasks:
            loss = loss + self.uniform("topic", states[:, len(tasks)])
        return loss

    def newsgroups(self, windows: list[list[int]], topics: list[int]) -> Tensor:
        tasks = self.tasks(1.0, "intent", "topic")
        states = self.model(torch.tensor([self.vocabulary.prompt(tasks, ids) for ids in windows]))
        read = self.logits("topic", states[:, len(tasks)])
        loss = F.cross_entropy(read, torch.tensor(topics), label_smoothing=self.config.smoothing)
        if "intent" in tasks:
            loss = loss + self.uniform("intent", states[:, 1])
        return loss


def optimizer_of(model: nn.Module, config: DecoderConfig) -> torch.optim.AdamW:
    matrices = [p for n, p in model.named_parameters() if p.ndim > 1 and "embd" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim == 1 or "embd" in n]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=config.lr,
        betas=(0.9, 0.98),
        fused=True,
    )


def rate(step: int, config: DecoderConfig) -> float:
    """Factor of the learning rate: linear warm-up, then a cosine down to nothing."""
    if step < config.warmup:
        return (step + 1) / config.warmup
    done = (step - config.warmup) / max(1, config.steps - config.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def train(config: DecoderConfig) -> None:
    torch.manual_seed(config.seed)
    run = Run(config.out)
    shutil.copy(config.path, config.out / "config.toml")
    model, vocabulary = build(config)
    if config.start:
        Run(config.start).load(model)
    optimizer = optimizer_of(model, config)
    first_step = run.restore(model, optimizer)
    rng = Random(config.seed + first_step)
    losses = Losses(model, vocabulary, config, rng)
    dev = {name: getattr(data, name)(config.data, "dev") for name in ("massive", "newsgroups")}
    utterances = batches.utterance_groups(
        data.massive(config.data, "train"), vocabulary.labels, vocabulary.encode, config.batch, rng
    )
    posts = batches.posts(data.newsgroups(config.data, "train"), vocabulary.labels["topic"], vocabulary.encode)
    if first_step == 0 and config.evidence > 0:
        learnt = evidence.learn(posts, config.text_tokens, len(vocabulary.labels["topic"]), rng)
        evidence.write(model.token_embd.weight.data, learnt, config.evidence)
    windows = batches.window_groups(posts, config.window_tokens, tuple(config.window_lengths), rng)
    bar = tqdm(range(first_step, config.steps), initial=first_step, total=config.steps, mininterval=10)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = config.lr * rate(step, config)
        model.train()
        record = {}
        for name, weight, loss_of in (
            ("massive", 1.0, lambda: losses.massive(next(utterances))),
            ("newsgroups", config.topic_weight, lambda: losses.newsgroups(*next(windows))),
        ):
            with torch.autocast("cpu", torch.bfloat16):
                loss = loss_of()
            (weight * loss).backward()
            record[name] = loss.item()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        run.log(step, record)
        bar.set_postfix({name: f"{value:.2f}" for name, value in record.items()})
        if (step + 1) % config.save_every == 0 or step + 1 == config.steps:
            run.save(step + 1, model, optimizer)
        if (step + 1) % config.evaluate_every == 0 or step + 1 == config.steps:
            scores = score_rows(
                model, vocabulary, dev["massive"], dev["newsgroups"][:: config.dev_stride], config.max_tokens
            )
            run.log(step, scores.as_dict())
            run.plot()
            tqdm.write(f"step {step + 1}: {scores}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    config = load(DecoderConfig, parser.parse_args().config)
    train(config)


if __name__ == "__main__":
    main()
