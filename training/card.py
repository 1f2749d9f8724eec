"""Writes a bundle's `MODEL_CARD.md` from its manifest and from what `npm run evaluate` measured through the server.

npm run evaluate -- --bundle models/NAME --data … --json models/NAME/evaluation/DATA.json
python -m training.card models/NAME
"""

import json
import sys
from pathlib import Path
from typing import Any

HEADINGS = ["data", "rows", "intent", "slot F1", "exact match", "topic", "topic group", "calibration error"]

CARD = """# {name} {version}

{description}

- Engine: `{engine}`. Language: {language}. Licence of the weights: {license}.
- Reads up to {window} tokens for intent and slots, {longest} for the topic (pooled windows of {window}).
- Base: {base}.
- Trained on: {data}.

The posts of 20 Newsgroups have no stated licence; they were used to train and are not part of this bundle. MASSIVE's
utterances are CC BY 4.0 (Amazon; derived from SLURP).

## Dev figures, through the served and quantised files

{figures}

MASSIVE is its dev split; 20 Newsgroups the last tenth of each group of the bydate *train* part by post number, which
training never saw; `dev_sample_400` is 400 of those 1,130 posts, headers kept, drawn by `random.Random(0).sample` from
`training.data.newsgroups(…, "dev")`. Slot F1 counts exact spans as seqeval does. 
Brackets: 95 % bootstrap intervals. Calibration error: intent / slots / topic, 15 equal-mass bins, of confidences that
were calibrated on four fifths of the rows and measured on the fifth, five times; what ships was calibrated on all of dev.

```
npm run evaluate -- --bundle models/{name} --data ../shared/data/massive/dev.jsonl.gz
npm run evaluate -- --bundle models/{name} --data ../shared/data/20newsgroups/train.jsonl.gz --cut last-tenth
```

## What it can't do

English only. It knows the labels in `bundle.json` and nothing else: a text about something else still gets an intent,
with a low confidence at best. Slot values are the words as they stand in the text, not resolved dates or numbers.
Topics are those of Usenet in 1993.

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
    intent, slots, topic = (result.get(task) for task in ("intent", "slots", "topic"))
    errors = [calibration_error(task) for task in (intent, slots, topic) if task and task.get("ece") is not None]
    return [
        title(result["file"], options),
        str(result["rows"]),
        percent(intent["accuracy"], intent.get("ci95")) if intent else "",
        percent(slots["f1"], slots.get("ci95")) if slots else "",
        percent(result["exact_match"]) if result.get("exact_match") is not None else "",
        percent(topic["accuracy"], topic.get("ci95")) if topic else "",
        percent(topic["groups_accuracy"]) if topic else "",
        " / ".join(errors),
    ]


def figures_table(folder: Path) -> str:
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "evaluation").glob("*.json"))]
    if not reports:
        return "Not measured yet."
    rows = [figures_row(result, report["options"]) for report in reports for result in report["data"]]
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_card(folder: Path) -> None:
    manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    provenance = manifest["provenance"]
    card = CARD.format(
        **{key: manifest[key] for key in ("name", "version", "description", "language", "license")},
        engine=manifest["model"]["engine"],
        window=manifest["limits"]["window_tokens"],
        longest=manifest["limits"]["max_tokens"],
        base=provenance["base"],
        data=", ".join(provenance["data"]),
        figures=figures_table(folder),
        commands="\n".join(provenance["commands"]),
        notes="".join(f"{note}\n\n" for note in provenance.get("notes", [])),
        config="\n\n".join(f"```toml\n{config.strip()}\n```" for config in provenance["configs"]),
    )
    (folder / "MODEL_CARD.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:] or [sys.exit(__doc__)]:
        write_card(Path(argument))
