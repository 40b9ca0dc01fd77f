"""What a segment of the spool holds: a mark, then records. Bytes in, values out; no I/O.

A record is a header and the rows of one flush, each as the flush script takes it (MessagePack), one after another:

    number u64 | received_ms u64 | count u32 | length u32 | crc32 of the rows u32 | crc32 of the header so far u32 | rows

Numbers are big-endian. A record whose end is missing was being written when its worker was killed.
"""

from __future__ import annotations

import struct
from typing import NamedTuple
from zlib import crc32

import msgspec

from shard_worker.backlog import Row

MARK = b"fleet spool 1\n"
"""First bytes of a segment: the version of this format."""

_FACTS = struct.Struct(">QQIII")
_SUM = struct.Struct(">I")
HEADER_BYTES = _FACTS.size + _SUM.size

ROWS_MAX = 65_535
"""Of a record: what the header of a MessagePack array of two bytes' length can say."""

_encoder = msgspec.msgpack.Encoder()


class Header(NamedTuple):
    """What stands before a record's rows."""

    number: int
    received_ms: int
    """Unix time at which the first of its events was read."""
    events: int
    length: int
    checksum: int


def encode_rows(rows: list[Row]) -> bytes:
    """Rows one after another, without the header of an array around them."""
    assert len(rows) <= ROWS_MAX
    return _encoder.encode(rows)[1 if len(rows) < 16 else 3 :]


def batch_of(count: int, rows: list[bytes], partitions: dict[str, int]) -> bytes:
    """The batch that the flush script takes, from the encoded rows of any number of records."""
    return b"".join((b"\x92\xdd", count.to_bytes(4, "big"), *rows, _encoder.encode(partitions)))


def rows_of(count: int, batch: bytes) -> bytes:
    """The encoded rows of a batch, whoever encoded it: (array of 2) (array of `count` rows) (map of partitions)."""
    start = {0xDC: 4, 0xDD: 6}.get(batch[1], 2)
    raws: list[msgspec.Raw] = msgspec.msgpack.decode(batch, type=tuple[list[msgspec.Raw], msgspec.Raw])[0]
    assert len(raws) == count
    return batch[start : start + sum(memoryview(raw).nbytes for raw in raws)]


def pack(number: int, received_ms: int, count: int, rows: bytes) -> bytes:
    """A record."""
    facts = _FACTS.pack(number, received_ms, count, len(rows), crc32(rows))
    return b"".join((facts, _SUM.pack(crc32(facts)), rows))


def unpack(header: bytes) -> Header | None:
    """The header in these bytes; None where there is none, or a damaged one."""
    if len(header) < HEADER_BYTES:
        return None
    facts = header[: _FACTS.size]
    if _SUM.unpack_from(header, _FACTS.size)[0] != crc32(facts):
        return None
    return Header(*_FACTS.unpack(facts))


def intact(header: Header, rows: bytes) -> bool:
    """Whether these are the rows that the header tells of."""
    return len(rows) == header.length and crc32(rows) == header.checksum
