"""From streams to jobs, with no crash in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from arq.constants import job_key_prefix
from redis.exceptions import ConnectionError as RedisAway

from fleet.connection import connect
from fleet.dispatcher import AWAY_NOW, Dispatcher, lag_of
from fleet.jobs import deserialize, plan_jobs
from fleet.keys import Keys
from fleet.settings import Settings
from fleet.streams import GroupReader


@pytest.fixture
def dispatcher(redis: Any, keys: Keys, settings: Settings) -> Any:
    def make(consumer: str = "one", **changes: Any) -> Any:
        reader = GroupReader(redis, keys, "tests", consumer, lambda type_: type_ == "stream.online", idle_ms=0)
        return Dispatcher(redis, keys, replace(settings, **changes), reader)

    return make


@pytest.fixture
def jobs(redis: Any, keys: Keys) -> Any:
    """Message ids of the jobs in the queue."""

    async def waiting() -> Any:
        names = [name.decode() for name in await redis.zrange(keys.queue, 0, -1)]
        batches = [deserialize(await redis.get(job_key_prefix + name))["a"][0] for name in names]
        return sorted(work.entry.message_id for batch in batches for work in batch.works)

    return waiting


async def run_until(dispatcher: Any, condition: Any, eventually: Any) -> Any:
    task = asyncio.create_task(dispatcher.run())
    try:
        await eventually(condition)
    finally:
        dispatcher.stopping = True
        await task


async def test_entries_become_jobs_and_are_acknowledged(
    dispatcher: Any, stream: Any, redis: Any, jobs: Any, eventually: Any, keys: Keys
) -> None:
    for number in range(3):
        await stream.add(f"m{number}", str(number))
    one = dispatcher()

    async def all_there() -> Any:
        return await jobs() == ["m0", "m1", "m2"]

    await run_until(one, all_there, eventually)
    name = keys.stream("stream.online", 0)
    assert (await redis.xpending(name, "tests"))["pending"] == 0
    assert [await redis.ttl(key) async for key in redis.scan_iter(f"{job_key_prefix}{keys.namespace}:*")] == [
        -1,
        -1,
        -1,
    ]


async def test_it_stops_reading_while_too_many_jobs_wait(
    dispatcher: Any, stream: Any, redis: Any, jobs: Any, keys: Keys, eventually: Any
) -> None:
    for number in range(20):
        await stream.add(f"m{number}", str(number))
    one = dispatcher(handler_backlog=2, handler_batch_max=1)
    first: list[int] = []

    async def holds_back() -> Any:
        first.append(len(await jobs()))
        return len(first) > 20 and first[-1] == first[-2]

    await run_until(one, holds_back, eventually)
    assert first[-1] == 2
    assert await lag_of(redis, keys.stream("stream.online", 0), "tests") > 0


async def test_a_lost_reply_loses_nothing_and_doubles_nothing(
    dispatcher: Any, stream: Any, redis: Any, jobs: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch, keys: Keys
) -> None:
    """Whether the transaction took place or not, its entries are pending or they are jobs."""
    one = dispatcher()
    real, breaks = redis.pipeline, ["before", "after"]

    def pipeline(*args: Any, **options: Any) -> Any:
        pipe = real(*args, **options)
        execute = pipe.execute

        async def breaking() -> Any:
            how = breaks.pop() if breaks else ""
            if how == "before":
                raise RedisAway("lost on the way there")
            result = await execute()
            if how == "after":
                raise RedisAway("lost on the way back")
            return result

        pipe.execute = breaking
        return pipe

    monkeypatch.setattr(redis, "pipeline", pipeline)
    await stream.add("m1")

    async def first_there() -> Any:
        if breaks == ["before"] and await jobs() == ["m1"]:
            await stream.add("m2")
            return True
        return False

    async def both_there() -> Any:
        return not breaks and await jobs() == ["m1", "m2"]

    task = asyncio.create_task(one.run())
    await eventually(first_there)
    await eventually(both_there)
    one.stopping = True
    await task
    assert await redis.zcard(keys.queue) == 2


async def test_what_a_dead_process_had_read_is_claimed(
    dispatcher: Any, stream: Any, redis: Any, jobs: Any, eventually: Any
) -> None:
    await stream.add("m1")
    dead = dispatcher("dead")
    await dead.reader.refresh()
    assert len(await dead.reader.new(10, None)) == 1

    async def there() -> Any:
        return await jobs() == ["m1"]

    await run_until(dispatcher("alive"), there, eventually)


async def test_a_fault_of_ours_does_not_end_it(
    dispatcher: Any, stream: Any, jobs: Any, eventually: Any, redis: Any, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does what no worker wrote: a name that is no text, a number that no JSON holds."""
    await redis.sadd(keys.streams, b"\xff\xfe")
    await stream.add("m1", received_ms=10**30)
    one = dispatcher()

    def fault(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a fault of ours")

    async def there() -> Any:
        if one.trouble == "dispatching fails (RuntimeError: a fault of ours)":
            monkeypatch.setattr("fleet.dispatcher.plan_jobs", plan_jobs)
        return await jobs() == ["m1"] and not one.trouble

    monkeypatch.setattr("fleet.dispatcher.plan_jobs", fault)
    await run_until(one, there, eventually)


async def test_a_stream_that_appears_later_is_found(dispatcher: Any, stream: Any, jobs: Any, eventually: Any) -> None:
    one = dispatcher()
    task = asyncio.create_task(one.run())

    async def away_from_nothing() -> Any:
        return one._refresh_at > 0

    await eventually(away_from_nothing)
    await stream.add("m1")

    async def there() -> Any:
        return await jobs() == ["m1"]

    await eventually(there)
    one.stopping = True
    await task


async def test_a_redis_that_is_away_is_waited_for(keys: Keys, settings: Settings, eventually: Any) -> None:
    from fleet.settings import Secret

    nowhere = connect(replace(settings, redis_url=Secret("redis://127.0.0.1:1/0")))
    reader = GroupReader(nowhere, keys, "tests", "one", lambda _: True)
    one = Dispatcher(nowhere, keys, settings, reader)
    await run_until(one, lambda: one.trouble == AWAY_NOW, eventually)
    await nowhere.aclose()


class TestLag:
    async def test_it_is_what_the_group_was_not_given(
        self, redis: Any, keys: Keys, stream: Any, dispatcher: Any
    ) -> None:
        name = keys.stream("stream.online", 0)
        for number in range(10):
            await stream.add(f"m{number}", entry_id="*")
        reader = dispatcher().reader
        await reader.refresh()
        assert await lag_of(redis, name, "tests") == 10
        await reader.new(10, None)
        assert await lag_of(redis, name, "tests") == 0
        await stream.add("m10")
        assert await lag_of(redis, name, "tests") >= 1

    async def test_a_group_that_is_not_there_lags_by_all(self, redis: Any, keys: Keys, stream: Any) -> None:
        await stream.add("m1")
        assert await lag_of(redis, keys.stream("stream.online", 0), "nobody") == 1
