"""Cuts a WordPiece base down to the tokens and positions that a model needs: embeddings are half of a small encoder.

    python -m training.prune --base training/base/all-MiniLM-L6-v2 --data ../shared/data --first clinc150 \\
        --tokens 7000 --positions 128 --out training/base/all-MiniLM-L6-v2-clinc150

The folder it writes is a base like any other. A word whose token is gone is read as shorter ones: all printable ASCII
characters stay, at a word's start and inside it, so that only foreign letters can become [UNK].
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from training import data
from training.encoder_tokenizer import EncoderTokenizer

CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"


def kept_tokens(
    vocabulary: dict[str, int], special: set[str], counts: list[Counter[int]], prefix: str, size: int
) -> list[str]:
    """Special tokens, ASCII characters, then `size` in all of `counts`, the first ones first; in their old order."""
    needed = {token for token in vocabulary if token in special or len(token.removeprefix(prefix)) == 1}
    kept = {vocabulary[token] for token in needed if token in special or token.isascii()}
    for count in counts:
        new = [token for token, _ in sorted(count.items(), key=lambda item: (-item[1], item[0])) if token not in kept]
        kept.update(new[: max(0, size - len(kept))])
    names = {number: token for token, number in vocabulary.items()}
    return [names[number] for number in sorted(kept)]


def pruned(tokenizer: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    """`tokenizer` (a tokenizer.json) with the tokens `kept` alone, numbered anew."""
    ids = {token: number for number, token in enumerate(kept)}
    model = {**tokenizer["model"], "vocab": ids}
    added = [{**token, "id": ids[token["content"]]} for token in tokenizer["added_tokens"] if token["content"] in ids]
    post = tokenizer.get("post_processor") or {}
    for name, token in post.get("special_tokens", {}).items():
        token["ids"] = [ids[name]]
    for end in ("cls", "sep"):
        if end in post:
            post[end][1] = ids[post[end][0]]
    return {**tokenizer, "model": model, "added_tokens": added, "post_processor": post or None}


def prune(base: Path, texts: list[list[str]], size: int, positions: int, out: Path, command: str) -> None:
    """Writes `base` to `out`. `texts`: groups, whose tokens are kept in this order while `size` allows."""
    import torch
    from transformers import AutoModel

    tokenizer = json.loads((base / TOKENIZER).read_text(encoding="utf-8"))
    if tokenizer["model"]["type"] != "WordPiece":
        raise SystemExit(f"{base}: only a WordPiece vocabulary can be cut, a BPE needs its merges")
    encode = EncoderTokenizer(base / TOKENIZER).encode
    counts = [Counter(token for text in group for token in encode(text)[0]) for group in texts]
    vocabulary = tokenizer["model"]["vocab"]
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    kept = kept_tokens(vocabulary, special, counts, tokenizer["model"]["continuing_subword_prefix"], size)
    model = AutoModel.from_pretrained(str(base), add_pooling_layer=False, dtype=torch.float32)
    rows = torch.tensor([vocabulary[token] for token in kept])
    tables = model.embeddings
    tables.word_embeddings = torch.nn.Embedding.from_pretrained(tables.word_embeddings.weight[rows].detach())
    tables.position_embeddings = torch.nn.Embedding.from_pretrained(
        tables.position_embeddings.weight[:positions].detach()
    )
    model.config.vocab_size, model.config.max_position_embeddings = len(kept), positions
    model.config.pad_token_id = kept.index("[PAD]")
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out)
    (out / TOKENIZER).write_text(json.dumps(pruned(tokenizer, kept), ensure_ascii=False), encoding="utf-8")
    config = json.loads((out / CONFIG).read_text(encoding="utf-8"))
    (out / CONFIG).write_text(json.dumps({**config, "made_by": command}, indent=1) + "\n", encoding="utf-8")
    print(f"{out}: {len(kept)} of {len(vocabulary)} tokens")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--first", required=True, choices=data.SETS, help="whose tokens are kept before other sets'")
    parser.add_argument("--tokens", type=int, default=7000)
    parser.add_argument("--positions", type=int, default=128)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    own = [row["text"] for row in data.read_set(args.data, args.first, "train")]
    command = (
        f"python -m training.prune --base {args.base} --data {args.data} --first {args.first} "
        f"--tokens {args.tokens} --positions {args.positions} --out {args.out}"
    )
    prune(args.base, [own, data.utterances(args.data)], args.tokens, args.positions, args.out, command)


if __name__ == "__main__":
    main()
