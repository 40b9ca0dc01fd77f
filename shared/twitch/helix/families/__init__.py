"""The rows of the table, a module for each group of calls, each with the models of its answers.

They are read at the first use of a method made from them, so that a program that uses EventSub alone doesn't wait.
"""

from functools import cache
from importlib import import_module
from typing import Any

from twitch.helix.endpoints import Endpoint

FAMILIES = ("conduits", "eventsub", "users", "channels", "streams", "chat", "pins", "emotes", "search")


@cache
def endpoints() -> tuple[Endpoint[Any], ...]:
    """Every row there is."""
    modules = [import_module(f"{__name__}.{family}") for family in FAMILIES]
    return tuple(row for module in modules for row in vars(module).values() if isinstance(row, Endpoint))
