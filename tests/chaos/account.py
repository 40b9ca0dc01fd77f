"""What was written to sockets, laid beside what stands in the streams, by message id. Pure.

A message that was written and is in no stream falls under one of three heads:

- *lost at kill*: its process was killed within a second after, or held it in memory, within the bound of that, when it
  was killed while Redis was away. Nobody can do better without acknowledgements.
- *cut*: the simulated Twitch itself cut the socket without a close within a second after (a process that drops a socket so
  takes the blame for what was on its way), or its process was stopped by
  SIGSTOP when it was written and the socket was cut before the process went on. What lay in the kernel's or in the
  sender's buffer at that moment has reached nobody. Or it was written behind a frame that breaks WebSocket itself, after
  which nothing can be read, in the moment until the reader's close arrived.
- *lost live*: everything else, and the fleet's fault.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

KILL_MS = 1000.0
"""What was written so shortly before a kill, or before a cut, may be gone with it."""


UNREADABLE: Final = frozenset({1002, 1007, 1009})
"""Closes by which a reader says that it can't read on: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1"""


@dataclass(slots=True)
class Life:
    """One process that holds sockets, and what was done to it. Times in Unix milliseconds."""

    name: str
    sessions: set[str] = field(default_factory=set)
    killed_ms: float | None = None
    pauses: list[tuple[float, float]] = field(default_factory=list)
    """When it was stopped and when it went on; infinity while it is stopped."""
    in_memory: int = 0
    """Events that it held in memory when it was killed while Redis was away: its bound of them goes with it."""

    def was_paused(self, at_ms: float) -> bool:
        return any(stopped - KILL_MS <= at_ms <= went_on for stopped, went_on in self.pauses)


@dataclass(frozen=True, slots=True)
class EndedSocket:
    """A socket as the simulator saw it end."""

    ended_ms: float
    close_code: int | None
    """None: cut without a close frame of either side."""
    by_client: bool = False
    """Whether its process ended it, and not Twitch."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One frame on one socket."""

    seq: int
    socket: int
    session: str
    sent_ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The account of one scenario; every number counts message ids, but for `misordered`."""

    sent: int
    streamed: int
    lost_live: int
    lost_at_kill: int
    cut: int
    given_up: int
    """Counted and alarmed by the fleet itself as beyond its bounds, where a scenario goes there."""
    doubled: int
    misordered: int
    """Entries that stand behind one that the same socket delivered later."""
    dropped_sockets: int
    """Sockets with events on them that a living process let go of without a close."""
    kill_windows_ms: Mapping[str, float]
    """Killed process → how long before its kill the oldest message was written that it took with it."""
    dropped: Mapping[str, int]
    """By reason; what a fault swallowed has a reason that begins with `fault`."""
    examples: tuple[str, ...] = ()
    """Of what is wrong, for the log."""

    @property
    def twitch_dropped(self) -> int:
        """Dropped by Twitch's own rule."""
        return sum(count for reason, count in self.dropped.items() if not reason.startswith("fault"))


@dataclass(slots=True)
class Account:
    """Both lists, as they grow."""

    written: dict[str, list[Writing]] = field(default_factory=lambda: defaultdict(list))
    dropped: dict[str, str] = field(default_factory=dict)
    """Message id → reason, of messages dropped before or after they were written elsewhere."""
    entries: list[dict[str, list[str]]] = field(default_factory=lambda: [{}])
    """For each life of Redis' data: stream → message ids in order."""
    _appended_ms: dict[str, float] = field(default_factory=dict)

    def told(self, sent: Iterable[Mapping[str, Any]], dropped: Iterable[Mapping[str, Any]]) -> None:
        """Takes rows of the simulator's truth."""
        for row in sent:
            self.written[row["message_id"]].append(
                Writing(row["seq"], row["socket"], row["session_id"], row["sent_ms"])
            )
        for row in dropped:
            self.dropped[row["message_id"]] = row["reason"]

    def entry(self, stream: str, message_id: str, appended_ms: float) -> None:
        """Takes one entry of a stream."""
        self.entries[-1].setdefault(stream, []).append(message_id)
        self._appended_ms.setdefault(message_id, appended_ms)

    def redis_was_emptied(self) -> None:
        """From here on the streams begin anew; what stands there again is no double."""
        self.entries.append({})

    def read_anew(self) -> None:
        """Another server stands in the place of the one that was read: what it lacks is not there."""
        self.entries = [{}]
        self._appended_ms.clear()

    @property
    def arrived(self) -> int:
        """Messages that stand in a stream."""
        return len(self._appended_ms)

    @property
    def dropped_by_twitch(self) -> int:
        """So far, and written to nobody."""
        return sum(not reason.startswith("fault") for id_, reason in self.dropped.items() if id_ not in self.written)

    @property
    def waiting(self) -> int:
        """Messages written and in no stream so far."""
        return sum(message_id not in self._appended_ms for message_id in self.written)

    def outcome(self, lives: Sequence[Life], ended: Mapping[int, EndedSocket], given_up: int = 0) -> Outcome:
        """given_up: how many of the missing the fleet itself has counted as given up."""
        by_session = {session: life for life in lives for session in life.sessions}
        heads: Counter[str] = Counter()
        windows: dict[str, float] = {}
        in_memory = {life.name: life.in_memory for life in lives}
        examples: list[str] = []
        for message_id, writings in self.written.items():
            if message_id in self._appended_ms:
                continue
            why = {_head(each, by_session.get(each.session), ended.get(each.socket)) for each in writings}
            head = next(each for each in ("lost_live", "lost_at_kill", "cut") if each in why)
            holder = by_session.get(writings[-1].session)
            if head == "lost_live" and holder is not None and in_memory[holder.name]:
                in_memory[holder.name] -= 1
                head = "lost_at_kill"
            heads[head] += 1
            if head == "lost_at_kill" and holder is not None and holder.killed_ms is not None:
                age_ms = holder.killed_ms - writings[-1].sent_ms
                windows[holder.name] = max(age_ms, windows.get(holder.name, 0.0))
            if head == "lost_live" and len(examples) < 5:
                last = writings[-1]
                examples.append(
                    f"lost: {message_id} written at {last.sent_ms:.0f} to socket {last.socket} of"
                    f" {holder.name if holder else 'nobody known'}, which ended as {ended.get(last.socket)}"
                )
        doubled, twice = self._doubled()
        misordered = self._misordered()
        gone = Counter(reason for message_id, reason in self.dropped.items() if message_id not in self.written)
        return Outcome(
            sent=len(self.written),
            streamed=len(self._appended_ms),
            lost_live=max(0, heads["lost_live"] - given_up),
            lost_at_kill=heads["lost_at_kill"],
            cut=heads["cut"],
            given_up=min(given_up, heads["lost_live"]),
            doubled=doubled,
            misordered=misordered,
            dropped_sockets=self._dropped_sockets(by_session, ended),
            kill_windows_ms=windows,
            dropped=dict(gone),
            examples=(*(examples if heads["lost_live"] > given_up else ()), *twice),
        )

    def _dropped_sockets(self, by_session: Mapping[str, Life], ended: Mapping[int, EndedSocket]) -> int:
        sessions = {each.socket: each.session for writings in self.written.values() for each in writings}
        return sum(
            socket.by_client and socket.close_code is None and by_session[sessions[number]].killed_ms is None
            for number, socket in ended.items()
            if sessions.get(number) in by_session
        )

    def latencies(self) -> list[float]:
        """Milliseconds from the first write to the append, by Redis' clock, which is this machine's."""
        return [
            appended - self.written[message_id][0].sent_ms
            for message_id, appended in self._appended_ms.items()
            if message_id in self.written
        ]

    def _doubled(self) -> tuple[int, list[str]]:
        """Entries too many within one life of the data, and entries of messages that were never written."""
        too_many, examples = 0, []
        for generation in self.entries:
            seen: dict[str, str] = {}
            for stream, ids in generation.items():
                for message_id in ids:
                    if message_id in seen or message_id not in self.written:
                        too_many += 1
                        examples.append(f"doubled: {message_id} in {stream}, seen in {seen.get(message_id)}")
                    seen[message_id] = stream
        return too_many, examples[:5]

    def _misordered(self) -> int:
        """One socket's messages of one stream stand in the order in which they were written; a message that was written
        more than once has no one place."""
        wrong = 0
        for generation in self.entries:
            for ids in generation.values():
                newest: dict[int, int] = {}
                for message_id in ids:
                    writings = self.written.get(message_id, ())
                    if len(writings) == 1:
                        socket, seq = writings[0].socket, writings[0].seq
                        wrong += seq < newest.get(socket, 0)
                        newest[socket] = max(seq, newest.get(socket, 0))
        return wrong


def _head(writing: Writing, life: Life | None, ended: EndedSocket | None) -> str:
    if life is not None and life.killed_ms is not None and writing.sent_ms >= life.killed_ms - KILL_MS:
        return "lost_at_kill"
    broken = ended is not None and (
        ended.close_code in UNREADABLE or (ended.close_code is None and not ended.by_client)
    )
    if ended is not None and broken and writing.sent_ms >= ended.ended_ms - KILL_MS:
        return "cut"
    if ended is not None and life is not None and life.was_paused(writing.sent_ms):
        return "cut"
    return "lost_live"


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that `share` of them do not exceed, by nearest rank; None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)] if ordered else None
