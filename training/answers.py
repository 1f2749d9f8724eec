"""What the decoder writes: the answer to a prompt as compact JSON, keys in this order, those asked for alone.

The server's grammar (`src/engines/generate/grammar.ts`) allows exactly these strings.
"""

import json

import torch
from torch import Tensor

from training.batches import IGNORED, pad

Slots = list[tuple[str, str]]  # (name, value as the prompt spells it)


def answer(intent: str | None = None, slots: Slots | None = None, topic: str | None = None) -> str:
    """None: not asked for."""
    parts: dict[str, object] = {}
    if intent is not None:
        parts["intent"] = intent
    if slots is not None:
        # A value opens with a space, as its first word does in the prompt: its tokens are the prompt's, to be copied.
        parts["slots"] = [{name: f" {value}"} for name, value in slots]
    if topic is not None:
        parts["topic"] = topic
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def collate(prompts: list[list[int]], answers: list[list[int]]) -> tuple[Tensor, Tensor, Tensor]:
    """Prompts followed by their answers: ids (B, T), mask (B, T, T), targets (B, T).

    Inside a prompt every position sees all of it and nothing of the answer; an answer's position sees the prompt and
    what was written so far. The target of a position is the token after it; of a prompt only the last one has a target.
    """
    ids = pad([prompt + written for prompt, written in zip(prompts, answers, strict=True)], 0)
    positions = torch.arange(ids.size(1))
    lengths = torch.tensor([len(prompt) for prompt in prompts])[:, None, None]
    key, query = positions[None, None, :], positions[None, :, None]
    mask = (key < lengths) | ((query >= lengths) & (key <= query))
    targets = [
        [IGNORED] * (len(prompt) - 1) + written + [IGNORED] for prompt, written in zip(prompts, answers, strict=True)
    ]
    return ids, mask, pad(targets, IGNORED)
