"""The way to another shard count in a world of workers that open slowly, fail and die, and a Twitch that loses answers.

Time goes in rounds of a tenth of a second. The world keeps Twitch's truth: its count, what is bound, and that a session
which is not bound 10 s after its welcome is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.count_plan import DARK_SHARE, STEP_MAX, CountPlan, Seen, Step
from coordinator.reconcile import Binding, Member, Observed, Phase, ShardRecord, bound, plan
from coordinator.resizing import dark_shards, uncounted, welcomed
from fleet.reports import Report, ReportedSession
from twitch.ids import SessionId

ROUND = 0.1
UNBOUND_SECONDS = 10.0
QUIET_SECONDS = 2.0


@dataclass
class Socket:
    session: SessionId
    shard: int
    epoch: int
    serial: int
    welcome_at: float
    unneeded_since: float | None = None


@dataclass
class Weather:
    """How the world behaves for the moment."""

    open_seconds: float = 0.3
    answers_lost: float = 0.0
    calls_failed: float = 0.0


@dataclass
class World:
    random: Random
    workers: dict[str, list[Socket]] = field(default_factory=dict)
    capacity: int = 100
    count: int = 1
    bound: dict[int, SessionId] = field(default_factory=dict)
    believed: int = 1
    records: dict[int, ShardRecord] = field(default_factory=dict)
    wanted: int = 1
    now: float = 0.0
    plan: CountPlan = field(default_factory=CountPlan)
    weather: Weather = field(default_factory=Weather)
    in_doubt: bool = False
    parks: bool = False
    closed_unbound: int = 0
    raises: list[tuple[int, int]] = field(default_factory=list)
    names: int = 0

    def name(self, kind: str) -> str:
        self.names += 1
        return f"{kind}{self.names}"

    # -- a round

    def go(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += ROUND
            for name in sorted(self.workers):
                self._work(name)
            self._lead()

    def _work(self, name: str) -> None:
        """As a worker does: opens what it is ordered, lets go of what nobody needs once it has been quiet."""
        held = self.workers[name]
        for socket in list(held):
            if socket.session not in self.bound.values() and self.now - socket.welcome_at >= UNBOUND_SECONDS:
                held.remove(socket)
                self.closed_unbound += 1
        orders = {shard: record.epoch for shard, record in self.records.items() if record.worker == name}
        sends = {record.session for record in self.records.values() if record.holder == name}
        newest = {socket.shard: socket for socket in held}
        for shard, epoch in orders.items():
            if shard in newest:
                newest[shard].epoch = epoch
            else:
                session = SessionId(self.name("s"))
                opens = self.now + self.weather.open_seconds * self.random.uniform(0.3, 1.0)
                held.append(Socket(session, shard, epoch, self.names, opens))
        for socket in list(held):
            needed = (socket.shard in orders and newest.get(socket.shard, socket) is socket) or socket.session in sends
            socket.unneeded_since = None if needed else socket.unneeded_since or self.now
            if socket.unneeded_since is not None and self.now - socket.unneeded_since >= QUIET_SECONDS:
                held.remove(socket)
        self._unbind_dead()

    def _lead(self) -> None:
        """As the control loop does."""
        members = {name: Member(self._report(name)) for name in self.workers}
        if self.in_doubt and not self._fails():
            self._learnt(self.count)
        step = Step(max(self.believed, len(self.records)), self.believed)
        if not self.in_doubt:
            step = self.plan.step(
                Seen(
                    self.now,
                    self.believed,
                    self.wanted,
                    dark_shards(self.believed, self.records),
                    welcomed(self.believed, self.records, members, ()),
                    openings=400,
                    capacity=self.capacity * len(members),
                    parks=self.parks,
                )
            )
        self.records = uncounted(self.believed, self.records)
        now_ms = int(self.now * 1000)
        planned = plan(Observed(now_ms, step.reach, self.records, members, park_max=20 if self.parks else 0))
        self.records = planned.records
        ready = {each.shard for each in planned.bindings}.issuperset(range(self.believed, step.count))
        before = self.believed
        if step.count != before and (ready or step.parks):
            self._change(step.count)
        due = [each for each in planned.bindings if each.shard < self.believed]
        due.sort(key=lambda each: each.shard < before)
        self._bind(due[:STEP_MAX], now_ms)

    def _change(self, count: int) -> None:
        carried_out = not self._fails()
        answered = carried_out and self.random.random() >= self.weather.answers_lost
        if carried_out:
            if count > self.count:
                self.raises.append((self.count, count))
            self.count = count
            self.bound = {shard: session for shard, session in self.bound.items() if shard < count}
        if answered:
            self._learnt(count)
        else:
            self.in_doubt = True

    def _learnt(self, count: int) -> None:
        self.in_doubt = False
        if count > self.believed:
            self.plan.raised(self.now)
            for shard in range(self.believed, count):
                if shard in self.records:
                    self.records[shard] = replace(self.records[shard], phase=Phase.DARK)
        self.believed = count

    def _bind(self, due: list[Binding], now_ms: int) -> None:
        if self._fails():
            return
        alive = {socket.session for held in self.workers.values() for socket in held}
        for binding in due:
            if binding.session in alive and binding.shard < self.count:
                self.bound[binding.shard] = binding.session
                self.records[binding.shard] = bound(self.records[binding.shard], binding, now_ms)

    def _report(self, name: str) -> Report:
        sessions = tuple(
            ReportedSession(each.session, each.shard, each.epoch, each.serial)
            for each in self.workers[name]
            if each.welcome_at <= self.now
        )
        return Report(incarnation=name, active=True, capacity=self.capacity, sessions=sessions)

    def _fails(self) -> bool:
        return self.random.random() < self.weather.calls_failed

    def _unbind_dead(self) -> None:
        alive = {socket.session for held in self.workers.values() for socket in held}
        self.bound = {shard: session for shard, session in self.bound.items() if session in alive}

    # -- what happens

    def join(self) -> None:
        self.workers[self.name("w")] = []

    def die(self) -> None:
        if len(self.workers) > 1:
            del self.workers[self.random.choice(sorted(self.workers))]
            self._unbind_dead()

    def meddle(self) -> None:
        """Somebody else sets the count, and a listing tells of it."""
        self.count = self.random.randint(1, 50)
        self.bound = {shard: session for shard, session in self.bound.items() if shard < self.count}
        self._learnt(self.count)

    def lead_anew(self) -> None:
        """Another leader: it finds Twitch's count and the records, and remembers nothing else."""
        self.plan, self.in_doubt, self.believed = CountPlan(), False, self.count

    @property
    def settled(self) -> bool:
        return (
            self.count == self.believed == self.wanted
            and sorted(self.bound) == sorted(self.records) == list(range(self.wanted))
            and all(record.phase is Phase.BOUND for record in self.records.values())
        )


def calm(seed: int, workers: int) -> World:
    """A world at rest."""
    world = World(Random(seed))
    for _ in range(workers):
        world.join()
    world.go(2.0)
    assert world.settled
    return world


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 8), st.lists(st.integers(1, 60), min_size=1, max_size=4))
def test_where_nothing_fails_no_raise_is_too_large_no_socket_waits_too_long_and_nothing_stays_dark(
    seed: int, workers: int, counts: list[int]
) -> None:
    world = calm(seed, workers)
    for count in counts:
        world.wanted = count
        for _ in range(600):
            world.go(ROUND)
            assert sorted(world.bound) == list(range(world.count)), "whatever was raised was bound at once"
            if world.settled:
                break
        assert world.settled, f"{world.count} of {count}"
    for before, after in world.raises:
        assert after - before == 1 or (after - before) * DARK_SHARE <= after
    assert world.closed_unbound == 0


events = st.sampled_from(["join", "die", "lead_anew", "meddle", "want", "want", "weather", "go", "go", "go"])


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.booleans(), st.lists(st.tuples(events, st.integers(0, 10**6)), max_size=40))
def test_whatever_happens_on_the_way_it_converges(seed: int, parks: bool, happens: list[tuple[str, int]]) -> None:
    world = calm(seed, 2)
    world.parks = parks
    for event, pick in happens:
        match event:
            case "want":
                world.wanted = 1 + pick % 50
            case "weather":
                world.weather = Weather(
                    open_seconds=(0.3, 2.0, 9.0, 30.0)[pick % 4],
                    answers_lost=(0.0, 0.5)[pick // 4 % 2],
                    calls_failed=(0.0, 0.3, 0.9)[pick // 8 % 3],
                )
            case "go":
                world.go(0.5 + pick % 40 / 10)
            case _:
                getattr(world, event)()
    world.weather = Weather()
    for _ in range(1_000):
        if world.settled:
            break
        world.go(ROUND * 2)
    assert world.settled, f"{world.count} of {world.wanted}; {sorted(world.bound)}"


def test_a_worker_that_never_opens_a_socket_stops_no_raise_where_shards_can_be_parked() -> None:
    world = calm(1, 1)
    world.parks = True
    world.weather = Weather(open_seconds=1e9)
    world.wanted = 4
    world.go(100.0)
    assert world.count == 4
    assert sorted(world.bound) == [0, 1, 2, 3]
