"""`python -m shard_worker`: one worker, until SIGTERM; a second signal hurries it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from contextlib import AsyncExitStack

import structlog

from fleet import logs, metrics
from fleet.connection import ClusterRefused, connect, reachable
from fleet.loop import run, unless
from fleet.settings import Settings, load_or_exit, process_id, stop
from fleet.web import probes, serving
from shard_worker.drain import drain
from shard_worker.intake import REVOCATION_STATUSES
from shard_worker.spooling import KINDS
from shard_worker.worker import REFUSALS, Worker
from twitch.eventsub.close_codes import LossReason
from twitch.eventsub.outcomes import DisturbanceKind
from twitch.eventsub.sockets import open_http

log = structlog.get_logger(__name__)

FAILED = 1
"""Exit code of a fault of ours."""

FORBIDDEN = ("TWITCH_CLIENT_SECRET", "TWITCH_CLIENT_ID", "FLEET_TOKEN_KEYS", "FLEET_ADMIN_TOKEN")
"""A worker needs none of these; what it does not have it can't leak."""


def main() -> None:
    settings = load_or_exit()
    found = [variable for variable in FORBIDDEN if os.environ.pop(variable, "")]
    name = process_id(settings.worker_id)
    logs.configure(settings, process="shard_worker", worker=name)
    if found:
        log.warning("credentials.ignored", variables=found, advice="take them out of the worker's environment")
    show_counters()
    sys.exit(run(serve(settings, name)))


def show_counters() -> None:
    """What this process counts, from its first scrape on."""
    metrics.begin_at_zero(metrics.RECONNECTS, ["requested", *LossReason])
    metrics.begin_at_zero(metrics.REVOCATIONS, sorted(REVOCATION_STATUSES))
    metrics.begin_at_zero(metrics.DISTURBANCES, DisturbanceKind)
    metrics.begin_at_zero(metrics.FLUSHES, ["appended", "repeated", "unanswered"])
    metrics.begin_at_zero(metrics.DROPPED, [*REFUSALS, "spool_damaged", "left_at_exit"])
    metrics.begin_at_zero(metrics.SPOOL_ERRORS, [*KINDS, "other"])


async def serve(settings: Settings, name: str) -> int:
    """The whole life of a worker; returns its exit code."""
    asked, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        (hurry if asked.is_set() else asked).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, signalled)

    redis, control = connect(settings), connect(settings, timeout_seconds=2.0, connections_max=2)
    worker: Worker | None = None

    def why_not_ready() -> str:
        return worker.why_not_ready() if worker is not None else "Redis has not answered yet"

    def troubled(kind: str) -> bool:
        if worker is None:
            return kind == "redis"
        match kind:
            case "redis":
                return not worker.plane.answered and not worker.plane.refused
            case "redis_refuses":
                return worker.redis_refuses
            case _:
                return bool(worker.why_not_ready())

    metrics.watch_troubles(("redis", "redis_refuses", "sessions"), troubled)
    try:
        async with AsyncExitStack() as stack, open_http() as http:
            pages = serving(probes(why_not_ready), settings.http_host, settings.http_port)
            try:
                port = await stack.enter_async_context(pages)
            except OSError as error:
                stop(f"FLEET_HTTP_PORT {settings.http_port}: {error.strerror or error}")
            log.info("worker.started", http_port=port, capacity=settings.worker_capacity)
            if not await unless(asked, reachable(redis)):
                return 0
            worker = Worker(settings, redis, control, http, name, secrets.token_hex(8))
            running = asyncio.create_task(worker.run(), name="worker")
            waiting = asyncio.create_task(asked.wait(), name="signal")
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            code = await drain(worker, hurry)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await worker.close()
            return (code or FAILED) if worker.failed else code
    except ClusterRefused as refusal:
        stop(str(refusal))
    finally:
        await redis.aclose()
        await control.aclose()


if __name__ == "__main__":
    main()
