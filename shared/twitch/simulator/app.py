"""The simulator as a whole: the model, OAuth and Helix behind one HTTP server.

/helix/…    Helix            /ws          EventSub over WebSocket
/oauth2/…   id.twitch.tv     /control/…   see `control`
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from random import Random
from typing import Any, Self

import orjson
from aiohttp import web

from twitch.addresses import Addresses
from twitch.simulator.call_log import CallLog
from twitch.simulator.calls import refusal
from twitch.simulator.control import Control, control_routes
from twitch.simulator.faults import Kind
from twitch.simulator.helix import Helix
from twitch.simulator.model import Model
from twitch.simulator.oauth import OAuth
from twitch.simulator.oauth_routes import oauth_routes
from twitch.simulator.options import Options
from twitch.simulator.ratelimit import Buckets
from twitch.simulator.shell import Clock, Shell
from twitch.simulator.tokens import Grant

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_BODY_BYTES_MAX = 4 * 1024 * 1024


class Simulator:
    """One simulated Twitch on one port. Make it with `serve`."""

    def __init__(self, options: Options, *, clients: Mapping[str, str | None] | None, points_per_minute: int) -> None:
        random = Random(options.seed)  # noqa: S311 — tokens that open nothing
        self.clock = Clock(options.time_scale)
        self.oauth = OAuth(random, clients=clients)
        self.buckets = Buckets(limit_points=points_per_minute)
        self.model = Model(options, self.oauth.people)
        self._helix = Helix(self.model, self.oauth, self.buckets, self.clock.unix_time)
        self._shell = Shell(self.model, self.clock.now)
        self.calls = CallLog()
        self.control = Control(self.model, self.oauth, self.buckets, self.calls, self.clock.now, self._shell.pump)
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def serve(
        cls,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        clients: Mapping[str, str | None] | None = None,
        points_per_minute: int = 800,
        options: Options | None = None,
        **changes: Any,
    ) -> AsyncIterator[Self]:
        """Run one for the length of a `with` block; port 0 picks a free one. `changes` are fields of `Options`.

        Without a seed every run has ids of its own.
        """
        chosen = replace(options or Options(seed=secrets.randbits(48)), **changes)
        simulator = cls(chosen, clients=clients, points_per_minute=points_per_minute)
        runner = web.AppRunner(simulator._application(), access_log=None, shutdown_timeout=1.0, handle_signals=False)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port, backlog=2048)
            await site.start()
            bound = runner.addresses[0][1]
            simulator.url = f"http://{host if host != '0.0.0.0' else '127.0.0.1'}:{bound}"
            yield simulator
        finally:
            simulator._shell.end()
            await runner.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """What points a Twitch client here."""
        return {
            "TWITCH_API_URL": f"{self.url}/helix",
            "TWITCH_AUTH_URL": f"{self.url}/oauth2",
            "TWITCH_EVENTSUB_URL": f"{self.url.replace('http', 'ws', 1)}/ws",
        }

    @property
    def addresses(self) -> Addresses:
        """The same for a client in this process."""
        return Addresses.from_environment(self.environment)

    def pump(self) -> None:
        """Carry out what a stimulus, given to `model` directly, has brought about."""
        self._shell.pump()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_BODY_BYTES_MAX, middlewares=[self._log, self._misbehave])
        application.add_routes(oauth_routes(self.oauth, self.clock.api_now, on_grant=self._granted))
        application.add_routes(control_routes(self.control, self.clock.api_now))
        application.router.add_route("*", "/helix/{path:.*}", self._answer_helix)
        application.router.add_get("/ws", self._shell.websocket)
        return application

    async def _answer_helix(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        response = self._helix.answer(
            request.method,
            f"/{request.match_info['path']}",
            request.headers,
            request.query.items(),
            body,
            now=self.clock.now(),
            api_now=self.clock.api_now(),
        )
        self._shell.pump()
        if response.body is None:
            return web.Response(status=response.status, headers=response.headers)
        if isinstance(response.body, str):
            headers = {**response.headers, "Content-Type": "text/calendar"}
            return web.Response(status=response.status, body=response.body.encode(), headers=headers)
        headers = {**response.headers, "Content-Type": "application/json; charset=utf-8"}
        return web.Response(status=response.status, body=orjson.dumps(response.body), headers=headers)

    @web.middleware
    async def _log(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Helix' calls, those that meet a fault included."""
        if not request.path.startswith("/helix/"):
            return await handler(request)
        path, agent = request.path.removeprefix("/helix"), request.headers.get("User-Agent", "")
        call = self.calls.arrived(agent, request.method, path, self.clock.now())
        answer = await handler(request)
        call.ended_at, call.status = self.clock.now(), answer.status
        return answer

    @web.middleware
    async def _misbehave(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Faults of endpoints; control has none."""
        waiting = self.model.faults.waiting
        if not waiting or request.path.startswith("/control/"):
            return await handler(request)
        fault = self.model.faults.for_call(request.method, request.path.removeprefix("/helix"))
        if fault is None:
            return await handler(request)
        answer = await handler(request) if fault.after else None
        match fault.kind:
            case Kind.SLOW:
                await self._held_up(fault.seconds)
                return answer or await handler(request)
            case Kind.ABORT:
                if request.transport is not None:
                    request.transport.abort()
                return answer or web.Response(status=500)
            case _:
                body = refusal(fault.status, fault.message).body
                headers = {**fault.headers, "Content-Type": "application/json; charset=utf-8"}
                return web.Response(status=fault.status, body=orjson.dumps(body), headers=headers)

    async def _held_up(self, seconds: float) -> None:
        cleared = asyncio.Event()
        self.model.faults.on_clear.append(cleared.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await cleared.wait()
        with suppress(ValueError):
            self.model.faults.on_clear.remove(cleared.set)

    def _granted(self, grant: Grant) -> None:
        self.model.authorized(grant.client_id, self.model.people.by_id(grant.user_id), self.clock.now())
        self._shell.pump()
