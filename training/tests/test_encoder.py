"""Encoders of both shapes, small and random: heads, losses, a run that is stopped and resumed, the exported graph."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch trains")
pytest.importorskip("transformers", reason="transformers holds the encoders")

from training import batches, data, evidence  # noqa: E402
from training.encoder_config import EncoderConfig  # noqa: E402
from training.encoder_model import Graph, from_base  # noqa: E402
from training.encoder_tokenizer import EncoderTokenizer  # noqa: E402
from training.sets import GOLDEN  # noqa: E402
from training.tests.bases import TOKENIZERS, write_base  # noqa: E402
from training.tests.sentences import SENTENCES, Word, tagged  # noqa: E402

LABELS = {"intent": ["ask", "tell"], "slots": ["O", "B-time", "I-time"], "topic": ["rec.autos", "sci.space"]}
SIZES = {task: len(labels) for task, labels in LABELS.items()}


@pytest.fixture(scope="module", params=TOKENIZERS)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp(request.param), request.param)


def test_padding_changes_no_answer(base: Path) -> None:
    model = from_base(base, SIZES, 0.1).eval()
    torch.nn.init.normal_(model.evidence.weight)
    ids = torch.tensor([[2, 10, 11, 12, 3]])
    padded = torch.cat([ids, torch.zeros(1, 4, dtype=torch.long)], 1)
    mask = (torch.arange(9)[None] < 5).long()
    states, wider = model.states(ids, torch.ones_like(ids)), model.states(padded, mask)
    first = torch.tensor([[1, 3]])
    for task in ("intent", "topic"):
        alone = model.text_logits(task, states, torch.ones_like(ids), ids)
        torch.testing.assert_close(alone, model.text_logits(task, wider, mask, padded), atol=1e-5, rtol=0)
    torch.testing.assert_close(model.tag_logits(states, first), model.tag_logits(wider, first), atol=1e-5, rtol=0)


def joint(words: list[Word]) -> dict[str, list[str]]:
    return {"tokens": [word for word, _ in words], "slots": [tag for _, tag in words]}


def test_a_tag_is_read_at_its_own_word(base: Path) -> None:
    tokenizer = EncoderTokenizer(base / "tokenizer.json")
    words = tagged("wake me at [nine thirty:time] please")
    row = {"text": " ".join(w for w, _ in words), **joint(words), "intent": "ask"}
    plain = batches.utterance(row, LABELS, tokenizer.encode_closed, None)
    batch = batches.collate([plain], tokenizer.opened, 128)
    read = [batch.ids[0, position].item() for position in batch.first[0]]
    assert read == [tokenizer.encode_piece(f" {word}")[0] for word, _ in words]
    assert [LABELS["slots"][tag] for tag in batch.tags[0]] == [tag for _, tag in words]
    for seed in range(50):
        item = batches.utterance(row, LABELS, tokenizer.encode_closed, Random(seed))
        assert [LABELS["slots"][tag] for tag in item.tags if tag] in (["B-time"], ["B-time", "I-time"])


def dataset(folder: Path) -> Path:
    """A small folder in the layout of `training.prepare`, of our own sentences."""

    def write(path: Path, rows: list[dict[str, Any]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))

    utterances = [
        {"id": str(i), "text": " ".join(w for w, _ in words), **joint(words), "intent": ("ask", "tell")[i % 2]}
        for i, words in enumerate(SENTENCES * 2)
    ]
    for split in ("train", "dev"):
        write(folder / "massive" / f"{split}.jsonl.gz", utterances)
    slots = sorted({tag[2:] for row in utterances for tag in row["slots"] if tag != "O"})
    (folder / "massive" / "labels.json").write_text(json.dumps({"intents": ["ask", "tell"], "slots": slots}))
    posts = [
        {"id": f"train/{topic}/{i}", "topic": topic, "text": f"Subject: {word}\n\n" + f"{word} number {i} " * 45}
        for topic, word in (("rec.autos", "engine"), ("sci.space", "orbit"))
        for i in range(20)
    ]
    write(folder / "20newsgroups" / "train.jsonl.gz", posts)
    return folder


@pytest.fixture
def configured(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., EncoderConfig]:
    learn = evidence.learn
    monkeypatch.setattr(evidence, "learn", lambda *arguments: learn(*arguments, steps=3))

    def build(**changed: Any) -> EncoderConfig:
        path = tmp_path / "run.toml"
        path.write_text("# settings of the test\n")
        usual = {
            "tasks": ["intent", "slots", "topic"],
            "steps": 4,
            "batch": 8,
            "evaluate_every": 2,
            "warmup": 1,
            "window_tokens": 48,
            "window_lengths": (16,),
            "dev_stride": 1,
            "out": tmp_path / "run",
        }
        return EncoderConfig(path=path, base=base, data=dataset(tmp_path / "data"), **{**usual, **changed})

    return build


def logged(config: EncoderConfig) -> list[dict[str, float]]:
    return [json.loads(line) for line in (config.out / "log.jsonl").read_text().splitlines()]


def test_a_stopped_run_goes_on_where_it_was(configured: Callable[..., EncoderConfig]) -> None:
    from training.encoder import train

    train(configured(steps=2))
    train(configured(steps=4))
    steps = [entry["step"] for entry in logged(configured()) if "massive" in entry]
    assert steps == [0, 1, 2, 3]
    assert (configured().out / "plot.png").stat().st_size > 0


def test_a_second_stage_starts_from_the_weights_of_the_first(configured: Callable[..., EncoderConfig]) -> None:
    from training.encoder import train
    from training.export_encoder import load_graph

    first = configured(steps=1, evaluate_every=1)
    train(first)
    second = configured(steps=1, evaluate_every=1, lr=0.0, out=first.out.with_name("second"), start=first.out)
    train(second)
    sizes = data.schema(first.data)
    before, after = (load_graph(config, sizes).state_dict() for config in (first, second))
    for name, weights in before.items():
        torch.testing.assert_close(after[name], weights)
    assert [entry["step"] for entry in logged(second) if "massive" in entry] == [0]


@pytest.mark.parametrize(
    ("tasks", "losses", "scores"),
    [
        (["slots"], {"massive"}, {"slot_f1"}),
        (["intent", "topic"], {"massive", "newsgroups"}, {"intent", "topic", "topic_without_headers"}),
    ],
)
def test_only_the_tasks_of_the_config_are_trained_and_scored(
    configured: Callable[..., EncoderConfig], tasks: list[str], losses: set[str], scores: set[str]
) -> None:
    from training.encoder import train

    config = configured(tasks=tasks, steps=1, evaluate_every=1)
    train(config)
    names = {name for entry in logged(config) for name in entry} - {"step"}
    assert names == losses | {f"dev {name}" for name in scores}


def test_training_learns(configured: Callable[..., EncoderConfig]) -> None:
    from training.encoder import train

    config = configured(steps=50, evaluate_every=50, lr=3e-3, outlier=0.0, dropout=0.0, smoothing=0.0)
    train(config)
    entries = logged(config)
    assert entries[-2]["massive"] < entries[0]["massive"] / 2
    assert entries[-1]["dev topic"] == entries[-1]["dev intent"] == 1.0


def test_the_exported_graphs_answer_as_torch_does(base: Path, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime runs the exported graph")
    pytest.importorskip("onnxscript", reason="onnxscript exports")
    from training.encoder_onnx import SETTINGS, OnnxReader, quantize, write_fp32

    model = from_base(base, SIZES, 0.0).eval()
    torch.nn.init.normal_(model.evidence.weight)
    write_fp32(tmp_path / "fp32.onnx", Graph(model).eval(), list(SIZES))
    tokenizer = EncoderTokenizer(base / "tokenizer.json")
    reader = OnnxReader([tmp_path / "fp32.onnx"], tokenizer)
    for text in ("wake me", "play some jazz at nine thirty on friday please", ""):
        prompt = tokenizer.prompt(tokenizer.encode(text)[0])
        ids = torch.tensor([prompt])
        states = model.states(ids, torch.ones_like(ids))
        found = reader.read(prompt, ("intent", "slots", "topic"))
        expected = model.text_logits("topic", states, torch.ones_like(ids), ids)[0]
        torch.testing.assert_close(torch.from_numpy(found["topic"]), expected, atol=1e-4, rtol=0)
        every = torch.arange(len(prompt))[None]
        tags = model.tag_logits(states, every)[0]
        torch.testing.assert_close(torch.from_numpy(found["slots"]), tags, atol=1e-4, rtol=0)
    for setting in SETTINGS.values():
        quantize(tmp_path / "fp32.onnx", tmp_path / "int8.onnx", setting)
        small = OnnxReader([tmp_path / "int8.onnx"], tokenizer).read(prompt, ("intent",))["intent"]
        assert abs(small - reader.read(prompt, ("intent",))["intent"]).max() < 0.1


def test_a_bundle_is_whole(configured: Callable[..., EncoderConfig], tmp_path: Path) -> None:
    pytest.importorskip("onnxscript", reason="onnxscript exports")
    from training import bundle, export_encoder
    from training.encoder import train

    config = configured(steps=1, evaluate_every=1)
    train(config)
    settings = {"base": config.base, "data": config.data, "out": config.out}
    lines = [f'{name} = "{value}"' for name, value in settings.items()]
    lines += ['tasks = ["intent", "slots", "topic"]', "steps = 1", "batch = 8", "evaluate_every = 1"]
    config.path.write_text("\n".join(lines))
    export_encoder.export([config.path], tmp_path / "bundle", "0.1.0")
    manifest = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    for name, digest in manifest["files"].items():
        assert bundle.sha256(tmp_path / "bundle" / name) == digest
    assert manifest["model"]["engine"] == "joint-encoder"
    assert [case["text"] for case in manifest["golden"]["cases"]] == [text for text, _ in GOLDEN]
    for case in manifest["golden"]["cases"]:
        assert set(case["logits"]) == set(case["tasks"])
        assert len(case["words"]) == len(case["word_positions"])
        assert "slots" not in case["logits"] or len(case["logits"]["slots"]) == len(case["words"])
    assert all(0.1 <= task["temperature"] <= 10 for task in manifest["tasks"].values())
    assert {"scale", "power"} == set(manifest["tasks"]["intent"]["margin_calibration"])
    assert {"scale", "shift"} == set(manifest["tasks"]["slots"]["span_calibration"])
    recalibrated(tmp_path / "bundle", config.data, manifest)


def recalibrated(folder: Path, rows: Path, exported: dict[str, Any]) -> None:
    """A bundle that has lost its calibration and its counts gets them back from its own files and the rows."""
    from training.recalibrate import recalibrate

    without = json.loads(json.dumps(exported))
    for task in without["tasks"].values():
        task["temperature"] = 1.0
        for name in ("margin_calibration", "span_calibration", "transitions", "compatibility"):
            task.pop(name, None)
    (folder / "bundle.json").write_text(json.dumps(without))
    recalibrate(folder, rows, None, counts=True)
    found = json.loads((folder / "bundle.json").read_text())
    assert found["provenance"].pop("commands")[:-1] == exported["provenance"]["commands"]
    assert {**found, "provenance": 0} == {**exported, "provenance": 0}
    recalibrate(folder, rows, "0.1.1", counts=True)
    again = json.loads((folder / "bundle.json").read_text())
    assert again["version"] == "0.1.1"
    assert len(again["provenance"]["commands"]) == len(exported["provenance"]["commands"]) + 1
