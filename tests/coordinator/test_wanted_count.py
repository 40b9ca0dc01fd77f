"""Which shard count is wanted, and what a person may set."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from coordinator.wanted_count import By, Wanted, bounds_of, read_by_hand, refusal, set_by_hand, wanted
from fleet.keys import Keys
from fleet.settings import Settings


def test_without_an_upper_bound_the_count_is_fixed(settings: Settings) -> None:
    bounds = bounds_of(replace(settings, shards_min=6))
    assert (bounds.shards_min, bounds.shards_max) == (6, 6)
    assert wanted(bounds, None, 6) == Wanted(6, By.SETTINGS)


def test_between_two_bounds_the_load_decides(settings: Settings) -> None:
    bounds = bounds_of(replace(settings, shards_min=4, shards_max=9))
    assert wanted(bounds, None, 7) == Wanted(7, By.LOAD)


@pytest.mark.parametrize("by_hand", [1, 5, 40])
def test_what_a_person_set_stands_above_load_and_settings(settings: Settings, by_hand: int) -> None:
    bounds = bounds_of(replace(settings, shards_min=4, shards_max=9))
    assert wanted(bounds, by_hand, 7) == Wanted(by_hand, By.HAND)


def test_no_more_than_the_workers_hold_can_be_set_unless_it_is_no_more_than_there_is() -> None:
    assert refusal(40, 4, 2, 40) == ""
    assert "the 2 active workers hold 40 shards at most" in refusal(41, 4, 2, 40)
    assert refusal(41, 60, 2, 40) == "", "fewer than there are, though more than can be held, is better than before"
    assert "the 0 active workers hold 0 shards" in refusal(1, None, 0, 0)


async def test_it_stands_in_redis_until_it_is_set_again_or_given_back(redis: Redis, namespace: str) -> None:
    keys = Keys(namespace)
    assert await read_by_hand(redis, keys) is None
    for count in (12, 4):
        await set_by_hand(redis, keys, count, 1)
        assert await read_by_hand(redis, keys) == count
    await set_by_hand(redis, keys, None, 1)
    assert await read_by_hand(redis, keys) is None


@pytest.mark.parametrize("written", ["", "many", "0", "-4", "20001", "4.5"])
async def test_what_somebody_else_wrote_there_and_is_no_count_stops_nobody(
    redis: Redis, namespace: str, written: str
) -> None:
    keys = Keys(namespace)
    await redis.hset(keys.wanted_count, "count", written)  # type: ignore[misc] # typed for both clients
    assert await read_by_hand(redis, keys) is None
