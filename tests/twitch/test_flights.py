"""Single flight: one works, all get the outcome, and neither a log nor an end of the program spoils it."""

import asyncio
import gc
import logging

import pytest

from twitch.errors import ClientException
from twitch.flights import Flights


async def test_a_result_shows_in_no_repr_of_a_task(caplog: pytest.LogCaptureFixture) -> None:
    """asyncio's debug mode logs slow tasks with their results, and most results here are tokens."""
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.0
    flights: Flights[str] = Flights()

    async def work() -> str:
        return "hush"

    async def ask() -> None:
        assert await flights.join("key", work) == "hush"

    await asyncio.gather(*(ask() for _ in range(3)))
    loop.set_debug(False)
    assert "_Outcome" in caplog.text
    assert "hush" not in caplog.text


async def test_who_waits_for_work_that_is_stopped_is_told_and_not_cancelled() -> None:
    flights: Flights[None] = Flights()
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    waiting = asyncio.create_task(flights.join("key", work))
    await started.wait()
    await flights.close()
    with pytest.raises(ClientException, match="closed"):
        await waiting


async def test_who_is_cancelled_harms_nobody_else() -> None:
    flights: Flights[int] = Flights()
    go = asyncio.Event()

    async def work() -> int:
        await go.wait()
        return 7

    first, second = (asyncio.create_task(flights.join("key", work)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait({first})
    go.set()
    assert (first.cancelled(), await second) == (True, 7)


async def test_closing_may_leave_time_and_may_come_from_within() -> None:
    flights: Flights[str] = Flights()
    done: list[str] = []

    async def short() -> str:
        await asyncio.sleep(0)
        done.append("short")
        return "short"

    async def closing() -> str:
        await flights.close(seconds=30)
        done.append("closing")
        return "closing"

    async with asyncio.timeout(20):
        ended = await asyncio.gather(flights.join(1, short), flights.join(2, closing))
    assert list(ended) == done == ["short", "closing"]


async def test_work_that_is_stopped_before_its_first_step_leaves_nothing() -> None:
    """A coroutine that was made and is never awaited would be warned of, and a warning fails here."""
    flights: Flights[int] = Flights()

    async def work() -> int:
        raise AssertionError("it has not begun")

    caller = asyncio.create_task(flights.join("key", work))
    await asyncio.sleep(0)  # the caller has started the work, which waits for its turn
    await flights.close()
    with pytest.raises(ClientException):
        await caller
    gc.collect()
