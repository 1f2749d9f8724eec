"""A vocabulary that was cut: what stays, and that it reads as the whole one where it can."""

import json
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch trains")
pytest.importorskip("transformers", reason="transformers holds the encoders")

from training.encoder_tokenizer import EncoderTokenizer
from training.prune import kept_tokens, prune
from training.tests.bases import write_base

TEXTS = ["wake me at nine", "play some jazz please"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base, out = write_base(tmp_path_factory.mktemp("base"), "bert"), tmp_path_factory.mktemp("pruned")
    prune(base, [TEXTS], 60, 16, out, "the command")
    return base, out


def test_special_tokens_and_ascii_stay_then_what_is_counted_first() -> None:
    vocabulary = {token: i for i, token in enumerate(["[PAD]", "a", "##a", "é", "rare", "own", "often"])}
    counts = [Counter({5: 1}), Counter({6: 9, 4: 1})]
    assert kept_tokens(vocabulary, {"[PAD]"}, counts, "##", 5) == ["[PAD]", "a", "##a", "own", "often"]


def test_a_known_text_has_the_same_tokens(folders: tuple[Path, Path]) -> None:
    whole, cut = (EncoderTokenizer(folder / "tokenizer.json") for folder in folders)
    assert cut.tokenizer.get_vocab_size() < whole.tokenizer.get_vocab_size()
    for text in TEXTS:
        names = [[t.tokenizer.id_to_token(i) for i in t.prompt(t.encode(text)[0])] for t in (whole, cut)]
        assert names[0] == names[1]


def test_a_token_keeps_its_embedding(folders: tuple[Path, Path]) -> None:
    import torch

    from training.encoder_model import from_base

    whole, cut = (EncoderTokenizer(folder / "tokenizer.json") for folder in folders)
    tables = [from_base(folder, {}, 0.0).eval() for folder in folders]
    prompts = [torch.tensor([t.prompt(t.encode(TEXTS[0])[0])]) for t in (whole, cut)]
    states = [model.states(ids, torch.ones_like(ids)) for model, ids in zip(tables, prompts, strict=True)]
    torch.testing.assert_close(states[0], states[1])


def test_a_word_whose_token_is_gone_is_read_by_shorter_ones(folders: tuple[Path, Path]) -> None:
    cut = EncoderTokenizer(folders[1] / "tokenizer.json")
    ids = cut.encode("orbit")[0]
    assert len(ids) > 1
    assert cut.tokenizer.token_to_id("[UNK]") not in ids


def test_the_folder_tells_how_it_was_made(folders: tuple[Path, Path]) -> None:
    config = json.loads((folders[1] / "config.json").read_text())
    assert config["made_by"] == "the command"
    assert config["max_position_embeddings"] == 16
