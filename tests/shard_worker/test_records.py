"""What a segment of the spool holds."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shard_worker.backlog import Row
from shard_worker.intake import text
from shard_worker.records import HEADER_BYTES, Header, batch_of, encode_rows, intact, pack, rows_of, unpack

payloads = st.binary(max_size=300)


def row(number: int, payload: bytes) -> Row:
    return Row("stream", f"m{number}", "t", "1", "", "42", "sub", "0", number, text(payload), number % 2)


@given(st.lists(st.lists(payloads, min_size=1, max_size=20), min_size=1, max_size=4))
def test_records_together_are_the_batch_that_a_flush_of_all_their_rows_is(records: list[list[bytes]]) -> None:
    rows = [[row(number, payload) for number, payload in enumerate(each)] for each in records]
    everything = [each for record in rows for each in record]
    together = batch_of(len(everything), [encode_rows(record) for record in rows], {"t": 3})
    raws, partitions = msgspec.msgpack.decode(together, type=tuple[list[msgspec.Raw], dict[str, int]])
    assert [bytes(raw) for raw in raws] == [msgspec.msgpack.encode(each) for each in everything]
    assert partitions == {"t": 3}


@pytest.mark.parametrize("count", [1, 15, 16, 400, 4000])
def test_the_rows_of_a_batch_are_the_same_whoever_encoded_it(count: int) -> None:
    rows = [row(number, b"\xff" if number % 3 else b"{}") for number in range(count)]
    one_by_one = b"".join(msgspec.msgpack.encode(each) for each in rows)
    assert encode_rows(rows) == one_by_one
    assert rows_of(count, msgspec.msgpack.encode((rows, {"t": 3}))) == one_by_one
    assert rows_of(count, batch_of(count, [one_by_one], {})) == one_by_one


def test_a_record_is_read_as_it_was_written() -> None:
    record = pack(2**32 + 1, 1_700_000_000_000, 3, b"rows")
    header = unpack(record[:HEADER_BYTES])
    assert header == Header(2**32 + 1, 1_700_000_000_000, 3, 4, header.checksum if header else 0)
    assert header is not None
    assert intact(header, record[HEADER_BYTES:])


@given(st.integers(0, HEADER_BYTES + 3), st.integers(0, 7))
def test_a_flipped_bit_is_noticed(where: int, bit: int) -> None:
    record = bytearray(pack(7, 8, 9, b"rows"))
    record[where] ^= 1 << bit
    header = unpack(bytes(record[:HEADER_BYTES]))
    assert header is None or not intact(header, bytes(record[HEADER_BYTES:]))


@given(st.integers(0, HEADER_BYTES + 3))
def test_a_record_that_was_cut_off_is_noticed(end: int) -> None:
    record = pack(7, 8, 9, b"rows")[:end]
    header = unpack(record[:HEADER_BYTES])
    assert header is None or not intact(header, record[HEADER_BYTES:])
