"""Slow consumers: they never slow ingestion, and trimming that comes near them is said before it passes them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from fleet.consumer import Consumer
from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import AWAY, Wanted

GROUP = "slow"
NEAR = 0.5
"""A margin that says so."""


async def slow(fleet: Fleet) -> None:
    """A registered group reads ten events a second while a thousand come, until trimming has passed it."""
    reading = asyncio.create_task(_read_slowly(fleet))
    near_at = passed_at = 0.0
    lowest = 1.0
    try:
        leader = await fleet.until_led()
        deadline = time.monotonic() + 240
        while not passed_at and time.monotonic() < deadline:
            with suppress(*AWAY):
                page = await fleet.metrics(leader)
                margins = page.get("stream_group_margin_ratio", {})
                lowest = min((value for labels, value in margins.items() if ("group", GROUP) in labels), default=1.0)
                if lowest < NEAR and not near_at:
                    near_at = time.monotonic()
                if await fleet.count([leader], "stream_group_overruns_total", group=GROUP):
                    passed_at = time.monotonic()
            await asyncio.sleep(0.25)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    fleet.expect(passed_at, "stream_group_overruns_total counts that trimming has passed the group")
    fleet.expect(near_at and near_at < passed_at, f"stream_group_margin_ratio falls below {NEAR} before that")
    if near_at and passed_at:
        fleet.note(f"the margin was below {NEAR} for {passed_at - near_at:.0f} s before trimming passed the group")


async def _read_slowly(fleet: Fleet) -> None:
    async with Consumer(redis_url=fleet.redis_server.url, group=GROUP, entries_max=10) as consumer:
        async for delivery in consumer:
            await asyncio.sleep(0.1)
            await delivery.ack()


SCENARIOS = (Scenario("slow-consumer", slow, Wanted(rate=1000, settings=(("FLEET_RETENTION_EVENTS_MAX", "60000"),))),)
