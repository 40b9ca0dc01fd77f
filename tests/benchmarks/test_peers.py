"""The comparison with the peers: what it prints, when it fails, and that it runs with what needs no installing: our own."""

from __future__ import annotations

import json
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest
from account import Account
from peers import FAULTS, Outcome, table

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "peers.py"
RUN_SECONDS = 300.0
"""Generous: the machine may be busy with other tests."""
FINE = Account(made=10, delivered=10, lost=0, at_end=0, dropped=0, doubled=0, pause_seconds=0.25)
LOSING = Account(made=10, delivered=7, lost=2, at_end=0, dropped=1, doubled=0, pause_seconds=inf)
DOUBLING = Account(made=10, delivered=10, lost=0, at_end=0, dropped=0, doubled=3, pause_seconds=0.25)


@pytest.mark.parametrize("client", ["ours", "fleet"])
def test_it_fails_where_ours_loses_or_doubles_or_does_not_start(client: str) -> None:
    failed = [Outcome(FAULTS[0], client, account, "").failed for account in (FINE, LOSING, DOUBLING, None)]
    assert failed == [False, True, True, True]


def test_it_fails_where_a_process_of_ours_ended_by_itself() -> None:
    assert Outcome(FAULTS[0], "fleet", FINE, "process ended (exit code 1)").failed


def test_nothing_that_a_peer_does_makes_it_fail() -> None:
    outcomes = [Outcome(FAULTS[0], "twitchio", account, "process ended") for account in (LOSING, DOUBLING, None)]
    assert not any(outcome.failed for outcome in outcomes)


def test_the_table_has_a_line_a_fault_and_a_column_a_client() -> None:
    outcomes = [
        Outcome(FAULTS[0], "ours", FINE, ""),
        Outcome(FAULTS[0], "twitchio", DOUBLING, ""),
        Outcome(FAULTS[1], "ours", FINE, ""),
        Outcome(FAULTS[1], "twitchio", LOSING, "process ended (exit code 1) RuntimeError"),
    ]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(outcomes).splitlines()]
    assert [lines[0], *lines[2:]] == [
        ["fault", "made", "ours", "twitchio"],
        [FAULTS[0].name, "10", "10 / 0 / 0, 0.2 s", "10 / 0 / 3, 0.2 s"],
        [FAULTS[1].name, "10", "10 / 0 / 0, 0.2 s", "7 / 2 / 0, for good, process ended"],
    ]


def test_a_client_or_a_fault_that_is_not_there_is_said() -> None:
    done = subprocess.run(
        [sys.executable, BENCHMARK, "--faults", "earthquake"], check=False, capture_output=True, timeout=RUN_SECONDS
    )
    assert (done.returncode, done.stderr.strip()) == (1, b"there is no earthquake")


@pytest.mark.process
def test_ours_and_the_fleet_run_through_it() -> None:
    command = [sys.executable, str(BENCHMARK), "--clients", "ours,fleet", "--faults", "duplicate,kill"]
    done = subprocess.run(command, check=False, capture_output=True, timeout=RUN_SECONDS)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout.splitlines()[-1])["outcomes"]
    assert [(each["fault"], each["client"]) for each in outcomes] == [
        ("duplicate", "ours"),
        ("duplicate", "fleet"),
        ("kill", "fleet"),
    ]
    for each in outcomes:
        assert each["made"] > 200, "messages at a steady rate"
        assert each["delivered"] > each["made"] / 2
        assert (each["lost"], each["doubled"]) == (0, 0)
