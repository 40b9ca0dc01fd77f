"""What the leader has written of shards and orders, so that only changes are written again.

Records say what the leader knows (for the next leader, and for people); orders say what each worker is to do. Both go
out in one fenced script, and workers are woken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
import structlog

from coordinator.assignment import Shard, Worker
from coordinator.reconcile import ShardRecord
from coordinator.term import Term, Write
from fleet.connection import hash_of
from fleet.lease import next_epoch
from fleet.reports import Orders, encode, read
from twitch.ids import SessionId

log = structlog.get_logger(__name__)

FIELDS_PER_WRITE = 1000
"""Hash fields in one command of a script: Lua unpacks no more than some thousands of arguments."""

_record = msgspec.json.Decoder(ShardRecord)


class Ledger:
    """The control state of one term, as it stands in Redis."""

    def __init__(self, term: Term) -> None:
        self._term = term
        self._records: dict[Shard, ShardRecord] = {}
        self._orders: dict[Worker, bytes] = {}
        self._ordered: frozenset[Worker] = frozenset()
        """Workers with orders in Redis: those of one that has left go with it, since every life of a worker has a new name."""
        self._pace = (0, 0)
        self._version = 0

    async def read(self) -> dict[Shard, ShardRecord]:
        """What stands there of the shards, as the last leader wrote it, or as Redis has it that lost some of our own writes.
        Orders and pace are written anew: a worker takes the same ones calmly."""
        raw = await hash_of(self._term.redis, self._term.keys.shards)
        self._records = read_records(raw)
        self._ordered = frozenset(
            name.decode("utf-8", "replace") for name in await hash_of(self._term.redis, self._term.keys.ordered)
        )
        self._orders, self._pace = {}, (0, 0)
        return dict(self._records)

    async def write(
        self,
        records: Mapping[Shard, ShardRecord],
        workers: Iterable[Worker],
        *,
        openings: int,
        active: int,
        now_ms: int,
    ) -> None:
        """Writes what differs from what stands there. Raises Deposed, or redis' errors.

        openings: sockets that one worker may have opening; active: workers that take shards.
        """
        keys = self._term.keys
        changed = {
            str(shard): msgspec.json.encode(record)
            for shard, record in records.items()
            if self._records.get(shard) != record
        }
        outside = [str(shard) for shard in self._records if shard not in records]
        orders = {worker: encode(each) for worker, each in orders_from(records, workers).items()}
        fresh = {worker: document for worker, document in orders.items() if self._orders.get(worker) != document}

        writes = [Write.hset_items(keys.shards, part) for part in _parts(changed)]
        writes += [Write.hdel(keys.shards, *part) for part in _parts(dict.fromkeys(outside, b""))]
        if fresh:
            # A version that no earlier orders had, not even those of another Redis: workers compare it for equality.
            self._version = next_epoch(self._version, now_ms)
        writes += [Write.hset(keys.assigned(w), v=self._version, shards=document) for w, document in fresh.items()]
        writes += [Write.hset_items(keys.ordered, part) for part in _parts(dict.fromkeys(fresh, b""))]
        left = sorted(self._ordered - orders.keys())
        writes += [Write.hdel(keys.ordered, *part) for part in _parts(dict.fromkeys(left, b""))]
        writes += [Write.delete(keys.assigned(worker)) for worker in left]
        if self._pace != (openings, active):
            writes.append(Write.hset(keys.pace, openings=openings, active=active))
        if writes:
            await self._term.commit(*writes, wake=True)
        self._records, self._orders, self._pace = dict(records), orders, (openings, active)
        self._ordered = frozenset(orders)


def read_records(raw: Mapping[bytes, bytes]) -> dict[Shard, ShardRecord]:
    """The records of the shards. One that can't be read (another build's, or nobody's) counts for none: what is true is
    found by reports and listings."""
    records: dict[Shard, ShardRecord] = {}
    for shard, text in raw.items():
        try:
            records[int(shard)] = read(_record, text)
        except (ValueError, msgspec.DecodeError) as error:
            log.error("shard.unreadable_record", shard=shard.decode("utf-8", "replace")[:20], error=str(error))
    return records


def orders_from(records: Mapping[Shard, ShardRecord], workers: Iterable[Worker]) -> dict[Worker, Orders]:
    """What each worker is to hold open, and which of its sessions Twitch sends through."""
    opens: dict[Worker, dict[Shard, int]] = {worker: {} for worker in workers}
    bound: dict[Worker, dict[SessionId, list[Shard]]] = {worker: {} for worker in opens}
    for shard, record in sorted(records.items()):
        if record.worker in opens:
            opens[record.worker][shard] = record.epoch
        if record.session and record.holder in bound:
            bound[record.holder].setdefault(record.session, []).append(shard)
    return {
        worker: Orders(open=opens[worker], bound={session: tuple(ids) for session, ids in bound[worker].items()})
        for worker in opens
    }


def _parts(items: dict[str, bytes]) -> Iterable[dict[str, str | bytes]]:
    pairs = list(items.items())
    for start in range(0, len(pairs), FIELDS_PER_WRITE):
        yield dict(pairs[start : start + FIELDS_PER_WRITE])
