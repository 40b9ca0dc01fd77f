"""The desired subscriptions of one term: in memory, in Redis, and the way from a wish to a subscription at Twitch."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import msgspec
import structlog

from coordinator.subscription_plan import ENABLED, record_of
from coordinator.term import Term, Write
from fleet import metrics
from fleet.connection import describe
from fleet.desired import REFUSED, Desired, RequestedBy, decode, encode, key_of
from twitch.errors import Conflict, HTTPException
from twitch.eventsub.types import SubscriptionRequest

log = structlog.get_logger(__name__)

FIELDS_PER_WRITE = 500


@dataclass(slots=True)
class Table:
    """The desired subscriptions of one term, which makes its own: of a million it takes more than half a gigabyte."""

    term: Term
    desired: dict[str, Desired] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    """Id at Twitch → key."""
    listed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once this term has compared the table with Twitch's listing."""
    fresh: set[str] = field(default_factory=set)
    """Keys of records that were written or dropped since the last listing began: what it says of them may be of the past."""
    _statuses: Counter[str] = field(default_factory=Counter)
    _creating: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """Key → held by whoever creates it; gone with the last who waits for it."""

    async def load(self) -> None:
        """Reads the records. Raises redis' errors."""
        # In pieces: there may be a million, and the leader has a lease to renew meanwhile.
        async for _, raw in self.term.redis.hscan_iter(self.term.keys.subscriptions, count=1000):
            try:
                self.keep(decode(raw))
            except msgspec.DecodeError as error:
                log.error("subscriptions.unreadable", error=describe(error))

    def keep(self, record: Desired) -> None:
        """Takes a record into the table, as it stands in Redis."""
        self.forget(record.key)
        self.desired[record.key] = record
        self._statuses[record.status] += 1
        if record.id:
            self.by_id[record.id] = record.key

    def forget(self, key: str) -> None:
        """Takes a record out of the table."""
        record = self.desired.pop(key, None)
        if record is not None:
            self._statuses[record.status] -= 1
            self.by_id.pop(record.id, None)

    async def write(self, records: Iterable[Desired]) -> None:
        """Records, in Redis and here. Raises Deposed, or redis' errors."""
        pending = list(records)
        for at in range(0, len(pending), FIELDS_PER_WRITE):
            part = pending[at : at + FIELDS_PER_WRITE]
            await self.term.commit(
                Write.hset_items(self.term.keys.subscriptions, {record.key: encode(record) for record in part})
            )
            for record in part:
                self.keep(record)
                self.fresh.add(record.key)
        self.show()

    async def drop(self, keys: Sequence[str]) -> None:
        """Forgets records. Raises Deposed, or redis' errors."""
        for at in range(0, len(keys), FIELDS_PER_WRITE):
            part = keys[at : at + FIELDS_PER_WRITE]
            await self.term.commit(Write.hdel(self.term.keys.subscriptions, *part))
            for key in part:
                self.forget(key)
                self.fresh.add(key)
        self.show()

    def show(self) -> None:
        """How many there are of each status."""
        for status, count in self._statuses.items():
            metrics.SUBSCRIPTIONS.labels(status).set(count)

    async def want(self, request: SubscriptionRequest, requested_by: RequestedBy) -> Desired:
        """Sees to it that a subscription exists; the record of it, with its id.

        Raises Twitch's refusal, after it was recorded; Deposed, TimeoutError, or redis' errors.
        """
        key = key_of(request.type, request.version, request.condition)
        async with self._creating.setdefault(key, asyncio.Lock()):
            record = self.desired.get(key)
            if record is not None and record.status == ENABLED and record.id and self.listed.is_set():
                if record.requested_by == RequestedBy.ADOPTED:
                    record = msgspec.structs.replace(record, requested_by=requested_by.value)
                    await self.write([record])
                return record
            if record is None or record.requested_by == RequestedBy.ADOPTED:
                record = Desired(
                    type=request.type,
                    version=request.version,
                    condition=dict(request.condition),
                    requested_by=requested_by.value,
                    updated_ms=now_ms(),
                )
                await self.write([record])
            return await self.create(record)

    async def create(self, record: Desired) -> Desired:
        """Creates it at Twitch and records the outcome. Raises Twitch's refusal, after it was recorded."""
        term, conduit = self.term, self.term.conduit
        if conduit is None:
            raise TimeoutError("there is no conduit at the moment")
        transport = {"method": "conduit", "conduit_id": conduit.id}
        api = term.twitch.application
        try:
            found, _ = await term.helix(
                lambda: api.create_eventsub_subscription(record.type, record.version, transport, record.condition)
            )
        except Conflict as conflict:
            return await self._existing(record, conflict, conduit.id)
        except HTTPException as error:
            if not error.transient:
                await self.write([refused(record, error)])
                log.warning("subscription.refused", type=record.type, condition=record.condition, error=str(error))
            raise
        fresh = record_of(record, found, now_ms())
        await self.write([fresh])
        return fresh

    async def _existing(self, record: Desired, conflict: Conflict, conduit_id: str) -> Desired:
        """409: it is there. Twitch may say under which id; where it does not, its listing does."""
        found_id = conflict.existing_id
        if not found_id:
            async for each in self.term.twitch.application.get_eventsub_subscriptions(type=record.type):
                same = key_of(each.type, each.version, each.condition) == record.key
                if same and each.is_enabled and each.transport.conduit_id == conduit_id:
                    found_id = each.id
                    break
        if not found_id:
            refusal = refused(record, conflict)
            await self.write([refusal])
            raise conflict
        fresh = msgspec.structs.replace(
            record, status=ENABLED, id=found_id, error="", error_status=0, updated_ms=now_ms()
        )
        await self.write([fresh])
        return fresh


def refused(record: Desired, error: HTTPException) -> Desired:
    """The record with Twitch's refusal."""
    return msgspec.structs.replace(
        record, status=REFUSED, id="", error=error.message, error_status=error.status, updated_ms=now_ms()
    )


def now_ms() -> int:
    """Unix time, for `updated_ms`: it tells hours from each other."""
    return int(time.time() * 1000)
