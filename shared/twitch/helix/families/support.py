"""Bits and paid subscriptions."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.families.channel_points import GlobalCooldown, MaxPerStream, MaxPerUserPerStream, RewardImages
from twitch.helix.parameters import query
from twitch.records import OpenEnum, Record, User


class SubscriptionTier(OpenEnum):
    """The tier of a subscription."""

    TIER_1 = "1000"
    TIER_2 = "2000"
    TIER_3 = "3000"


class BroadcasterSubscription(Record, frozen=True, kw_only=True):
    """That somebody subscribes to a channel, themselves or by another's gift."""

    broadcaster: User
    gifter: User | None = None
    is_gift: bool = False
    plan_name: str = ""
    tier: SubscriptionTier | None = None
    user: User


class UserSubscription(Record, frozen=True, kw_only=True):
    """That a user subscribes to a channel."""

    broadcaster: User
    gifter: User | None = None
    is_gift: bool = False
    tier: SubscriptionTier | None = None


class BitsLeaderboardEntry(Record, frozen=True, kw_only=True):
    """Who gave how many Bits."""

    user: User
    rank: int = 0
    score: int = 0


class CustomPowerUp(Record, frozen=True, kw_only=True):
    """A reward that viewers pay for with Bits."""

    broadcaster: User
    id: str
    title: str = ""
    prompt: str = ""
    bits: int = 0
    """Price in Bits."""
    image: RewardImages | None = None
    default_image: RewardImages | None = None
    background_color: str = ""
    """Hex colour behind the image."""
    is_enabled: bool = False
    is_user_input_required: bool = False
    max_per_stream_setting: MaxPerStream | None = None
    max_per_user_per_stream_setting: MaxPerUserPerStream | None = None
    global_cooldown_setting: GlobalCooldown | None = None
    is_paused: bool = False
    is_in_stock: bool = False
    redemptions_redeemed_current_stream: int | None = None
    """Redemptions this stream, None if not counted."""
    cooldown_expires_at: datetime | None = None
    """When the cooldown ends, None if none."""


GET_BROADCASTER_SUBSCRIPTIONS = Endpoint(
    "get_broadcaster_subscriptions",
    "GET",
    "/subscriptions",
    auth=Auth.EITHER,
    scopes=("channel:read:subscriptions",),
    granted_by="broadcaster_id",
    item=BroadcasterSubscription,
    answer=Answer.PAGES,
    about="Who subscribes to the channel, or which of the given users do. ``extras`` has total and points.",
    parameters=(
        query.many("user_ids", "user_id", at_most=100, optional=True),
        query.own("broadcaster_id", always=True),
    ),
    page_size_max=100,
)

CHECK_USER_SUBSCRIPTION = Endpoint(
    "check_user_subscription",
    "GET",
    "/subscriptions/user",
    auth=Auth.USER,
    scopes=("user:read:subscriptions",),
    item=UserSubscription,
    answer=Answer.ONE,
    about="The user's subscription to a channel. Raises NotFound where they don't subscribe.",
    parameters=(
        query.text("broadcaster_id"),
        query.own("user_id", always=True),
    ),
)

GET_BITS_LEADERBOARD = Endpoint(
    "get_bits_leaderboard",
    "GET",
    "/bits/leaderboard",
    auth=Auth.USER,
    scopes=("bits:read",),
    item=BitsLeaderboardEntry,
    answer=Answer.ITEMS,
    about="Who gave the channel the most Bits; up to 100 entries of a period that begins at a time. ``extras`` has its dates.",
    parameters=(
        query.whole("count", default=10),
        query.word("period", "day", "week", "month", "year", "all", default="all"),
        query.moment("started_at", optional=True),
        query.text("user_id_filter", "user_id", optional=True),
    ),
)

GET_CUSTOM_POWER_UP = Endpoint(
    "get_custom_power_up",
    "GET",
    "/bits/custom_power_ups",
    auth=Auth.USER,
    scopes=("bits:read",),
    item=CustomPowerUp,
    answer=Answer.MANY,
    about="The channel's own power-ups, or the given ones.",
    parameters=(
        query.many("power_up_ids", "id", at_most=50, optional=True),
        query.own("broadcaster_id", always=True),
    ),
)
