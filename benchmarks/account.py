"""What became of every message: the simulator's truth laid beside what a client delivered. Pure.

Each message that Twitch made is one of four:

- *delivered*: it reached the client's handler, or for the fleet its stream, once or more;
- *lost*: it was written to a socket while the client's process lived, and never delivered;
- *at_end*: it was written to a process that was over, or was killed within a second: nobody can deliver that;
- *dropped*: it was written to no socket that anybody could hear, since its shard was dark or its path dead.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from fleet.demo.tally import KILL_SECONDS

STILL_SECONDS = 2.0
"""A channel that delivers nothing in the last seconds of the traffic does not go on any more."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message id in a handler or a stream, and when, in Unix seconds."""

    message_id: str
    at: float


@dataclass(frozen=True, slots=True)
class End:
    """A process that ended, in Unix seconds, and how. `sessions` are those it had; None is all there were."""

    at: float
    killed: bool = False
    sessions: frozenset[str] | None = None

    def took(self, row: Mapping[str, Any]) -> bool:
        """Whether it explains that a frame was delivered to nobody."""
        excused_from = self.at - (KILL_SECONDS if self.killed else 0.0)
        mine = self.sessions is None or row["session_id"] in self.sessions
        return mine and row["sent_ms"] >= excused_from * 1000


@dataclass(frozen=True, slots=True)
class Account:
    """How many messages became what, and the longest pause of a channel since the fault."""

    made: int
    delivered: int
    lost: int
    at_end: int
    dropped: int
    doubled: int
    """Deliveries too many: repeats, and those of messages that were never made."""
    pause_seconds: float
    """inf where a channel did not go on before the traffic's end."""

    def __post_init__(self) -> None:
        assert self.made == self.delivered + self.lost + self.at_end + self.dropped, self


def settle(
    sent: Sequence[Mapping[str, Any]],
    dropped: Sequence[Mapping[str, Any]],
    deliveries: Sequence[Delivery],
    *,
    fault_at: float,
    traffic_end: float,
    end: End | None = None,
) -> Account:
    """Lay them beside each other. sent, dropped: rows of the simulator's truth; times are Unix seconds."""
    times = Counter(delivery.message_id for delivery in deliveries)
    channels = {row["message_id"]: row["broadcaster_id"] for row in (*dropped, *sent)}
    written: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in sent:
        written[row["message_id"]].append(row)
    missing = channels.keys() - times.keys()
    at_end = {
        message_id
        for message_id in missing & written.keys()
        if end is not None and all(end.took(row) for row in written[message_id])
    }
    lost = (missing & written.keys()) - at_end
    return Account(
        made=len(channels),
        delivered=len(channels) - len(missing),
        lost=len(lost),
        at_end=len(at_end),
        dropped=len(missing - written.keys()),
        doubled=sum(count - (message_id in channels) for message_id, count in times.items()),
        pause_seconds=max(
            (
                _pause(
                    (each.at for each in deliveries if channels.get(each.message_id) == channel), fault_at, traffic_end
                )
                for channel in sorted(set(channels.values()))
            ),
            default=inf,
        ),
    )


def _pause(delivered_at: Iterable[float], fault_at: float, traffic_end: float) -> float:
    """The longest time without a delivery, of one channel."""
    since = sorted(at for at in delivered_at if fault_at < at <= traffic_end)
    if not since or since[-1] < traffic_end - STILL_SECONDS:
        return inf
    return max(later - earlier for earlier, later in pairwise((fault_at, *since)))
