"""No fault at all: what the others are to be compared with."""

from __future__ import annotations

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario


async def calm(fleet: Fleet) -> None:
    """Nothing happens for 20 s."""
    await fleet.nap(20)


SCENARIOS = (Scenario("calm", calm),)
