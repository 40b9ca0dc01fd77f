"""How long the control loop waits where Twitch refuses a call, and what of Twitch's word it tells."""

from __future__ import annotations

from itertools import accumulate, repeat

import pytest

from coordinator.control import Control, refusal_pause
from coordinator.reconcile import DELIVERING, Phase, ShardRecord
from coordinator.term import Conduit, Term
from twitch.ids import ConduitId


@pytest.mark.parametrize(
    ("heals", "pauses"), [(True, [1, 1, 1, 1, 1, 1]), (False, [1, 2, 4, 8, 10, 10])], ids=["heals", "seems not to"]
)
def test_a_first_refusal_holds_the_shards_up_for_a_moment_only(heals: bool, pauses: list[float]) -> None:
    waits = accumulate(repeat(heals, 6), lambda last, each: refusal_pause(last, heals=each), initial=0.0)

    assert list(waits)[1:] == pauses


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
