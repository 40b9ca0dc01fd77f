"""The order of leaders' writes."""

from __future__ import annotations

from tests.chaos.writes import Election, Loss, Write, overtaken

ELECTIONS = [Election("c1", 1, 0.0), Election("c2", 2, 1000.0), Election("c1", 3, 2000.0)]


def write(process: str, at_ms: float) -> Write:
    return Write(process, "PATCH /shards", at_ms)


def test_leaders_that_follow_one_another_are_well() -> None:
    writes = [write("c1", 10), write("c2", 1010), write("c2", 1020), write("c1", 2010)]

    assert overtaken(ELECTIONS, writes) == []


def test_a_write_may_come_late_as_long_as_its_successor_has_written_nothing() -> None:
    assert overtaken(ELECTIONS, [write("c1", 1500), write("c2", 1600)]) == []


def test_a_write_behind_the_first_one_of_a_successor_is_told() -> None:
    [wrong] = overtaken(ELECTIONS, [write("c2", 1500), write("c1", 1501), write("c2", 1502)])

    assert wrong == "PATCH /shards of c1 at epoch 1 came 1 ms after one of c2 at epoch 2"


def test_a_redis_that_lost_the_lease_may_have_given_it_away_until_that_would_have_ended() -> None:
    writes = [write("c2", 1500), write("c1", 1501), write("c1", 1900)]

    assert len(overtaken(ELECTIONS, writes, [Loss(900.0, 1600.0)])) == 1


def test_who_was_never_elected_writes_nothing() -> None:
    assert overtaken(ELECTIONS, [write("c3", 1500), write("c2", 900)]) == [
        "c2 wrote without ever having been elected: PATCH /shards",
        "c3 wrote without ever having been elected: PATCH /shards",
    ]
