"""What the leader writes of shards and orders: only changes, all at once, and readable by the next leader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from redis.asyncio import Redis

from coordinator.ledger import FIELDS_PER_WRITE, Ledger, orders_from
from coordinator.reconcile import Phase, ShardRecord
from coordinator.term import Deposed, Term
from fleet.connection import hash_of
from fleet.keys import Keys
from fleet.reports import Orders, read_orders
from twitch.ids import SessionId

S1, S2 = SessionId("s1"), SessionId("s2")
BOUND = ShardRecord(Phase.BOUND, 1, "a", 5, S1, "a")
MOVING = ShardRecord(Phase.HANDING_OVER, 1, "b", 6, S2, "a")
OPENING = ShardRecord(Phase.OPENING, 1, "b", 6)


@pytest.fixture
def ledger(term: Term) -> Ledger:
    return Ledger(term)


async def write(
    ledger: Ledger, records: Mapping[int, ShardRecord], workers: Iterable[str] = ("a", "b"), now_ms: int = 1000
) -> None:
    await ledger.write(records, workers, openings=9, active=2, now_ms=now_ms)


async def versions(redis: Redis, keys: Keys) -> dict[str, int]:
    return {w: int((await hash_of(redis, keys.assigned(w))).get(b"v", 0)) for w in ("a", "b")}


def test_orders_follow_from_records() -> None:
    assert orders_from({0: BOUND, 1: MOVING, 2: OPENING}, ["a", "b", "idle"]) == {
        "a": Orders(open={0: 5}, bound={S1: (0,), S2: (1,)}),
        "b": Orders(open={1: 6, 2: 6}),
        "idle": Orders(),
    }


def test_several_shards_of_one_session_are_named_together() -> None:
    assert orders_from({0: BOUND, 3: BOUND}, ["a"])["a"].bound == {S1: (0, 3)}


def test_nobody_is_ordered_who_is_not_there() -> None:
    assert orders_from({0: BOUND}, []) == {}


async def test_the_next_leader_reads_what_was_written(ledger: Ledger, term: Term) -> None:
    records = {0: BOUND, 1: MOVING, 2: OPENING}
    await write(ledger, records)
    assert await Ledger(term).read() == records


async def test_workers_find_their_orders_and_pace(ledger: Ledger, redis: Redis, keys: Keys) -> None:
    await write(ledger, {0: BOUND})
    assert read_orders((await hash_of(redis, keys.assigned("a")))[b"shards"]) == Orders(open={0: 5}, bound={S1: (0,)})
    assert await hash_of(redis, keys.pace) == {b"openings": b"9", b"active": b"2"}


async def test_what_did_not_change_is_not_written_again(ledger: Ledger, redis: Redis, keys: Keys) -> None:
    await write(ledger, {0: BOUND, 2: OPENING})
    before = await versions(redis, keys)
    await redis.delete(keys.shards)
    await write(ledger, {0: BOUND, 2: ShardRecord(Phase.DARK, 2, "b", 6)}, now_ms=2000)
    assert list(await hash_of(redis, keys.shards)) == [b"2"]
    assert await versions(redis, keys) == before, "a phase is no order"
    await write(ledger, {0: BOUND, 2: ShardRecord(Phase.OPENING, 2, "b", 7)}, now_ms=3000)
    assert await versions(redis, keys) == before | {"b": 3000}


async def test_versions_rise_though_the_clock_does_not(ledger: Ledger, redis: Redis, keys: Keys) -> None:
    for epoch in (5, 6, 7):
        await write(ledger, {0: ShardRecord(Phase.OPENING, 1, "a", epoch)}, now_ms=1000)
    assert (await versions(redis, keys))["a"] == 1002


async def test_records_out_of_range_are_deleted(ledger: Ledger, redis: Redis, keys: Keys) -> None:
    await write(ledger, {0: BOUND, 1: MOVING})
    await write(ledger, {0: BOUND})
    assert list(await hash_of(redis, keys.shards)) == [b"0"]


async def test_over_a_redis_that_lost_writes_what_it_lacks_is_written_again(
    ledger: Ledger, redis: Redis, keys: Keys
) -> None:
    await write(ledger, {0: BOUND})
    await redis.delete(keys.shards, keys.pace, keys.assigned("a"), keys.assigned("b"))
    await write(ledger, {0: BOUND})
    assert await hash_of(redis, keys.shards) == {}
    await ledger.read()
    await write(ledger, {0: BOUND})
    assert len(await hash_of(redis, keys.shards)) == 1
    assert await redis.exists(keys.pace, keys.assigned("a"), keys.assigned("b")) == 3


async def test_over_a_redis_that_lost_writes_what_had_been_deleted_is_deleted_again(
    ledger: Ledger, redis: Redis, keys: Keys
) -> None:
    await write(ledger, {0: BOUND, 2: OPENING})
    stood = await redis.dump(keys.shards), await redis.dump(keys.assigned("b")), await redis.dump(keys.ordered)
    await write(ledger, {0: BOUND}, workers=["a"])
    for key, value in zip((keys.shards, keys.assigned("b"), keys.ordered), stood, strict=True):
        await redis.restore(key, 0, value, replace=True)
    await ledger.read()
    await write(ledger, {0: BOUND}, workers=["a"])
    assert list(await hash_of(redis, keys.shards)) == [b"0"]
    assert list(await hash_of(redis, keys.ordered)) == [b"a"]
    assert not await redis.exists(keys.assigned("b"))


async def test_twenty_thousand_shards_are_written(ledger: Ledger, term: Term) -> None:
    records = {shard: ShardRecord(Phase.OPENING, 1, "a", 5) for shard in range(20 * FIELDS_PER_WRITE)}
    await write(ledger, records)
    assert await Ledger(term).read() == records
    await write(ledger, {0: records[0]})
    assert await Ledger(term).read() == {0: records[0]}


async def test_a_former_leader_writes_nothing(ledger: Ledger, redis: Redis, keys: Keys) -> None:
    await redis.set(keys.leader, "1:another")
    with pytest.raises(Deposed):
        await write(ledger, {0: BOUND})
    assert await redis.exists(keys.shards, keys.pace, keys.assigned("a")) == 0


@pytest.mark.parametrize("raw", [b"", b"{", b'{"phase":"elsewhere"}', b'{"worker":"\xff"}', b"[" * 100_000])
async def test_a_record_that_cant_be_read_is_none(term: Term, redis: Redis, keys: Keys, raw: bytes) -> None:
    """It must not end every term of every leader: what is true is found anew."""
    await write(Ledger(term), {0: BOUND})
    await redis.hset(keys.shards, mapping={"1": raw, "x": b"{}"})  # type: ignore[misc] # typed for both clients
    assert await Ledger(term).read() == {0: BOUND}


async def test_the_orders_of_one_that_left_go_with_it(ledger: Ledger, term: Term, redis: Redis, keys: Keys) -> None:
    """Each life of a worker has a name of its own: its orders would stay for ever."""
    await write(ledger, {0: BOUND}, ["a", "b"])
    await write(ledger, {0: BOUND}, ["a"])
    assert await redis.exists(keys.assigned("b")) == 0
    successor = Ledger(term)
    await successor.read()
    await write(successor, {0: ShardRecord()}, ["c"], now_ms=2000)
    assert await redis.exists(keys.assigned("a"), keys.assigned("b"), keys.assigned("c")) == 1
    assert await hash_of(redis, keys.ordered) == {b"c": b""}
