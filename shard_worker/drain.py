"""The worker's end: shards move first, then the sockets go quiet, then queue and spool are flushed. Returns the exit code.

What Redis does not take in time goes to the spool, if there is one, for the next worker on its volume. A worker that a
fault of ours ends goes the same way, but that it waits for no shard to be moved: nobody reports for it any more.
"""

from __future__ import annotations

import asyncio
import time

import structlog

from fleet import metrics
from shard_worker.worker import Worker

log = structlog.get_logger(__name__)

CLEAN = 0
EVENTS_LEFT = 3
"""Exit code where events were read and could not be written."""

LOOK_SECONDS = 0.05

SOCKETS_SECONDS = 3.0
"""For Twitch's answers to our close frames, and what it wrote before them."""

FLUSH_SECONDS_MIN = 2.0
"""For what is in memory, however late it is."""

SILENCE_SECONDS = 3.0
"""Redis is away for longer than a moment once it has taken nothing for so long. What the spool has room for need not wait."""

HURRIED_SECONDS = 1.0
"""The same once we are hurried, and then with no spool as well."""


async def drain(worker: Worker, hurry: asyncio.Event) -> int:
    """Ends `worker` as well as can be had within FLEET_DRAIN_SECONDS.

    It ends early where waiting is of no use (nobody leads, no other worker is active, Redis is away and the spool has room)
    and on `hurry`, a second signal.
    """
    deadline = time.monotonic() + worker.settings.drain_seconds
    sockets = worker.sockets
    worker.plane.drain()
    log.info("drain.started", sessions=len(sockets), unwritten=worker.unwritten, seconds=worker.settings.drain_seconds)
    told_at = time.monotonic()
    while len(sockets) and time.monotonic() < deadline and not hurry.is_set() and not worker.failed:
        # The first answers after our phase changed still tell of the time before.
        if time.monotonic() - told_at > 2 * worker.settings.heartbeat_seconds and (why := _why_in_vain(worker)):
            log.warning("drain.cut_short", reason=why, sessions=len(sockets))
            break
        await asyncio.sleep(LOOK_SECONDS)
    if len(sockets):
        try:
            async with asyncio.timeout(SOCKETS_SECONDS):
                await sockets.close(orderly=True)
        except TimeoutError:
            log.warning("drain.sockets_left", sessions=len(sockets))
    await _flush(worker, max(deadline, time.monotonic() + FLUSH_SECONDS_MIN), hurry)
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
    if worker.plane.trouble:
        return worker.plane.trouble
    if not worker.plane.led:
        return "no coordinator leads, so nobody moves the shards"
    if worker.plane.active_workers == 0:
        return "no other worker is active"
    return ""


async def _flush(worker: Worker, deadline: float, hurry: asyncio.Event) -> None:
    """Waits until everything is written, or nothing is gained by waiting."""
    unwritten, changed_at = worker.unwritten, time.monotonic()
    while worker.unwritten and worker.writes and (now := time.monotonic()) < deadline:
        if worker.unwritten != unwritten:
            unwritten, changed_at = worker.unwritten, now
        silence = now - changed_at
        if silence > SILENCE_SECONDS and worker.keepable:
            log.warning("drain.not_waited_for", reason="Redis takes nothing, and the spool has room", events=unwritten)
            return
        if silence > HURRIED_SECONDS and hurry.is_set():
            return
        await asyncio.sleep(LOOK_SECONDS)
