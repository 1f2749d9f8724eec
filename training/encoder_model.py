"""A BERT- or RoBERTa-shaped encoder with a linear head a task."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

SILENT_TOKENS = 32  # added to every text, so that a few words can't speak as loudly as a post


def mean_state(states: Tensor, mask: Tensor, silent: int = 0) -> Tensor:
    """Mean of the real states and of `silent` zeros: (B, H). states: (B, T, H); mask: (B, T), 1 at real tokens."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / (weights.sum(1) + silent)


def additive(mask: Tensor) -> Tensor:
    """What attention adds to its scores: (B, 1, 1, T). Ready-made, it spares every graph a dozen nodes."""
    return (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min


class Encoder(nn.Module):
    """Intent and topic are read from the mean of the states, slots at the words' own states.

    The topic's scores are those of its head plus the mean evidence of the tokens themselves: a topic shows in many rare
    words, and a few passes over the posts teach the body too little about each (`training.evidence`).
    """

    def __init__(self, body: nn.Module, labels: dict[str, int], dropout: float = 0.0) -> None:
        """`labels`: how many labels each task has; its order is the order of the exported outputs."""
        super().__init__()
        self.body = body
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict({task: nn.Linear(body.config.hidden_size, count) for task, count in labels.items()})
        for head in self.heads.values():
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        if "topic" in labels:
            self.evidence = nn.Embedding(body.config.vocab_size, labels["topic"])
            nn.init.zeros_(self.evidence.weight)

    def states(self, ids: Tensor, mask: Tensor, token_types: Tensor | None = None) -> Tensor:
        """ids, mask, token_types: (B, T) integers, mask 1 at real tokens. Final states (B, T, H)."""
        types = {} if token_types is None else {"token_type_ids": token_types}
        return self.dropout(self.body(input_ids=ids, attention_mask=additive(mask), **types).last_hidden_state)

    def text_logits(self, task: str, states: Tensor, mask: Tensor, ids: Tensor) -> Tensor:
        """Scores of a whole text's labels: (B, labels)."""
        logits = self.heads[task](mean_state(states, mask)).float()
        if task != "topic":
            return logits
        evidence = mean_state(self.evidence(ids), mask, SILENT_TOKENS)
        if self.training:  # half of the texts must do without, so that the body learns topics, too
            evidence = evidence * (torch.rand(len(ids), 1) < 0.5)
        return logits + evidence

    def tag_logits(self, states: Tensor, first: Tensor) -> Tensor:
        """Scores of each tag at each word's first token. first: (B, W) positions. (B, W, tags)."""
        at_words = states.gather(1, first.unsqueeze(-1).expand(-1, -1, states.size(-1)))
        return self.heads["slots"](at_words).float()


class Graph(nn.Module):
    """What is exported: one output a task, slots at every token. Token types only where the base has them."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor | None = None
    ) -> tuple[Tensor, ...]:
        encoder = self.encoder
        states = encoder.states(input_ids, attention_mask, token_type_ids)
        return tuple(
            encoder.heads["slots"](states)
            if task == "slots"
            else encoder.text_logits(task, states, attention_mask, input_ids)
            for task in encoder.heads
        )


# Sequences are short: plain attention trains faster on a CPU than the fused kernels, and exports to simple graphs.
SETTINGS = {"attn_implementation": "eager", "add_pooling_layer": False, "dtype": torch.float32}


def from_base(base: Path, labels: dict[str, int], dropout: float) -> Encoder:
    """The base's weights under new heads. `base`: a local folder, or a hub name where there is a network."""
    dropouts = {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": 0.0}
    return Encoder(AutoModel.from_pretrained(str(base), **SETTINGS, **dropouts), labels, dropout)


def untrained(base: Path, labels: dict[str, int]) -> Encoder:
    """The base's shape, for weights that are loaded afterwards."""
    return Encoder(AutoModel.from_config(AutoConfig.from_pretrained(str(base)), **SETTINGS), labels)
