"""Fits the table of evidence to train posts, and its weight beside a decoder to dev.

`training.export` does so for a new decoder, `training.recalibrate --evidence` for a bundle that is there.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from training import batches, bundle, calibrate, data
from training.decoder_reader import DecoderReader
from training.dev import DevSet
from training.encoder_score import read_post
from training.evidence_table import FILE, EvidenceTable, Floats, frequencies

BUCKETS = 1 << 17
RARITY = 1.5  # exponent of the inverse document frequency
DAMPING = 0.25  # of the square of a post's length as a vector, at the median
REGULARISATION, TOLERANCE = 100.0, 1e-6  # scikit-learn's C and tol, some 24 steps
WEIGHTS = np.geomspace(0.25, 8, 21)  # beside the decoder, of the table's own


def importances_of(posts: list[list[int]], opening: int) -> np.ndarray:
    """How much each bucket counts: a power of its inverse document frequency; 255 where no post has it."""
    seen = np.zeros(BUCKETS)
    for ids in posts:
        seen[frequencies(ids, opening, BUCKETS)[0]] += 1
    rarity = (1 + np.log((1 + len(posts)) / (1 + seen))) / (1 + np.log(1 + len(posts)))
    return np.round(255 * rarity**RARITY).astype(np.uint8)


def fit(posts: list[batches.Post], opening: int) -> EvidenceTable:
    """By logistic regression from posts with and without their headers. Weighs what the table says when alone."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    importances = importances_of([post.full[: data.MAX_POST_TOKENS] for post in posts], opening)
    table = EvidenceTable(importances, np.zeros((BUCKETS, 0), np.int8), opening, 0.0, 1.0)
    squares = [float((table.vector(post.full)[1] ** 2).sum()) for post in posts]
    table = replace(table, damping=round(DAMPING * float(np.median(squares))))
    rows = [table.features(ids) for post in posts for ids in (post.full, post.body)]
    ends = np.cumsum([0, *(len(found) for found, _ in rows)])
    found, values = (np.concatenate(column) for column in zip(*rows, strict=True))
    vectors = csr_matrix((values.astype(np.float32), found, ends), shape=(len(rows), BUCKETS))
    model = LogisticRegression(C=REGULARISATION, fit_intercept=False, tol=TOLERANCE)
    weights = model.fit(vectors, np.repeat([post.topic for post in posts], 2)).coef_.T
    unit = float(np.abs(weights).max()) / 127
    return replace(table, weights=np.round(weights / unit).astype(np.int8), weight=unit)


def weighed(table: EvidenceTable, windows: list[tuple[Floats, Floats]], dev: DevSet) -> EvidenceTable:
    """With the weight that makes dev's topics likeliest beside a decoder, at the temperature that suits it best.

    windows: of each of dev's posts the decoder's scores, (windows, labels), and tokens.
    """
    evidence, gold = [table.scores(ids) for ids in dev.posts], np.array(dev.topics)

    def loss(weight: float) -> float:
        told = zip(windows, evidence, strict=True)
        pooled = np.stack([calibrate.pool_windows(scores + weight * said, tokens) for (scores, tokens), said in told])
        probabilities = calibrate.softmax(pooled, calibrate.fit(pooled, gold))
        return float(-np.log(probabilities[np.arange(len(gold)), gold] + 1e-12).mean())

    return replace(table, weight=float(f"{table.weight * min(WEIGHTS, key=loss):.4g}"))


def fit_beside(reader: DecoderReader, rows: Path, dev: DevSet, name: str = "massive") -> EvidenceTable:
    """Gives `reader`, a decoder, the table that suits it. rows: the folder of the data; name: a set of `data`."""
    reader.evidence = None
    windows = [read_post(reader, ids, dev.window) for ids in dev.posts]
    train = batches.posts(data.posts(rows, name, "train"), reader.vocabulary.labels["topic"], reader.vocabulary.encode)
    reader.evidence = weighed(fit(train, dev.window), windows, dev)
    return reader.evidence


def renew(folder: Path, manifest: dict[str, Any], reader: DecoderReader, rows: Path, dev: DevSet) -> None:
    """Gives a bundle the table that suits its decoder: the file, its entry and hash, and golden logits that have it."""
    before, table = reader.evidence, fit_beside(reader, rows, dev)
    table.write(folder)
    manifest["tasks"]["topic"]["evidence"] = table.entry()
    manifest["files"][FILE] = bundle.sha256(folder / FILE)
    for case in manifest["golden"]["cases"]:
        if "topic" not in case["logits"]:
            continue
        ids = case["ids"][len(reader.vocabulary.prompt(tuple(case["tasks"]), [])) :]
        moved = table.scores(ids) - (before.scores(ids) if before else 0)
        case["logits"]["topic"] = np.round(case["logits"]["topic"] + moved, bundle.DECIMALS).tolist()
