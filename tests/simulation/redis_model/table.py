"""The table of commands: one row each, put there by the function that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from redis_model.values import Refused, Reply, Store

Words = Sequence[bytes]
Run = Callable[[Store, Words], Reply]

SYNTAX = "ERR syntax error"
NOT_AN_INTEGER = "ERR value is not an integer or out of range"


@dataclass(frozen=True, slots=True)
class Command:
    """One row."""

    run: Run
    words_min: int
    """The fewest words it takes, itself among them."""
    denied_when_full: bool = False


COMMANDS: dict[bytes, Command] = {}


def command(name: str, words_min: int, *, grows: bool = False) -> Callable[[Run], Run]:
    """Puts a function into the table. grows: a Redis that is full refuses it."""

    def noted(run: Run) -> Run:
        COMMANDS[name.encode()] = Command(run, words_min, grows)
        return run

    return noted


def integer(word: bytes) -> int:
    try:
        return int(word)
    except ValueError:
        raise Refused(NOT_AN_INTEGER) from None
