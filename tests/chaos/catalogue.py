"""Every scenario, in the order in which they run."""

from __future__ import annotations

from typing import Final

from tests.chaos import bad_days, leaders, moves, outages, storms, workers
from tests.chaos.scenario import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = (
    *leaders.SCENARIOS,
    *workers.SCENARIOS,
    *moves.SCENARIOS,
    *storms.SCENARIOS,
    *outages.SCENARIOS,
    *bad_days.SCENARIOS,
)
