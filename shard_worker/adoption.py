"""Spools of workers that have ended: the folders of this volume that nobody holds are taken over, sent and deleted.

Redis remembers the last flush of each life, so what it has of a folder is passed over, however old it is; a flush that
was sent twice is refused. That memory ends after NUMBER_TTL_SECONDS, or with Redis' data: then what is on disk goes out
whole, which is at most one segment more than is missing, and the dedup window knows what is no older than itself.

Adopted events go out beside the worker's own: they came over sockets of another life, and between sockets is no order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog

from fleet import metrics
from fleet.connection import REDIS_ERRORS
from fleet.settings import Settings
from shard_worker.appender import Appender
from shard_worker.backlog import Backlog
from shard_worker.records import batch_of
from shard_worker.spool import Spool, UnknownFormat
from shard_worker.spooling import RETRY_SECONDS, Disk, give_up, observe_spooled
from shard_worker.volume import AnotherFleets, folders

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0
"""Pace of looking for folders whose worker has ended."""


class Adoption:
    """Finds folders, holds them and sends what is in them. `replay` is called when Redis turns out to have lost data."""

    def __init__(
        self,
        settings: Settings,
        backlog: Backlog,
        appender: Appender,
        partitions: dict[str, int],
        disk: Disk,
        replay: Callable[[], None],
    ) -> None:
        self._settings, self._backlog, self._appender, self._disk = settings, backlog, appender, disk
        self._partitions, self._replay = partitions, replay
        self._held: deque[Spool] = deque()
        self._not_ours: set[Path] = set()
        self._ended = asyncio.Event()
        self.events = 0
        """Adopted and not yet acknowledged."""

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        if not self._settings.spool_dir:
            return
        while True:
            try:
                await self._look()
            except OSError as error:
                self._disk.refused(error, "looking for folders")
            while self._held:
                await self._send(self._held[0])
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        for folder in await self._disk.do(folders, Path(self._settings.spool_dir)):
            if folder in self._not_ours:
                continue
            try:
                spool = await self._disk.do(partial(Spool.adopt, folder, fleet=self._settings.namespace))
            except UnknownFormat as error:
                self._not_ours.add(folder)
                log.error("spool.unknown_format", file=str(error), consequence="it is left as it is")
                continue
            except AnotherFleets:
                self._not_ours.add(folder)
                log.warning(
                    "spool.of_another_fleet", folder=str(folder), consequence="it is left to workers of that one"
                )
                continue
            except OSError as error:  # the others are to be sent all the same
                self._disk.refused(error, "opening what may be adopted")
                continue
            if spool is not None:
                self._held.append(spool)
                self.events += spool.events
                self._backlog.disk_bytes += spool.size
                log.info("spool.adopted", folder=str(folder), events=spool.events, bytes=spool.size)
                if spool.torn:
                    give_up(spool.torn, spool)

    async def _send(self, spool: Spool) -> None:
        """Sends what is in a folder and deletes it; leaves it to a later look where the disk does not let it be read."""
        events_left, bytes_left = spool.events, spool.size
        try:
            spool.position = await self._position(spool.life)
            while True:
                chunk = await self._disk.do(spool.read, self._settings.flush_events_max, self._backlog.chunk_bytes_max)
                if chunk.damaged:
                    give_up(chunk.damaged, spool)
                if chunk.count:
                    await self._append(
                        spool.life, chunk.number, chunk.count, batch_of(chunk.count, chunk.rows, self._partitions)
                    )
                    observe_spooled(chunk.received)
                    metrics.SPOOL_ADOPTED.inc(chunk.count)
                gone = chunk.count + chunk.damaged + chunk.passed
                self.events, events_left = self.events - gone, events_left - gone
                freed = await self._disk.do(spool.free, spool.last if chunk.empty else chunk.number)
                self._backlog.disk_bytes, bytes_left = self._backlog.disk_bytes - freed, bytes_left - freed
                if chunk.empty:
                    log.info("spool.adopted_and_sent", folder=str(spool.folder))
                    return
        except OSError as error:
            self._disk.refused(error, "sending what was adopted")
        finally:
            self._held.popleft()
            self.events, self._backlog.disk_bytes = self.events - events_left, self._backlog.disk_bytes - bytes_left
            self._appender.acknowledged.pop(spool.life, None)
            await self._disk.do(spool.close)

    async def _position(self, life: str) -> int:
        while True:
            with suppress(*REDIS_ERRORS):  # waited out, as with a flush
                return await self._appender.last_flush(life)
            await asyncio.sleep(RETRY_SECONDS)

    async def _append(self, life: str, number: int, count: int, batch: bytes) -> None:
        self._backlog.bytes += len(batch)
        try:
            while not await self._appender.append(life, number, count, batch):
                self._replay()
        finally:
            self._backlog.bytes -= len(batch)
