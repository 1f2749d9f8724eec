"""Rows of one's own, of our own sentences."""

from typing import Any

from training.tests.sentences import SENTENCES


def rows(split: str, copies: int = 3) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{split}{i}",
            "split": split,
            "text": " ".join(word for word, _ in words),
            "tokens": [word for word, _ in words],
            "slots": [tag for _, tag in words],
            "intent": ("ask", "tell")[i % 2],
        }
        for i, words in enumerate(SENTENCES * copies)
    ]
