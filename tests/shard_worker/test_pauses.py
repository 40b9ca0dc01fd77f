"""How long a shard waits before it is opened again."""

from random import Random

import pytest

from shard_worker.pauses import JITTER_SECONDS, LATER_SECONDS, LATER_SECONDS_MAX, Pauses
from twitch.eventsub.close_codes import Action

NOW = 50.0


def pauses() -> Pauses:
    return Pauses(Random(1))


def test_a_lost_socket_is_reopened_at_once_with_jitter() -> None:
    waits = pauses()
    spread = [waits.lost(shard, Action.REOPEN, NOW) for shard in range(200)]
    assert 0 <= min(spread) < 0.1 * JITTER_SECONDS
    assert 0.9 * JITTER_SECONDS < max(spread) <= JITTER_SECONDS
    assert waits.until == {shard: NOW + pause for shard, pause in enumerate(spread)}


@pytest.mark.parametrize("action", [Action.REOPEN_LATER, Action.PERMANENT])
def test_where_the_same_would_happen_again_the_wait_doubles_up_to_a_bound(action: Action) -> None:
    waits = pauses()
    for count in range(12):
        expected = min(LATER_SECONDS_MAX, LATER_SECONDS * 2**count)
        assert 0.75 * expected <= waits.lost(0, action, NOW) <= 1.25 * expected


def test_patience_ends_when_the_shard_is_bound() -> None:
    waits = pauses()
    for _ in range(6):
        waits.lost(0, Action.REOPEN_LATER, NOW)
    waits.bound(0)
    assert waits.until == {}
    assert waits.lost(0, Action.REOPEN, NOW) <= JITTER_SECONDS
    assert waits.lost(0, Action.REOPEN_LATER, NOW) <= 1.25 * LATER_SECONDS


def test_a_passing_fault_does_not_end_patience() -> None:
    waits = pauses()
    waits.lost(0, Action.REOPEN_LATER, NOW)
    assert LATER_SECONDS <= waits.lost(0, Action.REOPEN, NOW) <= LATER_SECONDS + JITTER_SECONDS


def test_shards_wait_by_themselves() -> None:
    waits = pauses()
    waits.lost(0, Action.REOPEN_LATER, NOW)
    assert waits.lost(1, Action.REOPEN, NOW) <= JITTER_SECONDS
    waits.bound(0)
    assert list(waits.until) == [1]


def test_a_seed_repeats_itself() -> None:
    one, two = pauses(), pauses()
    assert [one.lost(s, Action.REOPEN, NOW) for s in range(9)] == [two.lost(s, Action.REOPEN, NOW) for s in range(9)]


def test_once_what_made_them_fail_is_over_every_shard_may_be_opened() -> None:
    pauses = Pauses(Random(1))
    for _ in range(5):
        pauses.lost(3, Action.REOPEN_LATER, now=0.0)
    pauses.forget()
    assert pauses.until == {}
    assert pauses.lost(3, Action.REOPEN_LATER, now=0.0) <= 1.25
