"""Channel points: rewards of a channel's own, and their redemptions. A client can change the rewards that it made."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import body, query
from twitch.records import OpenEnum, Part, Record, User


class RewardImages(Part, frozen=True, kw_only=True):
    """The image of a reward or power-up, by size."""

    url_1x: str = ""
    url_2x: str = ""
    url_4x: str = ""


class MaxPerStream(Part, frozen=True, kw_only=True):
    """How often a reward or power-up can be had in a stream, if that is limited."""

    is_enabled: bool = False
    max_per_stream: int = 0


class MaxPerUserPerStream(Part, frozen=True, kw_only=True):
    """How often one viewer can have it in a stream, if that is limited."""

    is_enabled: bool = False
    max_per_user_per_stream: int = 0


class GlobalCooldown(Part, frozen=True, kw_only=True):
    """How long a reward or power-up rests after it was had, if it does."""

    is_enabled: bool = False
    global_cooldown_seconds: int = 0
    """Cooldown in seconds."""


class CustomReward(Record, frozen=True, kw_only=True):
    """A reward that viewers pay for with channel points."""

    broadcaster: User
    id: str
    title: str = ""
    prompt: str = ""
    cost: int = 0
    """Price in channel points."""
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
    should_redemptions_skip_request_queue: bool = False
    redemptions_redeemed_current_stream: int | None = None
    """Redemptions this stream, None if not counted."""
    cooldown_expires_at: datetime | None = None
    """When the cooldown ends, None if none."""


class RedeemedReward(Part, frozen=True, kw_only=True):
    """A reward as it was when redeemed."""

    id: str = ""
    title: str = ""
    prompt: str = ""
    cost: int = 0
    """Price in channel points."""


class RedemptionStatus(OpenEnum):
    """What became of a redemption."""

    CANCELED = "CANCELED"
    FULFILLED = "FULFILLED"
    UNFULFILLED = "UNFULFILLED"


class CustomRewardRedemption(Record, frozen=True, kw_only=True):
    """That a viewer redeemed a reward, and what became of it."""

    broadcaster: User
    id: str
    user: User
    reward: RedeemedReward | None = None
    user_input: str = ""
    status: RedemptionStatus | None = None
    redeemed_at: datetime | None = None


_SETTINGS = (
    body.text("background_color", optional=True),
    body.flag("is_enabled", optional=True),
    body.flag("is_user_input_required", optional=True),
    body.flag("is_max_per_stream_enabled", optional=True),
    body.whole("max_per_stream", optional=True),
    body.flag("is_max_per_user_per_stream_enabled", optional=True),
    body.whole("max_per_user_per_stream", optional=True),
    body.flag("is_global_cooldown_enabled", optional=True),
    body.whole("global_cooldown_seconds", optional=True),
    body.flag("should_redemptions_skip_request_queue", optional=True),
)

CREATE_CUSTOM_REWARDS = Endpoint(
    "create_custom_rewards",
    "POST",
    "/channel_points/custom_rewards",
    auth=Auth.USER,
    scopes=("channel:manage:redemptions",),
    item=CustomReward,
    answer=Answer.ONE,
    about="Make a reward, of at most 50 of a channel; ``cost`` in channel points.",
    parameters=(
        body.text("title"),
        body.whole("cost"),
        body.text("prompt", optional=True),
        *_SETTINGS,
        query.own("broadcaster_id", always=True),
    ),
)

UPDATE_CUSTOM_REWARD = Endpoint(
    "update_custom_reward",
    "PATCH",
    "/channel_points/custom_rewards",
    auth=Auth.USER,
    scopes=("channel:manage:redemptions",),
    item=CustomReward,
    answer=Answer.ONE,
    about="Change a reward that this client made; what isn't given stays.",
    parameters=(
        query.text("reward_id", "id"),
        body.text("title", optional=True),
        body.text("prompt", optional=True),
        body.whole("cost", optional=True),
        *_SETTINGS,
        body.flag("is_paused", optional=True),
        query.own("broadcaster_id", always=True),
    ),
)

DELETE_CUSTOM_REWARD = Endpoint(
    "delete_custom_reward",
    "DELETE",
    "/channel_points/custom_rewards",
    auth=Auth.USER,
    scopes=("channel:manage:redemptions",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Delete a reward that this client made; what was redeemed and not fulfilled counts as fulfilled.",
    parameters=(
        query.text("reward_id", "id"),
        query.own("broadcaster_id", always=True),
    ),
)

GET_CUSTOM_REWARD = Endpoint(
    "get_custom_reward",
    "GET",
    "/channel_points/custom_rewards",
    auth=Auth.USER,
    scopes=(
        "channel:read:redemptions",
        "channel:manage:redemptions",
    ),
    item=CustomReward,
    answer=Answer.MANY,
    about="The channel's rewards, or the given ones; those alone that this client may change, if so wanted.",
    parameters=(
        query.many("reward_ids", "id", at_most=50, optional=True),
        query.flag("only_manageable_rewards", default=False),
        query.own("broadcaster_id", always=True),
    ),
)

GET_CUSTOM_REWARD_REDEMPTION = Endpoint(
    "get_custom_reward_redemption",
    "GET",
    "/channel_points/custom_rewards/redemptions",
    auth=Auth.USER,
    scopes=(
        "channel:read:redemptions",
        "channel:manage:redemptions",
    ),
    item=CustomRewardRedemption,
    answer=Answer.PAGES,
    about="Redemptions of a reward that this client made, of one status or by their ids.",
    one_of=("status", "redemption_ids"),
    parameters=(
        query.text("reward_id"),
        query.word("status", "CANCELED", "FULFILLED", "UNFULFILLED", optional=True),
        query.many("redemption_ids", "id", at_most=50, optional=True),
        query.word("sort", "OLDEST", "NEWEST", default="OLDEST"),
        query.own("broadcaster_id", always=True),
    ),
    page_size_max=50,
    limit=100,
)

UPDATE_REDEMPTION_STATUS = Endpoint(
    "update_redemption_status",
    "PATCH",
    "/channel_points/custom_rewards/redemptions",
    auth=Auth.USER,
    scopes=("channel:manage:redemptions",),
    item=CustomRewardRedemption,
    answer=Answer.MANY,
    about="Fulfil redemptions or cancel them, which gives the points back; any number of them.",
    parameters=(
        query.many("redemption_ids", "id", at_most=50),
        query.text("reward_id"),
        body.word("status", "CANCELED", "FULFILLED"),
        query.own("broadcaster_id", always=True),
    ),
)
