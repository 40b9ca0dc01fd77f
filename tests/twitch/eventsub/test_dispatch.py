"""Handlers run in order for each lane, many lanes at a time, and never more than the bounds say."""

import asyncio
from functools import partial

from twitch.eventsub.dispatch import Dispatcher


class Desk:
    """Jobs that wait until they are let go, and remember their order."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.gate = asyncio.Event()

    async def job(self, name: str) -> None:
        self.begun.append(name)
        await self.gate.wait()
        self.ended.append(name)

    def jobs(self, dispatcher: Dispatcher, *names: str) -> None:
        for name in names:
            assert dispatcher.submit(name[0], partial(self.job, name))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_lane_is_served_one_by_one_and_lanes_side_by_side() -> None:
    dispatcher, desk = Dispatcher(), Desk()
    desk.jobs(dispatcher, "a1", "a2", "b1", "a3")
    await settle()
    assert desk.begun == ["a1", "b1"]
    desk.gate.set()
    assert await dispatcher.close(drain_seconds=5) == 0
    assert [name for name in desk.ended if name[0] == "a"] == ["a1", "a2", "a3"]


async def test_a_busy_lane_does_not_starve_the_others() -> None:
    dispatcher, desk = Dispatcher(concurrency=1), Desk()
    desk.gate.set()
    desk.jobs(dispatcher, "a1", "a2", "a3", "b1")
    await dispatcher.close(drain_seconds=5)
    assert desk.ended == ["a1", "b1", "a2", "a3"]


async def test_concurrency_is_bounded() -> None:
    dispatcher, desk = Dispatcher(concurrency=2), Desk()
    desk.jobs(dispatcher, "a1", "b1", "c1")
    await settle()
    assert len(desk.begun) == 2
    desk.gate.set()
    await dispatcher.close(drain_seconds=5)
    assert sorted(desk.ended) == ["a1", "b1", "c1"]


async def test_what_exceeds_the_bound_is_refused() -> None:
    dispatcher, desk = Dispatcher(waiting_max=2, held=True), Desk()
    desk.jobs(dispatcher, "a1", "b1")
    assert not dispatcher.submit("c", partial(desk.job, "c1"))
    desk.gate.set()
    await dispatcher.close(drain_seconds=5)


async def test_nothing_runs_while_held() -> None:
    dispatcher, desk = Dispatcher(held=True), Desk()
    desk.gate.set()
    desk.jobs(dispatcher, "a1")
    await settle()
    assert desk.begun == []
    dispatcher.release()
    await settle()
    assert desk.ended == ["a1"]
    await dispatcher.close(drain_seconds=5)


async def test_close_cancels_what_does_not_end_and_counts_it() -> None:
    dispatcher, desk = Dispatcher(concurrency=1), Desk()
    desk.jobs(dispatcher, "a1", "a2", "b1")
    await settle()
    assert await dispatcher.close(drain_seconds=0.01) == 3
    assert (desk.begun, desk.ended) == (["a1"], [])
    assert not dispatcher.submit("a", partial(desk.job, "a9"))
