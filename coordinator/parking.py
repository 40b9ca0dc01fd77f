"""Which live sessions of other shards carry a shard that has none of its own.

Twitch lets several shards share one session, and binding to one that is there already takes one call where a socket of
its own takes a handshake, a welcome and that call. So a shard that nobody carries is parked: it delivers from there while
whoever is assigned opens a socket for it, and moves to that like in any planned move. Where it is parked it stays, for
balance's sake alone nothing moves. Pure, and the same input gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

from coordinator.assignment import Shard, Worker
from twitch.ids import SessionId


@dataclass(frozen=True, slots=True)
class Host:
    """A worker that can take parked shards."""

    worker: Worker
    capacity: int
    delivering: int
    """Shards that Twitch sends it, parked ones included."""
    sessions: Mapping[SessionId, int]
    """Its sessions that are bound to their own shard → how many others are parked there."""
    doubtful: bool = False
    """It may be dead or asleep: it is asked only where nobody else has room."""


def park(shards: Iterable[Shard], hosts: Iterable[Host], park_max: int) -> dict[Shard, tuple[Worker, SessionId]]:
    """shard → where it is to be parked; one that finds no room is missing from the answer.

    Each goes to the worker that has the least for its capacity, a doubtful one last, there to the session with the fewest
    parked, and to none that has `park_max` already.
    """
    rooms: dict[Worker, list[tuple[int, SessionId]]] = {}
    capacity: dict[Worker, int] = {}
    order: list[tuple[bool, float, Worker, int]] = []
    for host in hosts:
        if room := [(parked, session) for session, parked in host.sessions.items() if parked < park_max]:
            heapify(room)
            rooms[host.worker], capacity[host.worker] = room, max(1, host.capacity)
            order.append((host.doubtful, host.delivering / capacity[host.worker], host.worker, host.delivering))
    heapify(order)

    found: dict[Shard, tuple[Worker, SessionId]] = {}
    for shard in sorted(shards):
        if not order:
            break
        doubtful, _, worker, delivering = order[0]
        parked, session = rooms[worker][0]
        assert parked < park_max, "a full session has left the queue"
        found[shard] = worker, session
        if parked + 1 < park_max:
            heapreplace(rooms[worker], (parked + 1, session))
        else:
            heappop(rooms[worker])
        if rooms[worker]:
            heapreplace(order, (doubtful, (delivering + 1) / capacity[worker], worker, delivering + 1))
        else:
            heappop(order)
    return found
