"""A chat's settings, one's own held messages, chats shared by channels:
https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-settings-update-event
"""

from twitch.eventsub.models.chat import EventMessage
from twitch.eventsub.models.shapes import Channel, InChannel, Older
from twitch.records import OpenEnum, User


class ChannelChatSettingsUpdateEvent(InChannel, frozen=True, kw_only=True):
    """The chat's settings are now these. Durations are None while their mode is off."""

    emote_mode: bool
    follower_mode: bool
    follower_mode_duration_minutes: int | None = None
    slow_mode: bool
    slow_mode_wait_time_seconds: int | None = None
    subscriber_mode: bool
    unique_chat_mode: bool


class HeldMessageStatus(OpenEnum):
    """What became of one's own held message."""

    APPROVED = "approved"
    DENIED = "denied"
    INVALID = "invalid"


class ChannelChatUserMessageHoldEvent(InChannel, frozen=True, kw_only=True):
    """AutoMod holds a message of ``user``, who is the one that subscribed."""

    user: User
    message_id: str
    message: EventMessage


class ChannelChatUserMessageUpdateEvent(InChannel, frozen=True, kw_only=True):
    """A held message of ``user`` was let through or not."""

    user: User
    message_id: str
    message: EventMessage
    status: HeldMessageStatus


class EventSharedChatParticipant(Channel, frozen=True, kw_only=True):
    """A channel that takes part in a shared chat."""


class ChannelSharedChatEndEvent(InChannel, frozen=True, kw_only=True):
    """The channel leaves a shared chat, or the chat ends."""

    session_id: str
    host_broadcaster: User

    host_broadcaster_user = Older[User]()


class ChannelSharedChatBeginEvent(ChannelSharedChatEndEvent, frozen=True, kw_only=True):
    """The channel begins to share its chat."""

    participants: tuple[EventSharedChatParticipant, ...] = ()


class ChannelSharedChatUpdateEvent(ChannelSharedChatBeginEvent, frozen=True, kw_only=True):
    """Those who share the chat are now these."""
