"""Tries again what a Twitch that is away, or a network that is down, stood in the way of."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from twitch.errors import TwitchException
from twitch.eventsub.backoff import Backoff

log = logging.getLogger("twitch.eventsub")

T = TypeVar("T")


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """The outcome of an attempt, made again while its error is transient, with growing pauses; other errors come out."""
    backoff = Backoff(random.Random())  # noqa: S311  spreads load, guards nothing
    while True:
        try:
            return await attempt()
        except TwitchException as error:
            if not error.transient:
                raise
            pause_seconds = backoff.next_seconds()
            log.warning("%s; tried again in %.1f s", error, pause_seconds)
            await asyncio.sleep(pause_seconds)
