"""Where shards without a session are parked: the least loaded worker, its least used session, never beyond the bound."""

from __future__ import annotations

from coordinator.parking import Host, park
from twitch.ids import SessionId

A1, A2, B1 = SessionId("a1"), SessionId("a2"), SessionId("b1")


def host(worker: str, delivering: int, capacity: int = 100, **parked: int) -> Host:
    return Host(worker, capacity, delivering, {SessionId(session): count for session, count in parked.items()})


def test_the_least_loaded_worker_takes_it() -> None:
    assert park([7], [host("a", 3, a1=0), host("b", 2, b1=0)], 20) == {7: ("b", B1)}


def test_load_is_by_capacity() -> None:
    assert park([7], [host("a", 3, capacity=10, a1=0), host("b", 4, capacity=20, b1=0)], 20) == {7: ("b", B1)}


def test_of_a_workers_sessions_the_one_with_the_fewest_parked_takes_it() -> None:
    assert park([7], [host("a", 3, a1=1, a2=0)], 20) == {7: ("a", A2)}


def test_what_is_parked_counts_at_once() -> None:
    found = park([7, 8, 9], [host("a", 1, a1=0), host("b", 2, b1=0)], 20)
    assert found == {7: ("a", A1), 8: ("a", A1), 9: ("b", B1)}


def test_no_session_takes_more_than_the_bound() -> None:
    assert park(range(9), [host("a", 2, a1=0, a2=1)], 2) == {0: ("a", A1), 1: ("a", A1), 2: ("a", A2)}


def test_a_worker_whose_sessions_are_full_is_passed_over() -> None:
    assert park([7], [host("a", 1, a1=2), host("b", 50, b1=0)], 2) == {7: ("b", B1)}


def test_a_doubtful_worker_is_asked_only_where_nobody_else_has_room() -> None:
    doubtful = Host("a", 100, 1, {A1: 0}, doubtful=True)
    assert park([7, 8], [doubtful, host("b", 50, b1=0)], 1) == {7: ("b", B1), 8: ("a", A1)}


def test_without_a_host_nothing_is_parked() -> None:
    assert park([7], [], 20) == {}
    assert park([7], [host("a", 0)], 20) == {}


def test_the_order_of_what_it_is_told_does_not_matter() -> None:
    hosts = [host("a", 1, a1=0, a2=0), host("b", 1, b1=0)]
    assert park([3, 1, 2], hosts, 20) == park([1, 2, 3], hosts[::-1], 20)


def test_ten_thousand_shards_are_spread_evenly() -> None:
    hosts = [Host(f"w{i}", 100, 20, {SessionId(f"s{i}.{j}"): 0 for j in range(20)}) for i in range(500)]
    found = park(range(10_000), hosts, 20)
    assert len(found) == 10_000
    assert len({session for _, session in found.values()}) == 10_000, "one on each session"
