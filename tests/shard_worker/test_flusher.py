"""The flusher against real Redis servers: every event once, whatever becomes of Redis or of its answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from fleet.connection import AWAY, connect
from fleet.embedded import RedisServer, redis_server, start
from fleet.keys import Keys
from fleet.scripts import Scripts
from fleet.settings import Secret, Settings
from shard_worker.appender import Appender
from shard_worker.backlog import Backlog
from shard_worker.flusher import Flusher
from shard_worker.intake import Intake
from shard_worker.spooling import Disk, Spooling
from twitch.eventsub.outcomes import Notification, Revocation
from twitch.ids import MessageId

TYPE = "channel.follow"


def payload(number: int) -> bytes:
    return (
        b'{"subscription":{"id":"sub","status":"enabled","condition":{"broadcaster_user_id":"42"}},"event":{"n":%d}}'
        % number
    )


def notification(number: int) -> Notification:
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime())
    return Notification(MessageId(f"m{number}"), TYPE, "2", stamp, payload(number))


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def written(url: str, keys: Keys) -> list[str]:
    """Message ids in the stream, in order."""
    async with Redis.from_url(url) as redis:
        return [fields[b"message_id"].decode() for _, fields in await redis.xrange(keys.stream(TYPE, 0))]


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("fleet_flushes_total", {"outcome": outcome}) or 0.0


def ids(*numbers: int) -> list[str]:
    return [f"m{number}" for number in numbers]


@dataclass
class Line:
    """A flusher with what stands before it."""

    settings: Settings
    redis: Redis
    flusher: Flusher
    keys: Keys

    def read(self, *numbers: int) -> None:
        for number in numbers:
            assert self.flusher.backlog.put(self.flusher.intake.row(notification(number), "0"))

    async def flushed(self, seconds: float = 60.0) -> None:
        await until(lambda: len(self.flusher) == 0, seconds)


@asynccontextmanager
async def line(settings: Settings, *, life: str = "life", timeout_seconds: float = 2.0) -> AsyncIterator[Line]:
    keys = Keys(settings.namespace)
    redis = connect(settings, timeout_seconds=timeout_seconds)
    backlog, intake = Backlog(settings.queue_bytes_max, settings.spool_bytes_max), Intake(keys, settings.partitions)
    spooling = Spooling(settings, backlog, life, intake.partitions, Disk(settings.spool_dir))
    appender = Appender(settings, redis, keys, Scripts(redis), intake.clock)
    flusher = Flusher(settings, backlog, intake, appender, spooling, life)
    running = [asyncio.create_task(flusher.run()), asyncio.create_task(spooling.run())]
    try:
        yield Line(settings, redis, flusher, keys)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await spooling.close()
        await redis.aclose()


@dataclass
class Proxy:
    """A TCP proxy that can cut a connection between a request and its answer, and point elsewhere."""

    target_port: int
    port: int = 0
    lose_answer_to: bytes = b""
    lost: int = 0
    refusing: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.create_task(self.serve(reader, writer)))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
        self._writers |= {writer, back}
        losing = False

        async def forth() -> None:
            nonlocal losing
            while data := await reader.read(1 << 20):
                losing = losing or (bool(self.lose_answer_to) and self.lose_answer_to in data)
                back.write(data)

        async def forward() -> None:
            while data := await there.read(1 << 20):
                if losing:
                    self.lost += 1
                    self.lose_answer_to = b""
                    return
                writer.write(data)

        tasks = [asyncio.create_task(forth()), asyncio.create_task(forward())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for each in (writer, back):
                each.transport.abort()
                self._writers.discard(each)

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def proxy(target_port: int) -> AsyncIterator[Proxy]:
    between = Proxy(target_port)
    listening = await asyncio.start_server(between.accept, "127.0.0.1", 0)
    between.port = listening.sockets[0].getsockname()[1]
    try:
        yield between
    finally:
        listening.close()
        await between.stop()


def through(settings: Settings, port: int) -> Settings:
    return replace(settings, redis_url=Secret(f"redis://127.0.0.1:{port}/0"))


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of the test's own, which keeps what it acknowledged."""
    server = start("--appendonly", "yes", "--appendfsync", "always", folder=tmp_path)
    yield server
    server.stop()


def restarted(server: RedisServer) -> None:
    server.stop()
    again = start("--appendonly", "yes", "--appendfsync", "always", folder=server.folder, port=server.port)
    server.process = again.process


class TestEntries:
    async def test_an_entry_is_what_the_contract_says(self, settings: Settings, redis: Redis) -> None:
        async with line(settings) as it:
            before = time.time() * 1000
            event = notification(1)
            it.flusher.backlog.put(it.flusher.intake.row(event, "7"))
            await it.flushed()
            [(_, fields)] = await redis.xrange(it.keys.stream(TYPE, 0))
            received_ms = int(fields.pop(b"received_ms"))
            assert before - 1 <= received_ms <= time.time() * 1000
            assert fields == {
                b"v": b"1",
                b"message_id": b"m1",
                b"type": TYPE.encode(),
                b"version": b"2",
                b"timestamp": event.timestamp.encode(),
                b"broadcaster_id": b"42",
                b"subscription_id": b"sub",
                b"shard": b"7",
                b"payload": payload(1),
            }

    async def test_a_payload_that_is_no_utf_8_goes_through_as_it_is(self, settings: Settings, redis: Redis) -> None:
        async with line(settings) as it:
            broken = Notification(MessageId("m1"), TYPE, "1", "no time", b'{"subscription":\xff}')
            it.flusher.backlog.put(it.flusher.intake.row(broken, "0"))
            await it.flushed()
            [(_, fields)] = await redis.xrange(it.keys.stream(TYPE, 0))
            assert fields[b"payload"] == b'{"subscription":\xff}'

    async def test_a_revocation_goes_to_its_stream(self, settings: Settings, redis: Redis) -> None:
        async with line(settings) as it:
            revocation = Revocation(MessageId("r1"), TYPE, "1", "", payload(1))
            it.flusher.backlog.put(it.flusher.intake.row(revocation, "0"))
            await it.flushed()
            [(_, fields)] = await redis.xrange(it.keys.revocations)
            assert (fields[b"message_id"], fields[b"subscription_id"]) == (b"r1", b"sub")
            assert await redis.exists(it.keys.streams) == 0

    async def test_events_go_out_in_order_in_flushes_of_bounded_size(
        self, settings: Settings, server: RedisServer
    ) -> None:
        async with line(replace(settings, flush_events_max=10)) as it:
            it.read(*range(95))
            await it.flushed()
            assert await written(server.url, it.keys) == ids(*range(95))

    async def test_two_workers_that_read_the_same_event_write_it_once(
        self, settings: Settings, server: RedisServer
    ) -> None:
        async with line(settings, life="one") as one, line(settings, life="two") as two:
            for number in range(50):
                one.read(number)
                two.read(number)
                await asyncio.sleep(0)
            await one.flushed()
            await two.flushed()
            assert sorted(await written(server.url, one.keys)) == sorted(ids(*range(50)))


class TestOutages:
    async def test_a_flush_whose_answer_was_lost_counts_once(self, settings: Settings, server: RedisServer) -> None:
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            it.read(1)
            await it.flushed()
            between.lose_answer_to = b"EVALSHA"
            it.read(2, 3)
            await it.flushed()
            assert between.lost == 1
            assert await written(server.url, it.keys) == ids(1, 2, 3)

    async def test_while_redis_is_away_events_wait_in_order(self, settings: Settings, server: RedisServer) -> None:
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            it.read(1)
            await it.flushed()
            between.refusing = True
            between.cut()
            it.read(*range(2, 30))
            await until(lambda: not it.flusher.answered)
            it.read(*range(30, 60))
            assert len(it.flusher) == 58
            between.refusing = False
            await it.flushed()
            assert it.flusher.answered
            assert await written(server.url, it.keys) == ids(*range(1, 60))

    async def test_a_restart_in_the_middle_loses_nothing(self, settings: Settings, durable: RedisServer) -> None:
        async with line(replace(settings, redis_url=Secret(durable.url), flush_events_max=20)) as it:
            it.read(*range(100))
            await until(lambda: len(it.flusher) < 80)
            restarting = asyncio.get_running_loop().run_in_executor(None, restarted, durable)
            for number in range(100, 300):
                it.read(number)
                await asyncio.sleep(0.001)
            await restarting
            await it.flushed()
            assert await written(durable.url, it.keys) == ids(*range(300))

    async def test_a_full_redis_is_waited_for(self, settings: Settings) -> None:
        with redis_server() as small:
            async with line(replace(settings, redis_url=Secret(small.url))) as it, Redis.from_url(small.url) as admin:
                it.read(1)
                await it.flushed()
                await admin.config_set("maxmemory", "1")
                with capture_logs() as said:
                    unanswered = counted("unanswered")
                    it.read(2, 3)
                    await until(lambda: counted("unanswered") >= unanswered + 3)
                    assert len(it.flusher) == 2
                    await admin.config_set("maxmemory", "0")
                    await it.flushed()
                assert [line["event"] for line in said] == ["flush.refused", "flush.taken_again"], (
                    "once, and not each time"
                )
                assert await written(small.url, it.keys) == ids(1, 2, 3)

    async def test_a_cancelled_flush_is_not_forgotten(self, settings: Settings, server: RedisServer) -> None:
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            between.refusing = True
            between.cut()
            it.read(1, 2)
            await until(lambda: it.flusher.backlog.in_flight is not None)
        assert it.flusher.backlog.in_flight is None
        assert len(it.flusher) == 2


class TestAnotherServer:
    """A fail-over to a Redis that lacks the last writes: what was acknowledged lately goes out again."""

    @pytest.fixture
    def other(self) -> Iterator[RedisServer]:
        with redis_server() as running:
            yield running

    async def test_what_was_acknowledged_lately_is_written_there_too(
        self, settings: Settings, server: RedisServer, other: RedisServer
    ) -> None:
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            it.read(1, 2, 3)
            await it.flushed()
            between.refusing, between.target_port = True, other.port
            between.cut()
            it.read(4)
            await until(lambda: not it.flusher.answered)
            between.refusing = False
            await until(lambda: it.flusher.answered)
            await it.flushed()
            assert await written(other.url, it.keys) == ids(1, 2, 3, 4)

    async def test_also_where_no_flush_met_the_outage(
        self, settings: Settings, server: RedisServer, other: RedisServer
    ) -> None:
        """The change fell between two flushes: a new connection is all that there was."""
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            it.read(1, 2, 3)
            await it.flushed()
            between.target_port = other.port
            between.cut()
            it.read(4)
            await it.flushed()
            assert await written(other.url, it.keys) == ids(1, 2, 3, 4)

    async def test_a_worker_without_events_looks_by_itself(
        self, settings: Settings, server: RedisServer, other: RedisServer
    ) -> None:
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            it.read(1, 2, 3)
            await it.flushed()
            await it.flusher.look_for_losses()
            assert len(it.flusher) == 0
            between.target_port = other.port
            between.cut()
            with suppress(*AWAY):  # the end of the old connection may be met first
                await it.redis.ping()
            await it.flusher.look_for_losses()
            await it.flushed()
            assert await written(other.url, it.keys) == ids(1, 2, 3)

    async def test_a_flush_that_is_under_way_then_comes_after_them(
        self, settings: Settings, server: RedisServer, other: RedisServer
    ) -> None:
        """The heartbeat may find out that data was lost while a flush still waits for its answer."""
        async with proxy(server.port) as between, line(through(settings, between.port)) as it:
            it.read(1, 2, 3)
            await it.flushed()
            between.refusing, between.target_port = True, other.port
            between.cut()
            it.read(4)
            await until(lambda: not it.flusher.answered)
            it.flusher.replay()
            between.refusing = False
            await it.flushed()
            assert await written(other.url, it.keys) == ids(1, 2, 3, 4)

    async def test_one_that_has_everything_writes_nothing_twice(self, settings: Settings, durable: RedisServer) -> None:
        async with line(replace(settings, redis_url=Secret(durable.url))) as it:
            it.read(1, 2, 3)
            await it.flushed()
            await asyncio.get_running_loop().run_in_executor(None, restarted, durable)
            it.read(4)
            await it.flushed()
            assert await written(durable.url, it.keys) == ids(1, 2, 3, 4)

    async def test_what_the_window_has_forgotten_is_not_written_again(
        self, settings: Settings, server: RedisServer
    ) -> None:
        """A flush of long ago, the last of a quiet worker, has no place in a replay: nobody would know it for a double."""
        async with line(settings) as it:
            it.read(1)
            await it.flushed()
            clock = it.flusher.appender.clock
            it.flusher.appender.clock = lambda: clock() + settings.dedup_seconds
            it.flusher.replay()
            assert len(it.flusher) == 0


async def test_an_error_of_redis_is_waited_out(settings: Settings, redis: Redis, server: RedisServer) -> None:
    """Not an outage, but nothing that a worker could mend either: an operator can, and no event is lost."""
    async with line(settings) as it:
        await redis.set(it.keys.stream(TYPE, 0), "in the way")
        it.read(1)
        await until(lambda: not it.flusher.answered)
        with pytest.raises(RedisError):
            await redis.xlen(it.keys.stream(TYPE, 0))
        await redis.delete(it.keys.stream(TYPE, 0))
        await it.flushed()
        assert await written(server.url, it.keys) == ids(1)
