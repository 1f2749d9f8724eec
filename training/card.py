"""Writes a bundle's `MODEL_CARD.md` from its manifest and from what `npm run evaluate` measured through the server.

npm run evaluate -- --bundle models/NAME --data … --json models/NAME/evaluation/DATA.json
python -m training.card models/NAME
"""

import json
import sys
from pathlib import Path
from typing import Any

from training.card_mistakes import mistakes_of
from training.sets import card_texts

HEADINGS = ["data", "rows", "intent", "slot F1", "exact match", "topic", "topic group"]
HEADINGS += ["in scope", "AUROC", "rejected: out of scope / in scope", "calibration error"]

EVIDENCE = """\
- Beside the weights: a linear table over tokens and pairs of them, whose sums are added to the topic's logits.
"""

CARD = """# {name} {version}

{description}

- Engine: `{engine}`. Language: {language}. Licence of the weights: {license}.
- Reads up to {reads}.
{beside}- Base: {base}.
- Trained on: {data}.

{rights}

## Dev figures, through the served and quantised files

{figures}

{dev}
{evaluations}{mistakes}
## What it can't do

{limits}

## Made by

```
{commands}
```

{notes}{config}
"""


def percent(value: float, interval: list[float] | None = None) -> str:
    text = f"{100 * value:.1f}"
    return f"{text} [{100 * interval[0]:.1f}, {100 * interval[1]:.1f}]" if interval else text


def title(file: str, options: dict[str, Any]) -> str:
    """What was read: folder and split, and how it was changed."""
    notes = {
        "last tenth": options.get("cut"),
        "without headers": options.get("strip_headers"),
        options.get("perturb"): options.get("perturb"),
    }
    split = Path(file).name.split(".", 1)[0]
    return ", ".join([f"{Path(file).parent.name} {split}", *(note for note, given in notes.items() if note and given)])


def calibration_error(task: dict[str, Any]) -> str:
    """Reports from before cross-fitting have that of the confidences as they were served, under the same name."""
    return f"{task['ece']:.3f}" + ("" if "ece_as_served" in task else " (as served)")


def figures_row(result: dict[str, Any], options: dict[str, Any]) -> list[str]:
    intent, slots, topic, oos = (result.get(part) for part in ("intent", "slots", "topic", "oos"))
    errors = [calibration_error(task) for task in (intent, slots, topic) if task and task.get("ece") is not None]
    return [
        title(result["file"], options),
        str(result["rows"]),
        percent(intent["accuracy"], intent.get("ci95")) if intent else "",
        percent(slots["f1"], slots.get("ci95")) if slots else "",
        percent(result["exact_match"]) if result.get("exact_match") is not None else "",
        percent(topic["accuracy"], topic.get("ci95")) if topic else "",
        percent(topic["groups_accuracy"]) if topic else "",
        percent(oos["in_scope_accuracy"]) if oos else "",
        f"{oos['auroc']:.3f}" if oos else "",
        f"{percent(oos['rejected_share_of_oos'])} / {percent(oos['rejected_share_of_in_scope'])}" if oos else "",
        " / ".join(errors),
    ]


def figures_table(reports: list[dict[str, Any]]) -> str:
    if not reports:
        return "Not measured yet."
    rows = [figures_row(result, report["options"]) for report in reports for result in report["data"]]
    shown = [column for column in zip(HEADINGS, ["---"] * len(HEADINGS), *rows, strict=True) if any(column[2:])]
    return "\n".join("| " + " | ".join(line) + " |" for line in zip(*shown, strict=True))


def reads(manifest: dict[str, Any]) -> str:
    window, longest = (manifest["limits"][name] for name in ("window_tokens", "max_tokens"))
    words = [task for task in ("intent", "slots") if task in manifest["tasks"]]
    parts = [f"{window} tokens for {' and '.join(words)}"] if words else []
    if "topic" in manifest["tasks"]:
        parts.append(f"{longest} for the topic (pooled windows of {window})")
    return ", ".join(parts)


def write_card(folder: Path) -> None:
    manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    provenance = manifest["provenance"]
    texts = card_texts(provenance.get("set", "massive"))
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "evaluation").glob("*.json"))]
    evaluate = f"npm run evaluate -- --bundle models/{manifest['name']} --data ../shared/data/"
    evaluations = "\n".join(evaluate + file for file in texts.files)
    card = CARD.format(
        **{key: manifest[key] for key in ("name", "version", "description", "language", "license")},
        engine=manifest["model"]["engine"],
        reads=reads(manifest),
        beside=EVIDENCE if "evidence" in manifest["tasks"].get("topic", {}) else "",
        base=provenance["base"],
        data=", ".join(provenance["data"]),
        rights=texts.rights,
        figures=figures_table(reports),
        mistakes=mistakes_of(reports),
        dev=texts.dev,
        evaluations=f"\n```\n{evaluations}\n```\n" if evaluations else "",
        limits=texts.limits,
        commands="\n".join(provenance["commands"]),
        notes="".join(f"{note}\n\n" for note in provenance.get("notes", [])),
        config="\n\n".join(f"```toml\n{config.strip()}\n```" for config in provenance["configs"]),
    )
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:] or [sys.exit(__doc__)]:
        write_card(Path(argument))
