"""Tasks that one owner has started: what one of them raises is told, and none of them outlives the owner."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any


class Tasks:
    """Those that haven't ended. ``fatal`` is called with what one of them raises."""

    def __init__(self, fatal: Callable[[BaseException], None]) -> None:
        self._fatal = fatal
        self._tasks: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Iterator[asyncio.Task[None]]:
        return iter(tuple(self._tasks))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fatal(error)


async def cancel(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel these, and wait until each has ended, however it does."""
    chosen = list(tasks)
    for task in chosen:
        task.cancel()
    await asyncio.gather(*chosen, return_exceptions=True)
