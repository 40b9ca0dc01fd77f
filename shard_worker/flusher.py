"""From the backlog to the streams: one flush at a time, each exactly once.

A flush gathers for a moment, goes to Redis as one script call and is let go of when Redis has acknowledged it. A flush
that is not answered is sent again under the same sequence number until it is: the script refuses one it has seen.
Acknowledged flushes are kept for some seconds. The script tells when Redis does not know one of them, as after a
fail-over to a replica that lacked the last writes: then they go out again, in order; the dedup window makes that harmless.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fleet import metrics
from fleet.connection import describe
from fleet.keys import Keys
from fleet.scripts import Scripts
from fleet.settings import Settings
from shard_worker.backlog import Backlog, Waiting
from shard_worker.intake import Intake

log = structlog.get_logger(__name__)

FLUSH_BYTES_MAX = 4_000_000
"""One script call carries no more: a larger one holds Redis up for everybody."""

SEQUENCE_TTL_SECONDS = 86_400
"""How long Redis remembers the last flush of a worker's life: no life's flush is repeated a day later."""

LOST_BEFORE = 2
"""The script's word for: acknowledged flushes are missing, this one was not taken."""

_batch = msgspec.msgpack.Encoder()


class _Outcome(Enum):
    UNKNOWN = auto()
    WRITTEN = auto()
    LOST_BEFORE = auto()


@dataclass(slots=True)
class Flusher:
    """Writes a worker's events."""

    settings: Settings
    redis: Redis
    keys: Keys
    scripts: Scripts
    backlog: Backlog
    intake: Intake
    incarnation: str
    in_flight: int = 0
    answered: bool = True
    _sequence: int = 0
    _acknowledged: int = 0
    """Sequence of the last acknowledged flush, which Redis must know; 0 while nothing is expected of it."""
    _kept: deque[tuple[float, int, list[Waiting]]] = field(default_factory=deque)
    _kept_bytes: int = 0
    _replay_asked: bool = False

    def __len__(self) -> int:
        """Events read and not yet acknowledged."""
        return len(self.backlog) + self.in_flight

    async def run(self) -> None:
        """Flushes for ever. A cancelled flush may or may not have arrived; its rows are back in the backlog."""
        while True:
            await self.backlog.arrival()
            if len(self.backlog) < self.settings.flush_events_max:
                await asyncio.sleep(self.settings.flush_seconds)
            rows = self.backlog.take(self.settings.flush_events_max, FLUSH_BYTES_MAX)
            self.in_flight = len(rows)
            outcome = _Outcome.UNKNOWN
            try:
                outcome = await self._flush(rows)
            finally:
                self.in_flight = 0
                if outcome is not _Outcome.WRITTEN:
                    self.backlog.put_back(rows)
            if outcome is _Outcome.LOST_BEFORE or self._replay_asked:
                self.replay()  # to stand before the rows just put back
            self._show()

    async def _flush(self, rows: list[Waiting]) -> _Outcome:
        """Sends one flush until Redis has acknowledged or, for want of earlier ones, refused it."""
        self._sequence += 1
        batch = _batch.encode(([waiting.row for waiting in rows], self.intake.partitions))
        arguments: list[str | bytes | int] = [
            self._sequence,
            self.keys.dedup,
            int(self.settings.dedup_seconds * 1000),
            SEQUENCE_TTL_SECONDS,
            self.settings.retention_events_max,
            batch,
            self._acknowledged,
        ]
        pause_seconds = 0.05
        while True:
            try:
                appended, duplicates, repeated = await self.scripts.flush(
                    keys=[
                        self.keys.flushed(self.incarnation),
                        self.keys.streams,
                        self.keys.partitions,
                        self.keys.revocations,
                    ],
                    args=arguments,
                )
            except (RedisError, OSError) as error:
                # An error that does not look like an outage is waited out too: an operator can mend it, and no event is lost.
                if self.answered:
                    log.warning("redis.unreachable", error=describe(error), waiting=len(rows) + len(self.backlog))
                self.answered = False
                metrics.FLUSHES.labels("unanswered").inc()
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(pause_seconds * 2, 1.0)
                continue
            break
        if not self.answered:
            log.info("redis.answers_again", waiting=len(self.backlog))
            self.answered = True
        if repeated == LOST_BEFORE:
            metrics.FLUSHES.labels("refused").inc()
            return _Outcome.LOST_BEFORE
        self._acknowledged = self._sequence
        now = self.intake.clock()
        metrics.FLUSHES.labels("repeated" if repeated else "appended").inc()
        metrics.STREAM_EVENTS.inc(appended)
        if duplicates:
            metrics.DUPLICATES.inc(duplicates)
        metrics.SOCKET_TO_STREAM.observe_all([now - waiting.received_at for waiting in rows])
        self._keep(now, len(batch), rows)
        return _Outcome.WRITTEN

    def _keep(self, now: float, size: int, rows: list[Waiting]) -> None:
        self._kept.append((now, size, rows))
        self._kept_bytes += size
        while self._kept and (
            self._kept[0][0] < now - self.settings.replay_seconds or self._kept_bytes > self.settings.replay_bytes_max
        ):
            self._kept_bytes -= self._kept.popleft()[1]

    async def look_for_losses(self) -> None:
        """After an outage: what Redis has lost goes out again, also where no event comes to find that out."""
        known = int(await self.redis.get(self.keys.flushed(self.incarnation)) or 0)
        if known < self._acknowledged:
            self.replay()

    def replay(self) -> None:
        """Puts the flushes that were acknowledged lately back: Redis has lost some. Not those that are older than the
        dedup window, which would not know them for doubles."""
        self._acknowledged = 0
        self._replay_asked = self.in_flight > 0
        if self._replay_asked:
            return  # the flush under way is newer: it comes back first, and what is kept goes before it
        oldest = self.intake.clock() - self.settings.dedup_seconds
        rows = [waiting for kept_at, _, kept in self._kept if kept_at > oldest for waiting in kept]
        self._kept.clear()
        self._kept_bytes = 0
        if rows:
            log.warning("flush.replayed", events=len(rows), reason="Redis has lost data, or is another server")
            self.backlog.put_back(rows)

    def _show(self) -> None:
        self.intake.show()
        metrics.QUEUE_EVENTS.set(len(self))
        metrics.QUEUE_BYTES.set(self.backlog.bytes)
