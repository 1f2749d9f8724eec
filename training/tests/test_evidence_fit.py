"""What a table of evidence learns from posts, how loud it is beside a decoder, and what becomes of a bundle's files."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="the readers' module trains, too")
pytest.importorskip("sklearn", reason="fits the table")
pytest.importorskip("gguf", reason="gguf reads the decoder's base")
pytest.importorskip("onnxruntime", reason="runs the decoder's graph")

from training import evidence_fit
from training.batches import Post
from training.bundle import sha256
from training.decoding import Structure
from training.dev import DevSet
from training.evidence_fit import WEIGHTS, fit, renew, weighed
from training.evidence_table import EvidenceTable

OPENING = 8
SHARED = list(range(100, 130))


def texts(topic: int, count: int, rng: np.random.Generator) -> list[list[int]]:
    """Thirty tokens of any topic, and six of this one among them."""
    return [rng.permutation([*rng.choice(SHARED, 30), *rng.choice(10, 6) + 10 * topic]).tolist() for _ in range(count)]


@pytest.fixture(scope="module")
def learnt() -> EvidenceTable:
    rng = np.random.default_rng(0)
    posts = [Post([90, *ids], ids, topic) for topic in range(3) for ids in texts(topic, 40, rng)]
    return fit(posts, OPENING)


def test_topics_are_told_apart_by_their_tokens(learnt: EvidenceTable) -> None:
    rng = np.random.default_rng(1)
    for topic in range(3):
        right = [learnt.scores(ids).argmax() == topic for ids in texts(topic, 20, rng)]
        assert np.mean(right) > 0.9


def test_what_every_post_has_counts_less_than_what_few_have(learnt: EvidenceTable) -> None:
    [everywhere], [seldom] = (evidence_of_token(learnt, token) for token in (90, 5))
    assert everywhere < seldom < 255


def evidence_of_token(table: EvidenceTable, token: int) -> list[int]:
    return table.importances[table.vector([token])[0]].tolist()


def test_a_word_alone_speaks_less_loudly_than_a_text(learnt: EvidenceTable) -> None:
    loud = np.abs(learnt.scores(list(range(10)))).max()
    assert np.abs(learnt.scores([5])).max() < loud / 2


def dev_of(posts: list[list[int]], topics: list[int]) -> DevSet:
    return DevSet([], posts, topics, 64, Structure.of(["O"]))


def test_the_evidence_weighs_more_the_less_a_decoder_knows(learnt: EvidenceTable) -> None:
    rng = np.random.default_rng(2)
    dev = dev_of([ids for topic in range(3) for ids in texts(topic, 40, rng)], [0] * 40 + [1] * 40 + [2] * 40)

    def weight(sureness: float) -> float:
        windows = [(rng.normal(size=(1, 3)) + sureness * np.eye(3)[[topic]], np.ones(1)) for topic in dev.topics]
        return weighed(learnt, windows, dev).weight

    ignorant, knowing = weight(0.0), weight(1.5)
    assert WEIGHTS[0] * learnt.weight <= knowing < ignorant


def test_evidence_that_says_nothing_true_is_hardly_heard(learnt: EvidenceTable) -> None:
    rng = np.random.default_rng(3)
    dev = dev_of([ids for topic in range(3) for ids in texts(topic, 40, rng)], rng.permutation([0, 1, 2] * 40).tolist())
    known = [(4 * np.eye(3)[[topic]] + rng.normal(size=(1, 3)), np.ones(1)) for topic in dev.topics]
    assert weighed(learnt, known, dev).weight < learnt.weight / 2


@pytest.mark.parametrize("had_one", [False, True])
def test_a_bundle_gets_the_file_its_hash_and_golden_logits_that_have_it(
    learnt: EvidenceTable, had_one: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = EvidenceTable(learnt.importances, -learnt.weights, OPENING, learnt.damping, 1.0) if had_one else None
    text, alone = [5, 100, 6], np.array([0.5, 0.25, 0.0])
    served = alone + (before.scores(text) if before else 0)
    topic, intent = {"intent": [2.0], "topic": served.tolist()}, {"intent": [3.0]}
    cases = [
        {"tasks": ["intent", "topic"], "ids": [1, 500, 501, *text], "logits": topic},
        {"tasks": ["intent"], "ids": [1, 500, *text], "logits": intent},
    ]
    manifest = {"tasks": {"topic": {}}, "files": {"decoder.gguf": "0"}, "golden": {"cases": cases}}
    vocabulary = SimpleNamespace(prompt=lambda tasks, ids: [1, *(500 for _ in tasks), *ids])
    reader = SimpleNamespace(vocabulary=vocabulary, evidence=before)
    monkeypatch.setattr(evidence_fit, "fit_beside", lambda *_: learnt)
    renew(tmp_path, manifest, reader, tmp_path, dev_of([], []))
    entry = manifest["tasks"]["topic"]["evidence"]
    assert EvidenceTable.read(tmp_path, entry, OPENING).scores(text) == pytest.approx(learnt.scores(text))
    assert manifest["files"] == {"decoder.gguf": "0", entry["file"]: sha256(tmp_path / entry["file"])}
    assert topic["topic"] == pytest.approx(alone + learnt.scores(text), abs=1e-3)
    assert (topic["intent"], intent) == ([2.0], {"intent": [3.0]})
    json.dumps(manifest)
