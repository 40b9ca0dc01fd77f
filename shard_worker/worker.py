"""One life of a shard worker: its sockets, its end of the control plane, and the way of events into the streams.

sockets ──events──> intake ──rows──> backlog ──flushes──> Redis      (what finds no room: the spool)
   ^                                                        │
   └──────────────── orders ── control plane ──report───────┘
"""

from __future__ import annotations

import asyncio
import re
import time

import aiohttp
import structlog
from redis.asyncio import Redis

from fleet import metrics
from fleet.connection import REDIS_ERRORS, hash_of
from fleet.keys import Keys
from fleet.scripts import Scripts
from fleet.settings import Settings
from fleet.wake import listening
from shard_worker.adoption import Adoption
from shard_worker.appender import Appender
from shard_worker.backlog import Backlog
from shard_worker.control_plane import ControlPlane
from shard_worker.flusher import FLUSH_BYTES_MAX, Flusher
from shard_worker.intake import Intake
from shard_worker.sockets import Sockets
from shard_worker.spooling import Disk, Spooling
from twitch.eventsub.outcomes import Notification, Revocation

log = structlog.get_logger(__name__)

REFUSALS = {
    "queue_full": "FLEET_QUEUE_BYTES_MAX is reached while Redis is away or full, and there is no spool",
    "spool_full": "FLEET_SPOOL_BYTES_MAX and FLEET_QUEUE_BYTES_MAX are reached while Redis is away or full",
    "spool_failed": "the spool's disk refuses or is too slow, and FLEET_QUEUE_BYTES_MAX is reached",
}
"""Why an event found no room, by the label that it is counted under."""

REFUSALS_SECONDS = 10.0
"""Pace of saying so in the log."""

DIGITS = re.compile(rb"[0-9]{1,6}")
"""A count of partitions. What else stands there is nothing that this project wrote."""

LOOK_AGAIN_SECONDS = 1.0
"""Pause where Redis answers the control plane and not yet the data plane."""

RATE_SECONDS = 10.0
"""Time over which the reported rate of events is averaged."""

SHOW_SECONDS = 0.5
"""Pace of the gauges of what waits."""


class Worker:
    """One life of one shard worker."""

    def __init__(
        self, settings: Settings, redis: Redis, control: Redis, http: aiohttp.ClientSession, name: str, incarnation: str
    ) -> None:
        self.settings, self.name = settings, name
        self._redis, self._keys = redis, Keys(settings.namespace)
        self._intake = Intake(self._keys, settings.partitions)
        self._backlog = Backlog(settings.queue_bytes_max, settings.spool_bytes_max, flush_bytes_max=FLUSH_BYTES_MAX)
        appender = Appender(settings, redis, self._keys, Scripts(redis), self._intake.clock)
        disk, partitions = Disk(settings.spool_dir), self._intake.partitions
        self._spooling = Spooling(settings, self._backlog, incarnation, partitions, disk)
        self.flusher = Flusher(settings, self._backlog, self._intake, appender, self._spooling, incarnation)
        self._adoption = Adoption(settings, self._backlog, appender, partitions, disk, self.flusher.replay)
        self._answered_anew = asyncio.Event()
        self.plane = ControlPlane(
            settings,
            Scripts(control),
            name,
            incarnation,
            answers_again=self._answered_anew.set,
            lost_data=self.flusher.replay,
        )
        self.sockets = Sockets(settings, http, self.plane, self._take)
        self._writers: list[asyncio.Task[None]] = []
        self._spooler: asyncio.Task[None] | None = None
        self._refused_since: float | None = None
        self._events_before, self._rate, self._rated_at = 0, 0.0, time.monotonic()
        self.events = 0
        """Events read in this life."""
        self.failed = False
        """A fault of ours has ended its tasks, but those that write."""

    # -- what others ask

    def why_not_ready(self) -> str:
        """'' once the control plane knows this worker and every shard that it is to hold has a session."""
        if not self.plane.answered:
            return self.plane.trouble
        if self.plane.orders is None:
            return "" if self.plane.led else "no coordinator leads yet"
        missing = self.sockets.missing()
        return f"{missing} of {len(self.plane.orders.open)} shards have no session yet" if missing else ""

    @property
    def redis_refuses(self) -> bool:
        """Whether Redis answers, and takes no report or no events. One that is full takes heartbeats all the same."""
        return self.plane.refused or self.flusher.refused

    @property
    def unwritten(self) -> int:
        """Events read, or adopted, and not yet acknowledged by Redis."""
        return len(self.flusher) + self._adoption.events

    @property
    def writes(self) -> bool:
        """Whether what waits goes to Redis as far as Redis takes it: nobody who is to write it has a fault."""
        return all(not writer.done() or writer.cancelled() or writer.exception() is None for writer in self._writers)

    @property
    def keepable(self) -> bool:
        """Whether `keep` would find room for everything."""
        return self._backlog.fits_on_disk

    # -- running

    async def run(self) -> None:
        """Goes on until it is cancelled; then everything is dropped. A fault of ours ends it, too, and is raised: those who write
        and have no fault go on then, and `drain` ends them in order.
        """
        self._writers = [
            asyncio.create_task(self.flusher.run(), name="flush"),
            asyncio.create_task(self._adoption.run(), name="adopt"),
        ]
        # Ended by `end` alone: no write is torn off.
        self._spooler = asyncio.create_task(self._spooling.run(), name="spool")
        try:
            async with asyncio.TaskGroup() as tasks:
                for writer in (*self._writers, self._spooler):
                    tasks.create_task(_fault_of(writer), name=f"fault of {writer.get_name()}")
                tasks.create_task(self.plane.run(self.sockets.reported, self._measured_rate), name="report")
                tasks.create_task(self.sockets.run(), name="place")
                tasks.create_task(self._show(), name="show")
                tasks.create_task(self._look_at_data(), name="data")
                tasks.create_task(listening(self._redis, [self._keys.ctl_wake], self.plane.changed), name="wake")
        except Exception:
            self.failed = True
            log.exception("worker.failed", unwritten=self.unwritten)
            raise
        finally:
            if not self.failed:
                await self.close()

    async def keep(self) -> int:
        """Ends the writing to Redis; what is in memory goes to the spool. Returns how many events found no place there."""
        await self._end_writing()
        return await self._spooling.keep()

    async def close(self) -> None:
        """Lets go of everything. What is in memory is lost, unless it was kept."""
        await self.sockets.close(orderly=False)
        await self._end_writing()
        await self._spooling.close()

    async def _end_writing(self) -> None:
        for writer in self._writers:
            writer.cancel()
        await asyncio.gather(*self._writers, return_exceptions=True)
        self._spooling.end()
        if self._spooler is not None:
            await asyncio.wait({self._spooler})

    async def _look_at_data(self) -> None:
        """When Redis answers anew: what another server may have lost goes out again, whether or not a flush was under way."""
        while True:
            await self._answered_anew.wait()
            self._answered_anew.clear()
            try:
                await self.flusher.look_for_losses()
                partitions = await hash_of(self._redis, self._keys.partitions)
            except REDIS_ERRORS:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                self._answered_anew.set()
                continue
            self._intake.grow(
                {
                    type_.decode("utf-8", "replace"): int(count)
                    for type_, count in partitions.items()
                    if DIGITS.fullmatch(count)
                }
            )

    def _take(self, event: Notification | Revocation, shard: int) -> None:
        self.events += 1
        if not self._backlog.put(self._intake.row(event, str(shard))):
            why = self._backlog.why_refused()
            metrics.DROPPED.labels(why).inc()
            now = time.monotonic()
            if self._refused_since is None or now - self._refused_since > REFUSALS_SECONDS:
                self._refused_since = now
                log.error("events.dropped", reason=REFUSALS[why], waiting=len(self._backlog))

    def _measured_rate(self) -> float:
        now = time.monotonic()
        if now - self._rated_at >= RATE_SECONDS:
            self._rate = round((self.events - self._events_before) / (now - self._rated_at), 1)
            self._events_before, self._rated_at = self.events, now
        return self._rate

    async def _show(self) -> None:
        while True:
            self._intake.show()  # as each flush does; but none does while Redis is away
            metrics.QUEUE_EVENTS.set(len(self._backlog) - self._backlog.on_disk)
            metrics.QUEUE_BYTES.set(self._backlog.bytes)
            metrics.SPOOL_EVENTS.set(self._backlog.on_disk + self._adoption.events)
            metrics.SPOOL_BYTES.set(self._backlog.disk_bytes)
            await asyncio.sleep(SHOW_SECONDS)


async def _fault_of(writer: asyncio.Task[None]) -> None:
    """Raises the fault that ends a task, if one does. Whoever stops waiting for it does not end it."""
    await asyncio.wait({writer})
    if not writer.cancelled():
        writer.result()
