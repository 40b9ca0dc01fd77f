"""The short form of `make chaos`: the same scenarios over the same processes, with every clock faster.

No time is asserted: a scenario holds when nothing was lost live or doubled, the fleet recovered and the scenario's own
promises were kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.catalogue import SCENARIOS
from tests.chaos.pace import SHORT
from tests.chaos.run import run
from tests.chaos.scenario import Scenario
from tests.chaos.table import table

pytestmark = pytest.mark.process


@pytest.mark.parametrize("scenario", [each for each in SCENARIOS if each.short], ids=lambda each: each.name)
async def test_no_event_is_lost_or_doubled(scenario: Scenario, tmp_path: Path) -> None:
    result = await run(scenario, SHORT, tmp_path, print)

    assert result.holds, f"\n{table([result])}\n{result}"
