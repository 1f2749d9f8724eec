"""An encoder that learns rows of one's own."""

from random import Random

import torch
from torch import Tensor

from training import batches, data, evidence, structure
from training.batches import IGNORED
from training.dev import DevSet
from training.encoder import optimizer_of
from training.encoder_config import EncoderConfig
from training.encoder_model import Encoder, from_base, mean_state
from training.encoder_score import TorchReader
from training.encoder_tokenizer import EncoderTokenizer
from training.own.losses import groups, loss_of
from training.own.scores import Scores
from training.precision import autocast

LONG = 128  # tokens of a post whose words are worth looking at one by one


class EncoderLearner:
    def __init__(self, config: EncoderConfig, first_step: int, rng: Random) -> None:
        """first_step: of this process; 0 when the training begins."""
        self.config = config
        labels = data.labels_of(config.data, config.set, config.tasks)
        self.tokenizer = tokenizer = EncoderTokenizer(config.base / "tokenizer.json")
        self.model: Encoder = from_base(config.base, {task: len(labels[task]) for task in config.tasks}, config.dropout)
        rows = data.read_set(config.data, config.set, "train")
        if first_step == 0:
            self.begin(rows, labels, rng)
        self.optimizer = optimizer_of(self.model, config)
        rejected = [row for row in rows if config.reject and row.get("intent") == config.reject]
        rows += rejected * (config.reject_copies - 1)
        swaps = batches.Swaps.of(rows, config.swap_values)
        stream = batches.utterance_groups(rows, labels, tokenizer.encode_closed, config.batch, rng, swaps=swaps)
        self.groups = groups(stream, config.max_tokens - 1, 1, rng)
        known = structure.read(config.data, labels, config.set)
        dev = DevSet.of(
            config.data, labels, labels, known, config.max_tokens - 2, tokenizer.encode, tokenizer.encode_closed, "own"
        )
        self.dev = Scores(dev, labels["intent"].index(config.reject) if config.reject else None)

    def begin(self, rows: list[data.Row], labels: dict[str, list[str]], rng: Random) -> None:
        """What can be known of labels before a step is taken: where their texts lie, what words say of topics."""
        items = [batches.utterance(row, labels, self.tokenizer.encode_closed, None) for row in rows]
        for task in ("intent", "topic"):
            if task in self.model.heads:
                start_head(self.model, task, items, self.tokenizer, self.config.max_tokens)
        if "topic" in self.model.heads:
            posts = batches.posts([row for row in rows if "topic" in row], labels["topic"], self.tokenizer.encode)
            if sum(len(post.body) >= LONG for post in posts) > len(posts) / 4:
                learnt = evidence.learn(posts, self.model.body.config.vocab_size, len(labels["topic"]), rng)
                self.model.evidence.weight.data.copy_(evidence.SCALE * learnt)

    def loss(self) -> Tensor:
        batch = batches.collate(next(self.groups), self.tokenizer.opened, self.config.max_tokens)
        assert batch.first is not None
        mask = torch.ones_like(batch.ids) if batch.mask is None else batch.mask.long()
        states = self.model.states(batch.ids, mask)
        logits = {
            task: self.model.tag_logits(states, batch.first)
            if task == "slots"
            else self.model.text_logits(task, states, mask, batch.ids)
            for task in self.config.tasks
        }
        return loss_of(logits, batch, self.config)

    def scores(self) -> dict[str, float]:
        return self.dev.of(TorchReader(self.model, self.tokenizer, self.config.max_tokens))


SHARPNESS = 2.8  # in logits: how far a text's own label is ahead of a middling one before training
PER_LABEL = 50  # texts that a label's place is found from


@torch.inference_mode()
def start_head(
    model: Encoder, task: str, items: list[batches.Utterance], tokenizer: EncoderTokenizer, limit: int
) -> None:
    """Starts a head where the texts of its labels lie: their mean state, less that of all texts (as in prototypical
    networks, Snell et al. 2017, arXiv 1703.05175). A base that tells sentences apart knows half of the task by then."""
    kept: dict[int, list[batches.Utterance]] = {}
    for item in items:
        label = item.intent if task == "intent" else item.topic
        if label != IGNORED and len(kept.setdefault(label, [])) < PER_LABEL:
            kept[label].append(item)
    model.eval()
    head = model.heads[task]
    means = torch.zeros_like(head.weight)
    for label, own in kept.items():
        batch = batches.collate(own, tokenizer.opened, limit)
        mask = torch.ones_like(batch.ids) if batch.mask is None else batch.mask.long()
        with autocast():
            means[label] = mean_state(model.states(batch.ids, mask), mask).float().mean(0)
    apart = means - means.mean(0)
    scale = apart.norm(dim=1).mean().clamp(min=1e-6)
    head.weight.data.copy_(SHARPNESS * apart / scale**2)
    head.bias.data.copy_(-(head.weight @ means.mean(0)))
