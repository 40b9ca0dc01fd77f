"""How long a shard waits before it is opened again."""

from random import Random

import pytest

from shard_worker.pauses import (
    AGAIN_SECONDS,
    AGAIN_SECONDS_MAX,
    LASTING_SECONDS,
    LATER_SECONDS,
    LATER_SECONDS_MAX,
    MOMENT_SECONDS,
    SPREAD_SECONDS_EACH,
    SPREAD_SECONDS_MAX,
    Pauses,
)
from twitch.eventsub.close_codes import Action

NOW = 50.0


def pauses() -> Pauses:
    return Pauses(Random(1))


def test_a_lost_socket_is_reopened_at_once() -> None:
    waits = pauses()
    pause = waits.lost(7, Action.REOPEN, NOW)
    assert 0 <= pause <= SPREAD_SECONDS_EACH
    assert waits.until == {7: NOW + pause}


def test_many_that_are_lost_together_are_spread() -> None:
    waits = pauses()
    spread = [waits.lost(shard, Action.REOPEN, NOW) for shard in range(400)]
    assert max(spread[:10]) <= 10 * SPREAD_SECONDS_EACH
    assert min(spread[200:]) < 0.1 * SPREAD_SECONDS_MAX
    assert 0.9 * SPREAD_SECONDS_MAX < max(spread) <= SPREAD_SECONDS_MAX
    assert waits.lost(1000, Action.REOPEN, NOW + 2 * MOMENT_SECONDS) <= SPREAD_SECONDS_EACH, "the storm is over"


def test_a_socket_that_does_not_last_is_opened_ever_more_slowly() -> None:
    waits = pauses()
    for count in range(12):
        pause = waits.lost(0, Action.REOPEN, NOW + count)
        expected = min(AGAIN_SECONDS_MAX, AGAIN_SECONDS * 2 ** (count - 1)) if count else SPREAD_SECONDS_EACH
        assert 0.5 * expected * bool(count) <= pause <= expected
        waits.bound(0, NOW + count)
    waits.bound(0, NOW + 11 + LASTING_SECONDS / 2)
    assert waits.lost(0, Action.REOPEN, NOW + 11 + LASTING_SECONDS) <= SPREAD_SECONDS_EACH, "this one lasted"


def test_the_first_pause_to_end_is_told() -> None:
    waits = pauses()
    assert waits.next_end(NOW) == float("inf")
    first = waits.lost(0, Action.REOPEN, NOW)
    second = waits.lost(1, Action.REOPEN_LATER, NOW)
    assert waits.next_end(NOW) == pytest.approx(first)
    assert waits.next_end(NOW + first) == pytest.approx(second - first)


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
    waits.bound(0, NOW)
    assert waits.until == {}
    assert waits.lost(0, Action.REOPEN_LATER, NOW) <= 1.25 * LATER_SECONDS


def test_a_passing_fault_does_not_end_patience() -> None:
    waits = pauses()
    waits.lost(0, Action.REOPEN_LATER, NOW)
    assert LATER_SECONDS <= waits.lost(0, Action.REOPEN, NOW) <= LATER_SECONDS + SPREAD_SECONDS_EACH


def test_shards_wait_by_themselves() -> None:
    waits = pauses()
    waits.lost(0, Action.REOPEN_LATER, NOW)
    assert waits.lost(1, Action.REOPEN, NOW) <= SPREAD_SECONDS_EACH
    waits.bound(0, NOW)
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
