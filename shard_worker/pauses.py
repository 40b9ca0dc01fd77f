"""How long a shard waits before it is opened again. Pure: takes `now` and a seeded random.

A lost socket is mostly reopened at once, with jitter, so that a thousand of them do not come back in the same moment.
Where the same would only happen again (4003, a refused handshake), the wait doubles until the shard is bound once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from twitch.eventsub.close_codes import Action

JITTER_SECONDS = 0.25
"""Spread of reopening at once: small beside a dark shard's cost, large beside one handshake."""

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

    def lost(self, shard: int, action: Action, now: float) -> float:
        """Notes a loss; returns the seconds until the shard may be opened again."""
        if action is Action.REOPEN:
            pause = self.random.uniform(0, JITTER_SECONDS)
            if self._losses.get(shard, 0):
                # It was never bound since a loss that called for patience: this one does not end it.
                pause += LATER_SECONDS
        else:
            count = self._losses[shard] = self._losses.get(shard, 0) + 1
            pause = min(LATER_SECONDS_MAX, LATER_SECONDS * 2.0 ** min(count - 1, 10)) * self.random.uniform(0.75, 1.25)
        self.until[shard] = now + pause
        return pause

    def bound(self, shard: int) -> None:
        """The shard is bound: patience starts anew with the next loss."""
        self._losses.pop(shard, None)
        self.until.pop(shard, None)

    def forget(self) -> None:
        """What made the sockets fail is over: every shard may be opened now."""
        self._losses.clear()
        self.until.clear()
