"""A Helix call as a handler sees it, whichever way its parameters came: in the query, as JSON or as a form.

Twitch's own page wants some in the query and some in the body; clients in the field send either, and numbers as
strings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from twitch.simulator.oauth import Caller
from twitch.simulator.refusal import Refusal

_ERRORS: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    410: "Gone",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def refusal(status: int, message: str) -> Refusal:
    """An error as Helix words it."""
    return Refusal(status, message, _ERRORS.get(status, "Error"))


def missing(name: str) -> Refusal:
    return refusal(400, f'Missing required parameter "{name}"')


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` None: an empty one; text: not JSON."""

    status: int
    body: Mapping[str, Any] | str | None = None


class Parameters:
    """Query and body in one; the body wins."""

    def __init__(self, query: Iterable[tuple[str, str]], body: Mapping[str, Any]) -> None:
        self._query: dict[str, list[str]] = {}
        for name, value in query:
            self._query.setdefault(name, []).append(value)
        self._body = body

    @property
    def body(self) -> Mapping[str, Any]:
        """The fields of the body alone."""
        return self._body

    def in_query(self, name: str) -> list[str]:
        """All values in the query alone."""
        return self._query.get(name, [])

    def raw(self, name: str) -> Any:
        """As it came; None if it didn't."""
        if name in self._body:
            return self._body[name]
        return self._query[name][0] if name in self._query else None

    def text(self, name: str) -> str | None:
        """A scalar as text; None if it is missing or empty."""
        value = self.raw(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        return str(value) or None

    def integer(self, name: str) -> int | None:
        """None if it is missing or no whole number."""
        try:
            return int(self.text(name) or "")
        except ValueError:
            return None

    def texts(self, name: str) -> list[str]:
        """All values of a parameter that may be repeated."""
        value = self._body.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [str(value)] if value is not None else list(self._query.get(name, ()))

    def structure(self, name: str) -> Any:
        """An object or a list; in a query or a form it may stand as JSON text."""
        value = self.raw(name)
        if not isinstance(value, str):
            return value
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return None


def read(query: Iterable[tuple[str, str]], content_type: str, body: bytes) -> Parameters | Refusal:
    """The parameters of a request."""
    if not body.strip():
        return Parameters(query, {})
    if content_type == "application/x-www-form-urlencoded":
        fields: dict[str, Any] = {}
        for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
            if name in fields:
                fields[name] = [*(fields[name] if isinstance(fields[name], list) else [fields[name]]), value]
            else:
                fields[name] = value
        return Parameters(query, fields)
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return refusal(400, "The request body is not valid JSON")
    if not isinstance(parsed, dict):
        return refusal(400, "The request body must be a JSON object")
    return Parameters(query, parsed)


@dataclass(frozen=True, slots=True)
class Call:
    caller: Caller
    parameters: Parameters
    now: float = field(default=0.0)


def page_bounds(call: Call, total: int, *, default: int, maximum: int) -> tuple[int, int] | Refusal:
    """Where a page of a list of `total` begins and ends, by `first` and an `after` of our own making."""
    first = call.parameters.integer("first") or default
    if not 1 <= first <= maximum:
        return refusal(400, f'The parameter "first" must be between 1 and {maximum}')
    begin = cursor_position(call.parameters.text("after"))
    if begin is None:
        return refusal(400, "The cursor is not valid")
    return begin, min(begin + first, total)


_CURSOR: Final = "eyJiIjpudWxsLCJhIjp7"


def cursor(position: int) -> str:
    """Opaque to a client, and meaningless anywhere but where it came from."""
    return f"{_CURSOR}{position:x}"


def cursor_position(text: str | None) -> int | None:
    """The position of a cursor, 0 for none; None if it isn't ours."""
    if not text:
        return 0
    try:
        return int(text.removeprefix(_CURSOR), 16) if text.startswith(_CURSOR) else None
    except ValueError:
        return None


def pagination(position: int | None) -> dict[str, str]:
    return {} if position is None else {"cursor": cursor(position)}
