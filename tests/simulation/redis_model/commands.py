"""The commands that the fleet uses, as functions of the store: https://redis.io/docs/latest/commands/

One row a command: its function, the fewest words it takes (itself among them), and whether a Redis that is full refuses
it. Only the options that are used are known; others are a syntax error, so that a new one is noticed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from redis_model.values import OK, Refused, Reply, SortedSet, Status, Store, Stream, StreamId, shown

Words = Sequence[bytes]
SYNTAX = "ERR syntax error"
NOT_AN_INTEGER = "ERR value is not an integer or out of range"
NODE_ENTRIES = 100
"""Entries of one node of a stream (stream-node-max-entries): trimming with ~ takes whole ones."""


class Members(dict[bytes, None]):
    """A set that remembers the order of its members."""

    __slots__ = ()


class Hash(dict[bytes, bytes]):
    """Fields and values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Command:
    """One row."""

    run: Callable[[Store, Words], Reply]
    words_min: int
    denied_when_full: bool = False


COMMANDS: dict[bytes, Command] = {}


def _command(
    name: str, words_min: int, *, grows: bool = False
) -> Callable[[Callable[[Store, Words], Reply]], Callable[[Store, Words], Reply]]:
    def noted(run: Callable[[Store, Words], Reply]) -> Callable[[Store, Words], Reply]:
        COMMANDS[name.encode()] = Command(run, words_min, grows)
        return run

    return noted


def integer(word: bytes) -> int:
    try:
        return int(word)
    except ValueError:
        raise Refused(NOT_AN_INTEGER) from None


# -- keys


@_command("PING", 1)
def _ping(_store: Store, words: Words) -> Reply:
    return words[1] if len(words) > 1 else Status(b"PONG")


@_command("TIME", 1)
def _time(store: Store, _words: Words) -> Reply:
    micros = int(store.clock_ms() * 1000)
    return [b"%d" % (micros // 1_000_000), b"%d" % (micros % 1_000_000)]


@_command("DEL", 2)
def _del(store: Store, words: Words) -> Reply:
    return sum(store.remove(key) for key in words[1:])


@_command("EXISTS", 2)
def _exists(store: Store, words: Words) -> Reply:
    return sum(store.find(key) is not None for key in words[1:])


@_command("SCAN", 2)
def _scan(store: Store, words: Words) -> Reply:
    pattern = words[words.index(b"MATCH") + 1].decode() if b"MATCH" in words else "*"
    keys = [key for key in list(store.values) if store.find(key) is not None]
    return [b"0", [key for key in keys if fnmatchcase(key.decode(), pattern)]]


@_command("TYPE", 2)
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


@_command("PEXPIRE", 3)
def _pexpire(store: Store, words: Words) -> Reply:
    return _expire_in(store, words[1], integer(words[2]))


@_command("EXPIRE", 3)
def _expire(store: Store, words: Words) -> Reply:
    return _expire_in(store, words[1], integer(words[2]) * 1000)


@_command("PTTL", 2)
def _pttl(store: Store, words: Words) -> Reply:
    if store.find(words[1]) is None:
        return -2
    until = store.expiry.get(words[1])
    return -1 if until is None else max(0, round(until - store.clock_ms()))


@_command("TTL", 2)
def _ttl(store: Store, words: Words) -> Reply:
    left = _pttl(store, words)
    return left if left < 0 else (left + 500) // 1000


# -- strings


@_command("GET", 2)
def _get(store: Store, words: Words) -> Reply:
    return store.typed(words[1], bytes)


@_command("SET", 3, grows=True)
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


@_command("INCR", 2, grows=True)
def _incr(store: Store, words: Words) -> Reply:
    number = integer(store.typed(words[1], bytes) or b"0") + 1
    store.values[words[1]] = b"%d" % number
    return number


# -- hashes


@_command("HSET", 4, grows=True)
def _hset(store: Store, words: Words) -> Reply:
    if len(words) % 2:
        raise Refused("ERR wrong number of arguments for HSET")
    found = store.made(words[1], Hash)
    before = len(found)
    found.update(zip(words[2::2], words[3::2], strict=True))
    return len(found) - before


@_command("HGET", 3)
def _hget(store: Store, words: Words) -> Reply:
    return (store.typed(words[1], Hash) or Hash()).get(words[2])


@_command("HMGET", 3)
def _hmget(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], Hash) or Hash()
    return [found.get(name) for name in words[2:]]


@_command("HGETALL", 2)
def _hgetall(store: Store, words: Words) -> Reply:
    return [part for pair in (store.typed(words[1], Hash) or {}).items() for part in pair]


@_command("HLEN", 2)
def _hlen(store: Store, words: Words) -> Reply:
    return len(store.typed(words[1], Hash) or ())


@_command("HDEL", 3)
def _hdel(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], Hash)
    if found is None:
        return 0
    removed = sum(found.pop(name, None) is not None for name in words[2:])
    store.tidy(words[1])
    return removed


@_command("HSCAN", 3)
def _hscan(store: Store, words: Words) -> Reply:
    return [b"0", _hgetall(store, words)]


# -- sets


@_command("SADD", 3, grows=True)
def _sadd(store: Store, words: Words) -> Reply:
    found = store.made(words[1], Members)
    before = len(found)
    found.update(dict.fromkeys(words[2:]))
    return len(found) - before


@_command("SREM", 3)
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


@_command("SMEMBERS", 2)
def _smembers(store: Store, words: Words) -> Reply:
    return list(store.typed(words[1], Members) or ())


@_command("SISMEMBER", 3)
def _sismember(store: Store, words: Words) -> Reply:
    return int(words[2] in (store.typed(words[1], Members) or ()))


@_command("SMISMEMBER", 3)
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


@_command("ZADD", 4, grows=True)
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


@_command("ZSCORE", 3)
def _zscore(store: Store, words: Words) -> Reply:
    score = (store.typed(words[1], SortedSet) or SortedSet()).get(words[2])
    return None if score is None else _number(score)


@_command("ZREM", 3)
def _zrem(store: Store, words: Words) -> Reply:
    found = store.typed(words[1], SortedSet)
    if found is None:
        return 0
    removed = sum(found.pop(member, None) is not None for member in words[2:])
    store.tidy(words[1])
    return removed


@_command("ZRANGEBYSCORE", 4)
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


# -- streams


def stream_id(word: bytes, *, otherwise: int = 0) -> StreamId:
    """An id; `otherwise` stands for the part after the dash where that is missing."""
    first, _, second = word.partition(b"-")
    try:
        return int(first), int(second) if second else otherwise
    except ValueError:
        raise Refused("ERR Invalid stream ID specified as stream command argument") from None


def _trim(stream: Stream, options: list[bytes]) -> int:
    """MAXLEN or MINID, with = or ~ or neither, taken off the front of `options`."""
    what = options.pop(0).upper()
    roughly = False
    if options and options[0] in {b"~", b"="}:
        roughly = options.pop(0) == b"~"
    if not options:
        raise Refused(SYNTAX)
    bound = options.pop(0)
    if what == b"MAXLEN":
        surplus = max(0, len(stream.ids) - integer(bound))
    else:
        oldest = stream_id(bound)
        surplus = next((i for i, each in enumerate(stream.ids) if each >= oldest), len(stream.ids))
    return stream.drop_first(surplus // NODE_ENTRIES * NODE_ENTRIES if roughly else surplus)


@_command("XADD", 5, grows=True)
def _xadd(store: Store, words: Words) -> Reply:
    options = list(words[2:])
    trimming: list[bytes] = []
    while options and options[0].upper() in {b"MAXLEN", b"MINID"}:
        size = 3 if len(options) > 1 and options[1] in {b"~", b"="} else 2
        trimming, options = options[:size], options[size:]
    if len(options) < 3 or len(options) % 2 == 0:
        raise Refused("ERR wrong number of arguments for 'xadd' command")
    stream = store.made(words[1], Stream)
    now = (int(store.clock_ms()), 0)
    if options[0] == b"*":
        chosen = now if now > stream.last else (stream.last[0], stream.last[1] + 1)
    else:
        chosen = stream_id(options[0])
        if chosen <= stream.last:
            raise Refused("ERR The ID specified in XADD is equal or smaller than the target stream top item")
    stream.ids.append(chosen)
    stream.entries.append(options[1:])
    stream.last = chosen
    if trimming:
        _trim(stream, trimming)
    return shown(chosen)


@_command("XLEN", 2)
def _xlen(store: Store, words: Words) -> Reply:
    stream = store.typed(words[1], Stream)
    return len(stream.ids) if stream else 0


@_command("XTRIM", 4)
def _xtrim(store: Store, words: Words) -> Reply:
    stream = store.typed(words[1], Stream)
    return _trim(stream, list(words[2:])) if stream else 0


@_command("XRANGE", 4)
def _xrange(store: Store, words: Words) -> Reply:
    count = integer(words[5]) if len(words) == 6 and words[4].upper() == b"COUNT" else 2**31
    stream = store.typed(words[1], Stream)
    first = (0, 0) if words[2] == b"-" else stream_id(words[2])
    last = (2**63, 2**63) if words[3] == b"+" else stream_id(words[3], otherwise=2**63)
    return stream.between(first, last, count) if stream else []


@_command("XREVRANGE", 4)
def _xrevrange(store: Store, words: Words) -> Reply:
    count = integer(words[5]) if len(words) == 6 and words[4].upper() == b"COUNT" else 2**31
    return _xrange(store, [words[0], words[1], words[3], words[2]])[::-1][:count]


@dataclass(frozen=True, slots=True)
class Read:
    """An XREAD, its positions resolved."""

    after: tuple[tuple[bytes, StreamId], ...]
    count: int
    block_ms: int | None

    @staticmethod
    def parsed(store: Store, words: Words) -> Read:
        count, block, at = 2**31, None, 1
        while at < len(words) and words[at].upper() != b"STREAMS":
            if at + 1 >= len(words):
                raise Refused(SYNTAX)
            match words[at].upper():
                case b"COUNT":
                    count = integer(words[at + 1])
                case b"BLOCK":
                    block = integer(words[at + 1])
                case _:
                    raise Refused(SYNTAX)
            at += 2
        if len(words) < 4:
            raise Refused("ERR wrong number of arguments for 'xread' command")
        names = words[at + 1 :]
        if not names or len(names) % 2:
            raise Refused("ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.")
        half = len(names) // 2
        after = []
        for key, position in zip(names[:half], names[half:], strict=True):
            stream = store.typed(key, Stream)
            newest = stream.last if stream else (0, 0)
            after.append((key, newest if position == b"$" else stream_id(position)))
        return Read(tuple(after), count, block)

    def answer(self, store: Store) -> Reply:
        """What there is by now; [] for nothing."""
        found = []
        for key, position in self.after:
            stream = store.typed(key, Stream)
            rows = stream.after(position, self.count) if stream else []
            if rows:
                found.append([key, rows])
        return found


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
