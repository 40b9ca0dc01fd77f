"""Chat: messages, announcements, shoutouts, who is there, and the room's settings."""

from datetime import datetime
from typing import TypedDict

from twitch.helix.endpoints import AS_A_BOT, Answer, Auth, Bucket, Endpoint, Nothing
from twitch.helix.parameters import body, query
from twitch.records import Part, Record, User


class ChatSettingsChange(TypedDict, total=False):
    """What shall change of a chat. Durations: of follower mode in minutes, of the other two in seconds."""

    emote_mode: bool
    follower_mode: bool
    follower_mode_duration: int
    non_moderator_chat_delay: bool
    non_moderator_chat_delay_duration: int
    slow_mode: bool
    slow_mode_wait_time: int
    subscriber_mode: bool
    unique_chat_mode: bool


class DropReason(Part, frozen=True, kw_only=True):
    """Why a message that Twitch took was not sent."""

    code: str = ""
    message: str = ""


class SendMessageStatus(Record, frozen=True, kw_only=True):
    """The fate of a chat message. A dropped one is no error: see ``is_sent`` and ``drop_reason``."""

    message_id: str = ""
    is_sent: bool = False
    drop_reason: DropReason | None = None


class Chatter(Record, frozen=True, kw_only=True):
    """Somebody who is in a chat."""

    user: User


class ChatSettings(Record, frozen=True, kw_only=True):
    """How a chat is ruled. Only the channel's moderators are told of the delay."""

    broadcaster: User
    emote_mode: bool = False
    follower_mode: bool = False
    follower_mode_duration: int | None = None
    """Minimum follow age in minutes."""
    moderator: User | None = None
    non_moderator_chat_delay: bool | None = None
    non_moderator_chat_delay_duration: int | None = None
    """Chat delay in seconds."""
    slow_mode: bool = False
    slow_mode_wait_time: int | None = None
    """Seconds between messages."""
    subscriber_mode: bool = False
    unique_chat_mode: bool = False


class SharedChatParticipant(Part, frozen=True, kw_only=True):
    """A channel of a shared chat."""

    broadcaster: User


class SharedChatSession(Record, frozen=True, kw_only=True):
    """Channels that share a chat."""

    session_id: str = ""
    host_broadcaster: User
    participants: tuple[SharedChatParticipant, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None


SEND_CHAT_MESSAGE = Endpoint(
    "send_chat_message",
    "POST",
    "/chat/messages",
    auth=Auth.EITHER,
    scopes=("user:write:chat",),
    granted_by="sender_id",
    app_scopes=(
        ("sender_id", "user:bot"),
        ("broadcaster_id, unless the sender moderates there,", "channel:bot"),
    ),
    item=SendMessageStatus,
    answer=Answer.ONE,
    about="Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error.",
    parameters=(
        body.own("broadcaster_id"),
        body.own("sender_id", always=True),
        body.text("message"),
        body.text("reply_message_id", "reply_parent_message_id", optional=True),
        body.flag("for_source_only", optional=True, app_only=True),
        body.flag("pin", optional=True),
    ),
    bucket=Bucket.CHAT,
)

SEND_CHAT_ANNOUNCEMENT = Endpoint(
    "send_chat_announcement",
    "POST",
    "/chat/announcements",
    auth=Auth.EITHER,
    scopes=("moderator:manage:announcements",),
    granted_by="moderator_id",
    app_scopes=AS_A_BOT,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Write an announcement in a channel's chat, up to 500 characters.",
    parameters=(
        body.text("message"),
        query.own("broadcaster_id"),
        body.word("color", "blue", "green", "orange", "purple", "primary", default="primary"),
        query.own("moderator_id", always=True),
        body.flag("for_source_only", optional=True, app_only=True),
    ),
)

SEND_SHOUTOUT = Endpoint(
    "send_shoutout",
    "POST",
    "/chat/shoutouts",
    anchor="send-a-shoutout",
    auth=Auth.EITHER,
    scopes=("moderator:manage:shoutouts",),
    granted_by="moderator_id",
    app_scopes=AS_A_BOT,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Recommend another channel to those who watch this one; once in two minutes.",
    parameters=(
        query.text("to_broadcaster_id"),
        query.own("from_broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

GET_CHATTERS = Endpoint(
    "get_chatters",
    "GET",
    "/chat/chatters",
    auth=Auth.EITHER,
    scopes=("moderator:read:chatters",),
    granted_by="moderator_id",
    item=Chatter,
    answer=Answer.PAGES,
    about="Who is in a chat. ``extras`` has the total.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
    page_size_max=1000,
    limit=100,
)

GET_CHAT_SETTINGS = Endpoint(
    "get_chat_settings",
    "GET",
    "/chat/settings",
    auth=Auth.EITHER,
    item=ChatSettings,
    answer=Answer.ONE,
    about="How a chat is ruled. Who moderates it, and says so by ``moderator_id``, is told of the delay too.",
    parameters=(
        query.own("user_id", "broadcaster_id"),
        query.text("moderator_id", optional=True),
    ),
)

UPDATE_CHAT_SETTINGS = Endpoint(
    "update_chat_settings",
    "PATCH",
    "/chat/settings",
    auth=Auth.EITHER,
    scopes=("moderator:manage:chat_settings",),
    granted_by="moderator_id",
    item=ChatSettings,
    answer=Answer.ONE,
    about="Change how a chat is ruled; what isn't given stays.",
    parameters=(
        body.settings("settings", ChatSettingsChange),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

GET_SHARED_CHAT_SESSION = Endpoint(
    "get_shared_chat_session",
    "GET",
    "/shared_chat/session",
    auth=Auth.EITHER,
    item=SharedChatSession,
    answer=Answer.MAYBE,
    about="The shared chat that a channel is in, None where it's in none.",
    parameters=(query.own("user_id", "broadcaster_id"),),
)

SEND_WHISPER = Endpoint(
    "send_whisper",
    "POST",
    "/whispers",
    auth=Auth.USER,
    scopes=("user:manage:whispers",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Write to somebody alone, 500 characters to a stranger. Needs a verified phone; Twitch may drop it without a word.",
    parameters=(
        query.text("to_user_id"),
        body.text("message"),
        query.own("from_user_id", always=True),
    ),
)
