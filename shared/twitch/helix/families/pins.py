"""Pins: the message that stands above a chat."""

from datetime import datetime

from twitch.helix.endpoints import AS_A_BOT, Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import query
from twitch.records import OpenEnum, Part, Record, User


class PinnedFragmentType(OpenEnum):
    """What a piece of a message is."""

    TEXT = "text"
    EMOTE = "emote"
    CHEERMOTE = "cheermote"
    MENTION = "mention"


class PinnedCheermote(Part, frozen=True, kw_only=True):
    """Bits in a message."""

    prefix: str = ""
    bits: int = 0
    """Bits cheered."""
    tier: int = 0


class PinnedEmote(Part, frozen=True, kw_only=True):
    """An emote in a message."""

    id: str = ""
    emote_set_id: str = ""
    owner_id: str = ""
    format: tuple[str, ...] = ()


class PinnedMention(Part, frozen=True, kw_only=True):
    """Somebody named in a message."""

    user: User


class PinnedFragment(Part, frozen=True, kw_only=True):
    """A piece of a message."""

    type: PinnedFragmentType | None = None
    text: str = ""
    cheermote: PinnedCheermote | None = None
    emote: PinnedEmote | None = None
    mention: PinnedMention | None = None


class PinnedMessage(Part, frozen=True, kw_only=True):
    """What a pinned message says."""

    text: str = ""
    fragments: tuple[PinnedFragment, ...] = ()


class PinnedChatMessage(Record, frozen=True, kw_only=True):
    """A message that stands above the chat, until it ends or the stream does."""

    message_id: str = ""
    broadcaster: User
    sender: User
    pinned_by: User | None = None
    message: PinnedMessage | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """When the pin expires, None until stream end."""
    updated_at: datetime | None = None


GET_PINNED_CHAT_MESSAGE = Endpoint(
    "get_pinned_chat_message",
    "GET",
    "/chat/pins",
    auth=Auth.EITHER,
    scopes=(
        "moderator:manage:chat_messages",
        "moderator:read:chat_messages",
    ),
    granted_by="moderator_id",
    app_scopes=AS_A_BOT,
    item=PinnedChatMessage,
    answer=Answer.MAYBE,
    about="The message that a moderator has pinned above the chat, None where there's none.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

PIN_CHAT_MESSAGE = Endpoint(
    "pin_chat_message",
    "PUT",
    "/chat/pins",
    auth=Auth.EITHER,
    scopes=("moderator:manage:chat_messages",),
    granted_by="moderator_id",
    app_scopes=AS_A_BOT,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Pin a message above the chat, in place of another, for 30 to 1800 seconds or until the stream ends.",
    parameters=(
        query.text("message_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
        query.whole("duration_seconds", optional=True),
    ),
)

UPDATE_PINNED_CHAT_MESSAGE = Endpoint(
    "update_pinned_chat_message",
    "PATCH",
    "/chat/pins",
    auth=Auth.EITHER,
    scopes=("moderator:manage:chat_messages",),
    granted_by="moderator_id",
    app_scopes=AS_A_BOT,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Pin it for another time from now, 30 to 1800 seconds, or until the stream ends.",
    parameters=(
        query.text("message_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
        query.whole("duration_seconds", optional=True),
    ),
)

UNPIN_CHAT_MESSAGE = Endpoint(
    "unpin_chat_message",
    "DELETE",
    "/chat/pins",
    auth=Auth.EITHER,
    scopes=("moderator:manage:chat_messages",),
    granted_by="moderator_id",
    app_scopes=AS_A_BOT,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Take a pinned message down.",
    parameters=(
        query.text("message_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)
