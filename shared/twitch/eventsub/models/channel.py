"""What happens to a channel as a whole: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-update-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import InChannel, Moderated, Older
from twitch.records import OpenEnum, Record, User


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


class ChannelAdBreakBeginEvent(InChannel, frozen=True, kw_only=True):
    """An ad break begins. If it ``is_automatic``, ``requester`` is the broadcaster."""

    duration_seconds: int
    started_at: datetime
    is_automatic: bool = False
    requester: User

    requester_user = Older[User]()


class ChannelRaidEvent(Record, frozen=True, kw_only=True):
    """One channel sends its ``viewers`` to another."""

    from_broadcaster: User
    to_broadcaster: User
    viewers: int

    from_broadcaster_user = Older[User]()
    to_broadcaster_user = Older[User]()


class ChannelShoutoutCreateEvent(Moderated, frozen=True, kw_only=True):
    """The channel points to another. It may do so again from ``cooldown_ends_at``, for that channel from the later time."""

    to_broadcaster: User
    viewer_count: int
    started_at: datetime
    cooldown_ends_at: datetime
    target_cooldown_ends_at: datetime

    to_broadcaster_user = Older[User]()


class ChannelShoutoutReceiveEvent(InChannel, frozen=True, kw_only=True):
    """Another channel points to this one, before so many viewers."""

    from_broadcaster: User
    viewer_count: int
    started_at: datetime

    from_broadcaster_user = Older[User]()


class GoalType(OpenEnum):
    """What a goal counts."""

    FOLLOW = "follow"
    SUBSCRIPTION = "subscription"
    SUBSCRIPTION_COUNT = "subscription_count"
    NEW_SUBSCRIPTION = "new_subscription"
    NEW_SUBSCRIPTION_COUNT = "new_subscription_count"
    NEW_BIT = "new_bit"
    NEW_CHEERER = "new_cheerer"


class ChannelGoalBeginEvent(InChannel, frozen=True, kw_only=True):
    """The channel sets itself a goal."""

    id: str
    type: GoalType
    description: str = ""
    current_amount: int
    target_amount: int
    started_at: datetime


class ChannelGoalProgressEvent(ChannelGoalBeginEvent, frozen=True, kw_only=True):
    """The channel comes nearer to its goal, or falls back."""


class ChannelGoalEndEvent(ChannelGoalBeginEvent, frozen=True, kw_only=True):
    """The channel's goal is over, reached or not."""

    is_achieved: bool
    ended_at: datetime
