"""What holds for any fleet, whoever joins, leaves or held what before."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.assignment import Seat, assign

workers = st.sampled_from([f"w{i}" for i in range(8)])
fleets = st.dictionaries(workers, st.integers(0, 12), max_size=8)
holdings = st.dictionaries(st.integers(0, 45), workers, max_size=45)
counts = st.integers(0, 40)


def seats(fleet: dict[str, int]) -> list[Seat]:
    return [Seat(worker, capacity) for worker, capacity in fleet.items()]


@settings(deadline=None, max_examples=200)
@given(counts, holdings, fleets)
def test_an_assignment_is_complete_bounded_and_balanced(
    count: int, held: dict[int, str], fleet: dict[str, int]
) -> None:
    assigned = assign(count, held, seats(fleet))
    sizes, total = Counter(assigned.values()), sum(fleet.values())
    assert set(assigned) <= set(range(count))
    assert len(assigned) == min(count, total)
    assert set(assigned.values()) <= set(fleet)
    for worker, capacity in fleet.items():
        assert sizes[worker] <= capacity
        if total > count:
            # Its exact share is count x capacity / total: whole numbers, so the comparison is exact.
            assert abs(sizes[worker] * total - count * capacity) < total


@settings(deadline=None, max_examples=200)
@given(counts, holdings, fleets)
def test_nothing_moves_that_could_stay(count: int, held: dict[int, str], fleet: dict[str, int]) -> None:
    """As many shards stay as any balanced assignment could leave where they are."""
    assigned = assign(count, held, seats(fleet))
    stayed = sum(held.get(shard) == worker for shard, worker in assigned.items())
    holding = Counter(worker for shard, worker in held.items() if shard < count and worker in fleet)
    total = sum(fleet.values())
    if total <= count:
        assert stayed == sum(min(holding[worker], capacity) for worker, capacity in fleet.items())
        return
    floors = {worker: count * capacity // total for worker, capacity in fleet.items()}
    glad_of_one_more = sum(
        holding[worker] > floor and count * fleet[worker] % total > 0 for worker, floor in floors.items()
    )
    spare = count - sum(floors.values())
    assert stayed == sum(min(holding[w], floor) for w, floor in floors.items()) + min(spare, glad_of_one_more)


@settings(deadline=None, max_examples=200)
@given(counts, holdings, fleets)
def test_one_round_settles_everything(count: int, held: dict[int, str], fleet: dict[str, int]) -> None:
    once = assign(count, held, seats(fleet))
    assert assign(count, once, seats(fleet)) == once
    assert assign(count, held, reversed(seats(fleet))) == once, "the order in which workers are named means nothing"
