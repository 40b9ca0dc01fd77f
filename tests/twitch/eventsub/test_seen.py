"""A message is new once in a window of time and of number."""

import random

from twitch.eventsub.backoff import (
    AT_ONCE_SECONDS,
    EASED_FAILURES,
    FIRST_SECONDS,
    LATER_SECONDS,
    LONGEST_SECONDS,
    Backoff,
)
from twitch.eventsub.close_codes import Action
from twitch.eventsub.seen import SeenIds


def test_a_message_is_new_once() -> None:
    seen = SeenIds(window_seconds=10)
    assert [seen.is_new("a", 0), seen.is_new("a", 9), seen.is_new("b", 9)] == [True, False, True]


def test_after_the_window_it_is_new_again_and_nothing_is_kept() -> None:
    seen = SeenIds(window_seconds=10)
    seen.is_new("a", 0)
    assert seen.is_new("a", 10)
    assert len(seen) == 1


def test_the_number_is_bounded_and_the_oldest_go() -> None:
    seen = SeenIds(ids_max=3)
    for message_id in "abcd":
        seen.is_new(message_id, 0)
    assert len(seen) == 3
    assert not seen.is_new("d", 0)
    assert seen.is_new("a", 0)


def test_a_pause_doubles_up_to_a_bound_and_is_spread() -> None:
    backoff = Backoff(random.Random(1))
    assert backoff.next_seconds() <= AT_ONCE_SECONDS
    pauses = [backoff.next_seconds() for _ in range(20)]
    for number, pause in enumerate(pauses):
        whole = min(FIRST_SECONDS * 2**number, LONGEST_SECONDS)
        assert whole / 2 <= pause <= whole
    backoff.ease()
    eased = FIRST_SECONDS * 2 ** (EASED_FAILURES - 1)
    assert eased / 2 <= backoff.next_seconds() <= eased
    backoff.reset()
    backoff.ease()
    assert backoff.next_seconds() <= AT_ONCE_SECONDS
    backoff.reset()
    assert LATER_SECONDS / 2 <= backoff.next_seconds(Action.REOPEN_LATER) <= LATER_SECONDS
