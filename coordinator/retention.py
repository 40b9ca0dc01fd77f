"""Trims the event streams by age, and by their share of Redis' memory. Length is trimmed by every flush.

Trimming waits for nobody: a reader that stopped must not fill Redis up. Whom it comes near is said before (see margin).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import structlog
from redis.asyncio import Redis

from coordinator.group_margins import GroupMargins
from coordinator.margin import Edges
from coordinator.term import Term
from fleet import metrics
from fleet.connection import REDIS_ERRORS, describe
from fleet.keys import Keys
from fleet.streams import type_of

log = structlog.get_logger(__name__)

TRIM_SECONDS = 10.0
MEMORY_SHARE = 0.6
"""All streams together take at most so much of `maxmemory`: what is left serves dedup, jobs and control state."""


async def keep_trimmed(term: Term) -> None:
    """Trims for ever. Any process could: trimming twice does no harm."""
    margins = GroupMargins(term.redis, term.keys)
    while True:
        try:
            await trim(term, margins)
        except REDIS_ERRORS as error:
            log.warning("retention.waits", error=describe(error))
        await asyncio.sleep(TRIM_SECONDS)


async def trim(term: Term, margins: GroupMargins) -> None:
    """One pass over all streams."""
    redis, keys = term.redis, term.keys
    seconds, _ = await redis.time()
    oldest_ms = int((seconds - term.settings.retention_seconds) * 1000)
    listed = sorted(await cast("Awaitable[set[bytes]]", redis.smembers(keys.streams)))
    streams = [*(stream for stream in listed if _is_ours(keys, stream)), keys.revocations.encode()]
    maxmemory = int((await redis.info("memory")).get("maxmemory", 0))
    sizes = await _sizes(redis, streams) if maxmemory else {}
    use = sum(size for size, _ in sizes.values()) / (maxmemory * MEMORY_SHARE) if maxmemory else 0.0
    edges = Edges(
        now_ms=seconds * 1000,
        retention_ms=int(term.settings.retention_seconds * 1000),
        length_max=term.settings.retention_events_max,
        memory_use=use,
    )
    try:
        await margins.look(streams, edges)
    except REDIS_ERRORS as error:  # nobody is warned then, but Redis does not fill up for that
        log.warning("retention.groups_not_seen", error=describe(error))
    async with redis.pipeline(transaction=False) as pipe:
        for stream in streams:
            pipe.xtrim(stream, minid=oldest_ms, approximate=True)
        metrics.STREAM_TRIMMED.inc(_trimmed(await pipe.execute(raise_on_error=False)))
    if use > 1.0:
        # Every stream by the same factor; what age trimmed just now makes it a little more than it must be, at most once.
        log.warning("retention.shortened", share_of_memory=round(use * MEMORY_SHARE, 3), factor=round(1 / use, 3))
        async with redis.pipeline(transaction=False) as pipe:
            for stream, (_, length) in sizes.items():
                pipe.xtrim(stream, maxlen=int(length / use), approximate=True)
            metrics.STREAM_TRIMMED.inc(_trimmed(await pipe.execute(raise_on_error=False)))


async def _sizes(redis: Redis, streams: list[bytes]) -> dict[bytes, tuple[int, int]]:
    """Bytes and length of each stream."""
    async with redis.pipeline(transaction=False) as pipe:
        for stream in streams:
            pipe.memory_usage(stream, samples=0)
            pipe.xlen(stream)
        answers: list[Any] = await pipe.execute(raise_on_error=False)
    return {
        stream: (size or 0, length)
        for stream, size, length in zip(streams, answers[::2], answers[1::2], strict=True)
        if not isinstance(length, Exception)
    }


def _is_ours(keys: Keys, stream: bytes) -> bool:
    """Workers write the set; whatever else somebody may have put there is not ours to trim."""
    try:
        type_of(keys, stream.decode())
    except ValueError:
        return False
    return True


def _trimmed(answers: list[Any]) -> int:
    """Entries trimmed. What one key refuses (it is of another type, say) holds up no other."""
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    if refusals:
        log.warning("retention.refused", streams=len(refusals), error=describe(refusals[0]))
    return sum(answer for answer in answers if isinstance(answer, int))
