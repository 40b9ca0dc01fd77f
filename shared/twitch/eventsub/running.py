"""Runs a client until it's over, or until the first SIGINT or SIGTERM asks it to close. A second one ends the process."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from twitch.errors import ClientException, TwitchException

log = logging.getLogger("twitch.eventsub")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_until_signal(start: Callable[[], Coroutine[Any, Any, None]], close: Callable[[], None]) -> None:
    """Block until ``start()`` is over; the first signal calls ``close``. Raises what start() raises, less its traceback.

    ClientException inside an event loop, which can't be blocked.
    """
    if _is_in_a_loop():
        raise ClientException("run() can't be called in an event loop that runs already: await start() there")
    try:
        asyncio.run(_run(start, close))
    except KeyboardInterrupt:
        return
    except TwitchException as error:
        # Where in the library it came up helps nobody who has to mend a conduit's id or a secret.
        raise error.with_traceback(None) from None


def _is_in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _run(start: Callable[[], Coroutine[Any, Any, None]], close: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        log.info("%s: closing", number.name)
        for known in SIGNALS:
            loop.remove_signal_handler(known)
        close()

    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
        for number in SIGNALS:
            loop.add_signal_handler(number, stop, number)
    await start()
