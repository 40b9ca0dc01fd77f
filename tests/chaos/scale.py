"""The shard count, up and down under load: by hand, and by the load itself."""

from __future__ import annotations

from functools import partial

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Wanted

COOLDOWN_SECONDS = 20.0


async def _has(fleet: Fleet, count: int) -> bool:
    return int((await fleet.state())["conduit"]["shard_count"]) == count and await fleet.is_recovered()


async def _until_count(fleet: Fleet, count: int, seconds: float) -> None:
    await fleet.reader.catch_up()
    before = fleet.reader.account.dropped_by_twitch
    await fleet.until(f"{count} shards, all bound", partial(_has, fleet, count), seconds)
    await fleet.reader.catch_up()
    fleet.note(
        f"to {count} shards: Twitch dropped {fleet.reader.account.dropped_by_twitch - before} messages on the way"
    )


async def _expect_tail_gone(fleet: Fleet, count: int) -> None:
    """Nobody holds a socket for a shard above the count, and what Twitch still lists of them is known."""

    async def gone() -> bool:
        sockets = (await fleet.control("GET", "sockets"))["sockets"]
        return len(sockets) == count and (await fleet.state())["conduit"]["lingering"] == 0

    await fleet.until("the sockets above the count are closed, and Twitch lists none of them as enabled", gone)


async def by_hand(fleet: Fleet) -> None:
    """POST /api/conduit asks for 40 shards, then for 4 again."""
    fleet.struck()
    await fleet.api("POST", "conduit", {"shard_count": 40})
    await _until_count(fleet, 40, 300)
    await fleet.nap(5)
    fleet.struck()
    await fleet.api("POST", "conduit", {"shard_count": 4})
    await _until_count(fleet, 4, 300)
    await _expect_tail_gone(fleet, 4)


async def by_load(fleet: Fleet) -> None:
    """The load asks for more shards than the least; swings, which changes nothing; falls, and the count follows."""
    await _until_count(fleet, 10, 300)
    resizes = await _resizes(fleet)
    for share in (0.85, 1.0):
        await fleet.control("DELETE", "traffic")
        await fleet.start_traffic(int(fleet.pace.rate * share))
        await fleet.nap(COOLDOWN_SECONDS * 1.5)
    fleet.expect(await _resizes(fleet) == resizes, "a load that swings within the band changes nothing")
    await fleet.control("DELETE", "traffic")
    await fleet.start_traffic(fleet.pace.rate // 10)
    await _until_count(fleet, 4, 300)
    await _expect_tail_gone(fleet, 4)


async def _resizes(fleet: Fleet) -> float:
    return await fleet.count(fleet.living("coordinator"), "conduit_resizes_total")


def _load(rate: int) -> tuple[tuple[str, str], ...]:
    """Ten shards for `rate`, and a cool-down above the 10 s over which a worker averages."""
    return (
        ("FLEET_SHARDS_MAX", "16"),
        ("FLEET_SHARD_EVENTS_PER_SECOND", str(round(rate / 9.5))),
        ("FLEET_SHARDS_COOLDOWN_SECONDS", f"{COOLDOWN_SECONDS:g}"),
    )


SCENARIOS = (
    Scenario("scale-by-hand", by_hand, Wanted(shards=4)),
    Scenario("scale-by-load", by_load, Wanted(shards=4, rate=1000, settings=_load(1000))),
)
