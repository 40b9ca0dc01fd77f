"""One life of a worker, between a scripted EventSub server and a real Redis."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from redis.asyncio import Redis

from fleet.keys import Keys
from fleet.reports import Orders, encode, read_report
from fleet.settings import Settings
from shard_worker.worker import Worker
from twitch.addresses import Addresses
from twitch.eventsub.connection import open_http

Play = Callable[[web.WebSocketResponse, str], Awaitable[None]]


def frame(kind: str, payload: object, message_id: str = "id", **metadata: str) -> str:
    known = {"message_id": message_id, "message_type": kind, "message_timestamp": "2026-01-01T00:00:00.123456789Z"}
    return json.dumps({"metadata": known | metadata, "payload": payload})


def of_session(kind: str, session: str, url: str | None = None) -> str:
    return frame(kind, {"session": {"id": session, "keepalive_timeout_seconds": 30, "reconnect_url": url}})


def notification(message_id: str) -> str:
    payload = {"subscription": {"id": "sub", "type": "stream.online", "condition": {"broadcaster_user_id": "7"}}}
    return frame("notification", payload, message_id, subscription_type="stream.online", subscription_version="1")


@asynccontextmanager
async def twitch(scripts: dict[str, Play]) -> AsyncIterator[str]:
    """Plays `scripts[path]` to whoever connects there, then waits for them to close; yields the address."""

    async def play(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse(timeout=0.2)
        await websocket.prepare(request)
        await scripts[request.path](websocket, f"ws://{request.host}")
        async for _ in websocket:
            pass
        return websocket

    app = web.Application()
    app.router.add_get("/{path:.*}", play)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"ws://{host}:{port}"
    finally:
        await runner.cleanup()


async def eventually(look: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(10):
        while not (found := await look()):
            await asyncio.sleep(0.01)
    return found


@asynccontextmanager
async def working(settings: Settings, redis: Redis, url: str) -> AsyncIterator[Worker]:
    """A worker that reads from `url` and holds a session for shard 0."""
    async with open_http() as http:
        own = replace(settings, addresses=Addresses(eventsub_url=url))
        worker = Worker(own, redis, redis, http, "worker", "incarnation")
        running = asyncio.create_task(worker.run())
        worker.open(0, 1)
        yield worker
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_reconnect_that_changes_the_sessions_id_goes_on_delivering_and_is_reported(
    settings: Settings, redis: Redis
) -> None:
    keys = Keys(settings.namespace)

    async def first(websocket: web.WebSocketResponse, here: str) -> None:
        await websocket.send_str(of_session("session_welcome", "before"))
        await websocket.send_str(notification("m1"))
        await websocket.send_str(of_session("session_reconnect", "before", f"{here}/again"))

    async def again(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "after"))
        await websocket.send_str(notification("m2"))

    async def in_stream() -> list[bytes]:
        entries = await redis.xrange(keys.stream("stream.online", 0))
        return [fields[b"message_id"] for _, fields in entries if len(entries) == 2]

    async def reported() -> bool:
        raw = await redis.hget(keys.report("worker"), "report")  # type: ignore[misc] # typed for both clients
        return raw is not None and [each.session for each in read_report(raw).sessions] == ["after"]

    async with twitch({"/ws": first, "/again": again}) as url, working(settings, redis, f"{url}/ws"):
        assert await eventually(in_stream) == [b"m1", b"m2"]
        assert await eventually(reported)


@pytest.mark.parametrize("trusted", [True, False], ids=["a trusted domain", "a stranger"])
async def test_a_reconnect_leads_only_to_hosts_that_are_trusted(
    settings: Settings, redis: Redis, *, trusted: bool
) -> None:
    """The server is known as 127.0.0.1, and asks for a reconnect to `localhost`."""
    keys = Keys(settings.namespace)
    told_to_move = asyncio.Event()
    strangers = 0

    async def first(websocket: web.WebSocketResponse, here: str) -> None:
        await websocket.send_str(of_session("session_welcome", "before"))
        elsewhere = here.replace("127.0.0.1", "localhost")
        await websocket.send_str(of_session("session_reconnect", "before", f"{elsewhere}/again"))
        await told_to_move.wait()
        await websocket.send_str(notification("on the old socket"))

    async def again(websocket: web.WebSocketResponse, _: str) -> None:
        nonlocal strangers
        strangers += 1
        await websocket.send_str(of_session("session_welcome", "before"))
        told_to_move.set()

    async def in_stream() -> list[bytes]:
        return [fields[b"message_id"] for _, fields in await redis.xrange(keys.stream("stream.online", 0))]

    own = replace(settings, reconnect_hosts=("localhost",) if trusted else ())
    async with twitch({"/ws": first, "/again": again}) as url, working(own, redis, f"{url}/ws") as worker:
        if not trusted:

            async def given_up() -> bool:
                return any(socket.ending for socket in worker._sockets.values())

            assert await eventually(given_up), "a fresh session is to take its place"
            told_to_move.set()
        assert await eventually(in_stream) == [b"on the old socket"], "it is read until Twitch ends it"
    assert strangers == trusted


async def test_sockets_that_are_closed_for_good_have_no_successors(settings: Settings, redis: Redis) -> None:
    """A leader's orders name their shards to the end; what was opened now would be bound, and die with the worker."""
    keys = Keys(settings.namespace)
    opened = 0

    async def welcome(websocket: web.WebSocketResponse, _: str) -> None:
        nonlocal opened
        opened += 1
        await websocket.send_str(of_session("session_welcome", f"s{opened}"))

    async def reported(sessions: int) -> bool:
        raw = await redis.hget(keys.report("worker"), "report")  # type: ignore[misc] # typed for both clients
        return raw is not None and len(read_report(raw).sessions) == sessions

    await redis.set(keys.leader, "1:somebody")
    await redis.hset(keys.pace, mapping={"openings": 10, "active": 1})  # type: ignore[misc] # typed for both clients
    orders = {"v": "1", "shards": encode(Orders(open={0: 1, 1: 1}, bound={}))}
    await redis.hset(keys.assigned("worker"), mapping=orders)  # type: ignore[misc] # typed for both clients
    async with twitch({"/ws": welcome}) as url, working(settings, redis, f"{url}/ws") as worker:
        await eventually(lambda: reported(2))

        await worker.close_sockets(orderly=True)

        await eventually(lambda: reported(0))
        assert (opened, worker.sessions) == (2, 0)
