# Written by `python -m twitch.helix.stubs` from the rows of families/; a test compares the two.
# ruff: noqa: PYI021, E501  editors show these docstrings
from collections.abc import Collection

from twitch.helix.calling import Caller
from twitch.helix.pages import PaginatedRequest
from twitch.models import Conduit, ConduitShard, SearchChannel, SendMessageStatus, Subscription, UserAuthorization

def make_all() -> bool: ...

class AppMethods(Caller):
    async def get_conduits(
        self,
    ) -> tuple[Conduit, ...]:
        """The app's conduits, at most five. https://dev.twitch.tv/docs/api/reference/#get-conduits"""
    async def delete_conduit(
        self,
        conduit_id: str,
    ) -> None:
        """Delete a conduit, and with it all of its subscriptions. https://dev.twitch.tv/docs/api/reference/#delete-conduit"""
    def get_conduit_shards(
        self,
        conduit_id: str,
        status: str | None = None,
        limit: int | None = None,
    ) -> PaginatedRequest[ConduitShard]:
        """The shards of a conduit as Twitch sees them. Ids at or above its shard count may linger. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-conduit-shards"""
    async def delete_eventsub_subscription(
        self,
        subscription_id: str,
    ) -> None:
        """Delete a subscription. Raises NotFound where there's none. https://dev.twitch.tv/docs/api/reference/#delete-eventsub-subscription"""
    def get_eventsub_subscriptions_by_status(
        self,
        status: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions of one status. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""
    def get_eventsub_subscriptions_by_type(
        self,
        subscriptions_type: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions of one type. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""
    def get_eventsub_subscriptions_by_user_id(
        self,
        user_id: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions whose condition names a user. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""
    async def get_user_authorizations(
        self,
        user_ids: Collection[str],
    ) -> tuple[UserAuthorization, ...]:
        """What users have granted to this client, any number of them. https://dev.twitch.tv/docs/api/reference/#get-authorization-by-user"""
    def search_channels(
        self,
        query: str,
        live_only: bool = False,
        limit: int | None = 100,
    ) -> PaginatedRequest[SearchChannel]:
        """Channels that match a text, live ones only if so wanted. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#search-channels"""
    async def send_chat_message(
        self,
        broadcaster_id: str,
        sender_id: str,
        message: str,
        reply_message_id: str | None = None,
        for_source_only: bool | None = None,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error. sender_id must have granted user:write:chat to this client. sender_id must have granted user:bot. broadcaster_id (unless the sender moderates there) must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#send-chat-message"""

class UserMethods(Caller):
    async def delete_eventsub_subscription(
        self,
        subscription_id: str,
    ) -> None:
        """Delete a subscription. Raises NotFound where there's none. https://dev.twitch.tv/docs/api/reference/#delete-eventsub-subscription"""
    def get_eventsub_subscriptions_by_status(
        self,
        status: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions of one status. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""
    def get_eventsub_subscriptions_by_type(
        self,
        subscriptions_type: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions of one type. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""
    def get_eventsub_subscriptions_by_user_id(
        self,
        user_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions whose condition names a user. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""
    def search_channels(
        self,
        query: str,
        live_only: bool = False,
        limit: int | None = 100,
    ) -> PaginatedRequest[SearchChannel]:
        """Channels that match a text, live ones only if so wanted. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#search-channels"""
    async def send_chat_message(
        self,
        message: str,
        broadcaster_id: str | None = None,
        reply_message_id: str | None = None,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error. Needs the scope user:write:chat. https://dev.twitch.tv/docs/api/reference/#send-chat-message"""

class ExtensionMethods(Caller): ...
