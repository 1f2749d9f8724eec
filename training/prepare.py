"""Turns the benchmarks' upstream archives into the JSON Lines that training and `npm run evaluate` read.

    python -m training.prepare massive amazon-massive-dataset-1.0.tar.gz --out data
    python -m training.prepare newsgroups 20news-bydate.tar.gz --out data
    python -m training.prepare snips FOLDER --out data            # train/, valid/ with seq.in, seq.out, label
    python -m training.prepare clinc150 data_full.json --out data  # domains.json beside it gives the scenarios
    python -m training.prepare banking77 train.csv --out data

Each writes `OUT/NAME/SPLIT.jsonl.gz`. The archives aren't unpacked, and the same input gives the same bytes.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from training.upstream import MalformedInput, Row, banking77, clinc150, massive, newsgroups, snips

FOLDERS = {"newsgroups": "20newsgroups"}


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as out:
        out.writelines(line.encode("utf-8") for line in lines)


READERS = {"newsgroups": newsgroups, "snips": snips, "clinc150": clinc150, "banking77": banking77}


def prepare(kind: str, source: Path, out: Path, locale: str = "en-US") -> None:
    """Writes what `source` holds under `out`. Raises MalformedInput before anything is written."""
    labels = None
    if kind == "massive":
        splits, labels = massive(source, locale)
    else:
        splits = READERS[kind](source)
    folder = out / FOLDERS.get(kind, kind)
    prefix = ""
    if kind == "massive" and locale != "en-US":
        folder, prefix, labels = out / "massive-locales", f"{locale}.", None
    for split, rows in splits.items():
        write_rows(folder / f"{prefix}{split}.jsonl.gz", rows)
        print(f"{folder / f'{prefix}{split}.jsonl.gz'}: {len(rows)} rows")
    if labels is not None:
        (folder / "labels.json").write_text(json.dumps(labels, indent=1), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["massive", *READERS])
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--locale", default="en-US", help="of MASSIVE")
    args = parser.parse_args()
    try:
        prepare(args.kind, args.source, args.out, args.locale)
    except (MalformedInput, OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        sys.exit(f"prepare: {error}")


if __name__ == "__main__":
    main()
