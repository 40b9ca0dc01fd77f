"""The commands that the fleet uses, as functions of the store: https://redis.io/docs/latest/commands/

Only the options that are used are known; others are a syntax error, so that a new one is noticed. Those of streams stand
in `streams`.
"""

from __future__ import annotations

import math
from fnmatch import fnmatchcase
from typing import Any

from redis_model.table import SYNTAX, Words, command, integer
from redis_model.values import OK, Refused, Reply, SortedSet, Status, Store, Stream


class Members(dict[bytes, None]):
    """A set that remembers the order of its members."""

    __slots__ = ()


class Hash(dict[bytes, bytes]):
    """Fields and values."""

    __slots__ = ()


# -- keys


@command("PING", 1)
def _ping(_store: Store, words: Words) -> Reply:
    return words[1] if len(words) > 1 else Status(b"PONG")


@command("TIME", 1)
def _time(store: Store, _words: Words) -> Reply:
    micros = int(store.clock_ms() * 1000)
    return [b"%d" % (micros // 1_000_000), b"%d" % (micros % 1_000_000)]


@command("DEL", 2)
def _del(store: Store, words: Words) -> Reply:
    return sum(store.remove(key) for key in words[1:])


@command("EXISTS", 2)
def _exists(store: Store, words: Words) -> Reply:
    return sum(store.find(key) is not None for key in words[1:])


@command("SCAN", 2)
def _scan(store: Store, words: Words) -> Reply:
    pattern = words[words.index(b"MATCH") + 1].decode() if b"MATCH" in words else "*"
    keys = [key for key in list(store.values) if store.find(key) is not None]
    return [b"0", [key for key in keys if fnmatchcase(key.decode(), pattern)]]


@command("TYPE", 2)
def _type(store: Store, words: Words) -> Reply:
    value = store.find(words[1])
    names = {bytes: b"string", Hash: b"hash", Members: b"set", SortedSet: b"zset", Stream: b"stream"}
    return Status(b"none" if value is None else names[type(value)])


def _expire_in(store: Store, key: bytes, milliseconds: float) -> int:
    if store.find(key) is None:
        return 0
    store.expiry[key] = store.clock_ms() + milliseconds
    store.find(key)
    return 1


@command("PEXPIRE", 3)
def _pexpire(store: Store, words: Words) -> Reply:
    return _expire_in(store, words[1], integer(words[2]))


@command("EXPIRE", 3)
def _expire(store: Store, words: Words) -> Reply:
    return _expire_in(store, words[1], integer(words[2]) * 1000)


@command("PTTL", 2)
def _pttl(store: Store, words: Words) -> Reply:
    if store.find(words[1]) is None:
        return -2
    until = store.expiry.get(words[1])
    return -1 if until is None else max(0, round(until - store.clock_ms()))


@command("TTL", 2)
def _ttl(store: Store, words: Words) -> Reply:
    left = _pttl(store, words)
    return left if left < 0 else (left + 500) // 1000


# -- strings


@command("GET", 2)
def _get(store: Store, words: Words) -> Reply:
    return store.typed(words[1], bytes)


@command("SET", 3, grows=True)
def _set(store: Store, words: Words) -> Reply:
    key, value, only, milliseconds = words[1], words[2], b"", None
    options = iter(words[3:])
    for option in options:
        match option.upper():
            case b"NX" | b"XX":
                only = option.upper()
            case b"PX":
                milliseconds = integer(next(options, b""))
            case b"EX":
                milliseconds = integer(next(options, b"")) * 1000
            case _:
                raise Refused(SYNTAX)
    there = store.find(key) is not None
    if (only == b"NX" and there) or (only == b"XX" and not there):
        return None
    store.put(key, value)
    if milliseconds is not None:
        if milliseconds <= 0:
            raise Refused("ERR invalid expire time in set")
        store.expiry[key] = store.clock_ms() + milliseconds
    return OK


@command("INCR", 2, grows=True)
def _incr(store: Store, words: Words) -> Reply:
    number = integer(store.typed(words[1], bytes) or b"0") + 1
    store.values[words[1]] = b"%d" % number
    return number


# -- hashes


@command("HSET", 4, grows=True)
def _hset(store: Store, words: Words) -> Reply:
    if len(words) % 2:
        raise Refused("ERR wrong number of arguments for HSET")
    found = store.made(words[1], Hash)
    before = len(found)
    found.update(zip(words[2::2], words[3::2], strict=True))
    return len(found) - before


@command("HGET", 3)
def _hget(store: Store, words: Words) -> Reply:
    return (store.typed(words[1], Hash) or Hash()).get(words[2])


@command("HMGET", 3)
def _hmget(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], Hash) or Hash()
    return [found.get(name) for name in words[2:]]


@command("HGETALL", 2)
def _hgetall(store: Store, words: Words) -> Reply:
    return [part for pair in (store.typed(words[1], Hash) or {}).items() for part in pair]


@command("HLEN", 2)
def _hlen(store: Store, words: Words) -> Reply:
    return len(store.typed(words[1], Hash) or ())


@command("HDEL", 3)
def _hdel(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], Hash)
    if found is None:
        return 0
    removed = sum(found.pop(name, None) is not None for name in words[2:])
    store.tidy(words[1])
    return removed


@command("HSCAN", 3)
def _hscan(store: Store, words: Words) -> Reply:
    return [b"0", _hgetall(store, words)]


# -- sets


@command("SADD", 3, grows=True)
def _sadd(store: Store, words: Words) -> Reply:
    found = store.made(words[1], Members)
    before = len(found)
    found.update(dict.fromkeys(words[2:]))
    return len(found) - before


@command("SREM", 3)
def _srem(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], Members)
    if found is None:
        return 0
    before = len(found)
    for member in words[2:]:
        found.pop(member, None)
    removed = before - len(found)
    store.tidy(words[1])
    return removed


@command("SMEMBERS", 2)
def _smembers(store: Store, words: Words) -> Reply:
    return list(store.typed(words[1], Members) or ())


@command("SISMEMBER", 3)
def _sismember(store: Store, words: Words) -> Reply:
    return int(words[2] in (store.typed(words[1], Members) or ()))


@command("SMISMEMBER", 3)
def _smismember(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], Members) or Members()
    return [int(member in found) for member in words[2:]]


# -- sorted sets


def _score(word: bytes) -> float:
    try:
        return float(word)
    except ValueError:
        raise Refused("ERR value is not a valid float") from None


def _number(score: float) -> bytes:
    return b"%d" % score if math.isfinite(score) and score == int(score) else b"%.17g" % score


@command("ZADD", 4, grows=True)
def _zadd(store: Store, words: Words) -> Reply:
    only = words[2].upper() if words[2].upper() in {b"XX", b"NX"} else b""
    pairs = words[3:] if only else words[2:]
    if len(pairs) % 2 or not pairs:
        raise Refused(SYNTAX)
    scores = [(_score(score), member) for score, member in zip(pairs[::2], pairs[1::2], strict=True)]
    found = store.made(words[1], SortedSet)
    before = len(found)
    for score, member in scores:
        if not ((only == b"XX" and member not in found) or (only == b"NX" and member in found)):
            found[member] = score
    added = len(found) - before
    store.tidy(words[1])
    return added


@command("ZSCORE", 3)
def _zscore(store: Store, words: Words) -> Reply:
    score = (store.typed(words[1], SortedSet) or SortedSet()).get(words[2])
    return None if score is None else _number(score)


@command("ZREM", 3)
def _zrem(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], SortedSet)
    if found is None:
        return 0
    removed = sum(found.pop(member, None) is not None for member in words[2:])
    store.tidy(words[1])
    return removed


@command("ZRANGEBYSCORE", 4)
def _zrangebyscore(store: Store, words: Words) -> Reply:
    lowest, highest = _score(words[2]), _score(words[3])
    with_scores, offset, count = False, 0, -1
    options = iter(words[4:])
    for option in options:
        match option.upper():
            case b"WITHSCORES":
                with_scores = True
            case b"LIMIT":
                offset, count = integer(next(options, b"")), integer(next(options, b""))
            case _:
                raise Refused(SYNTAX)
    found = store.typed(words[1], SortedSet)
    rows = [row for row in (found.ordered() if found else []) if lowest <= row[0] <= highest]
    rows = rows[offset:] if count < 0 else rows[offset : offset + count]
    return [part for score, member in rows for part in ((member, _number(score)) if with_scores else (member,))]


# -- of the server's


def info(store: Store, words: Words, *, maxmemory: int) -> Reply:
    sections: dict[bytes, dict[str, Any]] = {
        b"server": {"redis_version": "6.2.14", "redis_mode": "standalone", "process_id": 1},
        b"memory": {"used_memory": 1_000_000, "maxmemory": maxmemory},
        b"replication": {"role": "master", "connected_slaves": 0},
        b"cluster": {"cluster_enabled": 0},
    }
    wanted = sections if len(words) == 1 else {words[1].lower(): sections.get(words[1].lower(), {})}
    lines = [
        f"# {name.decode()}\r\n" + "".join(f"{k}:{v}\r\n" for k, v in rows.items()) for name, rows in wanted.items()
    ]
    return "\r\n".join(lines).encode()
