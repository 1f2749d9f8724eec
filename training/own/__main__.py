"""Trains a model on rows of one's own and exports it, for `onepass train`, which makes the rows and reads the events.

    python -m training.own --work FOLDER --model encoder --base models/joint-en --name mine

The folder holds `own/train.jsonl.gz` and `own/dev.jsonl.gz`; the run comes to FOLDER/MODEL, the bundle to
FOLDER/bundles/NAME. Ended by a signal it leaves a checkpoint, and the same command goes on from there.
"""

import argparse
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from random import Random
from typing import Any

from training import data
from training.own.events import Events
from training.own.fetch import NAME, fetched
from training.own.recipe import Recipe, recipe

TASKS = ("intent", "slots", "topic")
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
MAX_TOKENS = 128
MODELS = Path(__file__).resolve().parents[2] / "models"
SHIPPED = {"encoder": "joint-en", "decoder": "onepass-en"}


def tasks_of(rows: list[data.Row]) -> list[str]:
    """What rows can teach."""
    labelled = {
        "intent": any("intent" in row for row in rows),
        "slots": any(tag != "O" for row in rows for tag in row["slots"]),
        "topic": any("topic" in row for row in rows),
    }
    return [task for task in TASKS if labelled[task]]


def base_of(model: str) -> str:
    """Where its base lies in the folder of the work."""
    return f"base-{model}"


def settings_of(model: str, how: Recipe, tasks: list[str], reject: str | None, seed: int) -> dict[str, Any]:
    """A run's config: paths are relative to the folder of the work, so that a card can show them."""
    common = {
        "base": base_of(model),
        "data": ".",
        "out": model,
        "set": data.OWN,
        "tasks": tasks,
        "steps": how.steps,
        "batch": how.batch,
        "evaluate_every": how.evaluate_every,
        "lr": how.lr,
        "warmup": how.warmup,
        "max_tokens": MAX_TOKENS,
        "slot_weight": 2.0,
        "swap_values": 0.2,
        "seed": seed,
        **({"reject": reject, "reject_copies": how.reject_copies} if reject else {}),
    }
    if model == "encoder":
        return common
    from gguf import GGUFReader

    fields = GGUFReader(base_of(model)).fields
    tokens, kinds = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type"))
    controls = [i for i, kind in enumerate(kinds) if kind == 3 and tokens[i] in ("<intent>", "<topic>")]
    return common | {
        "layers": list(range(fields["llama.block_count"].contents())),
        "text_tokens": min(controls, default=len(tokens)),
        "window_tokens": 0,
        "window_lengths": [],
        "save_every": how.evaluate_every,
    }


def toml_of(settings: dict[str, Any]) -> str:
    """JSON's strings, numbers and lists of them are TOML's, too."""
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.items())


def usual_base(model: str, bases: Path, events: Events) -> Path:
    shipped = MODELS / SHIPPED[model]
    return fetched(bases, shipped, events) if model == "encoder" else shipped


def put_base(model: str, base: Path, to: Path) -> None:
    """base: a bundle of ours, or weights: a folder of Hugging Face's for encoders, a GGUF for decoders."""
    if to.exists():
        return
    # Interrupted, it leaves nothing that looks whole: a folder gets its name last.
    if model == "decoder":
        file = base / "decoder.gguf" if base.is_dir() else base
        if not file.exists():
            raise SystemExit(f"{base}: has no decoder.gguf")
        os.symlink(file, to)
    elif (base / "bundle.json").exists():
        from training.own.base import from_bundle

        from_bundle(base, to)
    elif (base / "model.safetensors").exists() and (base / "tokenizer.json").exists():
        shutil.copytree(base, to)
        config = json.loads((to / "config.json").read_text(encoding="utf-8"))
        told = {} if base.name == NAME else {"made_of": base.name}  # the card knows where the usual one comes from
        (to / "config.json").write_text(json.dumps({**told, **config}, indent=1), encoding="utf-8")
    else:
        raise SystemExit(f"{base}: holds neither a bundle of onepass nor model.safetensors with tokenizer.json")


def train(args: argparse.Namespace, events: Events, stopped: list[int]) -> None:
    from training.config import DecoderConfig, load
    from training.encoder_config import EncoderConfig
    from training.own.learn import OwnRun, learn

    rows = data.read_set(Path("."), data.OWN, "train")
    rejected = sum(row.get("intent") == args.reject for row in rows) if args.reject else 0
    tasks = tasks_of(rows)
    how = recipe(args.model, len(rows), rejected, "slots" in tasks, args.quick)
    run = OwnRun(Path(args.model))
    config_file = run.folder / "config.toml"
    if not config_file.exists():
        config_file.write_text(toml_of(settings_of(args.model, how, tasks, args.reject, args.seed)))
    if run.done.exists():
        return
    first = run.steps() if run.checkpoint.exists() else 0
    import torch

    torch.manual_seed(args.seed)
    rng = Random(args.seed + first)
    if args.model == "encoder":
        from training.own.encoder import EncoderLearner

        config = load(EncoderConfig, str(config_file))
        learn(EncoderLearner(config, first, rng), config, run, events, lambda: bool(stopped))
    else:
        from training.own.decoder import DecoderLearner

        config = load(DecoderConfig, str(config_file))
        learn(DecoderLearner(config, first, rng), config, run, events, lambda: bool(stopped))


def export(args: argparse.Namespace) -> Path:
    """The bundle; it takes a minute for an encoder, three for a decoder."""
    from training import bundle, card

    out = Path("bundles") / args.name
    config = Path(args.model) / "config.toml"
    if args.model == "encoder":
        from training import export_encoder

        export_encoder.export([config], out, args.version)
    else:
        from training import export_decoder
        from training.config import DecoderConfig, load

        export_decoder.export(load(DecoderConfig, str(config)), out, args.version, args.matrices, 1.0, [])
    manifest = json.loads((out / "bundle.json").read_text(encoding="utf-8"))
    bundle.write_manifest(out, manifest | {"license": args.license})
    card.write_card(out)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model", choices=("encoder", "decoder"), required=True)
    parser.add_argument("--base", type=Path, help="of encoders, fetched by default")
    parser.add_argument("--bases", type=Path, help="where a base that is fetched is kept; needed without --base")
    parser.add_argument("--name", required=True, help="the bundle's")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--license", default="unknown")
    parser.add_argument("--matrices", default="Q8_0", help="how a decoder's GGUF is quantised")
    parser.add_argument("--reject", help="the intent that stands for what is out of scope")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    base, bases = (path and path.resolve() for path in (args.base, args.bases))
    os.chdir(args.work)
    events, stopped = Events.on_stdout(), list[int]()

    def stop(number: int, _frame: object) -> None:
        """The first signal is heeded after the step that is being taken, a second one at once."""
        stopped.append(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    events.tell("start", model=args.model)
    put_base(args.model, base or usual_base(args.model, bases, events), Path(base_of(args.model)))
    from training.own.learn import OwnRun, Stopped

    try:
        train(args, events, stopped)
    except Stopped:
        events.tell("stopped")
        sys.exit(INTERRUPTED)
    events.tell("export")
    out = export(args)
    run = OwnRun(Path(args.model))
    events.tell("done", folder=str(args.work / out), steps=run.steps(), curve=run.curve())


if __name__ == "__main__":
    main()
