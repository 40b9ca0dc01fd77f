"""Redis away, in all its ways: stopped, paused, cut, full. Sockets stay open, events wait and go out in order."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Wanted


async def away(fleet: Fleet, full: float, short: float) -> None:
    """redis-server is ended; returns after a while, with everybody alarmed."""
    await fleet.stop_redis()
    await fleet.nap(full, short)
    await until_all_miss_redis(fleet)


async def until_all_miss_redis(fleet: Fleet) -> None:
    """Every process says that Redis does not answer, and no coordinator leads, since nobody can hold a lease."""
    everybody = (*fleet.living("worker"), *fleet.living("coordinator"))
    await fleet.until_alarmed("fleet_trouble", kind="redis", of=everybody)

    async def unled() -> bool:
        return await fleet.count(fleet.living("coordinator"), "fleet_leader") == 0

    await fleet.until("nobody leads without Redis", unled)


async def expect_unmoved(fleet: Fleet, bound: dict[str, str]) -> None:
    """Recovers, with every shard on the session that it had."""
    await fleet.recover()
    fleet.expect(await fleet.sessions() == bound, "no bound shard is moved because Redis was away")


async def stopped(fleet: Fleet) -> None:
    """redis-server is ended for a minute and started again with its append-only file."""
    bound = await fleet.sessions()
    await away(fleet, 60, 6)
    waiting = await fleet.count(fleet.living("worker"), "fleet_queue_events")
    fleet.expect(waiting > 0, "fleet_queue_events tells of them while it lasts")
    fleet.note(f"{waiting:.0f} events waited in the workers when Redis came back")
    fleet.start_redis()
    await expect_unmoved(fleet, bound)


async def paused(fleet: Fleet) -> None:
    """redis-server is stopped by SIGSTOP for 10 s: connections stay open, nothing is answered."""
    bound = await fleet.sessions()
    redis = fleet.children.members["redis"]
    fleet.stop(redis)
    await fleet.nap(10, 7)  # longer than an answer is waited for: flushes time out and are sent again
    await until_all_miss_redis(fleet)
    fleet.resume(redis)
    await expect_unmoved(fleet, bound)


async def cut(fleet: Fleet) -> None:
    """Every connection to Redis is cut, again and again for 10 s."""
    bound = await fleet.sessions()
    until, cuts = time.monotonic() + fleet.pace.seconds(10), 0
    while time.monotonic() < until:
        fleet.struck()
        cuts += await _kill_clients(fleet)
        await asyncio.sleep(0.1)
    fleet.note(f"{cuts} connections cut")
    unanswered = await fleet.count(fleet.living("worker"), "fleet_flushes_total", outcome="unanswered")
    fleet.expect(unanswered > 0, "fleet_flushes_total tells of flushes that were not answered")
    await expect_unmoved(fleet, bound)


async def _kill_clients(fleet: Fleet) -> int:
    killed = 0
    for kind in ("normal", "pubsub"):
        killed += int(await fleet.redis.client_kill_filter(_type=kind, skipme=True))
    return killed


async def full(fleet: Fleet) -> None:
    """Redis reaches maxmemory for 20 s: leases and heartbeats go on, events wait, and go out when there is room again."""
    bound, leader = await fleet.sessions(), await fleet.until_led()
    used = int((await fleet.redis.info("memory"))["used_memory"])
    await fleet.redis.config_set("maxmemory", used)
    await fleet.nap(20)
    await fleet.until_alarmed("fleet_trouble", kind="redis_refuses", of=fleet.living("worker"))
    waiting = await fleet.count(fleet.living("worker"), "fleet_queue_events")
    fleet.note(f"{waiting:.0f} events waited in the workers when there was room again")
    fleet.expect(waiting > 0, "Redis was full")
    fleet.expect(await fleet.count([leader], "fleet_leader") == 1, "the leader's lease goes on in a full Redis")
    fleet.struck()
    await fleet.redis.config_set("maxmemory", 0)
    await expect_unmoved(fleet, bound)


async def queue_full(fleet: Fleet) -> None:
    """Redis is away until a worker's memory is full: what goes beyond it is counted and alarmed, the oldest kept."""
    bound = await fleet.sessions()
    await fleet.stop_redis()
    workers = fleet.living("worker")

    async def dropped() -> bool:
        return await fleet.count(workers, "fleet_dropped_events_total") > 100

    await fleet.until("events are given up", dropped)
    await until_all_miss_redis(fleet)
    fleet.start_redis()
    await expect_unmoved(fleet, bound)
    fleet.given_up = int(await fleet.count(workers, "fleet_dropped_events_total"))


async def failed_over(fleet: Fleet) -> None:
    """The primary dies, and Sentinel promotes a replica that lacks its last writes, for two seconds."""
    bound = await fleet.sessions()
    replication = fleet.replication
    await replication.lag()
    await fleet.nap(2, 1)
    async with fleet.reader.paused():
        lost_ms = time.time() * 1000
        await fleet.stop_redis(signal.SIGKILL)
        await fleet.until("the replica is promoted", replication.promoted)
        fleet.lost(lost_ms)
        await fleet.reader.move(replication.replica.url)
    await expect_unmoved(fleet, bound)
    replayed = sum(said["events"] for child in fleet.living("worker") for said in fleet.logged(child, "flush.replayed"))
    fleet.note(f"{replayed} events were sent again")
    fleet.expect(replayed, "the replica lacked writes")


async def emptied(fleet: Fleet) -> None:
    """FLUSHALL: the fleet comes back from what Twitch and the workers know, and deletes nothing at Twitch."""
    before = await _twitch(fleet)
    async with fleet.reader.paused():
        fleet.struck()
        lost_ms = time.time() * 1000
        await fleet.redis.flushall()
        fleet.lost(lost_ms)
        await fleet.reader.redis_was_emptied()
    await _expect_the_same_at_twitch(fleet, before)


async def restarted_empty(fleet: Fleet) -> None:
    """redis-server is killed and comes back without its data."""
    before = await _twitch(fleet)
    async with fleet.reader.paused():
        await fleet.stop_redis()
        for path in fleet.redis_server.folder.glob("*.aof"):
            path.unlink()
        await fleet.nap(10, 2)
        lost_ms = time.time() * 1000
        fleet.start_redis()
        fleet.lost(lost_ms)
        await fleet.reader.redis_was_emptied()
    await _expect_the_same_at_twitch(fleet, before)


async def _twitch(fleet: Fleet) -> tuple[dict[str, str], list[tuple[str, int]]]:
    """Sessions by shard, and each conduit with its subscriptions."""
    conduits = (await fleet.control("GET", "conduits"))["conduits"]
    return await fleet.sessions(), [(each["id"], each["subscriptions"]) for each in conduits]


async def _expect_the_same_at_twitch(fleet: Fleet, before: tuple[dict[str, str], list[tuple[str, int]]]) -> None:
    await fleet.recover()
    await fleet.until_alarmed("fleet_redis_lost_total")
    said = [each for child in fleet.living("coordinator") for each in fleet.logged(child, "redis.lost_its_data")]
    fleet.expect(any("tokens" in each["gone"] for each in said), f"it says what can't come back: {said}")
    subscriptions = sum(count for _, count in before[1])

    async def adopted() -> bool:
        counts: dict[str, int] = (await fleet.state())["counts"]["subscriptions"]
        return sum(counts.values()) >= subscriptions

    await fleet.until("every subscription is on record again", adopted)
    sessions, conduits = await _twitch(fleet)
    fleet.expect(sessions == before[0], "live sessions are adopted, not opened anew")
    fleet.expect(conduits == before[1], f"nothing is deleted or made at Twitch: {before[1]} became {conduits}")


SCENARIOS = (
    Scenario("redis-stopped", stopped, short=True),
    Scenario("redis-paused", paused),
    Scenario("redis-cut", cut),
    Scenario("redis-full", full),
    Scenario(
        "redis-away-queue-full",
        queue_full,
        Wanted(settings=(("FLEET_QUEUE_BYTES_MAX", "1000000"),)),
    ),
    Scenario("redis-failed-over", failed_over, Wanted(replicated=True)),
    Scenario("redis-emptied", emptied, short=True),
    Scenario("redis-lost", restarted_empty),
)
