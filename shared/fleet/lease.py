"""The lease decision: may this process act as leader, and when must it speak to Redis again?

One leader at a time, as far as one Redis primary answers. The holder counts its lease from *before* it sent the request
that granted or prolonged it, on a clock that runs through suspend, and stops acting at two thirds of it; Redis counts
from when the request arrived. So a leader that is paused, slow or cut off has stopped before Redis lets anybody else in:

    sent        arrived at Redis                      stops acting           lease ends here  lease ends at Redis
     |──────────────|────────────────────────────────────|───────────────────────|──────────────|

What it sends nevertheless is refused by its token (`commit.lua`). Pure: no clock is read and nothing is sent here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

Epoch = NewType("Epoch", int)
"""Fencing token: rises with every election and every assignment, over a Redis that lost its data too."""


def next_epoch(last: int, redis_now_ms: int) -> Epoch:
    """The epoch after `last`: Redis' time in ms where that is higher, so that it rises over an emptied Redis."""
    return Epoch(max(last + 1, redis_now_ms))


@dataclass(frozen=True, slots=True)
class Standby:
    """Somebody else leads, or nobody yet."""

    try_at: float

    def may_act(self, now: float) -> bool:  # noqa: ARG002 # one question for both states
        return False


@dataclass(frozen=True, slots=True)
class Leading:
    """We lead, while `may_act` says so."""

    epoch: Epoch
    token: str
    renewed_at: float
    try_at: float
    ttl_seconds: float

    @property
    def acts_until(self) -> float:
        return self.renewed_at + self.ttl_seconds * 2 / 3

    def may_act(self, now: float) -> bool:
        """Whether a write that is decided now may still be sent."""
        return now < self.acts_until

    def remaining_seconds(self, now: float) -> float:
        """How long a request that starts now may take at most."""
        return max(0.0, self.acts_until - now)


Lease = Standby | Leading

RENEWALS_PER_TTL = 6
"""A lease outlives three lost renewals before its holder stops acting at two thirds."""


@dataclass(frozen=True, slots=True)
class LeaseRules:
    """Decides on the lease from what Redis answered."""

    ttl_seconds: float

    def begin(self, now: float) -> Standby:
        return Standby(try_at=now)

    def elected(self, holder: str, epoch: int, sent_at: float) -> Leading:
        """The lease was granted by a request that was sent at `sent_at`."""
        return Leading(
            epoch=Epoch(epoch),
            token=f"{epoch}:{holder}",
            renewed_at=sent_at,
            try_at=sent_at + self.ttl_seconds / RENEWALS_PER_TTL,
            ttl_seconds=self.ttl_seconds,
        )

    def refused(self, now: float, held_ms: int) -> Standby:
        """Somebody else holds it for `held_ms` more: be there when it ends, and look now and then in case it is given back."""
        wait = min(held_ms / 1000, self.ttl_seconds / RENEWALS_PER_TTL)
        return Standby(try_at=now + max(wait, 0.01))

    def renewed(self, lease: Leading, sent_at: float, *, still_ours: bool) -> Lease:
        """Redis answered a renewal that was sent at `sent_at`."""
        if not still_ours:
            return Standby(try_at=sent_at)
        assert sent_at >= lease.renewed_at, "renewals are sent one after another"
        return Leading(
            lease.epoch, lease.token, sent_at, sent_at + self.ttl_seconds / RENEWALS_PER_TTL, self.ttl_seconds
        )

    def unanswered(self, lease: Lease, now: float) -> Lease:
        """Redis did not answer: go on as long as the lease allows, then stand by."""
        again_at = now + self.ttl_seconds / RENEWALS_PER_TTL / 2
        match lease:
            case Leading() if lease.may_act(now):
                return Leading(lease.epoch, lease.token, lease.renewed_at, again_at, lease.ttl_seconds)
            case _:
                return Standby(try_at=again_at)
