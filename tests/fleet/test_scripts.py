"""The scripts on a real Redis, and in the simulation's model of it: what must happen at once, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence

import msgspec
import pytest
import redis_model.client
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from fleet.connection import unavailable
from fleet.embedded import RedisServer, redis_server
from fleet.keys import Keys
from fleet.scripts import Scripts

TTL_MS = 60_000
WAKE = "wake"


@pytest.fixture
def keys(namespace: str) -> Keys:
    return Keys(namespace)


@pytest.fixture
def redis(either_redis: Redis) -> Redis:
    return either_redis


@pytest.fixture
def scripts(redis: Redis) -> Scripts:
    return Scripts(redis)


async def elect(scripts: Scripts, keys: Keys, holder: str, ttl_ms: int = TTL_MS) -> tuple[int, int]:
    epoch, left_ms, _ = await scripts.elect(
        keys=[keys.leader, keys.epoch, keys.incarnation], args=[holder, ttl_ms, "fresh"]
    )
    return int(epoch), left_ms


async def commit(scripts: Scripts, keys: Keys, token: str, *writes: tuple[str, str, Sequence[str]]) -> int:
    arguments: list[str | bytes | int] = [token, ""]
    for operation, _, parts in writes:
        arguments += [operation, len(parts), *parts]
    return int(await scripts.commit(keys=[keys.leader, keys.written, *(key for _, key, _ in writes)], args=arguments))


async def report(
    scripts: Scripts, keys: Keys, worker: str, document: bytes = b"", version: str = "i:1", seen: str = ""
) -> list[object]:
    answer: list[object] = await scripts.report(
        keys=[keys.workers, keys.alive(worker), keys.report(worker)],
        args=[
            *(worker, "i", TTL_MS, version, document, seen, WAKE),
            *(keys.assigned(worker), keys.leader, keys.incarnation, keys.pace),
        ],
    )
    return answer


async def observe(scripts: Scripts, keys: Keys, *seen: str) -> dict[bytes, tuple[int, bytes, bytes | None]]:
    _, _, workers = await scripts.observe(
        keys=[keys.workers, keys.written], args=[keys.alive(""), keys.report(""), *seen]
    )
    return {name: (left_ms, version, raw) for name, left_ms, version, raw in workers}


class TestLease:
    async def test_one_of_two_is_elected(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        epoch, left_ms = await elect(scripts, keys, "one")
        assert left_ms == TTL_MS
        assert await redis.get(keys.leader) == f"{epoch}:one".encode()
        refused, held_ms = await elect(scripts, keys, "two")
        assert refused == 0
        assert 0 < held_ms <= TTL_MS

    async def test_an_epoch_is_redis_time_and_rises_all_the_same(
        self, scripts: Scripts, keys: Keys, redis: Redis
    ) -> None:
        seconds, _ = await redis.time()
        first, _ = await elect(scripts, keys, "one")
        assert abs(first - seconds * 1000) < 5_000
        await redis.set(keys.epoch, first + 10**9)
        await redis.delete(keys.leader)
        assert (await elect(scripts, keys, "two"))[0] == first + 10**9 + 1

    async def test_it_rises_over_an_emptied_redis(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        first, _ = await elect(scripts, keys, "one")
        await redis.delete(keys.leader, keys.epoch)
        await asyncio.sleep(0.002)  # Redis' clock moves on by itself: two elections are never of one millisecond
        assert (await elect(scripts, keys, "two"))[0] > first

    async def test_the_incarnation_is_written_once(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        await redis.set(keys.incarnation, "first")
        for holder in ("one", "two"):
            answer = await scripts.elect(
                keys=[keys.leader, keys.epoch, keys.incarnation], args=[holder, TTL_MS, "fresh"]
            )
            assert answer[2] == b"first", "whoever asks is told, elected or not"
        assert await redis.get(keys.incarnation) == b"first"

    async def test_only_its_holder_renews_and_resigns(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        epoch, _ = await elect(scripts, keys, "one", ttl_ms=5_000)
        token = f"{epoch}:one"
        for other in (f"{epoch - 1}:one", f"{epoch}:two", ""):
            assert await scripts.renew(keys=[keys.leader], args=[other, TTL_MS]) == 0
            assert await scripts.resign(keys=[keys.leader], args=[other]) == 0
        assert await scripts.renew(keys=[keys.leader], args=[token, TTL_MS]) == 1
        assert await redis.pttl(keys.leader) > 5_000
        assert await scripts.resign(keys=[keys.leader], args=[token]) == 1
        assert await scripts.renew(keys=[keys.leader], args=[token, TTL_MS]) == 0, "what is given back is gone"


class TestFence:
    async def test_a_leaders_writes_happen_together(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        epoch, _ = await elect(scripts, keys, "one")
        await redis.hset(keys.shards, "9", "old")  # type: ignore[misc] # redis-py: serves its blocking client too
        done = await commit(
            scripts,
            keys,
            f"{epoch}:one",
            ("HSET", keys.shards, ["0", "a", "1", "b"]),
            ("HDEL", keys.shards, ["9"]),
            ("SET", keys.ready, ["7"]),
        )
        assert done == 1
        assert await redis.hgetall(keys.shards) == {b"0": b"a", b"1": b"b"}  # type: ignore[misc]
        assert await redis.get(keys.ready) == b"7"

    async def test_writes_are_counted_and_the_count_is_seen(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        epoch, _ = await elect(scripts, keys, "one")
        for count in (1, 2, 3):
            assert await commit(scripts, keys, f"{epoch}:one", ("SET", keys.ready, ["7"])) == count
        assert await commit(scripts, keys, "1:another", ("SET", keys.ready, ["stale"])) == 0
        seen = await scripts.observe(keys=[keys.workers, keys.written], args=[keys.alive(""), keys.report("")])
        assert seen[1] == 3

    async def test_a_former_leaders_late_write_is_refused(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        first, _ = await elect(scripts, keys, "one")
        await redis.delete(keys.leader)
        await elect(scripts, keys, "two")
        assert await commit(scripts, keys, f"{first}:one", ("SET", keys.ready, ["stale"])) == 0
        assert await redis.exists(keys.ready) == 0

    async def test_so_is_one_after_the_lease_has_ended(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        epoch, _ = await elect(scripts, keys, "one")
        await redis.delete(keys.leader)
        assert await commit(scripts, keys, f"{epoch}:one", ("SET", keys.ready, ["stale"])) == 0
        assert await redis.exists(keys.ready) == 0

    async def test_workers_are_woken_on_request(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        epoch, _ = await elect(scripts, keys, "one")
        async with redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(keys.ctl_wake)
            await scripts.commit(keys=[keys.leader, keys.written], args=[f"{epoch}:one", keys.ctl_wake])
            async with asyncio.timeout(30):
                while await pubsub.get_message(timeout=1.0) is None:
                    pass


class TestReports:
    async def test_a_report_is_on_record_and_observed(self, scripts: Scripts, keys: Keys) -> None:
        answer = await report(scripts, keys, "w", b"document")
        assert answer[0] == 1
        (left_ms, version, raw) = (await observe(scripts, keys))[b"w"]
        assert 0 < left_ms <= TTL_MS
        assert (version, raw) == (b"i:1", b"document")

    async def test_what_the_leader_has_seen_is_not_sent_again(self, scripts: Scripts, keys: Keys) -> None:
        await report(scripts, keys, "w", b"document")
        assert (await observe(scripts, keys, "w", "i:1"))[b"w"][2] is None
        assert (await observe(scripts, keys, "w", "i:0"))[b"w"][2] == b"document"

    async def test_a_heartbeat_alone_prolongs(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        await report(scripts, keys, "w", b"document")
        await redis.pexpire(keys.alive("w"), 5_000)
        assert (await report(scripts, keys, "w"))[0] == 1
        assert await redis.pttl(keys.alive("w")) > 5_000

    @pytest.mark.parametrize("lost", ["workers", "alive", "report"])
    async def test_a_heartbeat_over_lost_data_asks_for_the_document(
        self, scripts: Scripts, keys: Keys, redis: Redis, lost: str
    ) -> None:
        await report(scripts, keys, "w", b"document")
        await redis.delete({"workers": keys.workers, "alive": keys.alive("w"), "report": keys.report("w")}[lost])
        assert (await report(scripts, keys, "w"))[0] == 0
        assert (await report(scripts, keys, "w", b"document"))[0] == 1

    async def test_a_worker_hears_of_the_leader_and_its_orders(self, scripts: Scripts, keys: Keys) -> None:
        assert (await report(scripts, keys, "w", b"document"))[2:] == [None, 0, 0, 0, b"", None]
        epoch, _ = await elect(scripts, keys, "one")
        await commit(
            scripts,
            keys,
            f"{epoch}:one",
            ("HSET", keys.assigned("w"), ["v", "3", "shards", "orders"]),
            ("HSET", keys.pace, ["openings", "40", "active", "2"]),
        )
        assert (await report(scripts, keys, "w"))[2:] == [b"fresh", 1, 40, 2, b"3", b"orders"]
        assert (await report(scripts, keys, "w", seen="3"))[6:] == [b"3", None], "orders that it has are not sent again"

    async def test_a_leave_is_its_own_lifes_alone(self, scripts: Scripts, keys: Keys) -> None:
        await report(scripts, keys, "w", b"document")
        names = [keys.workers, keys.alive("w"), keys.report("w")]
        await scripts.leave(keys=names, args=["w", "another life", WAKE])
        assert b"w" in await observe(scripts, keys)
        await scripts.leave(keys=names, args=["w", "i", WAKE])
        assert await observe(scripts, keys) == {}

    async def test_only_a_silent_worker_is_forgotten(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        await report(scripts, keys, "w", b"document")
        names = [keys.workers, keys.alive("w"), keys.report("w")]
        await scripts.forget(keys=names, args=["w"])
        assert b"w" in await observe(scripts, keys)
        await redis.delete(keys.alive("w"))
        assert (await observe(scripts, keys))[b"w"][0] < 0
        await scripts.forget(keys=names, args=["w"])
        assert await observe(scripts, keys) == {}
        assert await redis.exists(keys.report("w")) == 0


PAYLOAD = b'{"subscription":{"id":"1"},"event":{}}'


def event(
    keys: Keys, message_id: str, *, payload: bytes = PAYLOAD, type_: str = "t", partition: int = 0, late: int = 0
) -> list[object]:
    text = msgspec.Raw(b"\xdb" + len(payload).to_bytes(4, "big") + payload)
    stream = keys.stream(type_, partition)
    return [stream, message_id, type_, "1", "2026-01-01T00:00:00Z", "42", "sub", "0", 1_767_225_600_123, text, late]


async def flush(
    scripts: Scripts,
    keys: Keys,
    sequence: int,
    *events: list[object],
    life: str = "life",
    partitions: dict[str, int] | None = None,
    length: int = 1000,
    window_ms: int = 60_000,
    acknowledged: int = 0,
) -> list[int]:
    answer: list[int] = await scripts.flush(
        keys=[keys.flushed(life), keys.streams, keys.partitions, keys.revocations],
        args=[
            *(sequence, keys.dedup, window_ms, 60, length),
            *(msgspec.msgpack.encode((events, partitions or {})), acknowledged),
        ],
    )
    return answer


async def ids(redis: Redis, stream: str) -> list[bytes]:
    return [fields[b"message_id"] for _, fields in await redis.xrange(stream)]


class TestFlush:
    async def test_the_fields_of_an_entry(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        assert await flush(scripts, keys, 1, event(keys, "m1")) == [1, 0, 0]
        [(_, fields)] = await redis.xrange(keys.stream("t", 0))
        assert fields == {
            b"v": b"1",
            b"message_id": b"m1",
            b"type": b"t",
            b"version": b"1",
            b"timestamp": b"2026-01-01T00:00:00Z",
            b"broadcaster_id": b"42",
            b"subscription_id": b"sub",
            b"shard": b"0",
            b"received_ms": b"1767225600123",
            b"payload": PAYLOAD,
        }

    async def test_late_stands_only_where_it_was(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        await flush(scripts, keys, 1, event(keys, "m1"), event(keys, "m2", late=1))
        assert [fields.get(b"late") for _, fields in await redis.xrange(keys.stream("t", 0))] == [None, b"1"]

    @pytest.mark.parametrize(
        "payload",
        [b"", b'{"a":"\xc3\xa9\xf0\x9f\x98\x80"}', b'{"a":"\xff\xfe"}', b"\x00\r\n", b"x" * 100_000],
        ids=["empty", "utf-8", "not utf-8", "control characters", "long"],
    )
    async def test_a_payload_stays_what_it_is(self, scripts: Scripts, keys: Keys, redis: Redis, payload: bytes) -> None:
        await flush(scripts, keys, 1, event(keys, "m1", payload=payload))
        [(_, fields)] = await redis.xrange(keys.stream("t", 0))
        assert fields[b"payload"] == payload

    async def test_a_flush_happens_once_at_any_age(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        """Also when the dedup window has long forgotten its events."""
        await flush(scripts, keys, 1, event(keys, "m1"))
        async for bucket in redis.scan_iter(f"{keys.dedup}*"):
            await redis.delete(bucket)
        assert await flush(scripts, keys, 1, event(keys, "m1")) == [0, 0, 1]
        assert await ids(redis, keys.stream("t", 0)) == [b"m1"]

    async def test_an_event_is_appended_once(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        assert await flush(scripts, keys, 1, event(keys, "m1"), event(keys, "m1"), event(keys, "m2")) == [2, 1, 0]
        assert await flush(scripts, keys, 2, event(keys, "m2"), event(keys, "m3")) == [1, 1, 0]
        assert await flush(scripts, keys, 1, event(keys, "m3"), event(keys, "m4"), life="another") == [1, 1, 0]
        assert await ids(redis, keys.stream("t", 0)) == [b"m1", b"m2", b"m3", b"m4"]

    async def test_nothing_is_taken_while_acknowledged_flushes_are_missing(
        self, scripts: Scripts, keys: Keys, redis: Redis
    ) -> None:
        await flush(scripts, keys, 1, event(keys, "m1"))
        assert await flush(scripts, keys, 3, event(keys, "m3"), acknowledged=2) == [0, 0, 2]
        assert await flush(scripts, keys, 3, event(keys, "m3"), acknowledged=1) == [1, 0, 0]
        assert await ids(redis, keys.stream("t", 0)) == [b"m1", b"m3"]

    async def test_an_error_in_the_middle_leaves_known_what_was_appended_and_no_more(
        self, scripts: Scripts, keys: Keys, redis: Redis
    ) -> None:
        await redis.set(keys.stream("t", 7), "in the way")
        events = [event(keys, "m1"), event(keys, "m2", partition=7), event(keys, "m3")]
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            await flush(scripts, keys, 1, *events)
        assert await redis.smembers(keys.streams) == {keys.stream("t", 0).encode()}  # type: ignore[misc]
        await redis.delete(keys.stream("t", 7))
        assert await flush(scripts, keys, 1, *events) == [2, 1, 0]
        assert await ids(redis, keys.stream("t", 0)) == [b"m1", b"m3"]
        assert await ids(redis, keys.stream("t", 7)) == [b"m2"]

    async def test_the_window_is_at_least_as_long_as_asked_for(
        self, scripts: Scripts, keys: Keys, redis: Redis
    ) -> None:
        """An event of one window ago, to the millisecond, is still known: three buckets of half a window are looked at. In the
        end it is forgotten."""
        window_ms, sequence, appended = 200, 1, 0
        began = await self._redis_ms(redis)
        await flush(scripts, keys, sequence, event(keys, "m1"), window_ms=window_ms)
        while not appended:
            sequence += 1
            appended, _, _ = await flush(scripts, keys, sequence, event(keys, "m1"), window_ms=window_ms)
        assert await self._redis_ms(redis) - began >= window_ms

    async def test_an_event_is_known_though_the_clock_went_back(
        self, scripts: Scripts, keys: Keys, redis: Redis
    ) -> None:
        """As with a fail-over to a machine that is behind: what it was given stands in a bucket that is yet to come."""
        await flush(scripts, keys, 1, event(keys, "m1"))
        [bucket] = [key.decode() async for key in redis.scan_iter(f"{keys.dedup}*")]
        number = int(bucket.removeprefix(keys.dedup))
        await redis.delete(bucket)
        await redis.sadd(f"{keys.dedup}{number + 1}", "m1")  # type: ignore[misc]
        assert await flush(scripts, keys, 2, event(keys, "m1"), event(keys, "m2")) == [1, 1, 0]

    @staticmethod
    async def _redis_ms(redis: Redis) -> float:
        seconds, micros = await redis.time()
        return float(seconds * 1000 + micros / 1000)

    async def test_streams_and_partitions_are_on_record(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        await flush(
            scripts, keys, 1, event(keys, "m1"), event(keys, "m2", type_="chat", partition=3), partitions={"chat": 8}
        )
        assert await redis.smembers(keys.streams) == {keys.stream("t", 0).encode(), keys.stream("chat", 3).encode()}  # type: ignore[misc]
        assert await redis.hgetall(keys.partitions) == {b"t": b"1", b"chat": b"8"}  # type: ignore[misc]

    async def test_a_count_of_partitions_only_grows(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        for sequence, count in enumerate((4, 2, 8), start=1):
            await flush(scripts, keys, sequence, event(keys, f"m{sequence}"), partitions={"t": count})
        assert await redis.hgetall(keys.partitions) == {b"t": b"8"}  # type: ignore[misc]

    async def test_revocations_go_to_a_stream_of_their_own(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        revocation = [keys.revocations, *event(keys, "m1")[1:]]
        assert await flush(scripts, keys, 1, revocation, revocation) == [1, 1, 0]
        assert await ids(redis, keys.revocations) == [b"m1"]
        assert await redis.exists(keys.streams, keys.partitions) == 0

    async def test_a_stream_is_trimmed_by_length(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        for sequence in range(1, 6):
            events = [event(keys, f"{sequence}.{i}") for i in range(200)]
            await flush(scripts, keys, sequence, *events, length=300)
        assert 300 <= await redis.xlen(keys.stream("t", 0)) < 500

    async def test_the_largest_flush(self, scripts: Scripts, keys: Keys) -> None:
        """FLEET_FLUSH_EVENTS_MAX may be 4,000: Lua unpacks their ids at once."""
        events = [event(keys, str(i)) for i in range(4000)]
        assert await flush(scripts, keys, 1, *events) == [4000, 0, 0]
        assert await flush(scripts, keys, 2, *events) == [0, 4000, 0]

    async def test_what_it_keeps_expires(self, scripts: Scripts, keys: Keys, redis: Redis) -> None:
        """A bucket as soon as nobody looks at it any more: at a thousand events a second each is some 60 MB."""
        await flush(scripts, keys, 1, event(keys, "m1"))
        [bucket] = [key.decode() async for key in redis.scan_iter(f"{keys.dedup}*")]
        unneeded_ms = (int(bucket.removeprefix(keys.dedup)) + 3) * 30_000
        before_ms = await self._redis_ms(redis)
        left_ms = await redis.pttl(bucket)
        assert before_ms + left_ms - 2 <= unneeded_ms <= await self._redis_ms(redis) + left_ms + 2
        assert 0 < await redis.ttl(keys.flushed("life")) <= 60


class TestFullRedis:
    """maxmemory with noeviction: what only touches an expiry goes on."""

    @pytest.fixture
    def small(self) -> Iterator[RedisServer]:
        with redis_server() as server:
            yield server

    @pytest.fixture(params=["redis-server", "model"])
    async def full(self, request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
        """A Redis of this test alone, which it makes full."""
        if request.param == "model":
            client = redis_model.client.client(redis_model.client.model())
        else:
            client = Redis.from_url(request.getfixturevalue("small").url)
        yield client
        await client.aclose()

    async def test_leaders_renew_and_workers_are_heard(self, full: Redis, keys: Keys) -> None:
        scripts = Scripts(full)
        epoch, _ = await elect(scripts, keys, "one")
        await report(scripts, keys, "w", b"document")
        await full.config_set("maxmemory", "1")
        assert await scripts.renew(keys=[keys.leader], args=[f"{epoch}:one", TTL_MS]) == 1
        assert (await report(scripts, keys, "w"))[:1] == [1]
        assert (await observe(scripts, keys))[b"w"][0] > 0
        for refused in (
            report(scripts, keys, "w", b"changed", version="i:2"),
            flush(scripts, keys, 1, event(keys, "m1")),
            commit(scripts, keys, f"{epoch}:one", ("SET", keys.ready, ["1"])),
        ):
            with pytest.raises(ResponseError) as refusal:
                await refused
            assert unavailable(refusal.value)
        assert await scripts.resign(keys=[keys.leader], args=[f"{epoch}:one"]) == 1

    async def test_a_refused_flush_leaves_no_trace(self, full: Redis, keys: Keys) -> None:
        scripts = Scripts(full)
        await full.config_set("maxmemory", "1")
        with pytest.raises(ResponseError):
            await flush(scripts, keys, 1, event(keys, "m1"))
        await full.config_set("maxmemory", "0")
        assert await flush(scripts, keys, 1, event(keys, "m1")) == [1, 0, 0]


async def test_a_redis_that_forgot_its_scripts_is_given_them(scripts: Scripts, keys: Keys, redis: Redis) -> None:
    await elect(scripts, keys, "one")
    await redis.script_flush()
    assert (await elect(scripts, keys, "two"))[0] == 0
