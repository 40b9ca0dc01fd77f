"""Every event once, whoever read it how often and however many answers were lost: the flush script on a real Redis."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import Any, cast

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from fleet.embedded import RedisServer
from fleet.keys import Keys
from fleet.scripts import Scripts

ids = st.lists(st.integers(0, 12), min_size=1, max_size=8)
flushes = st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), ids, st.integers(1, 3)), max_size=12)


def event(keys: Keys, number: int) -> list[object]:
    """Event `number`: its type, partition and payload follow from the number, as with Twitch's retries."""
    type_, place = f"t{number % 2}", number % 3
    return [keys.stream(type_, place), f"m{number}", type_, "1", "", "", "", "0", number, f"{number}", number % 5 == 0]


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(flushes)
async def test_every_event_is_appended_once(server: RedisServer, sent: list[tuple[str, list[int], int]]) -> None:
    """sent: which worker's flush, of which events, and how often it goes out because its answer was lost."""
    keys = Keys(f"test-{secrets.token_hex(4)}")
    sequences = dict.fromkeys(("one", "two", "three"), 0)
    expected: list[int] = []
    async with Redis.from_url(server.url) as redis:
        scripts = Scripts(redis)
        for life, numbers, times in sent:
            fresh = [n for i, n in enumerate(numbers) if n not in expected and n not in numbers[:i]]
            batch = msgspec.msgpack.encode(([event(keys, number) for number in numbers], {"t1": 3}))
            for attempt in range(times):
                answer = await scripts.flush(
                    keys=[keys.flushed(life), keys.streams, keys.partitions, keys.revocations],
                    args=[sequences[life] + 1, keys.dedup, 60_000, 60, 1000, batch, sequences[life]],
                )
                assert answer == ([len(fresh), len(numbers) - len(fresh), 0] if attempt == 0 else [0, 0, 1])
            sequences[life] += 1
            expected += fresh

        streams = await cast("Awaitable[set[bytes]]", redis.smembers(keys.streams))
        assert {stream.decode() for stream in streams} == {str(event(keys, number)[0]) for number in expected}
        for stream in streams:
            entries: list[Any] = await redis.xrange(stream)
            in_order = [number for number in expected if event(keys, number)[0] == stream.decode()]
            assert [int(fields[b"payload"]) for _, fields in entries] == in_order
            assert [int(fields[b"received_ms"]) for _, fields in entries] == in_order
            assert [fields[b"message_id"] for _, fields in entries] == [f"m{number}".encode() for number in in_order]
