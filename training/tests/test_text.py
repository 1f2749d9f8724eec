from random import Random

import pytest

from training.tests.sentences import awkward
from training.text import CHUNK, Prepared, normalize, prepare


def words_of(text: str) -> list[str]:
    return [text[start:end] for start, end in prepare(text).words]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wake me up", ["wake", "me", "up"]),
        ("Wake me up, please!", ["Wake", "me", "up", "please"]),
        ('play "blue moon"', ["play", "blue", "moon"]),
        ("play “blue moon”…", ["play", "blue", "moon"]),
        ("at 5 p.m.?", ["at", "5", "p.m."]),
        ("mail Dr. Who.", ["mail", "Dr.", "Who"]),
        ("the u.s. vote", ["the", "u.s.", "vote"]),
        ("dim to 50%!", ["dim", "to", "50%"]),
        ("ask @anna about #news", ["ask", "@anna", "about", "#news"]),
        ("don't stop", ["don't", "stop"]),
        ("at 9:30", ["at", "9:30"]),
        ("one\u00a0two\u3000three\tfour", ["one", "two", "three", "four"]),
        ("pizza 🍕 now ☀️", ["pizza", "now"]),
        ("... ?!", []),
        ("", []),
    ],
)
def test_edge_punctuation_is_no_part_of_a_word(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_a_piece_of_punctuation_belongs_to_no_word() -> None:
    prepared = prepare("(“Hi”) there")
    assert [(piece.text, piece.word) for piece in prepared.pieces] == [
        (' ("', None),
        ("hi", 0),
        ('")', None),
        (" there", 1),
    ]


def test_normalisation_may_change_lengths_but_not_offsets() -> None:
    assert words_of("ﬁne ＡＢＣ x") == ["ﬁne", "ＡＢＣ", "x"]
    assert [piece.text for piece in prepare("ﬁne ＡＢＣ x").pieces] == [" fine", " abc", " x"]


def test_any_text_is_cut_without_loss() -> None:
    for seed in range(2000):
        text = awkward(Random(seed))
        prepared: Prepared = prepare(text)
        ends = [0, *(end for _, end in prepared.words)]
        for (start, end), before in zip(prepared.words, ends, strict=False):
            assert before <= start < end, seed
            assert CHUNK.fullmatch(text[start:end]), seed
        assert [piece.word for piece in prepared.pieces if piece.word is not None] == list(range(len(prepared.words)))
        for piece in prepared.pieces:
            if piece.word is not None:
                start, end = prepared.words[piece.word]
                assert piece.text.removeprefix(" ") == normalize(text[start:end]), seed
        opened = sum(piece.text.startswith(" ") for piece in prepared.pieces)
        assert opened >= len(CHUNK.findall(text)), seed
