"""The events, typed. One class per type and version; fields as in https://dev.twitch.tv/docs/eventsub/eventsub-reference/

Users are nested (``event.broadcaster.name``), and ``event.raw`` is the event as Twitch sent it.
"""

from twitch.eventsub.models.channel import (
    ChannelCheerEvent,
    ChannelFollowEvent,
    ChannelRaidEvent,
    ChannelSubscribeEvent,
    ChannelUpdateEvent,
    SubscriptionTier,
)
from twitch.eventsub.models.chat import (
    ChannelChatMessageEvent,
    ChatMessageType,
    EventChatBadge,
    EventCheer,
    EventCheermote,
    EventEmote,
    EventGif,
    EventMention,
    EventMessage,
    EventMessageFragment,
    EventReply,
    FragmentType,
)
from twitch.eventsub.models.conduit import ConduitShardDisabledEvent
from twitch.eventsub.models.stream import StreamOfflineEvent, StreamOnlineEvent, StreamType
from twitch.eventsub.models.user import UserAuthorizationGrantEvent, UserAuthorizationRevokeEvent

__all__ = [
    "ChannelChatMessageEvent",
    "ChannelCheerEvent",
    "ChannelFollowEvent",
    "ChannelRaidEvent",
    "ChannelSubscribeEvent",
    "ChannelUpdateEvent",
    "ChatMessageType",
    "ConduitShardDisabledEvent",
    "EventChatBadge",
    "EventCheer",
    "EventCheermote",
    "EventEmote",
    "EventGif",
    "EventMention",
    "EventMessage",
    "EventMessageFragment",
    "EventReply",
    "FragmentType",
    "StreamOfflineEvent",
    "StreamOnlineEvent",
    "StreamType",
    "SubscriptionTier",
    "UserAuthorizationGrantEvent",
    "UserAuthorizationRevokeEvent",
]
