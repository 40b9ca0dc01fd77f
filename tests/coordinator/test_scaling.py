"""How many shards the load asks for: up at once, down slowly."""

from __future__ import annotations

import pytest

from coordinator.scaling import Bounds, Scaling

BOUNDS = Bounds(shards_min=4, shards_max=20, events_per_second=100.0, cooldown_seconds=60.0)


def scaling(count: int = 4, bounds: Bounds = BOUNDS) -> Scaling:
    return Scaling(bounds, count)


@pytest.mark.parametrize(("load", "count"), [(0.0, 4), (400.0, 4), (400.1, 5), (1000.0, 10), (1999.0, 20), (1e9, 20)])
def test_up_goes_at_once_to_what_brings_the_load_down_to_the_target(load: float, count: int) -> None:
    assert scaling().decide(0.0, load) == count


def test_down_goes_only_after_the_cooldown_and_to_what_its_highest_load_asks_for() -> None:
    decider = scaling(10)
    loads = [(0.0, 100.0), (20.0, 480.0), (40.0, 100.0), (59.9, 100.0)]
    assert [decider.decide(now, load) for now, load in loads] == [10, 10, 10, 10]
    assert decider.decide(60.0, 100.0) == 7, "480 events/s over 7 shards are 70 % of the target"
    assert decider.decide(60.1, 100.0) == 7, "the next step down begins a cool-down of its own"
    assert decider.decide(121.0, 100.0) == 4


def test_a_load_that_comes_back_meanwhile_starts_the_cooldown_anew() -> None:
    decider = scaling(10)
    decider.decide(0.0, 100.0)
    decider.decide(50.0, 900.0)
    assert decider.decide(70.0, 100.0) == 10
    assert decider.decide(129.0, 100.0) == 10
    assert decider.decide(130.0, 100.0) == 4


def test_between_the_two_lies_a_band_in_which_nothing_changes() -> None:
    decider = scaling(10)
    assert {decider.decide(float(now), load) for now in range(0, 600, 2) for load in (640.0, 1000.0)} == {10}


def test_a_load_that_is_not_known_changes_nothing_and_is_no_low_load() -> None:
    decider = scaling(10)
    assert [decider.decide(now, None) for now in (0.0, 100.0)] == [10, 10]
    decider.decide(100.0, 100.0)
    decider.decide(150.0, None)
    assert decider.decide(170.0, 100.0) == 10


@pytest.mark.parametrize(("count", "held"), [(1, 4), (40, 20)])
def test_a_count_outside_of_the_bounds_is_brought_within(count: int, held: int) -> None:
    assert scaling(count).decide(0.0, None) == held


def test_where_both_bounds_are_one_the_load_has_no_say() -> None:
    decider = scaling(4, Bounds(4, 4, 100.0, 60.0))
    assert [decider.decide(now, load) for now, load in ((0.0, 1e6), (1.0, 0.0), (100.0, 0.0))] == [4, 4, 4]


def test_after_a_count_set_by_hand_it_goes_on_from_there() -> None:
    decider = scaling()
    decider.follow(15)
    assert decider.decide(0.0, 100.0) == 15
    assert decider.decide(60.0, 100.0) == 4
