"""The Redis client that arq is given: jobs are leased, and outages are waited for."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisAway

from fleet.arq_redis import PatientRedis
from fleet.connection import connect
from fleet.embedded import redis_server
from fleet.keys import Keys
from fleet.primary import blocking
from fleet.pulse import Pulse
from fleet.settings import Secret, Settings


@pytest.fixture
async def patient(settings: Settings, keys: Keys) -> Any:
    made = []

    def make(*, lease_seconds: Any = 5.0, jobs_max: Any = 2) -> Any:
        pool = connect(settings).connection_pool
        client = PatientRedis(pool, keys, lease_seconds=lease_seconds, jobs_max=jobs_max, on_first_use=lambda: None)
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose(close_connection_pool=True)


async def poll(client: Any, keys: Keys) -> Any:
    return [job.decode() for job in await client.zrangebyscore(keys.queue, min=0, max=1, start=0, num=100)]


async def start(client: Any, job: Any) -> Any:
    """What arq 0.28 does to start a job."""
    async with client.pipeline(transaction=True) as pipe:
        await pipe.watch(f"arq:in-progress:{job}")
        ongoing = await pipe.exists(f"arq:in-progress:{job}")
        score = await pipe.zscore("queue", job)
        assert not ongoing
        assert score
        pipe.multi()
        pipe.psetex(f"arq:in-progress:{job}", 1000, b"1")
        await pipe.execute()


async def finish(client: Any, keys: Keys, job: Any) -> Any:
    async with client.pipeline(transaction=True) as pipe:
        pipe.zrem(keys.queue, job)
        pipe.delete(f"arq:in-progress:{job}", f"arq:job:{job}")
        await pipe.execute()


def test_arq_is_the_version_whose_internals_this_answers() -> None:
    assert version("arq") == "0.28.0"


async def test_a_job_is_given_to_one_process(patient: Any, redis: Any, keys: Keys) -> None:
    await redis.zadd(keys.queue, {"a": 1, "b": 2, "c": 3})
    one, two = patient(), patient()
    assert await poll(one, keys) == ["a", "b"]
    assert await poll(two, keys) == ["c"]


async def test_what_arq_had_no_room_for_is_offered_again_and_no_more_is_taken(
    patient: Any, redis: Any, keys: Keys
) -> None:
    await redis.zadd(keys.queue, {"a": 1, "b": 2, "c": 3})
    one = patient()
    await poll(one, keys)
    await start(one, "a")
    assert await poll(one, keys) == ["b"]
    await start(one, "b")
    assert await poll(one, keys) == []
    await finish(one, keys, "a")
    assert await poll(one, keys) == ["c"]
    assert one.running == {"b"}


async def test_a_lease_that_nobody_prolongs_ends(patient: Any, redis: Any, keys: Keys, eventually: Any) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    killed, other = patient(lease_seconds=0.05), patient()
    assert await poll(killed, keys) == ["a"]

    async def comes_back() -> Any:
        return await poll(other, keys) == ["a"]

    await eventually(comes_back)


def pulse_of(client: Any, settings: Settings, keys: Keys, **options: Any) -> Pulse:
    return Pulse(settings, keys, "one", **{"lease_seconds": 30.0, "held": client.held} | options)


async def test_a_lease_that_is_prolonged_goes_on(patient: Any, redis: Any, keys: Keys, settings: Settings) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    one, other = patient(lease_seconds=10), patient()
    await poll(one, keys)
    before = await redis.zscore(keys.queue, "a")
    pulse = pulse_of(one, settings, keys)
    await asyncio.to_thread(pulse.beat)
    assert await redis.zscore(keys.queue, "a") > before
    assert await poll(other, keys) == []
    assert await redis.exists(keys.handler_alive("one"))
    assert await redis.smembers(keys.handlers) == {b"one"}
    pulse.stop()


async def test_prolonging_does_not_bring_back_a_job_that_somebody_else_finished(
    patient: Any, redis: Any, keys: Keys, settings: Settings
) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    one = patient()
    await poll(one, keys)
    await redis.zrem(keys.queue, "a")
    pulse = pulse_of(one, settings, keys)
    await asyncio.to_thread(pulse.beat)
    assert await redis.zcard(keys.queue) == 0
    pulse.stop()


async def test_a_blocked_loop_keeps_its_leases_for_as_long_as_a_handler_may_take(
    patient: Any, redis: Any, keys: Keys, settings: Settings
) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    one, other = patient(lease_seconds=30.0), patient()
    await poll(one, keys)
    pulse = pulse_of(one, replace(settings, heartbeat_seconds=0.02, handler_timeout_seconds=3600.0), keys)
    pulse.start()
    with blocking(settings) as at_once:  # the loop is blocked meanwhile, for less than a handler may take
        for _ in range(3):
            before, until = at_once.zscore(keys.queue, "a"), time.monotonic() + 60
            while at_once.zscore(keys.queue, "a") <= before and time.monotonic() < until:
                time.sleep(0.005)
            assert at_once.zscore(keys.queue, "a") > before
    assert await poll(other, keys) == []
    pulse.stop()


async def test_one_that_is_blocked_for_longer_loses_them(
    patient: Any, redis: Any, keys: Keys, settings: Settings, eventually: Any
) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    one, other = patient(lease_seconds=0.2), patient()
    await poll(one, keys)
    quick = replace(settings, heartbeat_seconds=0.02, handler_timeout_seconds=0.2)
    pulse = pulse_of(one, quick, keys, lease_seconds=0.2)
    pulse.start()  # and no word from the loop

    async def comes_back() -> Any:
        return await poll(other, keys) == ["a"]

    await eventually(comes_back)
    pulse.stop()


async def test_what_was_taken_and_not_started_is_given_back(patient: Any, redis: Any, keys: Keys) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    one, other = patient(), patient()
    await poll(one, keys)
    await one.release("one")
    assert await poll(other, keys) == ["a"]


async def test_a_job_that_is_put_off_is_not_due(patient: Any, redis: Any, keys: Keys) -> None:
    seconds, _ = await redis.time()
    await redis.zadd(keys.queue, {"later": (seconds + 60) * 1000})
    assert await poll(patient(), keys) == []


async def test_a_stopping_process_takes_nothing(patient: Any, redis: Any, keys: Keys) -> None:
    await redis.zadd(keys.queue, {"a": 1})
    one = patient()
    one.picking = False
    assert await poll(one, keys) == []


async def test_a_call_is_made_until_redis_answers(patient: Any) -> None:
    one, calls = patient(), []

    async def call() -> Any:
        calls.append(one.away)
        if len(calls) < 3:
            raise RedisAway
        return "answer"

    assert await one.patiently(call) == "answer"
    assert calls == [False, True, True]
    assert not one.away


async def test_a_redis_without_its_replicas_is_waited_for_like_one_that_is_away(settings: Settings, keys: Keys) -> None:
    """`min-replicas-to-write` refuses every write meanwhile. arq's worker would end by the error."""
    with redis_server() as server:
        own = replace(settings, redis_url=Secret(server.url))
        pool = connect(own).connection_pool
        patient = PatientRedis(pool, keys, lease_seconds=5.0, jobs_max=2, on_first_use=lambda: None)
        async with connect(own) as admin:
            await admin.zadd(keys.queue, {"a": 1, "b": 2})
            await admin.config_set("min-replicas-to-write", "1")
            calls = [asyncio.create_task(work) for work in (finish(patient, keys, "a"), poll(patient, keys))]
            async with asyncio.timeout(30):
                while not patient.away:
                    await asyncio.sleep(0.005)
            done, _ = await asyncio.wait(calls, timeout=0.3)
            assert not done
            await admin.config_set("min-replicas-to-write", "0")
            await asyncio.gather(*calls)
            assert "b" in patient.held(), "it took what there was"
        await patient.aclose(close_connection_pool=True)


async def test_a_transaction_is_sent_again_as_a_whole(
    patient: Any, redis: Any, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, real, sent = patient(), PatientRedis.attempt, []

    async def attempt(self: PatientRedis, calls: Any, *, transaction: bool) -> Any:
        sent.append([name for name, _, _ in calls])
        if len(sent) == 1:
            raise RedisAway
        return await real(self, calls, transaction=transaction)

    monkeypatch.setattr(PatientRedis, "attempt", attempt)
    await finish(one, keys, "a")
    assert sent == [["zrem", "delete"], ["zrem", "delete"]]
