"""Subscriptions to events: https://dev.twitch.tv/docs/eventsub/manage-subscriptions/

With a user's token those of WebSockets, with the app's those of conduits and webhooks.
"""

from twitch.helix.endpoints import Answer, Auth, Endpoint, Lane, Nothing, View
from twitch.helix.parameters import body, query
from twitch.models.subscriptions import Subscription

CREATE_EVENTSUB_SUBSCRIPTION = Endpoint(
    "create_eventsub_subscription",
    "POST",
    "/eventsub/subscriptions",
    auth=Auth.EITHER,
    success=202,
    item=Subscription,
    answer=Answer.ONE,
    by_hand=True,
    parameters=(
        body.text("type"),
        body.text("version"),
        body.shaped("transport", "Mapping[str, Any]"),
        body.shaped("condition", "Mapping[str, str]"),
        body.flag("is_batching_enabled", optional=True),
    ),
    lane=Lane.SUBSCRIPTIONS,
)
DELETE_EVENTSUB_SUBSCRIPTION = Endpoint(
    "delete_eventsub_subscription",
    "DELETE",
    "/eventsub/subscriptions",
    auth=Auth.EITHER,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Delete a subscription. Raises NotFound where there's none.",
    parameters=(query.text("subscription_id", "id"),),
    lane=Lane.SUBSCRIPTIONS,
)
GET_EVENTSUB_SUBSCRIPTIONS = Endpoint(
    "get_eventsub_subscriptions",
    "GET",
    "/eventsub/subscriptions",
    auth=Auth.EITHER,
    item=Subscription,
    answer=Answer.PAGES,
    # The one of all filters, get_eventsub_subscriptions, is written by hand.
    views=(
        View("get_eventsub_subscriptions_by_status", "Subscriptions of one status.", ("status",)),
        View("get_eventsub_subscriptions_by_type", "Subscriptions of one type.", ("subscriptions_type",)),
        View("get_eventsub_subscriptions_by_user_id", "Subscriptions whose condition names a user.", ("user_id",)),
    ),
    parameters=(
        query.text("status", optional=True),
        query.text("subscriptions_type", "type", optional=True),
        query.own("user_id"),
        query.text("subscription_id", optional=True),
        query.text("conduit_id", optional=True),
    ),
    lane=Lane.SUBSCRIPTIONS,
)
SUBSCRIPTION_FILTERS = ("status", "type", "user_id", "subscription_id", "conduit_id")
"""Twitch takes at most one of these."""
