"""Waking somebody early. Nothing depends on it: state in Redis is the truth, and every reader looks by itself as well."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from redis.asyncio import Redis

from fleet.connection import REDIS_ERRORS


async def listening(redis: Redis, channels: Sequence[str], wake: asyncio.Event, *, pause_seconds: float = 1.0) -> None:
    """Sets `wake` at each message on the channels, for ever. A lost connection is made anew, and wakes too: something may
    have been missed."""
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                await pubsub.subscribe(*channels)
                wake.set()
                while True:
                    if await pubsub.get_message(timeout=60.0) is not None:
                        wake.set()
        except REDIS_ERRORS:
            await asyncio.sleep(pause_seconds)
