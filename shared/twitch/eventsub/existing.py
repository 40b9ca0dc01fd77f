"""Which subscription it is that stands in the way of one that Twitch answered with 409.

Twitch names it where it can; else it's looked for among those of its type, by conditions without their empty values,
since Twitch returns them padded with keys that nobody gave. A dead one stands in nobody's way. It's looked for once:
what isn't found stays a conflict.
https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription
"""

from collections.abc import Callable

from twitch.api import AppAPI, UserAPI
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Subscription, SubscriptionTransport, normal_condition


async def find_existing(
    api: AppAPI | UserAPI,
    request: SubscriptionRequest,
    subscription_id: str | None,
    *,
    goes_there: Callable[[SubscriptionTransport], bool],
) -> Subscription | None:
    """The subscription that Twitch named, else the one that is equal to the request; None if there's neither."""
    if subscription_id is not None:
        named = await api.get_eventsub_subscriptions(subscription_id=subscription_id)
        if named:
            return named[0]
    wanted = normal_condition(request.condition)
    async for subscription in api.get_eventsub_subscriptions(type=request.type):
        if (
            subscription.is_enabled
            and subscription.version == request.version
            and goes_there(subscription.transport)
            and normal_condition(subscription.condition) == wanted
        ):
            return subscription
    return None
