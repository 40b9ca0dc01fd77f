"""Drops: what viewers have earned by watching."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import body, query
from twitch.records import OpenEnum, Record, User


class FulfillmentStatus(OpenEnum):
    """Whether a viewer has what they earned."""

    CLAIMED = "CLAIMED"
    FULFILLED = "FULFILLED"


class DropsEntitlement(Record, frozen=True, kw_only=True):
    """What a viewer has earned, and whether they have it."""

    id: str
    benefit_id: str = ""
    timestamp: datetime | None = None
    user: User
    game_id: str = ""
    fulfillment_status: FulfillmentStatus | None = None
    last_updated: datetime | None = None


class EntitlementUpdateStatus(OpenEnum):
    """How it went with an entitlement."""

    INVALID_ID = "INVALID_ID"
    NOT_FOUND = "NOT_FOUND"
    SUCCESS = "SUCCESS"
    UNAUTHORIZED = "UNAUTHORIZED"
    UPDATE_FAILED = "UPDATE_FAILED"


class DropsEntitlementUpdate(Record, frozen=True, kw_only=True):
    """How it went with some entitlements."""

    status: EntitlementUpdateStatus | None = None
    ids: tuple[str, ...] = ()


GET_DROPS_ENTITLEMENTS = Endpoint(
    "get_drops_entitlements",
    "GET",
    "/entitlements/drops",
    auth=Auth.EITHER,
    item=DropsEntitlement,
    answer=Answer.PAGES,
    about="What viewers have earned of the client's organisation; with a user's token that user alone.",
    parameters=(
        query.many("entitlement_ids", "id", at_most=100, optional=True),
        query.text("user_id", optional=True),
        query.text("game_id", optional=True),
        query.word("fulfillment_status", "CLAIMED", "FULFILLED", optional=True),
    ),
    page_size_max=1000,
    limit=1000,
)

UPDATE_DROPS_ENTITLEMENTS = Endpoint(
    "update_drops_entitlements",
    "PATCH",
    "/entitlements/drops",
    auth=Auth.EITHER,
    item=DropsEntitlementUpdate,
    answer=Answer.MANY,
    about="Tell that viewers have what they earned, any number of them. Read the status of each group.",
    parameters=(
        body.word("fulfillment_status", "CLAIMED", "FULFILLED"),
        body.many("entitlement_ids", at_most=100),
    ),
)
