"""The worker's end: what it waits for, what cuts it short, and the exit code."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis

from fleet.connection import connect
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.settings import Secret, Settings
from shard_worker.drain import CLEAN, EVENTS_LEFT, drain
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
    answered: bool = True
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

    async def leave(self) -> None:
        self.told.append("leave")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, heartbeat_seconds=0.05, member_ttl_seconds=1.0, drain_seconds=20.0)


@pytest.fixture
def worker(settings: Settings) -> Scripted:
    return Scripted(settings)


def draining(worker: Scripted, redis: Redis, hurry: asyncio.Event | None = None) -> asyncio.Task[int]:
    return asyncio.create_task(drain(cast("Worker", worker), redis, hurry or asyncio.Event()))


async def test_it_waits_until_the_leader_has_moved_every_shard(worker: Scripted, redis: Redis) -> None:
    ending = draining(worker, redis)
    done, _ = await asyncio.wait({ending}, timeout=0.4)
    assert not done, "others can take over, so it waits"
    worker.sessions = 0
    assert await ending == CLEAN
    assert worker.told == ["drain", "leave"]


@pytest.mark.parametrize(
    "change",
    [{"answered": False}, {"led": False}, {"active_workers": 0}],
    ids=["Redis does not answer", "nobody leads", "no other worker is active"],
)
async def test_where_waiting_is_in_vain_it_is_cut_short(
    worker: Scripted, redis: Redis, change: dict[str, bool | int]
) -> None:
    for name, value in change.items():
        setattr(worker, name, value)
    began = time.monotonic()
    assert await draining(worker, redis) == CLEAN
    assert time.monotonic() - began < 5.0
    assert worker.told == ["drain", "close orderly", "leave"]


async def test_not_by_answers_of_before_its_phase_changed(worker: Scripted, redis: Redis) -> None:
    worker.settings = replace(worker.settings, heartbeat_seconds=0.4)
    worker.active_workers = 0
    ending = draining(worker, redis)
    await asyncio.sleep(0.1)
    worker.active_workers, worker.sessions = 1, 0
    assert await ending == CLEAN
    assert worker.told == ["drain", "leave"]


async def test_a_second_signal_cuts_it_short(worker: Scripted, redis: Redis) -> None:
    hurry = asyncio.Event()
    ending = draining(worker, redis, hurry)
    hurry.set()
    assert await ending == CLEAN
    assert worker.told == ["drain", "close orderly", "leave"]


async def test_so_does_its_time(worker: Scripted, redis: Redis) -> None:
    worker.settings = replace(worker.settings, drain_seconds=0.1)
    assert await draining(worker, redis) == CLEAN
    assert worker.told == ["drain", "close orderly", "leave"]


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
            await redis.aclose()
            await control.aclose()


def read(worker: Worker, count: int) -> None:
    for number in range(count):
        event = Notification(MessageId(f"m{number}"), TYPE, "1", "", b"{}")
        assert worker.flusher.backlog.put(worker.flusher.intake.row(event, "0"))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_what_was_read_is_written_before_it_leaves(settings: Settings, redis: Redis) -> None:
    keys = Keys(settings.namespace)
    async with at_work(settings) as (worker, own):
        read(worker, 1000)
        assert await drain(worker, own, asyncio.Event()) == CLEAN
        assert await redis.xlen(keys.stream(TYPE, 0)) == 1000
        assert await redis.exists(keys.workers, keys.alive("w")) == 0, "it took its leave"


class TestRedisIsGone:
    @pytest.fixture
    def own_server(self) -> Iterator[RedisServer]:
        with redis_server() as running:
            yield running

    async def test_leaving_events_behind_is_never_silent(self, settings: Settings, own_server: RedisServer) -> None:
        settings = replace(settings, redis_url=Secret(own_server.url), drain_seconds=0.2)
        before = REGISTRY.get_sample_value("fleet_dropped_events_total", {"reason": "left_at_exit"}) or 0
        async with at_work(settings) as (worker, redis):
            own_server.stop()
            read(worker, 7)
            hurry = asyncio.Event()
            hurry.set()
            assert await drain(worker, redis, hurry) == EVENTS_LEFT
        after = REGISTRY.get_sample_value("fleet_dropped_events_total", {"reason": "left_at_exit"})
        assert after == before + 7
