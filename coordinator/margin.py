"""How far trimming is from what a consumer group has yet to read. Pure.

Three edges move through a stream from its old end: age, length, and the streams' share of Redis' memory. A group's
margin is the part of the way that the nearest of them still has to go, from 1 (the group has read everything) to 0 (the
next entry that it would be given is about to be trimmed, or is gone).

How many entries lie between two ids is estimated from the time between them, as if they had come evenly: counting them
would cost more than the answer is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

EntryId = tuple[int, int]
"""Time in ms and serial of a stream entry's id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One stream, and where one group stands in it."""

    first: EntryId | None
    """The oldest entry that is there; None where there is none."""
    last: EntryId
    """The newest that there ever was."""
    length: int
    delivered: EntryId
    """The last that the group was given."""
    needed: EntryId | None
    """The oldest that the group was given and did not acknowledge, else the next that it will be given."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Where trimming stands."""

    now_ms: int
    """Redis' clock."""
    retention_ms: int
    length_max: int
    memory_use: float
    """What all streams take of the memory that they may take; 0 where Redis has no bound."""


def margin(standing: Standing, edges: Edges) -> float:
    """From 0 to 1; see the module."""
    if standing.needed is None or standing.first is None:
        return 1.0
    waiting = _waiting(standing, standing.first, standing.needed)
    by_age = 1.0 - (edges.now_ms - standing.needed[0]) / edges.retention_ms
    by_length = 1.0 - waiting / edges.length_max
    # Where the streams take more than their share, each is cut by the same factor.
    by_memory = 1.0 - waiting / standing.length * edges.memory_use
    return max(0.0, min(1.0, by_age, by_length, by_memory))


def overrun(needed_before: EntryId | None, standing: Standing) -> bool:
    """Whether the entry that a group needed at an earlier look was trimmed before the group was done with it."""
    if needed_before is None or (standing.first is not None and standing.first <= needed_before):
        return False
    return standing.delivered < needed_before or standing.needed == needed_before


def outpaced(before: Standing | None, standing: Standing) -> bool:
    """Whether trimming has passed a group that reads on, only too slowly: since an earlier look the oldest entry has moved
    beyond the last that it was given, behind which there were more."""
    if before is None or before.first is None or standing.first is None:
        return False
    return before.first <= standing.delivered < min(standing.first, before.last)


def _waiting(standing: Standing, first: EntryId, needed: EntryId) -> float:
    """Entries from the needed one to the end, about; all of them where they came at one time."""
    span_ms = standing.last[0] - first[0]
    if span_ms <= 0:
        return standing.length
    return standing.length * min(1.0, max(0.0, (standing.last[0] - needed[0]) / span_ms))
