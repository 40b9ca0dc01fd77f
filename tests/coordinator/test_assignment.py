"""Who holds which shard: sticky, by capacity, moving only what must move."""

from collections import Counter
from collections.abc import Mapping

import pytest

from coordinator.assignment import Seat, assign


def seats(**capacities: int) -> list[Seat]:
    return [Seat(worker, capacity) for worker, capacity in capacities.items()]


def moves(before: Mapping[int, str], after: Mapping[int, str]) -> int:
    return sum(after.get(shard) != worker for shard, worker in before.items())


def test_shards_are_spread_evenly() -> None:
    assert Counter(assign(10, {}, seats(a=100, b=100, c=100)).values()) == {"a": 4, "b": 3, "c": 3}


def test_capacity_weighs() -> None:
    assert Counter(assign(9, {}, seats(big=20, small=10)).values()) == {"big": 6, "small": 3}


def test_capacity_is_never_exceeded_and_what_finds_no_room_is_left_out() -> None:
    assigned = assign(10, {}, seats(a=2, b=3))
    assert Counter(assigned.values()) == {"a": 2, "b": 3}
    assert sorted(assigned) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("nobody", [seats(), seats(full=0)])
def test_nobody_to_hold_them(nobody: list[Seat]) -> None:
    assert assign(4, {0: "gone"}, nobody) == {}


def test_no_shards() -> None:
    assert assign(0, {0: "a"}, seats(a=5)) == {}


def test_what_is_balanced_stays() -> None:
    held = {0: "b", 1: "a", 2: "b", 3: "a", 4: "b"}
    assert assign(5, held, seats(a=9, b=9)) == held


def test_an_unlucky_rounding_is_no_reason_to_move() -> None:
    """Five shards over two workers: either may hold three, so whoever does keeps them."""
    for more, less in (("a", "b"), ("b", "a")):
        held = {0: more, 1: more, 2: more, 3: less, 4: less}
        assert assign(5, held, seats(a=9, b=9)) == held


def test_a_joining_worker_takes_its_share_and_no_more() -> None:
    held = assign(12, {}, seats(a=9, b=9, c=9))
    after = assign(12, held, seats(a=9, b=9, c=9, d=9))
    assert Counter(after.values()) == {"a": 3, "b": 3, "c": 3, "d": 3}
    assert moves(held, after) == 3


def test_a_leaving_workers_shards_move_and_no_others() -> None:
    held = assign(12, {}, seats(a=9, b=9, c=9, d=9))
    after = assign(12, held, seats(a=9, b=9, d=9))
    assert {shard for shard, worker in held.items() if after[shard] != worker} == {
        shard for shard, worker in held.items() if worker == "c"
    }


def test_shards_out_of_range_and_holders_without_a_seat_count_for_nothing() -> None:
    held = {0: "drains", 1: "a", 7: "a", 8: "a"}
    assert assign(2, held, seats(a=1, b=1)) == {0: "b", 1: "a"}


def test_many_changes_at_once_settle_in_one_round() -> None:
    held = assign(1000, {}, [Seat(f"old-{i}", 50) for i in range(40)])
    now = [Seat(f"old-{i}", 50) for i in range(0, 40, 3)] + [Seat(f"new-{i}", 50) for i in range(25)]
    once = assign(1000, held, now)
    assert assign(1000, once, now) == once
    assert max(Counter(once.values()).values()) - min(Counter(once.values()).values()) <= 1


def test_a_large_fleet() -> None:
    fleet = [Seat(f"worker-{i:04}", 30) for i in range(1000)]
    held = assign(20_000, {}, fleet)
    assert sorted(held) == list(range(20_000))
    assert set(Counter(held.values()).values()) == {20}

    after = assign(20_000, held, fleet[10:])
    assert moves(held, after) == 10 * 20
    assert set(Counter(after.values()).values()) == {20, 21}


def test_one_seat_a_worker() -> None:
    with pytest.raises(AssertionError, match="one seat a worker"):
        assign(1, {}, [Seat("a", 1), Seat("a", 2)])
