"""What is shown: the table and the line are made of the same snapshot; a terminal that goes away is survived."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fleet.demo.screen import Screen, Snapshot, line, milliseconds, table
from fleet.demo.tally import Tally
from fleet.demo.watch import Latency, Reading, WorkerView

SNAPSHOT = Snapshot(
    seconds=12.4,
    rate=199.6,
    reading=Reading(
        workers=(
            WorkerView("worker-1-ab12", "active", (0, 2), frozenset({"s0", "s2"})),
            WorkerView("worker-2-cd34", "draining", (1, 3), frozenset()),
        ),
        phases={"bound": 3, "dark": 1},
        handled=36,
        duplicates_dropped=5,
        to_stream=Latency(0.0013, 0.0031),
        to_handler=Latency(0.0213, 0.25),
        dark_seconds=1.5,
        dark_spells=2,
        dark_spells_seconds=4.2,
    ),
    tally=Tally(sent=2480, streamed=2478, dropped=7),
    processes=(("coordinator", "runs"), ("worker-1", "runs"), ("worker-2", "runs"), ("worker-3", "killed by SIGKILL")),
    ids={"worker-1-ab12": "worker-1", "worker-2-cd34": "worker-2"},
    sayings=("[Ninja] is now live!",),
    logs="/tmp/logs",
)


def drawn(snapshot: Snapshot) -> str:
    out = io.StringIO()
    Console(file=out, width=120).print(table(snapshot))
    return out.getvalue()


def test_the_table_shows_every_process_its_state_and_its_shards() -> None:
    rows = [row.split() for row in drawn(SNAPSHOT).splitlines()]

    assert ["worker-1", "active", "0", "2"] in rows
    assert ["worker-2", "draining", "1", "3"] in rows
    assert ["worker-3", "killed", "by", "SIGKILL"] in rows


@pytest.mark.parametrize("text", ["2,480", "2,478", "p50 1.3 ms p99 3.1 ms", "p50 21.3 ms p99 250 ms", "/tmp/logs"])
def test_the_table_shows_the_numbers(text: str) -> None:
    assert text in drawn(SNAPSHOT)


def test_what_the_program_prints_is_shown_as_it_is() -> None:
    assert "[Ninja] is now live!" in drawn(SNAPSHOT)


def test_the_line_says_the_same() -> None:
    shown = line(SNAPSHOT)

    for part in ("12 s", "worker-1 [0 2]", "3 bound, 1 dark", "200 events/s", "sent 2480", "handled 36", "now 1.5 s"):
        assert part in shown
    assert "\n" not in shown


def test_without_a_terminal_there_is_a_line_now_and_then() -> None:
    out = io.StringIO()
    screen = Screen(lambda: None, out)
    for seconds in (0.0, 0.5, 1.0, 2.0, 2.5):
        screen.show(Snapshot(seconds, 0.0, Reading(), Tally(), (), {}, (), ""))

    assert len(out.getvalue().splitlines()) == 2


def test_a_terminal_that_is_gone_is_told_once_and_then_left_alone() -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    told: list[None] = []
    screen = Screen(lambda: told.append(None), Closed())
    screen.say("hello")
    screen.say("still there?")
    screen.end()

    assert len(told) == 1


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, "–"), (0.00134, "1.3 ms"), (0.0999, "99.9 ms"), (2.5, "2500 ms")]
)
def test_latencies_in_milliseconds(seconds: float | None, shown: str) -> None:
    assert milliseconds(seconds) == shown
