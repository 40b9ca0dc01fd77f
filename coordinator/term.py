"""What a leader may do while it leads.

A term begins with an election and ends when the lease can no longer be relied on. Everything the leader writes goes
through here: control state through a script that checks the lease's token, Helix calls with a deadline that is shorter
than what is left of the lease. Both raise Deposed, which ends the term; a new one starts from what Redis and Twitch say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from redis.asyncio import Redis

from fleet.clock import boottime
from fleet.keys import Keys
from fleet.lease import Epoch, Leading
from fleet.scripts import Scripts
from fleet.settings import Settings
from twitch.app import App
from twitch.errors import DecodeError
from twitch.ids import ConduitId

T = TypeVar("T")

TURN_SECONDS = 0.1
"""How long after a suspend a call that was under way may live on at most."""

TROUBLES = ("control", "conduit", "shards", "listing", "subscriptions", "application")
"""What a leader may have to wait for: the keys of `Term.not_ready`, and the label of its metric."""


SHARD_COUNT_MAX = 1_000_000
"""Fifty times what Twitch gives: https://dev.twitch.tv/docs/eventsub/handling-conduit-events/"""


class Deposed(Exception):
    """This process does not lead any more; what it was about to do is the successor's."""


@dataclass(frozen=True, slots=True)
class Conduit:
    """The conduit that this fleet serves."""

    id: ConduitId
    shard_count: int
    created_by_us: bool
    instead_of: str = ""
    """The id that FLEET_CONDUIT_ID named and Twitch had deleted, where this one was made in its place."""

    def __post_init__(self) -> None:
        """Raises DecodeError for a count that no conduit has: much here goes through all shards."""
        if not 1 <= self.shard_count <= SHARD_COUNT_MAX:
            raise DecodeError(f"Twitch says that conduit {self.id} has {self.shard_count} shards")


@dataclass(frozen=True, slots=True)
class Write:
    """One write of control state: HSET, HDEL, SET or DEL of a key."""

    operation: str
    key: str
    arguments: tuple[str | bytes | int, ...] = ()

    @staticmethod
    def hset(key: str, **fields: str | bytes | int) -> Write:
        return Write("HSET", key, tuple(part for pair in fields.items() for part in pair))

    @staticmethod
    def hset_items(key: str, items: dict[str, str | bytes]) -> Write:
        return Write("HSET", key, tuple(part for pair in items.items() for part in pair))

    @staticmethod
    def hdel(key: str, *fields: str) -> Write:
        return Write("HDEL", key, fields)

    @staticmethod
    def set(key: str, value: str | bytes | int) -> Write:
        return Write("SET", key, (value,))

    @staticmethod
    def delete(key: str) -> Write:
        return Write("DEL", key)


@dataclass(slots=True)
class Term:
    """One leadership: what the tasks of the leader share."""

    settings: Settings
    redis: Redis
    keys: Keys
    scripts: Scripts
    twitch: App
    lease: Leading
    """As last renewed; the lease's shell replaces it."""
    conduit: Conduit | None = None
    """The conduit, once it has been found, adopted or created."""
    shards_bound: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once every shard that a worker has room for has been bound in this term: subscriptions are created after their
    shards can take events."""
    written: int = 0
    """Control writes so far, as Redis counts them; 0 before this term's first."""
    rollbacks: int = 0
    """How often Redis has lost control writes of this term, as in a fail-over: who wrote some writes them again."""
    not_ready: dict[str, str] = field(
        default_factory=lambda: {"shards": "elected just now; the shards were not looked at yet"}
    )
    """Why this leader is not ready, by whose reason it is; `/readyz` shows them."""
    _rollback: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at the next rollback."""

    @property
    def epoch(self) -> Epoch:
        return self.lease.epoch

    async def commit(self, *writes: Write, wake: bool = False) -> None:
        """Writes control state at once, if we still lead. Raises Deposed, or redis' errors when it is away.

        wake: also wake the workers up early.
        """
        arguments: list[str | bytes | int] = [self.lease.token, self.keys.ctl_wake if wake else ""]
        for write in writes:
            arguments += [write.operation, len(write.arguments), *write.arguments]
        if not self.lease.may_act(boottime()):
            raise Deposed
        known = self.written
        keys = [self.keys.leader, self.keys.written, *(write.key for write in writes)]
        written = int(await self.scripts.commit(keys=keys, args=arguments))
        if not written:
            raise Deposed
        self.counted(written, known=known + 1)

    def counted(self, written: int, *, known: int) -> None:
        """Redis counts `written` control writes in an answer to a call that was sent when there were `known`."""
        if written < known:
            self.rollbacks, self.written = self.rollbacks + 1, written
            self._rollback.set()
            self._rollback = asyncio.Event()
        else:
            self.written = max(self.written, written)

    async def rolled_back(self, known: int) -> int:
        """Waits until Redis has lost control writes more often than `known` times; how often it has by then."""
        while self.rollbacks == known:
            await self._rollback.wait()
        return self.rollbacks

    async def helix(self, call: Callable[[], Awaitable[T]]) -> T:
        """Awaits a Helix call, which is aborted before our lease, as it is renewed meanwhile, could end.

        So a Twitch that answers slowly is waited for, and no call outlives our right to make it. Raises Deposed,
        TimeoutError, or the call's errors.
        """
        if self.lease.remaining_seconds(boottime()) <= 0:
            raise Deposed
        calling = asyncio.ensure_future(call())
        try:
            while (remaining_seconds := self.lease.remaining_seconds(boottime())) > 0:
                # In short turns: this timer stands still while the machine is suspended, and the lease does not.
                done, _ = await asyncio.wait({calling}, timeout=min(remaining_seconds, TURN_SECONDS))
                if done:
                    return calling.result()
        finally:
            if not calling.done():
                calling.cancel()
                await asyncio.gather(calling, return_exceptions=True)
        raise TimeoutError("Twitch had not answered when the lease ran out")
