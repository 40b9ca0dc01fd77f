"""The plan in a world that does as it likes: workers come, open, lose, drain and die, Twitch refuses, Redis forgets.

The world keeps Twitch's truth (which session is bound to which shard) beside the leader's records. Whatever happened,
leader and workers left alone converge: every shard is bound to a live session of the worker it is assigned to.
Meanwhile shards are parked on live sessions of others, or not, as FLEET_FAILOVER says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.reconcile import (
    DELIVERING,
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

T = TypeVar("T")

CAPACITY = 4


@dataclass
class Life:
    """One worker: what it holds, and what its last report said."""

    active: bool = True
    dead: bool = False
    sessions: list[ReportedSession] = field(default_factory=list)
    reported: tuple[ReportedSession, ...] = ()


class World:
    def __init__(self, park_max: int) -> None:
        self.park_max = park_max
        self.refused: frozenset[Binding] = frozenset()
        self.doubted: dict[int, SessionId] = {}
        self.disowned: dict[int, SessionId] = {}
        self.now_ms, self.shard_count, self.names = 1_000, 4, 0
        self.records: dict[int, ShardRecord] = {}
        self.workers: dict[str, Life] = {}
        self.twitch: dict[int, SessionId] = {}
        self.listing = Listing({}, 0)
        self.bound_at: dict[int, int] = {}

    # -- what happens; `pick` chooses whom it happens to

    def joins(self, pick: int) -> None:
        if len(self.workers) < 6:
            self.workers[self._name("w")] = Life()

    def opens(self, pick: int) -> None:
        """A worker opens what it is ordered to, or one more in place of one that is about to end."""
        living = self.living()
        if orders := [(r.worker, shard) for shard, r in sorted(self.records.items()) if r.worker in living]:
            self.open(*_one(orders, pick))

    def loses(self, pick: int) -> None:
        if held := [(life, each) for life in self.living().values() for each in life.sessions]:
            life, session = _one(held, pick)
            life.sessions.remove(session)
            self._unbind(session.session)

    def is_unbound(self, pick: int) -> None:
        """A binding is gone at Twitch, and the worker does not know."""
        if self.twitch:
            del self.twitch[_one(sorted(self.twitch), pick)]

    def drains(self, pick: int) -> None:
        if living := list(self.living().values()):
            _one(living, pick).active = False

    def dies(self, pick: int) -> None:
        if living := list(self.living().values()):
            life = _one(living, pick)
            life.dead = True
            for session in life.sessions:
                self._unbind(session.session)
            life.sessions = []

    def is_forgotten(self, pick: int) -> None:
        if dead := sorted(worker for worker, life in self.workers.items() if life.dead):
            del self.workers[_one(dead, pick)]

    def is_resized(self, pick: int) -> None:
        self.shard_count = 1 + pick % 6
        self.twitch = {shard: session for shard, session in self.twitch.items() if shard < self.shard_count}

    def redis_forgets(self, pick: int) -> None:
        self.records, self.bound_at, self.listing = {}, {}, Listing({}, 0)
        self.doubted, self.disowned = {}, {}
        self.now_ms -= pick % 5_000  # another machine's clock

    def lists(self, pick: int) -> None:
        self.listing = Listing(dict(self.twitch), self.listing.serial + 1)

    def is_noticed(self, pick: int) -> None:
        """Somebody hears that a shard was disabled, which may be so or not."""
        if sent := [(shard, record.session) for shard, record in sorted(self.records.items()) if record.session]:
            shard, session = _one(sent, pick)
            self.doubted[shard] = session

    def reports(self, pick: int) -> None:
        if living := sorted(self.living()):
            self.report(_one(living, pick))

    def goes_round(self, pick: int) -> None:
        """Everybody reports; Twitch refuses to bind some shards."""
        for worker in self.living():
            self.report(worker)
        self.round(refusing=pick % 16)

    # -- how

    def living(self) -> dict[str, Life]:
        return {worker: life for worker, life in sorted(self.workers.items()) if not life.dead}

    def open(self, worker: str, shard: int) -> None:
        serial = self.names + 1
        session = ReportedSession(SessionId(self._name("s")), shard, self.records[shard].epoch, serial)
        self.workers[worker].sessions.append(session)

    def report(self, worker: str) -> None:
        """The newest session of a shard is confirmed for the epoch it is ordered at, as placement has it."""
        life = self.workers[worker]
        for shard, record in self.records.items():
            if record.worker == worker and (held := [each for each in life.sessions if each.shard == shard]):
                newest = max(held, key=lambda each: each.serial)
                confirmed = ReportedSession(newest.session, shard, record.epoch, newest.serial)
                life.sessions[life.sessions.index(newest)] = confirmed
        life.reported = tuple(life.sessions)

    def round(self, refusing: int) -> None:
        """The leader plans, and Twitch accepts the bindings to sessions that live, but for `refusing` (a set of bits)."""
        self.now_ms += 100
        observed = self._observed()
        planned = plan(observed)
        self._examine(observed, planned)
        self.records = planned.records
        refused = set()
        for binding in planned.bindings:
            alive = any(each.session == binding.session for each in self.workers[binding.worker].sessions)
            if not alive or refusing >> binding.shard & 1:
                refused.add(binding)
                if binding.session == self.records[binding.shard].session:
                    self.disowned[binding.shard] = binding.session
            else:
                self.doubted.pop(binding.shard, None)
                self.disowned.pop(binding.shard, None)
                self.twitch[binding.shard] = binding.session
                self.records[binding.shard] = bound(self.records[binding.shard], binding, self.now_ms)
                self.bound_at[binding.shard] = self.listing.serial
        self.refused = frozenset(refused)

    def _observed(self) -> Observed:
        members = {
            worker: Member(
                Report(incarnation=worker, active=life.active, capacity=CAPACITY, sessions=life.reported), life.dead
            )
            for worker, life in self.workers.items()
        }
        return Observed(
            self.now_ms, self.shard_count, self.records, members, self._distrusted(self.records),
            doubted=self._still(self.doubted, self.records),
            held_back=frozenset((each.shard, each.session) for each in self.refused),
            park_max=self.park_max,
            unparkable=frozenset(each.shard for each in self.refused if each.parked),
        )  # fmt: skip

    def _distrusted(self, records: dict[int, ShardRecord]) -> frozenset[int]:
        return distrusted(records, self.listing, self.bound_at) | self._still(self.disowned, records)

    def _still(self, sessions: dict[int, SessionId], records: dict[int, ShardRecord]) -> frozenset[int]:
        return frozenset(s for s, session in sessions.items() if s in records and records[s].session == session)

    def _examine(self, observed: Observed, planned: Plan) -> None:
        """What holds for every plan."""
        epochs = {record.epoch for record in observed.records.values()}
        reported = {
            (worker, each.session, each.shard, each.epoch)
            for worker, member in observed.members.items()
            if not member.gone
            for each in member.report.sessions
        }
        opened_for = {(worker, session): shard for worker, session, shard, _ in reported}
        assert sorted(planned.records) == list(range(observed.shard_count))
        for shard, record in planned.records.items():
            before = observed.records.get(shard, ShardRecord())
            if record.worker != before.worker:
                assert record.epoch > max(epochs | {epoch for *_, epoch in reported}, default=0)
            else:
                assert record.epoch == before.epoch
            assert record.worker == "" or not observed.members[record.worker].gone
            assert (record.session == "") == (record.holder == "")
            host = opened_for.get((record.holder, record.session))
            if record.phase in DELIVERING:
                assert host is not None, "bound to what its holder reports"
                assert (record.phase is Phase.BOUND) == (record.holder == record.worker and host == shard)
                assert shard not in observed.distrusted
            if (before.holder, before.session) in opened_for:
                assert record.session == before.session, "a live session stays bound until another one is"
                assert record.phase in DELIVERING or shard in observed.distrusted
        for binding in planned.bindings:
            record = planned.records[binding.shard]
            if _asks(binding, record):
                assert (binding.worker, binding.session) in opened_for
                assert binding.shard in observed.doubted
                assert binding.parked == (opened_for[binding.worker, binding.session] != binding.shard)
            elif not binding.parked:
                assert binding.worker == record.worker
                assert (binding.worker, binding.session, binding.shard, record.epoch) in reported
        assert len({binding.shard for binding in planned.bindings}) == len(planned.bindings)
        self._examine_parking(observed, planned, opened_for)
        again = plan(
            replace(
                observed,
                records=planned.records,
                distrusted=self._distrusted(planned.records),
                doubted=self._still(self.doubted, planned.records),
            )
        )
        assert again == replace(planned, moved=0), "nothing new is planned where nothing new is seen"

    def _examine_parking(
        self, observed: Observed, planned: Plan, opened_for: Mapping[tuple[str, SessionId], int]
    ) -> None:
        parked = [each for each in planned.bindings if each.parked and not _asks(each, planned.records[each.shard])]
        there = Counter(record.session for record in planned.records.values() if record.session)
        there.update(binding.session for binding in parked)
        rooms = set()
        for own, record in planned.records.items():
            moves = any(binding.shard == own for binding in planned.bindings)
            if record.phase is Phase.BOUND and not moves and observed.members[record.worker].report.active:
                rooms.add((record.worker, record.session))
        full = {session for _, session in rooms if there[session] - 1 >= observed.park_max}
        refused = {session for _, session in observed.held_back}
        for binding in parked:
            record = planned.records[binding.shard]
            assert (binding.worker, binding.session) in rooms, (
                "a live session of an active worker, bound to its own shard"
            )
            assert opened_for[binding.worker, binding.session] != binding.shard
            assert there[binding.session] - 1 <= observed.park_max
            assert binding.shard not in observed.unparkable
            if record.phase is Phase.HANDING_OVER:
                host = observed.members[record.holder]
                serial = {each.session: each.serial for each in host.report.sessions}
                own = opened_for[record.holder, record.session]
                newer = [
                    s for s in serial if opened_for[record.holder, s] == own and serial[s] > serial[record.session]
                ]
                assert newer or not host.report.active, "where it is parked it stays, unless its host leaves"
        bound_now = {binding.shard for binding in planned.bindings}
        for shard, record in planned.records.items():
            if record.phase is Phase.DARK and shard not in bound_now | observed.unparkable:
                room = {session for _, session in rooms} - full - refused
                assert not room or not observed.park_max, "nothing stays dark that could be parked"

    def _unbind(self, gone: SessionId) -> None:
        self.twitch = {shard: session for shard, session in self.twitch.items() if session != gone}

    def _name(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"


def _asks(binding: Binding, record: ShardRecord) -> bool:
    """Whether it binds a shard to the session that it has, only to hear whether that lives."""
    return record.phase in DELIVERING and (binding.worker, binding.session) == (record.holder, record.session)


def _one(those: Sequence[T], pick: int) -> T:
    return those[pick % len(those)]


OFTEN = (World.goes_round, World.goes_round, World.opens, World.opens, World.reports)
SELDOM = (
    World.joins, World.loses, World.is_unbound, World.drains, World.dies, World.is_forgotten, World.is_resized,
    World.redis_forgets, World.lists, World.is_noticed,
)  # fmt: skip
turns = st.tuples(st.sampled_from(OFTEN * 2 + SELDOM), st.integers(0, 10_000))


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 3), st.integers(0, 3), st.lists(turns, min_size=10, max_size=80))
def test_every_plan_is_sound_and_the_world_converges(
    workers: int, park_max: int, happens: list[tuple[object, int]]
) -> None:
    world = World(park_max)
    for _ in range(workers):
        world.joins(0)
    for turn, pick in happens:
        turn(world, pick)  # type: ignore[operator] # a method of World

    for _ in range(5):
        world.lists(0)
        for worker, life in world.living().items():
            for shard, record in world.records.items():
                if record.worker == worker and not any(each.shard == shard for each in life.sessions):
                    world.open(worker, shard)
            world.report(worker)
        world.round(refusing=0)
    seats = CAPACITY * sum(life.active for life in world.living().values())
    for shard, record in world.records.items():
        assert record.phase is not Phase.HANDING_OVER or not record.worker, "nothing stays parked that has a worker"
        if seats >= world.shard_count:
            assert record.phase is Phase.BOUND
            assert world.workers[record.worker].active
        if record.phase is Phase.BOUND:
            assert world.twitch[shard] == record.session


names = st.sampled_from(["a", "b", "c"])
ids = st.sampled_from([SessionId("s1"), SessionId("s2"), SessionId("s3")])
reports = st.builds(
    Report,
    incarnation=st.just("life"),
    active=st.booleans(),
    capacity=st.integers(0, 6),
    sessions=st.lists(
        st.builds(ReportedSession, ids, st.integers(0, 7), st.integers(0, 6), st.integers(0, 5)), max_size=6
    ).map(tuple),
)
shards = st.frozensets(st.integers(0, 6))
observations = st.builds(
    Observed,
    now_ms=st.integers(0, 5),
    shard_count=st.integers(1, 6),
    records=st.dictionaries(
        st.integers(0, 8),
        st.builds(
            ShardRecord,
            st.sampled_from(Phase),
            st.integers(0, 9),
            names | st.just(""),
            st.integers(0, 6),
            ids | st.just(SessionId("")),
            names | st.just(""),
        ),
        max_size=8,
    ),
    members=st.dictionaries(names, st.builds(Member, reports, st.booleans(), st.booleans()), max_size=3),
    distrusted=shards,
    doubted=shards,
    held_back=st.frozensets(st.tuples(st.integers(0, 6), ids)),
    park_max=st.integers(0, 3),
    unparkable=shards,
)


@given(observations)
@settings(deadline=None)
def test_whatever_workers_report_and_records_say_there_is_a_plan(observed: Observed) -> None:
    """One session for several shards and of several workers, shards that nobody was assigned, phases that fit nothing."""
    planned = plan(observed)
    assert set(planned.records) == set(range(observed.shard_count))
    assert len({binding.shard for binding in planned.bindings}) == len(planned.bindings)
    for binding in planned.bindings:
        held = {each.session for each in observed.members[binding.worker].report.sessions}
        assert not observed.members[binding.worker].gone
        assert binding.session in held
