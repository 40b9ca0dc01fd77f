"""The rows of the table, a module for each group of calls, each with the models of its answers.

They are read at the first use of a method made from them, so that a program that uses EventSub alone doesn't wait.

A new call of Twitch's is a new row beside its kin, with a model if it answers with anything new; then run
``python -m twitch.helix.stubs``. The tests of tests/twitch/helix walk all rows, and one calls every method at the
simulator: it wants a row there too, in twitch/simulator/answers/.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from twitch.helix.endpoints import Endpoint

FAMILIES = (
    "conduits",
    "eventsub",
    "users",
    "channels",
    "streams",
    "chat",
    "pins",
    "emotes",
    "automod",
    "moderation",
    "moderators",
    "channel_points",
    "support",
    "votes",
    "videos",
    "search",
    "community",
    "schedule",
    "teams",
    "ads",
    "guest_star",
    "drops",
    "extensions",
    "extension_calls",
)

ABSENT = {
    "Get All Stream Tags": "deprecated: Twitch has answered 410 since July 2023; channels carry free tags instead",
    "Get Stream Tags": "deprecated: likewise; see ChannelInfo.tags and StreamInfo.tags",
}
"""What Twitch's reference still lists and the table doesn't, and why."""


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"{__name__}.{family}") for family in FAMILIES)


@cache
def models() -> Mapping[str, type]:
    """The types of what goes in and comes out, by name."""
    found = {
        name: value
        for module in _modules()
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    return dict(sorted(found.items()))


@cache
def endpoints() -> tuple[Endpoint[Any], ...]:
    """Every row there is."""
    return tuple(row for module in _modules() for row in vars(module).values() if isinstance(row, Endpoint))
