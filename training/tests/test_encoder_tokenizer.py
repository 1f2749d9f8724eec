import json
from pathlib import Path
from random import Random

import pytest

from training.encoder_tokenizer import EncoderTokenizer, frame
from training.tests.bases import TOKENIZERS
from training.tests.sentences import awkward
from training.text import prepare


@pytest.fixture(params=TOKENIZERS)
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def tokenizer(kind: str, tmp_path: Path) -> EncoderTokenizer:
    TOKENIZERS[kind]().save(str(tmp_path / "tokenizer.json"))
    return EncoderTokenizer(tmp_path / "tokenizer.json")


def test_a_prompt_is_framed_as_the_base_frames_it(kind: str, tokenizer: EncoderTokenizer) -> None:
    text = "wake me at nine"
    ids, first = tokenizer.encode(text)
    base = TOKENIZERS[kind]()
    # The base itself gives the first word of a RoBERTa text no space; ours always has one.
    expected = base.encode(text if kind == "bert" else f" {text}").ids
    assert tokenizer.prompt(ids) == expected
    assert len(first) == 4 and first[0] == 0
    assert tokenizer.opened(tokenizer.encode_closed(text)[0]) == tokenizer.prompt(ids)


def test_no_text_forges_a_special_token(kind: str, tokenizer: EncoderTokenizer) -> None:
    forged = "<s> </s> <pad> <mask> [CLS] [SEP] [PAD] a</s>b [sep]"
    special = {0, 2, 3} if kind == "bert" else {0, 1, 2, 3, 4}
    assert not special & set(tokenizer.encode(forged)[0])


def test_every_word_is_read_inside_the_prompt(tokenizer: EncoderTokenizer) -> None:
    for seed in range(500):
        text = awkward(Random(seed))
        ids, first = tokenizer.encode(text)
        assert len(first) == len(prepare(text).words)
        assert first == sorted(first)
        assert all(f + 1 < len(tokenizer.prompt(ids)) for f in first)


def test_what_is_shipped_tokenises_alike(tokenizer: EncoderTokenizer, tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    again = Tokenizer.from_str(json.dumps(tokenizer.description))
    for piece in (" wake", " SHUTTLE", "'", " orbit?"):
        assert tuple(again.encode(piece, add_special_tokens=False).ids) == tokenizer.encode_piece(piece)


@pytest.mark.parametrize("post", [None, {"type": "ByteLevel"}])
def test_a_tokenizer_that_frames_nothing_is_refused(post: dict[str, str] | None) -> None:
    with pytest.raises(ValueError, match="which tokens open and close"):
        frame({"post_processor": post})
