"""Which workers are surely dead. Pure: takes the leader's clock, what Redis shows of heartbeats, what Twitch lists.

Declaring a live worker dead costs it its shards, so silence alone does not do it: an outage of Redis silences everybody.
A worker is gone when it has been silent while this leader's own calls succeeded without a gap, and Twitch does not show
its sessions enabled any more. The full TTL of silence is needed, unless Twitch already shows every session of it down.

Asking costs nobody anything, so that begins early: a worker whose heartbeat is half a beat late is doubted, and Twitch is
asked about its sessions. What it calls down is parked elsewhere and stays the worker's; only a worker that is gone loses it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from twitch.ids import SessionId

DOUBTED_BEATS = 1.5
SUSPECT_BEATS = 2.0


@dataclass(slots=True)
class Membership:
    """The leader's memory of heartbeats."""

    ttl_seconds: float
    heartbeat_seconds: float
    gapless_since: float
    expired: frozenset[str] = frozenset()
    """Workers without a heartbeat in Redis, however it came to that."""
    _last_heard: dict[str, float] = field(default_factory=dict)

    def interrupted(self, now: float) -> None:
        """Our own call failed, or a term began: all silence is counted anew from here."""
        self.gapless_since = now

    def observed(self, now: float, ttl_left_seconds: Mapping[str, float]) -> None:
        """What Redis said of each known worker: seconds until its heartbeat expires, negative where it has."""
        self.expired = frozenset(worker for worker, left in ttl_left_seconds.items() if left < 0)
        for worker in [known for known in self._last_heard if known not in ttl_left_seconds]:
            del self._last_heard[worker]
        for worker, left in ttl_left_seconds.items():
            if left >= 0:
                self._last_heard[worker] = now - max(0.0, self.ttl_seconds - left)
            else:
                self._last_heard.setdefault(worker, self.gapless_since)

    def silent_seconds(self, worker: str, now: float) -> float:
        """How long a worker has been silent while we were listening."""
        return now - max(self._last_heard.get(worker, now), self.gapless_since)

    def doubted(self, now: float) -> frozenset[str]:
        """Workers whose heartbeat is late: worth asking Twitch about."""
        return self._silent_for(DOUBTED_BEATS, now)

    def suspects(self, now: float) -> frozenset[str]:
        """Workers silent for two heartbeats: they may be gone, and a listing tells."""
        return self._silent_for(SUSPECT_BEATS, now)

    def _silent_for(self, beats: float, now: float) -> frozenset[str]:
        return frozenset(w for w in self._last_heard if self.silent_seconds(w, now) >= beats * self.heartbeat_seconds)

    def next_doubt_seconds(self, now: float) -> float:
        """How long until another worker is doubted, if none is heard meanwhile; infinite where there is no other."""
        late = DOUBTED_BEATS * self.heartbeat_seconds
        silences = (self.silent_seconds(worker, now) for worker in self._last_heard)
        return min((late - silence for silence in silences if silence < late), default=math.inf)

    def gone(
        self,
        now: float,
        sessions: Mapping[str, Iterable[SessionId]],
        enabled: frozenset[SessionId] | None,
        listed_at: float,
    ) -> frozenset[str]:
        """The workers to be taken for dead.

        sessions: what each worker reported last. enabled: sessions that Twitch shows enabled in the listing that was asked
        for at `listed_at`; None if there is no listing yet.
        """
        dead = set()
        for worker in self.suspects(now):
            held = frozenset(sessions.get(worker, ()))
            silent = self.silent_seconds(worker, now)
            if not held:
                if silent >= self.ttl_seconds:
                    dead.add(worker)
            elif enabled is not None and listed_at >= now - silent + self.heartbeat_seconds and not held & enabled:
                dead.add(worker)
        return frozenset(dead)
