"""Drops, batched: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#drop-entitlement-grant-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import Person
from twitch.records import Record


class EventDropEntitlementGrantData(Person, frozen=True, kw_only=True):
    """What ``user`` may now have, and by which campaign."""

    entitlement_id: str
    benefit_id: str
    organization_id: str = ""
    campaign_id: str = ""
    category_id: str = ""
    category_name: str = ""
    created_at: datetime


class DropEntitlementGrantEvent(Record, frozen=True, kw_only=True):
    """Somebody is entitled to a drop. ``id`` is the event's own: several come in one message, and may come again."""

    id: str
    data: EventDropEntitlementGrantData
