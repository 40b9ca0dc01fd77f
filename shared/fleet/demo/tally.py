"""What was sent and what became of it, counted by message id. Pure.

Two lists are laid beside each other while they grow: what the simulator wrote to live sockets (its truth) and what stands
in the streams. An id that is in both is done with and forgotten, but for a window that recognises a repeat; so the count
of a demo that runs for days takes no more memory than that of a short one, and trimming the streams does not disturb it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KILL_SECONDS = 1.0
"""A killed process may take with it what was written to its sockets so shortly before; see README, "What can be lost"."""

RECENT_MAX = 200_000
"""Ids remembered after they were found in both lists, about 20 MB."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker that was killed: the sessions it had, and when, in Unix milliseconds."""

    sessions: frozenset[str]
    at_ms: float

    def took(self, written: Written) -> bool:
        """Whether this kill explains that a message is in no stream."""
        return written.session in self.sessions and written.sent_ms >= self.at_ms - KILL_SECONDS * 1000


@dataclass(frozen=True, slots=True)
class Written:
    """A message that the simulator wrote to a live socket."""

    session: str
    sent_ms: float


@dataclass(slots=True)
class Tally:
    """The two lists, as far as they differ."""

    sent: int = 0
    """Messages written to live sockets; one that was written twice counts once."""
    dropped: int = 0
    """Messages that were written to no socket, by Twitch's own rule."""
    streamed: int = 0
    """Entries in the streams."""
    repeated: int = 0
    """Entries whose message id stood in a stream before."""
    types: Counter[str] = field(default_factory=Counter)
    """Entries by type."""
    _waiting: dict[str, Written] = field(default_factory=dict)
    """Sent and not (yet) in a stream."""
    _early: set[str] = field(default_factory=set)
    """In a stream and not (yet) told by the simulator."""
    _recent: set[str] = field(default_factory=set)
    _recent_order: deque[str] = field(default_factory=deque)

    @property
    def waiting(self) -> int:
        """Messages sent and not found in a stream so far."""
        return len(self._waiting)

    @property
    def duplicated(self) -> int:
        """Entries too many: repeats, and entries for which nothing was ever written."""
        return self.repeated + len(self._early)

    def told(self, sent: Iterable[Mapping[str, Any]], dropped: Iterable[Mapping[str, Any]]) -> None:
        """Takes rows of the simulator's truth."""
        for row in sent:
            if row["redelivery"]:
                continue  # its first delivery is counted
            self.sent += 1
            message_id = row["message_id"]
            if message_id in self._early:
                self._early.discard(message_id)
                self._remember(message_id)
            else:
                self._waiting[message_id] = Written(row["session_id"], row["sent_ms"])
        self.dropped += sum(not row["redelivery"] for row in dropped)

    def entry(self, message_id: str, type_: str) -> None:
        """Takes one entry of a stream."""
        self.streamed += 1
        self.types[type_] += 1
        if self._waiting.pop(message_id, None) is not None:
            self._remember(message_id)
        elif message_id in self._recent or message_id in self._early:
            self.repeated += 1
        else:
            self._early.add(message_id)

    def missing(self, kills: Iterable[Kill]) -> tuple[int, int]:
        """(lost, taken by kills) among the messages sent and in no stream."""
        kills = tuple(kills)
        taken = sum(any(kill.took(written) for kill in kills) for written in self._waiting.values())
        return len(self._waiting) - taken, taken

    def _remember(self, message_id: str) -> None:
        self._recent.add(message_id)
        self._recent_order.append(message_id)
        if len(self._recent_order) > RECENT_MAX:
            self._recent.discard(self._recent_order.popleft())


@dataclass(frozen=True, slots=True)
class Account:
    """The end of the story, as the last line tells it."""

    sent: int
    streamed: int
    handled: int
    """Events of the types that the program handles, handled without an error."""
    lost: int
    duplicated: int
    twitch_dropped: int
    to_handle: int
    """Events of those types in the streams: what `handled` is to be."""
    unsettled: str = ""
    """What the handlers have still to do; '' where they are done."""
    lost_at_kill: int | None = None
    """None where nobody was killed."""

    @property
    def line(self) -> str:
        """For people and for scripts: fixed names, in a fixed order."""
        line = (
            f"demo: sent={self.sent} streamed={self.streamed} handled={self.handled} lost={self.lost}"
            f" duplicated={self.duplicated} twitch_dropped={self.twitch_dropped}"
        )
        return line if self.lost_at_kill is None else f"{line} lost_at_kill={self.lost_at_kill}"

    @property
    def complaint(self) -> str:
        """'' where all is as promised, else one sentence."""
        problems = []
        if not self.sent:
            problems.append("nothing was sent")
        if self.lost:
            problems.append(f"{self.lost} events were written to a live socket and are in no stream")
        if self.duplicated:
            problems.append(f"{self.duplicated} stream entries are too many")
        if self.handled < self.to_handle:
            problems.append(f"{self.to_handle - self.handled} of {self.to_handle} events were not handled")
        if self.unsettled:
            problems.append(f"the handlers are not done: {self.unsettled}")
        return "; ".join(problems)
