"""A group's margin is what the nearest edge of trimming still has to go before it meets what the group needs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.margin import Edges, Standing, margin, outpaced, overrun

NOW_MS = 10_000_000
EDGES = Edges(now_ms=NOW_MS, retention_ms=1_000_000, length_max=1000, memory_use=0.0)
STANDING = Standing(
    first=(NOW_MS - 800_000, 0), last=(NOW_MS, 0), length=100, delivered=(NOW_MS - 800_000, 0), needed=None
)


def needing(ms_ago: int) -> Standing:
    return replace(STANDING, needed=(NOW_MS - ms_ago, 0))


def test_who_has_read_everything_has_the_whole_margin() -> None:
    assert margin(STANDING, EDGES) == 1.0


@pytest.mark.parametrize(("ms_ago", "expected"), [(0, 1.0), (250_000, 0.75), (1_000_000, 0.0), (2_000_000, 0.0)])
def test_age_comes_near(ms_ago: int, expected: float) -> None:
    assert margin(needing(ms_ago), EDGES) == pytest.approx(expected)


def test_length_comes_near() -> None:
    # A quarter of the way back in time is taken for a quarter of the entries.
    assert margin(needing(200_000), replace(EDGES, length_max=50, retention_ms=10**9)) == pytest.approx(0.5)


def test_memory_comes_near() -> None:
    edges = replace(EDGES, memory_use=2.0, retention_ms=10**9)  # half of every stream is about to be cut
    assert margin(needing(200_000), edges) == pytest.approx(0.5)
    assert margin(needing(400_000), edges) == pytest.approx(0.0, abs=1e-3)


def test_entries_of_one_moment_all_wait() -> None:
    standing = replace(STANDING, first=(NOW_MS, 0), last=(NOW_MS, 99), needed=(NOW_MS, 50))
    assert margin(standing, replace(EDGES, length_max=200)) == pytest.approx(0.5)


def test_an_empty_stream_threatens_nobody() -> None:
    assert margin(replace(needing(900_000), first=None, length=0), EDGES) == 1.0


@given(
    st.integers(0, 2_000_000), st.integers(0, 2_000_000), st.integers(1, 5000), st.floats(0, 10), st.integers(1, 5000)
)
def test_it_is_a_ratio_and_falls_as_a_group_falls_behind(
    nearer: int, further: int, length: int, memory_use: float, length_max: int
) -> None:
    nearer, further = sorted((nearer, further))
    edges = replace(EDGES, memory_use=memory_use, length_max=length_max)
    ahead, behind = (margin(replace(needing(ago), length=length), edges) for ago in (nearer, further))
    assert 0.0 <= behind <= ahead <= 1.0


class TestOverrun:
    def test_what_is_still_there_is_not(self) -> None:
        assert not overrun((NOW_MS - 800_000, 0), replace(STANDING, delivered=(0, 0)))

    def test_what_went_before_it_was_given(self) -> None:
        assert overrun((NOW_MS - 900_000, 0), replace(STANDING, delivered=(0, 0), needed=STANDING.first))

    def test_what_was_given_and_acknowledged_before_it_went_is_not(self) -> None:
        assert not overrun((NOW_MS - 900_000, 0), STANDING)

    def test_what_was_given_and_went_before_it_was_acknowledged(self) -> None:
        assert overrun((NOW_MS - 900_000, 0), replace(STANDING, needed=(NOW_MS - 900_000, 0)))

    def test_a_stream_that_was_emptied(self) -> None:
        assert overrun((NOW_MS, 0), replace(STANDING, first=None, length=0, delivered=(0, 0)))

    def test_who_needed_nothing_lost_nothing(self) -> None:
        assert not overrun(None, replace(STANDING, delivered=(0, 0)))


class TestOutpaced:
    """A group that reads on, only too slowly, while the oldest entry moves."""

    BEFORE = replace(STANDING, first=(1000, 0), last=(5000, 0), delivered=(1500, 0))

    def test_the_oldest_entry_has_moved_beyond_what_it_was_given(self) -> None:
        assert outpaced(self.BEFORE, replace(STANDING, first=(3000, 0), delivered=(2000, 0)))

    def test_it_is_still_ahead_of_trimming(self) -> None:
        assert not outpaced(self.BEFORE, replace(STANDING, first=(2000, 0), delivered=(2500, 0)))

    def test_it_had_read_everything_before_what_it_had_read_was_trimmed(self) -> None:
        assert not outpaced(self.BEFORE, replace(STANDING, first=(6000, 0), delivered=(5000, 0)))

    def test_it_begins_at_the_beginning_and_nothing_was_trimmed(self) -> None:
        before = replace(self.BEFORE, delivered=(0, 0))
        assert not outpaced(before, replace(before, last=(6000, 0)))

    def test_nobody_has_looked_before_or_nothing_is_there(self) -> None:
        assert not outpaced(None, STANDING)
        assert not outpaced(self.BEFORE, replace(STANDING, first=None))
