"""Writes runs that learnt a task each, by writing, as one `dual-decoder` bundle: a GGUF a run, no read-outs."""

from pathlib import Path

from gguf import GGMLQuantizationType

from training import bundle, card, data, priors
from training.config import DecoderConfig, load
from training.export_decoder import BASE, load_run, write_gguf
from training.run import Run
from training.vocabulary import BOS, READ_OUT_TASKS


def export(configs: list[Path], out: Path, version: str, matrices: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    decoders, files, labels, steps = [], [], {}, []
    runs: list[DecoderConfig] = [load(DecoderConfig, str(config)) for config in configs]
    for config in runs:
        model, vocabulary = load_run(config)
        file = f"{'-'.join(config.tasks)}.gguf"
        write_gguf(out / file, model, vocabulary, f"{out.name} {file}", GGMLQuantizationType[matrices])
        read_outs = {task: vocabulary.read_outs[task] for task in READ_OUT_TASKS if task in config.tasks}
        prompt = {"kind": "read-outs", "bos": BOS, "read_outs": read_outs}
        decoders.append({"file": file, "tasks": list(config.tasks), "prompt": prompt, "values": "of-text"})
        files.append(file)
        labels |= {task: vocabulary.labels[task] for task in config.tasks}
        steps.append(Run(config.out).steps())
    ordered = {task: labels[task] for task in ("intent", "slots", "topic") if task in labels}
    manifest = {
        "name": out.name,
        "version": version,
        "description": f"The dual-decoder baseline: {len(runs)} decoders of {len(runs[0].layers)} layers, "
        f"each fine-tuned to write the answer to its own task, {matrices}.",
        "language": "en",
        "license": "Apache-2.0",
        "tasks": bundle.task_entries(
            ordered, {task: {"temperature": 1.0} for task in ordered}, priors=priors.read(runs[0].data, ordered)
        ),
        "limits": {"window_tokens": runs[0].max_tokens - 1 - len(READ_OUT_TASKS), "max_tokens": data.MAX_POST_TOKENS},
        "text": {"nfkc": True, "lowercase": True},
        "model": {"engine": "dual-decoder", "decoders": decoders},
        "provenance": {
            "base": f"onepass-smollm2-12l 0.2.0; that: {BASE}",
            "data": ["MASSIVE 1.0 en-US train (CC BY 4.0)"],
            "steps": steps,
            "quantization": matrices,
            "commands": [
                *(f"python -m training.decoder --config training/configs/{run.out.name}.toml" for run in runs),
                f"python -m training.export --run {' '.join(str(run.out) for run in runs)} --out {out}",
            ],
            "configs": [run.path.read_text(encoding="utf-8") for run in runs],
        },
        "golden": {"tolerance": 0.5, "cases": []},
    }
    bundle.write_bundle(out, manifest, files)
    card.write_card(out)
    print(f"{out}: {matrices}, steps {steps}")
