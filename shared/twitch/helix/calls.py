"""What is sent to Helix and what its answers mean, as functions of values: nothing here does any I/O.

https://dev.twitch.tv/docs/api/guide/ gives the rules: an error's body is ``{"error", "status", "message"}``; a list's
``{"data": […], "pagination": {"cursor": …}}`` with no cursor on the last page; lists in a query repeat their key.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

import msgspec
import orjson

from twitch.errors import (
    Conflict,
    DecodeError,
    HTTPException,
    RateLimited,
    RateLimitKind,
    TwitchServerError,
    error_class,
)
from twitch.helix.arguments import in_order
from twitch.helix.endpoints import Answer, Endpoint, Id, ItemT, Place
from twitch.records import Record, read_record
from twitch.utils import to_rfc3339_string

RecordT = TypeVar("RecordT", bound=Record)
MESSAGE_CHARACTERS_MAX = 300
"""Of an error's text: Twitch's are a sentence, a broken proxy's may be a page."""
_ABSENT = object()
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A call, ready to be sent, but for the token. ``path`` is below the API's address; ``body`` is JSON."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class RateReading:
    """What an answer says of its bucket: points in all, points left, when it's full again.

    ``reset_at`` is Twitch's Unix time in seconds; ``resets_in_seconds`` counts from the answer by Twitch's own clock.
    """

    limit: int
    remaining: int
    reset_at: float
    resets_in_seconds: float


@dataclass(frozen=True, slots=True)
class Reply(Generic[RecordT]):
    """A successful answer. ``extras`` are the keys beside ``data``, such as total or errors."""

    items: tuple[RecordT, ...]
    cursor: str | None
    extras: Mapping[str, Any]
    rate: RateReading | None
    raw: Mapping[str, Any]


def build_request(
    endpoint: Endpoint[Any], *, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None
) -> Request:
    """The request for a row, by Twitch's own keys. None stands for "not given".

    Raises ValueError where the row doesn't take it.
    """
    given = {key: value for key, value in (query or {}).items() if value is not None}
    pairs: list[tuple[str, str]] = []
    for param in endpoint.at(Place.QUERY):
        values = _values(given.pop(param.wire, None), repeat=param.values_max > 0)
        if param.required and not values and not endpoint.views and not param.unless:
            raise ValueError(f"{endpoint.name} needs {param.wire}")
        if param.values_max and len(values) > param.values_max:
            raise ValueError(f"{endpoint.name} takes at most {param.values_max} of {param.wire}, not {len(values)}")
        pairs.extend((param.wire, value) for value in values)
    if endpoint.paginated:
        for key in ("first", "after") if endpoint.page_size_max else ("after",):
            pairs.extend((key, value) for value in _values(given.pop(key, None), repeat=False))
    if given:
        raise ValueError(f"{endpoint.name} has no {' or '.join(given)}")
    return Request(endpoint.method, endpoint.path, tuple(pairs), _body(endpoint, body or {}))


def _body(endpoint: Endpoint[Any], body: Mapping[str, Any]) -> bytes | None:
    params = endpoint.at(Place.BODY)
    given = {key: value for key, value in body.items() if value is not None}
    known = {key for param in params for key in param.keys or (param.within or param.wire,)}
    required = [param.within or param.wire for param in params if param.required and not param.keys]
    missing = [key for key in required if key not in given]
    unknown = [key for key in given if key not in known]
    if missing or unknown:
        raise ValueError(f"{endpoint.name}: " + (f"needs {missing[0]}" if missing else f"has no {unknown[0]}"))
    return orjson.dumps(given) if params else None


def _values(value: Any, *, repeat: bool) -> list[str]:
    if value is None:
        return []
    if repeat and not isinstance(value, str):
        return [_text(item) for item in in_order(value)]
    return [_text(value)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return to_rfc3339_string(value)
    return str(value)


def read_rate(headers: Mapping[str, str], *, unix_now: float) -> RateReading | None:
    """The bucket as the headers describe it, None where they don't. Names are lower case.

    The time to the reset is reckoned from the answer's own Date, so that a wrong clock on this side does no harm.
    """
    try:
        limit, remaining = int(headers["ratelimit-limit"]), int(headers["ratelimit-remaining"])
        reset_at = float(headers["ratelimit-reset"])
    except (KeyError, ValueError):
        return None
    try:
        sent_at = parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        sent_at = unix_now
    return RateReading(limit, max(remaining, 0), reset_at, max(reset_at - sent_at, 0.0))


def read_response(
    endpoint: Endpoint[ItemT], status: int, headers: Mapping[str, str], body: bytes, *, unix_now: float = 0.0
) -> Reply[ItemT]:
    """What an answer means: its typed items, or one of the HTTP errors of errors.py, or DecodeError for odd items."""
    rate = read_rate(headers, unix_now=unix_now)
    if not 200 <= status < 300:
        raise _error(endpoint, status, body, rate)
    if status == 204 or not body:
        return Reply((), None, {}, rate, {})
    if endpoint.answer is Answer.TEXT:
        return Reply((), None, {}, rate, {"text": body.decode("utf-8", "replace")})
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TwitchServerError(
            status, "the answer isn't JSON", endpoint=endpoint.name, method=endpoint.method
        ) from error
    content = answer if isinstance(answer, dict) else {}
    data = content.get("data", content if endpoint.may_be_flat else _ABSENT)
    pagination = content.get("pagination")
    if isinstance(data, dict):
        pagination = pagination or data.get("pagination")  # the schedule's; Twitch's page shows it in both places
        data = [data]
    if data is None:  # as for a channel without a team
        data = []
    if not isinstance(data, list):
        raise DecodeError(f"{endpoint.name}: the answer has no data")
    if endpoint.item is Id:
        data = [{"id": value} for value in data]
    try:
        items = tuple(read_record(item, endpoint.item) for item in data)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise DecodeError(f"{endpoint.name}: {error}") from error
    if endpoint.bare_cursor and isinstance(pagination, str):
        pagination = {"cursor": pagination}
    cursor = pagination.get("cursor") if isinstance(pagination, dict) else None
    extras = {key: value for key, value in content.items() if key not in ("data", "pagination")}
    return Reply(items, cursor or None, extras, rate, content)


def speaks_of_scopes(body: bytes) -> bool:
    """Whether a refusal is for want of a scope. Twitch answers that with 401, as it does for a dead token."""
    return b"scope" in body.lower()


def _error(endpoint: Endpoint[Any], status: int, body: bytes, rate: RateReading | None) -> HTTPException:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = body.decode(errors="replace")
    message = content.get("message") or content.get("error") if isinstance(content, dict) else content
    text = str(message or "").strip()[:MESSAGE_CHARACTERS_MAX]
    kind = error_class(status)
    if kind is Conflict:
        return Conflict(
            status, text, endpoint=endpoint.name, method=endpoint.method, existing_id=existing_id(content, text)
        )
    if kind is RateLimited:
        # Points left means that another limit was meant: https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits
        other = rate is not None and rate.remaining > 0
        return RateLimited(
            status,
            text,
            endpoint=endpoint.name,
            method=endpoint.method,
            kind=RateLimitKind.OTHER if other else RateLimitKind.BUCKET,
            reset_at=rate.reset_at if rate else None,
        )
    return kind(status, text, endpoint=endpoint.name, method=endpoint.method)


def existing_id(content: Any, message: str = "") -> str | None:
    """The id of what stands in the way, wherever Twitch put it: it documents that there is one, not where."""
    waiting = deque([content])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            for key in ("id", "existing_id", "subscription_id"):
                if isinstance(item.get(key), str) and item[key]:
                    found: str = item[key]
                    return found
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    named = _UUID.search(message)
    return named[0] if named else None
