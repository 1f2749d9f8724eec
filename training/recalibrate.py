"""Calibrates a bundle anew, on dev, through the files that it ships; everything else stays as it is.

python -m training.recalibrate --bundle models/joint-en
"""

import argparse
import json
from pathlib import Path
from typing import Any

from training import bundle, card, data
from training.decoding import Structure
from training.dev import DevSet, Encode
from training.encoder_score import Reader
from training.evidence_table import EvidenceTable
from training.structure import entries


def decoder_reader(folder: Path, manifest: dict[str, Any]) -> tuple[Reader, Encode, Encode]:
    from training.decoder_reader import DecoderReader
    from training.vocabulary import BaseTokenizer, Vocabulary

    model = manifest["model"]
    if "onnx" not in model:
        raise SystemExit(f"{folder}: the bundle has no graph")
    base = BaseTokenizer.read(folder / model["file"], min(model["read_outs"].values()))
    vocabulary = Vocabulary(base, bundle.labels_of(manifest))
    if vocabulary.label_start != model["label_start"]:
        raise SystemExit(f"{folder}: its labels do not follow one another as training puts them")
    entry = manifest["tasks"].get("topic", {}).get("evidence")
    evidence = EvidenceTable.read(folder, entry, manifest["limits"]["window_tokens"]) if entry else None
    return DecoderReader(folder / model["onnx"]["file"], vocabulary, evidence), vocabulary.encode, vocabulary.encode


def encoder_reader(folder: Path, manifest: dict[str, Any]) -> tuple[Reader, Encode, Encode]:
    from training.encoder_onnx import OnnxReader
    from training.encoder_tokenizer import EncoderTokenizer

    model = manifest["model"]
    if model.get("tokenization", "pieces") != "pieces":
        raise SystemExit(f"{folder}: only texts that are read piece by piece can be read here")
    tokenizer = EncoderTokenizer(folder / model["tokenizer"], (model["cls"], model["sep"]))
    graphs = [folder / graph["file"] for graph in model["graphs"]]
    return OnnxReader(graphs, tokenizer), tokenizer.encode, tokenizer.encode_closed


READERS = {"single-pass": decoder_reader, "dual-encoder": encoder_reader, "joint-encoder": encoder_reader}


def recalibrate(folder: Path, rows: Path, version: str | None, counts: bool, evidence: bool = False) -> None:
    manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    engine, labels = manifest["model"]["engine"], bundle.labels_of(manifest)
    if engine not in READERS:
        raise SystemExit(f"{folder}: what {engine} writes is not calibrated")
    if "oos_threshold" in manifest["tasks"].get("intent", {}):
        raise SystemExit(f"{folder}: its threshold was chosen for its confidences as they are; export it anew")
    reader, encode, encode_utterance = READERS[engine](folder, manifest)
    name = manifest["provenance"].get("set", "massive")
    slots = manifest["tasks"].get("slots", {"tags": ["O"]})
    if counts:
        slots |= entries(data.read_set(rows, name, "train"), labels)
    structure = Structure.of(slots["tags"], slots.get("transitions"), slots.get("compatibility"))
    window = manifest["limits"]["window_tokens"]
    known = data.schema(rows, name) | labels
    dev = DevSet.of(rows, known, labels, structure, window, encode, encode_utterance, name)
    if evidence:
        from training.evidence_fit import DecoderReader, renew

        if not isinstance(reader, DecoderReader) or not dev.posts:
            raise SystemExit(f"{folder}: only a decoder that knows topics has a table of evidence")
        renew(folder, manifest, reader, rows, dev)
    for task, figures in dev.calibration(reader).items():
        manifest["tasks"][task] |= bundle.rounded(figures)
        print(f"{folder.name}, {task}: {json.dumps(bundle.rounded(figures))}")
    manifest["version"] = version or manifest["version"]
    options = f"{' --structure' if counts else ''}{' --evidence' if evidence else ''}"
    command = f"python -m training.recalibrate --bundle models/{manifest['name']}{options}"
    commands = manifest["provenance"]["commands"]
    if command not in commands:
        commands.append(command)
    bundle.write_manifest(folder, manifest)
    card.write_card(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's folder, which is written to")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--version", help="the bundle's new version; as it was without")
    parser.add_argument("--structure", action="store_true", help="count, too, which tags and slots go together")
    parser.add_argument("--evidence", action="store_true", help="fit a decoder's table of evidence for the topic, too")
    args = parser.parse_args()
    recalibrate(args.bundle, args.data, args.version, args.structure, args.evidence)


if __name__ == "__main__":
    main()
