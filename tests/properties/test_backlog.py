"""Order, bounds and numbers of the backlog, whatever Redis and the disk do: nothing lost, nothing doubled.

The disk and Redis are a few lines each: a list of records, and a stream that remembers the last number of each life.
Only replays are known for doubles by their events, as the dedup window knows them; everything else must not need that.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from shard_worker.backlog import Backlog, Flight, Row, Waiting

BYTES_MAX = 8_000
DISK_BYTES_MAX = 6_000

ROW_BYTES_MAX = BYTES_MAX // 16

words = st.sampled_from(
    ["put", "put", "write", "write", "fail to write", "flush", "lose the answer", "free", "spool now"]
)
steps = st.lists(st.tuples(words, st.integers(1, 25)), min_size=10, max_size=80)


@dataclass
class Redis:
    """A stream, and the last number of each life."""

    stream: list[int] = field(default_factory=list)
    flushed: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)

    def flush(self, life: str, number: int, events: list[int]) -> bool:
        """False where acknowledged flushes are missing."""
        known = self.flushed.get(life, 0)
        if known < self.acknowledged.get(life, 0):
            return False
        if number > known:
            self.stream += [event for event in events if life != "replay" or event not in self.stream]
            self.flushed[life] = number
        self.acknowledged[life] = number
        return True


class Worker:
    """The shells around the backlog, one step at a time."""

    def __init__(self) -> None:
        self.redis = Redis()
        self.backlog = Backlog(BYTES_MAX, DISK_BYTES_MAX, flush_bytes_max=2000)
        self.backlog.spool_opened()
        self.disk: deque[tuple[int, list[int], int]] = deque()
        self.read = 0
        self.kept: list[list[int]] = []
        self.batches: dict[bytes, list[int]] = {}
        self.accepted: list[int] = []
        self.offered = 0
        self.acknowledged = 0

    def put(self, count: int) -> None:
        for _ in range(count):
            self.offered += 1
            size = 100 + self.offered * 37 % (ROW_BYTES_MAX - 99)
            row = Row("stream", str(self.offered), "t", "1", "", "", "", "0", 0, "", 0)
            if self.backlog.put(Waiting(0.0, size, row)):
                self.accepted.append(self.offered)
            else:
                assert self.backlog.bytes + size > BYTES_MAX * 3 // 4
                assert self.backlog.why_refused() in {"spool_full", "spool_failed"}

    def write(self, count_max: int, *, works: bool = True) -> None:
        record = self.backlog.to_write(count_max)
        if record is None:
            return
        if not works:
            self.backlog.not_written()
            return
        assert not self.disk or record.number > self.disk[-1][0]
        self.disk.append((record.number, events_of(record.rows), record.size))
        self.backlog.written(record.size)

    def flush(self, count_max: int, *, answers: int = 1) -> bool:
        """Sends what is next, as often as it takes until an answer comes; says whether there was anything."""
        flight = self.backlog.take(count_max)
        if flight is None:
            if not self.backlog.unread:
                return False
            self.read_back(count_max)
            return True
        events = events_of(flight.rows) if flight.rows else self.batches[flight.batch]
        flight.batch, flight.rows = self.batch(events), []
        life = "replay" if flight.replayed else "own"
        for _ in range(answers):
            written = self.redis.flush(life, flight.number, events)
        if not written:
            self.backlog.returned()
            self.redis.acknowledged.clear()
            self.backlog.replay([(len(events), self.batch(events)) for events in self.kept])
            self.kept.clear()
            return True
        self.backlog.acknowledged()
        self.kept.append(events)
        if not flight.replayed:
            self.acknowledged = flight.number
        return True

    def batch(self, events: list[int]) -> bytes:
        batch = repr(events).encode()
        self.batches[batch] = events
        return batch

    def read_back(self, count_max: int) -> None:
        unread = [record for record in self.disk if record[0] > self.read][:count_max]
        events = [event for _, events, _ in unread for event in events]
        self.read = unread[-1][0]
        self.backlog.read(self.read, len(events), self.batch(events), [])

    def free(self) -> None:
        while self.disk and self.disk[0][0] <= self.acknowledged:
            self.backlog.disk_bytes -= self.disk.popleft()[2]

    def step(self, word: str, count: int) -> None:
        match word:
            case "put":
                self.put(count)
            case "write":
                self.write(count)
            case "fail to write":
                self.write(count, works=False)
            case "flush":
                self.flush(count)
            case "lose the answer":
                self.flush(count, answers=2)
            case "spool now":
                self.backlog.spool_now()
            case _:
                self.free()

    def check(self) -> None:
        assert self.backlog.bytes <= BYTES_MAX
        assert self.backlog.disk_bytes == sum(size for _, _, size in self.disk) <= DISK_BYTES_MAX
        assert self.redis.stream == self.accepted[: len(self.redis.stream)]

    def finish(self) -> None:
        while self.flush(400) or self.backlog.spooling:
            self.write(400)
            self.free()

    def next_life(self, left: list[Flight]) -> None:
        """Another worker sends what is on the disk, `left` included: what Redis does not know the numbers of."""
        records = [(number, events) for number, events, _ in self.disk]
        records += [(each.number, events_of(each.rows) if each.rows else self.batches[each.batch]) for each in left]
        for number, events in sorted(records):
            if number > self.redis.flushed.get("own", 0):
                self.redis.flush("own", number, events)


def events_of(rows: list[Waiting]) -> list[int]:
    return [int(waiting.row.message_id) for waiting in rows]


@settings(deadline=None, max_examples=200)
@given(steps)
def test_everything_goes_out_once_and_in_order(story: list[tuple[str, int]]) -> None:
    worker = Worker()
    for word, count in story:
        worker.step(word, count)
        worker.check()
        assert len(worker.backlog) == len(worker.accepted) - len(worker.redis.stream)
    worker.finish()
    assert worker.redis.stream == worker.accepted
    assert (len(worker.backlog), worker.backlog.bytes, worker.backlog.on_disk) == (0, 0, 0)


@settings(deadline=None, max_examples=200)
@given(steps, st.booleans())
def test_what_is_on_disk_when_a_worker_is_killed_goes_out_once(story: list[tuple[str, int]], answer_lost: bool) -> None:
    worker = Worker()
    for word, count in story:
        worker.step(word, count)
    if answer_lost and (flight := worker.backlog.take(3)) is not None:
        events = events_of(flight.rows) if flight.rows else worker.batches[flight.batch]
        worker.redis.flush("own", flight.number, events)
    before = set(worker.redis.stream)
    worker.next_life([])
    on_disk = {event for _, events, _ in worker.disk for event in events}
    assert worker.redis.stream == sorted(before | on_disk)


@settings(deadline=None, max_examples=200)
@given(steps, st.sampled_from(["nothing", "lost", "never sent"]))
def test_a_worker_that_ends_in_order_leaves_all_it_has(story: list[tuple[str, int]], flying: str) -> None:
    worker = Worker()
    for word, count in story:
        worker.step(word, count)
    if flying != "nothing" and (flight := worker.backlog.take(3)) is not None:
        events = events_of(flight.rows) if flight.rows else worker.batches[flight.batch]
        if flying == "lost":
            worker.redis.flush("own", flight.number, events)
        worker.backlog.returned()
    worker.next_life(worker.backlog.leftovers(4))
    assert worker.redis.stream == worker.accepted


@settings(deadline=None, max_examples=200)
@given(steps, st.integers(0, 80), st.integers(1, 8))
def test_what_redis_loses_goes_out_again_before_all_others(
    story: list[tuple[str, int]], when: int, flushes: int
) -> None:
    worker = Worker()
    states: list[tuple[list[int], dict[str, int]]] = []
    for index, (word, count) in enumerate(story):
        states.append((list(worker.redis.stream), dict(worker.redis.flushed)))
        worker.step(word, count)
        if index == when % len(story):
            worker.redis.stream, worker.redis.flushed = states[max(0, index - flushes)]
    worker.put(1)
    worker.finish()
    assert worker.redis.stream == worker.accepted
