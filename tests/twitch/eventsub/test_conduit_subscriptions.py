"""Subscribing to what is subscribed already, when Twitch names the other one, pads its condition, or says nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from twitch.errors import Conflict, NotFound
from twitch.eventsub.conduit_subscriptions import ConduitSubscriptions
from twitch.eventsub.types import SubscriptionRequest
from twitch.helix.calls import Reply
from twitch.helix.pages import PaginatedRequest
from twitch.models import Subscription, SubscriptionStatus, SubscriptionTransport

REQUEST = SubscriptionRequest("channel.raid", "1", {"to_broadcaster_user_id": "1"})


def one(subscription_id: str, condition: Mapping[str, str], conduit_id: str = "c") -> Subscription:
    transport = SubscriptionTransport(method="conduit", conduit_id=conduit_id)
    return Subscription(id=subscription_id, type="channel.raid", version="1", condition=condition, transport=transport)


class Api:
    """Says 409 to every creation, and lists what it's told to."""

    def __init__(self, listed: Sequence[Subscription], existing_id: str | None = None) -> None:
        self.listed = listed
        self.existing_id = existing_id
        self.calls: list[str] = []

    async def create_eventsub_subscription(self, *args: Any, **options: Any) -> Subscription:
        self.calls.append("create")
        raise Conflict(409, "subscription already exists", existing_id=self.existing_id)

    def get_eventsub_subscriptions(self, **filters: Any) -> PaginatedRequest[Subscription]:
        self.calls.append(f"list by {', '.join(filters)}")
        wanted = filters.get("subscription_id")

        async def fetch(cursor: str | None, first: int | None) -> Reply[Subscription]:
            return Reply(tuple(s for s in self.listed if wanted in (None, s.id)), None, {}, None, {})

        return PaginatedRequest(fetch)

    async def delete_eventsub_subscription(self, subscription_id: str) -> None:
        raise NotFound(404, "subscription not found")


def subscriptions(api: Any, *, ignore_conflict: bool = True) -> ConduitSubscriptions:
    return ConduitSubscriptions(api, "c", ignore_conflict=ignore_conflict)


async def test_the_one_that_twitch_names_is_taken() -> None:
    api = Api([one("s1", {}), one("s2", {})], "s2")
    assert (await subscriptions(api).create(REQUEST)).id == "s2"
    assert api.calls == ["create", "list by subscription_id"]


async def test_else_the_one_with_an_equal_condition_empty_values_aside() -> None:
    padded = {"to_broadcaster_user_id": "1", "from_broadcaster_user_id": ""}
    api = Api([one("other", {"to_broadcaster_user_id": "2"}), one("elsewhere", padded, "d"), one("s3", padded)])
    assert (await subscriptions(api).create(REQUEST)).id == "s3"


async def test_one_that_is_dead_stands_in_nobodys_way() -> None:
    dead = replace(one("s1", REQUEST.condition), status=SubscriptionStatus.AUTHORIZATION_REVOKED)
    api = Api([dead, one("s2", REQUEST.condition)])
    assert (await subscriptions(api).create(REQUEST)).id == "s2"


async def test_where_there_is_none_the_conflict_comes_out_after_one_look() -> None:
    api = Api([])
    with pytest.raises(Conflict):
        await subscriptions(api).create(REQUEST)
    assert api.calls == ["create", "list by type"]


async def test_a_conflict_can_be_asked_for() -> None:
    api = Api([one("s1", {})], "s1")
    with pytest.raises(Conflict):
        await subscriptions(api, ignore_conflict=False).create(REQUEST)
    assert api.calls == ["create"]


async def test_deleting_what_is_gone_is_no_error() -> None:
    await subscriptions(Api([])).delete("s1")
