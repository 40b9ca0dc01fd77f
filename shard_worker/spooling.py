"""The worker's own spool: what the backlog wants on disk is written there, and read back when its turn comes.

All file work runs in one thread, so that a slow disk holds up neither sockets nor flushes. A disk that refuses (full,
read-only, broken) is counted and logged once per kind; what it did not take waits in memory, and the write is tried again.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from fleet import metrics
from fleet.settings import Settings
from shard_worker.backlog import Backlog
from shard_worker.records import batch_of, encode_rows, rows_of
from shard_worker.spool import SEGMENT_BYTES, Spool

log = structlog.get_logger(__name__)

T = TypeVar("T")

GATHER_SECONDS = 0.02
"""How long a record gathers. A worker that is killed loses what it had not written: no more than this and one write."""

SEGMENT_BYTES_MIN = 64 * 1024
"""A spool of few bytes has small segments, since only whole ones are deleted."""

RETRY_SECONDS = 1.0
"""Pause after a disk that refused."""

READ_TRIES_MAX = 5
"""A segment that can't be read so often is given up, and counted: events that came after it must not wait for ever."""

KINDS = ("ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES", "EPERM", "ENOENT")


class Disk:
    """One thread for file work, and what it says of a disk that refuses."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self._told: set[str] = set()

    async def do(self, work: Callable[..., T], *arguments: object) -> T:
        """Runs `work` in the thread. It is never left half done: a cancellation waits for it."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait({running})
            raise

    def refused(self, error: OSError, doing: str) -> None:
        """Counts an error; logs it where it is the first of its kind since all was well."""
        kind = errno.errorcode.get(error.errno or 0, "")
        kind = kind if kind in KINDS else "other"
        metrics.SPOOL_ERRORS.labels(kind).inc()
        if kind not in self._told:
            self._told.add(kind)
            log.error("spool.disk_refuses", kind=kind, error=str(error), while_it_was=doing, folder=self.folder)

    def well(self) -> None:
        """The disk took a write: the next error is news again."""
        if self._told:
            log.info("spool.disk_works_again", folder=self.folder)
            self._told.clear()


class Spooling:
    """Between the backlog and this life's folder."""

    def __init__(
        self, settings: Settings, backlog: Backlog, incarnation: str, partitions: dict[str, int], disk: Disk
    ) -> None:
        self._settings, self._backlog, self._incarnation, self._disk = settings, backlog, incarnation, disk
        self._partitions = partitions
        self._spool: Spool | None = None
        self._began = asyncio.Event()
        self._ended = asyncio.Event()
        self._reads_failed = 0
        backlog.wake_spool = self._began.set

    async def run(self) -> None:
        """Opens the folder and writes whenever there is something to be written, until `end`."""
        if not self._settings.spool_dir:
            return
        await self._open()
        while not self._ended.is_set():
            await self._began.wait()
            self._began.clear()
            if self._backlog.spooling:
                log.warning("spool.began", reason="Redis is away or full", folder=self._disk.folder)
                await self._write_while_spooling()
                if not self._backlog.spooling:
                    log.info("spool.ended", waiting=len(self._backlog))

    def end(self) -> None:
        """Lets `run` return once what is being written is written."""
        self._ended.set()
        self._began.set()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    async def _open(self) -> None:
        segment_bytes = max(SEGMENT_BYTES_MIN, min(SEGMENT_BYTES, self._settings.spool_bytes_max // 8))
        root = Path(self._settings.spool_dir)
        while not self._ended.is_set():
            try:
                self._spool = await self._disk.do(
                    partial(Spool.create, root, self._incarnation, segment_bytes, fleet=self._settings.namespace)
                )
            except OSError as error:
                self._disk.refused(error, "making a folder")
                await self._pause(RETRY_SECONDS)
                continue
            self._disk.well()
            self._backlog.spool_opened()
            metrics.SPOOL_BYTES_MAX.set(self._settings.spool_bytes_max)
            return

    async def _write_while_spooling(self) -> None:
        backlog, settings = self._backlog, self._settings
        while backlog.spooling and not self._ended.is_set():
            record = backlog.to_write(settings.flush_events_max)
            if record is None:
                await self._pause(GATHER_SECONDS)
                continue
            rows = [waiting.row for waiting in record.rows]
            taken = await self._write(record.number, rows[0].received_ms, len(rows), encode_rows(rows))
            if taken is None:
                backlog.not_written()
                await self._pause(RETRY_SECONDS)
            else:
                backlog.written(taken)
                if not record.full:
                    await self._pause(GATHER_SECONDS)

    async def _write(self, number: int, received_ms: int, count: int, rows: bytes) -> int | None:
        """Writes a record; returns the bytes that it takes, or None where the disk refused it."""
        assert self._spool is not None
        try:
            taken = await self._disk.do(self._spool.write, number, received_ms, count, rows)
        except OSError as error:
            self._disk.refused(error, "writing")
            return None
        self._disk.well()
        return taken

    async def read_back(self) -> None:
        """Hands the backlog what it is to send next. What is damaged is given up, and counted."""
        assert self._spool is not None
        backlog = self._backlog
        try:
            chunk = await self._disk.do(self._spool.read, self._settings.flush_events_max, backlog.chunk_bytes_max)
        except OSError as error:
            self._disk.refused(error, "reading")
            self._reads_failed += 1
            if self._reads_failed < READ_TRIES_MAX:
                await asyncio.sleep(RETRY_SECONDS)
                return
            lost = await self._disk.do(self._spool.give_up_segment)
            self._reads_failed = 0
            backlog.unread -= lost
            give_up(lost, self._spool)
            return
        self._reads_failed = 0
        if chunk.damaged:
            backlog.unread -= chunk.damaged
            give_up(chunk.damaged, self._spool)
        if chunk.count:
            batch = batch_of(chunk.count, chunk.rows, self._partitions)
            backlog.read(chunk.number, chunk.count, batch, chunk.received)

    async def acknowledged(self, number: int) -> None:
        """Redis has the records up to this one: the segments that hold no others are deleted."""
        if self._spool is not None and self._spool.has_freed(number):
            try:
                self._backlog.disk_bytes -= await self._disk.do(self._spool.free, number)
            except OSError as error:
                self._disk.refused(error, "deleting")

    async def keep(self) -> int:
        """At the end of this life, after `run`: writes what is in memory alone, for the next worker on this volume.
        Returns how many events found no place on the disk."""
        lost = 0
        for flight in self._backlog.leftovers(self._settings.flush_events_max):
            if flight.rows:
                received_ms = flight.rows[0].row.received_ms
                rows = encode_rows([waiting.row for waiting in flight.rows])
            else:
                received_ms, rows = int(time.time() * 1000), rows_of(flight.count, flight.batch)
            room = self._backlog.disk_bytes_max - self._backlog.disk_bytes
            taken = None
            if self._spool is not None and len(rows) < room:
                taken = await self._write(flight.number, received_ms, flight.count, rows)
            if taken is None:
                lost += flight.count
            else:
                self._backlog.disk_bytes += taken
                self._backlog.unread += flight.count
        return lost

    async def close(self) -> None:
        """Lets go of the folder, which goes away if it is empty."""
        spool, self._spool = self._spool, None
        if spool is not None:
            await self._disk.do(spool.close)


def give_up(events: int, spool: Spool) -> None:
    """Events on disk that can't be read: a record that its writer did not finish, or a disk that changed what it was given."""
    metrics.DROPPED.labels("spool_damaged").inc(events)
    log.error("spool.damaged", events=events, folder=str(spool.folder))


def observe_spooled(received: list[tuple[int, int]]) -> None:
    """Latencies of events that come from a spool, (received_ms, events) a record, by the wall clock."""
    now = time.time() * 1000
    for received_ms, count in received:
        metrics.SOCKET_TO_STREAM.observe_all([max(0.0, now - received_ms) / 1000] * count)
