"""Every scenario, in the order in which they run."""

from __future__ import annotations

from typing import Final

from tests.chaos import bad_days, calm, consumers, leaders, monkey, moves, outages, scale, spools, storms, workers
from tests.chaos.scenario import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = tuple(
    scenario
    for module in (calm, leaders, workers, moves, storms, outages, spools, bad_days, scale, consumers, monkey)
    for scenario in module.SCENARIOS
)
