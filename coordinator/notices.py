"""Hears `conduit.shard.disabled` in its own stream and has Twitch asked at once.

A notice can be lost with the shard that would have carried it, or be stale; so it is never acted upon, only believed
enough to ask; and one about a session that its shard has no longer is of the past. https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#conduitsharddisabled
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from coordinator.term import Term
from fleet.connection import REDIS_ERRORS, describe
from fleet.reports import read

log = structlog.get_logger(__name__)

TYPE = "conduit.shard.disabled"
BLOCK_SECONDS = 2.0
READ_MAX = 100


class _Transport(msgspec.Struct, frozen=True):
    session_id: str | None = None


class _Disabled(msgspec.Struct, frozen=True):
    shard_id: str
    transport: _Transport


class _Notice(msgspec.Struct, frozen=True):
    event: _Disabled


_notice = msgspec.json.Decoder(_Notice)


async def hear(term: Term, doubt: Callable[[int, str], None]) -> None:
    """Calls `doubt` with shard and session of every notice that arrives, for ever."""
    stream = term.keys.stream(TYPE, 0)
    position: str | None = None
    while True:
        try:
            if position is None:  # "$" would pass over what arrives between two reads
                newest = await term.redis.xrevrange(stream, count=1)
                position = newest[0][0].decode() if newest else "0"
            answer = await term.redis.xread({stream: position}, count=READ_MAX, block=int(BLOCK_SECONDS * 1000))
        except REDIS_ERRORS as error:
            log.warning("notices.wait", error=describe(error))
            await asyncio.sleep(1.0)
            continue
        for _, entries in answer:
            position = entries[-1][0].decode()
            for _, fields in entries:
                try:
                    disabled = read(_notice, fields.get(b"payload", b"")).event
                    doubt(int(disabled.shard_id), disabled.transport.session_id or "")
                except (msgspec.DecodeError, ValueError) as error:
                    log.warning("notices.unreadable", error=str(error))
