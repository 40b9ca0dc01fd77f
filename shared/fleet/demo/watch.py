"""Reads, twice a second, what the demo shows and counts: the simulator's truth, the streams, /metrics, the admin API."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import orjson
from redis.asyncio import Redis

from fleet.demo.pages import Page, parse, quantile, total
from fleet.demo.tally import Tally
from fleet.keys import Keys
from fleet.streams import type_of

TRUTH_ROWS = 5_000
"""Of one page of the truth."""
ENTRIES = 1_000
"""Of one reading of one stream."""
ANSWER_SECONDS = 5.0
LATENCY_LOOKS = 20
"""Readings that the shown latencies go back, about ten seconds: what a start or a kill cost passes by."""
UNREAD = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
"""What a page that can't be had for the moment raises; a process that has ended is noticed elsewhere."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, over the last readings; None where there was no event."""

    p50: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker as the control plane shows it."""

    name: str
    state: str
    shards: tuple[int, ...]
    sessions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands on the screen."""

    workers: tuple[WorkerView, ...] = ()
    phases: Mapping[str, int] = field(default_factory=dict)
    bound_ms: Mapping[int, int] = field(default_factory=dict)
    """Since when each bound shard has been bound, in Unix milliseconds by Redis' clock."""
    handled: int = 0
    dead_letters: int = 0
    duplicates_dropped: int = 0
    to_stream: Latency = Latency(None, None)
    to_handler: Latency = Latency(None, None)
    dark_seconds: float = 0.0
    """Of the shard that has been dark for longest; 0 when none is."""
    dark_spells: int = 0
    dark_spells_seconds: float = 0.0
    """How long shards were dark in all, once they were bound again."""


@dataclass(slots=True)
class Watch:
    """Where to read, and what has been read so far."""

    http: aiohttp.ClientSession
    redis: Redis
    keys: Keys
    simulator_url: str
    admin_url: str
    admin_token: str = field(repr=False)
    tally: Tally = field(default_factory=Tally)
    missed: int = 0
    """Rows of the truth that were gone before they were read: then nothing can be counted."""
    sessions: dict[str, set[str]] = field(default_factory=dict)
    """Every session that a worker was seen to hold."""
    _pages: dict[str, Page] = field(default_factory=dict)
    """The last page of each process, dead ones included: what they counted has happened."""
    _earlier: deque[list[Page]] = field(default_factory=lambda: deque(maxlen=LATENCY_LOOKS))
    _read: int = 0
    _positions: dict[str, str] = field(default_factory=dict)

    async def count(self) -> None:
        """Reads on in both lists, to the present end of each. Raises UNREAD or redis' errors."""
        await self._count_entries()
        await self._count_truth()

    async def _count_truth(self) -> None:
        while True:
            page = await self.simulator("GET", f"truth?after={self._read}&limit={TRUTH_ROWS}")
            self.missed += page["missed"]
            self.tally.told(page["sent"], page["dropped"])
            self._read = page["next"]
            if not page["more"]:
                return

    async def _count_entries(self) -> None:
        listed = cast("set[bytes]", await self.redis.smembers(self.keys.streams))  # type: ignore[misc] # typed for both clients
        for stream in sorted(each.decode() for each in listed):
            type_ = type_of(self.keys, stream)
            while True:
                start = f"({self._positions[stream]}" if stream in self._positions else "-"
                rows = await self.redis.xrange(stream, min=start, count=ENTRIES)
                for _, fields in rows:
                    self.tally.entry(fields[b"message_id"].decode(), type_)
                if rows:
                    self._positions[stream] = rows[-1][0].decode()
                if len(rows) < ENTRIES:
                    break

    async def read(self, metrics_urls: Mapping[str, str]) -> Reading:
        """The screen's next state. metrics_urls: process → its page; one that does not answer keeps its last."""
        await asyncio.gather(*(self._page(name, url) for name, url in metrics_urls.items()))
        try:
            fleet = await self._get(f"{self.admin_url}/api/fleet", Authorization=f"Bearer {self.admin_token}")
        except UNREAD:
            fleet = {}
        pages = list(self._pages.values())
        before = self._earlier[0] if len(self._earlier) == LATENCY_LOOKS else []
        self._earlier.append(pages)
        spell = "conduit_dark_spell_seconds"
        return Reading(
            workers=self._workers(fleet),
            phases=fleet.get("counts", {}).get("shards", {}),
            bound_ms={
                shard["shard"]: shard["since_ms"] for shard in fleet.get("shards", ()) if shard["phase"] == "bound"
            },
            handled=round(total(pages, "handler_events_total", outcome="done")),
            dead_letters=round(total(pages, "handler_dead_letters_total")),
            duplicates_dropped=round(total(pages, "eventsub_duplicates_total")),
            to_stream=_latency("eventsub_socket_to_stream_seconds", pages, before),
            to_handler=_latency("eventsub_socket_to_handler_seconds", pages, before),
            dark_seconds=total(pages, "conduit_dark_seconds"),
            dark_spells=round(total(pages, f"{spell}_count")),
            dark_spells_seconds=total(pages, f"{spell}_sum"),
        )

    def _workers(self, fleet: Mapping[str, Any]) -> tuple[WorkerView, ...]:
        holding: dict[str, list[int]] = {}
        for shard in fleet.get("shards", ()):
            holding.setdefault(shard["holder"], []).append(shard["shard"])
        views = []
        for worker in fleet.get("workers", ()):
            name = worker["worker"]
            sessions = {session["session"] for session in worker["sessions"]}
            self.sessions.setdefault(name, set()).update(sessions)
            state = worker["phase"] if worker["heard"] else "silent"
            views.append(WorkerView(name, state, tuple(sorted(holding.get(name, ()))), frozenset(sessions)))
        return tuple(views)

    async def unsettled(self, group: str, handles: Callable[[str], bool]) -> str:
        """'' once every entry of the handled types has become a job and every job is done, else what is left."""
        entries = pending = 0
        for stream in self._positions:
            if not handles(type_of(self.keys, stream)):
                continue
            last = (await self.redis.xinfo_stream(stream))["last-generated-id"]
            groups = {row["name"].decode(): row for row in await self.redis.xinfo_groups(stream)}
            mine = groups.get(group)
            if mine is None or mine["last-delivered-id"] != last:
                entries += 1
            pending += 0 if mine is None else mine["pending"]
        jobs = int(await self.redis.zcard(self.keys.queue))
        left = [
            f"{what}: {count}"
            for what, count in (("streams not read to the end", entries), ("pending entries", pending), ("jobs", jobs))
            if count
        ]
        return ", ".join(left)

    async def dead_letters(self) -> int:
        return int(await self.redis.xlen(self.keys.dead_letters))

    async def ready(self, url: str) -> str:
        """'' when a process is ready, else what its /readyz says."""
        try:
            async with self.http.get(url) as answer:
                return "" if answer.status == 200 else (await answer.text()).strip()
        except UNREAD:
            return "it does not answer"

    async def simulator(self, method: str, order: str, body: Mapping[str, Any] | None = None) -> Any:
        """An order to the simulator's control API. Raises UNREAD."""
        data = None if body is None else orjson.dumps(body)
        async with self.http.request(method, f"{self.simulator_url}/control/{order}", data=data) as answer:
            found = orjson.loads(await answer.read())
            if answer.status != 200:
                raise ValueError(f"the simulator refuses {method} /control/{order}: {found.get('message')}")
            return found

    async def _page(self, name: str, url: str) -> None:
        try:
            async with self.http.get(url) as answer:
                self._pages[name] = parse(await answer.text())
        except UNREAD:
            return

    async def _get(self, url: str, **headers: str) -> Any:
        async with self.http.get(url, headers=headers) as answer:
            answer.raise_for_status()
            return orjson.loads(await answer.read())


def _latency(name: str, pages: Sequence[Page], before: Sequence[Page]) -> Latency:
    return Latency(quantile(pages, name, 0.5, before=before), quantile(pages, name, 0.99, before=before))
