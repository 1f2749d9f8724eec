"""A Llama-shaped decoder read as a prefix LM: inside the prompt every position attends to every other.

Weights stay in GGUF's layout from the base file to the exported one: rotary pairs are neighbours (2i, 2i + 1), and the
embedding is tied to the output matrix, whose rows at label ids are the classifier.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    layers: int
    hidden: int = 576
    heads: int = 9
    kv_heads: int = 3
    mlp: int = 1536
    rope_base: float = 100_000.0
    epsilon: float = 1e-5


def rotary(length: int, head: int, base: float) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each (T, head / 2)."""
    frequency = base ** (-torch.arange(0, head, 2).float() / head)
    angle = torch.outer(torch.arange(length).float(), frequency)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x: (B, heads, T, head); rotates neighbouring pairs."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """q, k, v: (B, heads, T, head); mask: True where a key is seen.

    Written out, since on a CPU the backward of `scaled_dot_product_attention` takes a third of a whole training step at
    some ten tokens a text.
    """
    scores = q @ k.transpose(-1, -2) * q.size(-1) ** -0.5
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1).to(v.dtype) @ v


class Block(nn.Module):
    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        head = shape.hidden // shape.heads
        self.shape = shape
        self.dropout = nn.Dropout(dropout)
        self.attn_norm = nn.RMSNorm(shape.hidden, shape.epsilon)
        self.attn_q = nn.Linear(shape.hidden, shape.hidden, bias=False)
        self.attn_k = nn.Linear(shape.hidden, shape.kv_heads * head, bias=False)
        self.attn_v = nn.Linear(shape.hidden, shape.kv_heads * head, bias=False)
        self.attn_output = nn.Linear(shape.hidden, shape.hidden, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.hidden, shape.epsilon)
        self.ffn_gate = nn.Linear(shape.hidden, shape.mlp, bias=False)
        self.ffn_up = nn.Linear(shape.hidden, shape.mlp, bias=False)
        self.ffn_down = nn.Linear(shape.mlp, shape.hidden, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None) -> Tensor:
        batch, length, hidden = x.shape
        h = self.attn_norm(x)
        q, k, v = (
            part(h).view(batch, length, -1, hidden // self.shape.heads).transpose(1, 2)
            for part in (self.attn_q, self.attn_k, self.attn_v)
        )  # (B, heads, T, head)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        repeat = self.shape.heads // self.shape.kv_heads
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        attended = attend(q, k, v, mask)
        x = x + self.dropout(self.attn_output(attended.transpose(1, 2).reshape(batch, length, hidden)))
        h = self.ffn_norm(x)
        return x + self.dropout(self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h)))


class PrefixLM(nn.Module):
    def __init__(self, shape: Shape, vocabulary: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(vocabulary, shape.hidden)
        self.dropout = nn.Dropout(dropout)
        self.blk = nn.ModuleList(Block(shape, dropout) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.hidden, shape.epsilon)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Final states (B, T, H).

        ids: (B, T); mask: True where a key is seen, (B, T) by all queries or (B, T, T) by each; None when all see all.
        """
        cos, sin = rotary(ids.size(1), self.shape.hidden // self.shape.heads, self.shape.rope_base)
        cos, sin = cos.to(ids.device), sin.to(ids.device)
        keys = None if mask is None else mask[:, None] if mask.dim() == 3 else mask[:, None, None]
        x = self.dropout(self.token_embd(ids))
        for block in self.blk:
            x = block(x, cos, sin, keys)
        return self.dropout(self.output_norm(x))

    def label_logits(self, states: Tensor, start: int, count: int) -> Tensor:
        """states: (..., H); scores of the labels at ids `start … start + count`: (..., count)."""
        return F.linear(states, self.token_embd.weight[start : start + count]).float()


def from_base(base: Path, layers: list[int], vocabulary: int, text_tokens: int, dropout: float) -> PrefixLM:
    """The base's layers `layers`, in that order, and its first `text_tokens` embeddings; the rest starts small."""
    tensors = {t.name: torch.from_numpy(np.array(dequantize(t.data, t.tensor_type))) for t in GGUFReader(base).tensors}
    model = PrefixLM(Shape(len(layers)), vocabulary, dropout)
    state = model.state_dict()
    for name in state:
        if name == "token_embd.weight":
            nn.init.normal_(state[name], std=0.02)
            state[name][:text_tokens] = tensors[name][:text_tokens]
        elif name.startswith("blk."):
            _, layer, rest = name.split(".", 2)
            state[name] = tensors[f"blk.{layers[int(layer)]}.{rest}"]
        else:
            state[name] = tensors[name]
    model.load_state_dict(state)
    return model


def name_labels(model: PrefixLM, ids: dict[int, tuple[int, ...]]) -> None:
    """Starts rows of the embedding at the mean of other rows: a label at the words of its name.

    Scaled down, or the first logits would be those of a language model: far apart and confidently wrong.
    """
    with torch.no_grad():
        weight = model.token_embd.weight
        for row, tokens in ids.items():
            weight[row] += 0.3 * weight[list(tokens)].mean(0)
