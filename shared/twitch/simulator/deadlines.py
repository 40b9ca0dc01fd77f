"""What is due when: a heap of (time, action), by which the model keeps all its clocks without one of its own.

An action is never taken back: when its time comes it looks whether what it was for still holds, and does nothing if
not.
"""

import heapq
from collections.abc import Callable


class Deadlines:
    """Actions in order of their time; those of one time in the order they were set."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[float], None]]] = []
        self._serial = 0

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, when: float, action: Callable[[float], None]) -> None:
        self._serial += 1
        heapq.heappush(self._heap, (when, self._serial, action))

    @property
    def next_at(self) -> float | None:
        return self._heap[0][0] if self._heap else None

    def run(self, now: float) -> None:
        """Take every action whose time has come. One set meanwhile for a time that has come is taken too."""
        while self._heap and self._heap[0][0] <= now:
            _, _, action = heapq.heappop(self._heap)
            action(now)
