"""A source of frames for benchmarks: a server in a process of its own, whose CPU does not count.

`/events` welcomes and sends chat messages of about 1.3 kB as fast as they are taken, or at a rate; `/shard` does so once
the shard was bound; `/idle` welcomes and is silent. Every message has an id of its own, so that dedup does its full work,
and is of the next of some channels. The few calls that bind a shard are answered too: a token, a conduit of one shard.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection as Pipe

from aiohttp import web

WELCOME = json.dumps(
    {
        "metadata": {"message_id": "w", "message_type": "session_welcome", "message_timestamp": "2026-01-01T00:00:00Z"},
        "payload": {
            "session": {
                "id": "s",
                "status": "connected",
                "keepalive_timeout_seconds": 600,
                "connected_at": "2026-01-01T00:00:00Z",
            }
        },
    }
)
TEXT = "HeyGuys this is what a chat message of ordinary length looks like once somebody has typed it " * 2


def chat_message(message_id: str, timestamp: str, broadcaster_id: str = "1971641") -> str:
    """A channel.chat.message notification of about 1.3 kB."""
    event = {
        "broadcaster_user_id": broadcaster_id,
        "broadcaster_user_login": "streamer",
        "broadcaster_user_name": "streamer",
        "source_broadcaster_user_id": None,
        "source_broadcaster_user_login": None,
        "source_broadcaster_user_name": None,
        "chatter_user_id": "4145994",
        "chatter_user_login": "viptest",
        "chatter_user_name": "viptest",
        "message_id": "cc106a89-1814-919d-454c-f4f2f970aae7",
        "message": {"text": TEXT, "fragments": [{"type": "text", "text": TEXT, "cheermote": None, "emote": None}]},
        "color": "#00FF7F",
        "badges": [{"set_id": "moderator", "id": "1", "info": ""}, {"set_id": "subscriber", "id": "12", "info": "16"}],
        "message_type": "text",
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
        "source_message_id": None,
        "source_badges": None,
        "is_source_only": None,
    }
    subscription = {
        "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
        "status": "enabled",
        "type": "channel.chat.message",
        "version": "1",
        "cost": 0,
        "condition": {"broadcaster_user_id": broadcaster_id, "user_id": "2914196"},
        "transport": {"method": "conduit", "conduit_id": "bfcfc993-26b1-b876-44d9-afe75a379dac"},
        "created_at": "2026-01-01T00:00:00.123456789Z",
    }
    metadata = {
        "message_id": message_id,
        "message_type": "notification",
        "message_timestamp": timestamp,
        "subscription_type": "channel.chat.message",
        "subscription_version": "1",
    }
    frame = {"metadata": metadata, "payload": {"subscription": subscription, "event": event}}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _serve(events: int, rate: float, channels: int, pipe: Pipe) -> None:
    patterns = []
    for channel in range(channels):
        before, after = chat_message("MESSAGE-ID", "TIMESTAMP", str(1971641 + channel)).split("MESSAGE-ID")
        patterns.append((before, *after.split("TIMESTAMP", 1)))
    serials = iter(range(10**12))
    bound = asyncio.Event()

    def frame() -> str:
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1e9):09d}Z"
        serial = next(serials)
        before, between, after = patterns[serial % channels]
        return f"{before}befa7b53-d79d-478f-{os.getpid() % 10000:04d}-{serial:012d}{between}{stamp}{after}"

    async def events_socket(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, autoclose=False)
        await socket.prepare(request)
        await socket.send_str(WELCOME)
        if request.path == "/shard":
            await bound.wait()
        began = time.monotonic()
        with suppress(ConnectionError):  # the reader has what it wanted, and left
            for number in range(events):
                if rate and (ahead := began + number / rate - time.monotonic()) > 0:
                    await asyncio.sleep(ahead)
                await socket.send_str(frame())
            await socket.receive()
        return socket

    async def idle_socket(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        await socket.send_str(WELCOME)
        await socket.receive()
        return socket

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "benchmark", "expires_in": 5_000_000, "token_type": "bearer"})

    async def validate(_: web.Request) -> web.Response:
        return web.json_response({"client_id": "id", "scopes": [], "expires_in": 5_000_000})

    async def conduits(_: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "conduit", "shard_count": 1}]})

    async def shards(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"data": [], "pagination": {}})
        bound.set()
        transport = {"method": "websocket", "session_id": "s", "connected_at": "2026-01-01T00:00:00Z"}
        shard = {"id": "0", "status": "enabled", "transport": transport}
        return web.json_response({"data": [shard], "errors": []}, status=202)

    async def main() -> None:
        app = web.Application()
        app.add_routes([web.get("/events", events_socket), web.get("/shard", events_socket)])
        app.add_routes([web.get("/idle", idle_socket), web.post("/oauth2/token", token)])
        app.add_routes([web.get("/oauth2/validate", validate)])
        app.add_routes([web.get("/helix/eventsub/conduits", conduits)])
        app.add_routes([web.route("*", "/helix/eventsub/conduits/shards", shards)])
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.to_thread(pipe.poll, None)  # until the parent closes its end, or dies
        await runner.cleanup()

    asyncio.run(main())


@contextmanager
def source(events: int = 0, rate: float = 0.0, channels: int = 1) -> Iterator[str]:
    """The address of a running source; `events` and `rate` (events/s, 0 = as fast as they are taken) are per socket."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(events, rate, channels, theirs), daemon=True)
    process.start()
    try:
        yield f"ws://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join(5)


def arguments(description: str | None, **defaults: float | str) -> argparse.Namespace:
    """Command line of a benchmark: one option a default."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n", 1)[0])
    for name, default in defaults.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    return parser.parse_args()


def report(name: str, **figures: object) -> None:
    """The one line that a benchmark prints."""
    sys.stdout.write(json.dumps({"benchmark": name, **figures}) + "\n")
