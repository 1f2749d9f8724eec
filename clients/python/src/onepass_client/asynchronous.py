"""The client for asyncio (and trio, by httpx and anyio)."""

from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import anyio
import httpx

from onepass_client.requests import BATCH, DEFAULT_URL, Attempts, Settings, batches, body_of
from onepass_client.types import BatchAnswer, ClassifyAnswer, CompareAnswer, Options, TextAnswer


class AsyncOnepass:
    """As `Onepass`, to be awaited."""

    def __init__(
        self, url: str = DEFAULT_URL, *, key: str | None = None, timeout: float = 30.0, retries: int = 2
    ) -> None:
        self._settings = Settings(url.rstrip("/"), key, timeout, retries)
        self._http = httpx.AsyncClient(base_url=self._settings.url, headers=self._settings.headers)

    async def classify(self, text: str, **options: Unpack[Options]) -> ClassifyAnswer:
        return await self._send("POST", "/classify", body_of({**options}, text=text))

    async def classify_batch(self, texts: Sequence[str], **options: Unpack[Options]) -> BatchAnswer:
        return await self._send("POST", "/classify", body_of({**options}, texts=list(texts)))

    async def classify_many(self, texts: Sequence[str], **options: Unpack[Options]) -> AsyncIterator[TextAnswer]:
        for batch in batches(texts, BATCH):
            for answer in (await self.classify_batch(batch, **options))["results"]:
                yield answer

    async def compare(
        self, text: str, engines: Sequence[dict[str, str]] | None = None, **options: Unpack[Options]
    ) -> CompareAnswer:
        named = {} if engines is None else {"engines": list(engines)}
        return await self._send("POST", "/compare", body_of({**options}, text=text, **named))

    async def models(self) -> list[dict[str, Any]]:
        return (await self._send("GET", "/models"))["models"]

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        attempts = Attempts(self._settings)
        while True:
            try:
                response = await self._http.request(method, path, json=body, timeout=attempts.left())
                wait = attempts.answered(response)
            except httpx.TransportError as error:
                wait = attempts.failed(error)
            if wait is None:
                return response.json()
            await anyio.sleep(wait)
