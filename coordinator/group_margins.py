"""Watches the registered consumer groups, so that somebody hears before trimming passes one, and when it has.

A group is registered by the consumer library when it joins a stream, and by hand with SADD (see the README). What a
group still needs in a stream is the oldest entry that it was given and did not acknowledge, else the one after the last
that it was given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from coordinator.margin import Edges, EntryId, Standing, margin, outpaced, overrun
from fleet import metrics
from fleet.keys import Keys
from fleet.streams import type_of

log = structlog.get_logger(__name__)

SERIES_MAX = 500
"""Pairs of group and type that get a series of their own; a peer that registers more must not grow the metrics page."""

NEAR = 0.25
"""Below this margin a group is named in the log; the alert rule has the same bound."""


@dataclass(slots=True)
class _Known:
    """Of one group in one stream, from the last look."""

    standing: Standing | None = None
    needed: EntryId | None = None
    counted: EntryId | None = None
    """The overrun entry that was counted last: one that stays pending is counted once."""
    near: bool = False


class GroupMargins:
    """What is known of the groups from the last look."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis, self._keys = redis, keys
        self._known: dict[tuple[str, str], _Known] = {}

    async def look(self, streams: Iterable[bytes], edges: Edges) -> None:
        """Sets the metrics from how every registered group stands. Raises redis' errors."""
        registered = await self._registered()
        lowest: dict[tuple[str, str], float] = {}
        known: dict[tuple[str, str], _Known] = {}
        for raw in streams:
            stream = raw.decode()
            type_ = type_of(self._keys, stream)
            for group, standing in (await self._standings(stream, registered[type_])).items():
                label = (group, type_ or "revocation")
                known[stream, group] = self._known.get((stream, group), _Known())
                left = self._judge(known[stream, group], standing, edges, stream, label)
                lowest[label] = min(left, lowest.get(label, 1.0))
        self._known = known
        metrics.GROUP_MARGIN.clear()
        for label in sorted(lowest)[:SERIES_MAX]:
            metrics.GROUP_MARGIN.labels(*label).set(lowest[label])

    def _judge(self, known: _Known, standing: Standing, edges: Edges, stream: str, label: tuple[str, str]) -> float:
        left = margin(standing, edges)
        passed = overrun(known.needed, standing) and known.needed != known.counted
        if passed or outpaced(known.standing, standing):
            left, known.counted = 0.0, known.needed
            metrics.GROUP_OVERRUNS.labels(*label).inc()
            log.error("group.overrun", group=label[0], stream=stream, consequence="it never gets what was trimmed")
        elif left < NEAR and not known.near:
            log.warning("group.falls_behind", group=label[0], stream=stream, margin=round(left, 3))
        known.standing, known.needed, known.near = standing, standing.needed, left < NEAR
        return left

    async def _registered(self) -> defaultdict[str, set[str]]:
        """type → its groups."""
        groups: defaultdict[str, set[str]] = defaultdict(set)
        for pair in await cast("Awaitable[set[bytes]]", self._redis.smembers(self._keys.groups)):
            type_, bar, group = pair.decode("utf-8", "replace").partition("|")
            if bar:
                groups[type_].add(group)
        return groups

    async def _standings(self, stream: str, groups: set[str]) -> dict[str, Standing]:
        if not groups:
            return {}
        try:
            about = await self._redis.xinfo_stream(stream)
            rows = await self._redis.xinfo_groups(stream)
        except ResponseError as error:
            if "no such key" in str(error):
                return {}  # listed and not there: Redis lost it, and its next entry makes it anew
            raise
        found: dict[str, Standing] = {}
        for row in rows:
            group = row["name"].decode("utf-8", "replace")
            if group in groups:
                first = about["first-entry"]
                found[group] = Standing(
                    first=entry_id(first[0]) if first else None,
                    last=entry_id(about["last-generated-id"]),
                    length=int(about["length"]),
                    delivered=entry_id(row["last-delivered-id"]),
                    needed=await self._needed(stream, row, about["last-generated-id"]),
                )
        return found

    async def _needed(self, stream: str, row: dict[str, Any], last: bytes) -> EntryId | None:
        if row["pending"]:
            pending = await self._redis.xpending(stream, row["name"])
            if pending["min"]:
                return entry_id(pending["min"])
        if row["last-delivered-id"] == last:
            return None
        after = await self._redis.xrange(stream, min=b"(" + row["last-delivered-id"], count=1)
        return entry_id(after[0][0]) if after else None


def entry_id(raw: bytes) -> EntryId:
    """`ms-serial` as numbers, in whose order entries stand."""
    ms, _, serial = raw.partition(b"-")
    return int(ms), int(serial or b"0")
