"""How many shards the load asks for, between FLEET_SHARDS_MIN and FLEET_SHARDS_MAX. Pure.

What it sees is the sum of the rates that workers report, each averaged over the last 10 s. Up goes at once, to as many
shards as bring the load per shard down to the target. Down goes slowly: only after the load would have fitted fewer
shards for the whole cool-down, with room to spare, and only as far as the highest load of that time allows. Between the
two lies a band in which nothing changes, so a load that swings within it moves the count once and never to and fro.
"""

from __future__ import annotations

from dataclasses import dataclass

SPARE = 0.7
"""Down only to so many shards that each has at most this part of the target: a load has to rise by 40 % to undo it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which counts, and by which load."""

    shards_min: int
    shards_max: int
    events_per_second: float
    """Aimed at per shard."""
    cooldown_seconds: float

    def hold(self, count: int) -> int:
        """The nearest count within the bounds."""
        return min(max(count, self.shards_min), self.shards_max)


@dataclass(slots=True)
class Scaling:
    """The count that the load asks for, and how long it has been lower."""

    bounds: Bounds
    count: int
    _low_since: float | None = None
    _low_peak: int = 0
    """Shards that the highest load since then asks for."""

    def follow(self, count: int) -> None:
        """Somebody else decides; from here it goes on when it is asked again."""
        self.count, self._low_since = count, None

    def decide(self, now: float, events_per_second: float | None) -> int:
        """The count to be had now. A load of None is not known, as with no worker there, and changes nothing."""
        within = self.bounds.hold(self.count)
        if within != self.count:
            self.follow(within)
        if events_per_second is None:
            self._low_since = None
            return self.count
        assert events_per_second >= 0, "a rate"
        needed = self.bounds.hold(_shards(events_per_second, self.bounds.events_per_second))
        enough = self.bounds.hold(_shards(events_per_second, self.bounds.events_per_second * SPARE))
        if needed > self.count:
            self.follow(needed)
        elif enough >= self.count:
            self._low_since = None
        elif self._low_since is None:
            self._low_since, self._low_peak = now, enough
        else:
            self._low_peak = max(self._low_peak, enough)
            if now - self._low_since >= self.bounds.cooldown_seconds:
                self.follow(self._low_peak)
        return self.count


def _shards(events_per_second: float, per_shard: float) -> int:
    return -int(-events_per_second // per_shard)
