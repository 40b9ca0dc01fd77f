"""A leader's term against the test's Redis: `term` never asks Twitch, `hosting_term` has a simulated one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from coordinator.term import Conduit, Term
from fleet.clock import boottime
from fleet.keys import Keys
from fleet.lease import Epoch, Leading, LeaseRules
from fleet.scripts import Scripts
from fleet.settings import Secret, Settings
from twitch.app import App
from twitch.ids import ConduitId
from twitch.simulator import Simulator


@pytest.fixture
def keys(namespace: str) -> Keys:
    return Keys(namespace)


@pytest.fixture
async def term(settings: Settings, redis: Redis, keys: Keys) -> AsyncIterator[Term]:
    """A term that was just won, and lasts for the test."""
    scripts = Scripts(redis)
    epoch, *_ = await scripts.elect(keys=[keys.leader, keys.epoch, keys.incarnation], args=["c1", 60_000, "first"])
    lease = LeaseRules(60.0).elected("c1", int(epoch), boottime())
    app = App("client", "secret")
    yield Term(settings, redis, keys, scripts, app, lease)
    await app.close()


# -- with a Twitch


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.serve() as running:
        yield running


@pytest.fixture
def term_settings(settings: Settings, sim: Simulator) -> Settings:
    key = Secret(Fernet.generate_key().decode())
    return replace(settings, addresses=sim.addresses, token_keys=(key,), ready_seconds=5.0)


@pytest.fixture
async def app(term_settings: Settings) -> AsyncIterator[App]:
    async with App("client", "secret", addresses=term_settings.addresses) as running:
        yield running


@pytest.fixture
async def hosting_term(term_settings: Settings, redis: Redis, app: App) -> Term:
    """A term whose conduit exists and whose shards count as bound."""
    keys = Keys(term_settings.namespace)
    conduit = await app.application.create_conduit(1)
    epoch = Epoch(int(redis.connection_pool.connection_kwargs.get("port", 0)) * 10**6 + _serial())
    await redis.set(keys.leader, f"{epoch}:test")
    lease = Leading(epoch, f"{epoch}:test", boottime(), boottime() + 1, ttl_seconds=600.0)
    term = Term(term_settings, redis, keys, Scripts(redis), app, lease)
    term.conduit = Conduit(ConduitId(conduit.id), 1, created_by_us=True)
    term.shards_bound.set()
    return term


_last: dict[str, int] = {"serial": 0}


def _serial() -> int:
    _last["serial"] += 1
    return _last["serial"]


@pytest.fixture
def listed(hosting_term: Term) -> Any:
    """What Twitch lists on the term's conduit."""

    async def ask() -> dict[str, Any]:
        assert hosting_term.conduit is not None
        api = hosting_term.twitch.application
        found = await api.get_eventsub_subscriptions(conduit_id=hosting_term.conduit.id)
        return {f"{each.type} {each.broadcaster_id}".strip(): each for each in found}

    return ask
