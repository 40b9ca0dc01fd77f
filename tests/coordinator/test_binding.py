"""Bindings: of a call that Twitch refuses whole, what spoils it is found, and the rest is bound."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY

from coordinator.binding import SPOILED_MAX, Bindings
from coordinator.listing import Listings
from coordinator.reconcile import Binding, Phase, ShardRecord
from coordinator.term import Conduit, Term
from fleet.clock import boottime
from twitch.errors import BadRequest
from twitch.ids import ConduitId, SessionId
from twitch.models import ShardUpdate

CONDUIT = Conduit(ConduitId("c"), 300, created_by_us=True)
SPOILS = SessionId("no session that Twitch can read")


class Shards:
    """Update Conduit Shards of a Twitch that refuses a call whole for one session that it can't read."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.bound: set[str] = set()

    async def __call__(self, conduit_id: str, updates: Sequence[ShardUpdate]) -> Any:
        assert conduit_id == CONDUIT.id
        self.calls.append(len(updates))
        if any(update.session_id == SPOILS for update in updates):
            raise BadRequest(400, "the session id is invalid", endpoint="update_conduit_shards")
        self.bound |= {update.id for update in updates}
        return Answer()


class Answer:
    errors: tuple[()] = ()


@pytest.fixture
def shards(term: Term, monkeypatch: pytest.MonkeyPatch) -> Shards:
    shards = Shards()
    monkeypatch.setattr(term.twitch.application, "update_conduit_shards", shards)
    return shards


def wanted(count: int, *spoilt: int) -> tuple[list[Binding], dict[int, ShardRecord]]:
    bindings = [Binding(shard, SPOILS if shard in spoilt else SessionId(f"s{shard}"), "w") for shard in range(count)]
    return bindings, {shard: ShardRecord(Phase.OPENING, 1, "w", 5) for shard in range(count)}


def refused(kind: str) -> float:
    return REGISTRY.get_sample_value("conduit_bindings_refused_total", {"kind": kind}) or 0.0


def bindings_of(term: Term) -> Bindings:
    return Bindings(term, Listings(term, asyncio.Event()), lambda _: None)


async def test_one_that_twitch_cant_read_keeps_no_other_from_being_bound(term: Term, shards: Shards) -> None:
    bindings, records = wanted(250, 130)
    it = bindings_of(term)
    before = refused("new")
    await it.bind(CONDUIT, bindings, records, 2)
    assert {shard for shard, record in records.items() if record.phase is not Phase.BOUND} == {130}
    assert len(shards.bound) == 249
    assert len(shards.calls) <= 3 + 2 * 7
    assert it.held_back(boottime()) == {(130, SPOILS)}
    assert refused("new") == before + 1


async def test_what_is_refused_however_it_is_cut_is_an_answer_to_all(term: Term, shards: Shards) -> None:
    bindings, records = wanted(100, *range(100))
    with pytest.raises(BadRequest):
        await bindings_of(term).bind(CONDUIT, bindings, records, 2)
    assert len(shards.calls) == SPOILED_MAX + 1


async def test_a_shard_whose_session_twitch_takes_back_had_been_called_down_though_it_lived(
    term: Term, shards: Shards
) -> None:
    """One that gets another session may have lost its own, as with a killed worker: that is nothing to tell of."""

    def called_down() -> float:
        return REGISTRY.get_sample_value("conduit_shards_called_down_total") or 0.0

    dark = ShardRecord(Phase.DARK, 1, "w", 5, SessionId("s"), "w")
    doubted = ShardRecord(Phase.BOUND, 1, "w", 5, SessionId("s"), "w")
    before = called_down()
    for record, session, expected in ((doubted, "s", 0), (dark, "another", 0), (dark, "s", 1)):
        await bindings_of(term).bind(CONDUIT, [Binding(0, SessionId(session), "w")], {0: record}, 2)
        assert called_down() - before == expected
