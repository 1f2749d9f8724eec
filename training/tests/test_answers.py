"""What a decoder learns to write, and who sees whom while it learns."""

import json

import pytest

pytest.importorskip("torch", reason="answers are collated as tensors")
import torch

from training.answers import answer, collate
from training.batches import IGNORED


def test_an_answer_holds_what_was_asked_for_in_a_fixed_order() -> None:
    whole = answer("alarm_set", [("time", "six am"), ("date", "friday")], "rec.autos")
    assert whole == '{"intent":"alarm_set","slots":[{"time":" six am"},{"date":" friday"}],"topic":"rec.autos"}'
    assert answer(slots=[]) == '{"slots":[]}'
    assert answer(topic="sci.space") == '{"topic":"sci.space"}'


def test_quotes_in_a_value_are_escaped_and_other_letters_stay() -> None:
    value = 'zoë "the cat" müller \\ 5'
    assert json.loads(answer(slots=[("person", value)]))["slots"] == [{"person": f" {value}"}]
    assert "zoë" in answer(slots=[("person", value)])


def test_a_prompt_does_not_see_its_answer_and_an_answer_sees_no_later_token() -> None:
    ids, mask, targets = collate([[1, 7, 8], [1, 9]], [[20, 21, 2], [22, 2]])
    assert ids.tolist() == [[1, 7, 8, 20, 21, 2], [1, 9, 22, 2, 0, 0]]
    seen = [[int(key) for key in row.nonzero()] for row in mask[0]]
    assert seen[:3] == [[0, 1, 2]] * 3
    assert seen[3:] == [[0, 1, 2, 3], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5]]
    assert [int(key) for key in mask[1][2].nonzero()] == [0, 1, 2]
    assert targets[0].tolist() == [IGNORED, IGNORED, 20, 21, 2, IGNORED]
    assert targets[1].tolist() == [IGNORED, 22, 2, IGNORED, IGNORED, IGNORED]


def test_what_is_read_off_a_prompt_does_not_change_with_the_answer_after_it() -> None:
    from training.prefix_lm import PrefixLM, Shape

    torch.manual_seed(0)
    model = PrefixLM(Shape(layers=2, hidden=24, heads=2, kv_heads=1, mlp=32), 40).eval()
    prompt = [1, 7, 8, 9]
    ids, mask, _ = collate([prompt], [[20, 21, 2]])
    with torch.no_grad():
        alone, followed = model(torch.tensor([prompt])), model(ids, mask)
    assert torch.allclose(alone[0], followed[0, : len(prompt)], atol=1e-5)


def test_a_sure_model_writes_what_it_learnt_and_an_unsure_one_nothing() -> None:
    from training.prefix_lm import PrefixLM, Shape
    from training.tests.test_vocabulary import tiny
    from training.writing import write

    torch.manual_seed(0)
    vocabulary = tiny()
    model = PrefixLM(Shape(layers=1, hidden=24, heads=2, kv_heads=1, mlp=32), vocabulary.size)
    prompt, wanted = [1, 3, 4], [3, 5, 5]
    ids, mask, targets = collate([prompt], [[*wanted, 2]])
    assert write(model, vocabulary, prompt, margin=5.0) is None
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(150):
        scores = model.label_logits(model(ids, mask), 0, vocabulary.text_tokens)
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), targets.flatten(), ignore_index=IGNORED)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert write(model, vocabulary, prompt, margin=1.0) == "aabab"
