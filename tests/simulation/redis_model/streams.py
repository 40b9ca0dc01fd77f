"""The commands of streams: https://redis.io/docs/latest/commands/?group=stream"""

from __future__ import annotations

from dataclasses import dataclass

from redis_model.table import SYNTAX, Words, command, integer
from redis_model.values import Refused, Reply, Store, Stream, StreamId, shown

NODE_ENTRIES = 100
"""Entries of one node of a stream (stream-node-max-entries): trimming with ~ takes whole ones."""


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


@command("XADD", 5, grows=True)
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


@command("XLEN", 2)
def _xlen(store: Store, words: Words) -> Reply:
    stream = store.typed(words[1], Stream)
    return len(stream.ids) if stream else 0


@command("XTRIM", 4)
def _xtrim(store: Store, words: Words) -> Reply:
    stream = store.typed(words[1], Stream)
    return _trim(stream, list(words[2:])) if stream else 0


@command("XRANGE", 4)
def _xrange(store: Store, words: Words) -> Reply:
    count = integer(words[5]) if len(words) == 6 and words[4].upper() == b"COUNT" else 2**31
    stream = store.typed(words[1], Stream)
    first = (0, 0) if words[2] == b"-" else stream_id(words[2])
    last = (2**63, 2**63) if words[3] == b"+" else stream_id(words[3], otherwise=2**63)
    return stream.between(first, last, count) if stream else []


@command("XREVRANGE", 4)
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
