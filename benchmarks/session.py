"""What the EventSub session costs, beside the floor: a bare aiohttp client that reads and throws away.

    python benchmarks/session.py [--events 100000] [--sockets 1000]

Prints three tables: notifications a second through the pure session; events per CPU second read from a socket on
loopback (the server is another process and doesn't count); kB of resident memory per idle socket. Floor and session
run in processes of their own, in turn.
"""

import argparse
import asyncio
import gc
import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import psutil
from aiohttp import WSMsgType, web

from twitch.eventsub.connection import Connection, open_http
from twitch.eventsub.outcomes import Notification, Outcome, Welcomed
from twitch.eventsub.session import Session
from twitch.eventsub.stimuli import Opened, Started

WELCOME = json.dumps(
    {
        "metadata": {"message_id": "w", "message_type": "session_welcome", "message_timestamp": "2026-01-01T00:00:00Z"},
        "payload": {"session": {"id": "s", "status": "connected", "keepalive_timeout_seconds": 600}},
    }
).encode()


def chat_message(number: int, text: str) -> bytes:
    """A channel.chat.message notification of about 1.3 kB."""
    event = {
        "broadcaster_user_id": "1971641",
        "broadcaster_user_login": "streamer",
        "broadcaster_user_name": "streamer",
        "chatter_user_id": "4145994",
        "chatter_user_login": "viptest",
        "chatter_user_name": "viptest",
        "message_id": "cc106a89-1814-919d-454c-f4f2f970aae7",
        "message": {"text": text, "fragments": [{"type": "text", "text": text, "cheermote": None, "emote": None}]},
        "color": "#00FF7F",
        "badges": [{"set_id": "moderator", "id": "1", "info": ""}, {"set_id": "subscriber", "id": "12", "info": "16"}],
        "message_type": "text",
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
    }
    subscription = {
        "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
        "status": "enabled",
        "type": "channel.chat.message",
        "version": "1",
        "cost": 0,
        "condition": {"broadcaster_user_id": "1971641", "user_id": "2914196"},
        "transport": {"method": "conduit", "conduit_id": "bfcfc993-26b1-b876-44d9-afe75a379dac"},
        "created_at": "2026-01-01T00:00:00.123456789Z",
    }
    metadata = {
        "message_id": f"befa7b53-d79d-478f-86b9-{number:012d}",
        "message_type": "notification",
        "message_timestamp": "2026-01-01T00:00:00.123456789Z",
        "subscription_type": "channel.chat.message",
        "subscription_version": "1",
    }
    frame = {"metadata": metadata, "payload": {"subscription": subscription, "event": event}}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()


def serve(events: int) -> None:
    """Serve /idle (a welcome, then silence) and /events (a welcome, `events` chat messages, a close)."""

    async def idle(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_frame(WELCOME, WSMsgType.TEXT)
        await websocket.receive()
        return websocket

    async def flood(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.send_frame(WELCOME, WSMsgType.TEXT)
        frames = [chat_message(n, "Hi chat, this is a message " * 4) for n in range(1000)]
        for number in range(events):
            await websocket.send_frame(frames[number % 1000], WSMsgType.TEXT)
        await websocket.close()
        return websocket

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/idle", idle)
        app.router.add_get("/events", flood)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=2048).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(main())


def pure(name: str, text: str) -> None:
    session = Session("wss://eventsub.wss.twitch.tv/ws")
    session.handle(Started(), 0.0)
    session.handle(Opened(1), 0.0)
    session.frame(1, WELCOME, 0.0)
    frames = [chat_message(n, text) for n in range(1000)]
    rates = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(50):
            for frame in frames:
                session.frame(1, frame, 1.0)
        rates.append(50 * len(frames) / (time.process_time() - started))
    print(f"  pure session, {name} of {len(frames[0])} B: {max(rates):>9,.0f} notifications/s")


async def read_bare(http: aiohttp.ClientSession, url: str, welcomed: Callable[[], None]) -> int:
    events = 0
    async with http.ws_connect(url, decode_text=False, max_msg_size=4 * 1024 * 1024) as websocket:
        welcomed()
        while (await websocket.receive()).type is WSMsgType.TEXT:
            events += 1
    return events - 1


async def read_session(http: aiohttp.ClientSession, url: str, welcomed: Callable[[], None]) -> int:
    events = 0

    def owner(outcome: Outcome) -> None:
        nonlocal events
        if type(outcome) is Notification:
            events += 1
        elif type(outcome) is Welcomed:
            welcomed()

    await Connection(http, url, owner).run()
    return events


READERS: dict[str, Callable[..., Any]] = {"bare aiohttp": read_bare, "session": read_session}


async def read(name: str, url: str, events: int) -> None:
    async with open_http() as http:
        started = time.process_time()
        seen = await READERS[name](http, f"{url}/events", lambda: None)
        seconds = time.process_time() - started
    assert seen == events, f"{seen} of {events} events"
    print(f"  {name:<13} {seen / seconds:>9,.0f} events per CPU second")


async def idle(name: str, url: str, sockets: int) -> None:
    process = psutil.Process()
    ready = 0

    def welcomed() -> None:
        nonlocal ready
        ready += 1

    async with open_http() as http:

        async def open_until(count: int) -> int:
            while len(tasks) < count:
                tasks.extend(asyncio.create_task(READERS[name](http, f"{url}/idle", welcomed)) for _ in range(50))
                while ready < len(tasks):
                    await asyncio.sleep(0.01)
            gc.collect()
            return process.memory_info().rss

        tasks: list[asyncio.Task[int]] = []
        before = await open_until(50)  # what is allocated once is not the sockets'
        after = await open_until(50 + sockets)
        busy = time.process_time()
        await asyncio.sleep(2)
        share = (time.process_time() - busy) / 2
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(f"  {name:<13} {(after - before) / sockets / 1000:>6.1f} kB per idle socket, {share:.2%} of a core")


def apart(work: Callable[..., Any], *arguments: object) -> None:
    """Run a coroutine function in a fresh process: its memory and CPU are its own."""
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(work, *arguments))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _run(work: Callable[..., Any], *arguments: object) -> None:
    asyncio.run(work(*arguments))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--sockets", type=int, default=1_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.events)
        return
    command = [sys.executable, __file__, "--serve", "--events", str(options.events)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = f"ws://127.0.0.1:{int(server.stdout.readline())}"
        print("Deciding")
        pure("ASCII", "Hi chat, this is a message " * 4)
        pure("emoji", "Hi chät, 🎉 message " * 4)
        print("Reading")
        for name in READERS:
            apart(read, name, url, options.events)
        print("Idling")
        for name in READERS:
            apart(idle, name, url, options.sockets)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()
