"""`conduit.shard.disabled`, read from its own stream: which shard, and with which session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import orjson
from prometheus_client import REGISTRY

from coordinator.notices import TYPE, hear
from coordinator.term import Term

Heard = asyncio.Queue[tuple[int, str]]


@asynccontextmanager
async def hearing(term: Term) -> AsyncIterator[Heard]:
    """What is heard, from when somebody listens."""
    heard: Heard = asyncio.Queue()
    listens = asyncio.Event()

    def doubt(shard: int, session: str) -> bool:
        listens.set()
        if session != "probe":
            heard.put_nowait((shard, session))
        return session.startswith("s")

    task = asyncio.create_task(hear(term, doubt))
    try:
        async with asyncio.timeout(30):
            while not listens.is_set():
                await notice(term, disabled("0", "probe"))
                await asyncio.sleep(0.01)
            yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def notice(term: Term, payload: bytes) -> None:
    await term.redis.xadd(term.keys.stream(TYPE, 0), {"payload": payload})


def disabled(shard: str, session: str | None) -> bytes:
    """As documented, but for what nobody reads."""
    transport = {"method": "websocket", "session_id": session, "disconnected_at": "2020-11-11T14:32:18.730260295Z"}
    event = {"conduit_id": "c", "shard_id": shard, "status": "websocket_disconnected", "transport": transport}
    return orjson.dumps({"subscription": {"type": TYPE}, "event": event})


async def test_each_notice_tells_its_shard_and_the_session_it_had(term: Term) -> None:
    async with hearing(term) as heard:
        for shard, session in ((4, "s4"), (2, "s2"), (7, None)):
            await notice(term, disabled(str(shard), session))
        assert [await heard.get() for _ in range(3)] == [(4, "s4"), (2, "s2"), (7, "")]


async def test_one_that_cant_be_read_is_passed_over(term: Term) -> None:
    async with hearing(term) as heard:
        await term.redis.xadd(term.keys.stream(TYPE, 0), {"no": "payload"})
        for payload in (b"{", b'{"event":{}}', b"[" * 100_000, disabled("first", "s1"), disabled("2", "s2")):
            await notice(term, payload)
        assert await heard.get() == (2, "s2")


async def test_what_they_were_worth_is_counted(term: Term) -> None:
    def counted() -> list[float]:
        found = (
            REGISTRY.get_sample_value("conduit_notices_total", {"outcome": each})
            for each in ("asked", "stale", "unreadable")
        )
        return [each or 0.0 for each in found]

    async with hearing(term) as heard:
        for session in ("before", "s1"):
            await notice(term, disabled("0", session))  # the probes have all been counted by then
        assert [await heard.get() for _ in range(2)] == [(0, "before"), (0, "s1")]
        before = counted()
        for payload in (disabled("1", "s1"), disabled("1", "s2"), disabled("1", "of old"), b"{", disabled("9", "s9")):
            await notice(term, payload)
        while await heard.get() != (9, "s9"):
            pass
        await until_counted(counted, [now + more for now, more in zip(before, (3, 1, 1), strict=True)])


async def until_counted(counted: Callable[[], list[float]], expected: list[float]) -> None:
    async with asyncio.timeout(30):
        while counted() != expected:
            await asyncio.sleep(0.01)


async def test_what_was_there_before_is_of_the_past(term: Term) -> None:
    await notice(term, disabled("1", "old"))
    async with hearing(term) as heard:
        await notice(term, disabled("2", "new"))
        assert await heard.get() == (2, "new")
