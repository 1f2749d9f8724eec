"""How long and how fast a model learns rows of one's own: passes for few rows, fewer for many."""

from dataclasses import dataclass

EVALUATIONS = 10  # of dev, over a whole training
PATIENCE = 4  # of these without a better score end it, in its second half
REJECT_SHARE = 0.03  # of what is read, at least, is out of scope where a label says so
MOST_COPIES = 8
MANY = 4_000  # rows
SLOTS = 1.5  # times the passes, where slots are learnt: tags take longer than a label of the whole text


@dataclass(frozen=True)
class Kind:
    batch: tuple[int, int]  # of few rows, of many: larger ones take less time a text and fewer steps a pass
    lr: float
    texts: int  # that are read, when there are few rows …
    passes: tuple[int, int]  # … in so many passes over them, at least and at most
    quick: float  # share of the passes with --quick


KINDS = {
    "encoder": Kind(batch=(32, 64), lr=3e-4, texts=30_000, passes=(5, 40), quick=0.3),
    "decoder": Kind(batch=(32, 64), lr=3e-4, texts=12_000, passes=(3, 30), quick=0.4),
}


@dataclass(frozen=True)
class Recipe:
    steps: int
    batch: int
    evaluate_every: int
    lr: float
    warmup: int
    reject_copies: int


def recipe(model: str, rows: int, rejected: int = 0, slots: bool = False, quick: bool = False) -> Recipe:
    """rows: of train, of which `rejected` are out of scope; slots: whether they have any."""
    kind = KINDS[model]
    least, most = kind.passes
    passes = min(most, max(least, kind.texts / rows)) * (SLOTS if slots else 1)
    few, many = kind.batch
    batch = min(many if rows >= MANY else few, max(2, rows // 4))  # a pass has some groups of texts of a length
    steps = max(20, round(passes * (kind.quick if quick else 1) * rows / batch))
    copies = min(MOST_COPIES, max(1, round(REJECT_SHARE * rows / rejected))) if rejected else 1
    return Recipe(
        steps=steps,
        batch=batch,
        evaluate_every=max(1, -(-steps // EVALUATIONS)),
        lr=kind.lr,
        warmup=max(1, min(100, steps // 10)),
        reject_copies=copies,
    )
