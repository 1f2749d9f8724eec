"""What both clients send, and how they read what comes back. Pure."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from onepass_client.errors import ConnectionFailed, OnepassTimeout, error_of
from onepass_client.retry import RETRIED, delay

DEFAULT_URL = "http://127.0.0.1:8080"
BATCH = 32


@dataclass(frozen=True)
class Settings:
    url: str = DEFAULT_URL
    key: str | None = None
    timeout: float = 30.0  # seconds, all tries together
    retries: int = 2

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.key is None else {"authorization": f"Bearer {self.key}"}


def body_of(options: dict[str, Any], **texts: Any) -> dict[str, Any]:
    """Offsets are code points unless told otherwise: `answer["text"][start:end]` is the slot's value."""
    return {"offsets": "code_points", **options, **texts}


def batches(texts: Sequence[str], size: int) -> list[Sequence[str]]:
    return [texts[at : at + size] for at in range(0, len(texts), size)]


@dataclass
class Attempts:
    """The tries of one request: what is left of its time, and what to do with what came back."""

    settings: Settings
    made: int = 0
    started: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds. @raises OnepassTimeout when there are none"""
        left = self.settings.timeout - (time.monotonic() - self.started)
        if left <= 0:
            raise OnepassTimeout(f"There was no answer within {self.settings.timeout} s.")
        return left

    def answered(self, response: httpx.Response) -> float | None:
        """None: take it; else seconds until the next try. @raises OnepassError"""
        if response.is_success:
            return None
        if response.status_code not in RETRIED or self.made >= self.settings.retries:
            raise error_of(response)
        return self._next(response.headers.get("retry-after"))

    def failed(self, error: httpx.TransportError) -> float:
        """Seconds until the next try. Classifying has no side effects: it may be asked again."""
        if isinstance(error, httpx.TimeoutException):
            raise OnepassTimeout(f"There was no answer within {self.settings.timeout} s.") from error
        if self.made >= self.settings.retries:
            raise ConnectionFailed(f"No answer from {self.settings.url}: {error}") from error
        return self._next(None)

    def _next(self, retry_after: str | None) -> float:
        wait = min(delay(self.made, retry_after), self.left())
        self.made += 1
        return wait
