# Written by `python -m twitch.helix.stubs` from the rows of families/; a test compares the two.
# ruff: noqa: PYI021, E501  editors show these docstrings
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from twitch.helix.calling import Caller, Items
from twitch.helix.families.channels import ChannelEditor, ChannelFollower, ChannelInfo, ChannelVIP, FollowedChannel
from twitch.helix.families.chat import ChatSettings, ChatSettingsChange, Chatter, SharedChatSession
from twitch.helix.families.emotes import (
    ChannelEmote,
    ChatBadgeSet,
    Cheermote,
    EmoteSet,
    GlobalEmote,
    UserChatColor,
    UserEmote,
)
from twitch.helix.families.pins import PinnedChatMessage
from twitch.helix.families.search import Category, ContentClassificationLabel, Game
from twitch.helix.families.streams import StreamInfo, StreamKey, StreamMarker, UserStreamMarkers
from twitch.helix.families.users import ActiveUserExtension, ExtensionSlot, UserExtension, UserIdentity
from twitch.helix.pages import PaginatedRequest
from twitch.models import (
    Conduit,
    ConduitShard,
    SearchChannel,
    SendMessageStatus,
    Subscription,
    UserAuthorization,
    UserInfo,
)

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
    async def get_user_active_extensions(
        self,
        user_id: str,
    ) -> ActiveUserExtension:
        """The extensions that are active on a channel. https://dev.twitch.tv/docs/api/reference/#get-user-active-extensions"""
    async def get_channel_information(
        self,
        user_ids: Collection[str],
    ) -> tuple[ChannelInfo, ...]:
        """Title, category, language and tags of channels, any number of them. https://dev.twitch.tv/docs/api/reference/#get-channel-information"""
    def get_streams(
        self,
        user_ids: Collection[str] | None = None,
        user_logins: Collection[str] | None = None,
        game_ids: Collection[str] | None = None,
        stream_type: Literal["all", "live"] = "all",
        languages: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[StreamInfo]:
        """Who is live, with the most viewers first; by users, games or languages. Lists above a hundred are split. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-streams"""
    async def send_chat_message(
        self,
        broadcaster_id: str,
        sender_id: str,
        message: str,
        reply_message_id: str | None = None,
        for_source_only: bool | None = None,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error. sender_id must have granted user:write:chat to this client. sender_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#send-chat-message"""
    async def send_chat_announcement(
        self,
        message: str,
        broadcaster_id: str,
        moderator_id: str,
        color: Literal["blue", "green", "orange", "purple", "primary"] = "primary",
        for_source_only: bool | None = None,
    ) -> None:
        """Write an announcement in a channel's chat, up to 500 characters. moderator_id must have granted moderator:manage:announcements to this client. moderator_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#send-chat-announcement"""
    async def send_shoutout(
        self,
        to_broadcaster_id: str,
        from_broadcaster_id: str,
        moderator_id: str,
    ) -> None:
        """Recommend another channel to those who watch this one; once in two minutes. moderator_id must have granted moderator:manage:shoutouts to this client. moderator_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#send-a-shoutout"""
    def get_chatters(
        self,
        broadcaster_id: str,
        moderator_id: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Chatter]:
        """Who is in a chat. ``extras`` has the total. moderator_id must have granted moderator:read:chatters to this client. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-chatters"""
    async def get_chat_settings(
        self,
        user_id: str,
        moderator_id: str | None = None,
    ) -> ChatSettings:
        """How a chat is ruled. Who moderates it, and says so by ``moderator_id``, is told of the delay too. https://dev.twitch.tv/docs/api/reference/#get-chat-settings"""
    async def update_chat_settings(
        self,
        settings: ChatSettingsChange,
        broadcaster_id: str,
        moderator_id: str,
    ) -> ChatSettings:
        """Change how a chat is ruled; what isn't given stays. moderator_id must have granted moderator:manage:chat_settings to this client. https://dev.twitch.tv/docs/api/reference/#update-chat-settings"""
    async def get_shared_chat_session(
        self,
        user_id: str,
    ) -> SharedChatSession | None:
        """The shared chat that a channel is in, None where it's in none. https://dev.twitch.tv/docs/api/reference/#get-shared-chat-session"""
    async def get_pinned_chat_message(
        self,
        broadcaster_id: str,
        moderator_id: str,
    ) -> PinnedChatMessage | None:
        """The message that a moderator has pinned above the chat, None where there's none. moderator_id must have granted moderator:manage:chat_messages or moderator:read:chat_messages to this client. moderator_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#get-pinned-chat-message"""
    async def pin_chat_message(
        self,
        message_id: str,
        broadcaster_id: str,
        moderator_id: str,
        duration_seconds: int | None = None,
    ) -> None:
        """Pin a message above the chat, in place of another, for 30 to 1800 seconds or until the stream ends. moderator_id must have granted moderator:manage:chat_messages to this client. moderator_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#pin-chat-message"""
    async def update_pinned_chat_message(
        self,
        message_id: str,
        broadcaster_id: str,
        moderator_id: str,
        duration_seconds: int | None = None,
    ) -> None:
        """Pin it for another time from now, 30 to 1800 seconds, or until the stream ends. moderator_id must have granted moderator:manage:chat_messages to this client. moderator_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#update-pinned-chat-message"""
    async def unpin_chat_message(
        self,
        message_id: str,
        broadcaster_id: str,
        moderator_id: str,
    ) -> None:
        """Take a pinned message down. moderator_id must have granted moderator:manage:chat_messages to this client. moderator_id must have granted user:bot. broadcaster_id must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#unpin-chat-message"""
    async def get_channel_emotes(
        self,
        user_id: str,
    ) -> Items[ChannelEmote]:
        """The emotes that a channel has made. ``extras`` has the template of image addresses. https://dev.twitch.tv/docs/api/reference/#get-channel-emotes"""
    async def get_global_emotes(
        self,
    ) -> Items[GlobalEmote]:
        """The emotes that work in every chat. ``extras`` has the template of image addresses. https://dev.twitch.tv/docs/api/reference/#get-global-emotes"""
    async def get_emote_sets(
        self,
        emote_set_ids: Collection[str],
    ) -> Items[EmoteSet]:
        """The emotes of sets, any number of them. ``extras`` has the template of image addresses. https://dev.twitch.tv/docs/api/reference/#get-emote-sets"""
    async def get_channel_chat_badges(
        self,
        user_id: str,
    ) -> tuple[ChatBadgeSet, ...]:
        """The badges of a channel's own. https://dev.twitch.tv/docs/api/reference/#get-channel-chat-badges"""
    async def get_global_chat_badges(
        self,
    ) -> tuple[ChatBadgeSet, ...]:
        """The badges that every chat has. https://dev.twitch.tv/docs/api/reference/#get-global-chat-badges"""
    async def get_user_chat_color(
        self,
        user_ids: Collection[str],
    ) -> tuple[UserChatColor, ...]:
        """The colours of users' names, any number of them. https://dev.twitch.tv/docs/api/reference/#get-user-chat-color"""
    async def get_cheermotes(
        self,
        user_id: str | None = None,
    ) -> tuple[Cheermote, ...]:
        """The Cheermotes that work everywhere, and those of the given channel. https://dev.twitch.tv/docs/api/reference/#get-cheermotes"""
    def get_top_games(
        self,
        limit: int | None = 100,
    ) -> PaginatedRequest[Game]:
        """Games and categories, those with the most viewers first. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-top-games"""
    async def get_games(
        self,
        game_ids: Collection[str] | None = None,
        game_names: Collection[str] | None = None,
        igdb_ids: Collection[str] | None = None,
    ) -> tuple[Game, ...]:
        """Games and categories by id, exact name or IGDB's id, any number of them. https://dev.twitch.tv/docs/api/reference/#get-games"""
    def search_categories(
        self,
        query: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Category]:
        """Games and categories whose name matches a text. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#search-categories"""
    def search_channels(
        self,
        query: str,
        live_only: bool = False,
        limit: int | None = 100,
    ) -> PaginatedRequest[SearchChannel]:
        """Channels that match a text, live ones only if so wanted. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#search-channels"""
    async def get_content_classification_labels(
        self,
        locale: str = "en-US",
    ) -> tuple[ContentClassificationLabel, ...]:
        """The labels that a channel can carry, in words of the locale, such as de-DE. https://dev.twitch.tv/docs/api/reference/#get-content-classification-labels"""

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
    async def update_user(
        self,
        description: str | None = None,
    ) -> UserInfo:
        """Change the profile's description, up to 300 characters; an empty one clears it. Needs the scope user:edit. https://dev.twitch.tv/docs/api/reference/#update-user"""
    def get_user_block_list(
        self,
        limit: int | None = 100,
    ) -> PaginatedRequest[UserIdentity]:
        """Whom the user has blocked. Needs the scope user:read:blocked_users. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-user-block-list"""
    async def block_user(
        self,
        target_user_id: str,
        source_context: Literal["chat", "whisper"] | None = None,
        reason: Literal["harassment", "spam", "other"] | None = None,
    ) -> None:
        """Block somebody from interacting with the user, who need not follow or moderate anything. Needs the scope user:manage:blocked_users. https://dev.twitch.tv/docs/api/reference/#block-user"""
    async def unblock_user(
        self,
        target_user_id: str,
    ) -> None:
        """Let somebody interact again who was blocked. Needs the scope user:manage:blocked_users. https://dev.twitch.tv/docs/api/reference/#unblock-user"""
    async def get_user_extensions(
        self,
    ) -> tuple[UserExtension, ...]:
        """The extensions that the user has installed. Those that aren't active need user:edit:broadcast. Needs the scope user:read:broadcast or user:edit:broadcast. https://dev.twitch.tv/docs/api/reference/#get-user-extensions"""
    async def get_user_active_extensions(
        self,
        user_id: str | None = None,
    ) -> ActiveUserExtension:
        """The extensions that are active on a channel. https://dev.twitch.tv/docs/api/reference/#get-user-active-extensions"""
    async def update_user_extensions(
        self,
        data: Mapping[Literal["panel", "overlay", "component"], Mapping[str, ExtensionSlot]],
    ) -> ActiveUserExtension:
        """Switch extensions on, off or to another slot, by kind of slot and its number. Needs the scope user:edit:broadcast. https://dev.twitch.tv/docs/api/reference/#update-user-extensions"""
    async def get_channel_information(
        self,
        user_ids: Collection[str] | None = None,
    ) -> tuple[ChannelInfo, ...]:
        """Title, category, language and tags of channels, any number of them. https://dev.twitch.tv/docs/api/reference/#get-channel-information"""
    async def modify_channel_information(
        self,
        game_id: str | None = None,
        language: str | None = None,
        title: str | None = None,
        delay: int | None = None,
        tags: Sequence[str] | None = None,
        content_classification_labels: Mapping[str, bool] | Collection[str] | None = None,
        is_branded_content: bool | None = None,
    ) -> None:
        """Change what the channel says of itself. ``delay``: seconds, for partners. Labels: ids and whether each applies, or ids. Needs the scope channel:manage:broadcast. https://dev.twitch.tv/docs/api/reference/#modify-channel-information"""
    async def get_channel_editors(
        self,
    ) -> tuple[ChannelEditor, ...]:
        """Who may edit the channel. Needs the scope channel:read:editors. https://dev.twitch.tv/docs/api/reference/#get-channel-editors"""
    def get_followed_channels(
        self,
        broadcaster_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[FollowedChannel]:
        """Which channels the user follows, or whether they follow the given one. ``extras`` has the total. Needs the scope user:read:follows. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-followed-channels"""
    def get_channel_followers(
        self,
        user_id: str | None = None,
        broadcaster_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[ChannelFollower]:
        """Who follows a channel, or whether the given user does. Who doesn't moderate it is told the total alone, in ``extras``. Needs the scope moderator:read:followers. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-channel-followers"""
    def get_vips(
        self,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[ChannelVIP]:
        """The channel's VIPs, or those of the given users who are. Needs the scope channel:read:vips or channel:manage:vips. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-vips"""
    async def add_channel_vip(
        self,
        user_id: str,
    ) -> None:
        """Make somebody a VIP of the channel. Needs the scope channel:manage:vips. https://dev.twitch.tv/docs/api/reference/#add-channel-vip"""
    async def remove_channel_vip(
        self,
        user_id: str,
    ) -> None:
        """Take the VIP's badge away. Needs the scope channel:manage:vips. https://dev.twitch.tv/docs/api/reference/#remove-channel-vip"""
    async def get_stream_key(
        self,
    ) -> StreamKey:
        """The key that the user streams with; whoever has it can stream on the channel. Needs the scope channel:read:stream_key. https://dev.twitch.tv/docs/api/reference/#get-stream-key"""
    def get_streams(
        self,
        user_ids: Collection[str] | None = None,
        user_logins: Collection[str] | None = None,
        game_ids: Collection[str] | None = None,
        stream_type: Literal["all", "live"] = "all",
        languages: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[StreamInfo]:
        """Who is live, with the most viewers first; by users, games or languages. Lists above a hundred are split. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-streams"""
    def get_followed_streams(
        self,
        limit: int | None = 100,
    ) -> PaginatedRequest[StreamInfo]:
        """Who is live of the channels that the user follows. Needs the scope user:read:follows. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-followed-streams"""
    async def create_stream_marker(
        self,
        user_id: str | None = None,
        description: str | None = None,
    ) -> StreamMarker:
        """Mark this moment of a live stream; ``description`` up to 140 characters. Needs the scope channel:manage:broadcast. https://dev.twitch.tv/docs/api/reference/#create-stream-marker"""
    def get_stream_markers(
        self,
        user_id: str | None = None,
        video_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[UserStreamMarkers]:
        """Markers of a user's latest recording, or of the given one. ``limit`` counts markers. Needs the scope user:read:broadcast or channel:manage:broadcast. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-stream-markers"""
    async def send_chat_message(
        self,
        message: str,
        broadcaster_id: str | None = None,
        reply_message_id: str | None = None,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error. Needs the scope user:write:chat. https://dev.twitch.tv/docs/api/reference/#send-chat-message"""
    async def send_chat_announcement(
        self,
        message: str,
        broadcaster_id: str | None = None,
        color: Literal["blue", "green", "orange", "purple", "primary"] = "primary",
    ) -> None:
        """Write an announcement in a channel's chat, up to 500 characters. Needs the scope moderator:manage:announcements. https://dev.twitch.tv/docs/api/reference/#send-chat-announcement"""
    async def send_shoutout(
        self,
        to_broadcaster_id: str,
        from_broadcaster_id: str | None = None,
    ) -> None:
        """Recommend another channel to those who watch this one; once in two minutes. Needs the scope moderator:manage:shoutouts. https://dev.twitch.tv/docs/api/reference/#send-a-shoutout"""
    def get_chatters(
        self,
        broadcaster_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Chatter]:
        """Who is in a chat. ``extras`` has the total. Needs the scope moderator:read:chatters. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-chatters"""
    async def get_chat_settings(
        self,
        user_id: str | None = None,
        moderator_id: str | None = None,
    ) -> ChatSettings:
        """How a chat is ruled. Who moderates it, and says so by ``moderator_id``, is told of the delay too. https://dev.twitch.tv/docs/api/reference/#get-chat-settings"""
    async def update_chat_settings(
        self,
        settings: ChatSettingsChange,
        broadcaster_id: str | None = None,
    ) -> ChatSettings:
        """Change how a chat is ruled; what isn't given stays. Needs the scope moderator:manage:chat_settings. https://dev.twitch.tv/docs/api/reference/#update-chat-settings"""
    async def get_shared_chat_session(
        self,
        user_id: str | None = None,
    ) -> SharedChatSession | None:
        """The shared chat that a channel is in, None where it's in none. https://dev.twitch.tv/docs/api/reference/#get-shared-chat-session"""
    async def send_whisper(
        self,
        to_user_id: str,
        message: str,
    ) -> None:
        """Write to somebody alone, 500 characters to a stranger. Needs a verified phone; Twitch may drop it without a word. Needs the scope user:manage:whispers. https://dev.twitch.tv/docs/api/reference/#send-whisper"""
    async def get_pinned_chat_message(
        self,
        broadcaster_id: str | None = None,
    ) -> PinnedChatMessage | None:
        """The message that a moderator has pinned above the chat, None where there's none. Needs the scope moderator:manage:chat_messages or moderator:read:chat_messages. https://dev.twitch.tv/docs/api/reference/#get-pinned-chat-message"""
    async def pin_chat_message(
        self,
        message_id: str,
        broadcaster_id: str | None = None,
        duration_seconds: int | None = None,
    ) -> None:
        """Pin a message above the chat, in place of another, for 30 to 1800 seconds or until the stream ends. Needs the scope moderator:manage:chat_messages. https://dev.twitch.tv/docs/api/reference/#pin-chat-message"""
    async def update_pinned_chat_message(
        self,
        message_id: str,
        broadcaster_id: str | None = None,
        duration_seconds: int | None = None,
    ) -> None:
        """Pin it for another time from now, 30 to 1800 seconds, or until the stream ends. Needs the scope moderator:manage:chat_messages. https://dev.twitch.tv/docs/api/reference/#update-pinned-chat-message"""
    async def unpin_chat_message(
        self,
        message_id: str,
        broadcaster_id: str | None = None,
    ) -> None:
        """Take a pinned message down. Needs the scope moderator:manage:chat_messages. https://dev.twitch.tv/docs/api/reference/#unpin-chat-message"""
    async def get_channel_emotes(
        self,
        user_id: str | None = None,
    ) -> Items[ChannelEmote]:
        """The emotes that a channel has made. ``extras`` has the template of image addresses. https://dev.twitch.tv/docs/api/reference/#get-channel-emotes"""
    async def get_global_emotes(
        self,
    ) -> Items[GlobalEmote]:
        """The emotes that work in every chat. ``extras`` has the template of image addresses. https://dev.twitch.tv/docs/api/reference/#get-global-emotes"""
    async def get_emote_sets(
        self,
        emote_set_ids: Collection[str],
    ) -> Items[EmoteSet]:
        """The emotes of sets, any number of them. ``extras`` has the template of image addresses. https://dev.twitch.tv/docs/api/reference/#get-emote-sets"""
    def get_user_emotes(
        self,
        broadcaster_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[UserEmote]:
        """The emotes that the user may use, of the given channel's too that are for its followers. Needs the scope user:read:emotes. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-user-emotes"""
    async def get_channel_chat_badges(
        self,
        user_id: str | None = None,
    ) -> tuple[ChatBadgeSet, ...]:
        """The badges of a channel's own. https://dev.twitch.tv/docs/api/reference/#get-channel-chat-badges"""
    async def get_global_chat_badges(
        self,
    ) -> tuple[ChatBadgeSet, ...]:
        """The badges that every chat has. https://dev.twitch.tv/docs/api/reference/#get-global-chat-badges"""
    async def get_user_chat_color(
        self,
        user_ids: Collection[str] | None = None,
    ) -> tuple[UserChatColor, ...]:
        """The colours of users' names, any number of them. https://dev.twitch.tv/docs/api/reference/#get-user-chat-color"""
    async def update_chat_color(
        self,
        color: str,
    ) -> None:
        """Colour the user's name: a word such as blue_violet, or #RRGGBB for those who have Turbo or Prime. Needs the scope user:manage:chat_color. https://dev.twitch.tv/docs/api/reference/#update-user-chat-color"""
    async def get_cheermotes(
        self,
        user_id: str | None = None,
    ) -> tuple[Cheermote, ...]:
        """The Cheermotes that work everywhere, and those of the given channel. https://dev.twitch.tv/docs/api/reference/#get-cheermotes"""
    def get_top_games(
        self,
        limit: int | None = 100,
    ) -> PaginatedRequest[Game]:
        """Games and categories, those with the most viewers first. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-top-games"""
    async def get_games(
        self,
        game_ids: Collection[str] | None = None,
        game_names: Collection[str] | None = None,
        igdb_ids: Collection[str] | None = None,
    ) -> tuple[Game, ...]:
        """Games and categories by id, exact name or IGDB's id, any number of them. https://dev.twitch.tv/docs/api/reference/#get-games"""
    def search_categories(
        self,
        query: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[Category]:
        """Games and categories whose name matches a text. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#search-categories"""
    def search_channels(
        self,
        query: str,
        live_only: bool = False,
        limit: int | None = 100,
    ) -> PaginatedRequest[SearchChannel]:
        """Channels that match a text, live ones only if so wanted. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#search-channels"""
    async def get_content_classification_labels(
        self,
        locale: str = "en-US",
    ) -> tuple[ContentClassificationLabel, ...]:
        """The labels that a channel can carry, in words of the locale, such as de-DE. https://dev.twitch.tv/docs/api/reference/#get-content-classification-labels"""

class ExtensionMethods(Caller): ...
