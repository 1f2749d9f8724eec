"""Both clients, against the real server and against one that fails as it is told."""

import asyncio
import json
from typing import Any, get_type_hints

import pytest
from conftest import ROOT, Script

from onepass_client import AsyncOnepass, ConnectionFailed, Onepass, OnepassError
from onepass_client.types import BatchAnswer, ClassifyAnswer, CompareAnswer, Guess, Options, Slot, TextAnswer, Topic


def test_offsets_slice_the_text_also_after_an_emoji(server: str) -> None:
    with Onepass(server) as onepass:
        answer = onepass.classify("👍 wake me up at nine am on friday", tasks=["intent", "slots"])
    assert answer["intent"] is not None and answer["intent"]["name"] == "alarm_set"
    assert answer["slots"]
    for slot in answer["slots"]:
        assert answer["text"][slot["start"] : slot["end"]] == slot["value"]


def test_many_texts_come_back_in_order(server: str) -> None:
    texts = [f"set an alarm for {hour} pm" for hour in range(40)]
    with Onepass(server) as onepass:
        assert [answer["text"] for answer in onepass.classify_many(texts, tasks=["intent"])] == texts


def test_compare_and_models(server: str) -> None:
    with Onepass(server) as onepass:
        assert onepass.compare("play some jazz", [{"engine": "joint-encoder"}])["results"][0]["answer"]["intent"]
        assert onepass.models()[0]["engine"] == "joint-encoder"


def test_an_error_names_its_field(server: str) -> None:
    with Onepass(server) as onepass, pytest.raises(OnepassError) as caught:
        onepass.classify_batch(["hello", " "])
    assert (caught.value.status, caught.value.code, caught.value.field) == (400, "empty_text", "texts[1]")
    assert caught.value.request_id


def test_the_client_for_asyncio_answers_alike(server: str) -> None:
    async def ask() -> tuple[Any, list[str]]:
        async with AsyncOnepass(server) as onepass:
            one = await onepass.classify("play some jazz")
            return one, [answer["text"] async for answer in onepass.classify_many(["a song", "some news"])]

    answer, texts = asyncio.run(ask())
    assert answer["intent"]["name"] == "play_music"
    assert texts == ["a song", "some news"]


def ask_once(kind: str, url: str, **settings: Any) -> Any:
    if kind == "threads":
        with Onepass(url, **settings) as onepass:
            return onepass.classify("hi")

    async def ask() -> Any:
        async with AsyncOnepass(url, **settings) as onepass:
            return await onepass.classify("hi")

    return asyncio.run(ask())


KINDS = pytest.mark.parametrize("kind", ["threads", "asyncio"])


@KINDS
@pytest.mark.parametrize("fault", [429, 503, 0])
def test_comes_back_after_a_refusal_or_a_cut_connection(kind: str, fault: int, scripted: Script) -> None:
    scripted.statuses = [fault, 200]
    assert ask_once(kind, scripted.url) == {"intent": None}
    assert len(scripted.seen) == 2


@KINDS
@pytest.mark.parametrize("status", [400, 500, 502, 504])
def test_asks_once_where_asking_again_would_not_help(kind: str, status: int, scripted: Script) -> None:
    scripted.statuses = [status, 200]
    with pytest.raises(OnepassError) as caught:
        ask_once(kind, scripted.url)
    assert caught.value.code == ("unknown" if status == 502 else "overloaded")
    assert len(scripted.seen) == 1


@KINDS
def test_gives_up_after_the_tries_that_it_was_given(kind: str, scripted: Script) -> None:
    scripted.statuses = [503]
    with pytest.raises(OnepassError):
        ask_once(kind, scripted.url, retries=1)
    assert len(scripted.seen) == 2
    with pytest.raises(ConnectionFailed):
        ask_once(kind, "http://127.0.0.1:9", retries=0)


@KINDS
def test_the_key_is_sent_as_a_bearers(kind: str, scripted: Script) -> None:
    ask_once(kind, scripted.url, key="secret")
    assert scripted.seen[0]["authorization"] == "Bearer secret"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ClassifyAnswer", ClassifyAnswer),
        ("BatchAnswer", BatchAnswer),
        ("CompareAnswer", CompareAnswer),
        ("TextAnswer", TextAnswer),
        ("Guess", Guess),
        ("Topic", Topic),
        ("Slot", Slot),
        ("ClassifyRequest", Options),
    ],
)
def test_types_have_the_fields_of_the_openapi_document(name: str, kind: type) -> None:
    schema = json.loads((ROOT / "docs/openapi.json").read_text())["components"]["schemas"][name]
    fields = set(schema["properties"]) - ({"text", "texts"} if kind is Options else set())
    assert set(get_type_hints(kind)) == fields
