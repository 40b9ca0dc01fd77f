"""The worker's end: shards move first, then the sockets go quiet, then queue and spool are flushed. Returns the exit code.

What Redis does not take in time goes to the spool, if there is one, for the next worker on its volume.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from redis.asyncio import Redis

from fleet import metrics
from fleet.connection import REDIS_ERRORS
from shard_worker.worker import Worker

log = structlog.get_logger(__name__)

CLEAN = 0
EVENTS_LEFT = 3
"""Exit code where events were read and could not be written."""

LOOK_SECONDS = 0.05


async def drain(worker: Worker, redis: Redis, hurry: asyncio.Event) -> int:
    """Ends `worker` as well as can be had within FLEET_DRAIN_SECONDS.

    It ends early where waiting is of no use (nobody leads, no other worker is active) and on `hurry`, a second signal.
    """
    deadline = time.monotonic() + worker.settings.drain_seconds
    sockets = worker.sockets
    worker.plane.drain()
    log.info("drain.started", sessions=len(sockets), unwritten=worker.unwritten, seconds=worker.settings.drain_seconds)
    told_at = time.monotonic()
    while len(sockets) and time.monotonic() < deadline and not hurry.is_set():
        # The first answers after our phase changed still tell of the time before.
        if time.monotonic() - told_at > 2 * worker.settings.heartbeat_seconds and (why := _why_in_vain(worker)):
            log.warning("drain.cut_short", reason=why, sessions=len(sockets))
            break
        await asyncio.sleep(LOOK_SECONDS)
    if len(sockets):
        try:
            async with asyncio.timeout(3.0):
                await sockets.close(orderly=True)
        except TimeoutError:
            log.warning("drain.sockets_left", sessions=len(sockets))
    await _flush(worker, redis, max(deadline, time.monotonic() + 2.0), hurry)
    if left := worker.unwritten:
        lost = await worker.keep()
        if lost:
            metrics.DROPPED.labels("left_at_exit").inc(lost)
        log.error(
            "drain.events_left", events=left, lost=lost, in_the_spool=left - lost,
            consequence="they were read from Twitch and are not in the streams; "
            "what is in the spool is sent by the next worker on that volume",
        )  # fmt: skip
    await worker.plane.leave()
    log.info("drain.ended", unwritten=left)
    return EVENTS_LEFT if left else CLEAN


def _why_in_vain(worker: Worker) -> str:
    if not worker.plane.answered:
        return "Redis does not answer"
    if not worker.plane.led:
        return "no coordinator leads, so nobody moves the shards"
    if worker.plane.active_workers == 0:
        return "no other worker is active"
    return ""


async def _flush(worker: Worker, redis: Redis, deadline: float, hurry: asyncio.Event) -> None:
    """Waits until everything is written; on a second signal no longer than one answer of Redis takes."""
    while worker.unwritten and time.monotonic() < deadline:
        if hurry.is_set():
            try:
                async with asyncio.timeout(1.0):
                    await redis.ping()
            except REDIS_ERRORS:
                return
        await asyncio.sleep(LOOK_SECONDS)
