"""Answers as the weights write them, token by token: the reference that the server's generation is held to."""

import torch

from training import answers
from training.prefix_lm import PrefixLM
from training.vocabulary import END, Vocabulary

LONGEST = 120  # tokens


@torch.no_grad()
def write(model: PrefixLM, vocabulary: Vocabulary, prompt: list[int], margin: float) -> str | None:
    """The greedy answer to a prompt, without a grammar.

    None when it comes to no end, or when some token led the next best by less than `margin`: there another arithmetic,
    though right, may write on otherwise.
    """
    written: list[int] = []
    while len(written) < LONGEST:
        ids, mask, _ = answers.collate([prompt], [written])
        scores = model.label_logits(model(ids, mask)[0, -1], 0, vocabulary.text_tokens)
        best, second = scores.topk(2).values.tolist()
        if best - second < margin:
            return None
        token = int(scores.argmax())
        if token == END:
            return vocabulary.decode(written)
        written.append(token)
    return None
