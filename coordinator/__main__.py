"""`python -m coordinator`: stands for election, leads while elected, answers the admin API all the time."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

import structlog
from aiohttp import web
from redis.asyncio import Redis

from coordinator import admin
from coordinator.helix import twitch_app
from coordinator.lead import lead
from coordinator.leadership import Leadership
from coordinator.term import TROUBLES
from fleet import logs, metrics
from fleet.connection import ClusterRefused, connect, reachable
from fleet.loop import run
from fleet.scripts import Scripts
from fleet.settings import Settings, load_or_exit, process_id, stop
from fleet.web import probes, serving

log = structlog.get_logger(__name__)


def main() -> None:
    settings = load_or_exit("TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET")
    name = process_id()
    logs.configure(settings, process="coordinator", coordinator=name)
    metrics.begin_at_zero(metrics.SHARDS_MOVED, ["gone", "planned", "parked"])
    metrics.begin_at_zero(metrics.RESIZES, ["up", "down"])
    metrics.begin_at_zero(metrics.BINDINGS_REFUSED, ["new", "parked", "doubted"])
    metrics.begin_at_zero(metrics.NOTICES, ["asked", "stale", "unreadable"])
    sys.exit(run(_serve(settings, name)))


async def _serve(settings: Settings, name: str) -> int:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)

    lease_timeout = max(0.2, settings.lease_ttl_seconds / 4)
    redis, control = connect(settings), connect(settings, timeout_seconds=lease_timeout, connections_max=2)
    app = twitch_app(settings, name)
    leadership = Leadership(settings, control, redis, app, name, lead)

    def why_not_ready() -> str:
        if not leadership.answered:
            return "Redis does not answer"
        if leadership.term is None:
            return ""  # a standby is ready: it is what it should be
        return "; ".join(leadership.term.not_ready.values())

    def troubled(kind: str) -> bool:
        if kind == "redis":
            return not leadership.answered
        return leadership.term is not None and kind in leadership.term.not_ready

    metrics.watch_troubles(("redis", *TROUBLES), troubled)
    try:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(redis.aclose)
            stack.push_async_callback(control.aclose)
            stack.push_async_callback(app.close)
            port = await _listen(
                stack, "FLEET_HTTP_PORT", settings.http_host, settings.http_port, probes(why_not_ready)
            )
            if settings.admin_token:
                api = admin.api(settings, redis, Scripts(redis))
                admin_port = await _listen(stack, "FLEET_ADMIN_PORT", settings.admin_host, settings.admin_port, api)
                log.info("admin.listening", host=settings.admin_host, port=admin_port)
            else:
                log.info("admin.off", reason="FLEET_ADMIN_TOKEN is not set")
            log.info("coordinator.started", http_port=port)
            running = asyncio.create_task(_stand(leadership, redis), name="leadership")
            waiting = asyncio.create_task(asked.wait(), name="signal")
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            running.cancel()
            result = (await asyncio.gather(running, return_exceptions=True))[0]
            if isinstance(result, ClusterRefused):
                stop(str(result))
            if isinstance(result, Exception):
                log.error("coordinator.failed", exc_info=result)
                return 1
            log.info("coordinator.stopped")
            return 0
    except OSError as error:
        stop(str(error))


async def _stand(leadership: Leadership, redis: Redis) -> None:
    await reachable(redis)
    await leadership.run()


async def _listen(stack: AsyncExitStack, variable: str, host: str, port: int, app: web.Application) -> int:
    try:
        return await stack.enter_async_context(serving(app, host, port))
    except OSError as error:
        raise OSError(f"{variable} {port} can't be listened on: {error.strerror or error}") from error


if __name__ == "__main__":
    main()
