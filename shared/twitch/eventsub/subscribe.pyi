# Written by `python -m twitch.eventsub.stubs` from the rows of types.py; a test compares the two.
# ruff: noqa: PYI021, E501, A002  editors show these docstrings; `type` is Twitch's own word
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from twitch.eventsub.types import EventType, SubscriptionRequest
from twitch.models import Subscription

Subscriber: TypeAlias = Callable[[SubscriptionRequest], Awaitable[Subscription]]

def condition_parameters(row: EventType) -> list[tuple[str, bool]]: ...
def describe(row: EventType) -> str: ...

class AppEvents:
    def __init__(self, subscribe: Subscriber, client_id: str) -> None: ...
    async def subscribe(
        self,
        type: str,
        condition: Mapping[str, str | None],
        *,
        version: str | None = None,
    ) -> Subscription: ...
    async def stream_online(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel goes live. Received by on_stream_online_v1."""
    async def stream_offline(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel stops streaming. Received by on_stream_offline_v1."""
    async def channel_update(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's title, language, category or labels change. Received by on_channel_update_v2."""
    async def channel_follow(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody follows the channel. moderator_user_id must have granted moderator:read:followers. Received by on_channel_follow_v2."""
    async def channel_chat_message(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def chat_message(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def channel_subscribe(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody subscribes to the channel for the first time. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscribe_v1."""
    async def channel_cheer(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody cheers in the channel. broadcaster_user_id must have granted bits:read. Received by on_channel_cheer_v1."""
    async def channel_raid(
        self,
        from_broadcaster_user_id: str | None = None,
        to_broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A channel raids another: subscribe to those from or those to a channel. Received by on_channel_raid_v1."""
    async def conduit_shard_disabled(
        self,
        conduit_id: str | None = None,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A shard of a conduit, or of any conduit of the app, stops delivering. Received by on_conduit_shard_disabled_v1."""
    async def user_authorization_grant(
        self,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user authorises the app. Received by on_user_authorization_grant_v1."""
    async def user_authorization_revoke(
        self,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user disconnects the app. Received by on_user_authorization_revoke_v1."""

class UserEvents(AppEvents):
    def __init__(self, subscribe: Subscriber, client_id: str, user_id: str) -> None: ...
    def completed(self, event_type: str, condition: Mapping[str, str | None]) -> dict[str, str | None]: ...
    async def stream_online(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel goes live. Received by on_stream_online_v1."""
    async def stream_offline(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel stops streaming. Received by on_stream_offline_v1."""
    async def channel_update(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's title, language, category or labels change. Received by on_channel_update_v2."""
    async def channel_follow(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody follows the channel. moderator_user_id must have granted moderator:read:followers. Received by on_channel_follow_v2."""
    async def channel_chat_message(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def chat_message(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def channel_subscribe(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody subscribes to the channel for the first time. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscribe_v1."""
    async def channel_cheer(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody cheers in the channel. broadcaster_user_id must have granted bits:read. Received by on_channel_cheer_v1."""
    async def channel_raid(
        self,
        from_broadcaster_user_id: str | None = None,
        to_broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A channel raids another: subscribe to those from or those to a channel. Received by on_channel_raid_v1."""
    async def conduit_shard_disabled(
        self,
        conduit_id: str | None = None,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A shard of a conduit, or of any conduit of the app, stops delivering. Received by on_conduit_shard_disabled_v1."""
