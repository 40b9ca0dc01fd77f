"""Which subscriptions are to be created, and what is known of those that exist. Pure.

Desired and listed are compared by type, version and condition (empty values of a condition are none). What is listed on
our conduit and unknown here is adopted as desired: never deleted for want of a record, since records can be lost and
subscriptions at Twitch are not. What is desired and dead is created again where that can help:
https://dev.twitch.tv/docs/eventsub/manage-subscriptions/#subscription-status
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec

from fleet.desired import MISSING, PENDING, REFUSED, Desired, RequestedBy, key_of
from twitch.models import Subscription, SubscriptionStatus

ENABLED = SubscriptionStatus.ENABLED.value

HOUR_MS = 3_600_000

HEALS_AFTER_MS: Mapping[str, int | None] = {
    PENDING: 0,
    MISSING: 0,
    "conduit_deleted": 0,
    "notification_failures_exceeded": 0,
    "websocket_disconnected": 0,
    "websocket_failed_ping_pong": 0,
    "websocket_received_inbound_traffic": 0,
    "websocket_connection_unused": 0,
    "websocket_internal_error": 0,
    "websocket_network_timeout": 0,
    "websocket_network_error": 0,
    "websocket_failed_to_reconnect": 0,
    "beta_maintenance": HOUR_MS,
    REFUSED: HOUR_MS,  # a scope may be granted, a ban lifted, meanwhile
    "moderator_removed": HOUR_MS,
    "chat_user_banned": HOUR_MS,
    # Only a person changes these: the user authorises again (and the program asks again), or is gone, or the version is.
    "authorization_revoked": None,
    "user_removed": None,
    "version_removed": None,
}
"""Status → how long after it was noted it is worth trying again, in ms; None for never. Unknown words wait an hour."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a listing."""

    creations: tuple[Desired, ...]
    """To be created at Twitch, oldest record first."""
    changes: tuple[Desired, ...]
    """Records to be written: their id or status has changed."""
    adoptions: tuple[Desired, ...]
    """Records to be written: found at Twitch and unknown here."""


def diff(
    desired: Mapping[str, Desired], listed: Iterable[Subscription], now_ms: int, *, fresh: Collection[str] = frozenset()
) -> Plan:
    """Compares what shall be with what Twitch lists on our conduit.

    fresh: keys of records that were written or dropped since the listing began: it may show what was before, and they are
    left alone.
    """
    best: dict[str, Subscription] = {}
    for subscription in listed:
        key = key_of(subscription.type, subscription.version, subscription.condition)
        other = best.get(key)
        if other is None or (subscription.is_enabled and not other.is_enabled):
            best[key] = subscription

    creations, changes = [], []
    for key, record in desired.items():
        found = best.pop(key, None)
        if key in fresh:
            continue
        seen = record if found is None else record_of(record, found, now_ms)
        if found is None and record.status not in _NOT_AT_TWITCH:
            seen = msgspec.structs.replace(record, status=MISSING, id="", updated_ms=now_ms)
        if seen is not record:
            changes.append(seen)
        if is_due(seen, now_ms):
            creations.append(seen)
    adoptions = [adopted(found, now_ms) for key, found in best.items() if found.is_enabled and key not in fresh]
    creations.sort(key=lambda record: (record.updated_ms, record.key))
    return Plan(tuple(creations), tuple(changes), tuple(adoptions))


_NOT_AT_TWITCH = frozenset({PENDING, REFUSED, MISSING})


def record_of(record: Desired, found: Subscription, now_ms: int) -> Desired:
    """The record with what Twitch says; the very same object where that says nothing new."""
    status = found.status.value
    if record.status == status and record.id == found.id and not record.error:
        return record
    return msgspec.structs.replace(record, status=status, id=found.id, error="", error_status=0, updated_ms=now_ms)


def adopted(found: Subscription, now_ms: int) -> Desired:
    """A record for what was found at Twitch."""
    return Desired(
        type=found.type,
        version=found.version,
        condition={name: value for name, value in found.condition.items() if value},
        requested_by=RequestedBy.ADOPTED.value,
        status=found.status.value,
        id=found.id,
        updated_ms=now_ms,
    )


def is_due(record: Desired, now_ms: int) -> bool:
    """Whether it is to be created (again) now. A record from the future tells of a clock that was set back, not of a wait."""
    if record.status == ENABLED:
        return False
    wait_ms = HEALS_AFTER_MS.get(record.status, HOUR_MS)
    return wait_ms is not None and not 0 <= now_ms - record.updated_ms < wait_ms
