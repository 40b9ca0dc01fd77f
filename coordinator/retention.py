"""Trims the event streams by age, and by their share of Redis' memory. Length is trimmed by every flush."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import structlog

from coordinator.term import Term
from fleet import metrics
from fleet.connection import AWAY, describe

log = structlog.get_logger(__name__)

TRIM_SECONDS = 10.0
MEMORY_SHARE = 0.6
"""All streams together take at most so much of `maxmemory`: what is left serves dedup, jobs and control state."""


async def keep_trimmed(term: Term) -> None:
    """Trims for ever. Any process could: trimming twice does no harm."""
    while True:
        try:
            await trim(term)
        except AWAY as error:
            log.warning("retention.waits", error=describe(error))
        await asyncio.sleep(TRIM_SECONDS)


async def trim(term: Term) -> None:
    """One pass over all streams."""
    redis, keys = term.redis, term.keys
    seconds, _ = await redis.time()
    oldest_ms = int((seconds - term.settings.retention_seconds) * 1000)
    streams = [*sorted(await cast("Awaitable[set[bytes]]", redis.smembers(keys.streams))), keys.revocations.encode()]
    async with redis.pipeline(transaction=False) as pipe:
        for stream in streams:
            pipe.xtrim(stream, minid=oldest_ms, approximate=True)
        metrics.STREAM_TRIMMED.inc(sum(await pipe.execute()))
    maxmemory = int((await redis.info("memory")).get("maxmemory", 0))
    if maxmemory:
        await _trim_to_share(term, streams, int(maxmemory * MEMORY_SHARE))


async def _trim_to_share(term: Term, streams: list[bytes], bytes_max: int) -> None:
    """Shortens every stream by the same factor where all together take more than `bytes_max`."""
    async with term.redis.pipeline(transaction=False) as pipe:
        for stream in streams:
            pipe.memory_usage(stream, samples=0)
            pipe.xlen(stream)
        answers: list[Any] = await pipe.execute()
    sizes = [size or 0 for size in answers[::2]]
    if sum(sizes) <= bytes_max:
        return
    factor = bytes_max / sum(sizes)
    log.warning("retention.shortened", bytes=sum(sizes), bytes_max=bytes_max, factor=round(factor, 3))
    async with term.redis.pipeline(transaction=False) as pipe:
        for stream, length in zip(streams, answers[1::2], strict=True):
            pipe.xtrim(stream, maxlen=int(length * factor), approximate=True)
        metrics.STREAM_TRIMMED.inc(sum(await pipe.execute()))
