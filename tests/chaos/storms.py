"""Reconnect storms: every socket is told to reconnect at once."""

from __future__ import annotations

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario


async def storm(fleet: Fleet) -> None:
    """All sockets are told to reconnect at once; welcomes take 8 s, and some of the URLs fail."""
    bound = await fleet.sessions()
    await fleet.control.fault("status", endpoint="/ws", status=503, count=3)
    slow = fleet.pace.seconds(8)
    await fleet.control.fault("slow", endpoint="/ws", seconds=slow, count=fleet.wanted.shards)
    asked_ms = (await fleet.control("GET", "state"))["now_ms"]
    await fleet.control.fault("reconnect")
    workers = fleet.living("worker")

    async def asked() -> bool:
        return await fleet.count(workers, "eventsub_reconnects_total", reason="requested") >= fleet.wanted.shards

    await fleet.until("every worker has heard it", asked)
    await fleet.until("every shard is served by a socket of its time", lambda: _moved(fleet, asked_ms))
    took = ((await fleet.control("GET", "state"))["now_ms"] - asked_ms) / 1000
    fleet.note(f"every shard was served by another socket {took:.1f} s after they were told to (the aim is 30 s)")
    await fleet.recover()
    await fleet.until("the old sockets are let go of", lambda: _as_many_sockets_as_shards(fleet))
    kept = sum(session == bound.get(shard) for shard, session in (await fleet.sessions()).items())
    fleet.note(f"{kept} of {len(bound)} sessions were kept, as Twitch keeps them over a reconnect that succeeds")


async def _moved(fleet: Fleet, since_ms: float) -> bool:
    sockets = (await fleet.control("GET", "sockets"))["sockets"]
    serving = [each for each in sockets if each["carries"] and each["shards"]]
    shards = sum(len(each["shards"]) for each in serving)
    return shards == fleet.wanted.shards and all(each["opened_ms"] > since_ms for each in serving)


async def _as_many_sockets_as_shards(fleet: Fleet) -> bool:
    sockets = (await fleet.control("GET", "sockets"))["sockets"]
    return len(sockets) == fleet.wanted.shards


async def storm_without_leader(fleet: Fleet) -> None:
    """No coordinator runs: reconnects go on, sockets that are lost wait without a loop of 4003, until one leads."""
    for child in fleet.living("coordinator"):
        fleet.kill(child)
    bound = await fleet.sessions()
    lost = await fleet.shards_of(fleet.living("worker")[0])
    await fleet.nap(4)
    for shard in lost:
        await fleet.control.fault("close", shard=int(shard), code=4006)
    await fleet.control.fault("reconnect")
    await fleet.nap(30)
    now = await fleet.sessions()
    kept = {shard: session for shard, session in bound.items() if shard not in lost}
    fleet.expect(now == kept, "bound sockets have reconnected and go on; the lost ones wait")
    closes = (await fleet.control("GET", "state"))["closes"]
    fleet.expect("4003" not in closes, f"no socket was opened that nobody could bind: {closes}")
    fleet.struck()
    await fleet.start_coordinator()
    await fleet.start_coordinator()


SCENARIOS = (
    Scenario("storm", storm, short=True),
    Scenario("storm-no-leader", storm_without_leader),
)
