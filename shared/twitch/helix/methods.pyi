# Written by `python -m twitch.helix.stubs` from the rows of families/; a test compares the two.
# ruff: noqa: PYI021, E501  editors show these docstrings
# fmt: off
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from twitch.helix.calling import Caller, Items
from twitch.helix.families.ads import AdSchedule, AdSnooze, ExtensionAnalytics, GameAnalytics, StartCommercial
from twitch.helix.families.automod import (
    AutoModMessage,
    AutoModSettings,
    AutoModSettingsChange,
    AutoModStatusMessage,
    BlockedTerm,
)
from twitch.helix.families.channel_points import CustomReward, CustomRewardRedemption
from twitch.helix.families.channels import ChannelEditor, ChannelFollower, ChannelInfo, ChannelVIP, FollowedChannel
from twitch.helix.families.chat import ChatSettings, ChatSettingsChange, Chatter, SendMessageStatus, SharedChatSession
from twitch.helix.families.community import CharityCampaign, CharityDonation, CreatorGoal, HypeTrainStatus, Raid
from twitch.helix.families.drops import DropsEntitlement, DropsEntitlementUpdate
from twitch.helix.families.emotes import (
    ChannelEmote,
    ChatBadgeSet,
    Cheermote,
    EmoteSet,
    GlobalEmote,
    UserChatColor,
    UserEmote,
)
from twitch.helix.families.extension_calls import ExtensionConfiguration, ExtensionSecrets
from twitch.helix.families.extensions import Extension, ExtensionBitsProduct, ExtensionLiveChannel, ExtensionTransaction
from twitch.helix.families.guest_star import GuestStarInvite, GuestStarSession, GuestStarSettings
from twitch.helix.families.moderation import (
    Ban,
    BannedUser,
    ShieldModeStatus,
    SuspiciousUserStatus,
    UnbanRequest,
    WarnReason,
)
from twitch.helix.families.moderators import ModeratedChannel, Moderator
from twitch.helix.families.pins import PinnedChatMessage
from twitch.helix.families.schedule import ChannelStreamSchedule
from twitch.helix.families.search import Category, ContentClassificationLabel, Game, SearchChannel
from twitch.helix.families.streams import StreamInfo, StreamKey, StreamMarker, UserStreamMarkers
from twitch.helix.families.support import BitsLeaderboardEntry, BroadcasterSubscription, CustomPowerUp, UserSubscription
from twitch.helix.families.teams import ChannelTeam, TeamUsers
from twitch.helix.families.users import (
    ActiveUserExtension,
    ExtensionSlot,
    UserAuthorization,
    UserExtension,
    UserIdentity,
    UserInfo,
)
from twitch.helix.families.videos import Clip, ClipDownload, CreatedClip, Video
from twitch.helix.families.votes import Poll, Prediction
from twitch.helix.pages import PaginatedRequest
from twitch.models.conduits import Conduit, ConduitShard
from twitch.models.subscriptions import Subscription

def make_all() -> bool: ...

class AppMethods(Caller):
    async def get_conduits(
        self,
    ) -> tuple[Conduit, ...]:
        """The app's conduits, at most five. https://dev.twitch.tv/docs/api/reference/#get-conduits"""
    async def create_conduit(
        self,
        shard_count: int,
    ) -> Conduit:
        """A new conduit of 1 to 20,000 shards. Raises RateLimited of the other kind where five exist. https://dev.twitch.tv/docs/api/reference/#create-conduits"""
    async def update_conduit(
        self,
        conduit_id: str,
        shard_count: int,
    ) -> Conduit:
        """Give a conduit another number of shards. Channels are spread anew; shards above the number are dropped. https://dev.twitch.tv/docs/api/reference/#update-conduits"""
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
    async def get_users(
        self,
        *,
        user_ids: Collection[str] | None = None,
        user_logins: Collection[str] | None = None,
    ) -> tuple[UserInfo, ...]:
        """Profiles by id and login, any number of them. A user who names nobody gets their own; who doesn't exist is missing. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-users"""
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
        """Who is live, with the most viewers first; by users, games or languages. Lists above a hundred are split. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-streams"""
    async def send_chat_message(
        self,
        broadcaster_id: str,
        sender_id: str,
        message: str,
        reply_message_id: str | None = None,
        for_source_only: bool | None = None,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error. sender_id must have granted user:write:chat to this client. sender_id must have granted user:bot. broadcaster_id, unless the sender moderates there, must have granted channel:bot. https://dev.twitch.tv/docs/api/reference/#send-chat-message"""
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
    async def check_automod_status(
        self,
        messages: Sequence[AutoModMessage],
        broadcaster_id: str,
    ) -> tuple[AutoModStatusMessage, ...]:
        """Whether AutoMod would let messages pass on the channel, any number of them. broadcaster_id must have granted moderation:read to this client. https://dev.twitch.tv/docs/api/reference/#check-automod-status"""
    async def manage_held_automod_messages(
        self,
        user_id: str,
        msg_id: str,
        action: Literal["ALLOW", "DENY"],
    ) -> None:
        """Let a message pass that AutoMod holds back, or not. user_id must have granted moderator:manage:automod to this client. https://dev.twitch.tv/docs/api/reference/#manage-held-automod-messages"""
    async def get_automod_settings(
        self,
        broadcaster_id: str,
        moderator_id: str,
    ) -> AutoModSettings:
        """How strict AutoMod is on a channel. moderator_id must have granted moderator:read:automod_settings or moderator:manage:automod_settings to this client. https://dev.twitch.tv/docs/api/reference/#get-automod-settings"""
    async def update_automod_settings(
        self,
        settings: AutoModSettingsChange,
        broadcaster_id: str,
        moderator_id: str,
    ) -> AutoModSettings:
        """Set how strict AutoMod is: the overall level, or the others, of which one not given becomes 0. moderator_id must have granted moderator:manage:automod_settings to this client. https://dev.twitch.tv/docs/api/reference/#update-automod-settings"""
    def get_blocked_terms(
        self,
        broadcaster_id: str,
        moderator_id: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[BlockedTerm]:
        """The terms that the channel's moderators have blocked. moderator_id must have granted moderator:read:blocked_terms or moderator:manage:blocked_terms to this client. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-blocked-terms"""
    async def add_blocked_term(
        self,
        text: str,
        broadcaster_id: str,
        moderator_id: str,
    ) -> BlockedTerm:
        """Block a term of 2 to 500 characters; * stands for any. moderator_id must have granted moderator:manage:blocked_terms to this client. https://dev.twitch.tv/docs/api/reference/#add-blocked-term"""
    async def remove_blocked_term(
        self,
        term_id: str,
        broadcaster_id: str,
        moderator_id: str,
    ) -> None:
        """Let a term pass again. moderator_id must have granted moderator:manage:blocked_terms to this client. https://dev.twitch.tv/docs/api/reference/#remove-blocked-term"""
    def get_banned_users(
        self,
        broadcaster_id: str,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[BannedUser]:
        """Who is banned or timed out, or which of the given users are. broadcaster_id must have granted moderation:read or moderator:manage:banned_users to this client. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-banned-users"""
    async def ban_user(
        self,
        user_id: str,
        broadcaster_id: str,
        moderator_id: str,
        duration: int | None = None,
        reason: str | None = None,
    ) -> Ban:
        """Ban somebody from a chat; for ``duration`` seconds, up to 1,209,600, or for good. moderator_id must have granted moderator:manage:banned_users to this client. moderator_id must have granted user:bot. https://dev.twitch.tv/docs/api/reference/#ban-user"""
    async def unban_user(
        self,
        user_id: str,
        broadcaster_id: str,
        moderator_id: str,
    ) -> None:
        """Lift a ban or a time-out. moderator_id must have granted moderator:manage:banned_users to this client. moderator_id must have granted user:bot. https://dev.twitch.tv/docs/api/reference/#unban-user"""
    async def delete_chat_messages(
        self,
        broadcaster_id: str,
        moderator_id: str,
        message_id: str | None = None,
    ) -> None:
        """Delete a message of the last six hours, or clear the whole chat. moderator_id must have granted moderator:manage:chat_messages to this client. https://dev.twitch.tv/docs/api/reference/#delete-chat-messages"""
    async def warn_chat_user(
        self,
        user_id: str,
        reason: str,
        broadcaster_id: str,
        moderator_id: str,
    ) -> WarnReason:
        """Warn somebody, who must confirm it before they can write again; ``reason`` up to 500 characters. moderator_id must have granted moderator:manage:warnings to this client. https://dev.twitch.tv/docs/api/reference/#warn-chat-user"""
    async def update_shield_mode_status(
        self,
        is_active: bool,
        broadcaster_id: str,
        moderator_id: str,
    ) -> ShieldModeStatus:
        """Put the shield up or down. moderator_id must have granted moderator:manage:shield_mode to this client. https://dev.twitch.tv/docs/api/reference/#update-shield-mode-status"""
    async def get_shield_mode_status(
        self,
        broadcaster_id: str,
        moderator_id: str,
    ) -> ShieldModeStatus:
        """Whether the shield is up. moderator_id must have granted moderator:read:shield_mode or moderator:manage:shield_mode to this client. https://dev.twitch.tv/docs/api/reference/#get-shield-mode-status"""
    async def add_suspicious_user_status(
        self,
        target_user_id: str,
        moderator_id: str,
        broadcaster_id: str,
        status: Literal["ACTIVE_MONITORING", "RESTRICTED"],
    ) -> SuspiciousUserStatus:
        """Have somebody's messages watched, or seen by moderators alone. moderator_id must have granted moderator:manage:suspicious_users to this client. https://dev.twitch.tv/docs/api/reference/#add-suspicious-status-to-chat-user"""
    async def remove_suspicious_user_status(
        self,
        target_user_id: str,
        moderator_id: str,
        broadcaster_id: str,
    ) -> SuspiciousUserStatus:
        """Treat somebody like everybody else again. moderator_id must have granted moderator:manage:suspicious_users to this client. https://dev.twitch.tv/docs/api/reference/#remove-suspicious-status-from-chat-user"""
    def get_moderated_channels(
        self,
        user_id: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[ModeratedChannel]:
        """The channels that the user moderates. user_id must have granted user:read:moderated_channels to this client. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-moderated-channels"""
    def get_broadcaster_subscriptions(
        self,
        broadcaster_id: str,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[BroadcasterSubscription]:
        """Who subscribes to the channel, or which of the given users do. ``extras`` has total and points. broadcaster_id must have granted channel:read:subscriptions to this client. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-broadcaster-subscriptions"""
    async def create_clip_from_vod(
        self,
        broadcaster_id: str,
        vod_id: str,
        vod_offset: int,
        title: str,
        editor_id: str,
        duration: float | None = None,
    ) -> CreatedClip:
        """Clip a recording: ``duration`` seconds of it, 5 to 60, that end ``vod_offset`` seconds after its start. editor_id must have granted editor:manage:clips or channel:manage:clips to this client. https://dev.twitch.tv/docs/api/reference/#create-clip-from-vod"""
    def get_clips_by_id(
        self,
        clip_ids: Collection[str],
        is_featured: bool | None = None,
        limit: int | None = None,
    ) -> PaginatedRequest[Clip]:
        """Clips by their ids, any number of them. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-clips"""
    def get_clips_by_user_id(
        self,
        user_id: str,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        is_featured: bool | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Clip]:
        """Clips of a channel, those with the most views first. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-clips"""
    def get_clips_by_category_id(
        self,
        category_id: str,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        is_featured: bool | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Clip]:
        """Clips of a game or category, those with the most views first. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-clips"""
    async def get_clips_downloads(
        self,
        broadcaster_id: str,
        clip_ids: Collection[str],
        editor_id: str,
    ) -> tuple[ClipDownload, ...]:
        """Where clips can be downloaded from, any number of them. editor_id must have granted editor:manage:clips or channel:manage:clips to this client. https://dev.twitch.tv/docs/api/reference/#get-clips-download"""
    def get_videos_by_id(
        self,
        video_ids: Collection[str],
        limit: int | None = None,
    ) -> PaginatedRequest[Video]:
        """Videos by their ids, any number of them. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-videos"""
    def get_videos_by_user_id(
        self,
        user_id: str,
        language: str | None = None,
        period: Literal["all", "day", "month", "week"] = "all",
        sort: Literal["time", "trending", "views"] = "time",
        video_type: Literal["all", "archive", "highlight", "upload"] = "all",
        limit: int | None = 100,
    ) -> PaginatedRequest[Video]:
        """Videos of a channel. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-videos"""
    def get_videos_by_category_id(
        self,
        category_id: str,
        language: str | None = None,
        period: Literal["all", "day", "month", "week"] = "all",
        sort: Literal["time", "trending", "views"] = "time",
        video_type: Literal["all", "archive", "highlight", "upload"] = "all",
        limit: int | None = 100,
    ) -> PaginatedRequest[Video]:
        """Videos of a game or category, at most 500. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-videos"""
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
        """Games and categories by id, exact name or IGDB's id, any number of them. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-games"""
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
    def get_channel_stream_schedule(
        self,
        user_id: str,
        segment_ids: Collection[str] | None = None,
        start_time: datetime | None = None,
        limit: int | None = 25,
    ) -> PaginatedRequest[ChannelStreamSchedule]:
        """What a channel plans to stream, from now or a time on, or the given segments. ``limit`` counts segments. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-channel-stream-schedule"""
    async def get_channel_icalendar(
        self,
        user_id: str,
    ) -> str:
        """The schedule of a channel as a calendar file (RFC 5545). https://dev.twitch.tv/docs/api/reference/#get-channel-icalendar"""
    async def get_channel_teams(
        self,
        user_id: str,
    ) -> tuple[ChannelTeam, ...]:
        """The teams that a channel is in. https://dev.twitch.tv/docs/api/reference/#get-channel-teams"""
    async def get_team_by_id(
        self,
        team_id: str,
    ) -> TeamUsers | None:
        """A team by its id. https://dev.twitch.tv/docs/api/reference/#get-teams"""
    async def get_team_by_name(
        self,
        team_name: str,
    ) -> TeamUsers | None:
        """A team by its name as in its address. https://dev.twitch.tv/docs/api/reference/#get-teams"""
    async def start_commercial(
        self,
        broadcaster_id: str,
        length: int,
    ) -> StartCommercial:
        """Run ads of ``length`` seconds, up to 180, on a live channel. broadcaster_id must have granted channel:edit:commercial to this client. https://dev.twitch.tv/docs/api/reference/#start-commercial"""
    async def get_ad_schedule(
        self,
        broadcaster_id: str,
    ) -> AdSchedule:
        """When the channel's next ads come. broadcaster_id must have granted channel:read:ads to this client. https://dev.twitch.tv/docs/api/reference/#get-ad-schedule"""
    async def snooze_next_ad(
        self,
        broadcaster_id: str,
    ) -> AdSnooze:
        """Put the next ads off by five minutes. broadcaster_id must have granted channel:manage:ads to this client. https://dev.twitch.tv/docs/api/reference/#snooze-next-ad"""
    def get_drops_entitlements(
        self,
        entitlement_ids: Collection[str] | None = None,
        user_id: str | None = None,
        game_id: str | None = None,
        fulfillment_status: Literal["CLAIMED", "FULFILLED"] | None = None,
        limit: int | None = 1000,
    ) -> PaginatedRequest[DropsEntitlement]:
        """What viewers have earned of the client's organisation; with a user's token that user alone. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-drops-entitlements"""
    async def update_drops_entitlements(
        self,
        fulfillment_status: Literal["CLAIMED", "FULFILLED"],
        entitlement_ids: Collection[str],
    ) -> tuple[DropsEntitlementUpdate, ...]:
        """Tell that viewers have what they earned, any number of them. Read the status of each group. https://dev.twitch.tv/docs/api/reference/#update-drops-entitlements"""
    async def get_released_extensions(
        self,
        extension_id: str,
        extension_version: str | None = None,
    ) -> tuple[Extension, ...]:
        """An extension as it is released. https://dev.twitch.tv/docs/api/reference/#get-released-extensions"""
    def get_extension_live_channels(
        self,
        extension_id: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[ExtensionLiveChannel]:
        """Which live channels run an extension. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-extension-live-channels"""
    def get_extension_transactions(
        self,
        extension_id: str,
        transaction_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[ExtensionTransaction]:
        """What viewers bought of an extension, or the given transactions. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-extension-transactions"""
    async def get_extension_bits_products(
        self,
        *,
        should_include_all: bool = False,
    ) -> tuple[ExtensionBitsProduct, ...]:
        """What the extension of this client sells for Bits. https://dev.twitch.tv/docs/api/reference/#get-extension-bits-products"""
    async def update_extension_bits_product(
        self,
        sku: str,
        cost: int | Mapping[str, Any],
        *,
        display_name: str,
        in_development: bool | None = None,
        expiration: datetime | None = None,
        is_broadcast: bool | None = None,
    ) -> ExtensionBitsProduct:
        """Change or add a product of this client's extension; ``cost`` in Bits. https://dev.twitch.tv/docs/api/reference/#update-extension-bits-product"""

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
    async def get_users(
        self,
        *,
        user_ids: Collection[str] | None = None,
        user_logins: Collection[str] | None = None,
    ) -> tuple[UserInfo, ...]:
        """Profiles by id and login, any number of them. A user who names nobody gets their own; who doesn't exist is missing. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-users"""
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
        """Title, category, language and tags of channels, any number of them. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-channel-information"""
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
        limit: int | None = 100,
        *,
        broadcaster_id: str | None = None,
    ) -> PaginatedRequest[ChannelFollower]:
        """Who follows a channel, or whether the given user does. Who doesn't moderate it is told the total alone, in ``extras``. Needs the scope moderator:read:followers. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-channel-followers"""
    def get_vips(
        self,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[ChannelVIP]:
        """The channel's VIPs, or those of the given users who are. Needs the scope channel:read:vips or channel:manage:vips. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-vips"""
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
        """Who is live, with the most viewers first; by users, games or languages. Lists above a hundred are split. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-streams"""
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
        """The colours of users' names, any number of them. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-user-chat-color"""
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
    async def check_automod_status(
        self,
        messages: Sequence[AutoModMessage],
    ) -> tuple[AutoModStatusMessage, ...]:
        """Whether AutoMod would let messages pass on the channel, any number of them. Needs the scope moderation:read. https://dev.twitch.tv/docs/api/reference/#check-automod-status"""
    async def manage_held_automod_messages(
        self,
        msg_id: str,
        action: Literal["ALLOW", "DENY"],
    ) -> None:
        """Let a message pass that AutoMod holds back, or not. Needs the scope moderator:manage:automod. https://dev.twitch.tv/docs/api/reference/#manage-held-automod-messages"""
    async def get_automod_settings(
        self,
        broadcaster_id: str | None = None,
    ) -> AutoModSettings:
        """How strict AutoMod is on a channel. Needs the scope moderator:read:automod_settings or moderator:manage:automod_settings. https://dev.twitch.tv/docs/api/reference/#get-automod-settings"""
    async def update_automod_settings(
        self,
        settings: AutoModSettingsChange,
        broadcaster_id: str | None = None,
    ) -> AutoModSettings:
        """Set how strict AutoMod is: the overall level, or the others, of which one not given becomes 0. Needs the scope moderator:manage:automod_settings. https://dev.twitch.tv/docs/api/reference/#update-automod-settings"""
    def get_blocked_terms(
        self,
        broadcaster_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[BlockedTerm]:
        """The terms that the channel's moderators have blocked. Needs the scope moderator:read:blocked_terms or moderator:manage:blocked_terms. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-blocked-terms"""
    async def add_blocked_term(
        self,
        text: str,
        broadcaster_id: str | None = None,
    ) -> BlockedTerm:
        """Block a term of 2 to 500 characters; * stands for any. Needs the scope moderator:manage:blocked_terms. https://dev.twitch.tv/docs/api/reference/#add-blocked-term"""
    async def remove_blocked_term(
        self,
        term_id: str,
        broadcaster_id: str | None = None,
    ) -> None:
        """Let a term pass again. Needs the scope moderator:manage:blocked_terms. https://dev.twitch.tv/docs/api/reference/#remove-blocked-term"""
    def get_banned_users(
        self,
        broadcaster_id: str | None = None,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[BannedUser]:
        """Who is banned or timed out, or which of the given users are. Needs the scope moderation:read or moderator:manage:banned_users. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-banned-users"""
    async def ban_user(
        self,
        user_id: str,
        broadcaster_id: str | None = None,
        duration: int | None = None,
        reason: str | None = None,
    ) -> Ban:
        """Ban somebody from a chat; for ``duration`` seconds, up to 1,209,600, or for good. Needs the scope moderator:manage:banned_users. https://dev.twitch.tv/docs/api/reference/#ban-user"""
    async def unban_user(
        self,
        user_id: str,
        broadcaster_id: str | None = None,
    ) -> None:
        """Lift a ban or a time-out. Needs the scope moderator:manage:banned_users. https://dev.twitch.tv/docs/api/reference/#unban-user"""
    def get_unban_requests(
        self,
        broadcaster_id: str | None = None,
        status: Literal["pending", "approved", "denied", "acknowledged", "canceled"] = "pending",
        user_id: str | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[UnbanRequest]:
        """Pleas to be let in again, of one status. Needs the scope moderator:read:unban_requests or moderator:manage:unban_requests. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-unban-requests"""
    async def resolve_unban_request(
        self,
        unban_request_id: str,
        status: Literal["approved", "denied"],
        resolution_text: str | None = None,
        broadcaster_id: str | None = None,
    ) -> UnbanRequest:
        """Grant a plea or not; the text, up to 500 characters, is shown to whom it's about. Needs the scope moderator:manage:unban_requests. https://dev.twitch.tv/docs/api/reference/#resolve-unban-requests"""
    async def delete_chat_messages(
        self,
        broadcaster_id: str | None = None,
        message_id: str | None = None,
    ) -> None:
        """Delete a message of the last six hours, or clear the whole chat. Needs the scope moderator:manage:chat_messages. https://dev.twitch.tv/docs/api/reference/#delete-chat-messages"""
    async def warn_chat_user(
        self,
        user_id: str,
        reason: str,
        broadcaster_id: str | None = None,
    ) -> WarnReason:
        """Warn somebody, who must confirm it before they can write again; ``reason`` up to 500 characters. Needs the scope moderator:manage:warnings. https://dev.twitch.tv/docs/api/reference/#warn-chat-user"""
    async def update_shield_mode_status(
        self,
        is_active: bool,
        broadcaster_id: str | None = None,
    ) -> ShieldModeStatus:
        """Put the shield up or down. Needs the scope moderator:manage:shield_mode. https://dev.twitch.tv/docs/api/reference/#update-shield-mode-status"""
    async def get_shield_mode_status(
        self,
        broadcaster_id: str | None = None,
    ) -> ShieldModeStatus:
        """Whether the shield is up. Needs the scope moderator:read:shield_mode or moderator:manage:shield_mode. https://dev.twitch.tv/docs/api/reference/#get-shield-mode-status"""
    async def add_suspicious_user_status(
        self,
        target_user_id: str,
        status: Literal["ACTIVE_MONITORING", "RESTRICTED"],
        moderator_id: str | None = None,
        broadcaster_id: str | None = None,
    ) -> SuspiciousUserStatus:
        """Have somebody's messages watched, or seen by moderators alone. Needs the scope moderator:manage:suspicious_users. https://dev.twitch.tv/docs/api/reference/#add-suspicious-status-to-chat-user"""
    async def remove_suspicious_user_status(
        self,
        target_user_id: str,
        moderator_id: str | None = None,
        broadcaster_id: str | None = None,
    ) -> SuspiciousUserStatus:
        """Treat somebody like everybody else again. Needs the scope moderator:manage:suspicious_users. https://dev.twitch.tv/docs/api/reference/#remove-suspicious-status-from-chat-user"""
    def get_moderated_channels(
        self,
        limit: int | None = 100,
    ) -> PaginatedRequest[ModeratedChannel]:
        """The channels that the user moderates. Needs the scope user:read:moderated_channels. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-moderated-channels"""
    def get_moderators(
        self,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Moderator]:
        """The channel's moderators, or those of the given users who are. Needs the scope moderation:read or channel:manage:moderators. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-moderators"""
    async def add_channel_moderator(
        self,
        user_id: str,
    ) -> None:
        """Make somebody a moderator of the channel. Needs the scope channel:manage:moderators. https://dev.twitch.tv/docs/api/reference/#add-channel-moderator"""
    async def remove_channel_moderator(
        self,
        user_id: str,
    ) -> None:
        """Make a moderator an ordinary viewer again. Needs the scope channel:manage:moderators. https://dev.twitch.tv/docs/api/reference/#remove-channel-moderator"""
    async def create_custom_rewards(
        self,
        title: str,
        cost: int,
        prompt: str | None = None,
        background_color: str | None = None,
        is_enabled: bool | None = None,
        is_user_input_required: bool | None = None,
        is_max_per_stream_enabled: bool | None = None,
        max_per_stream: int | None = None,
        is_max_per_user_per_stream_enabled: bool | None = None,
        max_per_user_per_stream: int | None = None,
        is_global_cooldown_enabled: bool | None = None,
        global_cooldown_seconds: int | None = None,
        should_redemptions_skip_request_queue: bool | None = None,
    ) -> CustomReward:
        """Make a reward, of at most 50 of a channel; ``cost`` in channel points. Needs the scope channel:manage:redemptions. https://dev.twitch.tv/docs/api/reference/#create-custom-rewards"""
    async def update_custom_reward(
        self,
        reward_id: str,
        title: str | None = None,
        prompt: str | None = None,
        cost: int | None = None,
        background_color: str | None = None,
        is_enabled: bool | None = None,
        is_user_input_required: bool | None = None,
        is_max_per_stream_enabled: bool | None = None,
        max_per_stream: int | None = None,
        is_max_per_user_per_stream_enabled: bool | None = None,
        max_per_user_per_stream: int | None = None,
        is_global_cooldown_enabled: bool | None = None,
        global_cooldown_seconds: int | None = None,
        should_redemptions_skip_request_queue: bool | None = None,
        is_paused: bool | None = None,
    ) -> CustomReward:
        """Change a reward that this client made; what isn't given stays. Needs the scope channel:manage:redemptions. https://dev.twitch.tv/docs/api/reference/#update-custom-reward"""
    async def delete_custom_reward(
        self,
        reward_id: str,
    ) -> None:
        """Delete a reward that this client made; what was redeemed and not fulfilled counts as fulfilled. Needs the scope channel:manage:redemptions. https://dev.twitch.tv/docs/api/reference/#delete-custom-reward"""
    async def get_custom_reward(
        self,
        reward_ids: Collection[str] | None = None,
        only_manageable_rewards: bool = False,
    ) -> tuple[CustomReward, ...]:
        """The channel's rewards, or the given ones; those alone that this client may change, if so wanted. Needs the scope channel:read:redemptions or channel:manage:redemptions. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-custom-reward"""
    def get_custom_reward_redemption(
        self,
        reward_id: str,
        status: Literal["CANCELED", "FULFILLED", "UNFULFILLED"] | None = None,
        redemption_ids: Collection[str] | None = None,
        sort: Literal["OLDEST", "NEWEST"] = "OLDEST",
        limit: int | None = 100,
    ) -> PaginatedRequest[CustomRewardRedemption]:
        """Redemptions of a reward that this client made, of one status or by their ids. Needs the scope channel:read:redemptions or channel:manage:redemptions. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-custom-reward-redemption"""
    async def update_redemption_status(
        self,
        redemption_ids: Collection[str],
        reward_id: str,
        status: Literal["CANCELED", "FULFILLED"],
    ) -> tuple[CustomRewardRedemption, ...]:
        """Fulfil redemptions or cancel them, which gives the points back; any number of them. Needs the scope channel:manage:redemptions. https://dev.twitch.tv/docs/api/reference/#update-redemption-status"""
    def get_broadcaster_subscriptions(
        self,
        user_ids: Collection[str] | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[BroadcasterSubscription]:
        """Who subscribes to the channel, or which of the given users do. ``extras`` has total and points. Needs the scope channel:read:subscriptions. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-broadcaster-subscriptions"""
    async def check_user_subscription(
        self,
        broadcaster_id: str,
    ) -> UserSubscription:
        """The user's subscription to a channel. Raises NotFound where they don't subscribe. Needs the scope user:read:subscriptions. https://dev.twitch.tv/docs/api/reference/#check-user-subscription"""
    async def get_bits_leaderboard(
        self,
        count: int = 10,
        period: Literal["day", "week", "month", "year", "all"] = "all",
        started_at: datetime | None = None,
        user_id_filter: str | None = None,
    ) -> Items[BitsLeaderboardEntry]:
        """Who gave the channel the most Bits; up to 100 entries of a period that begins at a time. ``extras`` has its dates. Needs the scope bits:read. https://dev.twitch.tv/docs/api/reference/#get-bits-leaderboard"""
    async def get_custom_power_up(
        self,
        power_up_ids: Collection[str] | None = None,
    ) -> tuple[CustomPowerUp, ...]:
        """The channel's own power-ups, or the given ones. Needs the scope bits:read. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-custom-power-up"""
    def get_polls(
        self,
        poll_ids: Collection[str] | None = None,
        limit: int | None = 20,
    ) -> PaginatedRequest[Poll]:
        """Polls of the last 90 days, the latest first, or the given ones. Needs the scope channel:read:polls or channel:manage:polls. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-polls"""
    async def create_poll(
        self,
        title: str,
        choices: Sequence[str],
        duration: int,
        *,
        channel_points_voting_enabled: bool | None = None,
        channel_points_per_vote: int | None = None,
    ) -> Poll:
        """Begin a poll of 2 to 5 choices and 15 to 1800 seconds. Needs the scope channel:manage:polls. https://dev.twitch.tv/docs/api/reference/#create-poll"""
    async def end_poll(
        self,
        poll_id: str,
        status: Literal["TERMINATED", "ARCHIVED"],
    ) -> Poll:
        """End a poll: its result stays to be seen (TERMINATED) or doesn't (ARCHIVED). Needs the scope channel:manage:polls. https://dev.twitch.tv/docs/api/reference/#end-poll"""
    def get_predictions(
        self,
        prediction_ids: Collection[str] | None = None,
        limit: int | None = 20,
    ) -> PaginatedRequest[Prediction]:
        """Predictions, the latest first, or the given ones. Needs the scope channel:read:predictions or channel:manage:predictions. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-predictions"""
    async def create_prediction(
        self,
        title: str,
        outcomes: Sequence[str],
        duration: int,
    ) -> Prediction:
        """Begin a prediction of 2 to 10 outcomes; viewers can bet for ``duration`` seconds, 30 to 1800. Needs the scope channel:manage:predictions. https://dev.twitch.tv/docs/api/reference/#create-prediction"""
    async def end_prediction(
        self,
        prediction_id: str,
        status: Literal["RESOLVED", "CANCELED", "LOCKED"],
        winning_outcome_id: str | None = None,
    ) -> Prediction:
        """Close the betting (LOCKED), give the points back (CANCELED), or pay out: RESOLVED, with the outcome that won. Needs the scope channel:manage:predictions. https://dev.twitch.tv/docs/api/reference/#end-prediction"""
    async def create_clip(
        self,
        broadcaster_id: str,
        *,
        title: str | None = None,
        duration: float | None = None,
    ) -> CreatedClip:
        """Clip a live stream; ``duration`` of 5 to 60 seconds, 30 unless given. Needs the scope clips:edit. https://dev.twitch.tv/docs/api/reference/#create-clip"""
    async def create_clip_from_vod(
        self,
        vod_id: str,
        vod_offset: int,
        title: str,
        broadcaster_id: str | None = None,
        editor_id: str | None = None,
        duration: float | None = None,
    ) -> CreatedClip:
        """Clip a recording: ``duration`` seconds of it, 5 to 60, that end ``vod_offset`` seconds after its start. Needs the scope editor:manage:clips or channel:manage:clips. https://dev.twitch.tv/docs/api/reference/#create-clip-from-vod"""
    def get_clips_by_id(
        self,
        clip_ids: Collection[str],
        is_featured: bool | None = None,
        limit: int | None = None,
    ) -> PaginatedRequest[Clip]:
        """Clips by their ids, any number of them. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-clips"""
    def get_clips_by_user_id(
        self,
        user_id: str | None = None,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        is_featured: bool | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Clip]:
        """Clips of a channel, those with the most views first. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-clips"""
    def get_clips_by_category_id(
        self,
        category_id: str,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        is_featured: bool | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[Clip]:
        """Clips of a game or category, those with the most views first. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-clips"""
    async def get_clips_downloads(
        self,
        broadcaster_id: str,
        clip_ids: Collection[str],
        editor_id: str | None = None,
    ) -> tuple[ClipDownload, ...]:
        """Where clips can be downloaded from, any number of them. Needs the scope editor:manage:clips or channel:manage:clips. https://dev.twitch.tv/docs/api/reference/#get-clips-download"""
    def get_videos_by_id(
        self,
        video_ids: Collection[str],
        limit: int | None = None,
    ) -> PaginatedRequest[Video]:
        """Videos by their ids, any number of them. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-videos"""
    def get_videos_by_user_id(
        self,
        user_id: str | None = None,
        language: str | None = None,
        period: Literal["all", "day", "month", "week"] = "all",
        sort: Literal["time", "trending", "views"] = "time",
        video_type: Literal["all", "archive", "highlight", "upload"] = "all",
        limit: int | None = 100,
    ) -> PaginatedRequest[Video]:
        """Videos of a channel. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-videos"""
    def get_videos_by_category_id(
        self,
        category_id: str,
        language: str | None = None,
        period: Literal["all", "day", "month", "week"] = "all",
        sort: Literal["time", "trending", "views"] = "time",
        video_type: Literal["all", "archive", "highlight", "upload"] = "all",
        limit: int | None = 100,
    ) -> PaginatedRequest[Video]:
        """Videos of a game or category, at most 500. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-videos"""
    async def delete_videos(
        self,
        video_ids: Collection[str],
    ) -> tuple[str, ...]:
        """Delete videos, five to a request, of which all are deleted or none; gives the ids of those that were. Needs the scope channel:manage:videos. https://dev.twitch.tv/docs/api/reference/#delete-videos"""
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
        """Games and categories by id, exact name or IGDB's id, any number of them. An empty list counts as not given. https://dev.twitch.tv/docs/api/reference/#get-games"""
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
    async def start_raid(
        self,
        to_broadcaster_id: str,
    ) -> Raid:
        """Send the channel's viewers to another; begins after 90 seconds, or when the broadcaster says so. Needs the scope channel:manage:raids. https://dev.twitch.tv/docs/api/reference/#start-a-raid"""
    async def cancel_raid(
        self,
    ) -> None:
        """Call off a raid that hasn't begun. Needs the scope channel:manage:raids. https://dev.twitch.tv/docs/api/reference/#cancel-a-raid"""
    async def get_hype_train_status(
        self,
    ) -> HypeTrainStatus:
        """The hype train that runs on the channel, and its records. Needs the scope channel:read:hype_train. https://dev.twitch.tv/docs/api/reference/#get-hype-train-status"""
    async def get_creator_goals(
        self,
    ) -> tuple[CreatorGoal, ...]:
        """The goals that the channel shows. Needs the scope channel:read:goals. https://dev.twitch.tv/docs/api/reference/#get-creator-goals"""
    async def get_charity_campaign(
        self,
    ) -> CharityCampaign | None:
        """The campaign that runs on the channel, None where none does. Needs the scope channel:read:charity. https://dev.twitch.tv/docs/api/reference/#get-charity-campaign"""
    def get_charity_campaign_donations(
        self,
        limit: int | None = 100,
    ) -> PaginatedRequest[CharityDonation]:
        """What was given to the campaign that runs on the channel. Needs the scope channel:read:charity. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-charity-campaign-donations"""
    def get_channel_stream_schedule(
        self,
        user_id: str | None = None,
        segment_ids: Collection[str] | None = None,
        start_time: datetime | None = None,
        limit: int | None = 25,
    ) -> PaginatedRequest[ChannelStreamSchedule]:
        """What a channel plans to stream, from now or a time on, or the given segments. ``limit`` counts segments. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-channel-stream-schedule"""
    async def get_channel_icalendar(
        self,
        user_id: str | None = None,
    ) -> str:
        """The schedule of a channel as a calendar file (RFC 5545). https://dev.twitch.tv/docs/api/reference/#get-channel-icalendar"""
    async def update_channel_stream_schedule(
        self,
        is_vacation_enabled: bool,
        vacation_start_time: datetime | None = None,
        vacation_end_time: datetime | None = None,
        timezone: str | None = None,
    ) -> None:
        """Set or end a vacation; ``timezone`` is a name such as Europe/Berlin. Needs the scope channel:manage:schedule. https://dev.twitch.tv/docs/api/reference/#update-channel-stream-schedule"""
    async def create_channel_stream_schedule_segment(
        self,
        start_time: datetime,
        timezone: str,
        is_recurring: bool,
        duration: int,
        category_id: str | None = None,
        title: str | None = None,
    ) -> ChannelStreamSchedule:
        """Plan a stream of ``duration`` minutes, 30 to 1380; one that isn't recurring is for partners and affiliates. Needs the scope channel:manage:schedule. https://dev.twitch.tv/docs/api/reference/#create-channel-stream-schedule-segment"""
    async def update_channel_stream_schedule_segment(
        self,
        segment_id: str,
        start_time: datetime | None = None,
        duration: int | None = None,
        category_id: str | None = None,
        is_canceled: bool | None = None,
        timezone: str | None = None,
        title: str | None = None,
    ) -> ChannelStreamSchedule:
        """Change a planned stream; ``duration`` in minutes. What isn't given stays. Needs the scope channel:manage:schedule. https://dev.twitch.tv/docs/api/reference/#update-channel-stream-schedule-segment"""
    async def delete_channel_stream_schedule_segment(
        self,
        segment_id: str,
    ) -> None:
        """Delete a planned stream, with all its repetitions. Needs the scope channel:manage:schedule. https://dev.twitch.tv/docs/api/reference/#delete-channel-stream-schedule-segment"""
    async def get_channel_teams(
        self,
        user_id: str | None = None,
    ) -> tuple[ChannelTeam, ...]:
        """The teams that a channel is in. https://dev.twitch.tv/docs/api/reference/#get-channel-teams"""
    async def get_team_by_id(
        self,
        team_id: str,
    ) -> TeamUsers | None:
        """A team by its id. https://dev.twitch.tv/docs/api/reference/#get-teams"""
    async def get_team_by_name(
        self,
        team_name: str,
    ) -> TeamUsers | None:
        """A team by its name as in its address. https://dev.twitch.tv/docs/api/reference/#get-teams"""
    async def start_commercial(
        self,
        length: int,
    ) -> StartCommercial:
        """Run ads of ``length`` seconds, up to 180, on a live channel. Needs the scope channel:edit:commercial. https://dev.twitch.tv/docs/api/reference/#start-commercial"""
    async def get_ad_schedule(
        self,
    ) -> AdSchedule:
        """When the channel's next ads come. Needs the scope channel:read:ads. https://dev.twitch.tv/docs/api/reference/#get-ad-schedule"""
    async def snooze_next_ad(
        self,
    ) -> AdSnooze:
        """Put the next ads off by five minutes. Needs the scope channel:manage:ads. https://dev.twitch.tv/docs/api/reference/#snooze-next-ad"""
    def get_extension_analytics(
        self,
        extension_id: str | None = None,
        report_type: str | None = None,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[ExtensionAnalytics]:
        """Reports on the user's extensions. Needs the scope analytics:read:extensions. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-extension-analytics"""
    def get_game_analytics(
        self,
        game_id: str | None = None,
        report_type: str | None = None,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        limit: int | None = 100,
    ) -> PaginatedRequest[GameAnalytics]:
        """Reports on the user's games. Needs the scope analytics:read:games. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-game-analytics"""
    async def get_channel_guest_star_settings(
        self,
        broadcaster_id: str | None = None,
    ) -> GuestStarSettings:
        """How a channel's calls are set up. Needs the scope channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#get-channel-guest-star-settings"""
    async def update_channel_guest_star_settings(
        self,
        is_moderator_send_live_enabled: bool | None = None,
        slot_count: int | None = None,
        is_browser_source_audio_enabled: bool | None = None,
        group_layout: Literal["TILED_LAYOUT", "SCREENSHARE_LAYOUT", "HORIZONTAL_LAYOUT", "VERTICAL_LAYOUT"] | None = None,
        regenerate_browser_sources: bool | None = None,
    ) -> None:
        """Set up the channel's calls; what isn't given stays. Needs the scope channel:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#update-channel-guest-star-settings"""
    async def get_guest_star_session(
        self,
        broadcaster_id: str | None = None,
    ) -> GuestStarSession | None:
        """The call that runs on a channel, None where none does. Needs the scope channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#get-guest-star-session"""
    async def create_guest_star_session(
        self,
    ) -> GuestStarSession:
        """Begin a call on the channel. Needs the scope channel:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#create-guest-star-session"""
    async def end_guest_star_session(
        self,
        session_id: str,
    ) -> GuestStarSession:
        """End a call on the channel. Needs the scope channel:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#end-guest-star-session"""
    async def get_guest_star_invites(
        self,
        session_id: str,
        broadcaster_id: str | None = None,
    ) -> tuple[GuestStarInvite, ...]:
        """Who is invited to a call. Needs the scope channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#get-guest-star-invites"""
    async def send_guest_star_invite(
        self,
        session_id: str,
        guest_id: str,
        broadcaster_id: str | None = None,
    ) -> None:
        """Invite somebody to a call. Needs the scope channel:manage:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#send-guest-star-invite"""
    async def delete_guest_star_invite(
        self,
        session_id: str,
        guest_id: str,
        broadcaster_id: str | None = None,
    ) -> None:
        """Take an invitation back. Needs the scope channel:manage:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#delete-guest-star-invite"""
    async def assign_guest_star_slot(
        self,
        session_id: str,
        guest_id: str,
        slot_id: str,
        broadcaster_id: str | None = None,
    ) -> None:
        """Put a guest who is ready in a slot. Needs the scope channel:manage:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#assign-guest-star-slot"""
    async def update_guest_star_slot(
        self,
        session_id: str,
        source_slot_id: str,
        destination_slot_id: str | None = None,
        broadcaster_id: str | None = None,
    ) -> None:
        """Move a guest to another slot, in exchange for who is there. Needs the scope channel:manage:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#update-guest-star-slot"""
    async def delete_guest_star_slot(
        self,
        session_id: str,
        guest_id: str,
        slot_id: str,
        should_reinvite_guest: bool | None = None,
        broadcaster_id: str | None = None,
    ) -> None:
        """Take a guest out of the call, or back among the invited. Needs the scope channel:manage:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#delete-guest-star-slot"""
    async def update_guest_star_slot_settings(
        self,
        session_id: str,
        slot_id: str,
        is_audio_enabled: bool | None = None,
        is_video_enabled: bool | None = None,
        is_live: bool | None = None,
        volume: int | None = None,
        broadcaster_id: str | None = None,
    ) -> None:
        """Set a slot's sound, picture, ``volume`` (0 to 100) and whether it's live; what isn't given stays. Needs the scope channel:manage:guest_star or moderator:manage:guest_star. https://dev.twitch.tv/docs/api/reference/#update-guest-star-slot-settings"""
    def get_drops_entitlements(
        self,
        entitlement_ids: Collection[str] | None = None,
        user_id: str | None = None,
        game_id: str | None = None,
        fulfillment_status: Literal["CLAIMED", "FULFILLED"] | None = None,
        limit: int | None = 1000,
    ) -> PaginatedRequest[DropsEntitlement]:
        """What viewers have earned of the client's organisation; with a user's token that user alone. An empty list counts as not given. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-drops-entitlements"""
    async def update_drops_entitlements(
        self,
        fulfillment_status: Literal["CLAIMED", "FULFILLED"],
        entitlement_ids: Collection[str],
    ) -> tuple[DropsEntitlementUpdate, ...]:
        """Tell that viewers have what they earned, any number of them. Read the status of each group. https://dev.twitch.tv/docs/api/reference/#update-drops-entitlements"""
    async def get_released_extensions(
        self,
        extension_id: str,
        extension_version: str | None = None,
    ) -> tuple[Extension, ...]:
        """An extension as it is released. https://dev.twitch.tv/docs/api/reference/#get-released-extensions"""
    def get_extension_live_channels(
        self,
        extension_id: str,
        limit: int | None = 100,
    ) -> PaginatedRequest[ExtensionLiveChannel]:
        """Which live channels run an extension. ``limit`` bounds how many come; None fetches all. https://dev.twitch.tv/docs/api/reference/#get-extension-live-channels"""

class ExtensionMethods(Caller):
    async def get_extension_configuration_segment(
        self,
        segments: Collection[Literal["broadcaster", "developer", "global"]],
        broadcaster_id: str | None = None,
    ) -> tuple[ExtensionConfiguration, ...]:
        """Segments of the extension's configuration; the broadcaster's and the developer's take the channel. https://dev.twitch.tv/docs/api/reference/#get-extension-configuration-segment"""
    async def set_extension_configuration_segment(
        self,
        segment: Literal["broadcaster", "developer", "global"],
        content: str | None = None,
        version: str | None = None,
        broadcaster_id: str | None = None,
    ) -> None:
        """Set a segment of the extension's configuration, up to 5 kB. https://dev.twitch.tv/docs/api/reference/#set-extension-configuration-segment"""
    async def set_extension_required_configuration(
        self,
        broadcaster_id: str,
        extension_version: str,
        required_configuration: str,
    ) -> None:
        """Say which configuration a version needs before it can be active on the channel. https://dev.twitch.tv/docs/api/reference/#set-extension-required-configuration"""
    async def send_extension_pubsub_message(
        self,
        broadcaster_id: str,
        target: Sequence[str],
        message: str,
        is_global_broadcast: bool | None = None,
    ) -> None:
        """Send up to 5 kB to a channel's viewers (broadcast), to one (whisper-<id>), or to all there are (global). https://dev.twitch.tv/docs/api/reference/#send-extension-pubsub-message"""
    async def get_extension_secrets(
        self,
    ) -> tuple[ExtensionSecrets, ...]:
        """The secrets that the extension's tokens can be signed with. https://dev.twitch.tv/docs/api/reference/#get-extension-secrets"""
    async def create_extension_secret(
        self,
        delay: int = 300,
    ) -> ExtensionSecrets:
        """Make a new secret, in use after ``delay`` seconds, at least 300; the older ones end then. https://dev.twitch.tv/docs/api/reference/#create-extension-secret"""
    async def send_extension_chat_message(
        self,
        broadcaster_id: str,
        text: str,
        extension_version: str,
    ) -> None:
        """Write in a channel's chat as the extension, up to 280 characters. https://dev.twitch.tv/docs/api/reference/#send-extension-chat-message"""
    async def get_extensions(
        self,
        extension_version: str | None = None,
    ) -> tuple[Extension, ...]:
        """The extension as it is in a version, or in the one released. https://dev.twitch.tv/docs/api/reference/#get-extensions"""
