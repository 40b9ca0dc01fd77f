"""Events between a socket and Redis: in order, within a bound of bytes, in memory and on disk."""

from __future__ import annotations

from shard_worker.backlog import NUMBERS_APART, Backlog, Flight, Row, Waiting

KILO = 1000


def waiting(number: int, size: int = KILO) -> Waiting:
    return Waiting(0.0, size, Row("stream", f"m{number}", "t", "1", "", "", "", "0", 0, "{}", 0))


def numbers(flight: Flight | None) -> list[int]:
    assert flight is not None
    return [int(each.row.message_id[1:]) for each in flight.rows]


def filled(*each: int, bytes_max: int = 100 * KILO) -> Backlog:
    backlog = Backlog(bytes_max)
    for number in each:
        assert backlog.put(waiting(number))
    return backlog


def spooled(*each: int, bytes_max: int = 16 * KILO, disk_bytes_max: int = 100 * KILO) -> Backlog:
    """12 events fill the memory of one with the default bounds; two more are room for the tail."""
    backlog = Backlog(bytes_max, disk_bytes_max)
    backlog.spool_opened()
    for number in each:
        assert backlog.put(waiting(number))
    return backlog


def write_all(backlog: Backlog) -> list[tuple[int, list[int]]]:
    """Writes what is to be written; returns (number, events) of the records."""
    records = []
    while (record := backlog.to_write(400)) is not None:
        records.append((record.number, [int(each.row.message_id[1:]) for each in record.rows]))
        backlog.written(record.size // 2)
    return records


class TestRedisIsSilent:
    def test_what_waits_goes_to_the_disk(self) -> None:
        backlog = spooled(1, 2, 3)
        backlog.take(1)
        backlog.spool_now()
        assert write_all(backlog) == [(1 + NUMBERS_APART + 1, [2]), (1 + NUMBERS_APART + 2, [3])]

    def test_also_to_one_that_is_opened_only_then(self) -> None:
        backlog = Backlog(16 * KILO, 100 * KILO)
        for number in range(1, 17):
            assert backlog.put(waiting(number))
        backlog.take(1)
        backlog.spool_now()
        assert not backlog.put(waiting(17))
        backlog.spool_opened()
        assert [number for _, written in write_all(backlog) for number in written] == list(range(2, 17))
        assert backlog.put(waiting(17))

    def test_also_to_one_that_refused_the_last_time(self) -> None:
        backlog = spooled(1, 2)
        backlog.take(1)
        backlog.spool_now()
        assert backlog.to_write(400)
        backlog.not_written()
        backlog.acknowledged()
        assert numbers(backlog.take(9)) == [2], "Redis is back, and so is all of it in memory"
        backlog.put(waiting(3))
        backlog.spool_now()
        assert [written for _, written in write_all(backlog)] == [[3]]

    def test_one_that_answers_again_in_time_costs_no_write(self) -> None:
        backlog = Backlog(16 * KILO, 100 * KILO)
        assert backlog.put(waiting(1))
        backlog.take(1)
        backlog.spool_now()
        backlog.acknowledged()
        assert backlog.put(waiting(2))
        backlog.spool_opened()
        assert write_all(backlog) == []


class TestInMemory:
    def test_first_in_first_out(self) -> None:
        backlog = filled(1, 2, 3)
        assert numbers(backlog.take(2)) == [1, 2]
        backlog.acknowledged()
        assert numbers(backlog.take(2)) == [3]
        backlog.acknowledged()
        assert backlog.take(2) is None
        assert (len(backlog), backlog.bytes) == (0, 0)

    def test_beyond_its_bound_it_takes_nothing(self) -> None:
        backlog = filled(1, 2, bytes_max=2500)
        assert not backlog.put(waiting(3))
        assert backlog.why_refused() == "queue_full"
        assert backlog.put(waiting(4, size=500))
        assert (numbers(backlog.take(9)), len(backlog)) == ([1, 2, 4], 3)

    def test_what_is_in_flight_takes_room_until_it_is_acknowledged(self) -> None:
        backlog = filled(1, 2, bytes_max=2000)
        backlog.take(1)
        assert not backlog.put(waiting(3))
        backlog.acknowledged()
        assert backlog.put(waiting(3))

    def test_what_was_not_acknowledged_goes_first_and_under_its_number(self) -> None:
        backlog = filled(1, 2, 3)
        flight = backlog.take(2)
        assert flight is not None
        backlog.returned()
        assert len(backlog) == 3
        again = backlog.take(9)
        assert (again, again and again.number) == (flight, 1)
        backlog.acknowledged()
        assert numbers(backlog.take(9)) == [3]

    def test_replays_go_before_all_others_in_their_order_and_outside_the_bound(self) -> None:
        backlog = filled(1, 2, bytes_max=2000)
        backlog.take(1)
        backlog.returned()
        assert backlog.replay([(5, b"first"), (6, b"second")]) == 11
        assert (len(backlog), backlog.bytes) == (13, 2000)
        for batch in (b"first", b"second"):
            flight = backlog.take(1)
            assert flight is not None
            assert (flight.batch, flight.replayed) == (batch, True)
            backlog.acknowledged()
        assert numbers(backlog.take(1)) == [1]

    def test_a_flush_is_bounded_in_bytes_but_never_empty(self) -> None:
        backlog = Backlog(100 * KILO, flush_bytes_max=1500)
        for number, size in enumerate([KILO, 3 * KILO, KILO]):
            backlog.put(waiting(number, size))
        for number in range(3):
            assert numbers(backlog.take(9)) == [number]
            backlog.acknowledged()

    def test_who_found_nothing_is_woken_once(self) -> None:
        backlog, woken = Backlog(100 * KILO), []
        backlog.wake = lambda: woken.append(len(backlog))
        backlog.put(waiting(1))
        backlog.put(waiting(2))
        assert woken == [1]
        backlog.take(9)
        backlog.acknowledged()
        assert backlog.take(9) is None
        backlog.replay([(1, b"")])
        assert woken == [1, 1]


class TestOnDisk:
    def test_what_finds_no_room_in_memory_is_to_be_written(self) -> None:
        backlog, woken = spooled(*range(12)), []
        backlog.wake_spool = lambda: woken.append(True)
        assert backlog.to_write(400) is None
        assert backlog.put(waiting(12))
        assert backlog.put(waiting(13))
        assert woken == [True]
        assert write_all(backlog) == [(NUMBERS_APART + 1, [12]), (NUMBERS_APART + 2, [13])]
        assert (len(backlog), backlog.on_disk, backlog.bytes) == (14, 2, 12 * KILO)

    def test_memory_goes_out_first_then_the_disk_then_what_came_after(self) -> None:
        backlog = spooled(*range(14))
        write_all(backlog)
        assert backlog.put(waiting(14))
        assert numbers(backlog.take(400)) == list(range(12))
        backlog.acknowledged()
        assert backlog.take(400) is None
        assert backlog.unread == 2
        backlog.read(NUMBERS_APART + 2, 2, b"12, 13", [])
        flight = backlog.take(400)
        assert flight is not None
        assert (flight.number, flight.batch, flight.on_disk) == (NUMBERS_APART + 2, b"12, 13", True)
        backlog.acknowledged()
        assert (backlog.unread, backlog.on_disk) == (0, 0)
        following = backlog.take(400)
        assert numbers(following) == [14]
        assert following is not None
        assert following.number > NUMBERS_APART + 2
        assert not backlog.spooling

    def test_it_goes_on_in_memory_only_when_nothing_is_being_written(self) -> None:
        backlog = spooled(*range(14))
        record = backlog.to_write(400)
        assert record is not None
        backlog.take(400)
        backlog.acknowledged()
        assert backlog.take(400) is None, "what is being written comes first"
        backlog.not_written()
        assert numbers(backlog.take(400)) == [12, 13]

    def test_a_record_says_whether_more_waits_than_it_could_take(self) -> None:
        backlog = spooled(*range(14))
        for full in (True, False):
            record = backlog.to_write(400)
            assert record is not None
            assert record.full is full
            backlog.written(record.size)

    def test_a_disk_that_refuses_leaves_its_rows_in_memory(self) -> None:
        backlog = spooled(*range(14))
        first = backlog.to_write(400)
        backlog.not_written()
        assert not backlog.put(waiting(14))
        assert backlog.why_refused() == "spool_failed"
        assert backlog.to_write(400) == first

    def test_a_full_spool_keeps_the_oldest(self) -> None:
        backlog = spooled(*range(14), disk_bytes_max=1400)
        assert write_all(backlog) == [(NUMBERS_APART + 1, [12])]
        assert backlog.put(waiting(14))
        assert not backlog.put(waiting(15))
        assert backlog.why_refused() == "spool_full"
        backlog.disk_bytes = 0
        assert [events for _, events in write_all(backlog)] == [[13]]

    def test_without_a_spool_nothing_is_to_be_written(self) -> None:
        backlog = Backlog(2 * KILO, 100 * KILO)
        for number in range(2):
            assert backlog.put(waiting(number))
        assert not backlog.put(waiting(2))
        assert backlog.to_write(400) is None


class TestLeftovers:
    """What a life that ends leaves to the next one on its volume."""

    def test_an_unanswered_flush_keeps_its_number_and_all_others_follow(self) -> None:
        backlog = spooled(*range(14))
        backlog.take(2)
        backlog.returned()
        write_all(backlog)
        backlog.put(waiting(14))
        left = [(flight.number, numbers(flight)) for flight in backlog.leftovers(400)]
        memory = [each for each in left if each[0] < NUMBERS_APART]
        assert memory[0] == (1, [0, 1])
        assert [number for _, events in memory for number in events] == list(range(12))
        assert left[len(memory) :] == [(NUMBERS_APART + 3, [14])]
        assert [number for number, _ in left] == sorted(number for number, _ in left)
        assert (len(backlog), backlog.on_disk, backlog.bytes) == (2, 2, 0)

    def test_what_was_read_back_is_on_the_disk_already(self) -> None:
        backlog = spooled(*range(13))
        write_all(backlog)
        backlog.take(400)
        backlog.acknowledged()
        backlog.read(NUMBERS_APART + 1, 1, b"", [])
        backlog.take(400)
        backlog.returned()
        assert backlog.leftovers(400) == []
        assert len(backlog) == backlog.on_disk == 1
