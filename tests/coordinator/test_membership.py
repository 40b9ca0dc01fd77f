"""Which workers are surely dead: silence alone is not enough, for an outage silences everybody."""

from __future__ import annotations

import math

from coordinator.membership import Membership
from twitch.ids import SessionId

TTL, HEARTBEAT = 4.0, 1.0
S1, S2 = SessionId("s1"), SessionId("s2")


def membership(now: float = 0.0, **ttl_left: float) -> Membership:
    """A leader that has listened since `now`, and what Redis told it then."""
    members = Membership(TTL, HEARTBEAT, gapless_since=now)
    members.observed(now, ttl_left)
    return members


def test_a_worker_is_heard_when_its_heartbeat_was_renewed() -> None:
    members = membership(0.0, w=TTL)
    members.observed(3.0, {"w": 3.5})
    assert members.silent_seconds("w", 3.0) == 0.5


def test_a_worker_whose_heartbeat_is_half_a_beat_late_is_doubted() -> None:
    members = membership(0.0, w=TTL, other=TTL)
    members.observed(1.25, {"w": 2.75, "other": 3.5})
    assert members.doubted(1.25) == frozenset()
    assert members.next_doubt_seconds(1.25) == 0.25
    members.observed(1.5, {"w": 2.5, "other": 3.25})
    assert members.doubted(1.5) == {"w"}
    assert members.next_doubt_seconds(1.5) == 0.75
    assert members.suspects(1.5) == frozenset()


def test_nobody_is_about_to_be_doubted_where_nobody_is_heard() -> None:
    assert membership(0.0).next_doubt_seconds(5.0) == math.inf
    assert membership(0.0, w=TTL).next_doubt_seconds(5.0) == math.inf


def test_after_two_heartbeats_twitch_is_worth_asking() -> None:
    members = membership(0.0, w=TTL, other=TTL)
    members.observed(2.0, {"w": 2.0, "other": 4.0})
    assert members.suspects(2.0) == {"w"}


def test_silent_and_not_shown_by_twitch_it_is_gone() -> None:
    members = membership(0.0, w=TTL)
    members.observed(2.5, {"w": 1.5})
    assert members.gone(2.5, {"w": [S1]}, frozenset({S2}), listed_at=2.0) == {"w"}


def test_while_twitch_shows_a_session_of_it_it_lives() -> None:
    members = membership(0.0, w=TTL)
    members.observed(60.0, {"w": -0.002})
    assert members.gone(60.0, {"w": [S1, S2]}, frozenset({S2}), listed_at=60.0) == frozenset()


def test_without_a_listing_nobody_knows() -> None:
    members = membership(0.0, w=TTL)
    members.observed(60.0, {"w": -0.002})
    assert members.gone(60.0, {"w": [S1]}, None, listed_at=0.0) == frozenset()


def test_a_listing_of_the_time_when_it_was_heard_tells_nothing() -> None:
    members = membership(0.0, w=TTL)
    members.observed(3.0, {"w": 1.0})
    assert members.gone(3.0, {"w": [S1]}, frozenset(), listed_at=0.9) == frozenset()
    assert members.gone(3.0, {"w": [S1]}, frozenset(), listed_at=1.0) == {"w"}


def test_one_that_holds_nothing_is_gone_after_a_whole_ttl() -> None:
    members = membership(0.0, w=TTL)
    members.observed(3.9, {"w": 0.1})
    assert members.gone(3.9, {}, None, listed_at=0.0) == frozenset()
    members.observed(4.0, {"w": -0.002})
    assert members.gone(4.0, {}, None, listed_at=0.0) == {"w"}


def test_silence_is_counted_anew_after_an_election() -> None:
    """What this leader did not listen to, it did not hear."""
    members = membership(100.0, w=-0.002)
    assert members.silent_seconds("w", 101.5) == 1.5
    assert members.gone(101.9, {"w": [S1]}, frozenset(), listed_at=101.9) == frozenset()
    assert members.gone(102.0, {"w": [S1]}, frozenset(), listed_at=101.5) == {"w"}


def test_and_after_every_gap_in_our_own_calls() -> None:
    members = membership(0.0, w=TTL)
    members.interrupted(30.0)
    members.observed(31.0, {"w": -0.002})
    assert members.silent_seconds("w", 31.0) == 1.0
    assert members.suspects(31.0) == frozenset()
    assert members.gone(31.0, {}, frozenset(), listed_at=31.0) == frozenset()


def test_a_worker_that_left_is_forgotten() -> None:
    members = membership(0.0, w=TTL)
    members.observed(60.0, {})
    assert members.suspects(60.0) == frozenset()
