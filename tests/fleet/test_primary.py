"""The primary is found through Sentinel, and again after a fail-over: real redis-servers, a real Sentinel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from redis import exceptions
from redis.asyncio import Redis

from fleet import embedded
from fleet.connection import AWAY, connect
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.primary import blocking, find
from fleet.scripts import Scripts
from fleet.settings import Secret, Settings
from shard_worker.appender import Appender
from shard_worker.backlog import Backlog
from shard_worker.flusher import Flusher
from shard_worker.intake import Intake
from shard_worker.spooling import Disk, Spooling
from twitch.eventsub.outcomes import Notification
from twitch.ids import MessageId

pytestmark = pytest.mark.process

SECONDS = 60.0
NAME = "events"


async def told(redis: Redis, section: str, met: Callable[[dict[str, Any]], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not met(await redis.info(section)):
            await asyncio.sleep(0.02)


@dataclass
class Site:
    """A primary, its replica and one sentinel that watches them."""

    primary: RedisServer
    replica: RedisServer
    sentinel: RedisServer

    @property
    def settings(self) -> Settings:
        # Nobody listens where REDIS_URL points.
        return Settings(
            redis_url=Secret("redis://127.0.0.1:1/0"),
            redis_sentinels=(("127.0.0.1", 1), ("127.0.0.1", self.sentinel.port)),
            redis_sentinel_name=NAME,
        )

    async def fail_over(self) -> None:
        """The primary dies, and the replica is promoted."""
        self.primary.process.kill()
        self.primary.process.wait()
        async with Redis(port=self.replica.port) as replica:
            await told(replica, "replication", lambda info: info["role"] == "master")
        async with asyncio.timeout(SECONDS):
            while (await eventually(lambda: find(self.settings)))[1] != self.replica.port:
                await asyncio.sleep(0.02)


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        primary = stack.enter_context(redis_server())
        replica = stack.enter_context(redis_server("--replicaof", "127.0.0.1", str(primary.port)))
        file = tmp_path / "sentinel.conf"
        file.write_text(
            f"sentinel monitor {NAME} 127.0.0.1 {primary.port} 1\n"
            f"sentinel down-after-milliseconds {NAME} 500\nsentinel failover-timeout {NAME} 2000\n"
        )
        sentinel = embedded.start_sentinel(file)
        stack.callback(sentinel.stop)
        yield Site(primary, replica, sentinel)


@pytest.fixture
async def site(servers: Site) -> Site:
    """Replicated, and the sentinel knows the replica."""
    async with Redis(port=servers.replica.port) as replica, Redis(port=servers.sentinel.port) as sentinel:
        await told(replica, "replication", lambda info: info["master_link_status"] == "up")
        await told(sentinel, "sentinel", lambda info: info["master0"]["slaves"] == 1)
    return servers


async def eventually(call: Any) -> Any:
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                return await call()
            except AWAY:
                await asyncio.sleep(0.02)


async def test_a_client_reaches_the_primary_and_after_a_fail_over_the_new_one(site: Site) -> None:
    redis = connect(site.settings)
    await redis.set("before", "1")
    with blocking(site.settings, socket_timeout=5.0) as thread:
        assert thread.get("before") == b"1"
    await site.fail_over()
    await eventually(lambda: redis.set("after", "1"))
    async with Redis(port=site.replica.port) as replica:
        assert await replica.get("after") == b"1"
    await redis.aclose()


async def test_a_fail_over_that_an_operator_orders_moves_the_client(site: Site) -> None:
    redis = connect(site.settings)
    await redis.set("before", "1")
    async with Redis(port=site.sentinel.port) as sentinel:
        while True:
            try:
                await sentinel.execute_command("SENTINEL FAILOVER", NAME)  # type: ignore[no-untyped-call]
            except exceptions.ResponseError as error:
                if "NOGOODSLAVE" not in str(error):  # it has not looked at the replica long enough
                    raise
                await asyncio.sleep(0.1)
            else:
                break
        await told(sentinel, "sentinel", lambda info: info["master0"]["address"].endswith(f":{site.replica.port}"))
    async with Redis(port=site.primary.port) as old, Redis(port=site.replica.port) as new:
        await told(old, "replication", lambda info: info["role"] == "slave")
        await eventually(lambda: redis.set("after", "1"))
        assert await new.get("after") == b"1"
    await redis.aclose()


async def test_a_connection_to_a_server_that_became_a_replica_is_given_up(servers: Site) -> None:
    settings = Settings(redis_url=Secret(servers.primary.url))
    redis = connect(settings, connections_max=1)
    before = await redis.client_id()
    await redis.replicaof("127.0.0.1", 1)
    with pytest.raises(AWAY):
        await redis.set("key", "value")
    assert await redis.client_id() != before
    await redis.aclose()


async def test_nobody_who_knows_is_an_outage(settings: Settings) -> None:
    nowhere = connect(replace(settings, redis_sentinels=(("127.0.0.1", 1),)))
    with pytest.raises(exceptions.ConnectionError, match="none of 1 sentinels names a primary 'mymaster'"):
        await nowhere.ping()
    await nowhere.aclose()


def notification(number: int) -> Notification:
    payload = b'{"subscription":{"id":"s","condition":{"broadcaster_user_id":"7"}}}'
    return Notification(MessageId(f"m{number}"), "stream.online", "1", "2026-01-01T00:00:00Z", payload)


async def test_what_the_replica_had_not_yet_got_goes_out_again_in_order(site: Site) -> None:
    """Acknowledged by the primary, unknown to the replica that takes over: nothing is lost and nothing doubled."""
    settings, keys = replace(site.settings, replay_seconds=60.0), Keys("fleet")
    redis = connect(settings)
    intake, backlog = Intake(keys, {}), Backlog(settings.queue_bytes_max)
    spooling = Spooling(settings, backlog, "life", {}, Disk(""))
    flusher = Flusher(settings, backlog, intake, Appender(settings, redis, keys, Scripts(redis)), spooling, "life")
    flushing = asyncio.create_task(flusher.run())

    async def flushed(numbers: range) -> None:
        for number in numbers:
            backlog.put(intake.row(notification(number), "0"))
        async with asyncio.timeout(SECONDS):
            while len(flusher):
                await asyncio.sleep(0.01)

    await flushed(range(10))
    async with Redis(port=site.replica.port) as replica:
        async with asyncio.timeout(SECONDS):
            while await replica.xlen(keys.stream("stream.online", 0)) < 10:
                await asyncio.sleep(0.01)
        await replica.replicaof("127.0.0.1", 1)  # cut off from here on
        await flushed(range(10, 20))
        await site.fail_over()
        await flushed(range(20, 30))
        entries = await replica.xrange(keys.stream("stream.online", 0))
    assert [fields[b"message_id"].decode() for _, fields in entries] == [f"m{number}" for number in range(30)]
    flushing.cancel()
    await asyncio.gather(flushing, return_exceptions=True)
    await redis.aclose()
