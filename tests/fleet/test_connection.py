"""Reaching Redis: which errors mean "later", and what is said of them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from redis import exceptions
from redis.asyncio import Redis

from fleet.clock import boottime
from fleet.connection import (
    AWAY,
    ClusterRefused,
    Unavailable,
    connect,
    describe,
    hash_of,
    reachable,
    refusal,
    replicated,
    unavailable,
)
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.scripts import Scripts
from fleet.settings import Secret, Settings


@pytest.mark.parametrize(
    ("reply", "later"),
    [
        ("OOM command not allowed when used memory > 'maxmemory'.", True),
        ("Error running script (call to f_1): @user_script:3: -OOM command not allowed", True),
        ("READONLY You can't write against a read only replica.", True),
        ("LOADING Redis is loading the dataset in memory", True),
        ("BUSY Redis is busy running a script.", True),
        ("MISCONF Redis is configured to save RDB snapshots", True),
        ("NOREPLICAS Not enough good replicas to write.", True),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", False),
        ("NOPERM this user has no permissions to run the 'xadd' command", False),
        ("ERR unknown command", False),
    ],
)
def test_which_error_replies_mean_later(reply: str, later: bool) -> None:
    assert unavailable(exceptions.ResponseError(reply)) is later


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectionError("x"),
        exceptions.BusyLoadingError("x"),
        exceptions.TimeoutError("x"),
        Unavailable("x"),
        TimeoutError(),
        ConnectionRefusedError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_outage_is_one_of_these(error: Exception) -> None:
    assert isinstance(error, AWAY)


def test_a_fault_of_ours_is_none() -> None:
    assert not isinstance(exceptions.ResponseError("ERR unknown command"), AWAY)
    assert not isinstance(KeyError("x"), AWAY)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            exceptions.ConnectionError("Error 111 connecting to cache:6379."),
            "ConnectionError: Error 111 connecting to cache:6379.",
        ),
        (exceptions.ConnectionError("first\nsecond"), "ConnectionError: first"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("no such host in redis://user:hunter2@cache"), "ValueError: no such host in redis://***@cache"),
        (ValueError("no such host in rediss://:hunter2@cache"), "ValueError: no such host in rediss://***@cache"),
    ],
)
def test_an_error_is_described_in_one_line_without_a_password(error: Exception, line: str) -> None:
    assert describe(error) == line


async def test_a_client_is_handed_out_whether_redis_answers_or_not(settings: Settings) -> None:
    nowhere = connect(replace(settings, redis_url=Secret("redis://127.0.0.1:1/0")))
    with pytest.raises(exceptions.ConnectionError):
        await nowhere.ping()
    await nowhere.aclose()


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.mark.parametrize(
    ("setting", "forbids", "allows"),
    [("maxmemory", "1", "0"), ("min-replicas-to-write", "1", "0")],
    ids=["full", "without its replicas"],
)
async def test_a_redis_that_takes_nothing_for_the_moment_is_away_to_whatever_is_written(
    settings: Settings, own_server: RedisServer, setting: str, forbids: str, allows: str
) -> None:
    keys = Keys(settings.namespace)
    async with connect(replace(settings, redis_url=Secret(own_server.url))) as redis:
        flush = Scripts(redis).flush
        batch = b"\x92\x91\x9b" + b"\xa1e\xa1m\xa1t" + b"\xa0" * 5 + b"\x01\xa0\x00" + b"\x80"

        async def script() -> None:
            await flush(
                [keys.flushed("w"), keys.streams, keys.partitions, keys.revocations],
                [1, keys.dedup, 1000, 60, 100, batch, 0],
            )

        async def transaction() -> None:
            async with redis.pipeline(transaction=True) as pipe:
                pipe.set("a", "1")
                pipe.set("b", "2")
                await pipe.execute()

        async def pipeline() -> None:
            async with redis.pipeline(transaction=False) as pipe:
                pipe.set("a", "1")
                pipe.set("b", "2")
                await pipe.execute()

        async def command() -> None:
            await redis.set("a", "1")

        writes = (command, transaction, pipeline, script)
        await redis.config_set(setting, forbids)
        for write in writes:
            with pytest.raises(Unavailable) as refused:
                await write()
            assert refusal(refused.value)
            assert "script" not in str(refused.value).split(". ")[0], "it begins with what Redis says"
            assert await redis.ping(), "what it is asked next it answers"
        await redis.config_set(setting, allows)
        for write in writes:
            await write()


async def test_no_answer_is_waited_for_without_bound(settings: Settings) -> None:
    """A peer that lets us connect and says nothing."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        nobody = Secret(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        redis = connect(replace(settings, redis_url=nobody), timeout_seconds=0.1)
        began = boottime()
        with pytest.raises(exceptions.TimeoutError):
            await redis.ping()
        assert boottime() - began < 2.0
        await redis.aclose()


@pytest.mark.parametrize("steps", range(40))
async def test_a_task_that_talks_to_redis_can_be_cancelled_at_any_moment(settings: Settings, steps: int) -> None:
    redis = connect(settings)

    async def talks() -> None:
        while True:
            await redis.ping()

    task = asyncio.create_task(talks())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    _, swallowed = await asyncio.wait({task}, timeout=30)
    task.cancel()
    assert not swallowed
    await redis.aclose()


async def test_connections_are_bounded(settings: Settings) -> None:
    redis = connect(settings, timeout_seconds=5.0, connections_max=2)
    await asyncio.gather(*(redis.ping() for _ in range(20)))
    assert len(redis.connection_pool._available_connections) <= 2
    await redis.aclose()


async def test_it_is_waited_for_until_it_answers(
    settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Any] = [exceptions.ConnectionError("x"), exceptions.AuthenticationError("x"), OSError("x")]
    info = redis.info

    async def away_at_first() -> Any:
        if answers:
            raise answers.pop(0)
        return await info()

    monkeypatch.setattr(redis, "info", away_at_first)
    assert (await reachable(redis, pause_seconds=0.0))["redis_version"]
    assert answers == []


async def test_a_cluster_is_refused_in_a_sentence(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cluster() -> Any:
        return {"cluster_enabled": 1}

    monkeypatch.setattr(redis, "info", cluster)
    with pytest.raises(ClusterRefused, match="one primary"):
        await reachable(redis)


async def test_a_hash_is_read_whole(redis: Redis, namespace: str) -> None:
    await redis.hset(namespace, mapping={"a": "1", "b": "2"})  # type: ignore[misc] # redis-py: serves its blocking client too
    assert await hash_of(redis, namespace) == {b"a": b"1", b"b": b"2"}
    assert await hash_of(redis, "nothing") == {}


async def test_what_must_not_be_lost_is_waited_for_on_the_connection_that_tells_of_it(keys: Keys) -> None:
    with redis_server() as primary, redis_server("--replicaof", "127.0.0.1", str(primary.port)) as replica:
        redis = connect(Settings(redis_url=Secret(primary.url)))
        async with Redis(port=replica.port) as other, asyncio.timeout(60):
            while (await other.info("replication"))["master_link_status"] != "up":
                await asyncio.sleep(0.02)
        await redis.set(keys.user("7"), "tokens")
        async with asyncio.timeout(60):
            while not await replicated(redis, keys, "tokens"):  # a busy replica has a beat of its own
                pass
        os.kill(replica.process.pid, signal.SIGSTOP)
        try:
            # The connection that wrote is taken, as by a neighbour; the one that waits has written nothing.
            async with redis.client() as writer:
                await writer.set(keys.user("7"), "newer tokens")
                assert not await replicated(redis, keys, "tokens")
        finally:
            os.kill(replica.process.pid, signal.SIGCONT)
        await redis.aclose()


async def test_without_a_replica_nothing_is_waited_for(redis: Redis, keys: Keys) -> None:
    assert await replicated(redis, keys, "tokens")
    assert not await redis.exists(keys.barrier)
