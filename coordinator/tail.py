"""Follows a stream from now on. Nothing depends on it: whoever misses what stood there finds it by asking Twitch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from redis.asyncio import Redis

from fleet.connection import REDIS_ERRORS, describe

log = structlog.get_logger(__name__)

Entry = tuple[bytes, dict[bytes, bytes]]
"""Id and fields, as Redis gives them."""

BLOCK_SECONDS = 1.0
READ_MAX = 100
RETRY_SECONDS = 1.0


async def follow(redis: Redis, stream: str, take: Callable[[Sequence[Entry]], Awaitable[None]]) -> None:
    """Calls `take` with what is appended from now on, for ever; once more with the same where Redis was away meanwhile."""
    position = ""
    while True:
        try:
            if not position:  # "$" would pass over what arrives between two reads
                newest = await redis.xrevrange(stream, count=1)
                position = newest[0][0].decode() if newest else "0"
            answer = await redis.xread({stream: position}, count=READ_MAX, block=int(BLOCK_SECONDS * 1000))
            for _, entries in answer:
                await take(entries)
                position = entries[-1][0].decode()
        except REDIS_ERRORS as error:
            log.warning("stream.waits", stream=stream, error=describe(error))
            await asyncio.sleep(RETRY_SECONDS)
