"""Somebody hears before trimming passes a registered group, and when it has: against a real Redis."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from coordinator.group_margins import GroupMargins
from coordinator.margin import Edges
from fleet.keys import Keys
from fleet.streams import GroupReader

TYPE, GROUP = "channel.follow", "slow"
LABELS = {"group": GROUP, "type": TYPE}
MINUTE_MS = 60_000
START_MS = 1_000_000 * MINUTE_MS


@pytest.fixture
def stream(keys: Keys) -> str:
    return keys.stream(TYPE, 0)


@pytest.fixture
async def reader(redis: Redis, keys: Keys, stream: str) -> GroupReader:
    """A group on a stream of ten entries, one a minute from START_MS on."""
    for minute in range(10):
        await redis.xadd(stream, {"type": TYPE}, id=f"{START_MS + minute * MINUTE_MS}-0")
    await redis.sadd(keys.streams, stream)  # type: ignore[misc] # typed for both clients
    reader = GroupReader(redis, keys, GROUP, "me", lambda type_: type_ == TYPE)
    await reader.refresh()
    return reader


@pytest.fixture
def margins(redis: Redis, keys: Keys) -> GroupMargins:
    return GroupMargins(redis, keys)


def edges(minute: float) -> Edges:
    """So many minutes after START_MS, with a retention of 20 minutes."""
    return Edges(
        now_ms=int(START_MS + minute * MINUTE_MS), retention_ms=20 * MINUTE_MS, length_max=10_000, memory_use=0.0
    )


def shown() -> float | None:
    return REGISTRY.get_sample_value("stream_group_margin_ratio", LABELS)


@pytest.fixture
def overruns() -> Callable[[], float]:
    name = "stream_group_overruns_total"
    before = REGISTRY.get_sample_value(name, LABELS) or 0.0
    return lambda: (REGISTRY.get_sample_value(name, LABELS) or 0.0) - before


async def test_a_group_that_reads_nothing_is_seen_to_fall_behind_before_anything_is_lost(
    reader: GroupReader, margins: GroupMargins, stream: str, redis: Redis, overruns: Callable[[], float]
) -> None:
    for minute, expected in ((10, 0.5), (16, 0.2), (20, 0.0)):
        await margins.look([stream.encode()], edges(minute))
        assert shown() == pytest.approx(expected)
        assert overruns() == 0
    await redis.xtrim(stream, minid=START_MS + 3 * MINUTE_MS, approximate=False)
    await margins.look([stream.encode()], edges(23))
    assert (shown(), overruns()) == (0.0, 1)


async def test_what_was_given_and_not_acknowledged_is_needed(
    reader: GroupReader, margins: GroupMargins, stream: str, redis: Redis, overruns: Callable[[], float]
) -> None:
    first, *others = await reader.new(10, None)
    await reader.ack(others)
    await margins.look([stream.encode()], edges(15))
    assert shown() == pytest.approx(0.25)
    await redis.xtrim(stream, minid=START_MS + MINUTE_MS, approximate=False)
    for _ in range(2):
        await margins.look([stream.encode()], edges(21))
    assert overruns() == 1, "one that stays pending is counted once"
    await reader.ack([first])
    await margins.look([stream.encode()], edges(22))
    assert shown() == 1.0


async def test_a_quiet_stream_is_no_danger_to_who_has_read_it(
    reader: GroupReader, margins: GroupMargins, stream: str, redis: Redis, overruns: Callable[[], float]
) -> None:
    await reader.ack(await reader.new(10, None))
    await margins.look([stream.encode()], edges(19))
    assert shown() == 1.0
    # The next entry comes after a long silence: it is new, however long ago the last one was read.
    await redis.xadd(stream, {"type": TYPE}, id=f"{START_MS + 28 * MINUTE_MS}-0")
    await redis.xtrim(stream, minid=START_MS + 8 * MINUTE_MS, approximate=False)
    await margins.look([stream.encode()], edges(28))
    assert (shown(), overruns()) == (1.0, 0)


async def test_groups_that_nobody_registered_are_not_watched(
    margins: GroupMargins, stream: str, redis: Redis, keys: Keys
) -> None:
    await redis.xadd(stream, {"type": TYPE}, id=f"{START_MS}-0")
    await redis.xgroup_create(stream, "unknown", id="0")
    await redis.sadd(keys.groups, "nonsense", f"{TYPE}|not there")  # type: ignore[misc]
    await margins.look([stream.encode(), keys.revocations.encode()], edges(19))
    assert REGISTRY.get_sample_value("stream_group_margin_ratio", {"group": "unknown", "type": TYPE}) is None
    assert shown() is None
