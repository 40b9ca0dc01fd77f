"""The bucket of points behind Helix's three Ratelimit headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch.ids import ClientId, UserId
from twitch.simulator.ratelimit import BucketKey, Buckets

APP = BucketKey(ClientId("abc"))
NOW = 1_700_000_000.0


def test_a_fresh_bucket_holds_a_minutes_worth_of_800_points() -> None:
    assert Buckets().take(APP, NOW).headers() == {
        "Ratelimit-Limit": "800", "Ratelimit-Remaining": "799", "Ratelimit-Reset": str(int(NOW) + 1),
    }  # fmt: skip


def test_an_empty_bucket_refuses_and_a_refusal_costs_nothing() -> None:
    buckets = Buckets(limit_points=2)
    assert [buckets.take(APP, NOW).allowed for _ in range(4)] == [True, True, False, False]
    refused = buckets.take(APP, NOW)
    assert (refused.remaining_points, refused.full_at) == (0, NOW + 60)


def test_it_refills_evenly_over_a_minute() -> None:
    buckets = Buckets(limit_points=60)
    buckets.take(APP, NOW, points=60)
    assert buckets.peek(APP, NOW + 0.5).remaining_points == 0
    assert buckets.peek(APP, NOW + 1.0).remaining_points == 1
    assert buckets.peek(APP, NOW + 59.0).remaining_points == 59
    full = buckets.peek(APP, NOW + 600.0)
    assert (full.remaining_points, full.full_at) == (60, NOW + 600.0)


def test_whoever_waits_for_the_reset_finds_it_full() -> None:
    buckets = Buckets(limit_points=800)
    for _ in range(800):
        reading = buckets.take(APP, NOW)
    assert buckets.peek(APP, float(reading.headers()["Ratelimit-Reset"])).remaining_points == 800


@pytest.mark.parametrize(
    "other",
    [
        BucketKey(ClientId("xyz")),
        BucketKey(ClientId("abc"), UserId("1")),
        BucketKey(ClientId("abc"), lane="chat"),
    ],
)
def test_each_client_each_user_of_it_and_each_lane_has_its_own(other: BucketKey) -> None:
    buckets = Buckets(limit_points=1)
    assert buckets.take(APP, NOW).allowed
    assert buckets.take(other, NOW).allowed
    assert not buckets.take(APP, NOW).allowed


def test_a_faster_clock_is_turned_into_unix_time_for_the_header() -> None:
    reading = Buckets(limit_points=60).take(APP, 600.0, points=60)
    assert reading.headers(lambda at: NOW + at / 60)["Ratelimit-Reset"] == str(int(NOW) + 11)


def test_a_call_dearer_than_what_is_left_takes_nothing() -> None:
    buckets = Buckets(limit_points=10)
    assert not buckets.take(APP, NOW, points=11).allowed
    assert buckets.peek(APP, NOW).remaining_points == 10


def test_a_bucket_that_holds_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        Buckets(limit_points=0)


@given(
    st.lists(st.tuples(st.floats(0, 10), st.integers(1, 5)), max_size=60),
    st.integers(1, 50),
)
def test_no_more_points_are_taken_than_a_full_bucket_and_what_flows_in(
    calls: list[tuple[float, int]], limit: int
) -> None:
    buckets, now, taken = Buckets(limit_points=limit, window_seconds=60.0), NOW, 0
    for pause_seconds, points in calls:
        now += pause_seconds
        reading = buckets.take(APP, now, points=points)
        taken += points if reading.allowed else 0
        assert 0 <= reading.remaining_points <= limit
        assert taken <= limit * (1 + (now - NOW) / 60.0) + 1e-6
