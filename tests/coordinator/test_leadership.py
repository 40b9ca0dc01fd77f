"""Leadership on a real Redis: one leader at a time, and a term that ends before its lease does."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from structlog.testing import capture_logs

from coordinator.leadership import Leadership
from coordinator.term import Deposed, Term, Write
from fleet.clock import boottime
from fleet.connection import connect
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.lease import Leading
from fleet.settings import Secret, Settings
from twitch.app import App

TTL_SECONDS = 0.6


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, lease_ttl_seconds=TTL_SECONDS)


@pytest.fixture
def own_server() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@dataclass
class Candidate:
    """One coordinator: its leadership, and the terms it has led."""

    name: str
    leadership: Leadership
    task: asyncio.Task[None]
    terms: list[Term] = field(default_factory=list)
    ended_at: list[float] = field(default_factory=list)
    leading: bool = False

    async def stand_down(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


Lead = Callable[[Term], Awaitable[None]]


async def for_ever(_term: Term) -> None:
    await asyncio.Event().wait()


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def standing(
    settings: Settings, *names: str, lead: Lead = for_ever, timeout_seconds: float = 0.2
) -> AsyncIterator[list[Candidate]]:
    async with AsyncExitStack() as stack:
        app = App("client", "secret")
        stack.push_async_callback(app.close)
        candidates = []
        for name in names:
            redis, control = connect(settings), connect(settings, timeout_seconds=timeout_seconds)
            stack.push_async_callback(redis.aclose)
            stack.push_async_callback(control.aclose)
            candidates.append(_stand(settings, control, redis, app, name, lead))
            stack.push_async_callback(candidates[-1].stand_down)
        yield candidates


def _stand(settings: Settings, control: Redis, redis: Redis, app: App, name: str, lead: Lead) -> Candidate:
    async def leads(term: Term) -> None:
        candidate.terms.append(term)
        candidate.leading = True
        try:
            await lead(term)
        finally:
            candidate.leading = False
            candidate.ended_at.append(boottime())

    leadership = Leadership(settings, control, redis, app, name, leads)
    candidate = Candidate(name, leadership, asyncio.create_task(leadership.run()))
    return candidate


def leaders(candidates: list[Candidate]) -> list[Candidate]:
    return [candidate for candidate in candidates if candidate.leading]


async def test_of_three_one_leads(settings: Settings, redis: Redis) -> None:
    async with standing(settings, "c1", "c2", "c3") as candidates:
        await until(lambda: len(leaders(candidates)) == 1)
        [leader] = leaders(candidates)
        began = boottime()
        while boottime() - began < 2 * TTL_SECONDS:
            assert leaders(candidates) == [leader]
            await asyncio.sleep(0.02)
        assert len(leader.terms) == 1, "it renews: a term outlives its first lease"
        assert await redis.get(Keys(settings.namespace).leader) == f"{leader.terms[0].epoch}:{leader.name}".encode()
        assert REGISTRY.get_sample_value("fleet_leader") == 1


async def test_a_leader_that_stands_down_gives_the_lease_back(settings: Settings, redis: Redis) -> None:
    settings = replace(settings, lease_ttl_seconds=30.0)
    async with standing(settings, "c1") as [leader]:
        await until(lambda: leader.leading)
        await leader.stand_down()
        assert not leader.leading
        assert await redis.exists(Keys(settings.namespace).leader) == 0
        assert REGISTRY.get_sample_value("fleet_leader") == 0


async def test_a_standby_takes_over_at_once_at_a_higher_epoch(settings: Settings) -> None:
    settings = replace(settings, lease_ttl_seconds=3.0)
    async with standing(settings, "c1", "c2") as candidates:
        await until(lambda: bool(leaders(candidates)))
        [leader] = leaders(candidates)
        [other] = [candidate for candidate in candidates if candidate is not leader]
        began = boottime()
        await leader.stand_down()
        await until(lambda: other.leading)
        assert boottime() - began < 1.5, "long before the lease would have ended"
        assert other.terms[0].epoch > leader.terms[0].epoch


async def test_after_a_crash_the_lease_runs_out_first(settings: Settings, redis: Redis) -> None:
    """A leader that does not renew any more and gives nothing back."""
    keys = Keys(settings.namespace)
    await redis.set(keys.leader, "7:crashed", px=500)
    began = boottime()
    async with standing(settings, "c2") as [candidate]:
        await until(lambda: candidate.leading)
        assert 0.4 < boottime() - began < 3.0


async def test_a_deposed_leader_stops_and_stands_again(settings: Settings, redis: Redis) -> None:
    keys = Keys(settings.namespace)
    async with standing(settings, "c1") as [leader]:
        await until(lambda: leader.leading)
        usurped = leader.terms[0].epoch + 5
        await redis.set(keys.epoch, usurped)
        await redis.set(keys.leader, f"{usurped}:usurper", px=300)
        await until(lambda: len(leader.ended_at) == 1)
        await until(lambda: leader.leading)
        assert leader.terms[1].epoch > usurped


async def test_a_term_that_finds_itself_deposed_ends(settings: Settings, redis: Redis) -> None:
    keys = Keys(settings.namespace)
    deposed: list[bool] = []

    async def lead(term: Term) -> None:
        await redis.set(keys.leader, "1:usurper", px=200)
        try:
            await term.commit(Write.set(keys.ready, 1))
        except Deposed:
            deposed.append(True)
            raise

    async with standing(replace(settings, lease_ttl_seconds=5.0), "c1", lead=lead) as [leader]:
        await until(lambda: len(leader.terms) == 2)
        assert deposed[0]
        assert await redis.get(keys.ready) is None


async def test_a_redis_that_lost_its_data_is_said_by_leader_and_standby(settings: Settings, redis: Redis) -> None:
    keys = Keys(settings.namespace)
    async with standing(settings, "c1", "c2") as candidates:
        await until(lambda: len(leaders(candidates)) == 1)
        [leader] = leaders(candidates)
        await until(lambda: all(each.leadership.answered for each in candidates))
        before = REGISTRY.get_sample_value("fleet_redis_lost_total") or 0.0
        with capture_logs() as logs:
            await redis.delete(keys.leader, keys.epoch, keys.incarnation)
            await until(lambda: len(leader.ended_at) == 1)
            await until(lambda: REGISTRY.get_sample_value("fleet_redis_lost_total") == before + 2)
            await until(lambda: len(leaders(candidates)) == 1)
    said = [each for each in logs if each["event"] == "redis.lost_its_data"]
    assert len(said) == 2
    for what in ("streams", "jobs", "tokens", "set by hand"):
        assert what in said[0]["gone"]


async def test_a_term_that_fails_is_begun_anew(settings: Settings) -> None:
    async def lead(_term: Term) -> None:
        raise RuntimeError("a fault of ours")

    async with standing(settings, "c1", lead=lead) as [leader]:
        await until(lambda: len(leader.terms) >= 2)
        assert not leader.task.done()


async def test_while_redis_is_gone_the_term_ends_at_two_thirds(settings: Settings, own_server: RedisServer) -> None:
    settings = replace(settings, redis_url=Secret(own_server.url), lease_ttl_seconds=1.5)
    async with standing(settings, "c1") as [leader]:
        await until(lambda: leader.leading)
        own_server.stop()
        lease = leader.leadership.lease
        assert isinstance(lease, Leading)
        await until(lambda: not leader.leading)
        assert leader.ended_at[0] < lease.acts_until + 0.25
        assert not leader.leadership.answered


async def test_so_it_does_while_redis_is_silent(settings: Settings, own_server: RedisServer) -> None:
    """A connection that is open and answers nothing: no wait for an answer is longer than the lease."""
    settings = replace(settings, redis_url=Secret(own_server.url), lease_ttl_seconds=1.5)
    async with standing(settings, "c1", timeout_seconds=30.0) as [leader]:
        await until(lambda: leader.leading)
        os.kill(own_server.process.pid, signal.SIGSTOP)
        try:
            await until(lambda: not leader.leading)
        finally:
            os.kill(own_server.process.pid, signal.SIGCONT)
        assert leader.ended_at[0] < leader.terms[0].lease.acts_until + 0.25
        await until(lambda: leader.leading)


async def test_it_stands_again_when_redis_is_back(settings: Settings, own_server: RedisServer) -> None:
    settings = replace(settings, redis_url=Secret(own_server.url))
    async with standing(settings, "c1") as [leader]:
        await until(lambda: leader.leading)
        os.kill(own_server.process.pid, signal.SIGSTOP)
        await until(lambda: not leader.leading)
        os.kill(own_server.process.pid, signal.SIGCONT)
        await until(lambda: leader.leading)
        assert leader.terms[1].epoch > leader.terms[0].epoch


async def test_nothing_that_redis_says_ends_a_candidate(settings: Settings, redis: Redis) -> None:
    """A key of another type, a right that is missing: it stands by until somebody has mended it."""
    keys = Keys(settings.namespace)
    await redis.hset(keys.leader, mapping={"who": "knows"})  # type: ignore[misc] # typed for both clients
    await redis.set(keys.epoch, "not a number")
    async with standing(settings, "c1") as [candidate]:
        began = candidate.leadership.lease.try_at
        await until(lambda: candidate.leadership.lease.try_at > began)
        assert not candidate.terms
        await redis.delete(keys.leader, keys.epoch)
        await until(lambda: candidate.leading)
