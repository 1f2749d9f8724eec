"""How often train rows have each label: what a server's answers are watched against (docs/monitoring.md, drift).

`training.export` writes it into a bundle's tasks; this adds it to a bundle that was exported without.

    python -m training.priors --bundle models/onepass-en
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from training import bundle, card, data
from training.decoding import slot_names

UNSEEN = 0.5  # of a row that every label has besides its own, so that none has a share of nothing (Jeffreys' prior)
DECIMALS = 6


def shares(found: Iterable[str], labels: list[str]) -> list[float]:
    """The share of each of `labels` in what was found, in their order; they add up to 1."""
    counts = Counter(found)
    total = sum(counts[label] for label in labels) + UNSEEN * len(labels)
    return [round((counts[label] + UNSEEN) / total, DECIMALS) for label in labels]


def entries(utterances: list[data.Row], posts: list[data.Row], labels: dict[str, list[str]]) -> dict[str, list[float]]:
    """The manifest's `prior` by task of `labels`: by intent, by slot as the tags first name them, by topic."""
    found: dict[str, list[float]] = {}
    if "intent" in labels:
        found["intent"] = shares((row["intent"] for row in utterances if "intent" in row), labels["intent"])
    if "slots" in labels:
        spans = (slot for row in utterances for slot, _, _ in data.spans(row["slots"]))
        found["slots"] = shares(spans, slot_names(labels["slots"]))
    if "topic" in labels:
        found["topic"] = shares((post["topic"] for post in posts), labels["topic"])
    return found


def read(folder: Path, labels: dict[str, list[str]], name: str = "massive") -> dict[str, list[float]]:
    """`name`: the set of `data` whose labels they are."""
    posts = data.posts(folder, name, "train") if "topic" in labels else []
    return entries(data.read_set(folder, name, "train"), posts, labels)


def add(folder: Path, rows: Path, version: str | None) -> None:
    """Nothing else of the bundle changes."""
    manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    found = read(rows, bundle.labels_of(manifest), manifest["provenance"].get("set", "massive"))
    for task, prior in found.items():
        manifest["tasks"][task]["prior"] = prior
    manifest["version"] = version or manifest["version"]
    command = f"python -m training.priors --bundle models/{manifest['name']}"
    commands = manifest["provenance"]["commands"]
    if command not in commands:
        commands.append(command)
    bundle.write_manifest(folder, manifest)
    card.write_card(folder)
    print(f"{folder}: priors of {', '.join(found)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's folder, which is written to")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--version", help="the bundle's new version; as it was without")
    args = parser.parse_args()
    add(args.bundle, args.data, args.version)


if __name__ == "__main__":
    main()
