"""When Twitch is asked what it believes: the clock is the test's, the answers a simulated Twitch's."""

from __future__ import annotations

import asyncio

import pytest

from coordinator.listing import OFTEN_FACTOR, Listings
from coordinator.term import Conduit, Term
from twitch.simulator import Simulator


class Asking:
    """Listings of a conduit of one shard; `at` says whether one is asked for at a time, and waits for its answer."""

    def __init__(self, term: Term) -> None:
        assert term.conduit is not None
        self.listings, self._conduit = Listings(term, asyncio.Event()), term.conduit
        self.pause_seconds = term.settings.listing_seconds

    async def at(self, now: float, *, often: bool = False) -> bool:
        before = self.listings.serial
        self.listings.ask_if_due(self._conduit, now, often=often)
        if self.listings._task is not None:
            await self.listings._task
        return self.listings.serial > before


@pytest.fixture
def asking(hosting_term: Term) -> Asking:
    return Asking(hosting_term)


async def test_it_is_asked_at_its_pace_and_at_once_where_there_is_doubt(asking: Asking) -> None:
    assert await asking.at(1000.0)
    assert not await asking.at(1000.0 + asking.pause_seconds - 0.01)
    assert await asking.at(1000.0 + asking.pause_seconds)
    asking.listings.soon()
    assert await asking.at(1000.0 + asking.pause_seconds)


async def test_a_shard_that_goes_dark_after_one_brings_the_next_forward(asking: Asking) -> None:
    assert await asking.at(1000.0, often=False)
    soon = 1000.0 + asking.pause_seconds / OFTEN_FACTOR
    assert not await asking.at(soon, often=False)
    assert await asking.at(soon, often=True)


async def test_one_that_fails_is_soon_asked_again(asking: Asking, sim: Simulator) -> None:
    """Until then no socket is opened anywhere, since nobody could bind it."""
    sim.control.fault("status", endpoint="GET /eventsub/conduits", status=500)
    assert await asking.at(1000.0)
    assert not asking.listings.twitch_answers
    assert await asking.at(1000.0 + asking.pause_seconds / OFTEN_FACTOR)
    assert asking.listings.twitch_answers


async def test_one_that_failed_is_soon_asked_again_though_twitch_has_answered_another_call(
    asking: Asking, hosting_term: Term, sim: Simulator
) -> None:
    """Until then the leader says that it is not ready."""
    sim.control.fault("status", endpoint="GET /eventsub/conduits", status=500)
    assert await asking.at(1000.0)
    asking.listings.twitch_answers = True  # as a binding says
    assert await asking.at(1000.0 + asking.pause_seconds / OFTEN_FACTOR)
    assert "listing" not in hosting_term.not_ready


async def test_the_conduit_that_is_listed_is_told_with_its_count(asking: Asking, hosting_term: Term) -> None:
    assert isinstance(hosting_term.conduit, Conduit)
    assert await asking.at(1000.0)
    assert asking.listings.counted is not None
    assert asking.listings.counted.shard_count == hosting_term.conduit.shard_count
