"""arq jobs that carry events: how they are named, written and read.

A job holds the entries themselves, not references to them, since streams are trimmed. It is JSON (a queue must not
execute code), has no expiry (an acknowledged event lives nowhere else), and its id says which entry it is about and how
often that was put into the queue, so that putting the same work there twice makes one job.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

import orjson
from arq.constants import job_key_prefix
from redis.asyncio.client import Pipeline

from fleet.keys import Keys
from fleet.streams import StreamEntry

FUNCTION = "handle"
"""Name of the one arq function."""

SINGLES_MAX = 8
"""Up to so many events read at once become a job each: they are spread over the handler processes."""


@dataclass(frozen=True, slots=True)
class Work:
    """An event that waits to be handled, and its history."""

    entry: StreamEntry
    tries: int = 0
    """Tries that failed."""
    hops: int = 0
    """How often it was put back into the queue, for whatever reason: part of its job's id."""
    unhandled_since_ms: int = 0
    """When a process first found no handler for it; 0 where none did."""

    def again(self, *, tries: int | None = None, unhandled_since_ms: int = 0) -> Work:
        """The same, put back into the queue."""
        return replace(
            self,
            tries=self.tries if tries is None else tries,
            hops=self.hops + 1,
            unhandled_since_ms=unhandled_since_ms or self.unhandled_since_ms,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """The argument of a job. Its repr is short, since arq makes one for its log line."""

    works: tuple[Work, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.works)


def job_id(keys: Keys, group: str, works: Sequence[Work]) -> str:
    """Names a job after its first entry."""
    first = works[0]
    stream = first.entry.stream.removeprefix(f"{keys.namespace}:events:").strip("{}")
    return f"{keys.namespace}:{group}:{stream}:{first.entry.id}:{first.hops}"


def put(
    pipe: Pipeline, keys: Keys, group: str, works: Sequence[Work], *, now_ms: int, delay_seconds: float = 0.0
) -> str:
    """Adds the commands that put a job into the queue; they belong into one transaction. Returns the job's id."""
    name = job_id(keys, group, works)
    pipe.set(job_key_prefix + name, encode(works, now_ms))
    pipe.zadd(keys.queue, {name: now_ms + int(delay_seconds * 1000)})
    return name


def encode(works: Iterable[Work], now_ms: int) -> bytes:
    """A job as arq reads it: t(ry), f(unction), a(rguments), k(eywords), enqueue time."""
    return orjson.dumps({"t": None, "f": FUNCTION, "a": [[_encode(work) for work in works]], "k": {}, "et": now_ms})


def _encode(work: Work) -> dict[str, Any]:
    entry = work.entry
    record: dict[str, Any] = {name: getattr(entry, name) for name in _PLAIN}
    try:
        record["payload"] = entry.payload.decode()
    except UnicodeDecodeError:
        record["payload_base64"] = base64.b64encode(entry.payload).decode()
    for name in ("tries", "hops", "unhandled_since_ms"):
        value = getattr(work, name)
        if value:
            record[name] = value
    return record


def deserialize(raw: bytes) -> dict[str, Any]:
    """arq's `job_deserializer`. Raises ValueError for anything but a job of ours."""
    job: dict[str, Any] = orjson.loads(raw)
    if job.get("f") == FUNCTION:
        job["a"] = (Batch(tuple(_decode(record) for record in job["a"][0])),)
    return job


def serialize(job: dict[str, Any]) -> bytes:
    """arq's `job_serializer`, for jobs that somebody else enqueues; ours are written by `put`."""
    return orjson.dumps(job)


def _decode(record: dict[str, Any]) -> Work:
    payload = record.pop("payload", None)
    data = base64.b64decode(record.pop("payload_base64")) if payload is None else payload.encode()
    history = {name: record.pop(name) for name in ("tries", "hops", "unhandled_since_ms") if name in record}
    return Work(StreamEntry(payload=data, **{name: record[name] for name in _PLAIN if name in record}), **history)


_PLAIN = (
    "stream",
    "id",
    "v",
    "message_id",
    "type",
    "version",
    "timestamp",
    "broadcaster_id",
    "subscription_id",
    "shard",
    "received_ms",
    "late",
)


def lane(entry: StreamEntry) -> str:
    """What is handled in order: a broadcaster's events. Events of no broadcaster have no order among each other."""
    return entry.broadcaster_id or entry.message_id


def plan_jobs(entries: Sequence[StreamEntry], *, busy: bool, batch_max: int) -> list[list[Work]]:
    """Which events share a job: few are one event each, many are batches, and a backlog is as few batches as can be.

    A broadcaster's events of one reading stay together, in order, as far as `batch_max` allows.
    """
    wanted = max(-(-len(entries) // batch_max), 1 if busy else min(len(entries), SINGLES_MAX))
    lanes: dict[str, list[Work]] = {}
    for entry in entries:
        lanes.setdefault(lane(entry), []).append(Work(entry))
    if len(lanes) <= wanted:
        groups = list(lanes.values())
    else:
        groups = [[] for _ in range(wanted)]
        for name, works in lanes.items():
            groups[crc32(name.encode()) % wanted].extend(works)
    jobs = [group[at : at + batch_max] for group in groups for at in range(0, len(group), batch_max)]
    assert sum(map(len, jobs)) == len(entries), "every event is in one job"
    return jobs
