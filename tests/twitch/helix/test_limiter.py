"""Who goes when points are short, in one process."""

import asyncio

import pytest

from twitch import errors
from twitch.helix import Bucket, BucketKey, Lane, MemoryLimiter, RateReading
from twitch.helix.families.conduits import GET_CONDUIT_SHARDS, GET_CONDUITS, UPDATE_CONDUIT, UPDATE_CONDUIT_SHARDS

KEY = BucketKey("app", Bucket.POINTS)


async def test_the_more_urgent_lane_goes_first() -> None:
    limiter = MemoryLimiter()
    await limiter.reserve(KEY, Lane.REST)  # finds out
    order: list[str] = []

    async def call(name: str, lane: Lane) -> None:
        await limiter.reserve(KEY, lane)
        order.append(name)
        await limiter.settle(KEY, None)

    calls = [
        asyncio.create_task(call(name, lane))
        for name, lane in (
            ("rest", Lane.REST),
            ("subscription", Lane.SUBSCRIPTIONS),
            ("listing", Lane.LISTINGS),
            ("shard", Lane.SHARDS),
        )
    ]
    await asyncio.sleep(0)
    await limiter.settle(KEY, RateReading(800, 700, 60, 60))
    await asyncio.gather(*calls)
    assert order == ["shard", "listing", "subscription", "rest"]


async def test_nobody_waits_for_ever() -> None:
    limiter = MemoryLimiter(wait_seconds_max=0.05)
    await limiter.reserve(KEY, Lane.SHARDS)
    with pytest.raises(errors.RateLimited) as caught:
        await limiter.reserve(KEY, Lane.SHARDS)
    assert caught.value.kind is errors.RateLimitKind.BUCKET


async def test_a_point_that_is_given_as_the_time_is_up_is_taken() -> None:
    limiter = MemoryLimiter(wait_seconds_max=0.0)
    await limiter.reserve(KEY, Lane.REST)
    waiting = asyncio.create_task(limiter.reserve(KEY, Lane.REST))
    await asyncio.sleep(0)  # its time is up in the next turn of the loop, and in this one …
    await limiter.settle(KEY, RateReading(800, 700, 60, 60))
    await waiting


async def test_who_gives_up_leaves_the_point_to_the_next() -> None:
    limiter = MemoryLimiter()
    await limiter.reserve(KEY, Lane.SHARDS)
    first = asyncio.create_task(limiter.reserve(KEY, Lane.SHARDS))
    second = asyncio.create_task(limiter.reserve(KEY, Lane.SHARDS))
    await asyncio.sleep(0)
    first.cancel()
    await limiter.settle(KEY, RateReading(10, 1, 60, 60))
    await asyncio.wait_for(second, 30)
    assert first.cancelled()


async def test_tokens_have_buckets_of_their_own() -> None:
    limiter = MemoryLimiter()
    await limiter.reserve(KEY, Lane.REST)
    await asyncio.wait_for(limiter.reserve(BucketKey("1337", Bucket.POINTS), Lane.REST), 5)
    await asyncio.wait_for(limiter.reserve(BucketKey("app", Bucket.CHAT), Lane.REST), 5)


def test_listing_shards_gives_way_to_binding_them() -> None:
    """Of a large conduit a listing takes two hundred calls: what it finds has still to be bound."""
    assert (GET_CONDUITS.lane, GET_CONDUIT_SHARDS.lane) == (Lane.LISTINGS, Lane.LISTINGS)
    assert (UPDATE_CONDUIT.lane, UPDATE_CONDUIT_SHARDS.lane) == (Lane.SHARDS, Lane.SHARDS)
