"""One factor for every clock of a run: Twitch's, by the simulator's --time-scale, and ours, by the settings. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.settings import Settings

SCALED = (
    "heartbeat_seconds",
    "member_ttl_seconds",
    "lease_ttl_seconds",
    "listing_seconds",
)
"""The settings that are clocks of coordination; what bounds a wait (the drain) or a memory (dedup, replay) stays."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run's clocks go, and how much traffic there is."""

    scale: float
    """1 is production's."""
    rate: int
    """Numbered events a second."""
    short: bool = False
    seed: int = 0
    """Of faults at random; 0 chooses one."""

    def seconds(self, full: float, short: float | None = None) -> float:
        """A duration of the scenario; `short` overrides the scaled one in the short form."""
        return short if self.short and short is not None else full / self.scale

    def settings(self) -> dict[str, str]:
        """Ours."""
        defaults = Settings()
        return {f"FLEET_{name.upper()}": f"{getattr(defaults, name) / self.scale:g}" for name in SCALED}

    @property
    def lease_seconds(self) -> float:
        return Settings().lease_ttl_seconds / self.scale


FULL = Pace(scale=1.0, rate=1000)
SHORT = Pace(scale=2.5, rate=300, short=True)
