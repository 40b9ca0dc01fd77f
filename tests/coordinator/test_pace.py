"""What may be opened and listed within Twitch's rate limit."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.pace import (
    BIND_SECONDS,
    LISTINGS_SHARE,
    OPENINGS_MAX,
    PATCH_SHARDS_MAX,
    listing_pause_seconds,
    openings,
)


@dataclass(frozen=True)
class Bucket:
    limit: int
    remaining: int
    resets_in_seconds: float


def bucket(remaining: int, *, limit: int = 800, resets_in: float = 60.0) -> Bucket:
    return Bucket(limit, remaining, resets_in)


buckets = st.builds(Bucket, st.integers(1, 10_000), st.integers(0, 10_000), st.floats(0, 60))


class TestOpenings:
    def test_with_points_and_a_quick_twitch_it_is_the_most(self) -> None:
        assert openings(None, 0.0) == openings(bucket(800), 0.2) == OPENINGS_MAX

    @pytest.mark.parametrize(("points", "sockets"), [(3, 300), (1, 100), (0, 0)])
    def test_no_more_than_there_are_points_to_bind(self, points: int, sockets: int) -> None:
        assert openings(bucket(points), 0.1) == sockets

    def test_points_that_come_in_time_count(self) -> None:
        assert openings(bucket(0, resets_in=BIND_SECONDS - 1), 0.1) == OPENINGS_MAX

    @pytest.mark.parametrize(("seconds", "sockets"), [(1.7, 400), (2.0, 300), (3.0, 200), (5.0, 100), (60.0, 100)])
    def test_a_slow_twitch_binds_fewer_in_time_and_one_call_is_always_tried(self, seconds: float, sockets: int) -> None:
        assert openings(bucket(800), seconds) == sockets

    @given(buckets, st.floats(0.001, 20))
    def test_never_more_than_can_be_bound_before_twitch_closes_them(self, points: Bucket, call_seconds: float) -> None:
        calls = -(-openings(points, call_seconds) // PATCH_SHARDS_MAX)
        assert calls * call_seconds <= max(BIND_SECONDS, call_seconds)
        assert calls <= points.remaining + (points.limit if points.resets_in_seconds < BIND_SECONDS else 0)


class TestListings:
    def test_a_small_conduit_is_listed_whenever_there_is_reason_to(self) -> None:
        assert listing_pause_seconds(bucket(0), 400) == 0.0

    def test_a_large_one_at_once_while_the_bucket_is_rather_full(self) -> None:
        assert listing_pause_seconds(bucket(800), 20_000) == listing_pause_seconds(None, 20_000) == 0.0
        assert listing_pause_seconds(bucket(599), 20_000) == 0.0

    def test_then_it_waits(self) -> None:
        assert listing_pause_seconds(bucket(398), 20_000) == pytest.approx(60.3)
        assert listing_pause_seconds(bucket(300), 2000) == pytest.approx(6.3)

    @given(buckets, st.integers(1, 20_000))
    def test_those_that_wait_take_no_more_than_their_share(self, points: Bucket, shard_count: int) -> None:
        pause = listing_pause_seconds(points, shard_count)
        calls = 1 + -(-shard_count // 100)
        assert not pause or calls * 60.0 / pause == pytest.approx(LISTINGS_SHARE * points.limit)
