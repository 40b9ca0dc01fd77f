"""Whether an argument is of the kind that its annotation says: for programs that no type checker has read.

Twitch names a wrong kind in a body, takes one in a query for a text, and can't know that "AB" was no list of A and B. So
kinds are looked at before anything is sent, and an error names the method and the parameter as the program knows them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from twitch.helix.arguments import in_order
from twitch.helix.endpoints import Param

_PLAIN: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "datetime": (datetime, str),
}
"""What a value of each annotation may be. A time may come as Twitch writes it."""


def fitting(param: Param, value: Any) -> Any:
    """The value as it's sent on: a collection as a list, an id that came as a number as a text.

    Raises TypeError for another kind than the annotation's, ValueError for a number out of bounds.
    """
    listed, kinds = _kinds(param.annotation)
    if listed:
        return [_one(each, kinds) for each in in_order(value)]
    value = _one(value, (Mapping,) if param.keys else kinds)
    if param.between and not param.between[0] <= value <= param.between[1]:
        raise ValueError(f"from {param.between[0]} to {param.between[1]} is allowed, not {value}")
    return value


def _one(value: Any, kinds: tuple[type, ...]) -> Any:
    if kinds == (str,) and type(value) is int:
        return str(value)
    if kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise TypeError(f"{' or '.join(kind.__name__ for kind in kinds)} is wanted, not {type(value).__name__}")
    return value


@cache
def _kinds(annotation: str) -> tuple[bool, tuple[type, ...]]:
    """Whether it's a collection, and what its values may be, or the value itself; no types for anything."""
    listed = re.fullmatch(r"(?:Collection|Sequence)\[(.*)\]", annotation)
    inner = listed[1] if listed else annotation
    return listed is not None, (str,) if inner.startswith("Literal[") else _PLAIN.get(inner, ())
