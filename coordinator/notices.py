"""Hears `conduit.shard.disabled` in its own stream and has Twitch asked at once.

A notice can be lost with the shard that would have carried it, or be stale; so it is never acted upon, only believed
enough to ask; and one about a session that its shard has no longer is of the past. https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#conduitsharddisabled
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import structlog

from coordinator.tail import Entry, follow
from coordinator.term import Term
from fleet import metrics
from fleet.reports import read

log = structlog.get_logger(__name__)

TYPE = "conduit.shard.disabled"


class _Transport(msgspec.Struct, frozen=True):
    session_id: str | None = None


class _Disabled(msgspec.Struct, frozen=True):
    shard_id: str
    transport: _Transport


class _Notice(msgspec.Struct, frozen=True):
    event: _Disabled


_notice = msgspec.json.Decoder(_Notice)


async def hear(term: Term, doubt: Callable[[int, str], bool]) -> None:
    """Calls `doubt` with shard and session of every notice that arrives, for ever; it answers whether that is news."""

    async def take(entries: Sequence[Entry]) -> None:
        for _, fields in entries:
            try:
                disabled = read(_notice, fields.get(b"payload", b"")).event
                news = doubt(int(disabled.shard_id), disabled.transport.session_id or "")
                metrics.NOTICES.labels("asked" if news else "stale").inc()
            except (msgspec.DecodeError, ValueError) as error:
                metrics.NOTICES.labels("unreadable").inc()
                log.warning("notices.unreadable", error=str(error))

    await follow(term.redis, term.keys.stream(TYPE, 0), take)
