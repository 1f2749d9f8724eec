"""Turns trained runs into a bundle that the server serves.

    python -m training.export --run training/runs/decoder-12l --out models/onepass-en --matrices Q8_0
    python -m training.export --run training/runs/encoder-joint --out models/joint-en
    python -m training.export --run training/runs/encoder-intent-topic training/runs/encoder-slots \\
        --out models/dual-en
    python -m training.export --run training/runs/decoder-12l-intent training/runs/decoder-12l-slots \\
        --out models-built/onepass-smollm2-12l-dual
"""

import argparse
import tomllib
from pathlib import Path

from training.config import DecoderConfig, load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", nargs="+", type=Path, required=True, help="folders of runs; two make a dual bundle")
    parser.add_argument(
        "--out", type=Path, required=True, help="the bundle's folder; its last part is the bundle's name"
    )
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--matrices", default="Q8_0", choices=["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "F16"])
    parser.add_argument("--tolerance", type=float, default=1.0, help="of the decoder's golden logits")
    parser.add_argument("--note", action="append", default=[], help="a remark for the card, on how the run went")
    args = parser.parse_args()
    configs = [run / "config.toml" for run in args.run]
    settings = tomllib.loads(configs[0].read_text())
    if settings.get("objectives") == ["write"]:
        from training import export_writers

        export_writers.export(configs, args.out, args.version, args.matrices)
    elif "layers" in settings:
        from training import export_decoder

        config = load(DecoderConfig, str(configs[0]))
        export_decoder.export(config, args.out, args.version, args.matrices, args.tolerance, args.note)
    else:
        from training import export_encoder

        export_encoder.export(configs, args.out, args.version, args.note)


if __name__ == "__main__":
    main()
