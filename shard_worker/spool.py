"""The spool of one life of a worker: a folder (volume.py) with segment files. Blocking I/O, no decisions; OSError is the caller's.

    ‹FLEET_SPOOL_DIR›/‹incarnation›/‹number›.segment  records whose numbers begin at this one, in order

What `write` returned from is in the kernel's hands: it outlives the process, killed or not, unless somebody deletes the
file; nothing more is written to one that is gone, and a folder that is gone is made anew. fdatasync runs at most each
second and at a segment's end, so a machine that loses power may lose what was written since, and nothing is claimed of it.
A segment is deleted once all its records are acknowledged.
"""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shard_worker import volume
from shard_worker.records import HEADER_BYTES, MARK, Header, intact, pack, unpack

SYNC_SECONDS = 1.0
SEGMENT_BYTES = 4 * 2**20
SUFFIX = ".segment"


class UnknownFormat(Exception):
    """A segment of another version of this program, or none at all: it is left as it is."""


@dataclass(slots=True)
class _Segment:
    path: Path
    last: int
    """Number of its last record."""
    end: int
    """Where its last whole record ends."""
    events: int
    given_up: bool = False
    """It can't be read: nobody tries any more."""


@dataclass(slots=True)
class Chunk:
    """Records read back, as far as one flush goes."""

    number: int = 0
    """Of the last record read or passed over; 0: there was none."""
    count: int = 0
    size: int = 0
    rows: list[bytes] = field(default_factory=list)
    received: list[tuple[int, int]] = field(default_factory=list)
    """(received_ms of a record's first event, its events)"""
    damaged: int = 0
    """Events in records whose checksum is wrong: they are passed over."""
    passed: int = 0
    """Events that Redis has already."""

    @property
    def empty(self) -> bool:
        """Whether nothing was there to be read. One that has nothing to be sent may yet be followed by others that have."""
        return not (self.number or self.damaged)

    def has_room(self, header: Header, count_max: int, bytes_max: int) -> bool:
        return self.count + header.events <= count_max and self.size + header.length <= bytes_max


class Spool:
    """An open, locked folder. One thread at a time may use it."""

    def __init__(self, folder: Path, lock: int, segment_bytes: int = SEGMENT_BYTES, fleet: str = "") -> None:
        self.folder, self._lock, self._segment_bytes, self._fleet = folder, lock, segment_bytes, fleet
        self._segments: deque[_Segment] = deque()
        self._writing: int | None = None
        self._unsynced_since = 0.0
        self._newest = 0
        self._reading: tuple[Path, int] | None = None
        self._offset, self._seen = len(MARK), 0
        self.position = 0
        """Records up to this number are passed over: Redis has them."""
        self.torn = 0
        """Events of a record that was being written when its writer ended, at least."""

    @property
    def life(self) -> str:
        return self.folder.name

    @property
    def events(self) -> int:
        return sum(segment.events for segment in self._segments)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(segment.end for segment in self._segments)

    @property
    def last(self) -> int:
        """Number of the last record."""
        return max((segment.last for segment in self._segments), default=0)

    # -- opening

    @classmethod
    def create(cls, root: Path, life: str, segment_bytes: int = SEGMENT_BYTES, *, fleet: str = "") -> Spool:
        """A new folder of this life of a worker of `fleet`."""
        folder = root / life
        return cls(folder, volume.claim(folder, fleet), segment_bytes, fleet)

    @classmethod
    def adopt(cls, folder: Path, *, fleet: str = "") -> Spool | None:
        """The folder of a life that has ended; None where somebody holds it. Raises UnknownFormat and volume.AnotherFleets."""
        lock = volume.take_over(folder, fleet)
        if lock is None:
            return None
        spool = cls(folder, lock)
        try:
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                spool._scan(path)
        except BaseException:
            os.close(lock)
            raise
        return spool

    def _scan(self, path: Path) -> None:
        """Finds the whole records of a segment by their headers. What follows the last one is counted as torn."""
        segment = _Segment(path, 0, len(MARK), 0)
        file = os.open(path, os.O_RDONLY)
        try:
            size = os.fstat(file).st_size
            if not MARK.startswith(os.pread(file, len(MARK), 0)):
                raise UnknownFormat(path)
            while segment.end < size:
                header = unpack(os.pread(file, HEADER_BYTES, segment.end))
                if header is None or segment.end + HEADER_BYTES + header.length > size:
                    self.torn += header.events if header is not None else 1
                    break
                segment.end += HEADER_BYTES + header.length
                segment.last, segment.events = header.number, segment.events + header.events
        finally:
            os.close(file)
        self._segments.append(segment)

    # -- writing

    def write(self, number: int, received_ms: int, count: int, rows: bytes) -> int:
        """Appends a record; returns the bytes it takes. Raises OSError: then nothing of it is left in the segment."""
        record = pack(number, received_ms, count, rows)
        segment = self._segments[-1] if self._writing is not None and os.fstat(self._writing).st_nlink else None
        added = 0
        if segment is None or segment.end >= self._segment_bytes or not self._follows(segment, number):
            self._end_segment()
            segment = self._begin_segment(number)
            added = len(MARK)
        assert self._writing is not None
        try:
            _write_all(self._writing, record, segment.end)
        except OSError:
            self._undo(segment)
            raise
        segment.end += len(record)
        segment.last, segment.events = number, segment.events + count
        self._newest = max(self._newest, number)
        if time.monotonic() - self._unsynced_since > SYNC_SECONDS:
            with suppress(OSError):  # it is no less written than without
                os.fdatasync(self._writing)
            self._unsynced_since = time.monotonic()
        return added + len(record)

    def _follows(self, segment: _Segment, number: int) -> bool:
        """Whether a record belongs behind the last one of this segment, with none in between that stands elsewhere."""
        return segment.last < number and (segment.last == self._newest or number < self._newest)

    def _begin_segment(self, number: int) -> _Segment:
        path = self.folder / f"{number:020d}{SUFFIX}"
        try:
            file = _made(path)
        except FileNotFoundError:  # somebody has taken the folder away
            held_in_vain, self._lock = self._lock, volume.claim(self.folder, self._fleet)
            _close(held_in_vain)
            file = _made(path)
        try:
            _write_all(file, MARK, 0)
        except OSError:
            _close(file)
            with suppress(OSError):
                path.unlink()
            raise
        self._writing, self._unsynced_since = file, time.monotonic()
        segment = _Segment(path, 0, len(MARK), 0)
        self._segments.append(segment)
        return segment

    def _undo(self, segment: _Segment) -> None:
        """After a write that failed: cuts off what arrived of it. Where even that fails, another segment goes on."""
        file, self._writing = self._writing, None
        assert file is not None
        with suppress(OSError):
            os.ftruncate(file, segment.end)
        _close(file)
        if not segment.events:
            self._segments.pop()
            with suppress(OSError):
                segment.path.unlink()

    def _end_segment(self) -> None:
        file, self._writing = self._writing, None
        if file is not None:
            with suppress(OSError):
                os.fdatasync(file)
            _close(file)

    # -- reading

    def read(self, count_max: int, bytes_max: int) -> Chunk:
        """The next records, at least one if there is any, within bounds. Raises OSError where the very next one can't be read."""
        chunk = Chunk()
        try:
            for segment in list(self._segments):
                if not self._read_segment(segment, chunk, count_max, bytes_max):
                    break
        except OSError:
            if chunk.empty:
                raise  # otherwise it comes again, once what was read before it has gone out
        return chunk

    def _read_segment(self, segment: _Segment, chunk: Chunk, count_max: int, bytes_max: int) -> bool:
        """Adds the records of a segment to a chunk; False where there are more than it takes."""
        if segment.given_up or (self._reading is not None and segment.path < self._reading[0]):
            return True
        if self._reading is None or segment.path > self._reading[0]:
            try:
                self._read_from(segment)
            except FileNotFoundError:  # somebody has deleted it
                chunk.damaged += self._give_up(segment)
                return True
        assert self._reading is not None
        while self._offset < segment.end:
            header = unpack(os.pread(self._reading[1], HEADER_BYTES, self._offset))
            if header is None:  # where the next record begins nobody knows
                chunk.damaged += segment.events - self._seen
                self._offset, self._seen = segment.end, segment.events
                chunk.number = segment.last
                return True
            wanted = header.number > self.position
            if wanted and chunk.rows and not chunk.has_room(header, count_max, bytes_max):
                return False
            body = os.pread(self._reading[1], header.length, self._offset + HEADER_BYTES) if wanted else b""
            self._offset += HEADER_BYTES + header.length
            self._seen += header.events
            self.position = max(self.position, header.number)
            if not wanted:
                chunk.passed += header.events
            elif not intact(header, body):
                chunk.damaged += header.events
            else:
                chunk.rows.append(body)
                chunk.received.append((header.received_ms, header.events))
                chunk.count += header.events
                chunk.size += header.length
            chunk.number = header.number
        return True

    def _read_from(self, segment: _Segment) -> None:
        file = os.open(segment.path, os.O_RDONLY)
        self._end_reading()
        self._reading, self._offset, self._seen = (segment.path, file), len(MARK), 0

    def give_up_segment(self) -> int:
        """Gives up what was not read yet of the segment that is to be read next; returns its events."""
        for segment in self._segments:
            if segment.given_up:
                continue
            if self._reading is None or segment.path > self._reading[0]:
                return self._give_up(segment)
            if segment.path == self._reading[0] and self._offset < segment.end:
                left = segment.events - self._seen
                self._offset, self._seen = segment.end, segment.events
                return left
        return 0

    @staticmethod
    def _give_up(segment: _Segment) -> int:
        events, segment.events, segment.given_up = segment.events, 0, True
        return events

    def _end_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is not None:
            _close(reading[1])

    # -- ending

    def has_freed(self, number: int) -> bool:
        """Whether `free` would delete anything."""
        return bool(self._segments) and self._segments[0].last <= number

    def free(self, number: int) -> int:
        """Deletes segments whose records are all acknowledged, up to this number; returns the bytes that they took."""
        freed = 0
        while self._segments and self._segments[0].last <= number:
            segment = self._segments[0]
            if len(self._segments) == 1:
                self._end_segment()
            if self._reading is not None and self._reading[0] == segment.path:
                self._end_reading()
            try:
                segment.path.unlink(missing_ok=True)
            except OSError:
                if not freed:
                    raise
                break  # it is asked for again
            self._segments.popleft()
            freed += segment.end
        return freed

    def close(self) -> None:
        """Lets go of the folder, and takes it away if nothing is in it."""
        self._end_segment()
        self._end_reading()
        volume.let_go(self.folder, self._lock, empty=not self._segments)


def _made(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)


def _close(file: int) -> None:
    """Linux has closed it whatever it says; a second close would meet another file under its number."""
    with suppress(OSError):
        os.close(file)


def _write_all(file: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, offset)
        view, offset = view[done:], offset + done
