"""The program's hooks run aside: they may block, and the leader's loop does not notice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from coordinator.aside import Aside, Blocked, Ended, Home


@pytest.fixture
async def aside() -> AsyncIterator[Aside]:
    running = Aside()
    yield running
    await running.stop()


async def test_work_runs_in_another_thread_and_its_result_comes_back(aside: Aside) -> None:
    async def work() -> str:
        return threading.current_thread().name

    assert await aside.run(work) == "program"


async def test_what_it_raises_comes_back(aside: Aside) -> None:
    async def work() -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        await aside.run(work)


async def test_an_exit_ends_neither_the_leader_nor_what_else_runs_there(aside: Aside) -> None:
    async def exits() -> None:
        raise SystemExit("enough")

    async def in_a_task_of_its_own() -> asyncio.Task[None]:
        task = asyncio.create_task(exits())
        await asyncio.sleep(0)
        return task

    with pytest.raises(Ended, match="SystemExit: enough"):
        await aside.run(exits)
    assert isinstance((await aside.run(in_a_task_of_its_own)).exception(), SystemExit)

    async def goes_on() -> str:
        return "still here"

    assert await aside.run(goes_on) == "still here"


async def test_a_cancellation_that_it_brought_upon_itself_is_not_ours(aside: Aside) -> None:
    async def cancels_what_it_awaits() -> None:
        task = asyncio.create_task(asyncio.Event().wait())
        task.cancel()
        await task

    with pytest.raises(Ended, match="CancelledError"):
        await aside.run(cancels_what_it_awaits)


async def test_it_asks_the_leaders_loop_and_waits_for_the_answer(aside: Aside) -> None:
    here, home = threading.current_thread(), Home()

    async def at_home() -> bool:
        return threading.current_thread() is here

    assert await aside.run(lambda: home.ask(at_home()))


async def test_a_hook_that_blocks_holds_up_nobody_but_itself(aside: Aside) -> None:
    began, released = threading.Event(), threading.Event()

    async def blocks() -> None:
        began.set()
        released.wait()

    blocking = asyncio.create_task(aside.run(blocks))
    await asyncio.to_thread(began.wait)
    with pytest.raises(Blocked, match="a hook blocks its event loop"):
        await aside.run(lambda: asyncio.sleep(0))
    released.set()
    await blocking


async def test_stopping_cancels_what_runs_there(aside: Aside) -> None:
    cancelled, began = threading.Event(), asyncio.Event()
    home = Home()

    async def waits() -> None:
        try:
            await home.ask(_set(began))
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    waiting = asyncio.create_task(aside.run(waits))
    await began.wait()
    await aside.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert cancelled.is_set()


async def _set(event: asyncio.Event) -> None:
    event.set()
