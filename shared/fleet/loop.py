"""The event loop of every process, uvloop where it is installed, and what gives way to a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """asyncio.run, on the fastest loop there is."""
    try:
        import uvloop  # noqa: PLC0415 # an optional dependency
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def unless(stopped: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Do ``work``, unless told to stop first; says whether it was done. Raises what it raises."""
    working, waiting = asyncio.create_task(work), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        return working.done()
    finally:
        for task in (working, waiting):
            task.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)
