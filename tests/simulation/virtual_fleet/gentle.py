"""Schedules that no bound shard may notice, and what is asked of a run with one.

An outage of Redis, of Helix or of coordinators disturbs no socket, nor does one of the way between a worker and Redis, as
long as Twitch shows its sessions alive: nothing that Twitch sends may find its shard dark, and
no shard may be given to another worker. Workers that come and go, and sockets that Twitch asks to reconnect, move shards;
but make before break, so there too nothing may find its shard dark. A worker that joins waits for nothing: however long
its sockets take to open and to be bound, the others' deliver until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise

from virtual_fleet.faults import LEADER, Fault, Kind
from virtual_fleet.fleet import Shape

HARMLESS = frozenset({Kind.WALL_JUMP, Kind.DUPLICATE, Kind.DELAY, Kind.REORDER, Kind.NOTICES_LOST, Kind.TOKENS_EXPIRED})
CONTROL_PLANE = frozenset(
    {
        Kind.REDIS_FREEZE,
        Kind.REDIS_RESTART,
        Kind.REDIS_EMPTIED,
        Kind.REDIS_FAILOVER,
        Kind.REDIS_FULL,
        Kind.HELIX_STATUS,
        Kind.HELIX_ANSWERS_LOST,
        Kind.HELIX_HELD,
        Kind.SHARDS_REFUSED,
        Kind.HANDSHAKES_REFUSED,
        Kind.WELCOMES_SLOW,
        Kind.RESIGN,
        Kind.CUT_REDIS,
        Kind.SLOW_REDIS,
        Kind.LOSSY_REDIS,
    }
)
MOVES = frozenset({Kind.JOIN, Kind.DRAIN, Kind.DEPLOY, Kind.RECONNECT, Kind.STORM})

PLAIN = frozenset(
    {*HARMLESS, Kind.SHARDS_REFUSED, Kind.HANDSHAKES_REFUSED, Kind.WELCOMES_SLOW, Kind.JOIN, Kind.DRAIN}
    | {Kind.RECONNECT, Kind.STORM, Kind.SOCKET_CLOSE, Kind.SOCKET_ABORT}
)
"""Kinds that leave no doubt about what Twitch made of a binding: every call is answered, and nobody stops."""

APART_SECONDS = 15.0
"""Two workers that leave within this time may leave nobody to take their shards."""


class Gentleness(IntEnum):
    """What may be asked of a run."""

    ROUGH = 0
    NOTHING_DARK = 1
    """No event finds its shard dark."""
    NOTHING_MOVES = 2
    """And no shard gets another worker."""


def gentleness(shape: Shape, faults: Sequence[Fault]) -> Gentleness:
    """How gentle a schedule is. A higher count has a gap, whoever asks for it."""
    if shape.shards_max:
        return Gentleness.ROUGH
    if all(fault.kind in HARMLESS or fault.kind in CONTROL_PLANE or _control(fault.target) for fault in faults):
        return Gentleness.NOTHING_MOVES
    if all(
        fault.kind in HARMLESS or fault.kind in CONTROL_PLANE or fault.kind is Kind.JOIN or _control(fault.target)
        for fault in faults
    ):
        return Gentleness.NOTHING_DARK
    moves = all(
        fault.kind in HARMLESS or (fault.kind in MOVES and not (fault.kind is Kind.DEPLOY and _control(fault.target)))
        for fault in faults
    )
    leaving = [fault.at for fault in faults if fault.kind in {Kind.DRAIN, Kind.DEPLOY}]
    apart = all(later - earlier > APART_SECONDS for earlier, later in pairwise(leaving))
    alone = shape.workers - sum(fault.kind is Kind.DRAIN for fault in faults) < 2
    return Gentleness.NOTHING_DARK if moves and apart and not (leaving and alone) else Gentleness.ROUGH


def _control(target: str) -> bool:
    """Whether it is a coordinator."""
    return target == LEADER or target.startswith("c")
