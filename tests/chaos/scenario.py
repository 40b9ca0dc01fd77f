"""What a scenario is, and what comes of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.chaos.account import Outcome
from tests.chaos.harness import Fleet
from tests.chaos.stage import Wanted


@dataclass(frozen=True, slots=True)
class Scenario:
    """A fault script over a fleet. It is over when `run` returns; the fleet has then to recover by itself."""

    name: str
    run: Callable[[Fleet], Awaitable[None]]
    wanted: Wanted = Wanted()
    short: bool = False
    """Whether it is part of the short form."""

    @property
    def what(self) -> str:
        """One line of it."""
        return (self.run.__doc__ or "").strip().split("\n", 1)[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    name: str
    outcome: Outcome | None
    """None where it did not come to counting."""
    dark_ms: tuple[float, ...] = ()
    """Of every spell of a shard, by the simulator."""
    recovered: bool = False
    recovery_seconds: float | None = None
    """The longest time from an act of the scenario to recovery; None where there was no act, or none."""
    latency_ms: tuple[float | None, float | None] = (None, None)
    """p50 and p99 from the simulator's write to the append."""
    notes: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Nothing lost live, doubled or out of order, no socket dropped, recovered, every promise kept. No time decides."""
        outcome = self.outcome
        return (
            outcome is not None
            and outcome.sent > 0
            and not (outcome.lost_live or outcome.doubled or outcome.misordered or outcome.dropped_sockets)
            and self.recovered
            and not self.complaints
        )
