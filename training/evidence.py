"""What single tokens say about the topic, learnt in seconds and written into the embedding before training starts.

A topic shows in many rare words, and a training budget of one or two passes over the posts meets each of them a few
times. A linear bag of tokens learns them from hundreds of windows a second. Its weights, E (tokens, topics), are added
to the embedding along fixed orthonormal directions, so that the decoder's attention only has to average what is already
there.
"""

from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.batches import Post, window_groups

SCALE = 20.0  # a mean over a window is small; lets Adam's step size fit


def learn(items: list[Post], tokens: int, topics: int, rng: Random, steps: int = 400, dropout: float = 0.3) -> Tensor:
    """Weights of a bag-of-tokens classifier: (tokens, topics). A window's scores are SCALE times their mean."""
    bag = nn.Embedding(tokens, topics)
    nn.init.zeros_(bag.weight)
    optimizer = torch.optim.Adam(bag.parameters(), lr=0.1)
    windows = window_groups(items, 16_384, (64, 128), rng)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 0.1 * (1 - step / steps)
        ids, labels = next(windows)
        evidence = bag(torch.tensor(ids))  # (B, T, topics)
        kept = (torch.rand(evidence.shape[:2]) > dropout).float().unsqueeze(-1)  # many words, not one signature
        F.cross_entropy(SCALE * (evidence * kept).mean(1), torch.tensor(labels)).backward()
        optimizer.step()
        optimizer.zero_grad()
    return bag.weight.detach()


def write(embedding: Tensor, evidence: Tensor, strength: float) -> None:
    """Adds the evidence to the first rows of `embedding` (ids, H), in place.

    `strength`: the mean length of what is added, relative to that of the rows.
    """
    generator = torch.Generator().manual_seed(0)
    directions = torch.linalg.qr(torch.randn(embedding.size(1), evidence.size(1), generator=generator))[0].T
    added = (evidence - evidence.mean(1, keepdim=True)) @ directions  # (tokens, H)
    rows = embedding[: len(evidence)]
    rows += added * (strength * rows.norm(dim=1).mean() / added.norm(dim=1).mean())
