"""The log of calls."""

from __future__ import annotations

from twitch.simulator.call_log import CallLog


def test_it_keeps_the_newest_and_says_how_many_are_gone() -> None:
    log = CallLog(calls_max=2)
    for number in range(3):
        log.arrived("somebody", "GET", f"/{number}", float(number)).status = 200 + number

    assert [(call.path, call.status) for call in log] == [("/1", 201), ("/2", 202)]
    assert log.forgotten == 1
