"""Clients of either kind, from start() to close()."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.twitch.waiting import WAIT_SECONDS, until
from twitch import errors
from twitch.eventsub import ClientApp, ClientUser


@asynccontextmanager
async def running(
    client: ClientApp | ClientUser, start: Coroutine[Any, Any, None]
) -> AsyncIterator[asyncio.Task[None]]:
    """The client, started and ready; closed afterwards, leaving no task behind."""
    before = asyncio.all_tasks()
    task = asyncio.create_task(start)
    try:
        await until(lambda: client.is_ready() or task.done())
        if task.done():
            await task
        yield task
    finally:
        await client.close()
        await asyncio.wait({task}, timeout=WAIT_SECONDS)
        await until(lambda: asyncio.all_tasks() - before == set())


async def cancelled_while_it_closes(client: ClientApp | ClientUser, task: asyncio.Task[None], steps: int) -> None:
    """Cancel the task of start() so many steps of the event loop after close() began; nothing may be left open."""
    app = client.app
    closing = asyncio.create_task(client.close())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await closing
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(errors.ClientException, match="this app is closed"):
        _ = app.http.session
