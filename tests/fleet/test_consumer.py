"""Downstream services: with fleet.consumer, and with redis-py alone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from fleet.consumer import Consumer
from fleet.embedded import RedisServer
from fleet.keys import Keys

ROOT = Path(__file__).parents[2]


async def take(consumer: Any, count: Any, *, ack: Any = True) -> Any:
    taken = []
    async with asyncio.timeout(60):
        async for delivery in consumer:
            taken.append(delivery)
            if ack:
                await delivery.ack()
            if len(taken) == count:
                return taken
    return taken


@pytest.fixture
def consumer(server: RedisServer, namespace: str) -> Any:
    def make(name: str = "one", **options: Any) -> Any:
        return Consumer(redis_url=server.url, namespace=namespace, group="downstream", name=name, **options)

    return make


async def test_events_come_typed_and_in_order(consumer: Any, stream: Any) -> None:
    for number in range(3):
        await stream.add(f"m{number}")
    async with consumer() as one:
        taken = await take(one, 3)
    assert [delivery.entry.message_id for delivery in taken] == ["m0", "m1", "m2"]
    assert taken[0].event.event.broadcaster.name == "Name7"


async def test_only_the_types_that_are_asked_for(consumer: Any, stream: Any) -> None:
    await stream.add("m1", type="channel.raid")
    await stream.add("m2")
    async with consumer(types={"stream.online"}) as one:
        assert [each.entry.message_id for each in await take(one, 1)] == ["m2"]


async def test_a_consumer_that_comes_back_gets_first_what_it_did_not_acknowledge(consumer: Any, stream: Any) -> None:
    await stream.add("m1")
    await stream.add("m2")
    async with consumer() as one:
        await take(one, 1, ack=False)
    async with consumer() as again:
        assert [each.entry.message_id for each in await take(again, 2)] == ["m1", "m2"]


async def test_what_a_dead_consumer_held_is_taken_over(consumer: Any, stream: Any) -> None:
    await stream.add("m1")
    async with consumer("dead") as dead:
        await take(dead, 1, ack=False)
    async with consumer("alive", idle_seconds=0) as alive:
        assert [each.entry.message_id for each in await take(alive, 1)] == ["m1"]


async def test_streams_that_appear_later_are_found(consumer: Any, stream: Any) -> None:
    async with consumer() as one:
        taking = asyncio.create_task(take(one, 1))
        await asyncio.sleep(0)
        await stream.add("m1")
        assert [each.entry.message_id for each in await taking] == ["m1"]


@pytest.mark.process
async def test_the_example_reads_and_acknowledges_with_redis_py_alone(
    server: RedisServer, namespace: str, stream: Any, redis: Any, keys: Keys, eventually: Any
) -> None:
    await stream.add("m1")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "examples" / "downstream.py"),
        "group-1",
        "consumer-1",
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "REDIS_URL": server.url, "FLEET_NAMESPACE": namespace},
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"group group-1, consumer consumer-1\n"
        line = (await process.stdout.readline()).decode()
        assert line.startswith("stream.online of 7: m1 ")
        name = keys.stream("stream.online", 0)

        async def acknowledged() -> Any:
            return (await redis.xpending(name, "group-1"))["pending"] == 0

        await eventually(acknowledged)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


def test_the_example_needs_nothing_of_the_fleet() -> None:
    text = (ROOT / "examples" / "downstream.py").read_text("utf-8")
    assert "import fleet" not in text
    assert "from fleet" not in text
