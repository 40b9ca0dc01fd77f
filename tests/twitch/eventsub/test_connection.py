"""A connection over real sockets: a small EventSub server of ours on the other side, played by each test."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import WSMsgType, web

from twitch.eventsub.close_codes import LossReason
from twitch.eventsub.connection import Connection
from twitch.eventsub.outcomes import (
    Disturbance,
    DisturbanceKind,
    Lost,
    Notification,
    Outcome,
    ReconnectRequested,
    ReplacementNeeded,
    Welcomed,
)
from twitch.eventsub.session import SessionOptions
from twitch.eventsub.sockets import open_http
from twitch.http import Http
from twitch.ids import MessageId, SessionId

FAST = SessionOptions(
    open_seconds=2.0,
    welcome_seconds=2.0,
    keepalive_slack_seconds=0.1,
    quiet_seconds=0.1,
    drain_seconds_max=1.0,
    close_seconds=1.0,
)
Script = Callable[[web.WebSocketResponse, web.Request], Awaitable[None]]


def welcome(session_id: str = "s1", keepalive_seconds: float = 10) -> str:
    session = {"id": session_id, "status": "connected", "keepalive_timeout_seconds": keepalive_seconds}
    return message("session_welcome", {"session": session})


def reconnect(url: str) -> str:
    return message("session_reconnect", {"session": {"id": "s1", "status": "reconnecting", "reconnect_url": url}})


def notification(number: int, padding: int = 0) -> str:
    payload = {"subscription": {"type": "stream.online"}, "event": {"n": number, "padding": "x" * padding}}
    return message("notification", payload, f"m{number}", subscription_type="stream.online", subscription_version="1")


def message(kind: str, payload: object, message_id: str = "id", **metadata: str) -> str:
    known = {"message_id": message_id, "message_type": kind, "message_timestamp": "2026-01-01T00:00:00.123456789Z"}
    return json.dumps({"metadata": known | metadata, "payload": payload})


@asynccontextmanager
async def serve(scripts: dict[str, Script], *, autoclose: bool = True, autoping: bool = True) -> AsyncIterator[str]:
    """Play `scripts[path]` to whoever connects at the path; yields the URL without a path."""
    faults: list[Exception] = []

    async def play(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse(autoclose=autoclose, autoping=autoping, timeout=0.2)
        await websocket.prepare(request)
        try:
            await scripts[request.path](websocket, request)
        except (aiohttp.ClientError, OSError):
            pass  # the client has gone: its own test says whether it should have
        except Exception as fault:  # noqa: BLE001 - raised below, in the test
            faults.append(fault)
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
    if faults:
        raise faults[0]


async def until_closed(websocket: web.WebSocketResponse) -> None:
    async for frame in websocket:
        assert frame.type is not WSMsgType.TEXT, "the client must send nothing but pongs"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with open_http() as http:
        yield http


async def run(
    http: aiohttp.ClientSession, url: str, options: SessionOptions = FAST, *, close_at: object = None
) -> list[Outcome]:
    """Run one connection to its end, at most 10 s; with `close_at`, ask for the end at that outcome's type."""
    outcomes: list[Outcome] = []

    def owner(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if close_at is not None and (outcome == close_at or type(outcome) is close_at):
            connection.close()

    connection = Connection(http, url, owner, options=options)
    async with asyncio.timeout(10):
        lost = await connection.run()
    assert outcomes[-1] == lost
    assert [type(o) for o in outcomes].count(Lost) == 1
    assert not [task for task in asyncio.all_tasks() if "Connection" in repr(task.get_coro())]
    return outcomes


def loss(outcomes: list[Outcome]) -> Lost:
    assert isinstance(outcomes[-1], Lost)
    return outcomes[-1]


def ids(outcomes: list[Outcome]) -> list[str]:
    return [o.message_id for o in outcomes if isinstance(o, Notification)]


async def test_events_arrive_in_order_with_their_payload_byte_for_byte(http: aiohttp.ClientSession) -> None:
    odd = '{ "subscription": {"type":"a"},\t"event": {"e":"\\u00e9é","n":1.0e2} }'
    frame = (
        '{"payload":  ' + odd + ', "metadata": {"subscription_version":"2","subscription_type":"a",'
        '"message_timestamp":"T","message_type":"notification","message_id":"m0"}}'
    )

    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome(keepalive_seconds=30))
        await websocket.send_str(frame)
        for number in range(1, 100):
            await websocket.send_str(notification(number))
        await websocket.close(code=4006, message=b"network error")

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert outcomes[0] == Welcomed(SessionId("s1"), False, 30.0)
    assert outcomes[1] == Notification(MessageId("m0"), "a", "2", "T", odd.encode())
    assert ids(outcomes) == [f"m{n}" for n in range(100)]
    assert outcomes[-1] == Lost(LossReason.NETWORK_ERROR, 4006, "network error")


async def test_a_reconnect_with_a_slow_welcome_loses_nothing_on_the_old_socket(http: aiohttp.ClientSession) -> None:
    asked = asyncio.Event()
    halfway = asyncio.Event()

    async def old(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.send_str(reconnect(f"{url}/new?challenge=a%2Fb&id=s1"))
        await asked.wait()
        for number in range(4):
            await websocket.send_str(notification(number))
        halfway.set()
        await welcomed.wait()
        for number in range(4, 8):  # written after the new welcome, and still not lost
            await websocket.send_str(notification(number))
        await until_closed(websocket)
        assert websocket.close_code == 1000

    welcomed = asyncio.Event()
    asked_for = []

    async def new(websocket: web.WebSocketResponse, request: web.Request) -> None:
        asked_for.append(request.raw_path)
        asked.set()
        await halfway.wait()
        await websocket.send_str(welcome())
        welcomed.set()
        await websocket.send_str(notification(8))
        await until_closed(websocket)

    async with serve({"/ws": old, "/new": new}) as url:
        outcomes: list[Outcome] = []
        connection = Connection(http, f"{url}/ws", outcomes.append, options=FAST)
        task = asyncio.create_task(connection.run())
        async with asyncio.timeout(30):
            while len(ids(outcomes)) < 9 or len(connection._websockets) != 1:
                await asyncio.sleep(0.01)
        connection.close()
        lost = await task
    assert asked_for == ["/new?challenge=a%2Fb&id=s1"], "the URL is used as it was sent"
    assert sorted(ids(outcomes)) == [f"m{n}" for n in range(9)]
    assert [o for o in outcomes if not isinstance(o, Notification)] == [
        Welcomed(SessionId("s1"), False, 10.0),
        ReconnectRequested(f"{url}/new?challenge=a%2Fb&id=s1"),
        Welcomed(SessionId("s1"), True, 10.0),
        lost,
    ]
    assert lost == Lost(LossReason.CLOSED_BY_US, 1000, "closed by us")


async def test_what_the_peer_wrote_before_it_saw_our_close_arrives(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        frame = await websocket.receive()  # our close, not yet answered
        assert frame.type is WSMsgType.CLOSE
        for number in range(50):
            await websocket.send_str(notification(number, padding=2000))
        await websocket.close()

    async with serve({"/ws": script}, autoclose=False) as url:
        outcomes = await run(http, f"{url}/ws", close_at=Welcomed)
    assert ids(outcomes) == [f"m{n}" for n in range(50)]
    assert loss(outcomes).reason is LossReason.CLOSED_BY_US


async def test_a_peer_that_never_answers_our_close_is_dropped_in_time(http: aiohttp.ClientSession) -> None:
    gone = asyncio.Event()

    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await gone.wait()

    async with serve({"/ws": script}) as url:
        started = asyncio.get_running_loop().time()
        outcomes = await run(http, f"{url}/ws", SessionOptions(close_seconds=0.2), close_at=Welcomed)
        gone.set()
    assert 0.2 <= asyncio.get_running_loop().time() - started < 1.0
    assert loss(outcomes).reason is LossReason.CLOSED_BY_US


async def test_silence_is_noticed_and_a_ping_is_no_sign_of_life(http: aiohttp.ClientSession) -> None:
    pings = 0

    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        nonlocal pings
        await websocket.send_str(welcome(keepalive_seconds=0.3))
        with suppress(ConnectionError):
            while not websocket.closed:
                await websocket.ping()
                pings += 1
                with suppress(TimeoutError):
                    await websocket.receive(timeout=0.05)

    async with serve({"/ws": script}, autoping=True) as url:
        outcomes = await run(http, f"{url}/ws")
    assert [type(o) for o in outcomes] == [Welcomed, ReplacementNeeded, Lost]
    assert loss(outcomes).reason is LossReason.SILENCE
    assert "neither event nor keepalive for 0.4" in loss(outcomes).text
    assert pings > 2


async def test_keepalives_and_events_keep_a_session_alive(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome(keepalive_seconds=0.2))
        for number in range(8):
            await asyncio.sleep(0.1)
            await websocket.send_str(notification(number) if number % 2 else message("session_keepalive", {}))
        await websocket.close(code=4000)

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert ids(outcomes) == ["m1", "m3", "m5", "m7"]
    assert outcomes[-1] == Lost(LossReason.INTERNAL_ERROR, 4000, "Internal server error")


async def test_pings_are_answered(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.ping(b"are you there")
        frame = await websocket.receive()
        assert (frame.type, frame.data) == (WSMsgType.PONG, b"are you there")
        await websocket.close(code=1001)

    async with serve({"/ws": script}, autoping=False) as url:
        outcomes = await run(http, f"{url}/ws")
    assert loss(outcomes).reason is LossReason.GOING_AWAY


async def test_a_broken_connection_is_an_abort(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.send_str(notification(1))
        assert isinstance(request.transport, asyncio.Transport)
        request.transport.abort()

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert outcomes[-1] == Lost(LossReason.ABORTED, 1006, "the connection broke without a close")


async def test_an_end_of_stream_without_a_close_frame_is_an_abort_too(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.send_str(notification(1))
        assert isinstance(request.transport, asyncio.Transport)
        request.transport.close()

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert ids(outcomes) == ["m1"]
    assert outcomes[-1] == Lost(LossReason.ABORTED, 1006, "the connection broke without a close")


async def test_a_close_without_a_code_is_an_end_like_another(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.send_frame(b"", WSMsgType.CLOSE)
        await until_closed(websocket)

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert outcomes[-1] == Lost(LossReason.CLOSED_BY_TWITCH, 1005, "No status")


async def test_garbage_harms_nothing(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str("not json")
        await websocket.send_str(welcome())
        await websocket.send_str("[1]")
        await websocket.send_str("{" * 1_000_000)
        await websocket.send_bytes(b"\x00\xff")
        await websocket.send_frame(b'{"metadata":{"message_type":"session_keepalive"},"x":"\xff"}', WSMsgType.TEXT)
        await websocket.send_str(message("session_cuddle", {}))
        await websocket.send_str(notification(1))
        await websocket.close()

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert [o.kind if isinstance(o, Disturbance) else type(o) for o in outcomes] == [
        DisturbanceKind.NOT_JSON,
        Welcomed,
        DisturbanceKind.NOT_AN_OBJECT,
        DisturbanceKind.NOT_JSON,
        DisturbanceKind.NOT_UTF8,
        DisturbanceKind.NOT_UTF8,
        DisturbanceKind.UNKNOWN_MESSAGE_TYPE,
        Notification,
        Lost,
    ]


async def test_a_frame_below_4_mib_arrives_and_one_above_costs_the_socket(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.send_str(notification(1, padding=int(3.9 * 1024 * 1024)))
        await websocket.send_str(notification(2, padding=int(4.1 * 1024 * 1024)))
        await until_closed(websocket)

    async with serve({"/ws": script}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert ids(outcomes) == ["m1"]
    assert isinstance(outcomes[1], Notification)
    assert len(outcomes[1].payload) > 3.9 * 1024 * 1024
    assert (loss(outcomes).reason, loss(outcomes).code) == (LossReason.FRAME_TOO_BIG, 1009)


async def test_nobody_there_and_a_refused_handshake(http: aiohttp.ClientSession) -> None:
    async with serve({}) as url:
        pass
    outcomes = await run(http, f"{url}/ws")
    assert [type(o) for o in outcomes] == [Lost]
    assert (loss(outcomes).reason, loss(outcomes).code) == (LossReason.UNREACHABLE, None)

    app = web.Application()
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    outcomes = await run(http, f"ws://{host}:{port}/ws?secret=1")
    await runner.cleanup()
    assert loss(outcomes).reason is LossReason.UNREACHABLE
    assert "404" in loss(outcomes).text
    assert "secret" not in loss(outcomes).text


async def test_a_server_that_accepts_and_says_nothing_is_given_up(http: aiohttp.ClientSession) -> None:
    async with serve({"/ws": lambda websocket, request: until_closed(websocket)}) as url:
        outcomes = await run(http, f"{url}/ws", SessionOptions(welcome_seconds=0.1))
    assert outcomes == [Lost(LossReason.NO_WELCOME, None, "no welcome within 0.1 s")]


async def test_a_server_that_never_shakes_hands_is_given_up(http: aiohttp.ClientSession) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    outcomes = await run(http, f"ws://{host}:{port}/ws", SessionOptions(open_seconds=0.1))
    server.close()
    await server.wait_closed()
    assert outcomes == [Lost(LossReason.UNREACHABLE, None, "not open within 0.1 s")]


async def test_a_failed_reconnect_asks_for_a_replacement_and_the_old_socket_is_read_on(
    http: aiohttp.ClientSession,
) -> None:
    failed = asyncio.Event()

    async def old(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await websocket.send_str(reconnect(f"{url}/new"))
        await failed.wait()
        for number in range(8):
            await websocket.send_str(notification(number))
        await websocket.close(code=4004, message=b"reconnect grace time expired")

    async def new(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.close(code=4007, message=b"invalid reconnect")
        failed.set()

    async with serve({"/ws": old, "/new": new}) as url:
        outcomes = await run(http, f"{url}/ws")
    assert ids(outcomes) == [f"m{n}" for n in range(8)]
    assert ReplacementNeeded("the requested reconnect failed: invalid reconnect") in outcomes
    assert outcomes[-1] == Lost(LossReason.RECONNECT_EXPIRED, 4004, "reconnect grace time expired")


async def test_cancelling_drops_the_sockets_and_leaves_no_task(http: aiohttp.ClientSession) -> None:
    ended = asyncio.Event()

    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await until_closed(websocket)
        ended.set()

    async with serve({"/ws": script}) as url:
        outcomes: list[Outcome] = []
        before = asyncio.all_tasks()
        welcomed = asyncio.Event()

        def owner(outcome: Outcome) -> None:
            outcomes.append(outcome)
            welcomed.set()

        connection = Connection(http, f"{url}/ws", owner, options=FAST)
        task = asyncio.create_task(connection.run())
        await asyncio.wait_for(welcomed.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(ended.wait(), 30)
        ours = {t for t in asyncio.all_tasks() - before if "web_protocol" not in repr(t.get_coro())}
    assert not ours
    assert [type(o) for o in outcomes] == [Welcomed, Lost]
    assert repr(connection) == "<Connection <Session s1 sockets: 1 live>, quiet for 0.0 s, dropped>"
    assert not connection._websockets
    assert http.connector is not None
    assert not http.connector._acquired


async def test_closing_before_running_opens_nothing(http: aiohttp.ClientSession) -> None:
    outcomes: list[Outcome] = []
    connection = Connection(http, "ws://127.0.0.1:9/ws", outcomes.append)
    connection.close()
    assert await connection.run() == Lost(LossReason.CLOSED_BY_US, 1000, "closed by us")
    assert len(outcomes) == 1
    connection.close()
    with pytest.raises(RuntimeError, match="runs once"):
        await connection.run()


async def test_closing_while_it_opens_gives_the_attempt_up(http: aiohttp.ClientSession) -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    outcomes: list[Outcome] = []
    connection = Connection(http, f"ws://{host}:{port}/ws", outcomes.append)
    task = asyncio.create_task(connection.run())
    await asyncio.sleep(0)
    connection.close()
    assert await asyncio.wait_for(task, 30) == Lost(LossReason.CLOSED_BY_US, 1000, "closed by us")
    server.close()
    await server.wait_closed()


async def test_an_owner_that_raises_ends_the_connection_with_its_error(http: aiohttp.ClientSession) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome())
        await until_closed(websocket)

    def owner(outcome: Outcome) -> None:
        raise ZeroDivisionError(str(outcome))

    async with serve({"/ws": script}) as url:
        connection = Connection(http, f"{url}/ws", owner)
        with pytest.raises(ZeroDivisionError, match="Welcomed"):
            await asyncio.wait_for(connection.run(), 30)
    assert not connection._websockets


async def test_a_process_that_stood_still_reads_what_came_meanwhile_before_it_judges(
    http: aiohttp.ClientSession,
) -> None:
    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        await websocket.send_str(welcome(keepalive_seconds=0.2))
        while connection.session.session_id is None:
            await asyncio.sleep(0.001)
        await websocket.send_str(notification(1))
        time.sleep(1.0)  # the whole process: long enough to be noticed as that
        await asyncio.sleep(0.1)
        await websocket.close(code=4006)

    async with serve({"/ws": script}) as url:
        outcomes: list[Outcome] = []
        connection = Connection(http, f"{url}/ws", outcomes.append, options=FAST)
        await asyncio.wait_for(connection.run(), 30)
    assert [type(o) for o in outcomes] == [Welcomed, Notification, Lost]
    assert loss(outcomes).reason is LossReason.NETWORK_ERROR


@pytest.mark.parametrize("seed", range(4))
async def test_through_a_storm_of_reconnects_every_event_written_arrives(
    http: aiohttp.ClientSession, seed: int
) -> None:
    chance = random.Random(seed)
    written: list[str] = []
    links = 8
    served = 0
    over = asyncio.Event()

    async def write(websocket: web.WebSocketResponse, count: int) -> None:
        for _ in range(count):
            number = len(written)
            await websocket.send_str(notification(number, padding=chance.choice([0, 100, 70_000])))
            written.append(f"m{number}")
            if chance.random() < 0.3:
                await asyncio.sleep(0)

    async def script(websocket: web.WebSocketResponse, request: web.Request) -> None:
        nonlocal served
        served += 1
        link = served
        await write(websocket, chance.choice([0, 0, 2]))  # even before the welcome
        await websocket.send_str(welcome())
        await write(websocket, chance.randrange(20))
        if link < links:
            await websocket.send_str(reconnect(f"{url}/ws?link={link}"))
            while served == link:
                await write(websocket, chance.randrange(3))
                await asyncio.sleep(0.001)
            await write(websocket, chance.randrange(20))
            frame = await websocket.receive()
            assert frame.type is WSMsgType.CLOSE
            await write(websocket, chance.randrange(20))  # our close has come; what is written now still arrives
            await websocket.close()
        else:
            over.set()
            await until_closed(websocket)

    async with serve({"/ws": script}, autoclose=False) as url:
        outcomes: list[Outcome] = []
        connection = Connection(http, f"{url}/ws", outcomes.append, options=FAST)
        task = asyncio.create_task(connection.run())
        async with asyncio.timeout(10):
            await over.wait()
            while len(connection._websockets) > 1:
                await asyncio.sleep(0.01)
            connection.close()
            lost = await task
    assert lost.reason is LossReason.CLOSED_BY_US
    assert sorted(ids(outcomes)) == sorted(written), f"seed {seed}"
    assert [o.reconnected for o in outcomes if isinstance(o, Welcomed)] == [False] + [True] * (links - 1)


@pytest.mark.parametrize("of_the_library", [False, True], ids=["a worker's", "the library's"])
async def test_a_redirect_is_not_followed(*, of_the_library: bool) -> None:
    """The address was checked; where a redirect leads was not."""
    strangers = 0

    async def stranger(_: web.WebSocketResponse, __: web.Request) -> None:
        nonlocal strangers
        strangers += 1

    async with serve({"/ws": stranger}) as elsewhere:

        async def redirect(_: web.Request) -> web.Response:
            raise web.HTTPFound(elsewhere.replace("ws:", "http:") + "/ws?secret=1")

        app = web.Application()
        app.router.add_get("/ws", redirect)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        session = Http().session if of_the_library else open_http()
        async with session as http:
            outcomes = await run(http, f"ws://127.0.0.1:{port}/ws")
        await runner.cleanup()
    lost = loss(outcomes)
    assert (lost.reason, strangers) == (LossReason.UNREACHABLE, 0)
    assert "redirect" in lost.text
    assert "secret" not in lost.text
