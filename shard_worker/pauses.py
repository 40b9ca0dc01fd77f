"""How long a shard waits before it is opened again. Pure: takes `now` and a seeded random.

A lost socket is mostly reopened at once. Where many are lost in one moment they are spread, the more the further, so that
a thousand of them do not come back in the same moment. One that did not last waits longer each time. Where the same would
only happen again (4003, a refused handshake), the wait begins at a second.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random

from twitch.eventsub.close_codes import Action

SPREAD_SECONDS_EACH = 0.005
SPREAD_SECONDS_MAX = 0.25
"""Spread of reopening at once, for each socket lost in the last second: a few come back within a handshake's time, and a
storm within what is small beside a dark shard's cost."""
MOMENT_SECONDS = 1.0

AGAIN_SECONDS = 0.25
AGAIN_SECONDS_MAX = 5.0
"""First and longest wait of a shard whose last socket did not last: after an outage of Twitch it is back within that."""
LASTING_SECONDS = 10.0
"""A socket lasts once its shard has been bound for so long."""

LATER_SECONDS = 1.0
LATER_SECONDS_MAX = 60.0
"""First and longest wait where the same would happen again at once."""


@dataclass(slots=True)
class Pauses:
    """When each shard may be opened again."""

    random: Random
    until: dict[int, float] = field(default_factory=dict)
    """shard → clock reading; a shard that is missing may be opened now."""
    _losses: dict[int, int] = field(default_factory=dict)
    """Losses since the shard was bound that called for patience."""
    _attempts: dict[int, int] = field(default_factory=dict)
    """The others since a socket of the shard lasted."""
    _bound_since: dict[int, float] = field(default_factory=dict)
    _lately: deque[float] = field(default_factory=deque)

    def lost(self, shard: int, action: Action, now: float) -> float:
        """Notes a loss; returns the seconds until the shard may be opened again."""
        if action is Action.REOPEN:
            pause = self._soon(shard, now)
            if self._losses.get(shard, 0):
                # It was never bound since a loss that called for patience: this one does not end it.
                pause += LATER_SECONDS
        else:
            count = self._losses[shard] = self._losses.get(shard, 0) + 1
            pause = min(LATER_SECONDS_MAX, LATER_SECONDS * 2.0 ** min(count - 1, 10)) * self.random.uniform(0.75, 1.25)
        self.until[shard] = now + pause
        return pause

    def next_end(self, now: float) -> float:
        """Seconds until the first pause that is not over yet ends; infinity where there is none."""
        return min((until - now for until in self.until.values() if until > now), default=float("inf"))

    def _soon(self, shard: int, now: float) -> float:
        while self._lately and self._lately[0] < now - MOMENT_SECONDS:
            self._lately.popleft()
        self._lately.append(now)
        lasted = now - self._bound_since.pop(shard, now) >= LASTING_SECONDS
        attempts = 0 if lasted else self._attempts.get(shard, 0)
        self._attempts[shard] = attempts + 1
        if attempts:
            return min(AGAIN_SECONDS_MAX, AGAIN_SECONDS * 2.0 ** min(attempts - 1, 10)) * self.random.uniform(0.5, 1.0)
        return self.random.uniform(0, min(SPREAD_SECONDS_MAX, SPREAD_SECONDS_EACH * len(self._lately)))

    def bound(self, shard: int, now: float) -> None:
        """The shard is bound: patience starts anew with the next loss."""
        self._losses.pop(shard, None)
        self._bound_since.setdefault(shard, now)
        self.until.pop(shard, None)

    def forget(self) -> None:
        """What made the sockets fail is over: every shard may be opened now."""
        self._losses.clear()
        self._attempts.clear()
        self.until.clear()
