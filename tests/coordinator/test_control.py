"""How long the control loop waits where Twitch refuses a call, and what of Twitch's word it tells."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, repeat

import pytest
from prometheus_client import REGISTRY

from coordinator.control import Control, refusal_pause
from coordinator.reconcile import DELIVERING, Member, Phase, ShardRecord
from coordinator.term import Conduit, Term
from fleet.reports import Report, ReportedSession
from twitch.ids import ConduitId, SessionId


@pytest.mark.parametrize(
    ("heals", "pauses"), [(True, [1, 1, 1, 1, 1, 1]), (False, [1, 2, 4, 8, 10, 10])], ids=["heals", "seems not to"]
)
def test_a_first_refusal_holds_the_shards_up_for_a_moment_only(heals: bool, pauses: list[float]) -> None:
    waits = accumulate(repeat(heals, 6), lambda last, each: refusal_pause(last, heals=each), initial=0.0)

    assert list(waits)[1:] == pauses


async def test_a_shard_that_twitch_calls_down_is_counted_once_where_its_worker_holds_the_session(term: Term) -> None:
    """Nobody had told: that of a worker which is gone, or has lost the socket, is what was to be expected."""

    async def nothing_named() -> str:
        return ""

    def called_down() -> float:
        return REGISTRY.get_sample_value("conduit_shards_called_down_total") or 0.0

    control = Control(term, nothing_named)
    control._records = {
        shard: ShardRecord(Phase.BOUND, 1, "w", 5, SessionId(session), "w") for shard, session in enumerate("abc")
    }
    held = tuple(ReportedSession(SessionId(session), shard, 5, 1) for shard, session in enumerate("ab"))
    lives = Member(Report(incarnation="i", active=True, capacity=9, sessions=held))
    before = called_down()
    for down, member, expected in (
        ({0, 2}, lives, 1),
        ({0, 2}, lives, 1),
        (set(), lives, 1),
        ({0, 1}, lives, 3),
        (set(), lives, 3),
        ({0}, replace(lives, silent=True), 3),
        ({0, 1}, replace(lives, gone=True), 3),
    ):
        control._note_down(frozenset(down), {"w": member})
        assert called_down() - before == expected


@pytest.mark.parametrize(
    ("phases", "bound"),
    [
        ((Phase.BOUND, Phase.HANDING_OVER), True),
        ((Phase.BOUND, Phase.OPENING), False),
        ((Phase.BOUND, Phase.DARK), False),
        ((Phase.BOUND, Phase.UNASSIGNED), True),
        ((Phase.UNASSIGNED, Phase.UNASSIGNED), False),
    ],
    ids=lambda each: "-".join(each) if isinstance(each, tuple) else str(each),
)
async def test_subscriptions_wait_for_the_shards_that_workers_have_room_for(
    term: Term, phases: tuple[Phase, ...], bound: bool
) -> None:
    """A fleet that is short of workers goes on healing its subscriptions, and says what it lacks."""

    async def nothing_named() -> str:
        return ""

    control = Control(term, nothing_named)
    control._records = {shard: ShardRecord(phase, 1, "w", 5) for shard, phase in enumerate(phases)}
    control._show(Conduit(ConduitId("c"), len(phases), created_by_us=True), 2, {})
    assert term.shards_bound.is_set() == bound
    assert ("shards" in term.not_ready) == any(phase not in DELIVERING for phase in phases)
