"""Texts out of a set's scope, from the other sets: a hundred rows are too few to learn from what nobody asked for.

    python -m training.outside --set clinc150 --out training/runs/outside-clinc150.jsonl.gz

The sets overlap (CLINC150 and MASSIVE both know alarms and weather), so only texts are kept that are far from every
row of `--set`: the nearest one is farther, by the cosine of the base's sentence embeddings, than nearly all of the
set's own rows are from theirs. Only train parts are read. (Outlier exposure: Hendrycks et al. 2019, arXiv 1812.04606.)
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from training import batches, data
from training.encoder_model import from_base, mean_state
from training.encoder_tokenizer import EncoderTokenizer
from training.precision import autocast

GROUP = 128


@torch.inference_mode()
def embed(base: Path, texts: list[str]) -> torch.Tensor:
    """Unit vectors, the mean of a text's states: (texts, H)."""
    model, tokenizer = from_base(base, {}, 0.0).eval(), EncoderTokenizer(base / "tokenizer.json")
    prompts = [tokenizer.prompt(tokenizer.encode(text)[0][:126]) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: len(prompts[i]))
    found = torch.zeros(len(texts), model.body.config.hidden_size)
    for at in range(0, len(order), GROUP):
        group = order[at : at + GROUP]
        ids = batches.pad([prompts[i] for i in group], 0)
        mask = (torch.arange(ids.size(1)) < torch.tensor([len(prompts[i]) for i in group])[:, None]).long()
        with autocast():
            found[group] = F.normalize(mean_state(model.states(ids, mask).float(), mask), dim=-1)
    return found


def nearest(rows: torch.Tensor, others: torch.Tensor, itself: bool = False) -> NDArray[np.float32]:
    """Cosine of each of `rows` to its nearest of `others`; `itself`: they are the same, and none is its own."""
    found = []
    for at in range(0, len(rows), GROUP):
        cosines = rows[at : at + GROUP] @ others.T
        if itself:
            cosines[torch.arange(len(cosines)), at + torch.arange(len(cosines))] = -1.0
        found.append(cosines.amax(1))
    return torch.cat(found).numpy()


def far_rows(rows: list[data.Row], known: list[data.Row], base: Path, share: float) -> list[data.Row]:
    """Those of `rows` that are farther from `known` than all but a `share` of `known` from one another."""
    inside = embed(base, [row["text"] for row in known])
    limit = np.quantile(nearest(inside, inside, itself=True), share)
    cosines = nearest(embed(base, [row["text"] for row in rows]), inside)
    print(f"cosine below {limit:.3f}: {(cosines < limit).sum()} of {len(rows)} texts")
    return [row for row, cosine in zip(rows, cosines, strict=True) if cosine < limit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, default=Path("training/base/all-MiniLM-L6-v2"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--set", required=True, choices=data.SETS)
    parser.add_argument("--reject", default="oos", help="the label of rows that are out of scope already")
    parser.add_argument("--share", type=float, default=0.03)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    known = [row for row in data.read_set(args.data, args.set, "train") if row["intent"] != args.reject]
    others = [row for name in data.SETS if name != args.set for row in data.read_set(args.data, name, "train")]
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(args.out, "wt", encoding="utf-8") as lines:
        for row in far_rows(list({row["text"]: row for row in others}.values()), known, args.base, args.share):
            kept = {key: row[key] for key in ("text", "tokens")}
            lines.write(json.dumps({**kept, "slots": ["O"] * len(row["tokens"]), "intent": args.reject}) + "\n")


if __name__ == "__main__":
    main()
