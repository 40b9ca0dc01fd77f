"""The spool on disk: what finds no room in memory while Redis is away, also where its worker does not live to send it."""

from __future__ import annotations

import asyncio

from tests.chaos.harness import Fleet
from tests.chaos.outages import away, expect_unmoved, queue_full
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Wanted

SPOOL_BYTES_MAX = 1_000_000
"""Of the scenario that fills it; from 0.7 of it on `SpoolFillsUp` alarms."""

SMALL = ("FLEET_QUEUE_BYTES_MAX", "3000000")
"""Memory for some 1,300 events, so that the rest goes to disk; and for five seconds of a disk that does not answer."""


def _spooling(**settings: str) -> Wanted:
    """All workers share a folder, as on one volume; each has its own in it."""
    return Wanted(rate=1000, settings=(SMALL, *settings.items()), spooling=True)


async def spooled(fleet: Fleet) -> None:
    """redis-server is ended for a minute; the workers' memory is small, and the rest waits on disk."""
    bound = await fleet.sessions()
    await away(fleet, 60, 12)
    on_disk = await fleet.count(fleet.living("worker"), "fleet_spool_events")
    fleet.expect(on_disk > 0, "events wait on disk")
    fleet.note(f"{on_disk:.0f} events waited on disk when Redis came back")
    fleet.start_redis()
    await expect_unmoved(fleet, bound)


async def full(fleet: Fleet) -> None:
    """Redis is away until memory and spool are full: what goes beyond is counted and alarmed, the oldest kept."""
    filling = asyncio.create_task(queue_full(fleet))
    workers = fleet.living("worker")
    try:
        await fleet.until_alarmed("fleet_spool_bytes", above=0.7 * SPOOL_BYTES_MAX, of=workers)
    finally:
        await filling
    alarms = await fleet.count(fleet.living("worker"), "fleet_dropped_events_total", reason="spool_full")
    fleet.expect(alarms > 0, "fleet_dropped_events_total alarms by its reason, spool_full")


async def outlived(fleet: Fleet) -> None:
    """A worker is killed while Redis is away: what it had on disk is sent by another worker of its volume."""
    await away(fleet, 20, 12)
    victim = fleet.living("worker")[0]
    in_memory = await fleet.count([victim], "fleet_queue_events")
    on_disk = await fleet.count([victim], "fleet_spool_events")
    fleet.expect(on_disk > 0, "the worker has events on disk")
    fleet.lives[victim.name].in_memory = int(in_memory)
    fleet.kill(victim)
    fleet.note(f"killed {victim.name} with {in_memory:.0f} events in memory and {on_disk:.0f} on disk")
    await fleet.nap(2)
    fleet.start_redis()
    await _until_adopted(fleet, int(on_disk))
    await fleet.start_worker()


async def left_to_others(fleet: Fleet) -> None:
    """A worker is told to end while Redis is away: it puts everything on disk and exits 3, and another worker sends it."""
    await away(fleet, 8, 4)
    leaving = fleet.living("worker")[0]
    fleet.terminate(leaving)

    async def draining() -> bool:
        return bool(fleet.logged(leaving, "drain.started"))

    await fleet.until("it drains", draining)
    fleet.terminate(leaving)  # a second signal hurries it
    code = await fleet.exit_code(leaving)
    fleet.expect(code == 3, f"the drain ends with 3, not {code}")
    fleet.start_redis()
    await _until_adopted(fleet, 1)
    await fleet.start_worker()


async def _until_adopted(fleet: Fleet, events: int) -> None:
    async def adopted() -> bool:
        return await fleet.count(fleet.living("worker"), "fleet_spool_adopted_events_total") >= events

    await fleet.until(f"{events} events of the dead worker's spool are sent by another", adopted)


SCENARIOS = (
    Scenario("spool", spooled, _spooling()),
    Scenario("spool-full", full, _spooling(FLEET_SPOOL_BYTES_MAX=str(SPOOL_BYTES_MAX))),
    Scenario("spool-outlived", outlived, _spooling(), short=True),
    Scenario("spool-left", left_to_others, _spooling()),
)
