"""Following a stream: what is appended from now on, each entry, though reads end and Redis goes away between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisAway

from coordinator.tail import Entry, follow


class Stream:
    """A stream, and what was taken from it. `Redis` may be told what happens after one of its reads."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis, self.name = redis, name
        self.taken: asyncio.Queue[bytes] = asyncio.Queue()
        self.after_read: Callable[[], Any] | None = None
        self.xrevrange = redis.xrevrange

    async def append(self, text: str) -> None:
        await self._redis.xadd(self.name, {"text": text})

    async def xread(self, streams: Any, **options: Any) -> Any:
        answer = await self._redis.xread(streams, count=options["count"], block=1)
        if self.after_read is not None and not answer:
            after, self.after_read = self.after_read, None
            await after()
        return answer

    async def take(self, entries: Sequence[Entry]) -> None:
        for _, fields in entries:
            self.taken.put_nowait(fields[b"text"])

    async def next(self) -> bytes:
        async with asyncio.timeout(30):
            return await self.taken.get()


@pytest.fixture
def stream(redis: Redis, namespace: str) -> Stream:
    return Stream(redis, f"{namespace}:stream")


async def test_the_first_entry_is_taken_though_it_came_between_two_reads(stream: Stream) -> None:
    stream.after_read = lambda: stream.append("first")
    following = asyncio.create_task(follow(stream, stream.name, stream.take))  # type: ignore[arg-type] # all that it uses
    assert await stream.next() == b"first"
    await stream.append("second")
    assert await stream.next() == b"second"
    following.cancel()


async def test_what_stood_there_before_is_of_the_past(stream: Stream) -> None:
    await stream.append("old")
    stream.after_read = lambda: stream.append("new")
    following = asyncio.create_task(follow(stream, stream.name, stream.take))  # type: ignore[arg-type] # as above
    assert await stream.next() == b"new"
    following.cancel()


async def test_entries_that_could_not_be_dealt_with_come_again(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coordinator.tail.RETRY_SECONDS", 0.0)
    away = [RedisAway("away")]

    async def take(entries: Sequence[Entry]) -> None:
        if away:
            raise away.pop()
        await stream.take(entries)

    stream.after_read = lambda: stream.append("kept")
    following = asyncio.create_task(follow(stream, stream.name, take))  # type: ignore[arg-type] # as above
    assert await stream.next() == b"kept"
    following.cancel()
