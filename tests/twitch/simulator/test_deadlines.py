"""Deadlines: in order of time, then of setting."""

from functools import partial

from twitch.simulator.deadlines import Deadlines


def test_run_in_order_and_only_when_their_time_has_come() -> None:
    deadlines = Deadlines()
    ran: list[tuple[str, float]] = []
    for when, name in ((2.0, "b"), (1.0, "a"), (2.0, "c"), (3.0, "d")):
        deadlines.at(when, partial(lambda name, now: ran.append((name, now)), name))
    assert deadlines.next_at == 1.0

    deadlines.run(2.0)
    assert ran == [("a", 2.0), ("b", 2.0), ("c", 2.0)]
    assert (deadlines.next_at, len(deadlines)) == (3.0, 1)


def test_one_that_is_set_meanwhile_for_now_runs_too() -> None:
    deadlines = Deadlines()
    ran: list[float] = []
    deadlines.at(1.0, lambda now: deadlines.at(now, ran.append))
    deadlines.run(1.5)

    assert ran == [1.5]
    assert deadlines.next_at is None
