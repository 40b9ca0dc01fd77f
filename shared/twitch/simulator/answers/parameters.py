"""The notation of an endpoint's parameters, and the check of a call against it.

A text names the parameters, one a word:

    name           required, text                  name?          optional
    name*50        up to 50 values                 name=a|b|c     one of these words
    name:int       a whole number                  name:1-60      a number from 1 to 60
    name:float     any number                      name:bool      true or false
    name:time      RFC 3339                        name:object    of a body: an object
    data.user_id   of a body: a field of the object (of each, if it is a list) in the field data

Twitch reads a query parameter in the query and a field of the body in the body, and so does this check: a client that
mistakes one for the other, or sends "5" for 5, is told here and not on the day it meets Twitch.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from twitch.simulator.calls import Parameters, missing, refusal
from twitch.simulator.refusal import Refusal

_WORD: Final = re.compile(
    r"(?P<name>[\w.]+)(\*(?P<most>[0-9]+))?(=(?P<words>[^?]+))?(:((?P<low>[0-9]+)-(?P<high>[0-9]+)|(?P<type>[a-z]+)))?"
    r"(?P<optional>\?)?"
)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_TYPES: Final = {
    "text": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "time": "a time in RFC 3339",
    "object": "an object",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `most` None: not a list."""

    name: str
    type: str = "text"
    optional: bool = False
    most: int | None = None
    words: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def problem(self, value: Any, *, as_text: bool) -> str | None:
        """What is wrong with one value. `as_text`: it came in a query."""
        if self.words:
            return None if value in self.words else f"must be one of {', '.join(self.words)}"
        if not _is_of_type(self.type, value, as_text=as_text):
            return f"must be {_TYPES[self.type]}"
        if self.low is not None and self.high is not None and not self.low <= float(value) <= self.high:
            return f"must be between {self.low:g} and {self.high:g}"
        return None


@cache
def parse(notation: str) -> tuple[Parameter, ...]:
    """The parameters that a text names; ValueError if it doesn't follow the notation."""
    return tuple(_parse_word(word) for word in notation.split())


def _parse_word(word: str) -> Parameter:
    match = _WORD.fullmatch(word)
    if match is None or (match["type"] or "text") not in _TYPES:
        raise ValueError(f"{word!r} names no parameter")
    limits = match["low"] is not None
    return Parameter(
        name=match["name"],
        type="float" if limits else match["type"] or "text",
        optional=match["optional"] is not None,
        most=int(match["most"]) if match["most"] else None,
        words=tuple(match["words"].split("|")) if match["words"] else (),
        low=float(match["low"]) if limits else None,
        high=float(match["high"]) if limits else None,
    )


def check_query(expected: Sequence[Parameter], given: Parameters) -> Refusal | None:
    """What is missing from the query or wrong in it."""
    for parameter in expected:
        values = [value for value in given.in_query(parameter.name) if value]
        if not values and not parameter.optional:
            return missing(parameter.name)
        if len(values) > (parameter.most or 1):
            return refusal(400, f'The parameter "{parameter.name}" may have at most {parameter.most or 1} values')
        for value in values:
            if problem := parameter.problem(value, as_text=True):
                return refusal(400, f'The parameter "{parameter.name}" {problem}')
    return None


def check_body(expected: Sequence[Parameter], given: Parameters) -> Refusal | None:
    """What is missing from the body or wrong in it. What stands in something optional is not missing if that is."""
    absent = {one.name for one in expected if one.optional and given.body.get(one.name) is None}
    for parameter in expected:
        if parameter.name.rpartition(".")[0] in absent:
            continue
        for value in _values(given.body, parameter.name.split(".")):
            if value in (None, "", []) and not parameter.optional:
                return missing(parameter.name)
            if value is not None and (problem := _problem(parameter, value)):
                return refusal(400, f'The parameter "{parameter.name}" {problem}')
    return None


def _problem(parameter: Parameter, value: Any) -> str | None:
    if parameter.most is None:
        return parameter.problem(value, as_text=False)
    if not isinstance(value, list) or len(value) > parameter.most:
        return f"must be a list of at most {parameter.most}"
    return next((problem for one in value if (problem := parameter.problem(one, as_text=False))), None)


def _values(fields: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at the end of a path, once for each element of a list on the way; None where there is nothing."""
    if not path:
        yield fields
    elif isinstance(fields, list):
        for one in fields:
            yield from _values(one, path)
    elif isinstance(fields, Mapping):
        yield from _values(fields.get(path[0]), path[1:])
    else:
        yield None


def _is_of_type(type_: str, value: Any, *, as_text: bool) -> bool:
    match type_:
        case "bool":
            return value in {"true", "false"} if as_text else isinstance(value, bool)
        case "int":
            return value.lstrip("-").isdecimal() if as_text else isinstance(value, int) and not isinstance(value, bool)
        case "float" if as_text:
            return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "time":
            return isinstance(value, str) and _is_time(value)
        case "object":
            return isinstance(value, Mapping)
        case _:
            return isinstance(value, str)


def _is_time(text: str) -> bool:
    if _TIME.fullmatch(text) is None:
        return False
    try:
        year = datetime.fromisoformat(text.upper()).year
    except ValueError:
        return False
    return 1970 <= year < 3000
