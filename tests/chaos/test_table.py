"""The table of results, and what decides whether a scenario holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.account import Outcome
from tests.chaos.scenario import Result
from tests.chaos.table import table

OUTCOME = Outcome(
    sent=100,
    streamed=98,
    lost_live=0,
    lost_at_kill=2,
    cut=0,
    given_up=0,
    doubled=0,
    misordered=0,
    dropped_sockets=0,
    kill_windows_ms={},
    dropped={"shard_disabled": 3, "fault_silence": 7},
)
RESULT = Result(
    "crash", OUTCOME, (100.0, 2000.0), recovered=True, recovery_seconds=2.34, latency_ms=(1.2, 9.8), notes=("a note",)
)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_line_has_every_figure_under_its_name() -> None:
    names, _, figures, note = table([RESULT]).splitlines()

    assert dict(zip(cells(names), cells(figures), strict=True)) == {
        "scenario": "crash",
        "sent": "100",
        "streamed": "98",
        "lost_live": "0",
        "lost_at_kill": "2",
        "cut": "0",
        "given_up": "0",
        "doubled": "0",
        "misordered": "0",
        "twitch_dropped": "3",
        "dark p99 s (n)": "2.00 (2)",
        "recovery s": "2.3",
        "p50/p99 ms": "1/10",
        "holds": "yes",
    }
    assert note == "crash: a note"


def test_what_did_not_come_to_counting_is_there_all_the_same() -> None:
    _, _, figures, complaint = table([Result("crash", None, complaints=("the fleet did not start",))]).splitlines()

    assert set(cells(figures)[1:-1]) == {"–"}
    assert cells(figures)[-1] == "no"
    assert complaint == "crash: NOT AS PROMISED: the fleet did not start"


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": replace(OUTCOME, lost_live=1)},
        {"outcome": replace(OUTCOME, doubled=1)},
        {"outcome": replace(OUTCOME, misordered=1)},
        {"outcome": replace(OUTCOME, dropped_sockets=1)},
        {"outcome": replace(OUTCOME, sent=0)},
        {"outcome": None},
        {"recovered": False},
        {"complaints": ("something",)},
    ],
)
def test_what_is_lost_doubled_out_of_order_dropped_or_broken_does_not_hold(change: dict[str, Any]) -> None:
    assert not replace(RESULT, **change).holds


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": replace(OUTCOME, lost_at_kill=99, cut=99, given_up=99, dropped={"shard_disabled": 99})},
        {"dark_ms": (600_000.0,), "recovery_seconds": 600.0, "latency_ms": (60_000.0, 60_000.0)},
    ],
    ids=["what no fleet could keep", "times"],
)
def test_no_time_decides_nor_what_nobody_could_keep(change: dict[str, Any]) -> None:
    assert replace(RESULT, **change).holds
