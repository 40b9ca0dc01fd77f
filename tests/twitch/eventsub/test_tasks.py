"""What a task raises reaches the owner, and a cancelled task is waited for."""

import asyncio

from twitch.eventsub.tasks import Tasks, cancel


async def test_what_one_raises_is_told() -> None:
    told: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
    tasks = Tasks(told.set_result)

    async def fail() -> None:
        raise ZeroDivisionError

    async def succeed() -> None:
        pass

    tasks.spawn(succeed())
    tasks.spawn(fail())
    assert len(list(tasks)) == 2
    assert isinstance(await asyncio.wait_for(told, 30), ZeroDivisionError)
    assert list(tasks) == []


async def test_cancelling_waits_for_the_end_and_tells_nobody() -> None:
    told: list[BaseException] = []
    tasks = Tasks(told.append)
    ended: list[str] = []

    async def reluctant() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("in order")

    tasks.spawn(reluctant())
    await asyncio.sleep(0)
    await cancel(tasks)
    assert ended == ["in order"]
    assert (list(tasks), told) == ([], [])
