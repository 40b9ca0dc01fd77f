"""The short form of `make chaos`: the same scenarios over the same processes, with every clock faster.

No time is asserted: a scenario holds when nothing was lost live or doubled, the fleet recovered and the scenario's own
promises were kept.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
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


def test_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    root, output = Path(__file__).resolve().parents[2], tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos", "--short", "--no-calibration", "calm"],
            cwd=root,
            stdout=file,
            stderr=file,
        )
    try:
        _until(lambda: "events flow" in output.read_text() or process.poll() is not None)
        descendants = psutil.Process(process.pid).children(recursive=True)
        assert len(descendants) == 8, [each.cmdline() for each in descendants]

        process.send_signal(signal.SIGINT)

        assert process.wait(60) == 130, output.read_text()
        _until(lambda: not any(_runs(each) for each in descendants))
        assert "Stopped by SIGINT; every process is ended." in output.read_text()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not check():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
