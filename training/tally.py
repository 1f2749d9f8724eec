"""How right intents and spans are, counted text by text."""

from dataclasses import dataclass

from training.data import spans
from training.decoding import Floats, Structure


@dataclass
class Tally:
    """What `structure` decides on, compared with gold labels."""

    structure: Structure
    intents: int = 0  # texts that were asked for their intent
    slots: int = 0  # and for their slots
    both: int = 0
    right: int = 0
    exact: int = 0  # of `both`
    found: int = 0  # spans
    wanted: int = 0
    matched: int = 0

    def add(self, intents: Floats | None, scores: Floats | None, intent: int, tags: list[int]) -> None:
        """intents: (intents,) probabilities; scores: (words, tags) logits; None where nobody asks. Then gold labels:
        an intent below 0 is not known.
        """
        same_spans = True
        if scores is not None:
            intents, path = self.structure.decide(intents, scores)
            said, gold = (set(spans([self.structure.tags[t] for t in chosen])) for chosen in (path, tags))
            self.found, self.wanted = self.found + len(said), self.wanted + len(gold)
            self.matched += len(said & gold)
            self.slots += 1
            same_spans = said == gold
        if intents is not None and intent >= 0:
            is_right = int(intents.argmax()) == intent
            self.right += is_right
            self.intents += 1
            if scores is not None:
                self.both += 1
                self.exact += is_right and same_spans

    def scores(self) -> dict[str, float]:
        """Fractions of 1, of what was asked: `intent`, `slot_f1` (micro, exact spans), `exact_match` (both)."""
        figures: dict[str, float] = {}
        if self.intents:
            figures["intent"] = self.right / self.intents
        if self.slots:
            figures["slot_f1"] = 2 * self.matched / max(1, self.found + self.wanted)
        if self.both:
            figures["exact_match"] = self.exact / self.both
        return figures
