"""Hears `conduit.shard.disabled` in its own stream and has Twitch asked at once.

A notice can be lost with the shard that would have carried it, or be stale; so it is never acted upon, only believed
enough to ask. https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#conduitsharddisabled
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from coordinator.term import Term
from fleet.connection import AWAY, describe

log = structlog.get_logger(__name__)

TYPE = "conduit.shard.disabled"
BLOCK_SECONDS = 2.0
READ_MAX = 100


async def hear(term: Term, doubt: Callable[[], None]) -> None:
    """Calls `doubt` whenever a notice arrives, for ever."""
    positions: dict[bytes | str | memoryview[int], int | bytes | str | memoryview[int]] = {
        term.keys.stream(TYPE, 0): "$"
    }
    while True:
        try:
            answer = await term.redis.xread(positions, count=READ_MAX, block=int(BLOCK_SECONDS * 1000))
        except AWAY as error:
            log.warning("notices.wait", error=describe(error))
            await asyncio.sleep(1.0)
            continue
        for stream, entries in answer:
            positions[stream.decode()] = entries[-1][0].decode()
            doubt()
