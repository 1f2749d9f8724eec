from datetime import UTC, datetime

import pytest

from onepass_client.retry import delay, retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("2", 2.0),
        ("0.5", 0.5),
        ("Thu, 01 Jan 1970 00:00:03 GMT", 2.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, datetime.fromtimestamp(1, UTC)) == seconds


def test_the_wait_doubles_up_to_ten_seconds_and_differs_between_clients() -> None:
    assert [delay(attempt, None, 1.0) for attempt in (0, 1, 2, 20)] == [0.1, 0.2, 0.4, 10.0]
    assert delay(1, None, 0.0) == 0.1


def test_a_server_that_asks_for_an_hour_is_not_waited_for_so_long() -> None:
    assert delay(0, "3600", 0.0) == 10.0
