"""Cuts of the benchmarks, where a checkout has them."""

from pathlib import Path

import pytest

from training import data

FOLDER = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not FOLDER.exists(), reason="the benchmarks are not in ../shared/data")


@needs_data
def test_the_two_parts_of_the_posts_make_the_whole_and_share_none() -> None:
    train, dev = ([row["id"] for row in data.newsgroups(FOLDER, part)] for part in ("train", "dev"))
    assert not set(train) & set(dev)
    assert len(train) + len(dev) == 11_314
    assert 0.09 < len(dev) / 11_314 < 0.11


@needs_data
def test_dev_holds_the_last_posts_of_each_group() -> None:
    def numbers(part: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in data.newsgroups(FOLDER, part):
            found.setdefault(row["topic"], []).append(int(row["id"].rsplit("/", 1)[1]))
        return found

    train, dev = numbers("train"), numbers("dev")
    assert all(max(train[topic]) < min(dev[topic]) for topic in train)


@needs_data
def test_utterances_of_train_and_dev_have_different_ids() -> None:
    train, dev = (data.massive(FOLDER, part) for part in ("train", "dev"))
    assert not {row["id"] for row in train} & {row["id"] for row in dev}


@needs_data
def test_the_schema_names_every_label_of_the_rows() -> None:
    schema = data.schema(FOLDER)
    assert {task: len(labels) for task, labels in schema.items()} == {"intent": 60, "slots": 111, "topic": 20}
    for row in data.massive(FOLDER, "dev"):
        assert row["intent"] in schema["intent"]
        assert set(row["slots"]) <= set(schema["slots"])


def test_the_body_of_a_post_follows_the_first_empty_line() -> None:
    assert data.without_headers("From: me\nSubject: x\n\nbody\n\nmore") == "body\n\nmore"
    assert data.without_headers("no headers") == "no headers"
