"""What a chat shows that nobody wrote: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-notification-event

A notice is of one type, and the field of that name says more: for ``notice_type`` "resub" that is ``resub``. Notices from
another channel of a shared chat have fields of their own, which begin with ``shared_chat_``.
"""

from typing import TypeAlias, cast

import msgspec

from twitch.eventsub.models.chat import EventChatBadge, EventMessage
from twitch.eventsub.models.shapes import EventMoneyAmount, InChannel, Older, Person, SubscriptionTier
from twitch.records import OpenEnum, Part, User


class NoticeType(OpenEnum):
    """What a notice tells."""

    SUB = "sub"
    RESUB = "resub"
    SUB_GIFT = "sub_gift"
    COMMUNITY_SUB_GIFT = "community_sub_gift"
    GIFT_PAID_UPGRADE = "gift_paid_upgrade"
    PRIME_PAID_UPGRADE = "prime_paid_upgrade"
    RAID = "raid"
    UNRAID = "unraid"
    PAY_IT_FORWARD = "pay_it_forward"
    ANNOUNCEMENT = "announcement"
    BITS_BADGE_TIER = "bits_badge_tier"
    CHARITY_DONATION = "charity_donation"
    WATCH_STREAK = "watch_streak"
    MODIVERSARY = "modiversary"
    SHARED_CHAT_SUB = "shared_chat_sub"
    SHARED_CHAT_RESUB = "shared_chat_resub"
    SHARED_CHAT_SUB_GIFT = "shared_chat_sub_gift"
    SHARED_CHAT_COMMUNITY_SUB_GIFT = "shared_chat_community_sub_gift"
    SHARED_CHAT_GIFT_PAID_UPGRADE = "shared_chat_gift_paid_upgrade"
    SHARED_CHAT_PRIME_PAID_UPGRADE = "shared_chat_prime_paid_upgrade"
    SHARED_CHAT_RAID = "shared_chat_raid"
    SHARED_CHAT_PAY_IT_FORWARD = "shared_chat_pay_it_forward"
    SHARED_CHAT_ANNOUNCEMENT = "shared_chat_announcement"
    SHARED_CHAT_MODIVERSARY = "shared_chat_modiversary"
    UNKNOWN = "unknown"


class AnnouncementColor(OpenEnum):
    """The colour of an announcement. Twitch doesn't say in which case it writes these, so both are taken."""

    PRIMARY = "PRIMARY"
    BLUE = "BLUE"
    GREEN = "GREEN"
    ORANGE = "ORANGE"
    PURPLE = "PURPLE"

    @classmethod
    def _missing_(cls, value: object) -> "AnnouncementColor | None":
        known = cls.__members__.get(value.upper()) if isinstance(value, str) else None
        return known or super()._missing_(value)


class EventSub(Part, frozen=True, kw_only=True):
    """A first subscription. ``duration_months`` is what was paid for at once."""

    sub_tier: SubscriptionTier
    is_prime: bool = False
    duration_months: int = 1


class EventResub(Part, frozen=True, kw_only=True):
    """A subscription that goes on. ``streak_months`` is None if the subscriber doesn't share it.

    ``sub_plan`` is how an example on Twitch's page spells ``sub_tier``, which holds it too.
    """

    cumulative_months: int
    duration_months: int = 0
    streak_months: int | None = None
    sub_tier: SubscriptionTier | None = None
    sub_plan: SubscriptionTier | None = None
    is_prime: bool = False
    is_gift: bool = False
    gifter_is_anonymous: bool | None = None
    gifter: User | None = None

    gifter_user = Older[User | None]()

    def __post_init__(self) -> None:
        if self.sub_tier is None:
            msgspec.structs.force_setattr(self, "sub_tier", self.sub_plan)


class EventSubGift(Part, frozen=True, kw_only=True):
    """A subscription given to ``recipient``; with ``community_gift_id`` it is one of many given at once."""

    recipient: User
    sub_tier: SubscriptionTier
    duration_months: int = 1
    cumulative_total: int | None = None
    community_gift_id: str | None = None

    recipient_user = Older[User]()


class EventCommunitySubGift(Part, frozen=True, kw_only=True):
    """``total`` subscriptions given at once to the community. ``cumulative_total`` is None for an anonymous giver."""

    id: str
    total: int
    sub_tier: SubscriptionTier
    cumulative_total: int | None = None


class EventGiftPaidUpgrade(Part, frozen=True, kw_only=True):
    """Somebody goes on paying for what was a gift. ``gifter`` is None if anonymous."""

    gifter_is_anonymous: bool = False
    gifter: User | None = None

    gifter_user = Older[User | None]()


class EventPrimePaidUpgrade(Part, frozen=True, kw_only=True):
    """Somebody pays for what came with Prime."""

    sub_tier: SubscriptionTier


class EventPayItForward(Part, frozen=True, kw_only=True):
    """Somebody who was given a subscription gives one. ``recipient`` is None if it's for the community."""

    gifter_is_anonymous: bool = False
    gifter: User | None = None
    recipient: User | None = None

    gifter_user = Older[User | None]()
    recipient_user = Older[User | None]()


class EventRaid(Person, frozen=True, kw_only=True):
    """``user`` raids the channel with so many viewers."""

    viewer_count: int = 0
    profile_image_url: str = ""


class EventUnraid(Part, frozen=True, kw_only=True):
    """A raid is called off."""

    recipient: User | None = None

    recipient_user = Older[User | None]()


class EventAnnouncement(Part, frozen=True, kw_only=True):
    """A moderator announces something."""

    color: AnnouncementColor = AnnouncementColor.PRIMARY


class EventBits(Part, frozen=True, kw_only=True):
    """A new badge for bits; ``tier`` is how many bits it stands for."""

    tier: int


class EventCharityDonation(Part, frozen=True, kw_only=True):
    """Somebody donates to the charity of the channel."""

    charity_name: str = ""
    amount: EventMoneyAmount


class EventWatchStreak(Part, frozen=True, kw_only=True):
    """Somebody has watched so many streams in a row."""

    streak_count: int
    channel_points_awarded: int = 0


class EventModiversary(Part, frozen=True, kw_only=True):
    """Somebody has been a moderator for so many months."""

    months: int


Notice: TypeAlias = (
    EventSub
    | EventResub
    | EventSubGift
    | EventCommunitySubGift
    | EventGiftPaidUpgrade
    | EventPrimePaidUpgrade
    | EventPayItForward
    | EventRaid
    | EventUnraid
    | EventAnnouncement
    | EventBits
    | EventCharityDonation
    | EventWatchStreak
    | EventModiversary
)


class ChannelChatNotificationEvent(InChannel, frozen=True, kw_only=True):
    """A notice in the chat. ``chatter`` is None if anonymous; ``notice`` is the field that ``notice_type`` names."""

    chatter: User | None = None
    chatter_is_anonymous: bool = False
    color: str = ""
    badges: tuple[EventChatBadge, ...] = ()
    system_message: str = ""
    message_id: str
    message: EventMessage
    notice_type: NoticeType
    sub: EventSub | None = None
    resub: EventResub | None = None
    sub_gift: EventSubGift | None = None
    community_sub_gift: EventCommunitySubGift | None = None
    gift_paid_upgrade: EventGiftPaidUpgrade | None = None
    prime_paid_upgrade: EventPrimePaidUpgrade | None = None
    pay_it_forward: EventPayItForward | None = None
    raid: EventRaid | None = None
    unraid: EventUnraid | None = None
    announcement: EventAnnouncement | None = None
    bits_badge_tier: EventBits | None = None
    charity_donation: EventCharityDonation | None = None
    watch_streak: EventWatchStreak | None = None
    modiversary: EventModiversary | None = None
    shared_chat_sub: EventSub | None = None
    shared_chat_resub: EventResub | None = None
    shared_chat_sub_gift: EventSubGift | None = None
    shared_chat_community_sub_gift: EventCommunitySubGift | None = None
    shared_chat_gift_paid_upgrade: EventGiftPaidUpgrade | None = None
    shared_chat_prime_paid_upgrade: EventPrimePaidUpgrade | None = None
    shared_chat_pay_it_forward: EventPayItForward | None = None
    shared_chat_raid: EventRaid | None = None
    shared_chat_unraid: EventUnraid | None = None
    shared_chat_announcement: EventAnnouncement | None = None
    shared_chat_bits_badge_tier: EventBits | None = None
    shared_chat_charity_donation: EventCharityDonation | None = None
    shared_chat_modiversary: EventModiversary | None = None
    source_broadcaster: User | None = None
    source_message_id: str | None = None
    source_badges: tuple[EventChatBadge, ...] | None = None
    is_source_only: bool | None = None

    chatter_user = Older[User | None]()
    source_broadcaster_user = Older[User | None]()

    @property
    def notice(self) -> Notice | None:
        """What the notice says besides its text, or None for a type that the library doesn't know."""
        known = self.notice_type in NoticeType.__members__.values()
        return cast("Notice | None", getattr(self, self.notice_type, None)) if known else None
