"""From the backlog to the streams: a worker's own events, one flush at a time.

A flush gathers for a moment, goes to Redis as one script call and is let go of when Redis has acknowledged it. What waits
on disk is read back when its turn comes, and deleted when it is acknowledged.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import msgspec
import structlog

from fleet import metrics
from fleet.settings import Settings
from shard_worker.appender import Appender
from shard_worker.backlog import Backlog, Flight
from shard_worker.intake import Intake
from shard_worker.spooling import Spooling, observe_spooled

log = structlog.get_logger(__name__)

FLUSH_BYTES_MAX = 4_000_000
"""One script call carries no more: a larger one holds Redis up for everybody."""

SPOOL_AFTER_SECONDS = 1.0
"""A flush that waits longer than this is taken for an outage: from then on events are put on disk at once."""

_batch = msgspec.msgpack.Encoder()


@dataclass(slots=True)
class Flusher:
    """Writes a worker's events."""

    settings: Settings
    backlog: Backlog
    intake: Intake
    appender: Appender
    spooling: Spooling
    incarnation: str
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.backlog.wake = self._arrived.set

    def __len__(self) -> int:
        """Events read and not yet acknowledged."""
        return len(self.backlog)

    @property
    def answered(self) -> bool:
        return self.appender.answered

    @property
    def refused(self) -> bool:
        return self.appender.refused

    async def run(self) -> None:
        """Flushes for ever. A cancelled flush may or may not have arrived; it is back in the backlog under its number."""
        backlog = self.backlog
        while True:
            await self._arrived.wait()
            if backlog.sparse(self.settings.flush_events_max):
                await asyncio.sleep(self.settings.flush_seconds)
            flight = backlog.take(self.settings.flush_events_max)
            if flight is not None:
                await self._fly(flight)
            elif backlog.unread:
                await self.spooling.read_back()
            else:
                self._arrived.clear()
            self.intake.show()

    async def _fly(self, flight: Flight) -> None:
        received_at = [waiting.received_at for waiting in flight.rows]
        life = f"{self.incarnation}:replay" if flight.replayed else self.incarnation
        patience = asyncio.get_running_loop().call_later(SPOOL_AFTER_SECONDS, self.backlog.spool_now)
        try:
            if flight.rows:
                flight.batch = _batch.encode(([waiting.row for waiting in flight.rows], self.intake.partitions))
                flight.rows = []
            written = await self.appender.append(life, flight.number, flight.count, flight.batch)
        except BaseException:
            self.backlog.returned()
            raise
        finally:
            patience.cancel()
        if not written:
            self.backlog.returned()
            self.replay()
            return
        self.backlog.acknowledged()
        if received_at:
            now = self.intake.clock()
            metrics.SOCKET_TO_STREAM.observe_all([now - each for each in received_at])
        elif flight.on_disk:
            observe_spooled(flight.received)
            await self.spooling.acknowledged(flight.number)

    async def look_for_losses(self) -> None:
        """After an outage: what Redis has lost goes out again, also where no event comes to find that out."""
        if await self.appender.has_lost():
            self.replay()

    def replay(self) -> None:
        """Sends the flushes that were acknowledged lately once more, before all others: Redis has lost some."""
        if events := self.backlog.replay(self.appender.recall()):
            log.warning("flush.replayed", events=events, reason="Redis has lost data, or is another server")
