"""A term against a simulated Twitch and a real Redis."""

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
from fleet.lease import Epoch, Leading
from fleet.scripts import Scripts
from fleet.settings import Secret, Settings
from twitch.app import App
from twitch.ids import ConduitId
from twitch.simulator import Simulator


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
async def term(term_settings: Settings, redis: Redis, app: App) -> Term:
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
def listed(term: Term) -> Any:
    """What Twitch lists on the term's conduit."""

    async def ask() -> dict[str, Any]:
        assert term.conduit is not None
        found = await term.twitch.application.get_eventsub_subscriptions(conduit_id=term.conduit.id)
        return {f"{each.type} {each.broadcaster_id}".strip(): each for each in found}

    return ask
