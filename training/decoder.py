"""Trains the consolidated decoder: intent, slots and topic from one prompt, as a prefix LM.

    python -m training.decoder --config training/configs/decoder-12l.toml

One step reads a batch of MASSIVE utterances and a batch of 20 Newsgroups windows. Read-outs are dropped at random, so
that every subset of tasks works, and a read-out that has no right answer (the topic of "wake me up") is pulled towards
the uniform distribution (outlier exposure, Hendrycks et al. 2019, arXiv 1812.04606), so that its confidence stays low.
With the objective "write" the answer follows the prompt as JSON and is learnt in the same forward: the prompt does not
see it, so what is read off the prompt is not disturbed.
Stop it at any time: the same command goes on from the last checkpoint.
"""

import argparse
import math
import shutil
from collections.abc import Callable
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from training import answers, batches, data, evidence, lessons, structure
from training.config import DecoderConfig, load
from training.precision import autocast
from training.prefix_lm import PrefixLM, from_base, name_labels
from training.run import Run
from training.score import score_answers, score_rows
from training.vocabulary import BaseTokenizer, Vocabulary


def build(config: DecoderConfig) -> tuple[PrefixLM, Vocabulary]:
    labels = data.labels_of(config.data, config.set, config.tasks)
    vocabulary = Vocabulary(BaseTokenizer.read(config.base, config.text_tokens), labels)
    if config.start and config.start.is_file():
        layers = list(range(len(config.layers)))
        return from_base(config.start, layers, vocabulary.size, vocabulary.size, config.dropout), vocabulary
    model = from_base(config.base, config.layers, vocabulary.size, config.text_tokens, config.dropout)
    names = {vocabulary.read_outs[task]: f" {task}" for task in vocabulary.read_outs}
    for task, labels in vocabulary.labels.items():
        for i, label in enumerate(labels):
            words = label.removeprefix("B-").removeprefix("I-").replace("_", " ").replace(".", " ")
            names[vocabulary.label_start[task] + i] = f" {words}"
    name_labels(model, {row: vocabulary.encode_piece(name) for row, name in names.items()})
    if config.start:
        Run(config.start).load(model)
    return model, vocabulary


class Losses:
    """The two losses of a step; `smoothing` is label smoothing, `outlier` the weight of the uniform pull."""

    def __init__(self, model: PrefixLM, vocabulary: Vocabulary, config: DecoderConfig, rng: Random) -> None:
        self.model, self.vocabulary, self.config, self.rng = model, vocabulary, config, rng
        self.reads, self.writes = ("read" in config.objectives), ("write" in config.objectives)

    def logits(self, task: str, states: Tensor) -> Tensor:
        return self.model.label_logits(states, self.vocabulary.label_start[task], len(self.vocabulary.labels[task]))

    def tasks(self, always: float, other: str, own: str) -> tuple[str, ...]:
        """Of the run's tasks: `own` is asked with probability `always`, `other` half of the time."""
        asked = {own} if self.rng.random() < always else set()
        if self.rng.random() < 0.5:
            asked.add(other)
        return tuple(task for task in ("intent", "topic") if task in asked and task in self.config.tasks)

    def uniform(self, task: str, states: Tensor) -> Tensor:
        return -self.config.outlier * F.log_softmax(self.logits(task, states), -1).mean()

    def written(self, states: Tensor, targets: Tensor) -> Tensor:
        """states: (B, T, H), targets: (B, T): how well each token of the answers is foreseen."""
        told = targets != batches.IGNORED
        scores = self.model.label_logits(states[told], 0, self.vocabulary.text_tokens)
        return self.config.write_weight * F.cross_entropy(scores, targets[told])

    def massive(self, group: list[batches.Utterance]) -> Tensor:
        # A run that learns one task asks for it always.
        tasks = self.tasks(0.9 if "slots" in self.config.tasks else 1.0, "topic", "intent")
        batch = batches.collate(group, lambda ids: self.vocabulary.prompt(tasks, ids), self.config.max_tokens)
        if not self.writes:
            return self.read_massive(self.model(batch.ids, batch.mask), batch, tasks)
        slots = "slots" in self.config.tasks and ("intent" not in tasks or self.rng.random() < 0.8)
        prompts = [self.vocabulary.prompt(tasks, item.ids)[: self.config.max_tokens] for item in group]
        ids, mask, targets = answers.collate(prompts, [self.answer(item, "intent" in tasks, slots) for item in group])
        states = self.model(ids, mask)
        loss = self.written(states, targets)
        return loss + self.read_massive(states, batch, tasks) if self.reads else loss

    def length(self, item: batches.Utterance) -> int:
        """Tokens of a text and, where it is written, of its answer: what a batch is padded to."""
        return len(item.ids) + (len(self.answer(item, True, "slots" in self.config.tasks)) if self.writes else 0)

    def answer(self, item: batches.Utterance, intent: bool, slots: bool) -> list[int]:
        name = self.vocabulary.labels["intent"][item.intent] if intent else None
        return self.vocabulary.encode_answer(answers.answer(name, item.slots if slots else None))

    def read_massive(self, states: Tensor, batch: batches.Batch, tasks: tuple[str, ...]) -> Tensor:
        """states: (B, T, H) of the prompts, whatever follows them."""
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

    def taught(self, group: list[lessons.Lesson]) -> Tensor:
        """How well the teachers are imitated: cross-entropy with their distributions."""
        tasks = self.tasks(0.9, "topic", "intent")
        batch = lessons.collate(group, self.vocabulary.prompt(tasks, []))
        states = self.model(batch.ids, batch.mask)
        at_words = states.gather(1, batch.first[..., None].expand(-1, -1, states.size(-1)))
        told = batch.slots.sum(-1) > 0
        log_tags = F.log_softmax(self.logits("slots", at_words[told]), -1)
        loss = -self.config.slot_weight * (batch.slots[told] * log_tags).sum(-1).mean()
        if "intent" in tasks:
            loss = loss - (batch.intent * F.log_softmax(self.logits("intent", states[:, 1]), -1)).sum(-1).mean()
        if "topic" in tasks:
            loss = loss + self.uniform("topic", states[:, len(tasks)])
        return loss

    def newsgroups(self, windows: list[list[int]], topics: list[int]) -> Tensor:
        tasks = self.tasks(1.0, "intent", "topic")
        prompts = [self.vocabulary.prompt(tasks, ids) for ids in windows]
        if not self.writes:
            return self.read_newsgroups(self.model(torch.tensor(prompts)), topics, tasks)
        names = self.vocabulary.labels["topic"]
        written = [self.vocabulary.encode_answer(answers.answer(topic=names[topic])) for topic in topics]
        ids, mask, targets = answers.collate(prompts, written)
        states = self.model(ids, mask)
        loss = self.written(states, targets)
        return loss + self.read_newsgroups(states, topics, tasks) if self.reads else loss

    def read_newsgroups(self, states: Tensor, topics: list[int], tasks: tuple[str, ...]) -> Tensor:
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
    optimizer = optimizer_of(model, config)
    first_step = run.restore(model, optimizer)
    rng = Random(config.seed + first_step)
    losses = Losses(model, vocabulary, config, rng)
    known = structure.read(config.data, vocabulary.labels)
    dev = {name: getattr(data, name)(config.data, "dev") for name in ("massive", "newsgroups")}
    utterances = batches.utterance_groups(
        data.massive(config.data, "train"),
        vocabulary.labels,
        vocabulary.encode,
        config.batch,
        rng,
        length=losses.length,
        swaps=batches.Swaps.of(data.massive(config.data, "train"), config.swap_values),
    )
    sources: list[tuple[str, float, int, Callable[[], Tensor]]] = []  # name, weight, steps from one batch to the next
    if config.lessons:
        taught = lessons.read(config.lessons, vocabulary.encode, config.gold_share)
        groups = lessons.groups(taught, config.batch, rng)
        sources.append(("lessons", 1.0, 1, lambda: losses.taught(next(groups))))
    if {"intent", "slots"} & set(config.tasks) and (losses.writes or not config.lessons):
        every = config.write_every if config.lessons else 1
        sources.append(("massive", 1.0, every, lambda: losses.massive(next(utterances))))
    if "topic" in config.tasks:
        posts = batches.posts(data.newsgroups(config.data, "train"), vocabulary.labels["topic"], vocabulary.encode)
        if first_step == 0 and config.evidence > 0:
            learnt = evidence.learn(posts, config.text_tokens, len(vocabulary.labels["topic"]), rng)
            evidence.write(model.token_embd.weight.data, learnt, config.evidence)
        windows = batches.window_groups(posts, config.window_tokens, tuple(config.window_lengths), rng)
        sources.append(
            ("newsgroups", config.topic_weight, config.topic_every, lambda: losses.newsgroups(*next(windows)))
        )
    bar = tqdm(range(first_step, config.steps), initial=first_step, total=config.steps, mininterval=10)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = config.lr * rate(step, config)
        model.train()
        record = {}
        for name, weight, every, loss_of in sources:
            if step % every:
                continue
            with autocast():
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
            scores = {}
            if losses.reads:
                posts_of_dev = dev["newsgroups"][:: config.dev_stride]
                read = score_rows(model, vocabulary, known, dev["massive"], posts_of_dev, config.max_tokens)
                scores |= read.as_dict()
            if losses.writes:
                scores |= score_answers(model, vocabulary, dev["massive"], config.tasks)
            run.log(step, scores)
            run.plot()
            tqdm.write(f"step {step + 1}: {scores}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    config = load(DecoderConfig, parser.parse_args().config)
    train(config)


if __name__ == "__main__":
    main()
