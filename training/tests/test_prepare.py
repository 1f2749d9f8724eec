"""The readers of upstream archives, on archives made here."""

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest

from training.data import read_rows
from training.prepare import prepare
from training.upstream import MalformedInput, annotated


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, body in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            tar.addfile(entry, io.BytesIO(body))
    return path


def utterance(number: int, annotation: str, **changed: str) -> dict[str, str]:
    row = {"id": str(number), "partition": "train", "scenario": "alarm", "intent": "alarm_set", "utt": "unused"}
    return {**row, "annot_utt": annotation, **changed}


def massive(folder: Path, rows: list[dict[str, str]], locale: str = "en-US") -> Path:
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n"
    return archive(folder / "massive.tar.gz", {"1.0/LICENSE": b"-", f"1.0/data/{locale}.jsonl": lines.encode()})


def test_massive_becomes_joint_rows_and_labels(tmp_path: Path) -> None:
    source = massive(
        tmp_path,
        [
            utterance(1, "ring at [time : half  past six] on [date : monday]"),
            utterance(2, "[food_type : soup] please", partition="dev", scenario="takeaway", intent="takeaway_order"),
        ],
    )
    prepare("massive", source, tmp_path)
    assert read_rows(tmp_path / "massive/train.jsonl.gz") == [
        {
            "id": "1",
            "split": "train",
            "text": "ring at half past six on monday",
            "tokens": ["ring", "at", "half", "past", "six", "on", "monday"],
            "slots": ["O", "O", "B-time", "I-time", "I-time", "O", "B-date"],
            "intent": "alarm_set",
            "scenario": "alarm",
            "entities": [
                {"type": "time", "value": "half past six", "start": 8, "end": 21},
                {"type": "date", "value": "monday", "start": 25, "end": 31},
            ],
        }
    ]
    assert read_rows(tmp_path / "massive/dev.jsonl.gz")[0]["slots"] == ["B-food_type", "O"]
    assert json.loads((tmp_path / "massive/labels.json").read_text()) == {
        "intents": ["alarm_set", "takeaway_order"],
        "scenarios": ["alarm", "takeaway"],
        "slots": ["date", "food_type", "time"],
    }


def test_a_language_without_spaces_is_cut_into_characters(tmp_path: Path) -> None:
    prepare("massive", massive(tmp_path, [utterance(1, "olly [time : 六時]に")], "ja-JP"), tmp_path, "ja-JP")
    row = read_rows(tmp_path / "massive-locales/ja-JP.train.jsonl.gz")[0]
    assert row["tokens"] == ["o", "l", "l", "y", "六", "時", "に"]
    assert row["slots"][4:] == ["B-time", "I-time", "O"]


@pytest.mark.parametrize(
    ("annotation", "text", "found"),
    [
        ("plain words", "plain words", []),
        ("  [a : x]  [b:y z] ", "x y z", [("a", 0, 1), ("b", 2, 5)]),
        ("at [time : 5:30]", "at 5:30", [("time", 3, 7)]),
    ],
)
def test_annotations(annotation: str, text: str, found: list[tuple[str, int, int]]) -> None:
    assert annotated(annotation) == (text, found)


@pytest.mark.parametrize("annotation", ["at [time : nine", "at time] : nine", "at [time : ]", "at [ : nine]"])
def test_a_broken_annotation_is_refused_with_its_line(tmp_path: Path, annotation: str) -> None:
    source = massive(tmp_path, [utterance(1, "fine"), utterance(2, annotation)])
    with pytest.raises(MalformedInput, match=r"en-US.jsonl, line 2: "):
        prepare("massive", source, tmp_path)
    assert not (tmp_path / "massive").exists()


def test_a_missing_field_a_missing_locale_and_a_cut_archive_are_named(tmp_path: Path) -> None:
    with pytest.raises(MalformedInput, match="line 1: KeyError: 'annot_utt'"):
        prepare("massive", massive(tmp_path, [{"id": "1"}]), tmp_path)
    whole = massive(tmp_path, [utterance(1, "fine")])
    with pytest.raises(MalformedInput, match=r"no data/de-DE.jsonl"):
        prepare("massive", whole, tmp_path, "de-DE")
    whole.write_bytes(whole.read_bytes()[:60])
    with pytest.raises(MalformedInput, match="not a whole tar archive"):
        prepare("massive", whole, tmp_path)


def test_posts_are_read_as_latin_1_in_order_of_their_number(tmp_path: Path) -> None:
    source = archive(
        tmp_path / "news.tar.gz",
        {
            "20news-bydate-train/sci.space/100": b"Subject: a\r\n\ncaf\xe9\n",
            "20news-bydate-train/sci.space/9": b"nine\n",
            "20news-bydate-test/rec.autos/1": b"t\n",
            "README": b"-",
        },
    )
    prepare("newsgroups", source, tmp_path)
    assert read_rows(tmp_path / "20newsgroups/train.jsonl.gz") == [
        {"id": "train/sci.space/9", "split": "train", "text": "nine\n", "topic": "sci.space", "topic7": "sci"},
        {
            "id": "train/sci.space/100",
            "split": "train",
            "text": "Subject: a\r\n\ncafé\n",
            "topic": "sci.space",
            "topic7": "sci",
        },
    ]
    assert [row["id"] for row in read_rows(tmp_path / "20newsgroups/test.jsonl.gz")] == ["test/rec.autos/1"]
    with pytest.raises(MalformedInput, match="holds no 20news"):
        prepare("newsgroups", archive(tmp_path / "other.tar.gz", {"a": b""}), tmp_path)


def test_snips_lines_are_zipped(tmp_path: Path) -> None:
    part = tmp_path / "upstream" / "valid"
    part.mkdir(parents=True)
    (part / "seq.in").write_text("play it \nhello\n")
    (part / "seq.out").write_text("O B-track\nO\n")
    (part / "label").write_text("PlayMusic\nGreet\n")
    prepare("snips", part.parent, tmp_path)
    first = read_rows(tmp_path / "snips/dev.jsonl.gz")[0]
    assert first == {
        "id": "dev-0",
        "split": "dev",
        "text": "play it",
        "tokens": ["play", "it"],
        "slots": ["O", "B-track"],
        "intent": "PlayMusic",
    }
    (part / "seq.out").write_text("O\nO\n")
    with pytest.raises(MalformedInput, match="line 1: 2 tokens, 1 tags"):
        prepare("snips", part.parent, tmp_path)


def test_clinc150_keeps_out_of_scope_rows_and_learns_scenarios(tmp_path: Path) -> None:
    source = tmp_path / "data_full.json"
    source.write_text(
        json.dumps({"oos_val": [["eh", "oos"]], "val": [["hi", "greeting"]], "train": [["yo", "greeting"]]})
    )
    (tmp_path / "domains.json").write_text('{"small_talk": ["greeting"]}')
    prepare("clinc150", source, tmp_path)
    assert [(row["id"], row["scenario"]) for row in read_rows(tmp_path / "clinc150/dev.jsonl.gz")] == [
        ("oos_val-0", "oos"),
        ("val-0", "small_talk"),
    ]
    source.write_text('{"train": [["only a text"]]}')
    with pytest.raises(MalformedInput, match=r"train\[0\]: not \[text, intent\]"):
        prepare("clinc150", source, tmp_path)


def test_banking77_marks_a_stable_tenth_as_dev(tmp_path: Path) -> None:
    source = tmp_path / "train.csv"
    lines = [f'"where is my card, number {i}?",card_arrival' for i in range(1000)]
    source.write_text("text,category\n" + "\n".join(lines))
    prepare("banking77", source, tmp_path)
    rows = read_rows(tmp_path / "banking77/train.jsonl.gz")
    assert rows[7] | {"dev_cut": None} == {
        "id": "train-7",
        "split": "train",
        "text": "where is my card, number 7?",
        "intent": "card_arrival",
        "dev_cut": None,
    }
    assert 70 < sum("dev_cut" in row for row in rows) < 130
    source.write_text("utterance\nhello\n")
    with pytest.raises(MalformedInput, match="columns text and category"):
        prepare("banking77", source, tmp_path)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    source = massive(tmp_path, [utterance(1, "fine")])
    for name in ("a", "b"):
        prepare("massive", source, tmp_path / name)
    first, second = ((tmp_path / name / "massive/train.jsonl.gz").read_bytes() for name in ("a", "b"))
    assert first == second
    assert gzip.decompress(first).endswith(b"\n")
