"""Events that no handler could take: kept with all their fields and the reason, listed, and replayed.

The stream `‹ns›:events:dead`. A letter has the fields of the entry (see streams.py) and `stream`, `entry`, `group`,
`handler`, `reason`, `error`, `tries`, `hops`, `dead_ms`. Replaying one turns it into a job with all its tries before it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from fleet.jobs import Work, put
from fleet.keys import Keys
from fleet.outcomes import DeadReason
from fleet.streams import StreamEntry, number

LETTERS_MAX = 100_000
"""Length at which the oldest are trimmed: about 200 MB of chat messages, and far more than anybody will look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One event that was given up."""

    id: str
    entry: StreamEntry
    group: str
    handler: str
    reason: str
    error: str
    tries: int
    hops: int
    dead_ms: int


def keep(
    pipe: Pipeline, keys: Keys, group: str, work: Work, *, reason: DeadReason, error: str, handler: str, now_ms: int
) -> None:
    """Adds the command that keeps a dead letter."""
    fields = work.entry.fields() | {
        "stream": work.entry.stream,
        "entry": work.entry.id,
        "group": group,
        "handler": handler,
        "reason": reason.value,
        "error": error,
        "tries": work.tries,
        "hops": work.hops,
        "dead_ms": now_ms,
    }
    pipe.xadd(keys.dead_letters, fields, maxlen=LETTERS_MAX, approximate=True)  # type: ignore[arg-type] # dict is invariant


async def letters(redis: Redis, keys: Keys, *, after: str = "-", page: int = 100) -> AsyncIterator[DeadLetter]:
    """All dead letters, the oldest first; `after` is the id of one to go on behind."""
    start = after if after == "-" else f"({after}"
    while True:
        rows = await redis.xrange(keys.dead_letters, min=start, count=page)
        for letter_id, fields in rows:
            yield _decode(letter_id.decode(), fields)
        if len(rows) < page:
            return
        start = f"({rows[-1][0].decode()}"


async def replay(redis: Redis, keys: Keys, ids: Iterable[str], *, now_ms: int) -> int:
    """Turns dead letters into jobs again, each in one transaction with its removal. Returns how many there were."""
    replayed = 0
    for letter_id in ids:
        rows = await redis.xrange(keys.dead_letters, min=letter_id, max=letter_id)
        for found_id, fields in rows:
            letter = _decode(found_id.decode(), fields)
            async with redis.pipeline(transaction=True) as pipe:
                put(pipe, keys, letter.group, [Work(letter.entry, hops=letter.hops + 1)], now_ms=now_ms)
                pipe.xdel(keys.dead_letters, letter_id)
                await pipe.execute()
            replayed += 1
    return replayed


def _decode(letter_id: str, fields: dict[bytes, bytes]) -> DeadLetter:
    def text(name: bytes) -> str:
        return fields.get(name, b"").decode("utf-8", "replace")

    return DeadLetter(
        id=letter_id,
        entry=StreamEntry.decode(text(b"stream"), text(b"entry"), fields),
        group=text(b"group"),
        handler=text(b"handler"),
        reason=text(b"reason"),
        error=text(b"error"),
        tries=number(fields.get(b"tries", b"")),
        hops=number(fields.get(b"hops", b"")),
        dead_ms=number(fields.get(b"dead_ms", b"")),
    )
