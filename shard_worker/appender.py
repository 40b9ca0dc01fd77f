"""One flush into the streams, exactly once, whatever becomes of Redis or of its answers.

A flush that is not answered is sent again under the same number until it is: the script refuses one it has seen.
Acknowledged flushes are kept for some seconds. The script tells when Redis does not know one of them, as after a
fail-over to a replica that lacked the last writes: then they go out again, in order; the dedup window makes that harmless.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog
from redis.asyncio import Redis

from fleet import metrics
from fleet.connection import REDIS_ERRORS, describe, refusal
from fleet.keys import Keys
from fleet.scripts import Scripts
from fleet.settings import Settings

log = structlog.get_logger(__name__)

NUMBER_TTL_SECONDS = 7 * 86_400
"""How long Redis remembers a life's last flush. A spool that is adopted later may repeat what one segment holds."""

LOST_BEFORE = 2
"""The script's word for: acknowledged flushes are missing, this one was not taken."""


@dataclass(slots=True)
class Appender:
    """Appends batches for any life: the worker's own, its replays, and those it has adopted."""

    settings: Settings
    redis: Redis
    keys: Keys
    scripts: Scripts
    clock: Callable[[], float] = time.monotonic
    answered: bool = True
    refused: bool = False
    """Whether Redis answered with an error the last time, as a full one does."""
    acknowledged: dict[str, int] = field(default_factory=dict)
    """Number of each life's last acknowledged flush, which Redis must know; absent while nothing is expected of it."""
    _kept: deque[tuple[float, int, bytes]] = field(default_factory=deque)
    _kept_bytes: int = 0

    async def append(self, life: str, number: int, count: int, batch: bytes) -> bool:
        """Sends a batch of `count` events until Redis has acknowledged it.

        False where Redis refused it for want of earlier ones, which it had acknowledged.
        """
        arguments: list[str | bytes | int] = [
            number,
            self.keys.dedup,
            int(self.settings.dedup_seconds * 1000),
            NUMBER_TTL_SECONDS,
            self.settings.retention_events_max,
            batch,
            self.acknowledged.get(life, 0),
        ]
        pause_seconds = 0.05
        while True:
            try:
                appended, duplicates, repeated = await self.scripts.flush(
                    keys=[self.keys.flushed(life), self.keys.streams, self.keys.partitions, self.keys.revocations],
                    args=arguments,
                )
            except REDIS_ERRORS as error:
                # An error that does not look like an outage is waited out too: an operator can mend it, and no event is lost.
                refused = refusal(error)
                if self.answered or refused != self.refused:
                    name = "flush.refused" if refused else "redis.unreachable"
                    log.warning(name, error=describe(error), consequence="events wait")
                self.answered, self.refused = False, refused
                metrics.FLUSHES.labels("unanswered").inc()
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(pause_seconds * 2, 1.0)
                continue
            break
        if not self.answered:
            log.info("flush.taken_again")
            self.answered, self.refused = True, False
        if repeated == LOST_BEFORE:
            metrics.FLUSHES.labels("refused").inc()
            return False
        self.acknowledged[life] = number
        metrics.FLUSHES.labels("repeated" if repeated else "appended").inc()
        metrics.STREAM_EVENTS.inc(appended)
        if duplicates:
            metrics.DUPLICATES.inc(duplicates)
        self._keep(self.clock(), count, batch)
        return True

    def _keep(self, now: float, count: int, batch: bytes) -> None:
        self._kept.append((now, count, batch))
        self._kept_bytes += len(batch)
        while self._kept and (
            self._kept[0][0] < now - self.settings.replay_seconds or self._kept_bytes > self.settings.replay_bytes_max
        ):
            self._kept_bytes -= len(self._kept.popleft()[2])

    async def last_flush(self, life: str) -> int:
        """Number of the last flush of a life that Redis knows; 0 for none. Raises redis' errors."""
        return int(await self.redis.get(self.keys.flushed(life)) or 0)

    async def has_lost(self) -> bool:
        """Whether Redis lacks a flush that it had acknowledged. Raises redis' errors."""
        for life, number in list(self.acknowledged.items()):
            if await self.last_flush(life) < self.acknowledged.get(life, 0) and self.acknowledged.get(life) == number:
                return True
        return False

    def recall(self) -> Iterable[tuple[int, bytes]]:
        """The flushes that were acknowledged lately, (events, batch) each: Redis has lost some. Not those that are older than
        the dedup window, which would not know them for doubles. From now on nothing is expected of Redis."""
        self.acknowledged.clear()
        oldest = self.clock() - self.settings.dedup_seconds
        kept = [(count, batch) for kept_at, count, batch in self._kept if kept_at > oldest]
        self._kept.clear()
        self._kept_bytes = 0
        return kept
