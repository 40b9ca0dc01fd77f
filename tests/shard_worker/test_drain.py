"""The worker's end: what it waits for, what cuts it short, and the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from structlog.testing import capture_logs

from fleet.connection import connect
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.settings import Secret, Settings
from shard_worker.__main__ import FAILED, serve
from shard_worker.drain import CLEAN, EVENTS_LEFT, drain
from shard_worker.sockets import Sockets
from shard_worker.worker import Worker
from twitch.eventsub.outcomes import Notification
from twitch.eventsub.sockets import open_http
from twitch.ids import MessageId

TYPE = "stream.online"


@dataclass
class Scripted:
    """A worker as far as its drain goes, holding sessions that only a test ends."""

    settings: Settings
    sessions: int = 2
    unwritten: int = 0
    trouble: str = ""
    failed: bool = False
    writes: bool = True
    keepable: bool = False
    led: bool = True
    active_workers: int = 1
    told: list[str] = field(default_factory=list)

    def drain(self) -> None:
        self.told.append("drain")

    @property
    def plane(self) -> Scripted:
        return self

    @property
    def sockets(self) -> Scripted:
        return self

    def __len__(self) -> int:
        return self.sessions

    async def close(self, *, orderly: bool) -> None:
        self.told.append(f"close {'orderly' if orderly else 'at once'}")
        self.sessions = 0

    async def keep(self) -> int:
        self.told.append("keep")
        return 0

    async def leave(self) -> None:
        self.told.append("leave")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, heartbeat_seconds=0.05, member_ttl_seconds=1.0, drain_seconds=20.0)


@pytest.fixture
def worker(settings: Settings) -> Scripted:
    return Scripted(settings)


def draining(worker: Scripted, hurry: asyncio.Event | None = None) -> asyncio.Task[int]:
    return asyncio.create_task(drain(cast("Worker", worker), hurry or asyncio.Event()))


async def test_it_waits_until_the_leader_has_moved_every_shard(worker: Scripted) -> None:
    ending = draining(worker)
    done, _ = await asyncio.wait({ending}, timeout=0.4)
    assert not done, "others can take over, so it waits"
    worker.sessions = 0
    assert await ending == CLEAN
    assert worker.told == ["drain", "leave"]


@pytest.mark.parametrize(
    "change",
    [{"trouble": "Redis does not answer"}, {"led": False}, {"active_workers": 0}, {"failed": True}],
    ids=["Redis does not answer", "nobody leads", "no other worker is active", "a fault of ours has ended its tasks"],
)
async def test_where_waiting_is_in_vain_it_is_cut_short(worker: Scripted, change: dict[str, bool | int | str]) -> None:
    worker.settings = replace(worker.settings, drain_seconds=3600.0)
    for name, value in change.items():
        setattr(worker, name, value)
    async with asyncio.timeout(60):
        assert await draining(worker) == CLEAN
    assert worker.told == ["drain", "close orderly", "leave"]


async def test_not_by_answers_of_before_its_phase_changed(worker: Scripted) -> None:
    worker.settings = replace(worker.settings, heartbeat_seconds=3600.0, member_ttl_seconds=7200.0)
    worker.active_workers = 0
    ending = draining(worker)
    done, _ = await asyncio.wait({ending}, timeout=0.1)
    assert not done
    worker.active_workers, worker.sessions = 1, 0
    assert await ending == CLEAN
    assert worker.told == ["drain", "leave"]


async def test_a_second_signal_cuts_it_short(worker: Scripted) -> None:
    hurry = asyncio.Event()
    ending = draining(worker, hurry)
    hurry.set()
    assert await ending == CLEAN
    assert worker.told == ["drain", "close orderly", "leave"]


async def test_so_does_its_time(worker: Scripted) -> None:
    worker.settings = replace(worker.settings, drain_seconds=0.1)
    assert await draining(worker) == CLEAN
    assert worker.told == ["drain", "close orderly", "leave"]


@pytest.mark.parametrize(
    ("change", "hurried"),
    [({"keepable": True}, False), ({}, True), ({"writes": False}, False)],
    ids=["Redis takes nothing, and the spool has room", "it is hurried", "a fault of ours has ended who writes them"],
)
async def test_events_are_kept_without_waiting_for_redis_where(
    worker: Scripted, change: dict[str, bool], *, hurried: bool
) -> None:
    worker.settings = replace(worker.settings, drain_seconds=3600.0)
    worker.sessions, worker.unwritten = 0, 5
    for name, value in change.items():
        setattr(worker, name, value)
    hurry = asyncio.Event()
    if hurried:
        hurry.set()
    async with asyncio.timeout(60):
        assert await draining(worker, hurry) == EVENTS_LEFT
    assert worker.told == ["drain", "keep", "leave"]


async def test_while_redis_takes_them_or_may_yet_and_nothing_else_would_they_are_waited_for(worker: Scripted) -> None:
    worker.sessions, worker.unwritten = 0, 5
    ending = draining(worker)
    done, _ = await asyncio.wait({ending}, timeout=0.4)
    assert not done
    worker.unwritten = 0
    assert await ending == CLEAN
    assert worker.told == ["drain", "leave"]


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[tuple[Worker, Redis]]:
    """A real worker, with no shards and real queues."""
    redis, control = connect(settings), connect(settings)
    async with open_http() as http:
        worker = Worker(settings, redis, control, http, "w", "life")
        running = asyncio.create_task(worker.run())
        try:
            await until(lambda: worker.plane.answered)
            yield worker, redis
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await worker.close()
            await redis.aclose()
            await control.aclose()


def read(worker: Worker, count: int) -> None:
    for number in range(count):
        event = Notification(MessageId(f"m{number}"), TYPE, "1", "", b"{}")
        assert worker.flusher.backlog.put(worker.flusher.intake.row(event, "0"))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


async def test_what_was_read_is_written_before_it_leaves(settings: Settings, redis: Redis) -> None:
    keys = Keys(settings.namespace)
    async with at_work(settings) as (worker, _):
        read(worker, 1000)
        assert await drain(worker, asyncio.Event()) == CLEAN
        assert await redis.xlen(keys.stream(TYPE, 0)) == 1000
        assert await redis.exists(keys.workers, keys.alive("w")) == 0, "it took its leave"


async def test_so_it_is_where_a_fault_of_ours_ends_another_of_its_tasks(
    settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault() -> None:
        raise RuntimeError("a fault of ours")

    async with at_work(settings) as (worker, _):
        monkeypatch.setattr(worker.sockets, "_place", fault)
        await until(lambda: worker.failed)
        read(worker, 1000)
        assert await drain(worker, asyncio.Event()) == CLEAN
        assert await redis.xlen(Keys(settings.namespace).stream(TYPE, 0)) == 1000


class TestRedisIsGone:
    @pytest.fixture
    def own_server(self) -> Iterator[RedisServer]:
        with redis_server() as running:
            yield running

    async def test_leaving_events_behind_is_never_silent(self, settings: Settings, own_server: RedisServer) -> None:
        settings = replace(settings, redis_url=Secret(own_server.url), drain_seconds=0.2)
        before = REGISTRY.get_sample_value("fleet_dropped_events_total", {"reason": "left_at_exit"}) or 0
        async with at_work(settings) as (worker, _):
            own_server.stop()
            read(worker, 7)
            hurry = asyncio.Event()
            hurry.set()
            assert await drain(worker, hurry) == EVENTS_LEFT
        after = REGISTRY.get_sample_value("fleet_dropped_events_total", {"reason": "left_at_exit"})
        assert after == before + 7

    async def test_with_a_spool_it_puts_them_there_and_does_not_wait_for_redis(
        self, settings: Settings, own_server: RedisServer, tmp_path: Path
    ) -> None:
        settings = replace(
            settings, redis_url=Secret(own_server.url), drain_seconds=3600.0, spool_dir=str(tmp_path / "spool")
        )
        with capture_logs() as said:
            async with at_work(settings) as (worker, _), asyncio.timeout(60):
                await until(lambda: worker.keepable)
                own_server.stop()
                read(worker, 7)
                assert await drain(worker, asyncio.Event()) == EVENTS_LEFT
        [left] = [line for line in said if line["event"] == "drain.events_left"]
        assert (left["events"], left["lost"], left["in_the_spool"]) == (7, 0, 7)

    async def test_hurried_it_waits_for_no_redis_that_answers_and_takes_nothing(
        self, settings: Settings, own_server: RedisServer
    ) -> None:
        settings = replace(settings, redis_url=Secret(own_server.url), drain_seconds=3600.0)
        async with at_work(settings) as (worker, redis), asyncio.timeout(60):
            await redis.config_set("maxmemory", "1")
            read(worker, 7)
            hurry = asyncio.Event()
            hurry.set()
            assert await drain(worker, hurry) == EVENTS_LEFT


async def test_a_fault_of_ours_ends_the_process_in_order(
    settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fault(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Sockets, "run", fault)
    with capture_logs() as said:
        async with asyncio.timeout(60):
            assert await serve(replace(settings, http_port=0), "w") == FAILED
    assert "worker.failed" in [line["event"] for line in said]
    assert await redis.exists(Keys(settings.namespace).alive("w")) == 0, "it took its leave"
