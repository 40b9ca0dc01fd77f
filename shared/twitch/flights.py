"""Single flight: of many callers who want one thing at the same time one does the work, and all get its outcome."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from twitch.errors import ClientException

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    """What work came to. It's often a token, and asyncio's debug log shows the results of tasks."""

    value: T = field(repr=False)


class Flights(Generic[T]):
    """Work under way, by key. Nobody's cancellation harms the others; the work itself ends with close()."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[_Outcome[T]]] = {}

    async def join(self, key: Hashable, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The outcome of the work under this key, which is started unless it is under way.

        Raises ClientException where close() came first.
        """
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(_outcome(start))
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._landed(key, done))
        try:
            return (await asyncio.shield(task)).value
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if task.cancelled() and caller is not None and not caller.cancelling():
                raise ClientException("closed before it was done") from None  # nobody cancelled the caller
            raise

    def _landed(self, key: Hashable, task: asyncio.Task[_Outcome[T]]) -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # seen, even if everybody who asked for it has gone

    async def close(self, *, seconds: float = 0.0) -> None:
        """Stop what is under way, after it had so many seconds to end by itself. Work that closes its own flights goes on."""
        tasks = {task for task in self._tasks.values() if task is not asyncio.current_task()}
        if tasks and seconds:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _outcome(start: Callable[[], Coroutine[Any, Any, T]]) -> _Outcome[T]:
    # The work begins in here: of a task that is cancelled before its first step nothing is left that nobody awaits.
    return _Outcome(await start())
