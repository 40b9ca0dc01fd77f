"""Well-formed events, one maker a type and version.

A maker describes what happens in a `Scene`: a channel, its people, and the number of the event among those of its
type. Where a type has variants (actions of moderators, notices of chat, things that are null by turns) they take
turns by that number, so that as many events as a type has `turns` have shown all of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from twitch.simulator.examples import (
    automod,
    chat,
    milestones,
    moderate,
    moderation,
    notices,
    outside,
    points,
    stream,
    support,
)
from twitch.simulator.examples.chat import chat_message
from twitch.simulator.examples.filling import Body
from twitch.simulator.examples.outside import authorization
from twitch.simulator.examples.scene import Maker, Scene, named
from twitch.simulator.people import Person

__all__ = ["MAKERS", "Body", "Maker", "Scene", "authorization", "chat_message", "plain", "turns"]

_FAMILIES: Final = (automod, chat, milestones, moderate, moderation, notices, outside, points, stream, support)
MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    row: maker for family in _FAMILIES for row, maker in family.MAKERS.items()
}

_TURNS: Final = 8
_MORE_TURNS: Final[Mapping[tuple[str, str], int]] = {
    ("channel.chat.notification", "1"): 2 * len(notices.NOTICES),
    ("channel.moderate", "1"): 2 * len(moderate.ACTIONS_V2),
    ("channel.moderate", "2"): 2 * len(moderate.ACTIONS_V2),
    ("conduit.shard.disabled", "1"): len(outside.SHARD_STATUSES),
}


def turns(type_: str, version: str) -> int:
    """After how many events of a type the first one comes again (its ids and times are new)."""
    return _MORE_TURNS.get((type_, version), _TURNS)


def plain(condition: Mapping[str, str], person: Callable[[str], Person]) -> dict[str, Any]:
    """For a type without a maker: everybody whom the condition names, in full, and nothing else."""
    event: dict[str, Any] = {}
    for key, value in condition.items():
        if key.endswith("user_id") and value:
            event |= named(key.removesuffix("id"), person(value))
        else:
            event[key] = value
    return event
