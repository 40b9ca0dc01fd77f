"""What the leader sees of the workers, whatever stands in Redis."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis
from structlog.testing import capture_logs

from coordinator.listing import Listings
from coordinator.term import Term
from coordinator.workers import Workers
from fleet.clock import boottime
from fleet.keys import Keys
from fleet.reports import Report, encode


async def report(redis: Redis, keys: Keys, worker: str | bytes, version: str, document: bytes) -> None:
    name = worker.decode("latin-1") if isinstance(worker, bytes) else worker
    await redis.sadd(keys.workers, worker)  # type: ignore[misc] # typed for both clients
    await redis.set(keys.alive(name), "life", px=60_000)
    await redis.hset(keys.report(name), mapping={"v": version, "report": document})  # type: ignore[misc]


async def test_a_report_that_cant_be_read_is_told_of_once_and_the_one_before_it_holds(
    term: Term, redis: Redis, keys: Keys
) -> None:
    workers = Workers(term, Listings(term, asyncio.Event()))
    with capture_logs() as logs:
        await report(redis, keys, "w", "1", encode(Report(incarnation="life", active=True, capacity=7)))
        await workers.observe()
        await report(redis, keys, "w", "2", b'{"incarnation":"\xff"}')
        await report(redis, keys, b"\xff\xfe", "1", b"{")
        for _ in range(3):
            await workers.observe()
        assert [each.report.capacity for each in workers.members(boottime(), {}).values()] == [7]
        await report(redis, keys, "w", "3", encode(Report(incarnation="life", active=True, capacity=8)))
        await workers.observe()
    assert [each.report.capacity for each in workers.members(boottime(), {}).values()] == [8]
    assert [each["worker"] for each in logs if each["event"] == "worker.unreadable_report"] == ["w"]
