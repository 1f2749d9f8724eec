"""The decoder's ids: the rules on a vocabulary made here, round trips on the real base where it is at hand."""

from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="gguf reads the decoder's base")
from training.tests.sentences import SENTENCES
from training.text import prepare
from training.vocabulary import BOS, BaseTokenizer, Vocabulary

BASE = Path(__file__).parents[1] / "base" / "SmolLM2-135M-Instruct.Q4_1.gguf"
LABELS = {"intent": ["greet", "play"], "slots": ["O", "B-song", "I-song"], "topic": ["sci.space"]}
needs_base = pytest.mark.skipif(not BASE.exists(), reason=f"{BASE.name} is not in training/base")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(BaseTokenizer.read(BASE, 16_384), LABELS)


def tiny() -> Vocabulary:
    tokens = ["<s>", "<bos>", "Ġ", "a", "b", "ab", "Ġab", "<", ">", "i", "n", "t", "e"]
    return Vocabulary(BaseTokenizer(tokens, [1] * len(tokens), ["a b", "Ġ ab"]), LABELS)


def test_labels_and_read_outs_follow_the_text_ids() -> None:
    vocabulary = tiny()
    assert vocabulary.read_outs == {"intent": 13, "topic": 14}
    assert vocabulary.label_start == {"intent": 15, "slots": 17, "topic": 20}
    assert vocabulary.size == 21
    assert len(vocabulary.control_tokens()) == vocabulary.size - 13


def test_the_prompt_holds_a_read_out_for_each_task_that_has_one() -> None:
    vocabulary = tiny()
    assert vocabulary.prompt(("topic", "slots", "intent"), [6]) == [BOS, 13, 14, 6]
    assert vocabulary.prompt(("topic",), [6]) == [BOS, 14, 6]
    assert vocabulary.prompt(("slots",), [6]) == [BOS, 6]


def test_a_text_cannot_spell_a_read_out() -> None:
    ids, _ = tiny().encode("<intent>")
    assert ids and max(ids) < 13


@needs_base
def test_what_is_encoded_can_be_read_back(vocabulary: Vocabulary) -> None:
    texts = [" ".join(surface for surface, _ in words) for words in SENTENCES]
    for text in [*texts, "Ünïcödé 漢字 🍕 9:30 <|im_end|> </s>"]:
        ids, first = vocabulary.encode(text)
        pieces = prepare(text).pieces
        characters = "".join(vocabulary.base.tokens[i] for i in ids)
        expected = "".join(
            vocabulary.tokenizer.pre_tokenizer.pre_tokenize_str(piece.text)[i][0]
            for piece in pieces
            for i in range(len(vocabulary.tokenizer.pre_tokenizer.pre_tokenize_str(piece.text)))
        )
        assert characters == expected
        assert max(ids) < 16_384
        assert len(first) == len(prepare(text).words)


@needs_base
def test_a_longer_vocabulary_only_shortens(vocabulary: Vocabulary) -> None:
    longer = Vocabulary(BaseTokenizer.read(BASE, 49_152), LABELS)
    for words in SENTENCES:
        text = " ".join(surface for surface, _ in words)
        assert len(longer.encode(text)[0]) <= len(vocabulary.encode(text)[0])
