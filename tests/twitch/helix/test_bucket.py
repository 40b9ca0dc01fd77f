"""The points of a token: what is given away before Twitch has told, and after."""

import math

from hypothesis import given
from hypothesis import strategies as st

from twitch.helix.bucket import PointBucket
from twitch.helix.calls import RateReading
from twitch.helix.endpoints import Lane


def reading(remaining: int, *, limit: int = 800, reset_at: float = 60, resets_in: float = 60) -> RateReading:
    return RateReading(limit, remaining, reset_at, resets_in)


def known(remaining: int, *, limit: int = 800, now: float = 0) -> PointBucket:
    bucket = PointBucket()
    bucket.reserve()
    bucket.settle(reading(remaining, limit=limit), now)
    return bucket


def test_before_the_first_answer_one_call_finds_out() -> None:
    bucket = PointBucket()
    assert bucket.wait_seconds(Lane.SHARDS, 0) == 0
    bucket.reserve()
    assert bucket.wait_seconds(Lane.SHARDS, 0) == math.inf


def test_what_is_under_way_is_gone_already() -> None:
    bucket = known(2, limit=10)
    bucket.reserve()
    assert bucket.wait_seconds(Lane.SHARDS, 0) == 0
    bucket.reserve()
    assert bucket.wait_seconds(Lane.SHARDS, 10) == 50


def test_after_the_reset_the_bucket_is_full() -> None:
    bucket = known(0)
    assert bucket.wait_seconds(Lane.SHARDS, 59) == 1
    assert bucket.wait_seconds(Lane.SHARDS, 60) == 0


def test_the_last_points_are_for_binding_shards() -> None:
    bucket = known(40)
    assert bucket.wait_seconds(Lane.REST, 0) == 60
    assert bucket.wait_seconds(Lane.SUBSCRIPTIONS, 0) == 0
    bucket = known(20)
    assert bucket.wait_seconds(Lane.SUBSCRIPTIONS, 0) == 60
    assert bucket.wait_seconds(Lane.LISTINGS, 0) == 0
    bucket = known(10)
    assert bucket.wait_seconds(Lane.LISTINGS, 0) == 60
    assert bucket.wait_seconds(Lane.SHARDS, 0) == 0


def test_a_late_answer_of_the_same_window_gives_nothing_back() -> None:
    bucket = known(10, limit=10)
    bucket.reserve()
    bucket.reserve()
    bucket.settle(reading(8, limit=10), 1)
    bucket.settle(reading(9, limit=10), 1)
    assert bucket.remaining == 8


def test_an_answer_of_an_older_window_changes_nothing() -> None:
    bucket = known(10, limit=10)
    bucket.settle(reading(5, limit=10, reset_at=120), 70)
    bucket.settle(reading(0, limit=10, reset_at=60, resets_in=0), 70)
    assert bucket.remaining == 5


def test_an_answer_without_headers_counts_as_a_point() -> None:
    bucket = known(5, limit=10)
    bucket.reserve()
    bucket.settle(None, 1)
    assert (bucket.remaining, bucket.under_way) == (4, 0)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("call"), st.sampled_from(list(Lane)), st.floats(0, 5)),
            st.tuples(st.just("answer"), st.none(), st.floats(0, 5)),
        ),
        max_size=200,
    ),
    st.integers(1, 30),
)
def test_twitch_never_says_no(steps: list[tuple[str, Lane | None, float]], limit: int) -> None:
    """Against a Twitch of fixed windows, whatever the order of calls and answers, no call finds the bucket empty."""
    bucket = PointBucket()
    now, left, window_ends = 0.0, limit, 60.0
    under_way: list[RateReading] = []
    for step, lane, passed in steps:
        now += passed
        if now >= window_ends:
            left, window_ends = limit, now + 60.0
        if step == "call" and lane is not None and bucket.wait_seconds(lane, now) == 0:
            bucket.reserve()
            left -= 1
            assert left >= 0
            under_way.append(RateReading(limit, left, window_ends, window_ends - now))
        elif step == "answer" and under_way:
            answer = under_way.pop()
            bucket.settle(RateReading(limit, answer.remaining, answer.reset_at, max(answer.reset_at - now, 0)), now)
