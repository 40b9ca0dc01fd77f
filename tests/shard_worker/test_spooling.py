"""A worker's own spool between a real Redis and a real disk: in order, once, byte for byte, within its bounds."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from fleet.connection import connect
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.settings import Secret, Settings
from shard_worker.drain import EVENTS_LEFT, drain
from shard_worker.volume import FLEET_BYTES_MAX
from shard_worker.worker import Worker
from twitch.eventsub.outcomes import Notification
from twitch.eventsub.sockets import open_http
from twitch.ids import MessageId

SECONDS = 60.0
QUEUE_BYTES = 1_000_000
TYPE = "channel.chat.message"


def payload(number: int) -> bytes:
    words = ("größer ☃ 🤣" * 20).encode() if number % 3 else b"\xff\xfe is no UTF-8"
    return b'{"subscription":{"id":"s","condition":{"broadcaster_user_id":"7"}},"event":{"n":%d,"t":"%s"}}' % (
        number,
        words,
    )


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():
            await asyncio.sleep(0.005)


@dataclass
class Life:
    """A worker without sockets, which is handed its events."""

    worker: Worker
    redis: Redis
    running: asyncio.Task[None]

    def read(self, *numbers: int) -> list[int]:
        """Takes events in as its sockets would; returns those for which there was room."""
        backlog, intake = self.worker.flusher.backlog, self.worker.flusher.intake
        events = [Notification(MessageId(f"m{number}"), TYPE, "1", "", payload(number)) for number in numbers]
        return [number for number, event in zip(numbers, events, strict=True) if backlog.put(intake.row(event, "0"))]

    async def read_on_disk(self, *numbers: int) -> list[int]:
        """The same, at a pace that the disk keeps up with."""
        taken, backlog = [], self.worker.flusher.backlog
        for start in range(0, len(numbers), 20):
            taken += self.read(*numbers[start : start + 20])
            await until(lambda: not backlog.spooling or backlog.disk_full or backlog.bytes < QUEUE_BYTES * 13 // 16)
        return taken

    async def all_on_disk(self) -> None:
        """Waits until what found no room in memory is written."""
        backlog = self.worker.flusher.backlog
        await until(lambda: not backlog._tail and backlog._writing is None)

    async def all_written(self) -> None:
        await until(lambda: self.worker.unwritten == 0)


@asynccontextmanager
async def life(settings: Settings, name: str = "life") -> AsyncIterator[Life]:
    redis, control = connect(settings, timeout_seconds=2.0), connect(settings, timeout_seconds=2.0)
    async with open_http() as http:
        worker = Worker(settings, redis, control, http, name, name)
        running = asyncio.create_task(worker.run())
        try:
            async with Redis.from_url(settings.redis_url) as own:  # which is patient: a busy machine reads slowly
                yield Life(worker, own, running)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await worker.close()
            await redis.aclose()
            await control.aclose()


@asynccontextmanager
async def full(server: RedisServer) -> AsyncIterator[None]:
    """For the length of a block Redis takes nothing."""
    async with Redis.from_url(server.url) as admin:
        await admin.config_set("maxmemory", "1")
        try:
            yield
        finally:
            await admin.config_set("maxmemory", "0")


async def streamed(redis: Redis, settings: Settings) -> list[int]:
    entries = await redis.xrange(Keys(settings.namespace).stream(TYPE, 0))
    numbers = [int(fields[b"message_id"][1:]) for _, fields in entries]
    assert [fields[b"payload"] for _, fields in entries] == [payload(number) for number in numbers]
    return numbers


def segments(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.segment"))


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def settings(own_server: RedisServer, settings: Settings, tmp_path: Path) -> Settings:
    return replace(
        settings, redis_url=Secret(own_server.url), spool_dir=str(tmp_path / "spool"), queue_bytes_max=QUEUE_BYTES
    )


class TestWhileRedisTakesNothing:
    async def test_what_finds_no_room_in_memory_waits_on_disk_and_goes_out_in_order(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        async with life(settings) as it:
            await until(lambda: it.worker.flusher.backlog.spool_usable)
            async with full(own_server):
                taken = await it.read_on_disk(*range(3000))
                await until(lambda: it.worker.flusher.backlog.on_disk > 1000)
                assert taken == list(range(3000))
                assert it.worker.flusher.backlog.bytes <= QUEUE_BYTES
                assert len(it.worker.flusher) == 3000
                await until(lambda: counted("fleet_spool_events") > 1000)
                assert sum(path.stat().st_size for path in segments(tmp_path)) > 0
            await it.all_written()
            assert await streamed(it.redis, settings) == list(range(3000))
            assert segments(tmp_path) == []
            await until(lambda: counted("fleet_spool_bytes") == counted("fleet_spool_events") == 0)
        assert list((tmp_path / "spool").iterdir()) == [], "a worker that leaves nothing behind leaves no folder"

    async def test_events_that_come_while_the_spool_empties_keep_their_place(
        self, settings: Settings, own_server: RedisServer
    ) -> None:
        async with life(settings) as it:
            await until(lambda: it.worker.flusher.backlog.spool_usable)
            taken = []
            for spell in range(3):
                async with full(own_server):
                    taken += await it.read_on_disk(*range(spell * 3000, spell * 3000 + 2000))
                for start in range(spell * 3000 + 2000, spell * 3000 + 3000, 10):
                    taken += it.read(*range(start, start + 10))
                    await asyncio.sleep(0)
            await it.all_written()
            assert await streamed(it.redis, settings) == taken
            assert len(taken) > 6000

    async def test_what_is_read_meanwhile_is_counted_and_gathers_nowhere_else(
        self, settings: Settings, own_server: RedisServer
    ) -> None:
        before = counted("eventsub_notifications_total", type=TYPE)
        unanswered = counted("fleet_flushes_total", outcome="unanswered")
        async with full(own_server), life(settings) as it:
            it.read(0)
            await until(lambda: counted("fleet_flushes_total", outcome="unanswered") > unanswered)
            it.read(*range(1, 20))
            await until(lambda: counted("eventsub_notifications_total", type=TYPE) == before + 20)
            assert it.worker.flusher.intake.delays == []

    async def test_a_full_spool_keeps_the_oldest(self, settings: Settings, own_server: RedisServer) -> None:
        settings = replace(settings, spool_bytes_max=QUEUE_BYTES)
        async with life(settings) as it:
            backlog = it.worker.flusher.backlog
            await until(lambda: backlog.spool_usable)
            async with full(own_server):
                taken = await it.read_on_disk(*range(4000))
                refused = sorted(set(range(4000)) - set(taken))
                # At the edge some find room after others did not: small ones, and those that met a record being written.
                assert 0 <= len(taken) - refused[0] < len(taken) // 10
                assert backlog.why_refused() == "spool_full"
                assert backlog.disk_bytes <= QUEUE_BYTES
                assert backlog.bytes <= QUEUE_BYTES
            await it.all_written()
            assert await streamed(it.redis, settings) == taken


class TestADiskThatRefuses:
    async def test_events_go_on_waiting_in_memory_and_on_disk_once_it_is_mended(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        """A file stands where the folder was: the kernel refuses to make another in it."""
        before = counted("fleet_spool_errors_total", kind="other")
        async with life(settings) as it:
            backlog = it.worker.flusher.backlog
            await until(lambda: backlog.spool_usable)
            async with full(own_server):
                shutil.rmtree(tmp_path / "spool" / "life")
                (tmp_path / "spool" / "life").touch()
                taken = it.read(*range(2000))
                assert 100 < len(taken) < 2000
                await until(lambda: counted("fleet_spool_errors_total", kind="other") > before)
                assert backlog.why_refused() == "spool_failed"
                assert backlog.bytes <= QUEUE_BYTES
                (tmp_path / "spool" / "life").unlink()
                await until(lambda: backlog.on_disk > 0)
                taken += it.read(2000)
            await it.all_written()
            assert await streamed(it.redis, settings) == taken

    async def test_a_folder_that_can_t_be_made_is_tried_again_and_memory_serves_meanwhile(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        (tmp_path / "spool").write_text("a file in the way")
        before = counted("fleet_spool_errors_total", kind="other")
        async with life(settings) as it:
            await until(lambda: counted("fleet_spool_errors_total", kind="other") > before)
            async with full(own_server):
                taken = it.read(*range(2000))
                assert 100 < len(taken) < 2000
                assert it.worker.flusher.backlog.why_refused() == "queue_full"
            await it.all_written()
            assert await streamed(it.redis, settings) == taken
            (tmp_path / "spool").unlink()
            await until(lambda: it.worker.flusher.backlog.spool_usable)

    async def test_a_segment_that_is_gone_is_counted_and_what_follows_goes_out(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        before = counted("fleet_dropped_events_total", reason="spool_damaged")
        settings = replace(settings, spool_bytes_max=10 * QUEUE_BYTES)
        async with life(settings) as it:
            await until(lambda: it.worker.flusher.backlog.spool_usable)
            async with full(own_server):
                taken = await it.read_on_disk(*range(8000))
                await until(lambda: len(segments(tmp_path)) > 2)
                segments(tmp_path)[1].unlink()
            await it.all_written()
            found = await streamed(it.redis, settings)
            lost = counted("fleet_dropped_events_total", reason="spool_damaged") - before
            assert found == sorted(found)
            assert len(found) + lost == len(taken)
            assert lost > 0


class TestTheNextLife:
    async def killed(self, it: Life) -> None:
        """Ends a life as SIGKILL would: nothing more is written anywhere, and its lock is gone."""
        it.running.cancel()
        await asyncio.gather(it.running, return_exceptions=True)

    async def killed_while_its_spool_empties(self, settings: Settings, server: RedisServer) -> list[int]:
        """A life that had 3,000 events to write, and some of them still on disk at its end. Returns those that it took in."""
        async with life(settings, "first") as first:
            await until(lambda: first.worker.flusher.backlog.spool_usable)
            async with full(server):
                taken = await first.read_on_disk(*range(3000))
                await first.all_on_disk()
            await until(lambda: 0 < first.worker.flusher.backlog.on_disk < 1000)
            await self.killed(first)
        return taken

    async def test_it_sends_what_is_on_the_disk_while_it_goes_on_itself(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        async with full(own_server):
            async with life(settings, "first") as first:
                await until(lambda: first.worker.flusher.backlog.spool_usable)
                taken = await first.read_on_disk(*range(3000))
                await first.all_on_disk()
                on_disk = first.worker.flusher.backlog.on_disk
                await self.killed(first)
            async with life(settings, "second") as second:
                await until(lambda: second.worker.unwritten == on_disk)
                assert second.worker.flusher.backlog.disk_bytes > 0, "what it has adopted is within its bound"
        adopted_before = counted("fleet_spool_adopted_events_total")
        async with life(settings, "third") as third:
            await until(lambda: counted("fleet_spool_adopted_events_total") == adopted_before + on_disk)
            third.read(*range(5000, 5010))
            await third.all_written()
            found = await streamed(third.redis, settings)
            assert [number for number in found if number < 5000] == taken[len(taken) - on_disk :]
            assert found[-10:] == list(range(5000, 5010))
            assert third.worker.flusher.backlog.disk_bytes == 0
        assert list((tmp_path / "spool").iterdir()) == []

    async def test_what_redis_has_is_not_sent_again_even_where_the_dedup_window_has_forgotten_it(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        """A worker killed while its spool empties: its position is in Redis, written with the events."""
        settings = replace(settings, flush_events_max=10)
        taken = await self.killed_while_its_spool_empties(settings, own_server)
        async with Redis.from_url(own_server.url) as redis:
            window = [key async for key in redis.scan_iter(f"{Keys(settings.namespace).dedup}*")]
            assert window
            await redis.delete(*window)
        async with life(settings, "second") as second:
            await until(lambda: not (tmp_path / "spool" / "first").exists())
            await second.all_written()
            assert await streamed(second.redis, settings) == taken

    async def test_what_stands_behind_that_and_can_t_be_read_for_a_moment_is_sent_later(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = replace(settings, flush_events_max=10)
        taken = await self.killed_while_its_spool_empties(settings, own_server)
        errors, pread = counted("fleet_spool_errors_total", kind="EIO"), os.pread

        def no_rows(file: int, length: int, offset: int) -> bytes:
            if length > FLEET_BYTES_MAX:  # neither a lock nor a header
                raise OSError(errno.EIO, "Input/output error")
            return pread(file, length, offset)

        monkeypatch.setattr("shard_worker.adoption.LOOK_SECONDS", 0.05)
        monkeypatch.setattr(os, "pread", no_rows)
        async with life(settings, "second") as second:
            await until(lambda: counted("fleet_spool_errors_total", kind="EIO") > errors)
            monkeypatch.setattr(os, "pread", pread)
            await until(lambda: not (tmp_path / "spool" / "first").exists())
            await second.all_written()
            assert await streamed(second.redis, settings) == taken

    async def test_what_a_worker_had_in_memory_when_it_ended_in_order(
        self, settings: Settings, own_server: RedisServer
    ) -> None:
        async with full(own_server), life(settings, "first") as first:
            await until(lambda: first.worker.flusher.backlog.spool_usable)
            taken = await first.read_on_disk(*range(3000))
            assert await first.worker.keep() == 0
            assert first.worker.unwritten == len(taken)
        adopted_before = counted("fleet_spool_adopted_events_total")
        async with life(settings, "second") as second:
            await until(lambda: counted("fleet_spool_adopted_events_total") == adopted_before + len(taken))
            await second.all_written()
            assert await streamed(second.redis, settings) == taken

    async def test_whatever_else_stands_on_the_volume(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        """A volume has a `lost+found`, which is not ours; and one folder that can't be read holds up no other."""
        foreign, broken = tmp_path / "spool" / "lost+found", tmp_path / "spool" / "broken"
        foreign.mkdir(parents=True)
        (broken / f"{1:020d}.segment").mkdir(parents=True)
        (broken / "lock").touch()
        os.utime(broken, (1, 1))
        async with full(own_server), life(settings, "first") as first:
            await until(lambda: first.worker.flusher.backlog.spool_usable)
            taken = first.read(*range(100))
            assert await first.worker.keep() == 0
        adopted_before = counted("fleet_spool_adopted_events_total")
        async with life(settings, "second") as second:
            await until(lambda: counted("fleet_spool_adopted_events_total") == adopted_before + len(taken))
            await second.all_written()
            assert await streamed(second.redis, settings) == taken
        assert foreign.exists()

    async def test_two_workers_on_one_volume_do_not_touch_each_other(
        self, settings: Settings, own_server: RedisServer
    ) -> None:
        async with life(settings, "first") as first, life(settings, "second") as second:
            await until(lambda: first.worker.flusher.backlog.spool_usable)
            await until(lambda: second.worker.flusher.backlog.spool_usable)
            async with full(own_server):
                ours = await first.read_on_disk(*range(2000))
                theirs = await second.read_on_disk(*range(2000, 4000))
            await first.all_written()
            await second.all_written()
            found = await streamed(first.redis, settings)
            assert [number for number in found if number < 2000] == ours
            assert [number for number in found if number >= 2000] == theirs


@pytest.mark.parametrize("where", ["report", "place", "flush", "write"])
async def test_what_a_worker_has_that_ends_by_a_fault_of_ours(
    settings: Settings, own_server: RedisServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str
) -> None:
    """Whichever of its tasks has the fault: the next worker on the volume sends all that was read."""

    def fault(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    async with life(settings, "first") as first:
        worker = first.worker
        await until(lambda: worker.flusher.backlog.spool_usable)
        async with full(own_server):
            taken = await first.read_on_disk(*range(3000))
            match where:
                case "report":
                    monkeypatch.setattr(worker.plane, "_report", fault)
                case "place":
                    monkeypatch.setattr(worker.sockets, "_place", fault)
                case "flush":
                    monkeypatch.setattr(worker.flusher.appender.scripts, "flush", fault)
                case _:
                    monkeypatch.setattr("shard_worker.spooling.encode_rows", fault)
            taken += first.read(*range(3000, 3010))
            await until(lambda: worker.failed)
            monkeypatch.undo()
            async with asyncio.timeout(SECONDS):
                assert await drain(worker, asyncio.Event()) == EVENTS_LEFT
    async with life(settings, "second") as second:
        await until(lambda: not (tmp_path / "spool" / "first").exists())
        await second.all_written()
        assert await streamed(second.redis, settings) == taken


async def test_without_a_spool_all_is_in_memory(settings: Settings, own_server: RedisServer, tmp_path: Path) -> None:
    settings = replace(settings, spool_dir="")
    async with full(own_server), life(settings) as it:
        taken = it.read(*range(2000))
        assert 100 < len(taken) < 2000
        assert it.worker.flusher.backlog.why_refused() == "queue_full"
        assert not (tmp_path / "spool").exists()
        assert await it.worker.keep() == len(taken), "there is nowhere to keep them"
