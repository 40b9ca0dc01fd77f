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


async def test_a_lane_that_is_stuck_leaves_the_others_their_share() -> None:
    dispatcher, desk = Dispatcher(waiting_max=10), Desk()
    desk.jobs(dispatcher, *(f"a{number}" for number in range(10)))
    await settle()
    desk.jobs(dispatcher, "a10")
    assert not dispatcher.submit("a", partial(desk.job, "a11"))
    desk.jobs(dispatcher, "b1", "b2", "c1")
    await settle()
    assert desk.begun == ["a0", "b1", "c1"]
    for number in range(100):
        dispatcher.submit(str(number % 50), partial(desk.job, "more"))
    assert dispatcher.waiting <= 20
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


async def test_jobs_that_wait_for_nothing_share_a_task() -> None:
    dispatcher, desk = Dispatcher(), Desk()
    desk.gate.set()
    tasks: set[asyncio.Task[None] | None] = set()

    async def job() -> None:
        tasks.add(asyncio.current_task())

    for lane in range(50):
        assert dispatcher.submit(str(lane), job)
    await settle()
    assert dispatcher.waiting == 0
    assert len(tasks) == 1


async def test_lanes_that_wait_do_not_hold_up_the_others() -> None:
    dispatcher, desk = Dispatcher(concurrency=50), Desk()
    desk.jobs(dispatcher, *(chr(ord("A") + number) for number in range(40)))
    for _ in range(5):
        await settle()
    assert len(desk.begun) == 40
    desk.gate.set()
    assert await dispatcher.close(drain_seconds=5) == 0


async def test_a_job_that_comes_while_the_last_task_ends_is_run() -> None:
    dispatcher, desk = Dispatcher(concurrency=1), Desk()
    desk.gate.set()
    loop = asyncio.get_running_loop()

    async def job() -> None:
        loop.call_soon(desk.jobs, dispatcher, "b1")  # after this task's last step, before anybody is told of its end

    assert dispatcher.submit("a", job)
    await settle()
    assert desk.ended == ["b1"]


async def test_a_job_that_cancels_itself_leaves_the_others_running() -> None:
    dispatcher, desk = Dispatcher(concurrency=1), Desk()
    desk.gate.set()

    async def job() -> None:
        raise asyncio.CancelledError

    assert dispatcher.submit("a", job)
    desk.jobs(dispatcher, "a2", "b1")
    await settle()
    assert sorted(desk.ended) == ["a2", "b1"]
