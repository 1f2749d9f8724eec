"""Writes dual-encoder bundles of RoBERTa's shapes with random weights, to time what real ones take.

python -m training.shapes            # base and large, fp32 and int8: some 5 GB
python -m training.shapes base int8  # 0.25 GB
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

from training.shapes import bundles, graph, tokenizer

SIZES, PRECISIONS = list(graph.SHAPES), ["fp32", "int8"]  # fp32 first: int8 is made from it
# What a bundle takes while it is made, in GB: the graphs, and for int8 the fp32 graph and a copy of it.
ROOM = {("base", "fp32"): 1.1, ("base", "int8"): 1.3, ("large", "fp32"): 2.9, ("large", "int8"): 3.7}
GB = 1e9


def chosen(words: list[str]) -> list[tuple[str, str]]:
    """The bundles that fit the words: "base" is both precisions of it, "int8" both sizes, nothing means all."""
    sizes = [size for size in SIZES if size in words] or SIZES
    precisions = [precision for precision in PRECISIONS if precision in words] or PRECISIONS
    return [(size, precision) for size in sizes for precision in precisions]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="npm run shapes --", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("which", nargs="*", metavar="WHICH", help="of base, large, fp32, int8; all by default")
    parser.add_argument("--out", type=Path, default=Path("shapes"))
    args = parser.parse_args()
    unknown = set(args.which) - {*SIZES, *PRECISIONS}
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))} is none of {', '.join([*SIZES, *PRECISIONS])}")
    args.out.mkdir(parents=True, exist_ok=True)
    labels = bundles.labels_of(Path("models/dual-en/bundle.json"))
    tokens, merges = tokenizer.read_gguf(Path("models/onepass-en/decoder.gguf"))
    words = tokenizer.tokenizer_json(tokenizer.vocabulary(tokens, tokenizer.MASK_ID), merges)
    for size, precision in chosen(args.which):
        folder = args.out / bundles.name_of(size, precision)
        free = shutil.disk_usage(args.out).free / GB
        if not bundles.is_made(folder) and free < ROOM[size, precision]:
            sys.exit(f"shapes: {folder} needs {ROOM[size, precision]} GB, {args.out} has {free:.1f} GB free")
        started = time.monotonic()
        bundles.make(args.out, size, precision, labels, words)
        took, size_bytes = time.monotonic() - started, sum((folder / file).stat().st_size for file in bundles.FILES)
        print(f"{folder} (and {bundles.BESIDE[1:]}): {size_bytes / GB:.2f} GB, {took:.0f} s", flush=True)


if __name__ == "__main__":
    main()
