"""A leader's term against the test's Redis; Twitch is never asked here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from coordinator.term import Term
from fleet.clock import boottime
from fleet.keys import Keys
from fleet.lease import LeaseRules
from fleet.scripts import Scripts
from fleet.settings import Settings
from twitch.app import App


@pytest.fixture
def keys(namespace: str) -> Keys:
    return Keys(namespace)


@pytest.fixture
async def term(settings: Settings, redis: Redis, keys: Keys) -> AsyncIterator[Term]:
    """A term that was just won, and lasts for the test."""
    scripts = Scripts(redis)
    epoch, _ = await scripts.elect(keys=[keys.leader, keys.epoch, keys.incarnation], args=["c1", 60_000, "first"])
    lease = LeaseRules(60.0).elected("c1", int(epoch), boottime())
    app = App("client", "secret")
    yield Term(settings, redis, keys, scripts, app, lease)
    await app.close()
