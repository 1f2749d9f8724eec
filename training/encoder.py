"""Trains an encoder with a head for each task of its config: the dual path's two models, or one joint model.

    python -m training.encoder --config training/configs/encoder-joint.toml

One step reads a batch of a set's utterances (MASSIVE's by default) and, where the topic is a task, a batch of 20
Newsgroups windows; where the config names texts out of scope, a batch of these, too. A head that has no right answer
for a text (the topic of "wake me up") is pulled towards the uniform distribution, as in `training.decoder`. Stop it at
any time: the same command goes on from the last checkpoint.
"""

import argparse
import shutil
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from training import batches, data, evidence, rejection, structure
from training.config import load
from training.decoder import rate
from training.encoder_config import EncoderConfig
from training.encoder_model import Encoder, from_base
from training.encoder_score import TorchReader, score_posts, score_utterances
from training.encoder_tokenizer import EncoderTokenizer
from training.precision import autocast
from training.run import Run

Labels = dict[str, list[str]]


class Losses:
    """The losses of a step, each over the heads that the model has."""

    def __init__(self, model: Encoder, tokenizer: EncoderTokenizer, config: EncoderConfig) -> None:
        self.model, self.tokenizer, self.config = model, tokenizer, config

    def answer(self, logits: Tensor, gold: Tensor) -> Tensor:
        return F.cross_entropy(logits, gold, ignore_index=batches.IGNORED, label_smoothing=self.config.smoothing)

    def uniform(self, logits: Tensor) -> Tensor:
        return -self.config.outlier * F.log_softmax(logits, -1).mean()

    def utterances(self, group: list[batches.Utterance]) -> Tensor:
        batch = batches.collate(group, self.tokenizer.opened, self.config.max_tokens)
        assert batch.first is not None and batch.tags is not None
        ids = batch.ids
        mask = torch.ones_like(ids) if batch.mask is None else batch.mask.long()
        states = self.model.states(ids, mask)  # (B, T, H)
        loss = torch.zeros(())
        if "intent" in self.model.heads:
            loss = loss + self.answer(self.model.text_logits("intent", states, mask, ids), batch.labels)
        if "slots" in self.model.heads:
            tags = self.model.tag_logits(states, batch.first)  # (B, W, tags)
            loss = loss + self.config.slot_weight * self.answer(tags.flatten(0, 1), batch.tags.flatten())
        if "topic" in self.model.heads:
            loss = loss + self.uniform(self.model.text_logits("topic", states, mask, ids))
        return loss

    def newsgroups(self, windows: list[list[int]], topics: list[int]) -> Tensor:
        ids = torch.tensor([self.tokenizer.prompt(window) for window in windows])
        mask = torch.ones_like(ids)
        states = self.model.states(ids, mask)
        read = self.model.text_logits("topic", states, mask, ids)
        loss = self.config.topic_weight * self.answer(read, torch.tensor(topics))
        if "intent" in self.model.heads:
            loss = loss + self.uniform(self.model.text_logits("intent", states, mask, ids))
        return loss


class Dev:
    """The dev rows, tokenised once."""

    def __init__(self, config: EncoderConfig, labels: Labels, tokenizer: EncoderTokenizer) -> None:
        self.config, self.labels, self.tokenizer = config, labels, tokenizer
        self.structure = structure.read(config.data, labels, config.set)
        rows = data.read_set(config.data, config.set, "dev")
        self.utterances = [batches.utterance(row, labels, tokenizer.encode_closed, None) for row in rows]
        read = "topic" in config.tasks
        kept = data.newsgroups(config.data, "dev")[:: config.dev_stride] if read else []
        self.posts = batches.posts(kept, labels["topic"], tokenizer.encode)

    def scores(self, model: Encoder) -> dict[str, float]:
        reader = TorchReader(model, self.tokenizer, self.config.max_tokens)
        scores: dict[str, float] = {}
        if {"intent", "slots"} & set(self.config.tasks):
            scores = score_utterances(reader, self.utterances, self.structure)
        if self.config.reject:
            scores |= rejection.scores(reader, self.utterances, self.labels["intent"].index(self.config.reject))
        if self.posts:
            topics, window = [post.topic for post in self.posts], self.config.max_tokens - 2
            scores["topic"] = score_posts(reader, [post.full for post in self.posts], topics, window)
            scores["topic_without_headers"] = score_posts(reader, [post.body for post in self.posts], topics, window)
        return {f"dev {name}": value for name, value in scores.items()}


def optimizer_of(model: nn.Module, config: EncoderConfig) -> torch.optim.AdamW:
    def is_table(name: str) -> bool:
        return "embeddings" in name or "evidence" in name

    decayed = [p for n, p in model.named_parameters() if p.ndim > 1 and not is_table(n)]
    others = [p for n, p in model.named_parameters() if p.ndim == 1 or is_table(n)]
    return torch.optim.AdamW(
        [{"params": decayed, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=config.lr,
        betas=(0.9, 0.98),
        fused=True,  # the embeddings are half of the weights: ten times faster on a CPU
    )


def train(config: EncoderConfig) -> None:
    torch.manual_seed(config.seed)
    run = Run(config.out)
    shutil.copy(config.path, config.out / "config.toml")
    labels, tokenizer = data.schema(config.data, config.set), EncoderTokenizer(config.base / "tokenizer.json")
    model = from_base(config.base, {task: len(labels[task]) for task in config.tasks}, config.dropout)
    if config.start:
        Run(config.start).load(model)
    optimizer = optimizer_of(model, config)
    first_step = run.restore(model, optimizer)
    rng = Random(config.seed + first_step)
    losses, dev = Losses(model, tokenizer, config), Dev(config, labels, tokenizer)
    rows = data.read_set(config.data, config.set, "train")
    rows += [row for row in rows if row["intent"] == config.reject] * (config.reject_copies - 1)
    utterances = batches.utterance_groups(
        rows,
        labels,
        tokenizer.encode_closed,
        config.batch,
        rng,
        swaps=batches.Swaps.of(rows, config.swap_values),
    )
    parts = {config.set: lambda: losses.utterances(next(utterances))}
    if config.outside:
        others = data.read_rows(config.outside)
        outside = batches.utterance_groups(others, labels, tokenizer.encode_closed, config.outside_batch, rng)
        parts["outside"] = lambda: config.outside_weight * losses.utterances(next(outside))
    if "topic" in config.tasks:
        posts = batches.posts(data.newsgroups(config.data, "train"), labels["topic"], tokenizer.encode)
        if first_step == 0 and config.start is None:
            learnt = evidence.learn(posts, model.body.config.vocab_size, len(labels["topic"]), rng)
            model.evidence.weight.data.copy_(evidence.SCALE * learnt)
        windows = batches.window_groups(posts, config.window_tokens, tuple(config.window_lengths), rng)
        parts["newsgroups"] = lambda: losses.newsgroups(*next(windows))
    bar = tqdm(range(first_step, config.steps), initial=first_step, total=config.steps, mininterval=10)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = config.lr * rate(step, config)
        model.train()
        record = {}
        for name, loss_of in parts.items():
            with autocast():
                loss = loss_of()
            loss.backward()
            record[name] = loss.item()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        run.log(step, record)
        bar.set_postfix({name: f"{value:.2f}" for name, value in record.items()})
        if (step + 1) % config.evaluate_every == 0 or step + 1 == config.steps:
            scores = dev.scores(model)
            run.log(step, scores)
            run.save(step + 1, model, optimizer)
            run.plot()
            tqdm.write(f"step {step + 1}: {scores}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    train(load(EncoderConfig, parser.parse_args().config))


if __name__ == "__main__":
    main()
