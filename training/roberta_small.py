"""Trains a small RoBERTa from nothing and exports it as users of Hugging Face do: an ONNX folder a model.

    python -m training.roberta_small --config training/configs/roberta-small.toml

Two folders under the run's, `intent` (RobertaForSequenceClassification) and `slots` (RobertaForTokenClassification):
`config.json`, `tokenizer.json`, `model.onnx`, `model_quantized.onnx`; `npm run bundle:encoder` makes a bundle of them.
Beside them `reference.json`: what transformers computes for sentences of our own.
"""

import argparse
import json
import shutil
from random import Random

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm
from transformers import (
    PreTrainedModel,
    RobertaConfig,
    RobertaForSequenceClassification,
    RobertaForTokenClassification,
    RobertaTokenizer,
)

from training import data, roberta_export
from training.config import load
from training.roberta_config import SmallConfig
from training.shapes.tokenizer import read_gguf, vocabulary

IGNORED = -100
MAX_TOKENS = 128


def tokenizer_of(config: SmallConfig, words: bool) -> RobertaTokenizer:
    """words: for texts that come as words; RobertaTokenizer then needs a space before the first one, too."""
    tokens, merges = read_gguf(config.vocabulary, config.tokens)
    vocab = vocabulary(tokens, mask_id=len(tokens) + 4)
    return RobertaTokenizer(vocab=vocab, merges=merges, add_prefix_space=words, model_max_length=MAX_TOKENS)


def untrained(config: SmallConfig, task: str, labels: list[str], tokenizer: RobertaTokenizer) -> PreTrainedModel:
    shape = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=4 * config.hidden,
        max_position_embeddings=MAX_TOKENS + 2,
        type_vocab_size=1,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=0.0,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        attn_implementation="eager",
    )
    return (RobertaForTokenClassification if task == "slots" else RobertaForSequenceClassification)(shape)


def with_capitals(words: list[str], rng: Random) -> list[str]:
    if rng.random() < 0.3:
        return [word.upper() for word in words]
    return [word.capitalize() if i == 0 or rng.random() < 0.2 else word for i, word in enumerate(words)]


class Batches:
    """Rows as padded batches: ids, mask, and the label of each text or of each word's first token."""

    def __init__(self, config: SmallConfig, task: str, labels: list[str], tokenizer: RobertaTokenizer) -> None:
        self.config, self.task, self.tokenizer = config, task, tokenizer
        self.index = {label: i for i, label in enumerate(labels)}

    def encode(self, rows: list[data.Row], rng: Random | None = None) -> tuple[Tensor, Tensor, Tensor]:
        """rng: some texts are given capitals."""
        words = [row["tokens"] for row in rows]
        if rng is not None:
            words = [with_capitals(w, rng) if rng.random() < self.config.cased else w for w in words]
        options = {"padding": True, "truncation": True, "return_tensors": "pt"}
        if self.task == "intent":
            read = self.tokenizer([" ".join(w) for w in words], **options)
            gold = torch.tensor([self.index[row["intent"]] for row in rows])
        else:
            read = self.tokenizer(words, is_split_into_words=True, **options)
            gold = torch.full_like(read["input_ids"], IGNORED)
            for i, row in enumerate(rows):
                places = read.word_ids(i)
                for word, tag in enumerate(row["slots"]):
                    if word in places:
                        gold[i, places.index(word)] = self.index[tag]
        return read["input_ids"], read["attention_mask"], gold

    def epoch(self, rows: list[data.Row], rng: Random) -> list[list[data.Row]]:
        """All rows in random batches of similar lengths."""
        size = self.config.batch
        ordered = sorted(rows, key=lambda row: len(row["text"]) + rng.random() * 8)
        groups = [ordered[at : at + size] for at in range(0, len(ordered), size)]
        rng.shuffle(groups)
        return groups


@torch.inference_mode()
def score(model: PreTrainedModel, batches: Batches, rows: list[data.Row]) -> float:
    """Accuracy over dev: of the texts' labels, or of the words' tags."""
    model.eval()
    right = all_ = 0
    for at in range(0, len(rows), 128):
        ids, mask, gold = batches.encode(rows[at : at + 128])
        said, known = model(ids, mask).logits.argmax(-1), gold != IGNORED
        right += int((said == gold)[known].sum())
        all_ += int(known.sum())
    return right / all_


def train(
    config: SmallConfig, task: str, labels: list[str], tokenizer: RobertaTokenizer, start: PreTrainedModel | None
) -> PreTrainedModel:
    """start: a model whose body is gone on from."""
    torch.manual_seed(config.seed)
    rng = Random(config.seed)
    model, batches = untrained(config, task, labels, tokenizer), Batches(config, task, labels, tokenizer)
    if start is not None:
        model.roberta.load_state_dict(start.roberta.state_dict())
    rows, dev = data.massive(config.data, "train"), data.massive(config.data, "dev")
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.lr, weight_decay=0.01, fused=True)
    steps = config.epochs * -(-len(rows) // config.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.lr, total_steps=steps, pct_start=0.1)
    with tqdm(total=steps, mininterval=10, desc=task) as bar:
        for _ in range(config.epochs):
            model.train()
            for group in batches.epoch(rows, rng):
                ids, mask, gold = batches.encode(group, rng)
                logits = model(ids, mask).logits
                loss = F.cross_entropy(
                    logits.flatten(0, -2), gold.flatten(), ignore_index=IGNORED, label_smoothing=config.smoothing
                )
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
                bar.update()
    print(f"{task}: dev accuracy {score(model, batches, dev):.4f}", flush=True)
    return model.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    config = load(SmallConfig, parser.parse_args().config)
    config.out.mkdir(parents=True, exist_ok=True)
    shutil.copy(config.path, config.out / "config.toml")
    labels, read, body = data.schema(config.data), {}, None
    for task in ("slots", "intent"):  # tags teach a body from nothing faster than one label a text
        tokenizer = tokenizer_of(config, words=task == "slots")
        body = train(config, task, labels[task], tokenizer, start=body)
        roberta_export.write_folder(config.out / task, body, tokenizer)
        read[task] = (body, tokenizer)
    reference = roberta_export.reference(*read["intent"], *read["slots"])
    (config.out / "reference.json").write_text(json.dumps(reference, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
