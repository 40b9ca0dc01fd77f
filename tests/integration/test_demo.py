"""`python -m fleet.demo` as its user meets it: what it prints last, what it exits with, and that nothing outlives it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.process

START_SECONDS = 90.0
"""Generous: the machine may be busy with other tests."""
LAST_LINE = re.compile(
    r"demo: sent=(?P<sent>\d+) streamed=(?P<streamed>\d+) handled=(?P<handled>\d+) lost=(?P<lost>\d+)"
    r" duplicated=(?P<duplicated>\d+) twitch_dropped=(?P<twitch_dropped>\d+)(?: lost_at_kill=(?P<lost_at_kill>\d+))?"
)


def until(check: Callable[[], object], seconds: float = START_SECONDS) -> None:
    """Polls until `check` is true."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


@dataclass
class RunningDemo:
    """A demo that was started, and its output."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def text(self) -> str:
        return self.output.read_text("utf-8")

    @property
    def lines(self) -> list[str]:
        return self.text.strip().splitlines()

    def until_it_says(self, words: str) -> None:
        def said() -> bool:
            assert self.process.poll() is None, self.text
            return words in self.text

        until(said)

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def account(self) -> dict[str, int]:
        """The last line."""
        found = LAST_LINE.fullmatch(self.lines[-1])
        assert found, self.text
        return {name: int(value) for name, value in found.groupdict().items() if value is not None}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Callable[..., RunningDemo]]:
    """Starts demos; whatever a failed test leaves is ended."""
    started: list[RunningDemo] = []

    def start(*arguments: str) -> RunningDemo:
        output = tmp_path / "output"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "fleet.demo", "--logs", str(tmp_path / "logs"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TWITCH_CLIENT_SECRET": "of somebody's real application"},
            )
        started.append(RunningDemo(process, output))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()


def command(process: psutil.Process) -> str:
    return " ".join(process.cmdline())


def all_gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def test_a_worker_killed_in_the_middle_costs_no_event_but_of_its_last_moment(
    demo: Callable[..., RunningDemo],
) -> None:
    running = demo("--seconds", "9", "--kill-worker-after", "2", "--app", "channel_watch:watch")

    code = running.process.wait(START_SECONDS + 60)

    account = running.account()
    assert (code, account["lost"], account["duplicated"]) == (0, 0, 0), running.text
    # This program handles every type of the traffic; the coordinator's own conduit.shard.disabled comes on top.
    assert account["streamed"] - 4 <= account["handled"] <= account["streamed"]
    assert account["sent"] == account["streamed"] + account["lost_at_kill"]
    assert "was killed with SIGKILL" in running.text
    assert "Its shards are bound again" in running.text


def test_ctrl_c_ends_everything_in_order_and_counts(demo: Callable[..., RunningDemo]) -> None:
    running = demo()
    running.until_it_says("streamed 1")
    descendants = running.descendants()
    workers = [each for each in descendants if "shard_worker" in command(each)]
    environments = [each.environ() for each in workers]

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(60) == 0, running.text
    account = running.account()
    assert (account["lost"], account["duplicated"]) == (0, 0)
    assert account["sent"] == account["streamed"] > 0
    assert len(descendants) == 6, [command(each) for each in descendants]
    until(lambda: all_gone(descendants))
    assert len(workers) == 2
    assert not any({"TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "FLEET_TOKEN_KEYS"} & set(env) for env in environments)
    drained = [(running.output.parent / "logs" / f"worker-{n}.log").read_text() for n in (1, 2)]
    assert all('"drain.ended"' in log for log in drained), "workers are drained, not killed"


def test_a_second_ctrl_c_ends_everything_at_once(demo: Callable[..., RunningDemo]) -> None:
    running = demo()
    running.until_it_says("Traffic is on")
    descendants = running.descendants()

    running.process.send_signal(signal.SIGINT)
    running.until_it_says("Stopping: traffic off")
    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(30) == 130, running.text
    until(lambda: all_gone(descendants))


def test_ctrl_c_during_the_start_ends_everything_too(demo: Callable[..., RunningDemo]) -> None:
    running = demo()
    running.until_it_says("Starting a coordinator")
    descendants = running.descendants()

    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(60) == 130, running.text
    assert "Traceback" not in running.text
    until(lambda: all_gone(descendants))


def test_a_demo_that_is_killed_leaves_no_process(demo: Callable[..., RunningDemo]) -> None:
    running = demo()
    running.until_it_says("Starting a coordinator")
    until(lambda: len(running.descendants()) == 6)
    descendants = running.descendants()

    running.process.kill()

    until(lambda: all_gone(descendants))


def test_a_process_that_dies_ends_the_demo_with_a_sentence_and_the_end_of_its_log(
    demo: Callable[..., RunningDemo],
) -> None:
    running = demo()
    running.until_it_says("Starting a coordinator")
    until(lambda: len(running.descendants()) == 6)
    descendants = running.descendants()

    next(each for each in descendants if "arq" in command(each)).kill()

    assert running.process.wait(30) == 1, running.text
    assert "demo: handler ended by itself, killed by SIGKILL. The end of " in running.text
    assert "Traceback" not in running.text
    until(lambda: all_gone(descendants))


def test_a_program_that_is_not_there_is_one_sentence(demo: Callable[..., RunningDemo]) -> None:
    running = demo("--app", "no_such_module:client")

    assert running.process.wait(30) == 1
    assert running.lines[-1].startswith("Error: FLEET_APP names the module no_such_module")
    assert len(running.lines) == 1
