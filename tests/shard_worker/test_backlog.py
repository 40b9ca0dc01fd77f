"""Events between a socket and Redis: in order, within a bound of bytes."""

from __future__ import annotations

import asyncio

from shard_worker.backlog import Backlog, Row, Waiting


def waiting(number: int, size: int = 100) -> Waiting:
    return Waiting(0.0, size, Row("stream", f"m{number}", "t", "1", "", "", "", "0", 0, "{}", 0))


def numbers(rows: list[Waiting]) -> list[int]:
    return [int(each.row.message_id[1:]) for each in rows]


def filled(*each: int, bytes_max: int = 10_000) -> Backlog:
    backlog = Backlog(bytes_max)
    for number in each:
        assert backlog.put(waiting(number))
    return backlog


def test_first_in_first_out() -> None:
    backlog = filled(1, 2, 3)
    assert numbers(backlog.take(2, 10_000)) == [1, 2]
    assert numbers(backlog.take(2, 10_000)) == [3]
    assert backlog.take(2, 10_000) == []
    assert (len(backlog), backlog.bytes) == (0, 0)


def test_beyond_its_bound_it_takes_nothing() -> None:
    backlog = filled(1, 2, bytes_max=250)
    assert not backlog.put(waiting(3))
    assert backlog.put(waiting(4, size=50))
    assert (numbers(backlog.take(9, 10_000)), backlog.bytes) == ([1, 2, 4], 0)


def test_room_comes_back_with_what_is_taken() -> None:
    backlog = filled(1, 2, bytes_max=200)
    assert not backlog.put(waiting(3))
    backlog.take(1, 10_000)
    assert backlog.put(waiting(3))


def test_what_is_put_back_stands_first_and_is_never_refused() -> None:
    backlog = filled(1, 2, 3, bytes_max=300)
    rows = backlog.take(2, 10_000)
    assert backlog.put(waiting(4))
    assert backlog.put(waiting(5))
    backlog.put_back(rows)
    assert backlog.bytes == 500
    assert not backlog.put(waiting(6))
    assert numbers(backlog.take(9, 10_000)) == [1, 2, 3, 4, 5]


def test_a_flush_is_bounded_in_bytes_but_never_empty() -> None:
    backlog = filled(1, 2, 3, 4)
    assert numbers(backlog.take(9, bytes_max=150)) == [1, 2]
    assert numbers(backlog.take(9, bytes_max=1)) == [3]


async def test_an_arrival_is_waited_for() -> None:
    backlog = Backlog(1000)
    arriving = asyncio.create_task(backlog.arrival())
    await asyncio.sleep(0)
    assert not arriving.done()
    backlog.put(waiting(1))
    await arriving
    await backlog.arrival()  # as long as there is one, nobody waits
    rows = backlog.take(1, 100)
    again = asyncio.create_task(backlog.arrival())
    await asyncio.sleep(0)
    assert not again.done()
    backlog.put_back(rows)
    await again
