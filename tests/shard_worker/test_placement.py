"""Which sockets a worker opens, keeps and lets go of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from fleet.reports import Orders
from shard_worker.placement import NOTHING, Held, Placement, place
from twitch.ids import SessionId

NOW = 1000.0


def held(
    serial: int,
    shard: int,
    epoch: int = 5,
    session: str = "",
    *,
    ending: bool = False,
    unneeded_since: float | None = None,
    last_notification_at: float = 0.0,
) -> Held:
    return Held(serial, shard, epoch, SessionId(session), ending, unneeded_since, last_notification_at)


def orders(open_: Mapping[int, int], bound: Mapping[str, tuple[int, ...]] | None = None) -> Orders:
    return Orders(open=dict(open_), bound={SessionId(session): shards for session, shards in (bound or {}).items()})


def placed(
    ordered: Orders | None,
    *sessions: Held,
    pauses: Mapping[int, float] | None = None,
    now: float = NOW,
    led: bool = True,
    openings_max: int = 100,
) -> Placement:
    return place(ordered, sessions, pauses or {}, now, led=led, openings_max=openings_max)


class TestOpening:
    def test_an_ordered_shard_without_a_session_gets_one(self) -> None:
        assert placed(orders({2: 6, 0: 5})).open == ((0, 5), (2, 6))

    def test_not_while_nobody_leads(self) -> None:
        assert placed(orders({0: 5}), led=False).open == ()

    def test_not_before_its_pause_is_over(self) -> None:
        assert placed(orders({0: 5, 1: 5}), pauses={0: NOW + 0.1, 1: NOW}).open == ((1, 5),)

    def test_not_while_one_is_on_its_way(self) -> None:
        assert placed(orders({0: 5}), held(1, 0)).open == ()
        assert placed(orders({0: 5}), held(1, 0, session="s1")).open == ()

    @pytest.mark.parametrize(
        ("sessions", "opens"),
        [
            ((), ((0, 5), (1, 5))),
            ((held(1, 3),), ((0, 5),)),
            ((held(1, 3, session="s3"),), ((0, 5),)),
            ((held(1, 3), held(2, 4)), ()),
            ((held(1, 3, session="bound"),), ((0, 5), (1, 5))),
        ],
        ids=["nothing on its way", "one opening", "one welcomed", "as many as may be", "a bound one counts no more"],
    )
    def test_within_what_the_leader_can_bind_in_time(
        self, sessions: Sequence[Held], opens: tuple[tuple[int, int], ...]
    ) -> None:
        ordered = orders({0: 5, 1: 5, 2: 5, 3: 5, 4: 5}, {"bound": (3,)})
        assert placed(ordered, *sessions, openings_max=2).open == opens

    def test_a_session_that_is_about_to_end_is_replaced(self) -> None:
        now = placed(orders({0: 5}, {"s1": (0,)}), held(1, 0, session="s1", ending=True))
        assert now.open == ((0, 5),)
        assert now.close == (), "it is read until it ends"

    def test_and_only_once(self) -> None:
        now = placed(orders({0: 5}, {"s1": (0,)}), held(1, 0, session="s1", ending=True), held(2, 0))
        assert now.open == ()


class TestKeeping:
    def test_an_open_session_counts_for_a_newer_epoch(self) -> None:
        now = placed(orders({0: 9}, {"s1": (0,)}), held(1, 0, 5, "s1"))
        assert (now.confirm, now.open, now.close) == (((1, 9),), (), ())

    def test_so_does_one_on_its_way(self) -> None:
        assert placed(orders({0: 9}), held(1, 0, 5)).confirm == ((1, 9),)

    def test_of_two_the_newest_counts(self) -> None:
        now = placed(orders({0: 9}, {"s1": (0,)}), held(1, 0, 5, "s1"), held(2, 0, 5, "s2"))
        assert now.confirm == ((2, 9),)

    def test_the_older_one_stays_while_twitch_sends_through_it(self) -> None:
        now = placed(orders({0: 5}, {"s1": (0,)}), held(1, 0, 5, "s1"), held(2, 0, 5, "s2"))
        assert (now.unneeded, now.close) == ((), ())

    def test_what_another_worker_is_about_to_take_over_stays_while_it_is_bound(self) -> None:
        now = placed(orders({}, {"s1": (0,)}), held(1, 0, 5, "s1"))
        assert now == NOTHING


class TestLettingGo:
    def test_a_session_that_nothing_needs_begins_its_quiet_time(self) -> None:
        now = placed(orders({}), held(1, 0, 5, "s1"))
        assert (now.unneeded, now.close) == ((1,), ())

    def test_so_does_one_that_was_superseded(self) -> None:
        now = placed(orders({0: 5}, {"s2": (0,)}), held(1, 0, 5, "s1"), held(2, 0, 5, "s2"))
        assert now.unneeded == (1,)

    @pytest.mark.parametrize(
        ("since", "notified_at", "closes"),
        [
            (NOW - 1.9, 0.0, False),
            (NOW - 2.0, 0.0, True),
            (NOW - 5.0, NOW - 1.0, False),
            (NOW - 5.0, NOW - 2.0, True),
            (NOW - 10.0, NOW - 0.1, True),
        ],
        ids=["too early", "quiet for 2 s", "something came", "quiet again", "never quiet, but 10 s are over"],
    )
    def test_it_is_closed_when_it_has_been_quiet(self, since: float, notified_at: float, closes: bool) -> None:
        session = held(1, 0, 5, "s1", unneeded_since=since, last_notification_at=notified_at)
        assert placed(orders({}), session).close == ((1,) if closes else ())

    def test_one_that_is_needed_after_all_is_kept(self) -> None:
        for ordered in (orders({0: 6}), orders({}, {"s1": (0,)})):
            now = placed(ordered, held(1, 0, 5, "s1", unneeded_since=NOW - 60))
            assert (now.needed, now.close) == ((1,), ())

    def test_one_that_nobody_has_bound_yet_has_nothing_to_wait_for(self) -> None:
        assert placed(orders({}), held(1, 0)).close == (1,)

    def test_one_that_is_ending_is_left_alone(self) -> None:
        assert placed(orders({}), held(1, 0, 5, "s1", ending=True)) == NOTHING


def test_without_orders_nothing_is_opened_and_nothing_is_let_go() -> None:
    assert placed(None, held(1, 0, 5, "s1"), held(2, 1, unneeded_since=0.0)) == NOTHING


class TestSettled:
    """Whether time alone can bring something to do."""

    def test_while_everything_is_as_ordered(self) -> None:
        assert placed(orders({0: 5}, {"s1": (0,)}), held(1, 0, 5, "s1")).settled

    def test_not_while_a_shard_waits_for_its_pause(self) -> None:
        assert not placed(orders({0: 5}), pauses={0: NOW + 9}).settled

    def test_not_while_a_session_is_to_become_quiet(self) -> None:
        assert not placed(orders({}), held(1, 0, 5, "s1", unneeded_since=NOW)).settled
