"""The points of one token, as arithmetic: https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits

A bucket has a limit, points left, and a time at which it's full again. Twitch tells all three with each answer, late:
by then other calls are under way. So a call *reserves* its point before it's sent, and what is left to give away is
what Twitch last told less what is under way. Until Twitch has told anything, one call at a time finds out.

Lanes keep a little back for those that matter more, so that thousands of new subscriptions can't use the last point
that the binding of a shard needs. Times are readings of one clock, in seconds.
"""

import math
from dataclasses import dataclass

from twitch.helix.calls import RateReading
from twitch.helix.endpoints import Lane

ASSUMED_LIMIT = 800
ASSUMED_WINDOW_SECONDS = 60.0
"""Both from Twitch's guide; used where an answer came without the headers."""

KEPT_BACK_SHARE = {Lane.SHARDS: 0.0, Lane.LISTINGS: 0.0125, Lane.SUBSCRIPTIONS: 0.025, Lane.REST: 0.05}
"""The share of the limit that a lane leaves alone: of 800 points the last 10 are for binding shards alone."""


@dataclass(slots=True)
class PointBucket:
    """The state of one bucket. ``remaining`` and ``reset_at`` are Twitch's last word, None before the first."""

    limit: int | None = None
    remaining: int = 0
    reset_at: float = 0.0
    window: float = 0.0
    """Twitch's own name of the current window, its reset in Unix seconds: tells a late answer from a new one."""
    under_way: int = 0

    def wait_seconds(self, lane: Lane, now: float) -> float:
        """How long a call of this lane waits: 0 for "reserve now", infinity for "until another call has settled"."""
        if self.limit is None:
            return 0.0 if self.under_way == 0 else math.inf
        self._refill(now)
        floor = int(self.limit * KEPT_BACK_SHARE[lane])
        if self.remaining - self.under_way > floor:
            return 0.0
        if self.limit <= self.under_way + floor:
            return math.inf
        return max(self.reset_at - now, 0.0) or math.inf

    def reserve(self) -> None:
        self.under_way += 1

    def settle(self, reading: RateReading | None, now: float) -> None:
        """A call that had reserved is over; ``reading`` is what its answer told, None where there was none."""
        self.under_way = max(self.under_way - 1, 0)
        if reading is None:
            if self.limit is None:
                self.limit = self.remaining = ASSUMED_LIMIT
                self.reset_at = now + ASSUMED_WINDOW_SECONDS
            elif self.remaining > 0:
                self.remaining -= 1
            return
        if self.limit is not None and reading.reset_at < self.window:
            return  # an answer of an older window, overtaken by newer ones
        if self.limit is not None and reading.reset_at == self.window:
            self.remaining = min(self.remaining, reading.remaining)
        else:
            self.remaining = reading.remaining
        self.limit = max(reading.limit, 1)
        self.window = reading.reset_at
        self.reset_at = now + reading.resets_in_seconds

    def is_idle(self, now: float) -> bool:
        """Whether forgetting it loses nothing."""
        return self.under_way == 0 and now >= self.reset_at

    def _refill(self, now: float) -> None:
        if now >= self.reset_at and self.limit is not None:
            self.remaining = self.limit
            self.reset_at = now + ASSUMED_WINDOW_SECONDS
