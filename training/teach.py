"""What teachers say of texts, for a student to learn from: soft labels of an ensemble (Hinton et al. 2015, 1503.02531).

    python -m training.teach --bundles models/dual-en models/joint-en \\
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
from tqdm import tqdm

from training import batches, data, structure
from training.augment import contexts_of, replace_words, swap_values
from training.calibrate import softmax
from training.config import DecoderConfig, load
from training.decoding import Structure
from training.dev import Encode
from training.encoder_config import EncoderConfig
from training.encoder_score import Reader, TorchReader
from training.encoder_tokenizer import EncoderTokenizer
from training.export_decoder import load_run
from training.export_encoder import load_graph
from training.lessons import NO_GOLD
from training.precision import autocast
from training.recalibrate import encoder_reader
from training.tally import Tally
from training.text import prepare

Floats = NDArray[np.float64]
LONGEST = 60  # words of a text


@dataclass(frozen=True)
class Text:
    text: str
    intent: int  # NO_GOLD where nobody knows
    tags: list[int]  # of each word; empty where nobody knows


def texts_of(folder: Path, labels: dict[str, list[str]], versions: int, others: float, seed: int) -> list[Text]:
    """MASSIVE's train rows, `versions` copies of each as people type it and as many with other words, and a share of
    the `others`, the other sets' utterances."""
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
    elsewhere = sorted(set(data.utterances(folder)) - {row["text"] for row in rows})
    found += [
        Text(text, NO_GOLD, [])
        for text in elsewhere
        if rng.random() < others and 0 < len(prepare(text).words) <= LONGEST
    ]
    return found


class EncoderTeacher:
    """A bundle or a run of encoders with intent and slots, in its own words."""

    def __init__(self, reader: Reader, encode: Encode, temperatures: dict[str, float]) -> None:
        """encode: ids of an utterance, with what closes it, and the first of each word."""
        self.reader, self.encode, self.temperatures = reader, encode, temperatures

    @classmethod
    def of_bundle(cls, folder: Path) -> "EncoderTeacher":
        manifest = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
        reader, _, encode = encoder_reader(folder, manifest)
        return cls(reader, encode, {task: entry["temperature"] for task, entry in manifest["tasks"].items()})

    @classmethod
    def of_run(cls, run: Path) -> "EncoderTeacher":
        config = load(EncoderConfig, str(run / "config.toml"))
        tokenizer = EncoderTokenizer(config.base / "tokenizer.json")
        model = load_graph(config, data.schema(config.data)).encoder
        reader = TorchReader(model, tokenizer, config.max_tokens)
        return cls(reader, tokenizer.encode_closed, {"intent": 1.0, "slots": 1.0})

    def read(self, texts: list[str]) -> Iterable[tuple[Floats, Floats]]:
        """Of each text intent (60,) and tags (words, tags), probabilities."""
        encoded = [self.encode(text) for text in texts]
        items = [batches.Utterance(ids, first, 0, [0] * len(first), []) for ids, first in encoded]
        found = {id(item): scores for item, scores in self.reader.utterance(items)}
        for item in items:
            scores = found[id(item)]
            intent, slots = (
                softmax(scores[task].astype(np.float64), self.temperatures[task]) for task in ("intent", "slots")
            )
            yield intent, slots


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


Teacher = EncoderTeacher | DecoderTeacher


def teacher_of(run: Path) -> Teacher:
    is_decoder = "layers" in tomllib.loads((run / "config.toml").read_text())
    return DecoderTeacher(run) if is_decoder else EncoderTeacher.of_run(run)


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
    tally = Tally(known)
    for (intent, words), text in zip(found, texts, strict=True):
        tally.add(intent, np.log(words + 1e-12), text.intent, text.tags)
    return tally.scores()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundles", nargs="*", type=Path, default=[])
    parser.add_argument("--runs", nargs="*", type=Path, default=[])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--versions", type=int, default=2, help="changed copies of each row of MASSIVE")
    parser.add_argument("--others", type=float, default=1.0, help="share of the other sets' utterances")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--part", default="0/1", help="i/n: the i-th of n parts, to be made side by side")
    parser.add_argument("--out", type=Path, help="the .npz that `lessons` of a decoder's config names")
    parser.add_argument("--dev", action="store_true", help="score the ensemble on dev")
    args = parser.parse_args()
    labels = data.schema(args.data)
    teachers: list[Teacher] = [*map(EncoderTeacher.of_bundle, args.bundles), *map(teacher_of, args.runs)]
    if args.dev:
        rows = data.massive(args.data, "dev")
        dev = [
            Text(row["text"], labels["intent"].index(row["intent"]), batches.spoken(row, labels["slots"])[2])
            for row in rows
        ]
        print(score(read_all(teachers, [text.text for text in dev]), dev, structure.read(args.data, labels)))
        return
    part, parts = map(int, args.part.split("/"))
    texts = texts_of(args.data, labels, args.versions, args.others, args.seed)[part::parts]
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
