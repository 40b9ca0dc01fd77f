"""Times as Twitch writes them, waits that grow, and logging in one call."""

import logging
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import aiohttp
import pytest

from twitch.simulator import Simulator
from twitch.utils import (
    ExponentialBackoff,
    from_iso_string,
    json_or_text,
    normalize_timezone,
    parse_mock_urls,
    setup_logging,
    to_rfc3339_string,
)

BERLIN = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-11T10:11:12Z", datetime(2026, 10, 11, 10, 11, 12, tzinfo=UTC)),
        ("2026-10-11T10:11:12.634234626Z", datetime(2026, 10, 11, 10, 11, 12, 634235, tzinfo=UTC)),
        ("2026-10-11T12:11:12.5+02:00", datetime(2026, 10, 11, 10, 11, 12, 500000, tzinfo=UTC)),
        ("2026-10-11T10:11:12", datetime(2026, 10, 11, 10, 11, 12, tzinfo=UTC)),
    ],
)
def test_twitchs_timestamps_are_read(text: str, moment: datetime) -> None:
    assert from_iso_string(text) == moment
    assert from_iso_string(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_another_text_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a timestamp"):
        from_iso_string(text)


def test_times_are_written_in_utc_and_whole_seconds() -> None:
    assert to_rfc3339_string(datetime(2026, 10, 11, 12, 11, 12, 999, tzinfo=BERLIN)) == "2026-10-11T10:11:12Z"
    assert to_rfc3339_string(datetime(2026, 10, 11, 12, 11, 12)) == "2026-10-11T12:11:12Z"  # noqa: DTZ001
    assert normalize_timezone(datetime(2026, 1, 1, tzinfo=BERLIN)).tzinfo is UTC


def test_waits_double_up_to_a_bound_with_chance_and_begin_anew_after_a_while() -> None:
    now = 0.0
    backoff = ExponentialBackoff(1, 10, 300, chance=random.Random(7), clock=lambda: now)
    for whole in (1, 2, 4, 8, 10, 10):
        assert whole / 2 <= backoff.get_delay() <= whole
    backoff.reset()
    assert backoff.get_delay() <= 1
    assert backoff.get_delay() <= 2
    now = 301.0
    assert backoff.get_delay() <= 1


@pytest.fixture
def loggers() -> Iterator[tuple[logging.Logger, logging.Logger]]:
    root, own = logging.getLogger(), logging.getLogger("twitch")
    state = [(each, list(each.handlers), each.level) for each in (root, own)]
    yield root, own
    for each, handlers, level in state:
        each.handlers[:] = handlers
        each.setLevel(level)


def test_the_log_goes_to_the_handler_given_and_never_twice(loggers: tuple[logging.Logger, logging.Logger]) -> None:
    root, own = loggers
    before, before_root = list(own.handlers), list(root.handlers)
    handler = logging.NullHandler()
    setup_logging(handler, "DEBUG", root=False)
    setup_logging(handler, "DEBUG", root=False)
    assert (own.handlers, own.level) == ([*before, handler], logging.DEBUG)
    setup_logging(handler, root=True)
    assert (own.handlers, root.handlers, root.level) == (before, [*before_root, handler], logging.INFO)


def test_without_a_handler_logging_is_left_alone(loggers: tuple[logging.Logger, logging.Logger]) -> None:
    root, own = loggers
    before = (list(root.handlers), list(own.handlers), root.level, own.level)
    setup_logging(None, "DEBUG", root=True)
    assert (list(root.handlers), list(own.handlers), root.level, own.level) == before


@pytest.mark.parametrize(
    ("given", "root", "socket"),
    [
        ("ws://127.0.0.1:8080/ws", "http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
        ("wss://mock.example/other?a=1", "https://mock.example", "wss://mock.example/other?a=1"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
        ("https://mock.example/eventsub/subscriptions", "https://mock.example", "wss://mock.example/ws"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", "ws://127.0.0.1:8080/ws"),
    ],
)
def test_a_mock_server_is_told_in_any_form(given: str, root: str, socket: str) -> None:
    assert parse_mock_urls(given) == (root, socket)


@pytest.mark.parametrize("given", ["", "ftp://mock.example", "ws://"])
def test_what_is_no_mock_server_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="a mock server is at an address such as"):
        parse_mock_urls(given)


async def test_an_answer_is_json_or_text() -> None:
    async with Simulator.serve(port=0) as sim, aiohttp.ClientSession() as http:
        async with http.get(f"{sim.addresses.api_url}/users") as response:
            assert (await json_or_text(response))["status"] == 401
        async with http.get(f"{sim.addresses.auth_url}/authorize") as response:
            assert isinstance(await json_or_text(response), str) or response.content_type == "application/json"
