"""From streams to jobs: reads the streams of the types that the app handles and puts their events into arq's queue.

One transaction writes the jobs and acknowledges their entries, so no crash lies between: an entry is either still
pending in the group (and read again by its consumer, or claimed by a peer once that is dead) or a job. A transaction
whose reply was lost is not repeated blindly: the pending entries tell which it was.

Backpressure: with `FLEET_HANDLER_BACKLOG` jobs in the queue nothing is read, so lag stays in the streams, where it is seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from redis import exceptions
from redis.asyncio import Redis

from fleet import metrics
from fleet.connection import AWAY, describe
from fleet.jobs import plan_jobs, put
from fleet.keys import Keys
from fleet.settings import Settings
from fleet.streams import GroupReader, StreamEntry, by_stream

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 0.25
"""The contract: the set of streams is re-read at least each second. A new stream's first events wait so long at most."""
CLAIM_SECONDS = 5.0
"""How often entries of dead readers are looked for; they must have been idle for longer than a live one ever leaves them."""
LAG_SECONDS = 5.0
BLOCK_MS = 250
"""A blocking read ends so often by itself, so that a stopping process never cuts one off (and with it its reply)."""
PACE_SECONDS = 0.005
"""Between two readings that found something: at thousands of events a second each then finds a handful, which share a job."""
IDLE_SECONDS = 0.02
"""After such a pause the next few events become a job each."""
GATHER_SECONDS = 0.01
"""While jobs wait for a handler anyway, events gather this long and share a job: fewer, larger jobs cost nothing then."""
FULL_PAUSE_SECONDS = 0.05
AWAY_NOW = "Redis does not answer"
AWAY_PAUSE_SECONDS = 0.5
REFUSED_PAUSE_SECONDS = 1.0
"""After an error that will not pass by itself: it is tried again, and logged each time."""
COUNT_SECONDS = 0.1
"""How long a count of the queue serves; a transaction brings a new one."""
READ_EVENTS_MAX = 2000
"""Of one reading over all streams: bounds a transaction to a few MB."""


@dataclass(slots=True)
class Dispatcher:
    """Runs in every handler process beside arq's worker; the group shares the work out."""

    redis: Redis
    keys: Keys
    settings: Settings
    reader: GroupReader
    dispatched: Callable[[], None] = lambda: None  # a default that does nothing
    """Called when there are new jobs, so that this process need not wait for its next poll."""
    now_ms: Callable[[], int] = lambda: int(time.time() * 1000)  # arq's queue is ordered by wall time
    stopping: bool = False
    trouble: str = ""
    """Why nothing was dispatched the last time, for `/readyz`."""
    _uncertain: bool = False
    """A transaction's reply was lost: look at what is pending before reading on."""
    _dispatched_at: float = float("-inf")
    _waiting: int = 0
    """Jobs in the queue, those that run and those that were put off among them."""
    _counted_until: float = 0.0
    _refresh_at: float = 0.0
    _claim_at: float = 0.0

    async def run(self) -> None:
        """Until `stopping` is set; then the consumer takes its leave of the group."""
        loop = asyncio.get_running_loop()
        while not self.stopping:
            try:
                await self._round(loop.time())
                if self.trouble:
                    log.info("dispatch.resumed")
                self.trouble = ""
                continue
            except AWAY as error:
                if self.trouble != AWAY_NOW:
                    log.warning("redis.unreachable", error=describe(error))
                self.trouble, pause_seconds = AWAY_NOW, AWAY_PAUSE_SECONDS
            except exceptions.ResponseError as error:
                log.error("dispatch.refused", error=describe(error))
                self.trouble, pause_seconds = (
                    f"Redis refuses what is dispatched ({describe(error)})",
                    REFUSED_PAUSE_SECONDS,
                )
            except Exception as error:
                # A fault of ours. Whoever ended here would leave a process that takes jobs and makes none, and nobody restarts it.
                log.exception("dispatch.failed")
                self.trouble, pause_seconds = f"dispatching fails ({describe(error)})", REFUSED_PAUSE_SECONDS
            self._uncertain = True
            await asyncio.sleep(pause_seconds)
        try:
            await self.reader.leave()
        except (exceptions.RedisError, OSError) as error:
            log.warning("dispatch.leave_failed", error=describe(error))

    async def _round(self, now: float) -> None:
        if now >= self._refresh_at:
            fresh = await self.reader.refresh()
            if fresh:
                log.info("dispatch.joined", streams=fresh, group=self.reader.group)
            self._refresh_at = now + REFRESH_SECONDS
        if now >= self._counted_until:
            self._count(await self.redis.zcard(self.keys.queue), now)
        waiting = self._waiting
        if waiting >= self.settings.handler_backlog:
            await asyncio.sleep(FULL_PAUSE_SECONDS)
            self._counted_until = 0.0
            return
        since_last = now - self._dispatched_at
        busy = waiting >= self.settings.handler_concurrency or since_last < IDLE_SECONDS
        if waiting >= self.settings.handler_concurrency:
            await asyncio.sleep(GATHER_SECONDS)
        elif since_last < PACE_SECONDS:
            await asyncio.sleep(PACE_SECONDS - since_last)
        await self.dispatch(await self._read(now), busy=busy)
        if not self.reader.streams:
            await asyncio.sleep(FULL_PAUSE_SECONDS)

    def _count(self, waiting: int, now: float) -> None:
        self._waiting, self._counted_until = waiting, now + COUNT_SECONDS
        metrics.BACKLOG.set(waiting)

    async def _read(self, now: float) -> list[StreamEntry]:
        count = max(1, min(self.settings.handler_batch_max, READ_EVENTS_MAX // max(1, len(self.reader.streams))))
        if self._uncertain:
            entries = await self.reader.own(count)
            self._uncertain = bool(entries)
            return entries
        if now >= self._claim_at:
            entries = await self.reader.claim(count)
            if entries:
                log.info("dispatch.claimed", events=len(entries))
                return entries
            self._claim_at = now + CLAIM_SECONDS
        return await self.reader.new(count, BLOCK_MS)

    async def dispatch(self, entries: Sequence[StreamEntry], *, busy: bool) -> None:
        """Turns entries into jobs. Raises redis' errors; then the entries may or may not be jobs, and `own` knows."""
        if not entries:
            return
        self._uncertain, was_uncertain = True, self._uncertain
        now_ms = self.now_ms()
        async with self.redis.pipeline(transaction=True) as pipe:
            for works in plan_jobs(entries, busy=busy, batch_max=self.settings.handler_batch_max):
                put(pipe, self.keys, self.reader.group, works, now_ms=now_ms)
            for stream, ids in by_stream(entries).items():
                pipe.xack(stream, self.reader.group, *ids)
            pipe.zcard(self.keys.queue)
            waiting = (await pipe.execute())[-1]
        self._dispatched_at = asyncio.get_running_loop().time()
        self._count(waiting, self._dispatched_at)
        self.dispatched()
        self._uncertain = was_uncertain

    async def watch_lag(self) -> None:
        """Keeps the lag metric, for ever."""
        while True:
            # During an outage the metric keeps its last value; the dispatcher says that Redis is away.
            with contextlib.suppress(exceptions.RedisError, OSError):
                await self._measure_lag()
            await asyncio.sleep(LAG_SECONDS)

    async def _measure_lag(self) -> None:
        lags: dict[str, int] = {}
        for stream, type_ in list(self.reader.streams.items()):
            lags[type_] = lags.get(type_, 0) + await lag_of(self.redis, stream, self.reader.group)
        for type_, lag in lags.items():
            metrics.LAG.labels(self.reader.group, type_ or "revocation").set(lag)


async def lag_of(redis: Redis, stream: str, group: str) -> int:
    """How many entries of a stream the group was not given yet.

    Redis 7 knows; before, and after some trims, it is estimated from where in time the group stands between the first
    and the last entry, 0 only where it stands at the end.
    """
    about = await redis.xinfo_stream(stream)
    for row in await redis.xinfo_groups(stream):
        if row["name"] != group.encode():
            continue
        if row.get("lag") is not None:
            return int(row["lag"])
        first, last = _ms(about["first-entry"][0]) if about["first-entry"] else 0, _ms(about["last-generated-id"])
        if row["last-delivered-id"] == about["last-generated-id"] or not about["length"]:
            return 0
        behind = max(0, last - max(first, _ms(row["last-delivered-id"])))
        return max(1, round(int(about["length"]) * min(1.0, behind / max(1, last - first))))
    return int(about["length"])


def _ms(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0])
