"""What can go wrong, as exceptions."""

from typing import Any

import httpx


class OnepassError(Exception):
    """What the server answered instead of an answer.

    code: stable, made for programs; `unknown` when something between here and the server answered. field: the request's
    field at fault, as a path: `texts[3]`.
    """

    def __init__(
        self, status: int, code: str, message: str, field: str | None, details: Any, request_id: str | None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.field, self.details, self.request_id = field, details, request_id


class ConnectionFailed(Exception):
    """Nobody answered, and trying again did not help."""


class OnepassTimeout(Exception):
    """There was no answer in the client's own time, all tries together."""


def error_of(response: httpx.Response) -> OnepassError:
    request_id = response.headers.get("x-request-id")
    try:
        error = response.json()["error"]
        return OnepassError(
            response.status_code, error["code"], error["message"], error.get("field"), error.get("details"), request_id
        )
    except (ValueError, KeyError, TypeError):
        message = f"The server answered {response.status_code}."
        return OnepassError(response.status_code, "unknown", message, None, None, request_id)
