"""Training on rows of one's own, end to end on tiny bases: events, resuming, what a bundle says."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch trains")
pytest.importorskip("transformers", reason="transformers holds the encoders")
pytest.importorskip("onnxscript", reason="onnxscript exports")

from training.batches import IGNORED, Utterance  # noqa: E402
from training.own.__main__ import put_base  # noqa: E402
from training.own.events import Events  # noqa: E402
from training.own.learn import OwnRun, learn  # noqa: E402
from training.own.losses import label_loss, window  # noqa: E402
from training.tests.bases import write_base  # noqa: E402
from training.tests.own_rows import rows  # noqa: E402
from training.tests.test_sets import write  # noqa: E402

ROOT = Path(__file__).parents[2]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    posts = [
        {"id": f"p{i}", "text": f"{word} number {i} " * (1 + 40 * (i % 3)), "topic": topic}
        for topic, word in (("rec.autos", "engine"), ("sci.space", "orbit"))
        for i in range(4)
    ]
    oos = [{"id": f"o{i}", "text": f"why {i} whales", "intent": "oos"} for i in range(4)]
    for split in ("train", "dev"):
        write(tmp_path / "work" / "own" / f"{split}.jsonl.gz", [*rows(split), *posts, *oos])
    write_base(tmp_path / "base", "bert")
    return tmp_path / "work"


DECODER = ROOT / "models" / "onepass-en"


@pytest.mark.skipif(not (DECODER / "decoder.gguf").exists(), reason="models/onepass-en is not here")
def test_a_decoder_goes_on_from_the_one_that_ships(work: Path) -> None:
    pytest.importorskip("gguf", reason="gguf reads and writes the weights")
    events = train(work, "--quick", "--model", "decoder", "--base", str(DECODER))
    folder = Path(events[-1]["folder"])
    manifest = json.loads((folder / "bundle.json").read_text())
    model = manifest["model"]
    assert model["engine"] == "single-pass"
    assert set(model["read_outs"]) == {"intent", "topic"}
    assert model["label_start"]["intent"] == max(model["read_outs"].values()) + 1
    assert manifest["tasks"]["intent"]["reject"] == "oos"
    assert manifest["tasks"]["topic"]["evidence"]["file"] in manifest["files"]
    losses = [event["loss"] for event in events if event["event"] == "step"]
    assert losses[-1] < losses[0]


def command(work: Path, *more: str) -> list[str]:
    base = work.parent / "base"
    return ["--work", str(work), "--model", "encoder", "--base", str(base), "--name", "mine", "--reject", "oos", *more]


def train(work: Path, *more: str) -> list[dict[str, Any]]:
    """The events of a training in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "training.own", *command(work, *more)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_bundle_of_every_task_that_the_rows_have(work: Path) -> None:
    events = train(work, "--quick", "--version", "1.2.3", "--license", "MIT")
    names = [event["event"] for event in events]
    assert names[:2] == ["start", "train"]
    assert names[-2:] == ["export", "done"]
    assert {"step", "scores"} < set(names)
    assert {"auroc", "in_scope", "slot_f1", "topic"} <= set(next(e for e in events if e["event"] == "scores")["scores"])
    done = events[-1]
    assert {"loss", "dev slot_f1"} < {name for entry in done["curve"] for name in entry}
    manifest = json.loads((Path(done["folder"]) / "bundle.json").read_text())
    assert (manifest["name"], manifest["version"], manifest["license"]) == ("mine", "1.2.3", "MIT")
    assert manifest["tasks"]["intent"]["labels"] == ["ask", "oos", "tell"]
    assert manifest["tasks"]["intent"]["reject"] == "oos"
    assert manifest["tasks"]["topic"]["groups"] == {"rec.autos": "rec", "sci.space": "sci"}
    assert manifest["model"]["engine"] == "joint-encoder"
    card = (Path(done["folder"]) / "MODEL_CARD.md").read_text()
    assert "fine-tuned on own data" in card
    assert str(work) not in card
    again = train(work, "--quick")
    assert [event["event"] for event in again] == ["start", "export", "done"]


def test_a_training_that_was_ended_goes_on_where_it_was(work: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "training.own", *command(work)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "step":
            os.kill(process.pid, signal.SIGTERM)
            break
    rest = [json.loads(line)["event"] for line in process.stdout]
    assert (process.wait(), rest[-1]) == (130, "stopped")
    steps = OwnRun(work / "encoder").steps()
    assert steps > 0
    events = train(work)
    assert next(event for event in events if event["event"] == "train")["step"] == steps
    logged = [json.loads(line) for line in (work / "encoder" / "log.jsonl").read_text().splitlines()]
    losses = [entry["step"] for entry in logged if "loss" in entry]
    assert losses == sorted(set(losses))


class Scripted:
    """Scores as they are written down; its one weight is the number of steps."""

    def __init__(self, scores: list[float]) -> None:
        self.model = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(self.model.weight)
        self.optimizer = torch.optim.SGD(self.model.parameters())
        self.left = scores

    def loss(self) -> Any:
        return -self.model.weight.sum()

    def scores(self) -> dict[str, float]:
        return {"intent": self.left.pop(0), "exact_match": 0.0}


@pytest.mark.parametrize(
    ("scores", "kept", "taken"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0], 10, 10),  # better to the end
        ([0.5] * 10, 10, 10),  # of equal scores the last
        ([0.1, 0.9, *[0.5] * 8], 2, 6),  # none better for four times, in the second half
        ([*[0.0] * 5, 0.9, *[0.5] * 4], 6, 10),  # what is hard is learnt late
    ],
)
def test_the_weights_that_are_best_on_dev_are_kept(tmp_path: Path, scores: list[float], kept: int, taken: int) -> None:
    from types import SimpleNamespace

    run, out = OwnRun(tmp_path), io.StringIO()
    config = SimpleNamespace(steps=10, evaluate_every=1, lr=1.0, warmup=1)
    learn(Scripted(scores), config, run, Events(out), lambda: False)
    assert run.steps() == kept
    told = [json.loads(line)["event"] for line in out.getvalue().splitlines()]
    assert told.count("scores") == taken
    assert ("early" in told) == (taken < 10)


def test_texts_without_a_label_are_pulled_towards_saying_nothing() -> None:
    logits = torch.tensor([[4.0, 0.0], [4.0, 0.0]], requires_grad=True)
    label_loss(logits, torch.tensor([0, IGNORED]), 0.0, 0.5).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0 < logits.grad[1, 0]
    for gold in ([IGNORED, IGNORED], [0, 1]):
        assert torch.isfinite(label_loss(logits, torch.tensor(gold), 0.1, 0.1))


def test_a_head_begins_where_the_texts_of_its_labels_lie(tmp_path: Path) -> None:
    from training import batches
    from training.encoder_model import from_base
    from training.encoder_tokenizer import EncoderTokenizer
    from training.own.encoder import start_head

    base = write_base(tmp_path, "bert")
    tokenizer, labels = EncoderTokenizer(base / "tokenizer.json"), ["music", "orbit", "wake"]
    texts = {"music": "play some jazz", "orbit": "the shuttle reached its orbit", "wake": "wake me at nine thirty"}
    told = [{"text": f"{text} {i}", "intent": name} for name, text in texts.items() for i in range(3)]
    known = [{**row, "tokens": row["text"].split(" "), "slots": ["O"] * len(row["text"].split(" "))} for row in told]
    items = [batches.utterance(row, {"intent": labels}, tokenizer.encode_closed, None) for row in known]
    model = from_base(base, {"intent": len(labels)}, 0.0).eval()
    start_head(model, "intent", items, tokenizer, 64)
    batch = batches.collate(items, tokenizer.opened, 64)
    mask = torch.ones_like(batch.ids) if batch.mask is None else batch.mask.long()
    logits = model.text_logits("intent", model.states(batch.ids, mask), mask, batch.ids)
    assert (logits.argmax(-1) == batch.labels).all()
    ahead = logits.max(-1).values - logits.mean(-1)
    assert 1 < ahead.mean() < 10


def test_of_a_long_post_a_part_is_read_and_of_an_utterance_all() -> None:
    from random import Random

    post = Utterance([*range(10, 30), 3], [0, 5], IGNORED, [0, 0], [], topic=1)
    parts = [window(post, 8, 1, Random(seed)).ids for seed in range(40)]
    assert all(len(part) == 8 and part[-1] == 3 for part in parts)
    assert {part[0] for part in parts} >= {10}
    assert max(part[-2] for part in parts) == 29
    said = Utterance([*range(10, 30), 3], [0, 5], 0, [0, 0], [])
    assert window(said, 8, 1, Random(0)) is said


def test_a_base_that_is_none_is_named(work: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="holds neither a bundle"):
        put_base("encoder", tmp_path / "empty", work / "base-encoder")
    with pytest.raises(SystemExit, match=r"has no decoder\.gguf"):
        put_base("decoder", tmp_path / "empty", work / "base-decoder")


def test_the_body_of_a_bundle_is_a_base_again(work: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    from training.own.base import from_bundle

    folder = Path(train(work, "--quick")[-1]["folder"])
    from_bundle(folder, tmp_path / "again")
    found, weights = load_file(tmp_path / "again" / "model.safetensors"), OwnRun(work / "encoder")
    trained = torch.load(weights.checkpoint, weights_only=True)["model"]
    for name, part in found.items():
        wanted = trained[f"body.{name}"].numpy()
        assert part.shape == wanted.shape, name
        assert abs(part - wanted).max() <= 0.03 * abs(wanted).max() + 1e-6, name
    assert {f"body.{name}" for name in found} >= {name for name in trained if name.endswith("dense.weight")} - {
        "body.pooler.dense.weight"
    }
