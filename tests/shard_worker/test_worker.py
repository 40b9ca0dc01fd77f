"""One life of a worker, between a scripted EventSub server and a real Redis."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from structlog.testing import capture_logs

from fleet.connection import connect
from fleet.embedded import redis_server
from fleet.keys import Keys
from fleet.reports import Orders, encode, read_report
from fleet.settings import Secret, Settings
from shard_worker.backlog import Waiting
from shard_worker.flusher import Flusher
from shard_worker.intake import Intake
from shard_worker.worker import Worker
from twitch.addresses import Addresses
from twitch.eventsub.outcomes import Notification
from twitch.eventsub.sockets import open_http
from twitch.ids import SessionId

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
    async with asyncio.timeout(60):
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
        worker.sockets.open(0, 1)
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
                return any(socket.ending for socket in worker.sockets.held.values())

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

        await worker.sockets.close(orderly=True)

        await eventually(lambda: reported(0))
        assert (opened, len(worker.sockets)) == (2, 0)


async def test_a_session_that_ends_by_a_fault_of_ours_is_opened_again(
    settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is reported no more, and what the next one brings is written."""
    keys = Keys(settings.namespace)
    opened = 0

    async def play(websocket: web.WebSocketResponse, _: str) -> None:
        nonlocal opened
        opened += 1
        await websocket.send_str(of_session("session_welcome", f"s{opened}"))
        await websocket.send_str(notification("poison" if opened == 1 else "good"))

    async def reported() -> bool:
        raw = await redis.hget(keys.report("worker"), "report")  # type: ignore[misc] # typed for both clients
        return raw is not None and [each.session for each in read_report(raw).sessions] == ["s2"]

    async def in_stream() -> list[bytes]:
        return [fields[b"message_id"] for _, fields in await redis.xrange(keys.stream("stream.online", 0))]

    await order(redis, keys, Orders(open={0: 1}))
    row = Intake.row

    def fails_once(self: Intake, event: Notification, shard: str) -> Waiting:
        if event.message_id == "poison":
            raise RuntimeError("a fault of ours")
        return row(self, event, shard)

    monkeypatch.setattr(Intake, "row", fails_once)
    async with twitch({"/ws": play}) as url, working(settings, redis, f"{url}/ws"):
        assert await eventually(reported)
        assert await eventually(in_stream) == [b"good"]


async def order(redis: Redis, keys: Keys, orders: Orders) -> None:
    """What a leader would have written for the worker."""
    await redis.set(keys.leader, "1:somebody")
    await redis.hset(keys.pace, mapping={"openings": 10, "active": 1})  # type: ignore[misc] # typed for both clients
    document = {"v": "1", "shards": encode(orders)}
    await redis.hset(keys.assigned("worker"), mapping=document)  # type: ignore[misc] # typed for both clients


@pytest.mark.parametrize("wrong", ["a key of another type", "texts for numbers", "orders that can't be read"])
async def test_nothing_that_stands_in_redis_ends_a_worker(settings: Settings, redis: Redis, wrong: str) -> None:
    """Its sockets go on, and when an operator has mended it all is as before."""
    keys = Keys(settings.namespace)

    async def play(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "s1"))
        for number in range(1000):
            await websocket.send_str(notification(f"m{number}"))
            await asyncio.sleep(0.01)

    async def flows(count: int) -> bool:
        return bool(await redis.xlen(keys.stream("stream.online", 0)) >= count)

    async def refused() -> bool:
        return not worker.flusher.answered

    async def answered() -> bool:
        return worker.plane.answered

    async def told() -> bool:
        return worker.plane.led and bool(worker.plane.orders and worker.plane.orders.open == {0: 1})

    match wrong:
        case "a key of another type":
            await redis.set(keys.workers, "?")
            await redis.set(keys.partitions, "?")
        case "texts for numbers":
            await redis.hset(keys.pace, mapping={"openings": "many", "active": "?"})  # type: ignore[misc]
            await redis.hset(keys.partitions, mapping={b"\xff": "1", "t": "two", "u": "9" * 5000})  # type: ignore[misc]
        case _:
            await redis.hset(keys.assigned("worker"), mapping={"v": b"\xff", "shards": b'{"bound":{"\xff":[1]}}'})  # type: ignore[misc]
    async with twitch({"/ws": play}) as url, working(settings, redis, f"{url}/ws") as worker:
        if wrong == "a key of another type":
            assert await eventually(refused)
            await redis.delete(keys.workers, keys.partitions)
        assert await eventually(lambda: flows(1))
        assert await eventually(answered)
        await order(redis, keys, Orders(open={0: 1}))
        assert await eventually(told)
        assert await eventually(lambda: flows(3))


async def test_a_session_that_fell_silent_is_counted_though_it_is_replaced_before_its_end(
    settings: Settings, redis: Redis
) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("eventsub_reconnects_total", {"reason": "silence"}) or 0.0

    async def silent(websocket: web.WebSocketResponse, _: str) -> None:
        session = {"id": "s1", "keepalive_timeout_seconds": 0.1, "reconnect_url": None}
        await websocket.send_str(frame("session_welcome", {"session": session}))

    before = counted()
    async with twitch({"/ws": silent}) as url, working(settings, redis, f"{url}/ws") as worker:

        async def is_counted() -> bool:
            worker.plane.orders = Orders(open={0: 1}, bound={})
            return counted() > before

        await eventually(is_counted)


async def test_a_redis_that_takes_no_events_is_told_of_though_it_takes_heartbeats(settings: Settings) -> None:
    news = asyncio.Event()

    async def welcome(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "s1"))
        await news.wait()
        await websocket.send_str(notification("m1"))

    with redis_server() as server:
        settings = replace(settings, redis_url=Secret(server.url))
        async with (
            Redis.from_url(server.url) as redis,
            twitch({"/ws": welcome}) as url,
            working(settings, redis, f"{url}/ws") as worker,
        ):

            async def reported() -> bool:
                return worker.plane.answered and not worker.redis_refuses and bool(worker.sockets.reported())

            async def told() -> bool:
                return worker.redis_refuses and worker.plane.answered

            await eventually(reported)
            await redis.config_set("maxmemory", "1")
            news.set()
            await eventually(told)
            await redis.config_set("maxmemory", "0")
            await eventually(reported)


async def test_a_worker_lives_on_though_a_full_redis_takes_no_report_of_it(settings: Settings) -> None:
    async def welcome(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "s1"))

    with redis_server() as server:
        settings = replace(settings, redis_url=Secret(server.url), member_ttl_seconds=30.0)
        alive = Keys(settings.namespace).alive("worker")
        async with (
            connect(settings) as redis,
            twitch({"/ws": welcome}) as url,
            working(settings, redis, f"{url}/ws") as worker,
        ):

            async def is_known() -> bool:
                return bool(await redis.exists(alive))

            async def beats() -> bool:
                return bool(await redis.pttl(alive) > 20_000)

            async def is_unheard() -> bool:
                return not worker.plane.answered

            await eventually(is_known)
            await redis.config_set("maxmemory", "1")
            worker.plane.drain()  # what it reports is another document from here on
            await eventually(is_unheard)
            await redis.pexpire(alive, 10_000)
            await eventually(beats)


async def test_a_new_worker_that_a_full_redis_takes_no_report_of_says_so(settings: Settings) -> None:
    async def welcome(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "s1"))

    with redis_server() as server:
        settings = replace(settings, redis_url=Secret(server.url))
        keys = Keys(settings.namespace)
        async with connect(settings) as redis, twitch({"/ws": welcome}) as url:
            await redis.set(keys.leader, "1:somebody")
            await redis.config_set("maxmemory", "1")
            async with working(settings, redis, f"{url}/ws") as worker:

                async def refused() -> bool:
                    return worker.plane.refused

                async def ready() -> bool:
                    return not worker.why_not_ready()

                await eventually(refused)
                why = worker.why_not_ready()
                assert why.startswith("Redis takes no report (")
                assert "maxmemory" in why
                assert why.endswith("so the leader does not know of this worker at all")
                assert worker.plane.led, "what Redis says it hears all the same"
                await redis.config_set("maxmemory", "0")
                assert await eventually(ready)
                assert not worker.plane.refused


async def test_a_heartbeat_waits_for_nothing_that_is_asked_of_the_data(
    settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(settings, heartbeat_seconds=0.05, member_ttl_seconds=30.0)
    alive = Keys(settings.namespace).alive("worker")
    asked = asyncio.Event()

    async def never(_: Flusher) -> None:
        asked.set()
        await asyncio.Event().wait()

    async def beats() -> bool:
        return bool(await redis.pttl(alive) > 20_000)

    monkeypatch.setattr(Flusher, "look_for_losses", never)
    async with twitch({}) as url, working(settings, redis, f"{url}/ws"):
        async with asyncio.timeout(30):
            await asked.wait()
        await redis.pexpire(alive, 10_000)
        assert await eventually(beats)


async def test_sessions_that_are_told_to_move_to_a_stranger_are_replaced_ever_more_slowly(
    settings: Settings, redis: Redis
) -> None:
    keys = Keys(settings.namespace)

    async def play(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "s"))
        await websocket.send_str(of_session("session_reconnect", "s", "ws://stranger.example/"))

    async def waits() -> bool:
        return any(until > time.monotonic() + 0.3 for until in worker.sockets._pauses.until.values())

    await order(redis, keys, Orders(open={0: 1}, bound={SessionId("s"): (0,)}))
    async with twitch({"/ws": play}) as url, working(settings, redis, f"{url}/ws") as worker:
        assert await eventually(waits)


async def test_frames_of_garbage_are_counted_and_told_of_once_a_kind(settings: Settings, redis: Redis) -> None:
    keys = Keys(settings.namespace)

    async def play(websocket: web.WebSocketResponse, _: str) -> None:
        await websocket.send_str(of_session("session_welcome", "s1"))
        for garbage in ("{", "[]", "{", "[]", "{"):
            await websocket.send_str(garbage)
        await websocket.send_str(notification("last"))

    async def in_stream() -> bool:
        return bool(await redis.xlen(keys.stream("stream.online", 0)) == 1)

    def counted() -> list[float]:
        name = "eventsub_disturbances_total"
        return [REGISTRY.get_sample_value(name, {"kind": kind}) or 0.0 for kind in ("not_json", "not_an_object")]

    before = counted()
    with capture_logs() as logs:
        async with twitch({"/ws": play}) as url, working(settings, redis, f"{url}/ws"):
            assert await eventually(in_stream)
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [3, 2]
    told = [entry["kind"] for entry in logs if entry["event"] == "session.disturbed"]
    assert told == ["not_json", "not_an_object"]
