"""Every call of Helix: who made it, when it arrived, when it was over, and what was said.

"Arrived" is before a fault that holds it up; a call that its caller has given up is carried out and logged all the same.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

CALLS_MAX: Final = 20_000


@dataclass(slots=True)
class LoggedCall:
    """Times in Unix seconds; `ended_at` and `status` are None while it is not over."""

    agent: str
    method: str
    path: str
    arrived_at: float
    ended_at: float | None = None
    status: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "agent": self.agent,
            "method": self.method,
            "path": self.path,
            "arrived_ms": round(self.arrived_at * 1000, 3),
            "ended_ms": None if self.ended_at is None else round(self.ended_at * 1000, 3),
            "status": self.status,
        }


class CallLog:
    """The newest calls, in the order of their arrival."""

    def __init__(self, calls_max: int = CALLS_MAX) -> None:
        self._calls: deque[LoggedCall] = deque(maxlen=calls_max)
        self._arrived = 0

    @property
    def forgotten(self) -> int:
        """Calls that are no longer kept."""
        return self._arrived - len(self._calls)

    def arrived(self, agent: str, method: str, path: str, now: float) -> LoggedCall:
        """A call has come; whoever answers it completes it."""
        call = LoggedCall(agent, method, path, now)
        self._calls.append(call)
        self._arrived += 1
        return call

    def __iter__(self) -> Iterator[LoggedCall]:
        return iter(tuple(self._calls))
