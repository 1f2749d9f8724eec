"""The client for threads."""

import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from onepass_client.requests import BATCH, DEFAULT_URL, Attempts, Settings, batches, body_of
from onepass_client.types import BatchAnswer, ClassifyAnswer, CompareAnswer, Options, TextAnswer


class Onepass:
    """timeout: seconds, all tries together. retries: after 429, 503 and broken connections."""

    def __init__(
        self, url: str = DEFAULT_URL, *, key: str | None = None, timeout: float = 30.0, retries: int = 2
    ) -> None:
        self._settings = Settings(url.rstrip("/"), key, timeout, retries)
        self._http = httpx.Client(base_url=self._settings.url, headers=self._settings.headers)

    def classify(self, text: str, **options: Unpack[Options]) -> ClassifyAnswer:
        """Intent, slots and topic of one text. @raises OnepassError, ConnectionFailed, OnepassTimeout"""
        return self._send("POST", "/classify", body_of({**options}, text=text))

    def classify_batch(self, texts: Sequence[str], **options: Unpack[Options]) -> BatchAnswer:
        """Several in one request, at most as many as the server takes (32). One at fault refuses them all."""
        return self._send("POST", "/classify", body_of({**options}, texts=list(texts)))

    def classify_many(self, texts: Sequence[str], **options: Unpack[Options]) -> Iterator[TextAnswer]:
        """Any number of texts, in requests of 32; answers in their order."""
        for batch in batches(texts, BATCH):
            yield from self.classify_batch(batch, **options)["results"]

    def compare(
        self, text: str, engines: Sequence[dict[str, str]] | None = None, **options: Unpack[Options]
    ) -> CompareAnswer:
        """One text, answered by several engines: `[{"engine": "single-pass"}, {"model": "…"}]`."""
        named = {} if engines is None else {"engines": list(engines)}
        return self._send("POST", "/compare", body_of({**options}, text=text, **named))

    def models(self) -> list[dict[str, Any]]:
        return self._send("GET", "/models")["models"]

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        attempts = Attempts(self._settings)
        while True:
            try:
                response = self._http.request(method, path, json=body, timeout=attempts.left())
                wait = attempts.answered(response)
            except httpx.TransportError as error:
                wait = attempts.failed(error)
            if wait is None:
                return response.json()
            time.sleep(wait)
