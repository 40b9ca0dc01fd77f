"""Every notification's fate: what arrived at a machine, what was appended to a stream, and what may be missing for a reason.

The promise (design of the fleet): a notification that was written to a socket of a process that lived on is in its
stream, once. What is excused, and nothing else:

- a process that was killed had not appended it, and had it for less than `KILL_SECONDS` of undisturbed time;
- Redis lost it, and it had been acknowledged longer ago than the worker keeps acknowledged flushes for a replay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from virtual_fleet.world import World

KILL_SECONDS = 1.0
RECOVERY_SECONDS = 15.0
"""After a disturbance a worker may need this long to notice that all is well again: timeouts and pauses of its calls."""
REPLAY_SLACK_SECONDS = 1.5
"""The replay window counts from the acknowledgement, not from the append, and on the worker's clock."""


@dataclass(slots=True)
class Delivery:
    """A notification that reached a machine."""

    process: str
    socket: int
    at: float


@dataclass(slots=True)
class Fate:
    """What is known of one message."""

    message_id: str
    deliveries: list[Delivery] = field(default_factory=list)
    appended_at: float | None = None
    """None while it is in no stream."""
    stream: bytes = b""
    lost_at: float | None = None
    """When Redis lost it, with `appended_at` of then in `lost_appended_at`."""
    lost_appended_at: float = 0.0
    excuse: str = ""


class Ledger:
    """The fates of all messages."""

    def __init__(self, world: World, replay_seconds: float, violated: Callable[[str], None]) -> None:
        self._world, self._replay_seconds, self._violated = world, replay_seconds, violated
        self.fates: dict[str, Fate] = {}
        self._of_process: dict[str, dict[str, float]] = {}
        """process → message → first arrival there, as long as it is not appended."""

    def _fate(self, message_id: str) -> Fate:
        fate = self.fates.get(message_id)
        if fate is None:
            fate = self.fates[message_id] = Fate(message_id)
        return fate

    def arrived(self, process: str, socket: int, message_id: str) -> None:
        fate = self._fate(message_id)
        fate.deliveries.append(Delivery(process, socket, self._world.now))
        if fate.appended_at is None:
            self._of_process.setdefault(process, {}).setdefault(message_id, self._world.now)

    def appended(self, stream: bytes, fields: Sequence[bytes]) -> None:
        message_id = fields[fields.index(b"message_id") + 1].decode()
        fate = self._fate(message_id)
        if fate.appended_at is not None:
            self._violated(f"{message_id} was appended twice: at {fate.appended_at:.3f} and now")
        if not fate.deliveries:
            self._violated(f"{message_id} was appended and never delivered")
        fate.appended_at, fate.stream = self._world.now, stream
        for delivery in fate.deliveries:
            self._of_process.get(delivery.process, {}).pop(message_id, None)

    def redis_lost(self, kept_until: float) -> None:
        """Redis has lost everything after a time."""
        for fate in self.fates.values():
            if fate.appended_at is not None and fate.appended_at > kept_until:
                fate.lost_at, fate.lost_appended_at, fate.appended_at = self._world.now, fate.appended_at, None
                for delivery in fate.deliveries:
                    self._of_process.setdefault(delivery.process, {}).setdefault(fate.message_id, delivery.at)

    def process_ended(self, process: str, how: str, undisturbed_since: float) -> None:
        """A process is no more. What it had not appended may be missing, if it could not have appended it."""
        now = self._world.now
        for message_id, at in self._of_process.pop(process, {}).items():
            had_seconds = now - max(at, undisturbed_since + RECOVERY_SECONDS)
            fate = self.fates[message_id]
            if had_seconds < KILL_SECONDS:
                fate.excuse = f"{process} {how}"
            elif fate.lost_at is not None:
                fate.excuse = f"lost by Redis, and {process} {how}"

    def waiting(self) -> int:
        """Messages that ought to be in a stream and are not."""
        return sum(1 for fate in self.fates.values() if self._missing(fate))

    def excused(self) -> int:
        """Messages that are missing for a reason: their process was killed, or Redis lost them for good."""
        return sum(1 for fate in self.fates.values() if fate.deliveries and fate.appended_at is None)

    def settle(self) -> None:
        """At the end: every message is where it ought to be."""
        for fate in self.fates.values():
            if self._missing(fate):
                where = ", ".join(f"{each.process} socket {each.socket} at {each.at:.3f}" for each in fate.deliveries)
                lost = f", lost by Redis at {fate.lost_at:.3f}" if fate.lost_at is not None else ""
                self._violated(f"{fate.message_id} is missing: delivered to {where}{lost}")

    def _missing(self, fate: Fate) -> bool:
        if fate.appended_at is not None or not fate.deliveries or fate.excuse:
            return False
        kept = self._replay_seconds - REPLAY_SLACK_SECONDS
        return not (fate.lost_at is not None and fate.lost_at - fate.lost_appended_at > kept)

    def ordered(self, streams: dict[bytes, list[str]]) -> None:
        """Each socket's messages stand in each stream in the order in which it delivered them."""
        positions = {message: (stream, at) for stream, ids in streams.items() for at, message in enumerate(ids)}
        last: dict[tuple[int, bytes], tuple[int, str]] = {}
        arrivals = sorted(
            (fate.deliveries[0].at, number, fate)
            for number, fate in enumerate(self.fates.values())
            if fate.deliveries and len({each.socket for each in fate.deliveries}) == 1
        )
        for _, _, fate in arrivals:
            if fate.message_id not in positions:
                continue
            stream, at = positions[fate.message_id]
            key = (fate.deliveries[0].socket, stream)
            before = last.get(key)
            if before is not None and before[0] > at:
                self._violated(f"{fate.message_id} stands before {before[1]}, which socket {key[0]} delivered earlier")
            last[key] = (at, fate.message_id)
