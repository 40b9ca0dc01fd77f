"""The plan: from what is wanted and what is seen, what to write and which shards to bind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from coordinator.reconcile import (
    Binding,
    Listing,
    Member,
    Observed,
    Phase,
    Plan,
    ShardRecord,
    bound,
    distrusted,
    plan,
)
from fleet.reports import Report, ReportedSession
from twitch.ids import SessionId

NOW_MS = 1_700_000_000_000
S1, S2, S3 = SessionId("s1"), SessionId("s2"), SessionId("s3")


def session(name: SessionId, shard: int, epoch: int, serial: int = 1) -> ReportedSession:
    return ReportedSession(name, shard, epoch, serial)


def worker(*sessions: ReportedSession, active: bool = True, capacity: int = 100, gone: bool = False) -> Member:
    return Member(Report(incarnation="i", active=active, capacity=capacity, sessions=sessions), gone)


def bound_record(
    session: SessionId, worker: str, epoch: int = 5, *, holder: str = "", since_ms: int = 1
) -> ShardRecord:
    holder = holder or worker
    phase = Phase.BOUND if holder == worker else Phase.HANDING_OVER
    return ShardRecord(phase, since_ms, worker, epoch, session, holder)


def planned(
    records: Mapping[int, ShardRecord],
    members: Mapping[str, Member],
    *,
    shard_count: int = 1,
    now_ms: int = NOW_MS,
    doubted: frozenset[int] = frozenset(),
    asked: frozenset[int] = frozenset(),
    held_back: frozenset[tuple[int, SessionId]] = frozenset(),
    park_max: int = 0,
    unparkable: frozenset[int] = frozenset(),
) -> Plan:
    return plan(
        Observed(
            now_ms,
            shard_count,
            records,
            members,
            distrusted=doubted,
            doubted=asked,
            held_back=held_back,
            park_max=park_max,
            unparkable=unparkable,
        )
    )


class TestFromColdToBound:
    def test_with_no_workers_shards_are_unassigned(self) -> None:
        assert planned({}, {}, shard_count=2) == Plan(
            {0: ShardRecord(Phase.UNASSIGNED, NOW_MS), 1: ShardRecord(Phase.UNASSIGNED, NOW_MS)}, (), 0
        )

    def test_a_worker_is_to_open_what_it_is_assigned(self) -> None:
        now = planned({}, {"a": worker()})
        assert now.records == {0: ShardRecord(Phase.OPENING, NOW_MS, "a", NOW_MS)}
        assert now.bindings == ()

    def test_an_assignments_epoch_is_above_all_before(self) -> None:
        records = {0: bound_record(S1, "a", epoch=NOW_MS + 50), 1: ShardRecord(Phase.UNASSIGNED, 1)}
        now = planned(records, {"a": worker(session(S1, 0, NOW_MS + 50))}, shard_count=2)
        assert now.records[1].epoch == NOW_MS + 51

    def test_a_welcomed_session_is_bound(self) -> None:
        opening = ShardRecord(Phase.OPENING, 1, "a", 5)
        now = planned({0: opening}, {"a": worker(session(S1, 0, 5))})
        assert now.bindings == (Binding(0, S1, "a"),)
        assert now.records == {0: opening}, "bound only when Twitch has said so"

    def test_after_twitch_accepted_it_is_bound(self) -> None:
        opening = ShardRecord(Phase.OPENING, 1, "a", 5)
        record = bound(opening, Binding(0, S1, "a"), NOW_MS)
        assert record == bound_record(S1, "a", since_ms=NOW_MS)
        assert planned({0: record}, {"a": worker(session(S1, 0, 5))}) == Plan({0: record}, (), 0)

    def test_the_newest_of_two_sessions_is_bound(self) -> None:
        members = {"a": worker(session(S1, 0, 5, serial=9), session(S2, 0, 5, serial=10))}
        assert planned({0: ShardRecord(Phase.OPENING, 1, "a", 5)}, members).bindings == (Binding(0, S2, "a"),)

    def test_a_session_of_another_epoch_is_of_the_past(self) -> None:
        members = {"a": worker(session(S1, 0, 4)), "b": worker(session(S2, 0, 5))}
        assert planned({0: ShardRecord(Phase.OPENING, 1, "a", 5)}, members).bindings == ()

    def test_what_twitch_refused_a_moment_ago_is_held_back(self) -> None:
        opening = {0: ShardRecord(Phase.OPENING, 1, "a", 5)}
        held_back = frozenset({(0, S1)})
        assert planned(opening, {"a": worker(session(S1, 0, 5))}, held_back=held_back).bindings == ()
        fresh = {"a": worker(session(S1, 0, 5), session(S2, 0, 5, serial=2))}
        assert planned(opening, fresh, held_back=held_back).bindings == (Binding(0, S2, "a"),)


class TestLostSockets:
    def test_a_lost_session_leaves_its_shard_dark(self) -> None:
        now = planned({0: bound_record(S1, "a")}, {"a": worker()})
        assert now.records == {0: ShardRecord(Phase.DARK, NOW_MS, "a", 5)}

    def test_dark_goes_on_counting_from_its_beginning(self) -> None:
        dark = ShardRecord(Phase.DARK, 77, "a", 5)
        assert planned({0: dark}, {"a": worker()}).records == {0: dark}

    def test_the_session_that_is_opened_in_its_place_is_bound(self) -> None:
        dark = ShardRecord(Phase.DARK, 77, "a", 5)
        assert planned({0: dark}, {"a": worker(session(S2, 0, 5))}).bindings == (Binding(0, S2, "a"),)

    def test_a_replacement_is_bound_while_the_old_session_still_lives(self) -> None:
        now = planned({0: bound_record(S1, "a")}, {"a": worker(session(S1, 0, 5), session(S2, 0, 5, serial=2))})
        assert now.records == {0: bound_record(S1, "a")}
        assert now.bindings == (Binding(0, S2, "a"),)


class TestAdoption:
    """Over a Redis that lost its data, what workers hold is bound again, and nothing is opened."""

    def test_a_live_sessions_shard_stays_with_its_worker(self) -> None:
        now = planned({}, {"a": worker(), "b": worker(session(S1, 0, 5))})
        assert now.records == {0: ShardRecord(Phase.OPENING, NOW_MS, "b", NOW_MS)}

    def test_the_same_session_is_bound_once_its_worker_has_confirmed_the_new_epoch(self) -> None:
        record = planned({}, {"b": worker(session(S1, 0, 5))}).records[0]
        now = planned({0: record}, {"b": worker(session(S1, 0, record.epoch))})
        assert now.bindings == (Binding(0, S1, "b"),)

    def test_of_two_that_hold_it_the_newest_session_counts(self) -> None:
        members = {"a": worker(session(S1, 0, 5)), "b": worker(session(S2, 0, 6))}
        assert planned({}, members).records[0].worker == "b"

    def test_the_new_epoch_is_above_those_of_the_sessions(self) -> None:
        """Also where the clock of the Redis that took over is behind."""
        assert planned({}, {"a": worker(session(S1, 0, NOW_MS + 9))}).records[0].epoch == NOW_MS + 10


class TestPlannedMove:
    """Make before break: the old session delivers until the new one is bound."""

    def test_the_shard_of_a_draining_worker_is_handed_over(self) -> None:
        members = {"a": worker(session(S1, 0, 5), active=False), "b": worker()}
        now = planned({0: bound_record(S1, "a")}, members)
        assert now.records == {0: bound_record(S1, "b", NOW_MS, holder="a", since_ms=NOW_MS)}
        assert (now.bindings, now.moved) == ((), 1)

    def test_it_is_bound_to_the_new_worker_when_that_is_welcomed(self) -> None:
        moving = bound_record(S1, "b", 6, holder="a")
        members = {"a": worker(session(S1, 0, 5), active=False), "b": worker(session(S2, 0, 6))}
        now = planned({0: moving}, members)
        assert now.records == {0: moving}
        assert now.bindings == (Binding(0, S2, "b"),)
        assert bound(moving, now.bindings[0], NOW_MS) == bound_record(S2, "b", 6, since_ms=NOW_MS)

    def test_it_is_dark_if_the_old_session_ends_too_early(self) -> None:
        moving = bound_record(S1, "b", 6, holder="a")
        now = planned({0: moving}, {"a": worker(active=False), "b": worker()})
        assert now.records == {0: ShardRecord(Phase.DARK, NOW_MS, "b", 6)}

    def test_a_joining_worker_is_handed_its_share(self) -> None:
        records = {0: bound_record(S1, "a"), 1: bound_record(S2, "a")}
        members = {"a": worker(session(S1, 0, 5), session(S2, 1, 5)), "b": worker()}
        now = planned(records, members, shard_count=2)
        assert [record.worker for record in now.records.values()] == ["a", "b"]
        assert now.records[1] == bound_record(S2, "b", NOW_MS, holder="a", since_ms=NOW_MS)

    def test_with_nobody_to_take_over_a_draining_worker_goes_on(self) -> None:
        record = bound_record(S1, "a")
        for others in ({}, {"full": worker(capacity=0)}):
            members = {"a": worker(session(S1, 0, 5), active=False), **others}
            assert planned({0: record}, members) == Plan({0: record}, (), 0)


class TestDeadWorker:
    def test_its_shards_go_to_others_at_a_higher_epoch(self) -> None:
        members = {"a": worker(session(S1, 0, 5), gone=True), "b": worker()}
        now = planned({0: bound_record(S1, "a")}, members)
        assert now.records == {0: ShardRecord(Phase.DARK, NOW_MS, "b", NOW_MS)}
        assert now.moved == 1

    def test_what_it_reported_is_worth_nothing(self) -> None:
        dark = ShardRecord(Phase.DARK, 1, "a", 5)
        now = planned({0: dark}, {"a": worker(session(S1, 0, 5), gone=True)})
        assert (now.records[0].worker, now.bindings) == ("", ())

    def test_with_no_other_worker_its_shards_are_unassigned(self) -> None:
        now = planned({0: bound_record(S1, "a")}, {})
        assert now.records[0].phase is Phase.UNASSIGNED
        assert (now.records[0].worker, now.records[0].session) == ("", "")

    def test_a_worker_that_left_leaves_its_shards_to_others(self) -> None:
        assert planned({0: bound_record(S1, "left")}, {"b": worker()}).records[0].worker == "b"


class TestParking:
    """A shard that nobody carries goes to a live session of another, until it has one of its own."""

    lost = bound_record(S1, "a")
    hosts: ClassVar[dict[int, ShardRecord]] = {1: bound_record(S2, "b"), 2: bound_record(S3, "c")}
    b, c = worker(session(S2, 1, 5)), worker(session(S3, 2, 5))
    parked = ShardRecord(Phase.HANDING_OVER, 1, "c", 6, S2, "b")

    def test_the_shard_of_a_dead_worker_is_parked_while_another_opens_a_socket_for_it(self) -> None:
        members = {"a": worker(session(S1, 0, 5), gone=True), "b": self.b, "c": self.c}
        now = planned({0: self.lost} | self.hosts, members, shard_count=3, park_max=1)
        assert now.records[0] == ShardRecord(Phase.DARK, NOW_MS, "b", NOW_MS)
        assert now.bindings == (Binding(0, S2, "b", parked=True),)

    def test_parked_it_delivers_and_is_not_bound_yet_even_at_its_own_worker(self) -> None:
        dark = ShardRecord(Phase.DARK, 1, "b", 6)
        record = bound(dark, Binding(0, S2, "b", parked=True), NOW_MS)
        assert record == ShardRecord(Phase.HANDING_OVER, NOW_MS, "b", 6, S2, "b")
        members = {"b": self.b, "c": self.c}
        assert planned({0: record} | self.hosts, members, shard_count=3, park_max=1) == Plan(
            {0: record} | self.hosts, (), 0
        )

    def test_it_moves_to_the_session_of_its_own_when_that_is_welcomed(self) -> None:
        c = worker(session(S3, 2, 5), session(S1, 0, 6))
        now = planned({0: self.parked} | self.hosts, {"b": self.b, "c": c}, shard_count=3, park_max=1)
        assert now.bindings == (Binding(0, S1, "c"),)
        assert now.records[0] == self.parked, "and delivers where it is parked until Twitch has accepted"

    def test_with_reopen_nothing_is_parked(self) -> None:
        members = {"a": worker(gone=True), "b": self.b, "c": self.c}
        assert planned({0: self.lost} | self.hosts, members, shard_count=3).bindings == ()

    def test_without_a_live_session_it_is_reopened(self) -> None:
        now = planned({0: self.lost}, {"a": worker(gone=True), "b": worker()}, park_max=1)
        assert (now.records[0].worker, now.bindings) == ("b", ())

    def test_after_twitch_refused_to_park_it_it_is_reopened(self) -> None:
        members = {"a": worker(gone=True), "b": self.b, "c": self.c}
        now = planned(
            {0: self.lost} | self.hosts, members, shard_count=3, park_max=1, unparkable=frozenset({0}),
        )  # fmt: skip
        assert (now.records[0].worker, now.bindings) == ("b", ())

    def test_a_session_that_twitch_refused_a_moment_ago_takes_nobody(self) -> None:
        members = {"a": worker(gone=True), "b": self.b, "c": self.c}
        now = planned({0: self.lost} | self.hosts, members, shard_count=3, park_max=1, held_back=frozenset({(9, S2)}))
        assert now.bindings == (Binding(0, S3, "c", parked=True),)

    def test_a_draining_worker_takes_nobody(self) -> None:
        members = {"a": worker(gone=True), "b": worker(session(S2, 1, 5), active=False), "c": self.c}
        now = planned({0: self.lost} | self.hosts, members, shard_count=3, park_max=1)
        assert now.bindings == (Binding(0, S3, "c", parked=True),)

    def test_a_session_not_bound_to_its_own_shard_takes_nobody(self) -> None:
        opening = {1: ShardRecord(Phase.OPENING, 1, "b", 5), 2: self.hosts[2]}
        members = {"a": worker(gone=True), "b": self.b, "c": self.c}
        now = planned({0: self.lost} | opening, members, shard_count=3, park_max=1)
        assert Binding(0, S3, "c", parked=True) in now.bindings

    def test_a_shard_that_twitch_shows_down_is_first_bound_again_to_the_session_its_worker_reports(self) -> None:
        members = {"a": worker(session(S1, 0, 5)), "b": self.b, "c": self.c}
        now = planned({0: self.lost} | self.hosts, members, shard_count=3, park_max=1, doubted=frozenset({0}))
        assert now.bindings == (Binding(0, S1, "a"),)

    def test_refused_it_is_parked_and_stays_assigned_to_its_worker(self) -> None:
        """Before heartbeats are missed; a worker that lives takes it back with the session it opens."""
        members = {"a": worker(session(S1, 0, 5)), "b": self.b, "c": self.c}
        doubt = {"doubted": frozenset({0}), "held_back": frozenset({(0, S1)})}
        now = planned({0: self.lost} | self.hosts, members, shard_count=3, park_max=1, **doubt)  # type: ignore[arg-type]
        assert now.bindings == (Binding(0, S2, "b", parked=True),)
        assert now.moved == 0
        record = bound(now.records[0], now.bindings[0], NOW_MS)
        assert record == ShardRecord(Phase.HANDING_OVER, NOW_MS, "a", 5, S2, "b")
        back = {"a": worker(session(SessionId("s4"), 0, 5, serial=2)), "b": self.b, "c": self.c}
        assert planned({0: record} | self.hosts, back, shard_count=3, park_max=1).bindings == (
            Binding(0, SessionId("s4"), "a"),
        )

    def test_a_lost_socket_of_a_living_worker_is_its_own_to_reopen_and_parked_meanwhile(self) -> None:
        members = {"a": worker(), "b": self.b, "c": self.c}
        now = planned({0: self.lost} | self.hosts, members, shard_count=3, park_max=1)
        assert now.records[0] == ShardRecord(Phase.DARK, NOW_MS, "a", 5)
        assert now.bindings == (Binding(0, S2, "b", parked=True),)

    def test_a_shard_that_no_worker_has_room_for_is_parked(self) -> None:
        b = worker(session(S2, 1, 5), capacity=1)
        now = planned({1: self.hosts[1]}, {"b": b}, shard_count=2, park_max=1)
        assert now.records[0].phase is Phase.UNASSIGNED
        assert now.bindings == (Binding(0, S2, "b", parked=True),)

    def test_a_shard_that_is_opened_for_the_first_time_waits_for_its_socket(self) -> None:
        opening = ShardRecord(Phase.OPENING, 1, "c", 6)
        members = {"b": self.b, "c": self.c}
        assert planned({0: opening} | self.hosts, members, shard_count=3, park_max=1).bindings == ()

    def test_what_is_parked_on_a_draining_worker_is_parked_anew_before_anything_else_moves(self) -> None:
        b = worker(session(S2, 1, 5), active=False)
        c = worker(session(S3, 2, 5), session(S1, 1, 7))
        moving = bound_record(S2, "c", 7, holder="b")
        now = planned({0: self.parked, 1: moving, 2: self.hosts[2]}, {"b": b, "c": c}, shard_count=3, park_max=1)
        assert now.bindings == (Binding(0, S3, "c", parked=True), Binding(1, S1, "c"))
        assert now.records[0] == self.parked

    def test_what_is_parked_on_a_session_that_another_replaces_is_parked_anew(self) -> None:
        """The reconnect failed, say, and its worker has opened a fresh session."""
        b = worker(session(S2, 1, 5), session(S1, 1, 5, serial=2))
        now = planned({0: self.parked} | self.hosts, {"b": b, "c": self.c}, shard_count=3, park_max=1)
        assert now.bindings == (Binding(0, S3, "c", parked=True), Binding(1, S1, "b"))

    def test_a_lost_host_session_leaves_all_its_shards_dark_and_they_are_parked_anew(self) -> None:
        b = worker(session(S1, 1, 5, serial=2))
        now = planned({0: self.parked} | self.hosts, {"b": b, "c": self.c}, shard_count=3, park_max=1)
        assert now.records[0] == ShardRecord(Phase.DARK, NOW_MS, "c", 6)
        assert now.bindings == (Binding(0, S3, "c", parked=True), Binding(1, S1, "b"))

    def test_where_it_is_parked_it_stays_when_its_hosts_shard_moves(self) -> None:
        moved = bound_record(S1, "c", 7)
        c = worker(session(S3, 2, 5), session(S1, 1, 7))
        records = {0: self.parked, 1: moved, 2: self.hosts[2]}
        now = planned(records, {"b": self.b, "c": c, "d": worker(capacity=0)}, shard_count=3, park_max=1)
        assert now.records[0].session == S2
        assert now.bindings == ()


class TestDoubt:
    """Somebody says that a session is down: it is bound once more, and Twitch's answer tells."""

    def test_a_doubted_shard_delivers_until_twitch_says_otherwise(self) -> None:
        records = {0: bound_record(S1, "a")}
        members = {"a": worker(session(S1, 0, 5))}
        assert planned(records, members, asked=frozenset({0})) == Plan(records, (Binding(0, S1, "a"),), 0)

    def test_a_parked_one_is_asked_for_where_it_is_parked(self) -> None:
        records = {0: ShardRecord(Phase.HANDING_OVER, 1, "b", 6, S2, "b"), 1: bound_record(S2, "b")}
        now = planned(records, {"b": worker(session(S2, 1, 5))}, shard_count=2, asked=frozenset({0}))
        assert now.bindings == (Binding(0, S2, "b", parked=True),)

    def test_if_a_session_of_its_own_is_there_it_is_bound_to_that(self) -> None:
        members = {"a": worker(session(S1, 0, 5), session(S2, 0, 5, serial=2))}
        now = planned({0: bound_record(S1, "a")}, members, asked=frozenset({0}))
        assert now.bindings == (Binding(0, S2, "a"),)

    def test_what_is_lost_already_is_not_asked_for(self) -> None:
        assert planned({0: bound_record(S1, "a")}, {"a": worker()}, asked=frozenset({0})).bindings == ()

    def test_the_worker_of_a_doubted_shard_takes_others_last(self) -> None:
        records = {0: bound_record(S1, "gone"), 1: bound_record(S2, "a"), 2: bound_record(S3, "b")}
        members = {"a": worker(session(S2, 1, 5)), "b": worker(session(S3, 2, 5))}
        assert planned(records, members, shard_count=3, park_max=1).bindings == (Binding(0, S2, "a", parked=True),)
        a_and_c = {
            "a": worker(session(S2, 1, 5), session(SessionId("s4"), 3, 5)), "b": worker(session(S3, 2, 5)),
        }  # fmt: skip
        records[3] = bound_record(SessionId("s4"), "a")
        now = planned(records, a_and_c, shard_count=4, park_max=1, asked=frozenset({3}))
        assert Binding(0, S3, "b", parked=True) in now.bindings

    def test_a_silent_worker_takes_others_last(self) -> None:
        records = {0: bound_record(S1, "gone"), 1: bound_record(S2, "a"), 2: bound_record(S3, "b")}
        members = {"a": replace(worker(session(S2, 1, 5)), silent=True), "b": worker(session(S3, 2, 5))}
        now = planned(records, members, shard_count=3, park_max=1)
        assert now.bindings == (Binding(0, S3, "b", parked=True),)


class TestDistrust:
    """A listing that does not show a shard enabled with its session, though it was asked for after the binding."""

    record = bound_record(S1, "a")

    def test_such_a_shard_is_dark_and_bound_again_to_the_same_session(self) -> None:
        now = planned({0: self.record}, {"a": worker(session(S1, 0, 5))}, doubted=frozenset({0}))
        assert now.records[0].phase is Phase.DARK
        assert now.bindings == (Binding(0, S1, "a"),)

    def test_it_is_bound_when_twitch_accepts(self) -> None:
        dark = ShardRecord(Phase.DARK, 3, "a", 5, S1, "a")
        assert bound(dark, Binding(0, S1, "a"), NOW_MS) == bound_record(S1, "a", since_ms=NOW_MS)

    def test_a_listing_that_agrees_raises_no_doubt(self) -> None:
        assert distrusted({0: self.record}, Listing({0: S1}, serial=2), {0: 1}) == frozenset()

    def test_one_that_shows_another_session_or_none_does(self) -> None:
        assert distrusted({0: self.record}, Listing({0: S2}, serial=2), {0: 1}) == {0}
        assert distrusted({0: self.record}, Listing({}, serial=2), {0: 1}) == {0}

    def test_one_that_was_asked_for_before_the_binding_tells_nothing(self) -> None:
        assert distrusted({0: self.record}, Listing({}, serial=2), {0: 2}) == frozenset()

    def test_what_an_earlier_leader_bound_is_compared_with_the_first_listing(self) -> None:
        assert distrusted({0: self.record}, Listing({}, serial=0), {}) == {0}

    def test_doubt_lasts_until_the_shard_is_bound_again(self) -> None:
        """A refused binding, held back, must not turn the shard bound again by itself."""
        listing, members = Listing({}, serial=2), {"a": worker(session(S1, 0, 5))}
        records = planned({0: self.record}, members, doubted=frozenset({0})).records
        doubted = distrusted(records, listing, {0: 1})
        again = planned(records, members, doubted=doubted, held_back=frozenset({(0, S1)}), now_ms=NOW_MS + 500)
        assert again.records == records
        assert again.records[0].phase is Phase.DARK

    def test_shards_that_are_not_bound_are_not_doubted(self) -> None:
        assert distrusted({0: ShardRecord(Phase.OPENING, 1, "a", 5)}, Listing({}, serial=2), {}) == frozenset()


class TestShardCount:
    def test_lowered_the_tail_is_dropped(self) -> None:
        records = {0: bound_record(S1, "a"), 1: bound_record(S2, "a")}
        members = {"a": worker(session(S1, 0, 5), session(S2, 1, 5))}
        assert planned(records, members, shard_count=1).records == {0: records[0]}

    def test_raised_the_new_ones_are_assigned_and_no_others_move(self) -> None:
        records = {0: bound_record(S1, "a"), 1: bound_record(S2, "b")}
        members = {"a": worker(session(S1, 0, 5)), "b": worker(session(S2, 1, 5))}
        now = planned(records, members, shard_count=4)
        assert {0: now.records[0], 1: now.records[1]} == records
        assert {now.records[2].worker, now.records[3].worker} == {"a", "b"}
