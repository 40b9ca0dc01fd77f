"""Entries of the event streams, and reading them as a consumer group: the public contract, from the reader's side.

The set `‹ns›:events:streams` lists the streams. A group re-reads it each second and creates itself at `0` on a stream
that it had not seen, so that it misses nothing that was appended before it came. Which entries it has not been given
yet, and which it was given and never acknowledged, Redis knows; a reader that died leaves the latter to its peers, who
claim them once they have been idle for long enough.

Fields that this version does not know are ignored. An entry never fails to decode: what is wrong with its payload shows
when `event()` is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from redis import exceptions
from redis.asyncio import Redis

from fleet.keys import Keys
from twitch.errors import DecodeError
from twitch.eventsub.event import Event, Metadata, read_revocation
from twitch.models import Subscription

CONTRACT = "1"
"""Version of the entry format that is read and written here."""

DIGITS_MAX = 15

REVOCATIONS = ""
"""Stands for the stream of revocations where streams are chosen by type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEntry:
    """One event as it stands in a stream. Texts are empty where the entry had no such field."""

    stream: str
    id: str
    v: str = CONTRACT
    message_id: str = ""
    type: str = ""
    version: str = ""
    timestamp: str = ""
    """Twitch's, RFC 3339 as received."""
    broadcaster_id: str = ""
    subscription_id: str = ""
    shard: str = ""
    received_ms: int = 0
    """Unix time at the worker's socket."""
    payload: bytes = field(default=b"", repr=False)
    late: bool = False
    """True where Twitch's timestamp was older than 10 minutes when the event was read from its socket."""

    @classmethod
    def decode(cls, stream: str, entry_id: str, fields: Mapping[bytes, bytes]) -> StreamEntry:
        """An entry from the fields as Redis gives them."""
        texts = {name: fields[key].decode("utf-8", "replace") for name, key in _TEXTS if key in fields}
        received = fields.get(b"received_ms", b"")
        return cls(
            stream=stream,
            id=entry_id,
            received_ms=number(received),
            payload=fields.get(b"payload", b""),
            late=fields.get(b"late") == b"1",
            **texts,
        )

    def fields(self) -> dict[str, str | bytes | int]:
        """The entry as fields of a stream, in the contract's order."""
        fields: dict[str, str | bytes | int] = {name: getattr(self, name) for name, _ in _TEXTS}
        fields |= {"received_ms": self.received_ms, "payload": self.payload}
        return fields | {"late": "1"} if self.late else fields

    def metadata(self, kind: str = "notification") -> Metadata:
        """What Twitch said of the message. Raises DecodeError where its timestamp is none."""
        return Metadata.of(self.message_id, timestamp=self.timestamp, type=self.type, version=self.version, kind=kind)

    def event(self, *, raw: bool = False) -> Event[Any]:
        """The typed event; with `raw` the JSON object. Raises DecodeError where the payload does not fit its type."""
        self._check_contract()
        return Event.from_payload(self.payload, metadata=self.metadata(), raw=raw)

    def revocation(self) -> tuple[Subscription, Metadata]:
        """For an entry of the revocations: the subscription, whose status is the reason. Raises DecodeError."""
        self._check_contract()
        return read_revocation(self.payload), self.metadata("revocation")

    def _check_contract(self) -> None:
        if self.v != CONTRACT:
            raise DecodeError(
                f"entry of contract version {self.v!r}; this reads {CONTRACT}", type=self.type, version=self.version
            )


_TEXTS = tuple(
    (name, name.encode())
    for name in ("v", "message_id", "type", "version", "timestamp", "broadcaster_id", "subscription_id", "shard")
)


def number(raw: bytes) -> int:
    """A number of an entry; 0 for what is none, or more than JSON's readers take."""
    return int(raw) if raw.isdigit() and len(raw) <= DIGITS_MAX else 0


def type_of(keys: Keys, stream: str) -> str:
    """The event type of a stream, REVOCATIONS for that of the revocations. Raises ValueError for any other key."""
    if stream == keys.revocations:
        return REVOCATIONS
    prefix, brace, rest = stream.partition("{")
    type_, colon, partition = rest.removesuffix("}").rpartition(":")
    if not (brace and colon and prefix == f"{keys.namespace}:events:" and rest.endswith("}") and partition.isdigit()):
        raise ValueError(f"{stream!r} is no event stream")
    return type_


class GroupReader:
    """Reads streams as one consumer of a group.

    wants: which types (REVOCATIONS for revocations). idle_ms: how long an entry has been with a reader that did not
    acknowledge it until its peers may claim it. Every method raises redis' errors; entries that were given and not
    acknowledged stay with this consumer (`own`) or are claimed by a peer in time.
    """

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        group: str,
        consumer: str,
        wants: Callable[[str], bool],
        *,
        idle_ms: int = 10_000,
    ) -> None:
        self._redis, self._keys, self.group, self.consumer, self._wants = redis, keys, group, consumer, wants
        self._idle_ms = idle_ms
        self.streams: dict[str, str] = {}
        """The streams that are read, and their types."""

    async def refresh(self) -> list[str]:
        """Looks for streams that were not seen before and joins them; returns those. To be called each second."""
        listed = cast("set[bytes]", await self._redis.smembers(self._keys.streams))  # type: ignore[misc] # typed for both clients
        candidates = sorted(stream.decode("utf-8", "replace") for stream in listed)
        if self._wants(REVOCATIONS) and await self._redis.exists(self._keys.revocations):
            candidates.append(self._keys.revocations)
        fresh = []
        for stream in candidates:
            if stream in self.streams:
                continue
            try:
                type_ = type_of(self._keys, stream)
            except ValueError:
                continue
            if self._wants(type_) and await self._join(stream, type_):
                self.streams[stream] = type_
                fresh.append(stream)
        return fresh

    async def _join(self, stream: str, type_: str) -> bool:
        try:
            await self._redis.xgroup_create(stream, self.group, id="0")
        except exceptions.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                return False  # the stream is gone for now; its next entry makes it anew
        await self._redis.sadd(self._keys.groups, f"{type_}|{self.group}")  # type: ignore[misc] # typed for both clients
        return True

    def forget(self) -> None:
        """Forgets the streams, so that the next refresh joins them anew: after a Redis that lost its data."""
        self.streams.clear()

    async def new(self, count: int, block_ms: int | None) -> list[StreamEntry]:
        """Entries that nobody of the group was given yet: at most `count` a stream, waiting up to `block_ms` for the first."""
        return await self._read(dict.fromkeys(self.streams, ">"), count, block_ms)

    async def own(self, count: int) -> list[StreamEntry]:
        """The oldest entries that this consumer was given and did not acknowledge."""
        return await self._read(dict.fromkeys(self.streams, "0"), count, None)

    async def _read(self, positions: dict[str, str], count: int, block_ms: int | None) -> list[StreamEntry]:
        if not positions:
            return []
        try:
            answer = await self._redis.xreadgroup(self.group, self.consumer, positions, count=count, block=block_ms)  # type: ignore[arg-type] # dict is invariant
        except exceptions.ResponseError as error:
            if "NOGROUP" in str(error):
                self.forget()
                return []
            raise
        entries: list[StreamEntry] = []
        for stream, items in answer:
            entries += await self._decoded(stream.decode(), items)
        return entries

    async def claim(self, count: int) -> list[StreamEntry]:
        """Entries that a reader, now idle, was given and did not acknowledge: they are this consumer's from now on."""
        entries: list[StreamEntry] = []
        for stream in list(self.streams):
            try:
                answer = await self._redis.xautoclaim(stream, self.group, self.consumer, self._idle_ms, count=count)
            except exceptions.ResponseError as error:
                if "NOGROUP" in str(error):
                    self.forget()
                    return entries
                raise
            entries += await self._decoded(stream, answer[1])
        return entries

    async def _decoded(
        self, stream: str, items: Iterable[tuple[bytes | None, dict[bytes, bytes]]]
    ) -> list[StreamEntry]:
        """The entries of an answer. Those that were trimmed away meanwhile come without fields; nobody can have them any more."""
        entries, trimmed = [], []
        for entry_id, fields in items:
            if entry_id is None:
                continue
            if fields:
                entries.append(StreamEntry.decode(stream, entry_id.decode(), fields))
            else:
                trimmed.append(entry_id)
        if trimmed:
            await self._redis.xack(stream, self.group, *trimmed)
        return entries

    async def ack(self, entries: Iterable[StreamEntry]) -> None:
        """Acknowledges entries: they are never given to this group again."""
        for stream, ids in by_stream(entries).items():
            await self._redis.xack(stream, self.group, *ids)

    async def leave(self) -> None:
        """Takes this consumer off the groups where it owes nothing; where it does, its peers still need it to claim from."""
        for stream in self.streams:
            pending = await self._redis.xpending_range(stream, self.group, "-", "+", 1, consumername=self.consumer)
            if not pending:
                await self._redis.xgroup_delconsumer(stream, self.group, self.consumer)


def by_stream(entries: Iterable[StreamEntry]) -> dict[str, list[str]]:
    """The ids of entries, by their stream."""
    ids: dict[str, list[str]] = {}
    for entry in entries:
        ids.setdefault(entry.stream, []).append(entry.id)
    return ids
