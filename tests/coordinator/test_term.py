"""What a leader may do while it leads: fenced writes, and calls that end before the lease could."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from coordinator.term import Conduit, Deposed, Term, Write
from fleet.clock import boottime
from fleet.keys import Keys
from twitch.errors import DecodeError
from twitch.ids import ConduitId


async def answer() -> str:
    return "answer"


def aged(term: Term, seconds: float) -> None:
    """As if the lease had last been renewed so much earlier."""
    term.lease = replace(term.lease, renewed_at=term.lease.renewed_at - seconds)


async def test_writes_happen_while_it_leads(term: Term, redis: Redis, keys: Keys) -> None:
    await term.commit(
        Write.hset(keys.conduit, id="c", shard_count=4),
        Write.hset_items(keys.shards, {"0": b"zero", "1": "one"}),
        Write.hdel(keys.shards, "1"),
        Write.set(keys.ready, 7),
        Write.delete(keys.pace),
    )
    assert await redis.hgetall(keys.conduit) == {b"id": b"c", b"shard_count": b"4"}  # type: ignore[misc] # blocking too
    assert await redis.hgetall(keys.shards) == {b"0": b"zero"}  # type: ignore[misc]
    assert await redis.get(keys.ready) == b"7"


async def test_a_redis_that_lost_control_writes_is_noticed_at_the_next_one(
    term: Term, redis: Redis, keys: Keys
) -> None:
    await redis.set(keys.written, 10)
    for _ in range(3):
        await term.commit(Write.set(keys.ready, 1))
    assert (term.written, term.rollbacks) == (13, 0)
    await redis.set(keys.written, 11)  # as on a replica that took over and lacks the last two
    await term.commit(Write.set(keys.ready, 1))
    assert (term.written, term.rollbacks) == (12, 1)


async def test_answers_that_cross_each_other_are_no_loss(term: Term) -> None:
    term.counted(5, known=0)
    term.counted(4, known=3)
    assert (term.written, term.rollbacks) == (5, 0)
    term.counted(4, known=5)
    assert (term.written, term.rollbacks) == (4, 1)


async def test_a_successors_epoch_ends_it(term: Term, redis: Redis, keys: Keys) -> None:
    await redis.set(keys.leader, f"{term.epoch + 1}:c2")
    with pytest.raises(Deposed):
        await term.commit(Write.set(keys.ready, 1))
    assert await redis.get(keys.ready) is None


async def test_at_two_thirds_nothing_is_written_any_more(term: Term, redis: Redis, keys: Keys) -> None:
    """Though Redis would still take it: the lease there ends later."""
    aged(term, seconds=40.0)
    with pytest.raises(Deposed):
        await term.commit(Write.set(keys.ready, 1))
    assert await redis.get(keys.ready) is None


async def test_a_call_gives_its_answer(term: Term) -> None:
    assert await term.helix(answer) == "answer"


async def test_no_call_begins_at_two_thirds(term: Term) -> None:
    aged(term, seconds=40.0)
    begun = []

    async def call() -> None:
        begun.append(1)

    with pytest.raises(Deposed):
        await term.helix(call)
    assert begun == []


async def test_a_call_is_aborted_before_the_lease_could_end(term: Term) -> None:
    aged(term, seconds=39.9)
    began = boottime()
    with pytest.raises(TimeoutError):
        await term.helix(lambda: asyncio.sleep(30))
    assert boottime() - began < 1.0


@pytest.mark.parametrize("count", [-1, 0, 10**9])
def test_a_count_that_no_conduit_has_is_an_answer_that_cant_be_read(count: int) -> None:
    """The loop waits and asks again; it neither ends nor goes through a billion shards."""
    with pytest.raises(DecodeError):
        replace(Conduit(ConduitId("c"), 1, created_by_us=True), shard_count=count)
