"""What is asked and answered, as dictionaries; the server's docs/openapi.json is the reference: a test compares."""

from typing import Any, Literal, NotRequired, TypedDict

Task = Literal["intent", "slots", "topic"]
Engine = Literal["single-pass", "generate", "dual-decoder", "dual-encoder", "joint-encoder"]


class Options(TypedDict, total=False):
    """What a request may carry besides its text."""

    tasks: list[Task]
    model: str
    engine: Engine
    top_k: int
    offsets: Literal["utf16", "code_points"]
    truncate: bool
    oos_threshold: float
    fallback: Literal["auto", "never", "only"] | bool
    timeout_ms: int
    resolve: bool
    timezone: str
    reference_time: str


class Guess(TypedDict):
    name: str
    confidence: float


class Topic(Guess):
    group: str


class Resolved(TypedDict):
    """What a slot stands for: a date, datetime, time, duration or number."""

    type: Literal["date", "datetime", "time", "duration", "number"]
    value: str | float
    end: NotRequired[str]
    unit: NotRequired[str]


class Slot(TypedDict):
    name: str
    value: str
    start: int
    end: int
    confidence: float
    resolved: NotRequired[Resolved | None]


class Truncated(TypedDict):
    read_tokens: int
    total_tokens: int


class TextAnswer(TypedDict):
    """A task that was not asked for is absent."""

    text: str
    intent: NotRequired[Guess | None]
    intent_ranking: NotRequired[list[Guess]]
    out_of_scope: NotRequired[bool]
    out_of_scope_score: NotRequired[float]
    slots: NotRequired[list[Slot]]
    topic: NotRequired[Topic]
    topic_ranking: NotRequired[list[Topic]]
    truncated: NotRequired[Truncated]


class Envelope(TypedDict):
    """Who answered, and what it took."""

    id: str
    model: str
    engine: Engine
    fallback: dict[str, Any] | None
    usage: dict[str, Any]
    timing_ms: dict[str, float]


class ClassifyAnswer(Envelope, TextAnswer):
    pass


class BatchAnswer(Envelope):
    results: list[TextAnswer]


class CompareAnswer(TypedDict):
    id: str
    results: list[dict[str, Any]]
