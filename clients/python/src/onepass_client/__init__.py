"""Asks a onepass server for intent, slots and topic.

    from onepass_client import Onepass

    with Onepass("http://127.0.0.1:8080") as onepass:
        answer = onepass.classify("wake me up at nine on friday", tasks=["intent", "slots"])

`AsyncOnepass` has the same methods, to be awaited. Slots' offsets are code points, what `str` counts.
"""

from onepass_client.asynchronous import AsyncOnepass
from onepass_client.errors import ConnectionFailed, OnepassError, OnepassTimeout
from onepass_client.synchronous import Onepass
from onepass_client.types import (
    BatchAnswer,
    ClassifyAnswer,
    CompareAnswer,
    Guess,
    Options,
    Slot,
    TextAnswer,
    Topic,
)

__all__ = [
    "AsyncOnepass",
    "BatchAnswer",
    "ClassifyAnswer",
    "CompareAnswer",
    "ConnectionFailed",
    "Guess",
    "Onepass",
    "OnepassError",
    "OnepassTimeout",
    "Options",
    "Slot",
    "TextAnswer",
    "Topic",
]
