"""Redis away or full under traffic, with real processes: events wait in memory and on disk, and go out in order, once."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import aiohttp
import orjson
import pytest
from redis.asyncio import Redis

from fleet.demo import processes
from fleet.demo.children import Child, Children, printed
from fleet.demo.pages import total
from fleet.demo.watch import Watch
from fleet.embedded import RedisServer, start
from fleet.keys import Keys
from shard_worker.backlog import ROW_BYTES
from shard_worker.spool import Spool
from shard_worker.volume import folders
from tests.integration.test_fleet import SECONDS, Fleet, ended, flows, log_of, until

pytestmark = pytest.mark.process

RATE = 1000
QUEUE_BYTES_MAX = 12_000_000
SPOOLED = 1000
"""Events on disk, at least: beyond those that memory has room for."""
NAMESPACE = "away"


@dataclass
class Site:
    """A fleet with a Redis of its own, whose workers share a volume and have little memory."""

    fleet: Fleet
    server: RedisServer
    volume: Path
    http: aiohttp.ClientSession

    async def worker(self, name: str) -> Child:
        return await self.fleet.worker(
            name, FLEET_QUEUE_BYTES_MAX=str(QUEUE_BYTES_MAX), FLEET_SPOOL_DIR=str(self.volume), FLEET_DRAIN_SECONDS="3"
        )

    def stop_redis(self) -> None:
        self.server.stop()

    def start_redis(self) -> None:
        """Again, with its append-only file."""
        self.server.process = _redis(self.server.folder, self.server.port).process

    async def until_metric(self, worker: str, name: str, least: float, most: float = 1e12) -> None:
        async def so() -> bool:
            return least <= total([await self.fleet.metrics(worker)], name) <= most

        await until(so)

    @asynccontextmanager
    async def traffic(self) -> AsyncIterator[Watch]:
        """Traffic for the length of a block. What has come of it is the block's to say."""
        async with Redis.from_url(self.server.url) as redis:
            watch = Watch(self.http, redis, Keys(NAMESPACE), self.fleet.simulator_url, "", "")
            await self.fleet.control("POST", "traffic", {"rate": RATE, "channels": 20, "subscribe": True})
            await flows(watch, RATE // 2)
            yield watch

    async def until_all_arrived(self, watch: Watch) -> None:
        await self.fleet.control("DELETE", "traffic")

        async def arrived() -> bool:
            await watch.count()
            return not watch.tally.waiting

        await until(arrived)

    async def assert_in_order(self, watch: Watch) -> None:
        """Of what came over one session, each stream has it in the order in which Twitch wrote it."""
        written: dict[str, tuple[str, int]] = {}
        page = {"next": 0, "more": True}
        while page["more"]:
            page = await self.fleet.control("GET", f"truth?after={page['next']}")
            for row in page["sent"]:
                written.setdefault(row["message_id"], (row["session_id"], row["seq"]))
        for stream in await cast("Awaitable[set[bytes]]", watch.redis.smembers(Keys(NAMESPACE).streams)):
            last: dict[str, int] = {}
            for _, fields in await watch.redis.xrange(stream):
                session, sequence = written[fields[b"message_id"].decode()]
                assert sequence > last.get(session, 0), f"{stream!r} is out of order"
                last[session] = sequence
                assert orjson.loads(fields[b"payload"])["subscription"]["id"] == fields[b"subscription_id"].decode()


Away = Callable[[Site], AbstractAsyncContextManager[None]]
"""Redis takes nothing for the length of a block."""


def _redis(folder: Path, port: int = 0) -> RedisServer:
    return start("--appendonly", "yes", "--appendfsync", "always", folder=folder, port=port)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A coordinator and a worker, all shards bound."""
    (tmp_path / "redis").mkdir()
    server, children = _redis(tmp_path / "redis"), Children(tmp_path, processes.clean(os.environ))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        try:
            simulator = children.start("simulator", [*processes.simulator_command(), "--client", "client:right"], {})
            url = await children.said(simulator, printed(r"^simulator: listening on (http://\S+)$"), SECONDS)
            it = Site(Fleet(children, server.url, NAMESPACE, url, http), server, tmp_path / "spool", http)
            await it.fleet.coordinator()
            await it.worker("first")
            await it.fleet.until_bound()
            yield it
        finally:
            children.kill_all()
            server.process.send_signal(signal.SIGCONT)
            server.stop()


class TestEventsWait:
    async def test_while_redis_is_stopped_and_started_again(self, site: Site) -> None:
        await self.nothing_is_lost(site, stopped)

    async def test_while_redis_is_paused(self, site: Site) -> None:
        await self.nothing_is_lost(site, paused)

    async def test_while_redis_is_full(self, site: Site) -> None:
        await self.nothing_is_lost(site, full)

    async def nothing_is_lost(self, site: Site, away: Away) -> None:
        bound, epoch = await site.fleet.sessions(), (await site.fleet.state())["leader"]["epoch"]
        async with site.traffic() as watch:
            async with away(site):
                await site.until_metric("first", "fleet_spool_events", SPOOLED)
                if away is full:
                    assert total([await site.fleet.metrics("coordinator")], "fleet_leader") == 1
            await site.until_metric("first", "fleet_spool_events", 0, 0)
            await site.until_all_arrived(watch)
            assert (watch.tally.duplicated, watch.tally.dropped) == (0, 0)
            assert watch.tally.sent == watch.tally.streamed > SPOOLED
            await site.assert_in_order(watch)
        assert await site.fleet.sessions() == bound, "no shard is moved because Redis was away"
        assert (await site.fleet.control("GET", "state"))["closes"] == {}
        assert total([await site.fleet.metrics("first")], "fleet_dropped_events_total") == 0
        if away is full:
            assert (await site.fleet.state())["leader"]["epoch"] == epoch


@asynccontextmanager
async def stopped(site: Site) -> AsyncIterator[None]:
    site.stop_redis()
    yield
    site.start_redis()


@asynccontextmanager
async def paused(site: Site) -> AsyncIterator[None]:
    site.server.process.send_signal(signal.SIGSTOP)
    yield
    site.server.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def full(site: Site) -> AsyncIterator[None]:
    async with Redis.from_url(site.server.url) as admin:
        await admin.config_set("maxmemory", "1")
        yield
        await admin.config_set("maxmemory", "0")


class TestTheNextWorkerOfTheVolume:
    async def test_it_sends_what_a_killed_one_had_on_disk(self, site: Site) -> None:
        async with site.traffic() as watch:
            site.stop_redis()
            await site.until_metric("first", "fleet_spool_events", SPOOLED)
            site.fleet.children.kill(site.fleet.children.members["first"])
            on_disk = 0
            for folder in folders(site.volume):
                spool = Spool.adopt(folder, fleet=NAMESPACE)
                assert spool is not None, "nobody holds it"
                on_disk += spool.events
                spool.close()
            assert on_disk >= SPOOLED
            await site.fleet.control("DELETE", "traffic")
            site.start_redis()
            await site.worker("second")
            await site.until_metric("second", "fleet_spool_adopted_events_total", on_disk, on_disk)
            await watch.count()
            assert watch.tally.duplicated == 0
            lost = watch.tally.sent - watch.tally.streamed
            assert lost == watch.tally.waiting <= QUEUE_BYTES_MAX // ROW_BYTES, "no more than what was in memory"
            await site.assert_in_order(watch)
        assert len(folders(site.volume)) == 1, "the new worker's own"

    async def test_it_sends_all_that_one_had_which_ended_in_order(self, site: Site) -> None:
        async with site.traffic() as watch:
            site.stop_redis()
            await site.until_metric("first", "fleet_spool_events", SPOOLED)
            ending = site.fleet.children.members["first"]
            ending.may_end = True
            ending.process.terminate()
            assert await ended(ending) == 3
            await site.fleet.control("DELETE", "traffic")
            [line] = [orjson.loads(line) for line in log_of(ending).splitlines() if "drain.events_left" in line]
            assert line["lost"] == 0
            assert line["events"] == line["in_the_spool"] > SPOOLED
            site.start_redis()
            await site.worker("second")
            await site.until_all_arrived(watch)
            assert watch.tally.duplicated == 0
            assert watch.tally.sent == watch.tally.streamed
            await site.assert_in_order(watch)
