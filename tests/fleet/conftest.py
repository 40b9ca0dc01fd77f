"""Entries, programs and processes for the tests of the handlers' side."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from fleet.embedded import RedisServer
from fleet.keys import Keys, partition
from fleet.settings import Settings
from fleet.streams import StreamEntry

SECONDS = 60.0
"""Bound of every wait: generous, since the machine may be busy with other tests."""


@pytest.fixture
def keys(namespace: str) -> Keys:
    return Keys(namespace)


def online_payload(broadcaster: str) -> bytes:
    return orjson.dumps(
        {
            "subscription": {
                "id": "sub-1",
                "status": "enabled",
                "type": "stream.online",
                "version": "1",
                "condition": {"broadcaster_user_id": broadcaster},
                "transport": {"method": "conduit", "conduit_id": "conduit-1"},
                "created_at": "2026-01-01T00:00:00Z",
                "cost": 0,
            },
            "event": {
                "id": "9001",
                "broadcaster_user_id": broadcaster,
                "broadcaster_user_login": f"login{broadcaster}",
                "broadcaster_user_name": f"Name{broadcaster}",
                "type": "live",
                "started_at": "2026-01-01T00:00:00.123456789Z",
            },
        }
    )


def entry(message_id: str = "m1", broadcaster: str = "7", entry_id: str = "1-0", **changes: Any) -> StreamEntry:
    """A stream.online of one broadcaster, as an entry."""
    fields: dict[str, Any] = {
        "stream": "fleet:events:{stream.online:0}",
        "id": entry_id,
        "message_id": message_id,
        "type": "stream.online",
        "version": "1",
        "timestamp": "2026-01-01T00:00:00.123456789Z",
        "broadcaster_id": broadcaster,
        "subscription_id": "sub-1",
        "shard": "0",
        "received_ms": int(time.time() * 1000),
        "payload": online_payload(broadcaster),
    }
    return StreamEntry(**fields | changes)


@pytest.fixture
def make_entry() -> Callable[..., StreamEntry]:
    return entry


@dataclass
class Stream:
    """What a worker does: appends entries to the streams of the contract."""

    redis: Any
    keys: Keys

    async def add(self, message_id: str, broadcaster: str = "7", **changes: Any) -> str:
        """Appends a stream.online; returns the id of its entry."""
        made = entry(message_id, broadcaster, **changes)
        stream = self.keys.stream(made.type, partition(broadcaster, 1))
        added = await self.redis.xadd(stream, made.fields())
        await self.redis.sadd(self.keys.streams, stream)
        return str(added.decode())


@pytest.fixture
def stream(redis: Any, keys: Keys) -> Stream:
    return Stream(redis, keys)


async def eventually(condition: Callable[[], Any]) -> Any:
    """Waits until the condition, which may be a coroutine function, is true; returns what it said."""
    async with asyncio.timeout(SECONDS):
        while True:
            found = condition()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)


@pytest.fixture(name="eventually")
def eventually_fixture() -> Callable[..., Awaitable[Any]]:
    return eventually


@dataclass
class ArqProcess:
    """A running `arq fleet.handlers.WorkerSettings`."""

    process: asyncio.subprocess.Process
    log: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """What its handlers printed."""

    def said(self, event: str) -> list[dict[str, Any]]:
        """Its log lines of one event."""
        found = (orjson.loads(line) for line in self.log if line.startswith("{"))
        return [line for line in found if line.get("event") == event]

    async def until_said(self, event: str) -> dict[str, Any]:
        await eventually(lambda: self.said(event))
        return self.said(event)[0]

    async def ended(self, within_seconds: float = 20.0) -> int:
        async with asyncio.timeout(SECONDS):
            return await self.process.wait()


Launch = Callable[..., Any]


@pytest.fixture
def launch(server: RedisServer, namespace: str, settings: Settings, tmp_path: Path) -> Launch:
    """Starts handler processes of a program, given as its text."""

    @asynccontextmanager
    async def started(program: str, *, url: str = "", **environment: str) -> AsyncIterator[ArqProcess]:
        (tmp_path / "program.py").write_text(program, "utf-8")
        variables: Mapping[str, str] = {
            **os.environ,
            "REDIS_URL": url or server.url,
            "FLEET_NAMESPACE": namespace,
            "FLEET_APP": "program:app",
            "TWITCH_CLIENT_ID": "client",
            "TWITCH_CLIENT_SECRET": "secret",
            "TWITCH_API_URL": "http://127.0.0.1:9/helix",
            "TWITCH_AUTH_URL": "http://127.0.0.1:9/oauth2",
            "FLEET_HTTP_HOST": "127.0.0.1",
            "FLEET_HTTP_PORT": "0",
            "FLEET_HEARTBEAT_SECONDS": "0.1",
            "FLEET_MEMBER_TTL_SECONDS": "0.5",
            "FLEET_LOG_FORMAT": "json",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("arq")),
            "fleet.handlers.WorkerSettings",
            cwd=tmp_path,
            env=variables,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**22,
        )
        running = ArqProcess(process)
        pipes = (process.stdout, running.lines), (process.stderr, running.log)
        readers = [asyncio.create_task(_collect(pipe, kept)) for pipe, kept in pipes if pipe is not None]
        try:
            yield running
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            await asyncio.gather(*readers)

    return started


async def _collect(pipe: asyncio.StreamReader, kept: list[str]) -> None:
    while line := await pipe.readline():
        kept.append(line.decode().rstrip("\n"))
