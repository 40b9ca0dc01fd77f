"""For downstream Python services: the events as an async iterator, as one consumer of a group.

    async with Consumer(redis_url="redis://127.0.0.1:6379/0", group="alerts", types={"stream.online"}) as consumer:
        async for delivery in consumer:
            print(delivery.event.event)      # typed, see twitch.eventsub; delivery.entry has the fields of the contract
            await delivery.ack()

Each event goes to one consumer of the group, and is acknowledged by it; one that isn't is given to another consumer once
its own has been idle for `idle_seconds`, so delivery is at least once: `delivery.entry.message_id` is the idempotency key.
New streams are found within a second. Redis away is waited for, with a log line. Services in other languages read the
streams by themselves: the contract is in streams.py and the README, and examples/downstream.py needs redis-py alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import structlog
from redis.asyncio import Redis

from fleet.connection import AWAY, connect, describe
from fleet.keys import Keys
from fleet.settings import Secret, Settings, process_id
from fleet.streams import REVOCATIONS, GroupReader, StreamEntry
from twitch.eventsub.event import Event

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 1.0
BLOCK_MS = 250
AWAY_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that this consumer was given, until it is acknowledged."""

    entry: StreamEntry
    _reader: GroupReader = field(repr=False)

    @property
    def event(self) -> Event[Any]:
        """The typed event. Raises twitch.errors.DecodeError where the payload does not fit its type."""
        return self.entry.event()

    async def ack(self) -> None:
        """It is done: nobody of the group is given it again. Raises redis' errors; then it will be."""
        await self._reader.ack([self.entry])


class Consumer:
    """One consumer of a group.

    types: which event types, None for all. name: unique among the group's consumers; one that is used again gets back
    first what it was given in its last life and did not acknowledge. entries_max: how many are read at once.
    sentinels: (host, port) of each Sentinel, which name the primary then; of redis_url the rest still counts.
    """

    def __init__(
        self,
        *,
        redis_url: str = "redis://127.0.0.1:6379/0",
        sentinels: Sequence[tuple[str, int]] = (),
        sentinel_name: str = "mymaster",
        group: str,
        name: str = "",
        types: Collection[str] | None = None,
        namespace: str = "fleet",
        entries_max: int = 100,
        idle_seconds: float = 60.0,
    ) -> None:
        self._redis: Redis = connect(
            Settings(
                redis_url=Secret(redis_url),
                redis_sentinels=tuple(sentinels),
                redis_sentinel_name=sentinel_name,
                namespace=namespace,
            )
        )
        self._reader = GroupReader(
            self._redis,
            Keys(namespace),
            group,
            name or process_id(),
            lambda type_: type_ != REVOCATIONS and (types is None or type_ in types),
            idle_ms=int(idle_seconds * 1000),
        )
        self._entries_max, self._claim_seconds = entries_max, max(1.0, idle_seconds / 4)
        self._buffer: deque[StreamEntry] = deque()
        self._refresh_at = self._claim_at = 0.0
        self._joined: set[str] = set()
        self._away = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leaves the group's streams where nothing is owed to them, and closes the connection."""
        try:
            await self._reader.leave()
        except AWAY as error:
            log.warning("consumer.leave_failed", error=describe(error))
        await self._redis.aclose()

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        while True:
            while self._buffer:
                yield Delivery(self._buffer.popleft(), self._reader)
            try:
                self._buffer.extend(await self._read())
                self._away = False
            except AWAY as error:
                if not self._away:
                    log.warning("redis.unreachable", error=describe(error))
                self._away = True
                await asyncio.sleep(AWAY_PAUSE_SECONDS)

    async def _read(self) -> list[StreamEntry]:
        now = asyncio.get_running_loop().time()
        reader = self._reader
        if now >= self._refresh_at:
            fresh = await reader.refresh()
            self._refresh_at = now + REFRESH_SECONDS
            unknown = [stream for stream in fresh if stream not in self._joined]
            self._joined.update(unknown)
            if unknown:
                owed = await reader.own(self._entries_max)
                held = {(entry.stream, entry.id) for entry in self._buffer}
                owed = [entry for entry in owed if entry.stream in unknown and (entry.stream, entry.id) not in held]
                if owed:
                    return owed
        if now >= self._claim_at:
            self._claim_at = now + self._claim_seconds
            claimed = await reader.claim(self._entries_max)
            if claimed:
                return claimed
        if not reader.streams:
            await asyncio.sleep(BLOCK_MS / 1000)
            return []
        return await reader.new(self._entries_max, BLOCK_MS)
