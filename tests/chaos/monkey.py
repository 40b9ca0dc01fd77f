"""Anything after anything: faults at random, several at a time, from a seed that it prints.

The same seed orders the same faults; what the processes do meanwhile is never quite the same.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random
from typing import Any

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import AWAY

CODES = (1000, 1011, 4000, 4002, 4003, 4005, 4006)

Act = Callable[[Fleet, Random], Coroutine[Any, Any, None]]


async def _kill_a_coordinator(fleet: Fleet, random: Random) -> None:
    running = fleet.living("coordinator")
    if len(running) > 1:
        fleet.kill(random.choice(running))
        await fleet.start_coordinator()


async def _pause_a_coordinator(fleet: Fleet, random: Random) -> None:
    child = random.choice(fleet.living("coordinator"))
    fleet.stop(child)
    await asyncio.sleep(random.uniform(0.2, 3 * fleet.pace.lease_seconds))
    if child.process.poll() is None:
        fleet.resume(child)


async def _kill_a_worker(fleet: Fleet, random: Random) -> None:
    running = fleet.living("worker")
    if len(running) > 2:
        child = random.choice(running)
        with suppress(*AWAY):
            # While Redis is away it takes with it what it holds in memory.
            fleet.lives[child.name].in_memory = int(await fleet.count([child], "fleet_queue_events"))
            fleet.kill(child)
            await fleet.start_worker()


async def _drain_a_worker(fleet: Fleet, random: Random) -> None:
    running = fleet.living("worker")
    if len(running) > 2 and fleet.children.members["redis"].process.poll() is None:
        child = random.choice(running)
        fleet.terminate(child)
        await fleet.start_worker()
        code = await fleet.exit_code(child)
        fleet.given_up += sum(said["events"] for said in fleet.logged(child, "drain.events_left"))
        fleet.expect(code in {0, 3}, f"{child.name} ends with 0 or 3, not {code}")


async def _close_a_socket(fleet: Fleet, random: Random) -> None:
    shard = random.randrange(fleet.wanted.shards)
    await fleet.control.fault("close", shard=shard, code=random.choice(CODES))


async def _abort_a_socket(fleet: Fleet, random: Random) -> None:
    await fleet.control.fault("abort", shard=random.randrange(fleet.wanted.shards))


async def _ask_to_reconnect(fleet: Fleet, random: Random) -> None:
    if random.random() < 0.5:
        await fleet.control.fault("status", endpoint="/ws", status=503, count=random.randrange(1, 4))
    await fleet.control.fault("reconnect")


async def _disable_a_shard(fleet: Fleet, random: Random) -> None:
    await fleet.control.fault("disable", shard=random.randrange(fleet.wanted.shards))


async def _refuse_bindings(fleet: Fleet, random: Random) -> None:
    await fleet.control.fault("refuse", count=random.randrange(1, 6))


async def _fail_helix(fleet: Fleet, random: Random) -> None:
    status = random.choice((429, 500, 503))
    await fleet.control.fault("status", endpoint="/eventsub/*", status=status, count=random.randrange(1, 12))


async def _slow_helix(fleet: Fleet, random: Random) -> None:
    await fleet.control.fault(
        "slow", endpoint="/eventsub/*", seconds=random.uniform(0.5, 5), count=random.randrange(1, 6)
    )


async def _duplicate(fleet: Fleet, random: Random) -> None:
    await fleet.control.fault("duplicate", count=random.randrange(1, 500), seconds=random.choice((0.0, 2.0)))


async def _cut_redis(fleet: Fleet, _random: Random) -> None:
    with suppress(*AWAY):
        await fleet.redis.client_kill_filter(_type="normal", skipme=True)


async def _pause_redis(fleet: Fleet, random: Random) -> None:
    redis = fleet.children.members["redis"]
    fleet.stop(redis)
    await asyncio.sleep(random.uniform(0.2, 7))
    fleet.resume(redis)


ACTS: tuple[Act, ...] = (
    _kill_a_coordinator,
    _pause_a_coordinator,
    _kill_a_worker,
    _drain_a_worker,
    _close_a_socket,
    _close_a_socket,
    _abort_a_socket,
    _ask_to_reconnect,
    _disable_a_shard,
    _refuse_bindings,
    _fail_helix,
    _slow_helix,
    _duplicate,
    _cut_redis,
    _pause_redis,
)


async def monkey(fleet: Fleet) -> None:
    """Faults at random, several at a time, for two minutes."""
    seed = fleet.pace.seed or secrets.randbits(32)
    random, done = Random(seed), Counter[str]()
    fleet.note(f"--seed {seed}")
    under_way: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    until = loop.time() + fleet.pace.seconds(120)
    try:
        while loop.time() < until:
            act = random.choice(ACTS)
            if act.__name__ not in {task.get_name() for task in under_way}:
                fleet.say(act.__name__.strip("_"))
                done[act.__name__.strip("_")] += 1
                under_way.add(asyncio.create_task(act(fleet, random), name=act.__name__))
            await asyncio.sleep(random.uniform(0.2, 3))
            for task in [task for task in under_way if task.done()]:
                under_way.discard(task)
                task.result()
        await asyncio.gather(*under_way)
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    await fleet.control.clear_faults()
    fleet.note(", ".join(f"{name} {count}" for name, count in sorted(done.items())))


SCENARIOS = (Scenario("monkey", monkey),)
