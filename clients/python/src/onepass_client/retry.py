"""When to send a request again, and after how long: the same for both clients. Pure."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# What says "come back": full (429), not ready or draining (503). Never 504: the request's time is over.
RETRIED = frozenset({429, 503})

FIRST_S = 0.1
LONGEST_S = 10.0


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """`Retry-After` (seconds, or a date: RFC 9110, 10.2.3) in seconds."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def delay(attempt: int, asked: str | None, chance: float | None = None) -> float:
    """Seconds before try `attempt` + 1 (0: the first has failed): what the server asks for, or twice as long each time.

    A random part (`chance`, 0 to 1) keeps clients that were refused together from coming back together.
    """
    chance = random.random() if chance is None else chance
    wanted = retry_after(asked)
    if wanted is not None:
        return min(wanted, LONGEST_S) + chance * FIRST_S
    return min(FIRST_S * 2**attempt, LONGEST_S) * (0.5 + chance / 2)
