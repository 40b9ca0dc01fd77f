"""Two coordinators that are slow, paused and cut off at will never both believe that they may act.

A small Redis grants and prolongs one lease on its own clock. Each coordinator has a clock of its own (another zero, up
to 10 % too fast or too slow), sends one request at a time and gives up on it after a timeout. Requests and replies take
any time, requests arrive late or never, replies get lost, and a coordinator may be paused before it looks at a reply.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.lease import Leading, Lease, LeaseRules

TTL_SECONDS = 6.0
RULES = LeaseRules(TTL_SECONDS)
TIMEOUT_SECONDS = 1.5
END = 60.0


@dataclass
class Redis:
    """elect.lua and renew.lua, as far as the lease goes."""

    token: str = ""
    ends_at: float = 0.0
    epoch: int = 0

    def elect(self, holder: str, now: float) -> tuple[int, int]:
        if now < self.ends_at:
            return 0, int((self.ends_at - now) * 1000)
        self.epoch += 1
        self.token, self.ends_at = f"{self.epoch}:{holder}", now + TTL_SECONDS
        return self.epoch, int(TTL_SECONDS * 1000)

    def renew(self, token: str, now: float) -> bool:
        if now >= self.ends_at or token != self.token:
            return False
        self.ends_at = now + TTL_SECONDS
        return True


@dataclass(frozen=True)
class Trip:
    """What becomes of one request: seconds to Redis and back, and the pause before the answer is looked at."""

    out: float
    back: float
    pause: float
    lost: bool


@dataclass
class Coordinator:
    name: str
    rate: float
    zero: float
    trips: list[Trip]
    lease: Lease = field(init=False)

    def __post_init__(self) -> None:
        self.lease = RULES.begin(self.clock(0.0))

    def clock(self, now: float) -> float:
        return self.zero + now * self.rate

    def real(self, clock: float) -> float:
        return (clock - self.zero) / self.rate

    def may_act(self, now: float) -> bool:
        return self.lease.may_act(self.clock(now))


delays = st.one_of(st.just(0.0), st.floats(0, 0.3), st.floats(0, 5))
trips = st.builds(Trip, delays, delays, st.one_of(st.just(0.0), st.floats(0, 12)), st.booleans())
coordinators = st.builds(
    Coordinator,
    st.just(""),
    st.floats(0.9, 1.1),
    st.floats(0, 1000),
    st.lists(st.one_of(st.just(Trip(0.01, 0.01, 0.0, lost=False)), trips), min_size=1, max_size=20),
)


@settings(deadline=None, max_examples=300)
@given(coordinators, coordinators)
def test_never_two_that_may_act(one: Coordinator, two: Coordinator) -> None:
    redis, order = Redis(), 0
    queue: list[tuple[float, int, str, str, dict[str, Any]]] = []
    one.name, two.name = "one", "two"
    both = {"one": one, "two": two}

    def at(time: float, what: str, who: str, **facts: Any) -> None:
        nonlocal order
        order += 1  # of two things at one time, the one that was decided first
        heappush(queue, (time, order, what, who, facts))

    for name in both:
        at(0.0, "send", name, number=0)
    while queue:
        now, _, what, who, facts = heappop(queue)
        if now > END:
            break
        me = both[who]
        match what:
            case "send":
                trip = me.trips[facts["number"] % len(me.trips)]
                facts |= {"sent_at": me.clock(now), "lease": me.lease, "trip": trip}
                at(now + trip.out, "arrive", who, **facts)
                if trip.lost or trip.out + trip.back > TIMEOUT_SECONDS:
                    at(now + TIMEOUT_SECONDS + trip.pause, "unanswered", who, **facts)
            case "arrive":
                lease, trip = facts["lease"], facts["trip"]
                facts["answer"] = redis.renew(lease.token, now) if isinstance(lease, Leading) else redis.elect(who, now)
                if not (trip.lost or trip.out + trip.back > TIMEOUT_SECONDS):
                    at(now + trip.back + trip.pause, "answered", who, **facts)
            case "answered" | "unanswered":
                me.lease = _next(me, now, what, facts)
                at(max(now, me.real(me.lease.try_at)), "send", who, number=facts["number"] + 1)
        assert not (one.may_act(now) and two.may_act(now)), f"both act at {now}"


def _next(me: Coordinator, now: float, what: str, facts: dict[str, Any]) -> Lease:
    """What leadership.py makes of an answer, or of none."""
    lease: Lease
    if what == "unanswered":
        lease = RULES.unanswered(me.lease, me.clock(now))
    elif isinstance(me.lease, Leading):
        lease = RULES.renewed(me.lease, facts["sent_at"], still_ours=facts["answer"])
    else:
        epoch, held_ms = facts["answer"]
        if not epoch:
            return RULES.refused(me.clock(now), held_ms)
        lease = RULES.elected(me.name, epoch, facts["sent_at"])
    if isinstance(lease, Leading) and not lease.may_act(me.clock(now)):
        return RULES.begin(me.clock(now))
    return lease
