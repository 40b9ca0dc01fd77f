"""What a handler can say by raising, and what becomes of an event that it could not take. Pure.

    returns                        done
    raises Retry(seconds)          tried again then
    raises GiveUp(reason)          a dead letter at once
    raises anything else           tried again with backoff
    takes too long                 as above

Every try counts, those that end in `Retry` too; after the last (`FLEET_HANDLER_TRIES_MAX`) the event is a dead letter.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

BACKOFF_FIRST_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 300.0
"""Five minutes: an outage of what a handler depends on is over within a few of them, or needs somebody to look."""

ERROR_CHARACTERS_MAX = 500
"""Of an error's text in a dead letter: enough for its sentence, not for a page of HTML that some exceptions carry."""


class Retry(Exception):
    """Raised by a handler: try this event again after `seconds`."""

    def __init__(self, seconds: float = BACKOFF_FIRST_SECONDS, reason: str = "") -> None:
        super().__init__(reason or f"asked to be tried again in {seconds:g} s")
        self.seconds = max(0.0, seconds)


RetryLater = Retry


class GiveUp(Exception):
    """Raised by a handler: no further try will help; keep the event as a dead letter."""

    def __init__(self, reason: str = "the handler gave the event up") -> None:
        super().__init__(reason)


class DeadReason(StrEnum):
    """Why an event became a dead letter."""

    TRIES = "tries"
    """Every try failed."""
    GAVE_UP = "gave_up"
    """The handler raised GiveUp."""
    UNDECODABLE = "undecodable"
    """The payload does not fit its type; a newer version may read it."""
    NO_HANDLER = "no_handler"
    """No process had a handler for it, for as long as a rolling deploy can take."""
    KILLED = "killed"
    """Each try ended with the death of its process."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Dead:
    """Keep it as a dead letter."""

    reason: DeadReason


def after_failure(error: BaseException, tries: int, tries_max: int, rng: random.Random) -> Again | Dead:
    """What becomes of an event whose try number `tries` (from 1) ended with `error`."""
    assert tries >= 1, "a failure is at least the first try's"
    if isinstance(error, GiveUp):
        return Dead(DeadReason.GAVE_UP)
    if tries >= tries_max:
        return Dead(DeadReason.TRIES)
    if isinstance(error, Retry):
        return Again(error.seconds)
    return Again(backoff_seconds(tries, rng))


def backoff_seconds(tries: int, rng: random.Random) -> float:
    """Doubling from a second to five minutes, each spread over its upper half so that failures do not return together."""
    ceiling = min(BACKOFF_FIRST_SECONDS * 2.0 ** min(tries - 1, 32), BACKOFF_MAX_SECONDS)
    return ceiling * rng.uniform(0.5, 1.0)


def describe_error(error: BaseException) -> str:
    """One line: the class and what it says."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:ERROR_CHARACTERS_MAX] if text else type(error).__name__
