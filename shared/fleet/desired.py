"""The subscriptions that the fleet wants, as they stand in `‹ns›:ctl:subscriptions`: one JSON record a field.

The leader writes them: what the program asked for, what was found at Twitch and adopted, and its own. Handler processes
answer the program's `self.eventsub.…` from them, and the admin API shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from fleet.reports import read
from twitch.errors import Conflict, HTTPException, error_class
from twitch.models import Subscription, SubscriptionStatus, SubscriptionTransport, normal_condition

PENDING = "pending"
"""Status of one that was asked for and not yet created."""
REFUSED = "refused"
"""Status of one that Twitch does not let us have; `error` says why."""
MISSING = "missing"
"""Status of one that Twitch does not list (any more); it is created again."""


class RequestedBy(StrEnum):
    """Who asked for a subscription."""

    APP = "app"
    FLEET = "fleet"
    """The coordinator, for its own ends."""
    ADOPTED = "adopted"
    """Nobody on record: it was found on our conduit."""
    API = "api"


class Desired(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription that shall exist."""

    type: str
    version: str
    condition: dict[str, str] = {}
    requested_by: str = RequestedBy.APP.value
    status: str = PENDING
    """Twitch's word, or one of ours above."""
    id: str = ""
    error: str = ""
    error_status: int = 0
    """HTTP status of Twitch's refusal; 0 where there was none."""
    updated_ms: int = 0

    @property
    def key(self) -> str:
        return key_of(self.type, self.version, self.condition)

    def as_subscription(self, conduit_id: str) -> Subscription:
        """The form in which a program gets it."""
        return Subscription(
            id=self.id,
            type=self.type,
            version=self.version,
            status=SubscriptionStatus(self.status),
            condition=self.condition,
            transport=SubscriptionTransport(method="conduit", conduit_id=conduit_id),
        )

    def as_error(self) -> HTTPException:
        """Twitch's refusal, as the leader met it."""
        kind = error_class(self.error_status)
        return (HTTPException if kind is Conflict else kind)(
            self.error_status, self.error, endpoint="create_eventsub_subscription"
        )


def key_of(type_: str, version: str, condition: Mapping[str, str | None]) -> str:
    """Names a subscription: type, version and condition; empty values of a condition are none."""
    return "|".join((type_, version, ",".join(f"{key}={value}" for key, value in normal_condition(condition).items())))


_decoder = msgspec.json.Decoder(Desired)
encode = msgspec.json.Encoder().encode
"""A record as it stands in Redis."""


def decode(raw: bytes) -> Desired:
    """A record from Redis. Raises msgspec.DecodeError."""
    return read(_decoder, raw)
