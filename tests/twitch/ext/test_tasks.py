"""Work that is done again and again: when, how often, and what stops it."""

import asyncio
import logging
import time
from typing import assert_type

import pytest

from tests.twitch.waiting import until
from twitch.ext import tasks


async def test_it_runs_at_once_and_then_each_interval_as_often_as_told() -> None:
    times: list[float] = []

    @tasks.loop(seconds=0.05, count=3)
    async def work(word: str, *, number: int) -> None:
        assert (word, number) == ("a", 1)
        times.append(time.monotonic())

    begun = time.monotonic()
    await work.start("a", number=1)
    assert len(times) == 3
    assert times[0] - begun < times[2] - times[0] + 1
    assert times[2] - times[0] >= 0.09
    assert (work.current_execution, work.is_running(), work.elapsed_time) == (3, False, 0.0)


async def test_hooks_are_called_around_it() -> None:
    story: list[str] = []

    @tasks.loop(minutes=0.0001, count=2, name="story")
    async def work() -> None:
        story.append("work")

    @work.on_start
    async def begin() -> None:
        story.append("start")

    @work.before_execution
    async def before() -> None:
        story.append("before")

    @work.on_stop
    async def end() -> None:
        story.append("stop")

    await work.start()
    assert story == ["start", "before", "work", "before", "work", "stop"]
    assert work.get_info()["name"] == "story"
    assert repr(work) == "<Loop 'story' every 0.006 s>"


async def test_what_is_raised_is_told_and_the_loop_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    errors: list[BaseException] = []

    @tasks.loop(seconds=0.001, count=2)
    async def work() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        await work.start()
    assert caplog.text.count("raised ZeroDivisionError") == 2

    @work.on_error
    async def told(error: BaseException) -> None:
        errors.append(error)
        raise ValueError

    await work.start()
    assert [type(error) for error in errors] == [ZeroDivisionError, ZeroDivisionError]


async def test_what_was_cancelled_within_an_execution_is_an_error_of_that_execution() -> None:
    errors: list[BaseException] = []

    @tasks.loop(seconds=0.001, count=2)
    async def work() -> None:
        other = asyncio.ensure_future(asyncio.sleep(60))
        other.cancel()
        await other

    @work.on_error
    async def told(error: BaseException) -> None:
        errors.append(error)

    await work.start()
    assert [type(error) for error in errors] == [asyncio.CancelledError, asyncio.CancelledError]


async def test_stop_lets_the_execution_finish_and_cancel_does_not() -> None:
    story: list[str] = []
    gate = asyncio.Event()

    @tasks.loop(hours=1)
    async def work() -> None:
        story.append("begun")
        await gate.wait()
        story.append("ended")

    @work.on_stop
    async def stopped() -> None:
        story.append("stopped")

    task = work.start()
    await until(lambda: story)
    with pytest.raises(RuntimeError, match="running already"):
        work.start()
    work.stop()
    gate.set()
    await task
    gate.clear()
    task = work.start()
    await until(lambda: len(story) == 4)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert story == ["begun", "ended", "stopped", "begun", "stopped"]


async def test_stop_ends_the_wait_for_the_next_one() -> None:
    @tasks.loop(hours=1)
    async def work() -> None: ...

    task = work.start()
    await until(lambda: work.current_execution)
    work.stop()
    await asyncio.wait_for(task, 30)


async def test_pause_and_resume() -> None:
    @tasks.loop(seconds=0.001)
    async def work() -> None: ...

    task = work.start()
    await until(lambda: work.current_execution)
    work.pause()
    await asyncio.sleep(0.01)
    assert work.is_paused()
    held = work.current_execution
    await asyncio.sleep(0.02)
    assert work.current_execution == held
    work.resume()
    await until(lambda: work.current_execution > held)
    work.stop()
    await task


async def test_an_execution_is_skipped_and_counts() -> None:
    @tasks.loop(seconds=0.001, count=3)
    async def work() -> None: ...

    task = work.start()
    work.skip_next_execution()
    await task
    assert work.current_execution == 2


async def test_missed_times_are_caught_up_with_within_a_bound() -> None:
    times: list[float] = []

    @tasks.loop(seconds=0.1, max_catchup=2)
    async def work() -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            await asyncio.sleep(0.75)

    task = work.start()
    await until(lambda: len(times) == 5)
    work.stop()
    await task
    # Behind the late one, two are caught up with at once; the four before them are left out, so the next is due at 0.8.
    assert times[3] - times[1] < 0.1
    assert times[4] - times[0] > 0.75


async def test_a_priority_task_runs_before_the_next_execution() -> None:
    story: list[str] = []

    async def urgent() -> None:
        story.append("urgent")

    @tasks.loop(hours=1)
    async def work() -> None: ...

    task = work.start()
    await until(lambda: work.current_execution)
    work.queue_priority_task(urgent())
    await until(lambda: story)
    never = urgent()
    work.stop()
    work.queue_priority_task(never)
    await task
    assert story == ["urgent"]


async def test_each_instance_has_a_loop_of_its_own() -> None:
    class Bot:
        def __init__(self) -> None:
            self.done: list[str] = []

        @tasks.loop(seconds=0.001, count=2)
        async def work(self, word: str) -> None:
            self.done.append(word)

        @work.on_start
        async def begin(self) -> None:
            self.done.append("start")

    one, other = Bot(), Bot()
    assert one.work is one.work
    assert one.work is not other.work
    assert_type(one.work.start("a"), asyncio.Task[None]).cancel()
    await other.work.start("b")
    assert other.done == ["start", "b", "b"]


@pytest.mark.parametrize("wrong", [{}, {"seconds": -1}, {"seconds": 1, "count": 0}, {"seconds": 1, "max_catchup": -1}])
def test_a_loop_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    async def work() -> None: ...

    with pytest.raises(ValueError):
        tasks.loop(**wrong)(work)  # type: ignore[arg-type]


def test_a_function_that_is_not_async_is_refused() -> None:
    with pytest.raises(TypeError, match="async def"):
        tasks.loop(seconds=1)(lambda: None)  # type: ignore[arg-type,return-value]
