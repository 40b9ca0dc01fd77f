"""Channel points: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-points-custom-reward-add-event"""

from datetime import datetime

from twitch.eventsub.models.chat import EventMessage
from twitch.eventsub.models.shapes import EventNamedEmote, InChannel
from twitch.eventsub.models.subscriptions import EventSubscriptionMessage
from twitch.records import OpenEnum, Part, User


class AutomaticRewardType(OpenEnum):
    """Which of Twitch's own rewards. The last three are for bits and occur in version 1 only."""

    SINGLE_MESSAGE_BYPASS_SUB_MODE = "single_message_bypass_sub_mode"
    SEND_HIGHLIGHTED_MESSAGE = "send_highlighted_message"
    RANDOM_SUB_EMOTE_UNLOCK = "random_sub_emote_unlock"
    CHOSEN_SUB_EMOTE_UNLOCK = "chosen_sub_emote_unlock"
    CHOSEN_MODIFIED_SUB_EMOTE_UNLOCK = "chosen_modified_sub_emote_unlock"
    MESSAGE_EFFECT = "message_effect"
    GIGANTIFY_AN_EMOTE = "gigantify_an_emote"
    CELEBRATION = "celebration"


class RedemptionStatus(OpenEnum):
    """Where a redemption stands."""

    UNKNOWN = "unknown"
    UNFULFILLED = "unfulfilled"
    FULFILLED = "fulfilled"
    CANCELED = "canceled"


class EventChannelPointsAutomaticReward(Part, frozen=True, kw_only=True):
    """One of Twitch's own rewards, its cost, and the emote it unlocked."""

    type: AutomaticRewardType
    cost: int
    unlocked_emote: EventNamedEmote | None = None


class EventChannelPointsAutomaticRewardV2(Part, frozen=True, kw_only=True):
    """One of Twitch's own rewards, its cost in channel points, and the emote it unlocked."""

    type: AutomaticRewardType
    channel_points: int
    emote: EventNamedEmote | None = None


class ChannelPointsAutomaticRewardRedemptionAddEventV1(InChannel, frozen=True, kw_only=True):
    """``user`` redeems one of Twitch's own rewards."""

    id: str
    user: User
    reward: EventChannelPointsAutomaticReward
    message: EventSubscriptionMessage | None = None
    user_input: str | None = None
    redeemed_at: datetime


class ChannelPointsAutomaticRewardRedemptionAddEventV2(InChannel, frozen=True, kw_only=True):
    """``user`` redeems one of Twitch's own rewards."""

    id: str
    user: User
    reward: EventChannelPointsAutomaticRewardV2
    message: EventMessage | None = None
    redeemed_at: datetime


class EventMaxPerStream(Part, frozen=True, kw_only=True):
    """How often a reward can be redeemed in one stream, if that is limited."""

    is_enabled: bool = False
    value: int | None = None


class EventMaxPerUserPerStream(EventMaxPerStream, frozen=True, kw_only=True):
    """How often one viewer can redeem a reward in one stream, if that is limited."""


class EventGlobalCooldown(Part, frozen=True, kw_only=True):
    """How many seconds lie between two redemptions of a reward, if that is limited."""

    is_enabled: bool = False
    seconds: int | None = None


class EventImage(Part, frozen=True, kw_only=True):
    """An image in three sizes."""

    url_1x: str = ""
    url_2x: str = ""
    url_4x: str = ""


class ChannelPointsCustomRewardAddEvent(InChannel, frozen=True, kw_only=True):
    """A reward of the channel's own, new. ``background_color`` is #RRGGBB; without ``image`` the default one is shown."""

    id: str
    title: str = ""
    cost: int
    prompt: str = ""
    is_enabled: bool
    is_paused: bool = False
    is_in_stock: bool = True
    is_user_input_required: bool = False
    should_redemptions_skip_request_queue: bool = False
    max_per_stream: EventMaxPerStream = EventMaxPerStream()
    max_per_user_per_stream: EventMaxPerUserPerStream = EventMaxPerUserPerStream()
    global_cooldown: EventGlobalCooldown = EventGlobalCooldown()
    cooldown_expires_at: datetime | None = None
    redemptions_redeemed_current_stream: int | None = None
    background_color: str = ""
    image: EventImage | None = None
    default_image: EventImage | None = None


class ChannelPointsCustomRewardUpdateEvent(ChannelPointsCustomRewardAddEvent, frozen=True, kw_only=True):
    """A reward of the channel's own as it is now."""


class ChannelPointsCustomRewardRemoveEvent(ChannelPointsCustomRewardAddEvent, frozen=True, kw_only=True):
    """A reward of the channel's own that is no more."""


class EventCustomReward(Part, frozen=True, kw_only=True):
    """A reward of the channel's own, and its cost in channel points."""

    id: str
    title: str = ""
    cost: int
    prompt: str = ""


class ChannelPointsCustomRewardRedemptionAddEvent(InChannel, frozen=True, kw_only=True):
    """``user`` redeems a reward of the channel's own."""

    id: str
    user: User
    user_input: str = ""
    status: RedemptionStatus
    reward: EventCustomReward
    redeemed_at: datetime


class ChannelPointsCustomRewardRedemptionUpdateEvent(
    ChannelPointsCustomRewardRedemptionAddEvent, frozen=True, kw_only=True
):
    """A redemption was fulfilled or canceled."""
