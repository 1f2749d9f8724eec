"""Small tokenizers and random encoders in the two shapes that a base can have, written as Hugging Face folders."""

import json
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = ["wake me at nine thirty on friday", "play some jazz please", "the shuttle reached its orbit"] * 5
SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


@cache  # training one twice gives equal ids other numbers
def bert_tokenizer() -> Tokenizer:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=200, special_tokens=special))
    frame = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=frame)
    return tokenizer


@cache
def roberta_tokenizer() -> Tokenizer:
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    return tokenizer


TOKENIZERS = {"bert": bert_tokenizer, "roberta": roberta_tokenizer}


def write_base(folder: Path, kind: str) -> Path:
    """`config.json`, random weights and `tokenizer.json` under `folder`. Needs torch and transformers."""
    import torch
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    tokenizer = TOKENIZERS[kind]()
    kinds = {"bert": {"type_vocab_size": 2}, "roberta": {"type_vocab_size": 1, "pad_token_id": 1}}
    config = AutoConfig.for_model(kind, vocab_size=tokenizer.get_vocab_size(), **SHAPE, **kinds[kind])
    AutoModel.from_config(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    assert json.loads((folder / "config.json").read_text())["model_type"] == kind
    return folder
