"""All rows, by method and path, and the endpoints that Twitch has removed.

Removed ones answer 410: https://dev.twitch.tv/docs/change-log/
"""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from twitch.simulator.answers import (
    ads,
    analytics,
    bits,
    campaigns,
    channel_points,
    channels,
    chat,
    clips,
    directory,
    emotes,
    entitlements,
    extensions,
    guest_star,
    moderation,
    roles,
    schedule,
    streams,
    users,
    votes,
)
from twitch.simulator.answers.rows import Row

_FAMILIES: Final = (
    *(ads, analytics, bits, campaigns, channel_points, channels, chat, clips, directory, emotes, entitlements),
    *(extensions, guest_star, moderation, roles, schedule, streams, users, votes),
)

ROWS: Final[Mapping[tuple[str, str], Row]] = {
    (row.method, row.path): row for row in chain.from_iterable(family.ROWS for family in _FAMILIES)
}

GONE: Final = frozenset(
    {
        ("GET", "/tags/streams"),
        ("GET", "/streams/tags"),
        ("PUT", "/streams/tags"),
        ("GET", "/users/follows"),
        ("POST", "/users/follows"),
        ("DELETE", "/users/follows"),
        ("GET", "/hypetrain/events"),
    }
)
