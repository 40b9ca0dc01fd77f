"""How much of Twitch's rate limit may be used for what: sockets that are opened, and listings. Pure.

Twitch closes a socket that is not bound within 10 s of its welcome (4003), so one that nobody will have bound by then is
opened for nothing, and its shard waits longer for the next. What can be bound in time depends on the points that are left
(one a call, each binds up to 100 shards), on when there are more, and on how long a call takes.

A listing takes a call for each 100 shards, two hundred of a full conduit; asked for whenever there is reason to doubt, it
would use up the points that its own findings need. https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits
"""

from __future__ import annotations

from typing import Protocol

PATCH_SHARDS_MAX = 100
"""Shards in one Update Conduit Shards: https://dev.twitch.tv/docs/api/reference/#update-conduit-shards"""

OPENINGS_MAX = 400
"""Sockets that the fleet has opening at a time: four PATCHes, which fit well inside Twitch's 10 s after a welcome."""

BIND_SECONDS = 7.0
"""Of Twitch's 10 s; the rest goes to the report, the gathering and the round."""

PAGE_SHARDS = 100
"""Shards on one page of Get Conduit Shards, as far as is known."""

FREE_CALLS = 5
"""A listing of no more calls goes whenever it is asked for."""

KEPT_SHARE = 0.4
"""A larger one goes at once while it leaves so much of the bucket …"""

LISTINGS_SHARE = 0.25
"""… and otherwise so seldom that listings take so much of it at most."""

WINDOW_SECONDS = 60.0


class Points(Protocol):
    """What is known of the app token's bucket."""

    @property
    def limit(self) -> int: ...
    @property
    def remaining(self) -> int: ...
    @property
    def resets_in_seconds(self) -> float: ...


def openings(points: Points | None, call_seconds: float) -> int:
    """Sockets that the whole fleet may have opening: what can be bound in time.

    points: None before Twitch has told of any. call_seconds: how long a binding takes, lately. One call is always tried if
    there is a point for it: by that one sees whether they have become faster.
    """
    calls = max(1, int(BIND_SECONDS / call_seconds)) if call_seconds > 0 else OPENINGS_MAX
    if points is not None:
        refilled = points.limit if points.resets_in_seconds < BIND_SECONDS else 0
        calls = min(calls, points.remaining + refilled)
    return min(OPENINGS_MAX, calls * PATCH_SHARDS_MAX)


def listing_pause_seconds(points: Points | None, shard_count: int) -> float:
    """How long after a listing was asked for the next one is to wait at least."""
    calls = 1 + -(-shard_count // PAGE_SHARDS)  # Get Conduits goes before
    if points is None or calls <= FREE_CALLS or points.remaining - calls >= KEPT_SHARE * points.limit:
        return 0.0
    return calls * WINDOW_SECONDS / (LISTINGS_SHARE * max(1, points.limit))
