"""Event bodies that are serialized once and filled in many times.

A maker describes the event of a channel once; what differs from event to event stands in it as a placeholder. `Body`
cuts the serialized description at these, so that a further event costs a few joins and no serializer.
"""

from collections.abc import Callable, Mapping
from re import Pattern
from re import compile as compile_pattern
from typing import Any, Final

import orjson

from twitch.simulator.wire import timestamp

UUID: Final = "@@uuid@@"  # another one in each event
NUMBER: Final = "@@number@@"  # an id of digits, another one in each event
TIME: Final = "@@time@@"
_PLACEHOLDER: Final[Pattern[bytes]] = compile_pattern(rb"@@(uuid|number|time(?:[+-][0-9]+)?)@@")


def at(seconds: int) -> str:
    """A time so many seconds from now; below 0 it has passed."""
    return f"@@time{seconds:+d}@@"


class Body:
    """An event that is ready to be filled in."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._parts = _PLACEHOLDER.split(orjson.dumps(event))
        # Text and placeholders take turns: index -> seconds from now, None for what is no time.
        self._placeholders = [
            (index, int(word[4:] or b"0") if word.startswith(b"time") else None)
            for index, word in enumerate(self._parts)
            if index % 2
        ]

    def fill(self, now: float, uuid: Callable[[], str], number: Callable[[], int]) -> bytes:
        if not self._placeholders:
            return self._parts[0]
        filled = self._parts.copy()
        for index, seconds in self._placeholders:
            if seconds is not None:
                filled[index] = timestamp(now + seconds).encode()
            elif filled[index] == b"uuid":
                filled[index] = uuid().encode()
            else:
                filled[index] = b"%d" % number()
        return b"".join(filled)
