"""The fleet in virtual time, for as many seeds as fit the test run.

Every seed is another schedule of faults on another fleet. A failing one prints itself and how to see its story.
"""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from virtual_fleet.__main__ import described
from virtual_fleet.faults import Fault, Kind
from virtual_fleet.run import run, scenario

BUDGET_SECONDS = 90.0
"""Of the whole test run, shared by all parts: a slow machine runs fewer seeds, and none fails for being slow."""
PARTS = 30
SEEDS_A_PART_MIN, SEEDS_A_PART_MAX = 2, 100


@pytest.mark.parametrize("part", range(PARTS))
def test_every_invariant_holds_whatever_goes_wrong(part: int) -> None:
    until = time.monotonic() + BUDGET_SECONDS / PARTS
    for number in range(SEEDS_A_PART_MAX):
        if number >= SEEDS_A_PART_MIN and time.monotonic() > until:
            break
        outcome = run(part * SEEDS_A_PART_MAX + number)
        assert not outcome.violation, described(outcome)


def test_a_fleet_that_nothing_happens_to_serves_every_event() -> None:
    shape, _ = scenario(1)
    outcome = run(1, faults=(), shape=replace(shape, coordinators=2, workers=3, shards=6, shards_max=0))
    assert outcome.violation == ""
    assert outcome.settled_seconds <= 1.0
    assert outcome.delivered > 100


def test_a_seed_tells_the_same_story_every_time() -> None:
    """Every step, every latency and every id of two runs are the same: what failed once fails again."""
    first, second = (run(7, keep_story=True) for _ in range(2))
    assert len(first.story) > 20
    assert first == second


def test_a_fault_is_told_and_met() -> None:
    shape, _ = scenario(1)
    crash = Fault(20.0, Kind.CRASH, "w0")
    outcome = run(1, faults=(crash,), shape=replace(shape, workers=2, shards_max=0), keep_story=True)
    assert outcome.violation == ""
    told = "\n".join(outcome.story)
    assert "20.00 s: crash w0" in told
    assert "started as w0.2" in told


def test_a_binding_that_twitch_refuses_inside_a_202_is_not_taken_for_one() -> None:
    """Everything is refused while a socket is lost: what is on record says so all the time."""
    shape, _ = scenario(2)
    shape = replace(shape, coordinators=2, workers=3, shards=6, shards_max=0, failover="reopen", openings_max=400)
    refused = Fault(10.0, Kind.SHARDS_REFUSED, seconds=14.0, amount=1.0)
    outcome = run(2, faults=(refused, Fault(12.0, Kind.SOCKET_CLOSE, amount=4006.0, pick=0.1)), shape=shape)
    assert outcome.violation == ""
