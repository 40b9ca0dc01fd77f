"""Events between a socket and Redis: in order, within a bound of bytes.

While Redis is away they wait here, and sockets go on being read and answered. What goes beyond the bound is refused and
counted, never silently lost. A spool on disk belongs behind this same interface: `put`, `first`, `drop_first`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

import msgspec

ROW_BYTES = 512
"""What a row costs beside its payload: ids, numbers and Python's own objects, about."""


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


class Backlog:
    """A queue of rows with a bound, and a way to wait for the first."""

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._rows: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, waiting: Waiting) -> bool:
        """Adds a row at the end. False where the bound is reached: the row was not taken."""
        if self.bytes + waiting.size > self._bytes_max:
            return False
        self.bytes += waiting.size
        self._rows.append(waiting)
        if not self._arrived.is_set():
            self._arrived.set()
        return True

    def put_back(self, rows: list[Waiting]) -> None:
        """Puts rows at the front again, in their order. The bound does not apply: they were inside it before."""
        self._rows.extendleft(reversed(rows))
        self.bytes += sum(each.size for each in rows)
        if rows:
            self._arrived.set()

    async def arrival(self) -> None:
        """Waits until there is a row."""
        await self._arrived.wait()

    def take(self, count_max: int, bytes_max: int) -> list[Waiting]:
        """The first rows, at least one if there is any."""
        taken: list[Waiting] = []
        size = 0
        rows = self._rows
        while rows and len(taken) < count_max and (size < bytes_max or not taken):
            waiting = rows.popleft()
            size += waiting.size
            taken.append(waiting)
        self.bytes -= size
        if not rows:
            self._arrived.clear()
        return taken
