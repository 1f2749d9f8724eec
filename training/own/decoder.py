"""A decoder that learns rows of one's own: all tasks from one prompt, as `training.decoder` has it."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from torch import Tensor

from training import batches, data, evidence, structure
from training.config import DecoderConfig
from training.decoder import build, optimizer_of
from training.dev import DevSet
from training.encoder_score import Floats
from training.own.encoder import LONG
from training.own.losses import groups, loss_of
from training.own.scores import Scores
from training.precision import autocast
from training.prefix_lm import PrefixLM
from training.vocabulary import READ_OUT_TASKS, Vocabulary

ASKED = 0.9  # how often a batch asks for a task that has a read-out, where there is another task to ask for


class DecoderLearner:
    def __init__(self, config: DecoderConfig, first_step: int, rng: Random) -> None:
        """first_step: of this process; 0 when the training begins."""
        self.config, self.rng = config, rng
        self.model, self.vocabulary = build(config)
        labels = self.vocabulary.labels
        self.optimizer = optimizer_of(self.model, config)
        rows = data.read_set(config.data, config.set, "train")
        if first_step == 0:
            keep_known(self.model, self.vocabulary, config.base)
        if first_step == 0 and "topic" in labels:
            posts = batches.posts([row for row in rows if "topic" in row], labels["topic"], self.vocabulary.encode)
            if sum(len(post.body) >= LONG for post in posts) > len(posts) / 4:
                learnt = evidence.learn(posts, config.text_tokens, len(labels["topic"]), rng)
                evidence.write(self.model.token_embd.weight.data, learnt, config.evidence)
        rejected = [row for row in rows if config.reject and row.get("intent") == config.reject]
        rows += rejected * (config.reject_copies - 1)
        swaps = batches.Swaps.of(rows, config.swap_values)
        stream = batches.utterance_groups(rows, labels, self.vocabulary.encode, config.batch, rng, swaps=swaps)
        window = config.max_tokens - 1 - len(READ_OUT_TASKS)
        self.groups = groups(stream, window, 0, rng)
        known = structure.read(config.data, labels, config.set)
        dev = DevSet.of(config.data, labels, labels, known, window, self.vocabulary.encode, name=config.set)
        self.dev = Scores(dev, labels["intent"].index(config.reject) if config.reject else None)

    def loss(self) -> Tensor:
        tasks = self.asked()
        batch = batches.collate(
            next(self.groups), lambda ids: self.vocabulary.prompt(tasks, ids), self.config.max_tokens
        )
        return loss_of(logits_of(self.model, self.vocabulary, batch, tasks), batch, self.config)

    def asked(self) -> tuple[str, ...]:
        """Every subset of the tasks is served, so every one is learnt."""
        labels = self.vocabulary.labels
        tasks = [task for task in self.vocabulary.read_outs if len(labels) == 1 or self.rng.random() < ASKED]
        return tuple(tasks) if tasks or "slots" in labels else (next(iter(self.vocabulary.read_outs)),)

    def scores(self) -> dict[str, float]:
        return self.dev.of(TorchDecoderReader(self.model, self.vocabulary, self.config.max_tokens))


@torch.no_grad()
def keep_known(model: PrefixLM, vocabulary: Vocabulary, base: Path) -> None:
    """Read-outs, and labels that the base knows by the same name, keep what they learnt."""
    reader = GGUFReader(base)
    names = reader.fields["tokenizer.ggml.tokens"].contents()
    at = {name: i for i, name in enumerate(names) if i >= vocabulary.text_tokens}
    table = next(tensor for tensor in reader.tensors if tensor.name == "token_embd.weight")
    rows = dequantize(table.data, table.tensor_type)
    for i, name in enumerate(vocabulary.control_tokens()):
        if name in at:
            model.token_embd.weight[vocabulary.text_tokens + i] = torch.from_numpy(rows[at[name]].copy())


def logits_of(
    model: PrefixLM, vocabulary: Vocabulary, batch: batches.Batch, tasks: tuple[str, ...]
) -> dict[str, Tensor]:
    """Of `tasks`, in the order of the prompt, and of the slots."""
    assert batch.first is not None
    states = model(batch.ids, batch.mask)
    places = {task: states[:, 1 + i] for i, task in enumerate(tasks)}
    if "slots" in vocabulary.labels:
        places["slots"] = states.gather(1, batch.first[..., None].expand(-1, -1, states.size(-1)))
    return {
        task: model.label_logits(found, vocabulary.label_start[task], len(vocabulary.labels[task]))
        for task, found in places.items()
    }


class TorchDecoderReader:
    """A `training.encoder_score.Reader` of a decoder that is being trained."""

    def __init__(self, model: PrefixLM, vocabulary: Vocabulary, limit: int) -> None:
        self.model, self.vocabulary, self.limit = model.eval(), vocabulary, limit

    @torch.inference_mode()
    def utterance(self, items: list[batches.Utterance]) -> Iterator[tuple[batches.Utterance, dict[str, Floats]]]:
        tasks = tuple(self.vocabulary.read_outs)
        ordered = sorted(items, key=lambda item: len(item.ids))
        for group in (ordered[at : at + 64] for at in range(0, len(ordered), 64)):
            batch = batches.collate(group, lambda ids: self.vocabulary.prompt(tasks, ids), self.limit)
            with autocast():
                logits = logits_of(self.model, self.vocabulary, batch, tasks)
            found = {task: part.numpy() for task, part in logits.items() if task != "topic"}
            for i, item in enumerate(group):
                own = {task: part[i] for task, part in found.items()}
                yield item, own | ({"slots": own["slots"][: len(item.tags)]} if "slots" in own else {})

    @torch.inference_mode()
    def windows(self, windows: list[list[int]]) -> Floats:
        found = []
        for window in windows:
            prompt = torch.tensor([self.vocabulary.prompt(("topic",), window)])
            with autocast():
                state = self.model(prompt)[:, 1]
            start, count = self.vocabulary.label_start["topic"], len(self.vocabulary.labels["topic"])
            found.append(self.model.label_logits(state, start, count)[0].numpy())
        return np.stack(found)
