"""What happens in a channel besides chat: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-update-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import InChannel
from twitch.records import OpenEnum, Record, User


class SubscriptionTier(OpenEnum):
    """The price class of a channel subscription."""

    TIER_1 = "1000"
    TIER_2 = "2000"
    TIER_3 = "3000"


class ChannelUpdateEvent(InChannel, frozen=True, kw_only=True):
    """The channel's title, language, category or content labels are now these."""

    title: str = ""
    language: str = ""
    category_id: str = ""
    category_name: str = ""
    content_classification_labels: tuple[str, ...] = ()


class ChannelFollowEvent(InChannel, frozen=True, kw_only=True):
    """``user`` follows the channel."""

    user: User
    followed_at: datetime


class ChannelSubscribeEvent(InChannel, frozen=True, kw_only=True):
    """``user`` subscribes for the first time. Resubscriptions are another type."""

    user: User
    tier: SubscriptionTier
    is_gift: bool = False


class ChannelCheerEvent(InChannel, frozen=True, kw_only=True):
    """Somebody cheers; ``user`` is None if they did so anonymously."""

    user: User | None = None
    is_anonymous: bool = False
    message: str = ""
    bits: int


class ChannelRaidEvent(Record, frozen=True, kw_only=True):
    """One channel sends its ``viewers`` to another."""

    from_broadcaster: User
    to_broadcaster: User
    viewers: int

    @property
    def from_broadcaster_user(self) -> User:
        return self.from_broadcaster

    @property
    def to_broadcaster_user(self) -> User:
        return self.to_broadcaster
