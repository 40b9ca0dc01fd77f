"""Streams are trimmed by age, and to their share of Redis' memory. Redis trims whole nodes of 100 entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from coordinator.group_margins import GroupMargins
from coordinator.retention import MEMORY_SHARE, trim
from coordinator.term import Term
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


async def fill(redis: Redis, stream: str, count: int, *, at_ms: int, size: int = 1) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        for number in range(count):
            pipe.xadd(stream, {"payload": b"x" * size}, id=f"{at_ms}-{number + 1}")
        await pipe.execute()


async def now_ms(redis: Redis) -> int:
    return int((await redis.time())[0]) * 1000


@pytest.mark.parametrize("which", ["an event stream", "the revocations"])
async def test_what_is_too_old_goes_and_what_is_not_stays(term: Term, redis: Redis, keys: Keys, which: str) -> None:
    stream = keys.revocations
    if which == "an event stream":
        stream = keys.stream("t", 0)
        await redis.sadd(keys.streams, stream)  # type: ignore[misc] # redis-py: serves its blocking client too
    now = await now_ms(redis)
    await fill(redis, stream, 300, at_ms=now - 3_700_000)
    await fill(redis, stream, 50, at_ms=now - 3_500_000)
    before = REGISTRY.get_sample_value("fleet_stream_trimmed_total") or 0
    await trim(term, GroupMargins(term.redis, term.keys))
    assert 50 <= await redis.xlen(stream) < 150
    assert (REGISTRY.get_sample_value("fleet_stream_trimmed_total") or 0) - before == 350 - await redis.xlen(stream)


async def test_a_stream_that_is_not_there_is_no_error(term: Term, redis: Redis, keys: Keys) -> None:
    await redis.sadd(keys.streams, keys.stream("gone", 0))  # type: ignore[misc]
    await trim(term, GroupMargins(term.redis, term.keys))


async def test_all_together_take_their_share_of_the_memory(term: Term, own_server: RedisServer, keys: Keys) -> None:
    streams = [keys.stream("t", 0), keys.stream("u", 0)]
    async with Redis.from_url(own_server.url) as redis:
        now = await now_ms(redis)
        await redis.sadd(keys.streams, *streams)
        await fill(redis, streams[0], 6000, at_ms=now, size=1000)
        await fill(redis, streams[1], 2000, at_ms=now, size=1000)
        await redis.config_set("maxmemory", 10_000_000)
        await trim(replace(term, redis=redis), GroupMargins(redis, keys))
        sizes = [await redis.memory_usage(stream, samples=0) for stream in streams]
        lengths = [await redis.xlen(stream) for stream in streams]
    assert sum(sizes) < 10_000_000 * MEMORY_SHARE * 1.1
    assert sum(sizes) > 10_000_000 * MEMORY_SHARE * 0.8, "no more than it must"
    assert lengths[0] / lengths[1] == pytest.approx(3, rel=0.2), "each by the same factor"


async def test_within_the_share_nothing_is_shortened(term: Term, own_server: RedisServer, keys: Keys) -> None:
    async with Redis.from_url(own_server.url) as redis:
        await redis.sadd(keys.streams, keys.stream("t", 0))
        await fill(redis, keys.stream("t", 0), 1000, at_ms=await now_ms(redis))
        await redis.config_set("maxmemory", 10_000_000)
        await trim(replace(term, redis=redis), GroupMargins(redis, keys))
        assert await redis.xlen(keys.stream("t", 0)) == 1000


async def test_what_is_no_stream_of_ours_holds_up_no_trimming(term: Term, redis: Redis, keys: Keys) -> None:
    """Workers write the set of streams: any text may stand there, and a stream's key may be of another type."""
    stream, wrong, foreign = keys.stream("t", 0), keys.stream("wrong", 0), f"{keys.namespace}:ctl:foreign"
    await redis.sadd(keys.streams, stream, wrong, foreign, b"\xff")  # type: ignore[misc]
    await redis.sadd(keys.groups, "wrong|group", "t|group")  # type: ignore[misc]
    await redis.set(wrong, "a text")
    old_ms = await now_ms(redis) - 3_700_000
    await fill(redis, stream, 300, at_ms=old_ms)
    await fill(redis, foreign, 300, at_ms=old_ms)
    await trim(term, GroupMargins(term.redis, term.keys))
    assert await redis.xlen(stream) < 100
    assert await redis.xlen(foreign) == 300
