"""What workers report and what they are told: the two documents that cross Redis between the planes.

Both are whole states, never changes: whoever missed one is put right by the next. The layout is versioned; during a
rolling deploy the two planes read each other's documents, so fields are added, never given another meaning.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from twitch.ids import SessionId

VERSION = 1
"""Version of the documents that this build writes."""

Whole = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
"""Numbers beyond cross neither Redis' Lua nor every JSON reader unchanged. An epoch, as Unix ms, is far below."""

DocumentT = TypeVar("DocumentT")


class ReportedSession(msgspec.Struct, frozen=True, array_like=True):
    """A session that a worker holds and Twitch has welcomed."""

    session: Annotated[SessionId, msgspec.Meta(min_length=1, max_length=512)]
    shard: Whole
    """The shard it was opened for."""
    epoch: Whole
    """The assignment's epoch it was opened at, or was last confirmed for."""
    serial: Whole
    """Rises with each session of a worker's life: of two sessions for one shard the higher is the newer."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker holds. Written by the worker."""

    version: int = VERSION
    incarnation: str
    """Random id of the worker's life."""
    active: bool
    """False once it drains: it holds what it has and takes no more."""
    capacity: Whole
    """Shards it will hold."""
    sessions: tuple[ReportedSession, ...] = ()
    rate: Annotated[float, msgspec.Meta(ge=0, le=1e9)] = 0.0
    """Events per second, lately."""


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is to do. Written by the leader."""

    version: int = VERSION
    open: dict[Whole, Whole] = {}
    """shard → epoch: hold an open session for each of these."""
    bound: dict[SessionId, tuple[Whole, ...]] = {}
    """session → shards that Twitch sends through it: not to be closed."""


_json = msgspec.json.Encoder()
_report = msgspec.json.Decoder(Report)
_orders = msgspec.json.Decoder(Orders)


def encode(document: Report | Orders) -> bytes:
    return _json.encode(document)


def read_report(raw: bytes) -> Report:
    """Raises msgspec.DecodeError for a document that this build can't read."""
    return read(_report, raw)


def read_orders(raw: bytes) -> Orders:
    """Raises msgspec.DecodeError for a document that this build can't read."""
    return read(_orders, raw)


def read(decoder: msgspec.json.Decoder[DocumentT], raw: bytes) -> DocumentT:
    """What stands in Redis as JSON. Raises msgspec.DecodeError for whatever can't be read."""
    try:
        return decoder.decode(raw)
    except (UnicodeDecodeError, RecursionError) as error:  # which msgspec leaves as they are
        raise msgspec.DecodeError(str(error)) from error
