"""Small things that the owner of a program asks for by name: times as Twitch writes them, and logging in one call."""

import logging
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TextIO
from urllib.parse import urlsplit

import msgspec
import orjson

if TYPE_CHECKING:
    import aiohttp

LOGGER_NAME = "twitch"
FORMAT = "[%(asctime)s] [%(levelname)s] %(name)s: %(message)s"


class DefaultHandler(Enum):
    """The type of `DEFAULT_HANDLER`, so that None can mean "no log at all"."""

    STDERR = "stderr"


DEFAULT_HANDLER: Final = DefaultHandler.STDERR


def from_iso_string(text: str) -> datetime:
    """Twitch's RFC 3339 timestamp, up to nanoseconds, as an aware datetime rounded to microseconds. Raises ValueError."""
    try:
        moment = msgspec.convert(text, datetime)
    except msgspec.ValidationError as error:
        raise ValueError(f"not a timestamp of Twitch's: {text!r}") from error
    return normalize_timezone(moment)


def to_rfc3339_string(moment: datetime) -> str:
    """A datetime as Twitch wants it: UTC, in whole seconds, with a Z. One without a zone is taken for UTC."""
    return normalize_timezone(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def normalize_timezone(moment: datetime) -> datetime:
    """The same moment in UTC. One without a zone is taken for UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


async def json_or_text(response: "aiohttp.ClientResponse") -> Any:
    """What an answer says: read if it's JSON by its content type, else as text. Raises ValueError for broken JSON."""
    text = await response.text()
    return orjson.loads(text) if response.content_type == "application/json" else text


def parse_mock_urls(url: str) -> tuple[str, str]:
    """Where the Twitch CLI's mock server takes subscriptions, and where its WebSocket is.

    ``url`` is either of the two, or host and port alone. https://dev.twitch.tv/docs/cli/websocket-event-command/
    """
    parts = urlsplit(url if "://" in url else f"ws://{url}")
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.netloc:
        raise ValueError(f"a mock server is at an address such as ws://127.0.0.1:8080/ws, not at {url!r}")
    secure = "s" if parts.scheme in ("https", "wss") else ""
    path = parts.path.rstrip("/") if parts.scheme.startswith("ws") else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"http{secure}://{parts.netloc}", f"ws{secure}://{parts.netloc}{path or '/ws'}{query}"


class ExponentialBackoff:
    """How long to wait before the next attempt: ``base_delay`` seconds, then twice as long each time, to ``max_delay``.

    Each is spread between half and all of it, so that many who failed together don't return together. Whoever asks
    again only after ``reset_interval`` seconds begins anew.
    """

    def __init__(
        self,
        base_delay: float = 1,
        max_delay: float = 180,
        reset_interval: float = 300,
        *,
        chance: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_delay = base_delay
        self._max_delay = max_delay
        self._reset_interval = reset_interval
        self._chance = chance or random.Random()  # noqa: S311  spreads load, guards nothing
        self._clock = clock
        self._failures = 0
        self._asked_at = clock()

    def reset(self) -> None:
        """The attempt was good."""
        self._failures = 0

    def get_delay(self) -> float:
        """Seconds to wait now."""
        now = self._clock()
        if now - self._asked_at > self._reset_interval:
            self._failures = 0
        self._asked_at = now
        whole: float = min(self._base_delay * 2.0 ** min(self._failures, 32), self._max_delay)
        self._failures += 1
        return whole * self._chance.uniform(0.5, 1.0)


def setup_logging(
    handler: logging.Handler | DefaultHandler | None = DEFAULT_HANDLER,
    level: int | str | None = None,
    root: bool = True,  # noqa: FBT001, FBT002  the library's name for it
) -> None:
    """Send the log to a handler, by default to stderr; None leaves logging alone.

    ``level`` is INFO by default. With ``root`` everything that is logged goes there, else only this library's log.
    Calling it again replaces the handler it added before, so that no line is ever written twice.
    """
    if handler is None:
        return
    if isinstance(handler, DefaultHandler):
        handler = _StderrHandler()
    if handler.formatter is None:
        handler.setFormatter(logging.Formatter(FORMAT, datefmt="%Y-%m-%d %H:%M:%S"))
    logger = logging.getLogger() if root else logging.getLogger(LOGGER_NAME)
    for known in (logging.getLogger(), logging.getLogger(LOGGER_NAME)):
        for old in list(known.handlers):
            if old is _installed.get(known.name) or old is handler:
                known.removeHandler(old)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if level is None else level)
    _installed.clear()
    _installed[logger.name] = handler


_installed: dict[str, logging.Handler] = {}


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to whatever sys.stderr is at the time, as a program may redirect it."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
