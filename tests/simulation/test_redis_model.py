"""The model of Redis and a real redis-server answer alike: the same tests, on both.

What scripts do is held to both in tests/fleet/test_scripts.py. Here are the commands by themselves: their replies' types
and shapes, their errors, expiry, and who is woken by whom.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError
from redis_model.server import RedisModel
from redis_model.table import COMMANDS
from redis_model.values import Store


@pytest.fixture
def redis(either_redis: Redis) -> Redis:
    return either_redis


@pytest.fixture
def key(namespace: str) -> str:
    return f"{namespace}:key"


KEY = b"the test's key"

Step = tuple[Sequence[Any], Any]

SPOKEN: dict[str, list[Step]] = {
    "strings": [
        (["GET", "k"], None),
        (["SET", "k", "a"], b"OK"),
        (["GET", "k"], b"a"),
        (["SET", "k", "b", "NX"], None),
        (["SET", "k", "c", "XX"], b"OK"),
        (["SET", "k2", "c", "XX"], None),
        (["GET", "k"], b"c"),
        (["DEL", "k", "k2"], 1),
        (["EXISTS", "k"], 0),
        (["INCR", "k"], 1),
        (["INCR", "k"], 2),
        (["TYPE", "k"], b"string"),
    ],
    "expiry": [
        (["PTTL", "k"], -2),
        (["SET", "k", "a"], b"OK"),
        (["PTTL", "k"], -1),
        (["TTL", "k"], -1),
        (["PEXPIRE", "k", 100_000], 1),
        (["TTL", "k"], 100),
        (["SET", "k", "a", "EX", 50], b"OK"),
        (["TTL", "k"], 50),
        (["SET", "k", "a"], b"OK"),
        (["TTL", "k"], -1),
        (["EXPIRE", "none", 5], 0),
        (["PEXPIRE", "k", -1], 1),
        (["EXISTS", "k"], 0),
    ],
    "hashes": [
        (["HGETALL", "k"], []),
        (["HSET", "k", "f", "1", "g", "2"], 2),
        (["HSET", "k", "g", "3", "h", "4"], 1),
        (["HGET", "k", "g"], b"3"),
        (["HGET", "k", "none"], None),
        (["HMGET", "k", "f", "none", "h"], [b"1", None, b"4"]),
        (["HMGET", "none", "f"], [None]),
        (["HGETALL", "k"], [b"f", b"1", b"g", b"3", b"h", b"4"]),
        (["HLEN", "k"], 3),
        (["HDEL", "k", "f", "none"], 1),
        (["HDEL", "k", "g", "h"], 2),
        (["EXISTS", "k"], 0),
    ],
    "sets": [
        (["SMEMBERS", "k"], []),
        (["SADD", "k", "a", "b", "a"], 2),
        (["SISMEMBER", "k", "a"], 1),
        (["SISMEMBER", "none", "a"], 0),
        (["SMISMEMBER", "k", "a", "c", "b"], [1, 0, 1]),
        (["SMISMEMBER", "none", "a"], [0]),
        (["SREM", "k", "b", "c"], 1),
        (["SMEMBERS", "k"], [b"a"]),
        (["SREM", "k", "a"], 1),
        (["TYPE", "k"], b"none"),
    ],
    "sorted sets": [
        (["ZADD", "k", 2, "b", 1, "a", 2.5, "c"], 3),
        (["ZADD", "k", "XX", 3, "a", 9, "none"], 0),
        (["ZSCORE", "k", "c"], b"2.5"),
        (["ZRANGEBYSCORE", "k", "-inf", 3], [b"b", b"c", b"a"]),
        (["ZRANGEBYSCORE", "k", 2, "inf", "WITHSCORES", "LIMIT", 1, 1], [b"c", b"2.5"]),
        (["ZREM", "k", "a", "none"], 1),
    ],
    "streams": [
        (["XLEN", "k"], 0),
        (["XADD", "k", "5-1", "f", "v"], b"5-1"),
        (["XADD", "k", "7-0", "f", "w", "g", "x"], b"7-0"),
        (["XRANGE", "k", "-", "+"], [[b"5-1", [b"f", b"v"]], [b"7-0", [b"f", b"w", b"g", b"x"]]]),
        (["XRANGE", "k", "5-2", "+"], [[b"7-0", [b"f", b"w", b"g", b"x"]]]),
        (["XREVRANGE", "k", "+", "-", "COUNT", 1], [[b"7-0", [b"f", b"w", b"g", b"x"]]]),
        (["XREAD", "COUNT", 1, "STREAMS", "k", "0"], [[KEY, [[b"5-1", [b"f", b"v"]]]]]),
        (["XREAD", "STREAMS", "k", "$"], None),
        (["XREAD", "BLOCK", 1, "STREAMS", "k", "7-0"], None),
        (["XTRIM", "k", "MINID", "6"], 1),
        (["XTRIM", "k", "MAXLEN", "~", 1], 0),
        (["XTRIM", "k", "MAXLEN", 0], 1),
        (["XLEN", "k"], 0),
        (["TYPE", "k"], b"stream"),
    ],
    "the server's": [
        (["PING"], b"PONG"),
        (["PUBLISH", "k", "m"], 0),
        (["SCRIPT EXISTS", "0" * 40], [0]),
        (["EVAL", "return {1, 2.9, 'a', false, true, {3}, redis.status_reply('FINE'), nil, 4}", 0],
         [1, 2, b"a", None, 1, [3], b"FINE"]),
        (["EVAL", "return {KEYS[1] == ARGV[1], #ARGV, tostring(redis.call('GET', KEYS[1]))}", 1, "k", "k"],
         [1, 1, b"false"]),
    ],
}  # fmt: skip


async def answered(redis: Redis, *words: Any) -> Any:
    """The reply as it came over the wire: redis-py's own shaping of replies would hide a difference."""
    connection: Any = await redis.connection_pool.get_connection()
    try:
        await connection.send_command(*words)
        return await connection.read_response()
    finally:
        await redis.connection_pool.release(connection)


def named(words: Any, key: str) -> Any:
    """With the test's own keys in place of k, k2 and none."""
    names = {"k": key, "k2": f"{key}2", "none": f"{key}:none", KEY: key.encode()}
    return [named(word, key) if isinstance(word, list) else names.get(word, word) for word in words]


@pytest.mark.parametrize("topic", SPOKEN)
async def test_a_conversation(redis: Redis, key: str, topic: str) -> None:
    for words, expected in SPOKEN[topic]:
        reply = await answered(redis, words[0], *named(words[1:], key))
        assert (words, reply) == (words, named(expected, key) if isinstance(expected, list) else expected)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["NOSUCH", "k"], "unknown command"),
        (["GET"], "wrong number of arguments"),
        (["HSET", "k", "f"], "wrong number of arguments"),
        (["SET", "k", "v", "PX", "soon"], "not an integer"),
        (["SET", "k", "v", "QQ"], "syntax error"),
        (["HGET", "s", "f"], "WRONGTYPE"),
        (["INCR", "s"], "not an integer"),
        (["XADD", "k", "0-0", "f"], "wrong number of arguments"),
        (["XREAD", "STREAMS", "k"], "wrong number of arguments"),
        (["XREAD", "STREAMS", "k", "k2", "0"], "Unbalanced"),
        (["EVALSHA", "0" * 40, 0], "NOSCRIPT|No matching script"),
        (["EVAL", "this is no Lua", 0], "Error compiling script"),
        (["EVAL", "return redis.call('HGET', KEYS[1], 'f')", 1, "s"], "WRONGTYPE"),
        (["EVAL", "return redis.error_reply('MINE of my own')", 0], "MINE of my own"),
        (["EVAL", "return cmsgpack.unpack('\\219')", 0], "Missing bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(map(str, value[:2])),
)
async def test_an_error_names_the_same_trouble(redis: Redis, key: str, words: Sequence[Any], code: str) -> None:
    await redis.set(f"{key}:s", "a string")
    with pytest.raises((ResponseError, NoScriptError), match=code):
        await answered(redis, words[0], *[f"{key}:s" if word == "s" else word for word in named(words[1:], key)])


async def test_ids_of_entries_rise_by_the_servers_clock(redis: Redis, key: str) -> None:
    seconds, micros = await redis.time()
    first, second = [(await redis.xadd(key, {"f": "v"})).decode() for _ in range(2)]
    assert abs(int(first.partition("-")[0]) - (seconds * 1000 + micros // 1000)) < 60_000
    assert [int(part) for part in first.split("-")] < [int(part) for part in second.split("-")]


async def test_a_key_is_gone_when_its_time_is_over(redis: Redis, key: str) -> None:
    await redis.set(key, "v", px=5)
    async with asyncio.timeout(30):
        while await redis.exists(key):
            await asyncio.sleep(0.001)
    assert await redis.get(key) is None
    assert await redis.set(key, "w", nx=True)


async def test_a_blocking_read_is_answered_by_the_append_that_it_waits_for(redis: Redis, key: str) -> None:
    await redis.xadd(key, {"f": "before"})
    reading = asyncio.ensure_future(redis.xread({key: "$"}, block=30_000))
    while not reading.done():
        await redis.xadd(key, {"f": "after"})
        await asyncio.sleep(0.001)
    [(stream, [(_, fields), *_])] = await reading
    assert (stream, fields) == (key.encode(), {b"f": b"after"})


async def test_a_script_wakes_a_blocking_read_too(redis: Redis, key: str) -> None:
    reading = asyncio.ensure_future(redis.xread({key: "0"}, block=30_000))
    await redis.eval("return redis.call('XADD', KEYS[1], '*', 'f', ARGV[1])", 1, key, "v")  # type: ignore[misc] # redis-py
    [(_, [(_, fields)])] = await reading
    assert fields == {b"f": b"v"}


async def test_a_message_reaches_those_who_listen_and_no_others(redis: Redis, key: str) -> None:
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe(key)
        said: list[tuple[str, Any]] = []
        async with asyncio.timeout(30):
            while len(said) < 2:
                message = await pubsub.get_message(timeout=0.1)
                if message is not None:
                    said.append((message["type"], message["data"]))
                    if message["type"] == "subscribe":
                        assert await redis.publish(key, "hello") == 1
                        assert await redis.publish(f"{key}2", "nobody") == 0
        assert said == [("subscribe", 1), ("message", b"hello")]
    assert await redis.publish(key, "nobody any more") == 0


async def test_a_pipeline_is_answered_in_order(redis: Redis, key: str) -> None:
    async with redis.pipeline(transaction=False) as pipe:
        pipe.set(key, "1")
        pipe.get(key)
        pipe.delete(key)
        pipe.get(key)
        assert await pipe.execute() == [True, b"1", 1, None]


async def test_a_script_that_was_flushed_is_not_known(redis: Redis) -> None:
    name = await redis.script_load("return 7")
    assert await redis.evalsha(name, 0) == 7  # type: ignore[misc] # redis-py: serves its blocking client too
    await redis.script_flush()
    assert await redis.script_exists(name) == [False]


async def test_info_says_what_is_asked_of_it(redis: Redis) -> None:
    info = await redis.info()
    assert info["cluster_enabled"] == 0
    assert info["role"] == "master"
    assert (await redis.info("memory"))["maxmemory"] == 0


class TestTheModelAlone:
    """What no real server would do on request."""

    def test_every_command_that_makes_data_grow_is_refused_when_full(self) -> None:
        growing = {name for name, row in COMMANDS.items() if row.denied_when_full}
        assert growing == {b"SET", b"INCR", b"HSET", b"SADD", b"ZADD", b"XADD"}

    def test_what_a_frozen_server_is_asked_it_does_later(self) -> None:
        sent: list[bytes] = []
        model = RedisModel(Store(lambda: 0.0), lambda _seconds, _call: None)
        client = model.connect(sent.append)
        model.frozen = True
        client.received(b"*1\r\n$4\r\nPING\r\n")
        assert sent == []
        model.thaw()
        assert sent == [b"+PONG\r\n"]

    def test_data_can_be_taken_back_to_an_earlier_time(self) -> None:
        store = Store(lambda: 0.0)
        store.put(b"a", b"1")
        copied = store.copied()
        store.put(b"b", b"2")
        store.restore(copied)
        assert store.values == {b"a": b"1"}
