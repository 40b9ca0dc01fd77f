"""The parts that the simulation stands on: virtual clocks and loops, lines that break, schedules that get shorter."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import subprocess
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from virtual_fleet.clocks import Clock, virtual_time
from virtual_fleet.faults import Fault, Kind
from virtual_fleet.gentle import Gentleness, gentleness
from virtual_fleet.loop import VirtualLoop
from virtual_fleet.network import Network
from virtual_fleet.run import Outcome, scenario
from virtual_fleet.shrink import alike, shrink
from virtual_fleet.world import Violated, World


async def no_network(*_: Any) -> Any:
    raise ConnectionRefusedError


def loop_of(world: World, clock: Clock | None = None) -> VirtualLoop:
    return VirtualLoop(world, clock or Clock(world), lambda: 0.0001, no_network)  # type: ignore[abstract]


def done(world: World, loop: VirtualLoop, work: Coroutine[Any, Any, Any], until: float = 1000.0) -> Any:
    """What some work comes to, in virtual time."""
    task = loop.create_task(work)
    world.run_until(until)
    return task.result()


class TestTheLoop:
    def test_waiting_takes_virtual_time_alone(self) -> None:
        world = World(1)
        loop = loop_of(world)

        async def wait() -> float:
            await asyncio.sleep(500.0)
            return world.now

        assert done(world, loop, wait()) == pytest.approx(500.0, abs=0.01)

    def test_timeouts_task_groups_and_threads_are_the_real_ones(self) -> None:
        world = World(1)
        loop = loop_of(world)
        ended: list[str] = []

        async def never(name: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(name)

        async def work() -> int:
            with pytest.raises(TimeoutError):  # noqa: PT012 # the whole group is what times out
                async with asyncio.timeout(3.0), asyncio.TaskGroup() as tasks:
                    for name in "abcdefgh":
                        tasks.create_task(never(name))
            return await asyncio.to_thread(lambda: 7)

        assert done(world, loop, work()) == 7
        assert sorted(ended) == list("abcdefgh")

    def test_a_paused_loop_does_nothing_and_a_killed_one_never_again(self) -> None:
        world = World(1)
        loop = loop_of(world)
        seen: list[float] = []

        async def tick() -> None:
            while True:
                await asyncio.sleep(1.0)
                seen.append(world.now)

        loop.create_task(tick())
        world.run_until(2.5)
        loop.pause()
        world.run_until(10.0)
        assert len(seen) == 2
        loop.resume()
        world.run_until(11.9)
        assert seen[2] == pytest.approx(10.0, abs=0.01), "a timer that was due meanwhile rings at once"
        loop.kill()
        world.run_until(30.0)
        assert len(seen) == 4
        loop.dispose()
        assert not loop.tasks


class TestClocks:
    def test_a_suspended_machine_misses_monotonic_time_and_no_other(self) -> None:
        world = World(1)
        clock = Clock(world)
        world.run_until(10.0)
        clock.slept(4.0)
        assert (clock.monotonic(), clock.boottime()) == (6.0, 10.0)
        assert clock.true_at(clock.monotonic()) == pytest.approx(10.0)

    def test_the_products_clocks_and_chance_are_the_worlds(self) -> None:
        from fleet.clock import boottime
        from shard_worker.intake import Intake

        before = time.monotonic, time.time, secrets.token_hex, random.Random, Intake.__init__.__defaults__
        drawn = []
        for _ in range(2):
            world = World(5)
            loop = loop_of(world)

            async def look(world: World = world) -> tuple[float, float, float]:
                return boottime(), time.monotonic(), Intake.__init__.__defaults__[0]()  # type: ignore[index]

            with virtual_time(world):
                assert done(world, loop, look(), until=1.0) == pytest.approx((0.0, 0.0, 0.0), abs=0.01)
                drawn.append((secrets.token_hex(8), random.Random().random(), random.random()))
        assert drawn[0] == drawn[1]
        assert before == (
            time.monotonic, time.time, secrets.token_hex, random.Random, Intake.__init__.__defaults__
        )  # fmt: skip

    def test_nobody_reads_a_clock_outside_of_a_process(self) -> None:
        with virtual_time(World(1)), pytest.raises(AssertionError, match="only a process reads a clock"):
            time.monotonic()


class _End:
    def __init__(self) -> None:
        self.heard: list[Any] = []

    def received(self, item: Any) -> None:
        self.heard.append(item)

    def ended(self, *, reset: bool) -> None:
        self.heard.append("reset" if reset else "end")


class TestLines:
    @pytest.fixture
    def world(self) -> World:
        return World(3)

    @pytest.fixture
    def network(self, world: World) -> Network:
        network = Network(world)
        network.accept["redis"] = lambda line: line.ends.__setitem__(1, _End())
        return network

    def dial(self, network: Network) -> tuple[Any, _End, Any]:
        near = _End()
        opened: list[Any] = []
        network.dial("w0", "redis", near, opened.append)
        network.world.run_until(network.world.now + 0.1)
        [line] = opened
        return line, near, line.ends[1] if line is not None else None

    def test_what_is_sent_arrives_later_and_in_order(self, world: World, network: Network) -> None:
        line, _, far = self.dial(network)
        for number in range(50):
            line.send(0, number)
        line.finish(0)
        assert far.heard == []
        world.run_until(1.0)
        assert far.heard == [*range(50), "end"]

    def test_a_cut_link_holds_everything_back(self, world: World, network: Network) -> None:
        line, near, far = self.dial(network)
        network.cut(line.link)
        line.send(0, "there")
        line.abort(1)
        world.run_until(60.0)
        assert (near.heard, far.heard) == ([], [])
        network.heal(line.link)
        world.run_until(62.0)
        assert near.heard == ["reset"]

    def test_a_line_that_breaks_is_lost_with_what_was_on_its_way(self, world: World, network: Network) -> None:
        line, near, far = self.dial(network)
        line.send(0, "lost")
        line.break_()
        world.run_until(1.0)
        assert (near.heard, far.heard) == (["reset"], ["reset"])

    def test_a_server_that_is_down_refuses(self, network: Network) -> None:
        network.link("w0", "redis").refuses = True
        assert self.dial(network)[0] is None


def test_an_invariant_that_breaks_ends_the_run_even_where_everything_is_caught() -> None:
    world = World(1)

    def careless() -> None:
        with suppress(Exception):
            world.violated("it does not hold")

    world.at(1.0, careless)
    with pytest.raises(Violated, match="it does not hold"):
        world.run_until(2.0)


class TestShrinking:
    def test_only_the_faults_that_matter_are_left(self) -> None:
        faults = tuple(Fault(float(at), Kind.CRASH, f"w{at}") for at in range(9))
        shape, _ = scenario(1)
        failed = Outcome(1, shape, faults, "w2.1 and w6.1 fell out", 0.0, 0.0, 0, 0, 0, 0)
        runs: list[int] = []

        def again(_seed: int, *, faults: tuple[Fault, ...], shape: Any) -> Outcome:
            runs.append(len(faults))
            bad = {"w2", "w6"} <= {fault.target for fault in faults}
            return replace(failed, faults=faults, violation="w2.3 and w6.1 fell out" if bad else "")

        assert [fault.target for fault in shrink(failed, again).faults] == ["w2", "w6"]
        assert len(runs) < 40

    def test_runs_fail_alike_whatever_their_names_and_numbers(self) -> None:
        assert alike("shard 3 at epoch 17500 is w0.1's and w2.4's") == alike("shard 1 at epoch 2 is w1.1's and w0.2's")
        assert alike("shard 3 is dark") != alike("2 coordinators act")


class TestGentleness:
    shape = replace(scenario(1)[0], workers=3, shards_max=0)

    @pytest.mark.parametrize(
        ("faults", "expected"),
        [
            ((Fault(9.0, Kind.REDIS_FREEZE, seconds=3.0), Fault(9.0, Kind.CRASH, "c1")), Gentleness.NOTHING_MOVES),
            ((Fault(9.0, Kind.CUT_REDIS, "w1", seconds=20.0),), Gentleness.NOTHING_MOVES),
            ((Fault(9.0, Kind.JOIN), Fault(9.0, Kind.DRAIN, "w1")), Gentleness.NOTHING_DARK),
            ((Fault(9.0, Kind.JOIN), Fault(9.0, Kind.WELCOMES_SLOW, seconds=9.0)), Gentleness.NOTHING_DARK),
            ((Fault(9.0, Kind.CRASH, "w1"),), Gentleness.ROUGH),
            ((Fault(9.0, Kind.DRAIN, "w1"), Fault(9.0, Kind.HELIX_STATUS, seconds=3.0)), Gentleness.ROUGH),
            ((Fault(9.0, Kind.DEPLOY, "w1"), Fault(12.0, Kind.DEPLOY, "w2")), Gentleness.ROUGH),
        ],
    )
    def test_what_may_be_asked(self, faults: tuple[Fault, ...], expected: Gentleness) -> None:
        assert gentleness(self.shape, faults) is expected

    def test_a_count_that_follows_the_load_has_gaps(self) -> None:
        assert gentleness(replace(self.shape, shards_max=9), ()) is Gentleness.ROUGH


def test_no_hash_seed_changes_a_story() -> None:
    """Nothing depends on the order of a set or on an address: two interpreters tell the same."""
    folder = Path(__file__).parent
    program = (
        "from hashlib import sha256; from virtual_fleet.run import run; o = run(11, keep_story=True); "
        "print(len(o.story), o.events, sha256('\\n'.join(o.story).encode()).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert int(told.pop().split()[0]) > 20
