"""Who wrote what at Twitch: no write of a leader arrives after the first write of a successor. Pure.

The simulator logs when each call arrived and from which process; each process logs its elections. So a write belongs to
the newest term that its process had begun by then, and what is asked is the order of arrival: a call that a fault holds
up at Twitch's side was sent before, and when it is carried out does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Election:
    """One term of a coordinator."""

    process: str
    epoch: int
    at_ms: float


@dataclass(frozen=True, slots=True)
class Write:
    """One Helix call that changes something, by the process that made it."""

    process: str
    call: str
    arrived_ms: float


@dataclass(frozen=True, slots=True)
class Loss:
    """When Redis lost data, the lease among it: until the holder's lease is over there may be two."""

    from_ms: float
    until_ms: float


def overtaken(elections: Sequence[Election], writes: Sequence[Write], losses: Sequence[Loss] = ()) -> list[str]:
    """What is wrong, in sentences: writes of a term that arrived after a write of a later one, and writes of no term."""
    wrong: list[str] = []
    newest: tuple[int, Write] | None = None
    for write in sorted(writes, key=lambda each: each.arrived_ms):
        terms = [each.epoch for each in elections if each.process == write.process and each.at_ms <= write.arrived_ms]
        if not terms:
            wrong.append(f"{write.process} wrote without ever having been elected: {write.call}")
            continue
        epoch = max(terms)
        if newest is not None and epoch < newest[0]:
            if not any(loss.from_ms <= write.arrived_ms <= loss.until_ms for loss in losses):
                late_ms = write.arrived_ms - newest[1].arrived_ms
                wrong.append(
                    f"{write.call} of {write.process} at epoch {epoch} came {late_ms:.0f} ms after one of"
                    f" {newest[1].process} at epoch {newest[0]}"
                )
        elif newest is None or epoch > newest[0]:
            newest = epoch, write
    return wrong
