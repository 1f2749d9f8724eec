"""What a bundle mistakes most on dev, as the tables of its card: from the `mistakes` of `npm run evaluate`'s JSON."""

from typing import Any

SHOWN = 8
NAMES = {"intent": "intents", "topic": "topics"}


def table(heading: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [heading, ["---"] * len(heading), *rows])


def confusions(task: str, pairs: list[dict[str, Any]]) -> str:
    rows = [[pair["gold"], pair["predicted"] or "(none)", str(pair["rows"])] for pair in pairs[:SHOWN]]
    return f"Of {NAMES[task]}:\n\n" + table(["is", "was answered", "rows"], rows)


def slots(counts: list[dict[str, Any]]) -> str:
    def f1(count: dict[str, Any]) -> str:
        return f"{200 * count['matched'] / (count['gold'] + count['predicted']):.0f}"

    rows = [[c["slot"], str(c["gold"]), str(c["gold"] - c["matched"]), str(c["predicted"] - c["matched"]), f1(c)]
            for c in counts[:SHOWN]]  # fmt: skip
    return "Of slots, those with the most spans missed or made up:\n\n" + table(
        ["slot", "spans", "missed", "made up", "F1"], rows
    )


def mistakes_of(reports: list[dict[str, Any]]) -> str:
    """The section of a card; empty where nothing was measured. Rows of changed texts (`perturb`) are left out."""
    parts = []
    for report in reports:
        if report["options"].get("perturb"):
            continue
        for result in report["data"]:
            found = result.get("mistakes", {})
            parts += [confusions(task, found[task]) for task in NAMES if task in found]
            parts += [slots(found["slots"])] if "slots" in found else []
    return "\n## What it mistakes most\n\n" + "\n\n".join(parts) + "\n" if parts else ""
