"""Subscriptions whose events go to one conduit. They belong to the conduit, and outlive every socket and process.

Asking for one that exists is no error: Twitch answers 409, and the other is found (existing.py).
https://dev.twitch.tv/docs/eventsub/handling-conduit-events/
"""

from collections.abc import Sequence

from twitch.api import AppAPI
from twitch.errors import Conflict, NotFound
from twitch.eventsub.existing import find_existing
from twitch.eventsub.types import BY_TYPE_AND_VERSION, SubscriptionRequest
from twitch.models import Subscription


class ConduitSubscriptions:
    """Creates, lists and deletes them. Without ``ignore_conflict`` a subscription that exists is a Conflict."""

    def __init__(self, api: AppAPI, conduit_id: str, *, ignore_conflict: bool) -> None:
        self._api = api
        self._conduit_id = conduit_id
        self._ignore_conflict = ignore_conflict

    async def create(self, request: SubscriptionRequest) -> Subscription:
        """See to it that it exists, and return it."""
        row = BY_TYPE_AND_VERSION.get((request.type, request.version))
        try:
            created, _ = await self._api.create_eventsub_subscription(
                request.type,
                request.version,
                {"method": "conduit", "conduit_id": self._conduit_id},
                request.condition,
                is_batching_enabled=True if row is not None and row.batched else None,
            )
            return created
        except Conflict as conflict:
            if not self._ignore_conflict:
                raise
            existing = await find_existing(
                self._api, request, conflict.existing_id, goes_there=lambda t: t.conduit_id == self._conduit_id
            )
            if existing is None:
                raise
            return existing

    async def delete(self, subscription_id: str) -> None:
        """See to it that it's gone."""
        try:
            await self._api.delete_eventsub_subscription(subscription_id)
        except NotFound:
            return

    async def list(self) -> Sequence[Subscription]:
        """Those that exist."""
        return await self._api.get_eventsub_subscriptions(conduit_id=self._conduit_id)
