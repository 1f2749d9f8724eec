"""What teachers say of texts, for a student to learn from: soft labels of an ensemble (Hinton et al. 2015, 1503.02531).

    python -m training.teach --bundles models/onepass-minilm-dual models/onepass-minilm-joint \\
        --runs training/runs/decoder-12l-write --out training/runs/lessons.0.npz

The texts are MASSIVE's train rows, as they are and changed, and the utterances of the other sets, whose own labels are
not used. `--dev` scores the ensemble on MASSIVE's dev part instead.
"""

import argparse
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from training import batches, data, encoder_model, structure
from training.augment import contexts_of, replace_words, swap_values
from training.calibrate import softmax
from training.config import DecoderConfig, load
from training.decoding import Structure
from training.encoder_config import EncoderConfig
from training.encoder_onnx import OnnxReader
from training.encoder_score import TorchReader
from training.encoder_tokenizer import EncoderTokenizer
from training.export_decoder import load_run
from training.lessons import NO_GOLD
from training.precision import autocast
from training.run import Run
from training.text import encode_pieces, prepare

Floats = NDArray[np.float64]
LONGEST = 60  # words of a text


@dataclass(frozen=True)
class Text:
    text: str
    intent: int  # NO_GOLD where nobody knows
    tags: list[int]  # of each word; empty where nobody knows


def texts_of(folder: Path, labels: dict[str, list[str]], versions: int, seed: int) -> list[Text]:
    """MASSIVE's train rows, `versions` copies of each as people type it and as many with other words, and the other
    sets' utterances."""
    rng = Random(seed)
    rows = data.massive(folder, "train")
    swaps = batches.Swaps.of(rows, 0.5)
    contexts = contexts_of(row["tokens"] for row in rows)
    found = []
    for row in rows:
        intent = labels["intent"].index(row["intent"])
        for version in range(versions + 1):
            text, _, tags = batches.spoken(row, labels["slots"], rng if version else None, swaps)
            found.append(Text(text, intent, tags))
        for _ in range(versions):
            words = swap_values(list(zip(row["tokens"], row["slots"], strict=True)), swaps.values, swaps.share, rng)
            words = replace_words(words, contexts, 0.25, rng)
            found.append(Text(" ".join(surface for surface, _ in words), NO_GOLD, []))
    others = set(data.utterances(folder)) - {row["text"] for row in rows}
    found += [Text(text, NO_GOLD, []) for text in sorted(others) if 0 < len(prepare(text).words) <= LONGEST]
    return found


class EncoderTeacher:
    """A bundle of encoders, in its own words: intent (60,) and tags (words, tags), probabilities."""

    def __init__(self, bundle: Path) -> None:
        manifest = json.loads((bundle / "bundle.json").read_text())
        model = manifest["model"]
        self.reader = OnnxReader([bundle / graph["file"] for graph in model["graphs"]], None)
        self.tokenizer = Tokenizer.from_file(str(bundle / model["tokenizer"]))
        self.cls, self.sep = model["cls"], model["sep"]
        self.temperatures = {task: entry["temperature"] for task, entry in manifest["tasks"].items()}

    def read(self, texts: list[str]) -> Iterable[tuple[Floats, Floats]]:
        for text in texts:
            ids, first = encode_pieces(text, lambda p: self.tokenizer.encode(p, add_special_tokens=False).ids)
            found = self.reader.read([self.cls, *ids, self.sep], ("intent", "slots"))
            yield (
                softmax(found["intent"].astype(np.float64), self.temperatures["intent"]),
                softmax(found["slots"][[f + 1 for f in first]].astype(np.float64), self.temperatures["slots"]),
            )


class DecoderTeacher:
    """A run of `training.decoder`."""

    def __init__(self, run: Path) -> None:
        self.config = load(DecoderConfig, str(run / "config.toml"))
        self.model, self.vocabulary = load_run(self.config)

    @torch.no_grad()
    def read(self, texts: list[str]) -> Iterable[tuple[Floats, Floats]]:
        labels, starts = self.vocabulary.labels, self.vocabulary.label_start
        encoded = [self.vocabulary.encode(text) for text in texts]
        prompts = [self.vocabulary.prompt(("intent",), ids) for ids, _ in encoded]
        ids = batches.pad(prompts, 0)
        mask = torch.arange(ids.size(1)) < torch.tensor([len(prompt) for prompt in prompts])[:, None]
        with autocast():
            states = self.model(ids, mask)
            intents = self.model.label_logits(states[:, 1], starts["intent"], len(labels["intent"]))
            tags = self.model.label_logits(states, starts["slots"], len(labels["slots"]))
        for i, (_, first) in enumerate(encoded):
            at_words = tags[i, [f + 2 for f in first]].numpy().astype(np.float64)
            yield softmax(intents[i].numpy().astype(np.float64), 1.0), softmax(at_words, 1.0)


class EncoderRunTeacher:
    """A run of `training.encoder` with intent and slots."""

    def __init__(self, run: Path) -> None:
        config = load(EncoderConfig, str(run / "config.toml"))
        labels = data.schema(config.data)
        model = encoder_model.untrained(config.base, {task: len(labels[task]) for task in config.tasks})
        Run(config.out).load(model)
        self.reader = TorchReader(model, EncoderTokenizer(config.base / "tokenizer.json"), config.max_tokens)

    def read(self, texts: list[str]) -> Iterable[tuple[Floats, Floats]]:
        items = []
        for text in texts:
            ids, first = self.reader.tokenizer.encode_closed(text)
            items.append(batches.Utterance(ids, first, 0, [0] * len(first), []))
        found = {id(item): scores for item, scores in self.reader.utterance(items)}
        for item in items:
            scores = found[id(item)]
            yield softmax(scores["intent"].astype(np.float64), 1.0), softmax(scores["slots"].astype(np.float64), 1.0)


Teacher = EncoderTeacher | EncoderRunTeacher | DecoderTeacher


def teacher_of(run: Path) -> Teacher:
    return (DecoderTeacher if "layers" in tomllib.loads((run / "config.toml").read_text()) else EncoderRunTeacher)(run)


def read_all(teachers: list[Teacher], texts: list[str]) -> list[tuple[Floats, Floats]]:
    """The mean of what the teachers say: intent (labels,), tags (words, tags)."""
    found = []
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    place = {}
    for at in tqdm(range(0, len(order), 64), mininterval=20):
        group = order[at : at + 64]
        said = [list(teacher.read([texts[i] for i in group])) for teacher in teachers]
        for j, i in enumerate(group):
            place[i] = len(found)
            found.append((np.mean([one[j][0] for one in said], 0), np.mean([one[j][1] for one in said], 0)))
    return [found[place[i]] for i in range(len(texts))]


def score(found: list[tuple[Floats, Floats]], texts: list[Text], known: Structure) -> dict[str, float]:
    right = exact = said = wanted = both = 0
    for (intent, words), text in zip(found, texts, strict=True):
        intent, path = known.decide(intent, np.log(words + 1e-12))
        spans = set(data.spans([known.tags[t] for t in path]))
        gold = set(data.spans([known.tags[t] for t in text.tags]))
        is_right = int(intent.argmax()) == text.intent
        right, exact = right + is_right, exact + (is_right and spans == gold)
        said, wanted, both = said + len(spans), wanted + len(gold), both + len(spans & gold)
    rows = len(texts)
    return {"intent": right / rows, "slot_f1": 2 * both / max(1, said + wanted), "exact_match": exact / rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundles", nargs="*", type=Path, default=[])
    parser.add_argument("--runs", nargs="*", type=Path, default=[])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--versions", type=int, default=2, help="changed copies of each row of MASSIVE")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--part", default="0/1", help="i/n: the i-th of n parts, to be made side by side")
    parser.add_argument("--out", type=Path, help="the .npz that `lessons` of a decoder's config names")
    parser.add_argument("--dev", action="store_true", help="score the ensemble on dev")
    args = parser.parse_args()
    labels = data.schema(args.data)
    teachers: list[Teacher] = [*map(EncoderTeacher, args.bundles), *map(teacher_of, args.runs)]
    if args.dev:
        rows = data.massive(args.data, "dev")
        dev = [
            Text(row["text"], labels["intent"].index(row["intent"]), batches.spoken(row, labels["slots"])[2])
            for row in rows
        ]
        print(score(read_all(teachers, [text.text for text in dev]), dev, structure.read(args.data, labels)))
        return
    part, parts = map(int, args.part.split("/"))
    texts = texts_of(args.data, labels, args.versions, args.seed)[part::parts]
    found = read_all(teachers, [text.text for text in texts])
    np.savez(
        args.out,
        texts=np.array([json.dumps([text.text, text.intent, text.tags]) for text in texts]),
        intent=np.stack([intent for intent, _ in found]).astype(np.float16),
        slots=np.concatenate([tags for _, tags in found]).astype(np.float16),
        words=np.array([len(tags) for _, tags in found]),
    )
    print(f"{args.out}: {len(texts)} texts")


if __name__ == "__main__":
    main()
