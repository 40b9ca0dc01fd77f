"""What a Redis holds and says: keys with their values and expiry, replies, and RESP to put them into."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

V = TypeVar("V")


class Status(bytes):
    """A simple string, such as OK."""

    __slots__ = ()


class Failure(bytes):
    """An error reply, its code in front."""

    __slots__ = ()


class Nothing:
    """A nil array, which a blocking read gets that waited in vain."""


NIL_ARRAY = Nothing()
OK = Status(b"OK")

Reply: TypeAlias = Any
"""None, int, bytes, Status, Failure, NIL_ARRAY, or a list of these."""


class Refused(Exception):
    """A command that ends in an error reply."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = Failure(reply.encode())


WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value"


def resp(reply: Reply) -> bytes:
    """A reply as it goes over the wire (RESP2)."""
    if reply is None:
        return b"$-1\r\n"
    if isinstance(reply, int):
        return b":%d\r\n" % reply
    if isinstance(reply, Status):
        return b"+%b\r\n" % bytes(reply)
    if isinstance(reply, Failure):
        return b"-%b\r\n" % bytes(reply)
    if isinstance(reply, bytes):
        return b"$%d\r\n%b\r\n" % (len(reply), reply)
    if reply is NIL_ARRAY:
        return b"*-1\r\n"
    return b"*%d\r\n%b" % (len(reply), b"".join(map(resp, reply)))


StreamId: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Stream:
    """Entries in the order of their ids."""

    ids: list[StreamId] = field(default_factory=list)
    entries: list[list[bytes]] = field(default_factory=list)
    last: StreamId = (0, 0)

    def after(self, start: StreamId, count: int) -> list[Reply]:
        at = bisect_right(self.ids, start)
        return self.rows(at, min(len(self.ids), at + count))

    def between(self, first: StreamId, last: StreamId, count: int) -> list[Reply]:
        at, end = bisect_left(self.ids, first), bisect_right(self.ids, last)
        return self.rows(at, min(end, at + count))

    def rows(self, at: int, end: int) -> list[Reply]:
        return [[shown(self.ids[i]), list(self.entries[i])] for i in range(at, end)]

    def drop_first(self, count: int) -> int:
        del self.ids[:count], self.entries[:count]
        return count


def shown(stream_id: StreamId) -> bytes:
    return b"%d-%d" % stream_id


class SortedSet(dict[bytes, float]):
    """Members and scores."""

    __slots__ = ()

    def ordered(self) -> list[tuple[float, bytes]]:
        return sorted((score, member) for member, score in self.items())


class Store:
    """The keys. `clock_ms` is this server's wall clock, by which expiry is judged."""

    def __init__(self, clock_ms: Callable[[], float]) -> None:
        self.clock_ms = clock_ms
        self.values: dict[bytes, Any] = {}
        self.expiry: dict[bytes, float] = {}

    def copied(self) -> tuple[dict[bytes, Any], dict[bytes, float]]:
        """All of it as it is now, to be restored later."""
        return deepcopy(self.values), dict(self.expiry)

    def restore(self, copied: tuple[dict[bytes, Any], dict[bytes, float]]) -> None:
        self.values, self.expiry = deepcopy(copied[0]), dict(copied[1])

    def clear(self) -> None:
        self.values, self.expiry = {}, {}

    def find(self, key: bytes) -> Any:
        """The value, unless it has expired."""
        until = self.expiry.get(key)
        if until is not None and until <= self.clock_ms():
            del self.values[key], self.expiry[key]
            return None
        return self.values.get(key)

    def typed(self, key: bytes, kind: type[V]) -> V | None:
        """The value of one type. Raises Refused for another one's."""
        value = self.find(key)
        if value is not None and type(value) is not kind:
            raise Refused(WRONG_TYPE)
        return value

    def made(self, key: bytes, kind: type[V]) -> V:
        """The value of one type, made where there is none."""
        value = self.typed(key, kind)
        if value is None:
            value = self.values[key] = kind()
        return value

    def put(self, key: bytes, value: Any) -> None:
        self.values[key] = value
        self.expiry.pop(key, None)

    def remove(self, key: bytes) -> bool:
        there = self.find(key) is not None
        self.values.pop(key, None)
        self.expiry.pop(key, None)
        return there

    def tidy(self, key: bytes) -> None:
        """A collection without members is no key."""
        if not self.values.get(key, True):
            self.remove(key)
