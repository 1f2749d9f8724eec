"""Dev while training, for both kinds of models: all of it would take longer than the steps in between."""

from dataclasses import replace

from training import rejection
from training.dev import DevSet
from training.encoder_score import Reader

MOST = 1200  # rows


class Scores:
    def __init__(self, dev: DevSet, reject: int | None) -> None:
        """reject: the place of the intent that stands for none of the others."""
        self.reject = reject
        said, posts = (max(1, -(-len(rows) // MOST)) for rows in (dev.utterances, dev.posts))
        self.dev = replace(dev, utterances=dev.utterances[::said], posts=dev.posts[::posts], topics=dev.topics[::posts])

    def of(self, reader: Reader) -> dict[str, float]:
        """Fractions of 1; where there is a label that rejects, `in_scope` and `auroc` instead of `intent`."""
        found = self.dev.scores(reader)
        gold = {item.intent for item in self.dev.utterances}
        if self.reject is None or self.reject not in gold or len(gold) == 1:
            return found
        found.pop("intent")
        return {**rejection.scores(reader, self.dev.utterances, self.reject), **found}
