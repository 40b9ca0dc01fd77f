"""`/healthz`, `/readyz` and `/metrics` of every process, and the runner for any further aiohttp application.

Health is the process alone: if Redis or Twitch made it fail, an outage would restart everything. Readiness says why not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from fleet import metrics

Readiness = Callable[[], str]
"""'' when ready, else one sentence that says why not."""


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serves `app` and yields the port, which is a free one for port 0. Raises OSError where the port is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def probes(why_not_ready: Readiness) -> web.Application:
    """The three pages that orchestrators and Prometheus ask for."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        reason = why_not_ready()
        metrics.READY.set(0 if reason else 1)
        return web.Response(status=503 if reason else 200, text=f"{reason or 'ready'}\n")

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", page)])
    return app
