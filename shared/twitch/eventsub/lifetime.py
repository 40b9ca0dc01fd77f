"""From start to end of a client: what is ready, what is closed, and who waits for which.

new ──start, or authorize and connect──> running ──on_ready is over──> ready ──close(), or an error──> closed ──start──> running …
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from twitch.errors import ClientException
from twitch.eventsub.hooks import Hooks


class Lifetime(Hooks, own=True):
    """A client that runs at most once at a time, in any event loop, and can be closed from anywhere."""

    def __init__(self) -> None:
        self._ready = asyncio.Event()
        self._closing = asyncio.Event()
        self._stopped = asyncio.Event()
        self._running = False
        self._closed = False
        self._own_tasks: set[object] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop that the client runs in, as `asyncio.run_coroutine_threadsafe` wants it."""
        if self._loop is None:
            raise ClientException("the client isn't running, so it has no event loop")
        return self._loop

    def is_closed(self) -> bool:
        """Whether it was closed, and not started since."""
        return self._closed

    def clear(self) -> None:
        """Forget that it was closed. A closed client can be started again without it."""
        if self._running:
            raise ClientException("the client is running: close it first")
        self._closed = False

    async def close(self) -> None:
        """Stop, and wait until nothing is left running; from a handler it returns at once. Safe to call more than once."""
        self._closed = True
        if self._running:
            stopped = self._stopped
            self._closing.set()
            if not self._runs(asyncio.current_task()):
                await stopped.wait()
        else:
            closing, self._closing = self._closing, asyncio.Event()
            closing.set()  # who waits for a client that wasn't started yet is told
            await self._release()

    async def _release(self) -> None:
        """Give back what the client has opened."""
        self._loop = None

    async def wait_until_ready(self) -> None:
        """Wait until on_ready has finished.

        Raises ClientException if the client is closed before, and in on_ready and setup_hook, which would wait for
        themselves.
        """
        if self._preparing is not None and asyncio.current_task() is self._preparing:
            raise ClientException("the client is ready once setup_hook and on_ready are over: they can't wait for that")
        waiting = {asyncio.ensure_future(self._ready.wait()), asyncio.ensure_future(self._closing.wait())}
        ready = self._ready
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        if not ready.is_set():
            raise ClientException("the client was closed before it was ready")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def _runs(self, task: object) -> bool:
        """Whether this task is one that close() would wait for."""
        return task in self._own_tasks

    @asynccontextmanager
    async def _lifetime(self) -> AsyncIterator[asyncio.Event]:
        """While it runs; what is yielded is set when it shall end."""
        if self._running:
            raise ClientException("this client is running already")
        self._running, self._closed = True, False
        self._loop = asyncio.get_running_loop()
        try:
            yield self._closing
        finally:
            try:
                await to_its_end(self._release())
            finally:
                self._running, self._closed = False, True
                self._closing.set()
                self._stopped.set()
                self._own_tasks.clear()
                # New ones, since the next start may be in another event loop.
                self._ready, self._closing, self._stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()


async def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Await work that must not be left half done: a cancellation waits for its end, and then goes on."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    try:
        task.result()
    finally:
        if cancelled is not None:
            raise cancelled
