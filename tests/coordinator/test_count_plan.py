"""The way from the shard count that Twitch has to the one that is wanted."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from coordinator.count_plan import (
    BIND_SECONDS,
    GATHER_SECONDS,
    LOWER_SECONDS,
    OPEN_SECONDS,
    RETRY_SECONDS,
    CountPlan,
    Seen,
    Step,
    step_size,
)


def seen(
    count: int,
    wanted: int,
    now: float = 0.0,
    *,
    welcomed: Iterable[int] = (),
    dark: Iterable[int] = (),
    openings: int = 400,
    capacity: int = 20_000,
    parks: bool = False,
    answers: bool = True,
) -> Seen:
    return Seen(now, count, wanted, frozenset(dark), frozenset(welcomed), openings, capacity, parks, answers)


class TestTheSizeOfAStep:
    @pytest.mark.parametrize(
        ("count", "size"), [(1, 1), (4, 1), (17, 1), (18, 2), (36, 4), (90, 10), (899, 99), (900, 100), (9000, 100)]
    )
    def test_the_new_shards_are_a_tenth_of_the_raised_count_and_at_least_one(self, count: int, size: int) -> None:
        assert step_size(count, 20_000, 0) == size
        assert size == 1 or size * 10 <= count + size

    def test_it_ends_at_the_wanted_count(self) -> None:
        assert [step_size(90, wanted, 0) for wanted in (89, 90, 91, 95, 200)] == [0, 0, 1, 5, 10]

    def test_what_is_dark_already_counts(self) -> None:
        assert [step_size(90, 200, dark) for dark in (0, 1, 8, 9)] == [10, 8, 1, 0]
        assert step_size(4, 200, 1) == 0, "a second dark shard is where Twitch begins to drop"

    def test_from_4_to_40_takes_23_raises(self) -> None:
        counts = [4]
        while counts[-1] < 40:
            counts.append(counts[-1] + step_size(counts[-1], 40, 0))
        assert counts == [*range(4, 19), 20, 22, 24, 26, 28, 31, 34, 37, 40]


class TestUp:
    def test_sockets_are_opened_first(self) -> None:
        assert CountPlan().step(seen(4, 12)) == Step(reach=8, count=4)

    def test_with_a_steps_welcomes_in_hand_the_count_is_raised(self) -> None:
        plan = CountPlan()
        plan.step(seen(36, 60))
        assert plan.step(seen(36, 60, 1.0, welcomed=(36, 37, 38))) == Step(53, 36)
        assert plan.step(seen(36, 60, 1.1, welcomed=(36, 37, 38, 39, 40))) == Step(53, 40), "no more than a step"

    def test_the_next_sockets_are_opened_while_the_others_are_bound(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12))
        plan.step(seen(4, 12, 1.0, welcomed=(4, 5, 6, 7)))
        plan.raised(1.1)
        assert plan.step(seen(5, 12, 1.1, welcomed=(5, 6, 7))) == Step(reach=9, count=6)

    def test_a_shard_without_a_welcome_is_not_jumped_over(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12))
        assert plan.step(seen(4, 12, 1.0, welcomed=(5, 6, 7))) == Step(8, 4)

    def test_welcomes_wait_for_their_step_a_moment_and_then_go_without(self) -> None:
        plan = CountPlan()
        plan.step(seen(36, 60))
        plan.step(seen(36, 60, 1.0, welcomed=(36, 37)))
        assert plan.step(seen(36, 60, 0.9 + GATHER_SECONDS, welcomed=(36, 37))).count == 36
        assert plan.step(seen(36, 60, 1.0 + GATHER_SECONDS, welcomed=(36, 37, 39))).count == 38

    def test_sockets_that_could_not_be_bound_in_time_are_given_up_and_opened_again_later(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12))
        plan.step(seen(4, 12, 1.0, welcomed=(5,)))
        given_up = plan.step(seen(4, 12, 1.0 + BIND_SECONDS, welcomed=(5, 6)))
        assert (given_up.reach, given_up.count) == (4, 4)
        assert "not welcomed in time" in given_up.waits
        assert plan.step(seen(4, 12, 0.9 + BIND_SECONDS + RETRY_SECONDS)).reach == 4
        assert plan.step(seen(4, 12, 1.0 + BIND_SECONDS + RETRY_SECONDS)) == Step(8, 4)

    def test_a_shard_that_its_worker_cannot_open_is_parked_where_that_is_allowed(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12, parks=True))
        plan.step(seen(4, 12, 1.0, welcomed=(5, 6), parks=True))
        assert plan.step(seen(4, 12, 0.9 + GATHER_SECONDS, welcomed=(5, 6), parks=True)) == Step(8, 4)
        late = 1.0 + GATHER_SECONDS
        assert plan.step(seen(4, 12, late, welcomed=(5, 6), parks=True)) == Step(8, 5, parks=True)
        plan.raised(late)
        assert plan.step(seen(5, 12, late, welcomed=(5, 6), dark=(4,), parks=True)).count == 5, "it is bound first"
        assert plan.step(seen(5, 12, late + 0.1, welcomed=(5, 6), parks=True)) == Step(9, 6)

    def test_one_a_time_is_parked_where_nobody_opens_anything(self) -> None:
        plan = CountPlan()
        assert plan.step(seen(36, 60, parks=True)) == Step(53, 36)
        assert plan.step(seen(36, 60, OPEN_SECONDS, parks=True)) == Step(53, 37, parks=True)
        plan.raised(OPEN_SECONDS)
        assert plan.step(seen(37, 60, OPEN_SECONDS, parks=True)).count == 37

    def test_each_time_it_waits_twice_as_long_until_a_raise(self) -> None:
        plan = CountPlan()

        def pause(now: float) -> tuple[float, float]:
            """Opens, is given up, and says (when, how long it waited)."""
            assert plan.step(seen(4, 12, now)).reach == 8
            now += OPEN_SECONDS
            assert plan.step(seen(4, 12, now)).reach == 4
            waited = 0.0
            while plan.step(seen(4, 12, now + waited)).reach == 4:
                waited += 1.0
            plan.step(seen(4, 4, now + waited))
            return now + waited, waited

        now, pauses = 0.0, []
        for _ in range(6):
            now, waited = pause(now)
            pauses.append(waited)
        assert pauses == [4, 8, 16, 32, 60, 60]
        plan.raised(now)
        assert pause(now)[1] == 4

    def test_one_that_is_dark_stops_raises_but_not_the_sockets_on_their_way(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12))
        assert plan.step(seen(4, 12, 1.0, welcomed=(4, 5), dark=(2,))) == Step(
            8, 4, "1 of 4 shards are not bound, and more would be too many"
        )
        assert plan.step(seen(4, 12, 2.0, welcomed=(4, 5))) == Step(8, 5)

    def test_nothing_is_opened_that_nobody_holds(self) -> None:
        assert CountPlan().step(seen(4, 12, capacity=6)).reach == 6
        assert CountPlan().step(seen(4, 12, capacity=4)) == Step(4, 4, "the active workers hold 4 shards at most")
        assert CountPlan().step(seen(4, 12, capacity=0)) == Step(4, 4, "the active workers hold 0 shards at most")

    def test_what_was_opened_ahead_is_given_up_where_workers_leave_and_nobody_holds_it(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12, parks=True))
        assert plan.step(seen(4, 12, 1.0, capacity=5, welcomed=(5, 6), parks=True)).reach == 5
        assert plan.step(seen(4, 12, 2.0, capacity=4, parks=True)).reach == 4
        assert plan.step(seen(4, 12, 2.0 + OPEN_SECONDS, capacity=4, parks=True)).count == 4, "nor is it parked"

    def test_nothing_is_opened_that_could_not_be_bound_in_time(self) -> None:
        assert CountPlan().step(seen(900, 2000, openings=50)).reach == 950
        for answers, why in (
            (False, "Twitch does not answer"),
            (True, "the points of Twitch's rate limit are used up"),
        ):
            assert CountPlan().step(seen(900, 2000, openings=0, answers=answers)) == Step(900, 900, why)

    def test_a_lower_wish_midway_gives_the_rest_up(self) -> None:
        plan = CountPlan()
        plan.step(seen(4, 12))
        assert plan.step(seen(4, 5, 1.0, welcomed=(4, 5))) == Step(5, 5)
        assert plan.step(seen(5, 5, 1.1)) == Step(5, 5)


class TestDown:
    def test_the_count_is_lowered_before_anybody_lets_go(self) -> None:
        assert CountPlan().step(seen(40, 4)) == Step(reach=40, count=4)

    def test_it_waits_while_it_would_leave_a_greater_share_dark_but_not_for_ever(self) -> None:
        plan = CountPlan()
        waits = Step(40, 40, "1 of the 4 shards that are to remain are not bound")
        assert plan.step(seen(40, 4, 0.0, dark=(3,))) == waits
        assert plan.step(seen(40, 4, LOWER_SECONDS - 1, dark=(3,))) == waits
        assert plan.step(seen(40, 4, LOWER_SECONDS, dark=(3,))).count == 4

    @pytest.mark.parametrize("dark", [range(4, 40), range(40), (39,), (3, *range(4, 13))])
    def test_what_is_dark_in_the_tail_is_no_reason_to_wait(self, dark: Iterable[int]) -> None:
        assert CountPlan().step(seen(40, 4, dark=dark)).count == 4
