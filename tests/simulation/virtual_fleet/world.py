"""Virtual time: one clock, one heap of what happens when, and chance from one seed.

Nothing here waits. `run_until` takes the next event, sets the clock to its time and calls it. Events of the same instant
come in an order drawn from the seed, so that no run depends on who happened to be first in the code.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random
from typing import Any

UNIX_START = 1_750_000_000.0
"""Unix time at virtual 0."""


class Violated(AssertionError):
    """An invariant does not hold."""


class Event:
    """Something that will happen. It can be taken back."""

    __slots__ = ("action", "when")

    def __init__(self, when: float, action: Callable[[], None]) -> None:
        self.when = when
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class World:
    """True time, which no process sees but through a clock of its own."""

    def __init__(self, seed: int, *, keep_story: bool = False) -> None:
        self.seed = seed
        self.now = 0.0
        self.events = 0
        """Events that happened so far."""
        self.lines: list[str] = []
        """The story, where it is kept."""
        self.violation = ""
        """The first invariant that did not hold."""
        self._keeps_story = keep_story
        self._heap: list[tuple[float, float, int, Event]] = []
        self._serial = 0
        self._ties = self.chance("ties").random

    def chance(self, purpose: str) -> Random:
        """Chance for one purpose: what one part draws does not change what another part gets."""
        return Random(f"{self.seed}:{purpose}")

    def at(self, when: float, action: Callable[[], None]) -> Event:
        """Calls `action` at a time, or now if that has passed."""
        event = Event(max(when, self.now), action)
        self._serial += 1
        heapq.heappush(self._heap, (event.when, self._ties(), self._serial, event))
        return event

    def after(self, seconds: float, action: Callable[[], None]) -> Event:
        return self.at(self.now + seconds, action)

    def run_until(self, end: float) -> None:
        """Lets happen everything up to a time. Raises Violated after the event that broke an invariant."""
        heap = self._heap
        while heap and heap[0][0] <= end:
            event = heapq.heappop(heap)[3]
            if event.action is not None:
                self.now = event.when
                self.events += 1
                event.action()
                if self.violation:
                    raise Violated(self.violation)
        self.now = end

    def violated(self, what: str) -> None:
        """An invariant does not hold. Not raised where it is seen: there may be code between that catches everything."""
        self.tell("VIOLATED", what)
        self.violation = self.violation or what

    def tell(self, who: str, what: str, **facts: Any) -> None:
        """A line of the story."""
        if self._keeps_story:
            said = " ".join(f"{name}={value}" for name, value in facts.items())
            self.lines.append(f"{self.now:10.4f} {who:<12} {what} {said}".rstrip())
