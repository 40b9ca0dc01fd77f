"""The way from the shard count that Twitch has to the one that is wanted. Pure.

Twitch hashes over a raised count at once, so a new shard is dark until it is bound, and an event that meets two dark
shards is dropped. So sockets are opened first, for ids at and above the count; with their welcomes in hand the count is
raised, and the very next call binds them. A raise adds no more than what keeps the dark share at a tenth, and at least
one, which alone drops nothing: an event for it is tried on another shard.

Twitch closes a socket that is not bound 10 s after its welcome. So few are opened ahead, a welcome that others keep
waiting is used without them, and sockets that could not be bound in time are given up and opened again later. A shard whose
worker can't open a socket for it is parked on the session of another (one at a time), where that is allowed.

    wanted > count    open ahead ──welcomes──> raise, bind ──> open ahead …
    wanted < count    lower at once, where that leaves no greater share dark; whoever holds the tail then lets go of it

Level-triggered: nothing is remembered that a new leader would have to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from coordinator.assignment import Shard

STEP_MAX = 100
"""New shards of one raise: as many as one Update Conduit Shards binds, so that all of them are bound by the next call."""

DARK_SHARE = 10
"""One in so many shards of a raised count may be dark."""

STEPS_AHEAD = 4
"""Raises whose sockets are opened ahead. Each takes two calls, so four are bound well within a welcome's 10 s."""

GATHER_SECONDS = 3.0
"""So long a welcome waits for the rest of its step."""

BIND_SECONDS = 7.0
"""A welcome older than this is not counted on any more: of Twitch's 10 s the two calls need the rest."""

OPEN_SECONDS = 20.0
"""Sockets that have not been welcomed by then are given up: their worker can't reach Twitch, another one might."""

RETRY_SECONDS = 4.0
RETRY_SECONDS_MAX = 60.0
"""First and longest wait after sockets were given up. The first outlasts the 2 s in which they are read to their end."""

LOWER_SECONDS = 30.0
"""So long a lower count waits for the shards that remain to be bound."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the next step depends on."""

    now: float
    """The leader's clock."""
    count: int
    """The shard count that Twitch has."""
    wanted: int
    dark: frozenset[Shard]
    """Shards below the count that no live session serves."""
    welcomed: frozenset[Shard]
    """Shards at or above the count whose session is welcomed and can be bound."""
    openings: int
    """Sockets that one worker may have opening."""
    capacity: int
    """Shards that the active workers hold together at most."""
    parks: bool = False
    """Whether a shard without a session of its own can be parked on another's."""
    answers: bool = True
    """Whether Twitch answered the last call; no socket may be opening while it does not."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now."""

    reach: int
    """Sockets are to be held for all shards below this; the count, or above it."""
    count: int
    """The count that Twitch is to have now."""
    waits: str = ""
    """Why it goes no further for the moment, as a sentence; '' where it does."""
    parks: bool = False
    """The new shard has no session, and is to be parked on another's."""


@dataclass(slots=True)
class CountPlan:
    """The way, and the times on it."""

    _reach: int = 0
    _began: float = 0.0
    """When sockets were ordered ahead, or the last raise."""
    _welcomed_at: dict[Shard, float] = field(default_factory=dict)
    _not_before: float = 0.0
    _retry_seconds: float = RETRY_SECONDS
    _lower_since: float | None = None

    def step(self, seen: Seen) -> Step:
        assert seen.count >= 1, "a conduit has a shard"
        assert seen.wanted >= 1, "a conduit has a shard"
        if seen.wanted < seen.count:
            self._withdraw()
            return self._down(seen)
        self._lower_since = None
        if seen.wanted == seen.count:
            self._withdraw()
            return Step(seen.count, seen.count)
        return self._up(seen)

    def _up(self, seen: Seen) -> Step:
        if seen.now < self._not_before:
            return Step(
                seen.count, seen.count, "sockets opened ahead were not welcomed in time and are opened again soon"
            )
        if self._reach <= seen.count:
            self._began = seen.now
        self._reach = min(max(_reach(seen), self._reach), seen.wanted, max(seen.count, seen.capacity))
        if self._reach <= seen.count:
            return Step(seen.count, seen.count, _why_not_up(seen))

        ahead = {shard for shard in seen.welcomed if seen.count <= shard < self._reach}
        self._welcomed_at = {shard: self._welcomed_at.get(shard, seen.now) for shard in sorted(ahead)}
        waited = seen.now - min(self._welcomed_at.values(), default=seen.now)
        ready = _run(seen.count, ahead)
        size = step_size(seen.count, seen.wanted, len(seen.dark))
        if waited < BIND_SECONDS and size and ready and (ready >= size or waited >= GATHER_SECONDS):
            return Step(self._reach, seen.count + min(ready, size))
        unopened = not ready and (waited >= GATHER_SECONDS or seen.now - self._began >= OPEN_SECONDS)
        if unopened and size and seen.parks:
            return Step(self._reach, seen.count + 1, parks=True)
        if waited >= BIND_SECONDS or (not ahead and seen.now - self._began >= OPEN_SECONDS):
            self._not_before = seen.now + self._retry_seconds
            self._retry_seconds = min(RETRY_SECONDS_MAX, 2 * self._retry_seconds)
            self._withdraw()
            return Step(seen.count, seen.count, "sockets opened ahead were not welcomed in time")
        return Step(self._reach, seen.count, "" if size else _why_not_up(seen))

    def raised(self, now: float) -> None:
        """Twitch has the higher count: what remains opened ahead is for the next raise."""
        self._began, self._retry_seconds = now, RETRY_SECONDS

    def _withdraw(self) -> None:
        self._reach, self._welcomed_at = 0, {}

    def _down(self, seen: Seen) -> Step:
        if self._lower_since is None:
            self._lower_since = seen.now
        dark = sum(shard < seen.wanted for shard in seen.dark)
        no_darker = dark * seen.count <= len(seen.dark) * seen.wanted or dark * DARK_SHARE <= seen.wanted
        if no_darker or seen.now - self._lower_since >= LOWER_SECONDS:
            return Step(seen.count, seen.wanted)
        return Step(seen.count, seen.count, f"{dark} of the {seen.wanted} shards that are to remain are not bound")


def step_size(count: int, wanted: int, dark: int) -> int:
    """New shards that the next raise may add while `dark` of the `count` there are not bound; 0 where it has to wait.

    With n more, dark + n are at most a tenth of count + n. One more is always allowed where none is dark.
    """
    if wanted <= count:
        return 0
    room = (count - DARK_SHARE * dark) // (DARK_SHARE - 1)
    return min(max(room, 0 if dark else 1), wanted - count, STEP_MAX)


def _reach(seen: Seen) -> int:
    """How far sockets may be opened ahead: the next few raises, and no more than one worker may have opening."""
    top = seen.count
    for _ in range(STEPS_AHEAD):
        top += step_size(top, seen.wanted, len(seen.dark))
    return min(top, seen.count + seen.openings)


def _run(count: int, ahead: set[Shard]) -> int:
    """How many shards from the count on are welcomed without a gap: ids at Twitch have none."""
    ready = 0
    while count + ready in ahead:
        ready += 1
    return ready


def _why_not_up(seen: Seen) -> str:
    if seen.capacity <= seen.count:
        return f"the active workers hold {seen.capacity} shards at most"
    if seen.dark:
        return f"{len(seen.dark)} of {seen.count} shards are not bound, and more would be too many"
    if not seen.answers:
        return "Twitch does not answer"
    return "the points of Twitch's rate limit are used up"
