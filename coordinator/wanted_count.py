"""The shard count that is wanted, and by whom.

A count that a person set (`POST /api/conduit`) stands in Redis until it is set again or given back: over restarts,
elections and settings, FLEET_SHARDS_MIN and FLEET_SHARDS_MAX included, and above what the load asks for. Without one the
settings hold: a fixed count, or between two by load, beginning from what was wanted last.

The intent is state, not a message: whichever coordinator was asked writes it, and whoever leads reads it in every round.
A Redis that lost its data has lost it too, and then the settings hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from redis.asyncio import Redis

from coordinator.scaling import Bounds
from fleet.connection import hash_of, replicated
from fleet.keys import Keys
from fleet.settings import Settings

COUNT_MAX = 20_000
"""Shards of a conduit: https://dev.twitch.tv/docs/eventsub/handling-conduit-events/"""


class By(StrEnum):
    """Who wants a count."""

    HAND = "hand"
    LOAD = "load"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shard count, and who wants it."""

    count: int
    by: By


def bounds_of(settings: Settings) -> Bounds:
    """What the settings say of the count."""
    return Bounds(
        settings.shards_min,
        settings.shards_max or settings.shards_min,
        settings.shard_events_per_second,
        settings.shards_cooldown_seconds,
    )


def wanted(bounds: Bounds, by_hand: int | None, by_load: int) -> Wanted:
    """What is to be had. by_load: what `scaling` asks for, which is within the bounds."""
    if by_hand is not None:
        return Wanted(by_hand, By.HAND)
    return Wanted(by_load, By.SETTINGS if bounds.shards_min == bounds.shards_max else By.LOAD)


def refusal(count: object, now_count: int | None, workers: int, capacity: int) -> str:
    """Why a count can't be set, as a sentence; '' where it can.

    now_count: what Twitch has, None where there is no conduit yet. workers, capacity: the active ones, and the shards
    that they hold together at most. Fewer shards than there are can always be had.
    """
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= COUNT_MAX:
        return f"shard_count must be a whole number from 1 to {COUNT_MAX}, or null to give it back to the settings"
    if count > max(capacity, now_count or 0):
        return (
            f"shard_count is {count}; the {workers} active workers hold {capacity} shards at most"
            " (FLEET_WORKER_CAPACITY each): start more workers first"
        )
    return ""


async def set_by_hand(redis: Redis, keys: Keys, count: int | None, now_ms: int) -> None:
    """Writes the intent, or removes it, and wakes the leader up early. Nobody else has it: so a replica is waited for."""
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.delete(keys.wanted_count)
        if count is not None:
            pipeline.hset(keys.wanted_count, mapping={"count": count, "set_ms": now_ms})
        pipeline.publish(keys.rep_wake, "")
        await pipeline.execute()
    await replicated(redis, keys, "a shard count set by hand")


async def read_by_hand(redis: Redis, keys: Keys) -> int | None:
    """The count that a person set, if one stands."""
    raw = (await hash_of(redis, keys.wanted_count)).get(b"count", b"")
    # Written by us alone, but whoever wrote something else with redis-cli must not stop the leader.
    return int(raw) if raw.isdigit() and 1 <= int(raw) <= COUNT_MAX else None
