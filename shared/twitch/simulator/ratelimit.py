"""Helix's rate limit: buckets of points that refill evenly.

One bucket holds the app-token calls of a client, and one each the user-token calls of a (client, user). A call costs
one point; a full bucket holds a minute's worth. `now` is any clock in seconds that does not go back; a simulator that
runs faster than the world passes its own time and says, for the headers, what that is as Unix time.
Source: https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final

from twitch.ids import ClientId, UserId

# What the guide's example shows for an app; a client should read the header instead.
POINTS_PER_MINUTE: Final = 800
WINDOW_SECONDS: Final = 60.0
_BUCKETS_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class BucketKey:
    client_id: ClientId
    user_id: UserId | None = None  # None: the client's app tokens, all together
    lane: str = ""  # endpoints with a bucket of their own, such as Send Chat Message


@dataclass(frozen=True, slots=True)
class Reading:
    """A bucket after a call was counted, or was refused because too little was left."""

    allowed: bool
    limit_points: int
    remaining_points: int
    full_at: float  # on the caller's clock

    def headers(self, unix_time: Callable[[float], float] = float) -> dict[str, str]:
        """The three headers of every Helix response; `unix_time` turns the caller's clock into Unix seconds."""
        return {
            "Ratelimit-Limit": str(self.limit_points),
            "Ratelimit-Remaining": str(self.remaining_points),
            "Ratelimit-Reset": str(ceil(unix_time(self.full_at))),
        }


class Buckets:
    """The levels of all buckets. Changing `limit_points` takes effect at each bucket's next call."""

    def __init__(self, *, limit_points: int = POINTS_PER_MINUTE, window_seconds: float = WINDOW_SECONDS) -> None:
        if limit_points <= 0 or window_seconds <= 0:
            raise ValueError(f"a bucket of {limit_points} points a {window_seconds} s holds nothing")
        self.limit_points = limit_points
        self._window_seconds = window_seconds
        self._spent: dict[BucketKey, tuple[float, float]] = {}  # points missing, and when that was so

    def take(self, key: BucketKey, now: float, *, points: int = 1) -> Reading:
        """Take the points of one call, or none if there are too few."""
        missing = self._missing(key, now)
        allowed = missing + points <= self.limit_points
        if allowed:
            missing += points
            if key not in self._spent and len(self._spent) >= _BUCKETS_MAX:
                self._forget_full(now)
            self._spent[key] = (missing, now)
        return self._reading(missing, now, allowed=allowed)

    def peek(self, key: BucketKey, now: float) -> Reading:
        missing = self._missing(key, now)
        return self._reading(missing, now, allowed=missing + 1 <= self.limit_points)

    def _missing(self, key: BucketKey, now: float) -> float:
        missing, at = self._spent.get(key, (0.0, now))
        refilled = max(0.0, now - at) * self.limit_points / self._window_seconds
        return min(max(0.0, missing - refilled), float(self.limit_points))

    def _reading(self, missing: float, now: float, *, allowed: bool) -> Reading:
        # A point counts when it is whole again; the sliver is what float arithmetic leaves over.
        remaining = self.limit_points - ceil(missing - 1e-9)
        return Reading(allowed, self.limit_points, remaining, now + missing * self._window_seconds / self.limit_points)

    def _forget_full(self, now: float) -> None:
        self._spent = {key: spent for key, spent in self._spent.items() if self._missing(key, now) > 0}
        while len(self._spent) >= _BUCKETS_MAX:  # a bucket that is forgotten too early is full too early
            del self._spent[next(iter(self._spent))]
