"""A schema that is not MASSIVE's: rows with intents alone, a label that rejects, texts out of scope."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from training import data
from training.sets import CREDITS, NAMES, card_texts

INTENTS = {"alarm": "wake me at nine please", "music": "play some jazz", "oos": "why does the shuttle orbit"}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


def clinc(folder: Path) -> Path:
    """A small folder in the layout of `training.prepare`, of our own sentences."""
    rows = [{"id": f"{name}{i}", "text": text, "intent": name} for name, text in INTENTS.items() for i in range(6)]
    for split in ("train", "dev"):
        write(folder / "clinc150" / f"{split}.jsonl.gz", rows)
    return folder


def test_words_without_tags_are_outside_of_every_slot(tmp_path: Path) -> None:
    row = data.read_set(clinc(tmp_path), "clinc150", "dev")[0]
    assert row["tokens"] == ["wake", "me", "at", "nine", "please"]
    assert row["slots"] == ["O"] * 5


def test_labels_are_those_of_the_rows(tmp_path: Path) -> None:
    found = data.schema(clinc(tmp_path), "clinc150")
    assert found == {"intent": ["alarm", "music", "oos"], "slots": ["O"], "topic": []}


def test_rows_with_dev_cut_are_dev_where_there_is_no_dev_file(tmp_path: Path) -> None:
    rows = [{"id": str(i), "text": "a b", "intent": "x", **({"dev_cut": True} if i == 2 else {})} for i in range(4)]
    write(tmp_path / "banking77" / "train.jsonl.gz", rows)
    train, dev = ([row["id"] for row in data.read_set(tmp_path, "banking77", split)] for split in ("train", "dev"))
    assert (train, dev) == (["0", "1", "3"], ["2"])


def test_each_set_has_its_credits_and_its_own_commands() -> None:
    assert set(CREDITS) == set(NAMES) == {*data.SETS, data.OWN}
    assert [card_texts(name).files for name in ("massive", "snips")] == [
        ("massive/dev.jsonl.gz", "20newsgroups/train.jsonl.gz --cut last-tenth"),
        ("snips/dev.jsonl.gz",),
    ]


def base(folder: Path) -> Path:
    pytest.importorskip("torch", reason="torch trains")
    pytest.importorskip("transformers", reason="transformers holds the encoders")
    from training.tests.bases import write_base

    return write_base(folder, "bert")


def test_only_what_is_far_from_every_row_is_out_of_scope(tmp_path: Path) -> None:
    near, far = {"text": "play some jazz"}, {"text": "the shuttle reached its orbit"}
    encoder = base(tmp_path)
    from training.outside import far_rows

    known = [{"text": text} for text in ("play some jazz", "play some jazz please", "wake me at nine")]
    assert far_rows([near, far], known, encoder, 0.5) == [far]


def test_a_bundle_of_another_set_rejects(tmp_path: Path) -> None:
    encoder = base(tmp_path / "base")
    pytest.importorskip("onnxscript", reason="onnxscript exports")
    from training.config import load
    from training.encoder import train
    from training.encoder_config import EncoderConfig
    from training.export_encoder import export

    outside = [{"text": "its orbit", "tokens": ["its", "orbit"], "slots": ["O", "O"], "intent": "oos"}] * 4
    settings = {
        "base": encoder,
        "data": clinc(tmp_path / "data"),
        "out": tmp_path / "run",
        "outside": write(tmp_path / "outside.jsonl.gz", outside),
        "set": "clinc150",
        "reject": "oos",
    }
    lines = [f'{name} = "{value}"' for name, value in settings.items()]
    lines += ['tasks = ["intent"]', "reject_copies = 2", "outside_batch = 2", "steps = 2", "batch = 8"]
    config = tmp_path / "config.toml"
    config.write_text("\n".join([*lines, "evaluate_every = 2"]))
    train(load(EncoderConfig, str(config)))
    logged = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert {"clinc150", "outside"} < set(logged[0])
    assert {"dev auroc", "dev in_scope"} < set(logged[-1])
    export([config], tmp_path / "bundle", "0.1.0", ["A note."])
    intent = json.loads((tmp_path / "bundle" / "bundle.json").read_text())["tasks"]["intent"]
    assert (intent["labels"], intent["reject"]) == (["alarm", "music", "oos"], "oos")
    assert 0 < intent["oos_threshold"] < 1
    card = (tmp_path / "bundle" / "MODEL_CARD.md").read_text()
    assert "CLINC150 train (CC BY 3.0" in card
    assert "A note." in card
    assert "Newsgroups" not in card
