import json

import pytest

from training import bundle, priors

TAGS = ["O", "B-time", "I-time", "B-date", "I-date"]
ROWS = [
    *[{"intent": "alarm", "slots": ["O", "B-time", "I-time", "B-time"]}] * 6,
    *[{"intent": "event", "slots": ["B-date", "O"]}] * 3,
]
POSTS = [{"topic": "sci.space"}] * 2


def test_a_prior_is_the_share_of_rows_and_half_a_row_for_what_was_never_seen() -> None:
    found = priors.shares(["alarm"] * 6 + ["event"] * 3, ["event", "joke", "alarm"])
    assert found == pytest.approx([3.5 / 10.5, 0.5 / 10.5, 6.5 / 10.5], abs=1e-6)
    assert sum(found) == pytest.approx(1)


def test_slots_are_counted_by_span_in_the_order_of_the_tags() -> None:
    found = priors.entries(ROWS, [], {"slots": TAGS})
    assert found == {"slots": pytest.approx([12.5 / 16, 3.5 / 16], abs=1e-6)}


def test_a_bundle_is_told_of_its_own_tasks_alone() -> None:
    assert list(priors.entries(ROWS, POSTS, {"intent": ["alarm", "event"], "topic": ["sci.space"]})) == [
        "intent",
        "topic",
    ]
    assert priors.entries(ROWS, POSTS, {"topic": ["sci.space", "rec.autos"]})["topic"] == [
        pytest.approx(2.5 / 3, abs=1e-6),
        pytest.approx(0.5 / 3, abs=1e-6),
    ]


def test_a_manifest_has_the_prior_beside_the_labels() -> None:
    tasks = bundle.task_entries({"intent": ["a"]}, {"intent": {"temperature": 1.0}}, priors={"intent": [1.0]})
    assert tasks == {"intent": {"labels": ["a"], "temperature": 1.0, "prior": [1.0]}}


def test_a_bundle_that_was_exported_without_gains_its_priors_and_keeps_the_rest(tmp_path, monkeypatch) -> None:
    manifest = {
        "name": "tiny",
        "version": "1.0.0",
        "tasks": {"intent": {"labels": ["alarm", "event"], "temperature": 1.5}},
        "provenance": {"set": "snips", "commands": ["made"]},
    }
    (tmp_path / "bundle.json").write_text(json.dumps(manifest))
    monkeypatch.setattr(priors.data, "read_set", lambda folder, name, split: ROWS if name == "snips" else [])
    monkeypatch.setattr(priors.card, "write_card", lambda folder: None)
    for _ in range(2):  # once more changes nothing
        priors.add(tmp_path, tmp_path, None)
    found = json.loads((tmp_path / "bundle.json").read_text())
    assert found["tasks"]["intent"]["prior"] == [0.65, 0.35]
    assert found["tasks"]["intent"]["temperature"] == 1.5
    assert found["version"] == "1.0.0"
    assert found["provenance"]["commands"] == ["made", "python -m training.priors --bundle models/tiny"]
