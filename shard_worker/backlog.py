"""Events between a socket and Redis: what waits in memory, what on disk, and what goes out next. Decisions alone, no I/O.

Events go out in the order in which they came in:

    refused or replayed flushes  →  rows in memory  →  records on disk  →  tail: rows to be written to disk
    (the oldest)                                                                             (the newest)

Rows come into memory while there is room and Redis answers. From the first that finds none, or once Redis has been silent
for a while, all go to the tail, which is written to the disk in records as fast as the disk takes them, until the records
have been read back and sent: then the tail is what stands in memory, and all is as before. What finds no room in the tail
either is refused, so that the oldest is kept.

Every flush has a number, and so has every record, which is the flush that it will be. Numbers rise in the order in which
flushes go out, and Redis remembers the last one of each life of a worker, with the append and as atomically. So whoever
finds the records of a life that ended knows which of them Redis has: those whose number is not above what it remembers.

`bytes` is what rows and flushes take in memory, the one in flight included; replays have a bound of their own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

ROW_BYTES = 1024
"""What a row costs beside its payload: ids, numbers and Python's own objects, about."""

NUMBERS_APART = 2**32
"""The first record is numbered so far above the last flush that rows in memory, which go out before it, fit between."""


class Row(NamedTuple):
    """One event as the flush script takes it (see flush.lua); a tuple, since there is one per event."""

    stream: str
    message_id: str
    type: str
    version: str
    timestamp: str
    broadcaster_id: str
    subscription_id: str
    shard: str
    received_ms: int
    payload: str | msgspec.Raw
    late: int


class Waiting(NamedTuple):
    """A row, when it was read on the worker's clock, and the bytes it takes, about."""

    received_at: float
    size: int
    row: Row


@dataclass(slots=True)
class Flight:
    """What one flush carries: rows still to be encoded, or a batch that is encoded already."""

    number: int
    count: int
    size: int
    rows: list[Waiting] = field(default_factory=list)
    batch: bytes = b""
    on_disk: bool = False
    """It was read from the spool, where it stays until it is acknowledged."""
    replayed: bool = False
    received: list[tuple[int, int]] = field(default_factory=list)
    """Of events read from the spool, for their latency: (Unix ms of the first, how many) a record."""


class Record(NamedTuple):
    """Rows to be written to the spool under a number."""

    number: int
    rows: list[Waiting]
    size: int
    full: bool
    """More rows wait than it could take: the next one need not gather."""


class Backlog:
    """The order of events, and its bounds.

    bytes_max: of everything in memory, but replays. disk_bytes_max: of the spool, once `spool_opened`. One event
    that takes more than a sixteenth of bytes_max may go beyond it while it is read back from the disk.
    wake is called when there is something to take after `take` found nothing, wake_spool when something is to be written.
    """

    def __init__(
        self,
        bytes_max: int,
        disk_bytes_max: int = 0,
        *,
        flush_bytes_max: int = 4_000_000,
    ) -> None:
        self.wake: Callable[[], None] = lambda: None
        self.wake_spool: Callable[[], None] = lambda: None
        self._bytes_max, self.disk_bytes_max = bytes_max, disk_bytes_max
        self.chunk_bytes_max = min(flush_bytes_max, bytes_max // 16)
        """A record, and what is read back from the spool at a time; room is kept for two: one's own and an adopted one."""
        self._flush_bytes_max = flush_bytes_max
        self._rows: deque[Waiting] = deque()
        self._tail: deque[Waiting] = deque()
        self._into = self._rows
        self._front: Flight | None = None
        self._replays: deque[Flight] = deque()
        self._writing: Record | None = None
        self.in_flight: Flight | None = None
        self._idle = True
        self.number, self._replay_number = 0, 0
        self._record_number = 0
        self.bytes = 0
        self.disk_bytes = 0
        """Of this life's records and of those it has adopted."""
        self.unread = 0
        """Events on disk that were not read back yet."""
        self.spooling = False
        self.spool_usable = False
        self._disk_refuses = False
        self._silence = False
        """Redis has been silent for a while, and what is in flight still is."""
        self._limit = bytes_max

    def __len__(self) -> int:
        """Events taken in and not yet acknowledged."""
        flights = [flight for flight in (self._front, self.in_flight) if flight is not None]
        return (
            len(self._rows) + len(self._tail) + self.unread
            + (len(self._writing.rows) if self._writing is not None else 0)
            + sum(flight.count for flight in (*flights, *self._replays))
        )  # fmt: skip

    @property
    def on_disk(self) -> int:
        """Events on disk that Redis has not acknowledged."""
        return self.unread + sum(
            flight.count for flight in (self._front, self.in_flight) if flight is not None and flight.on_disk
        )

    # -- coming in

    def put(self, waiting: Waiting) -> bool:
        """Adds a row at the end. False where there is no room: the row was not taken."""
        total = self.bytes + waiting.size
        if total > self._limit and not self._begins_to_spool(total):
            return False
        self.bytes = total
        self._into.append(waiting)
        if self._idle:
            self._idle = False
            self.wake()
        return True

    def why_refused(self) -> str:
        """Why `put` takes nothing, as a label."""
        if not self.spool_usable:
            return "queue_full"
        return "spool_full" if self.disk_full or not (self.spooling or self._disk_refuses) else "spool_failed"

    def spool_opened(self) -> None:
        """From now on there is a spool: memory is left that what is to be written and what is read back can pass through."""
        self.spool_usable = True
        self._limit = self._bytes_max * 3 // 4
        if self._silence:
            self.spool_now()

    def spool_now(self) -> None:
        """Redis is silent: what waits in memory is to be on the disk too, since a worker that is killed takes its memory along.

        The flush in flight stays where it is; it may have arrived.
        """
        self._silence = self.in_flight is not None
        if not self.spooling and self.spool_usable:
            self._rows, self._tail = self._tail, self._rows
            self._spool()

    def _begins_to_spool(self, total: int) -> bool:
        if self.spooling or not self.spool_usable or total > self._room:
            return False
        self._spool()
        return True

    def _spool(self) -> None:
        self.spooling, self._into, self._limit = True, self._tail, self._room
        self._record_number = self.number + NUMBERS_APART
        self.wake_spool()

    @property
    def _room(self) -> int:
        """What the tail may take: a chunk of this life's and one of another's must find room beside it."""
        return self._bytes_max - 2 * self.chunk_bytes_max

    # -- going out

    def sparse(self, count: int) -> bool:
        """Whether a flush taken now would be a small one, so that it pays to wait for a moment."""
        return not self.spooling and len(self._rows) < count

    def take(self, count_max: int) -> Flight | None:
        """What goes out next. None: nothing is there, or `unread` ones are to be read from the disk first."""
        assert self.in_flight is None, "one flush at a time"
        flight = self._next(count_max)
        self.in_flight = flight
        self._idle = flight is None and not self.unread
        return flight

    def _next(self, count_max: int) -> Flight | None:
        if self._replays:
            flight = self._replays.popleft()
            self._replay_number += 1
            flight.number = self._replay_number
            return flight
        if self._front is not None:
            flight, self._front = self._front, None
            return flight
        if self.spooling and not self._rows and not self.unread and self._writing is None and self._fits_in_memory():
            self._rows, self._tail = self._tail, self._rows
            self.spooling, self._into = False, self._rows
            self.number = max(self.number, self._record_number)
            self.spool_opened()
        if not self._rows:
            return None
        rows, size = _first(self._rows, count_max, self._flush_bytes_max)
        self.number += 1
        return Flight(self.number, len(rows), size, rows)

    def _fits_in_memory(self) -> bool:
        """Whether the tail leaves room where memory is all that there is; it goes there anyway where the disk does not take it."""
        return self.bytes <= self._bytes_max * 3 // 4 or self.disk_full or self._disk_refuses

    def acknowledged(self) -> Flight:
        """Redis has what is in flight."""
        flight = self._landed()
        if not flight.replayed:
            self.bytes -= flight.size
        return flight

    def returned(self) -> None:
        """What is in flight was refused, or nobody waits for its answer any more: it goes first, under the same number."""
        flight = self._landed()
        if flight.replayed:
            self._replays.appendleft(flight)
        else:
            self._front = flight
        self._rouse()

    def replay(self, batches: Iterable[tuple[int, bytes]]) -> int:
        """Batches, (events, bytes) each, that Redis had acknowledged and lost: they go before all others. -> events"""
        flights = [Flight(0, count, len(batch), batch=batch, replayed=True) for count, batch in batches]
        self._replays.extendleft(reversed(flights))
        if flights:
            self._rouse()
        return sum(flight.count for flight in flights)

    def _landed(self) -> Flight:
        flight, self.in_flight, self._silence = self.in_flight, None, False
        assert flight is not None
        return flight

    def _rouse(self) -> None:
        if self._idle:
            self._idle = False
            self.wake()

    # -- the disk

    @property
    def fits_on_disk(self) -> bool:
        """Whether the spool has room for all that is in memory alone."""
        waiting = self.bytes + sum(flight.size for flight in self._replays)
        return self.spool_usable and not self._disk_refuses and waiting < self.disk_bytes_max - self.disk_bytes

    @property
    def disk_full(self) -> bool:
        """Whether rows wait that the spool has no room for."""
        return bool(self._tail) and self._tail[0].size > self.disk_bytes_max - self.disk_bytes

    def to_write(self, count_max: int) -> Record | None:
        """The next rows to be written, until `written` or `not_written` is said of them. None: there is nothing, or no room."""
        if not self._tail or self._writing is not None or self.disk_full:
            return None
        room = self.disk_bytes_max - self.disk_bytes  # a row takes less there than here
        rows, size = _first(self._tail, count_max, min(self.chunk_bytes_max, room))
        self._writing = Record(self._record_number + 1, rows, size, full=bool(self._tail))
        return self._writing

    def written(self, disk_bytes: int) -> None:
        """The record is on the disk and takes so many bytes there."""
        record = self._settled()
        self._disk_refuses = False
        self._record_number = record.number
        self.bytes -= record.size
        self.unread += len(record.rows)
        self.disk_bytes += disk_bytes
        self._rouse()

    def not_written(self) -> None:
        """The disk did not take the record: its rows wait in memory as before."""
        self._tail.extendleft(reversed(self._settled().rows))
        self._disk_refuses = True
        self._rouse()

    def read(self, number: int, count: int, batch: bytes, received: list[tuple[int, int]]) -> None:
        """A batch was read back, whose last record has this number: it goes out next."""
        assert self._front is None
        assert not self._rows
        self.unread -= count
        self.bytes += len(batch)
        self._front = Flight(number, count, len(batch), batch=batch, on_disk=True, received=received)

    def leftovers(self, count_max: int) -> list[Flight]:
        """At the end of this life: what is in memory alone, taken out and numbered as records that whoever comes next sends.

        Nothing may be in flight. A flush that was not answered keeps its number, so that it is not sent again if Redis
        has it. Rows of the tail come last, under numbers above those of the records on disk.
        """
        assert self.in_flight is None
        if self._writing is not None:  # a fault ended whoever was to write it
            self.not_written()
        flights: list[Flight] = []
        if self._front is not None and not self._front.on_disk:
            flights.append(self._front)
            self._front = None
        flights += self._replays
        for replay in self._replays:
            self.number += 1
            replay.number = self.number
        self._replays.clear()
        for rows in (self._rows, self._tail):
            if rows is self._tail and self.spooling:
                self.number = self._record_number
            while rows:
                taken, size = _first(rows, count_max, self.chunk_bytes_max)
                self.number += 1
                flights.append(Flight(self.number, len(taken), size, taken))
        self.bytes = 0
        return flights

    def _settled(self) -> Record:
        record, self._writing = self._writing, None
        assert record is not None
        return record


def _first(rows: deque[Waiting], count_max: int, bytes_max: int) -> tuple[list[Waiting], int]:
    """Takes the first rows, at least one if there is any, and says what they take."""
    taken: list[Waiting] = []
    size = 0
    while rows and len(taken) < count_max:
        waiting = rows.popleft()
        total = size + waiting.size
        if total > bytes_max and taken:
            rows.appendleft(waiting)
            break
        size = total
        taken.append(waiting)
    return taken, size
