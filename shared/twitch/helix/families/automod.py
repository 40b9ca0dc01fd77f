"""AutoMod: what it holds back, and what it's set to; and the words that it blocks."""

from datetime import datetime
from typing import TypedDict

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import body, query
from twitch.records import Record, User


class AutoModMessage(TypedDict):
    """A message to be checked; ``msg_id`` is the caller's own."""

    msg_id: str
    msg_text: str


class AutoModSettingsChange(TypedDict, total=False):
    """Levels of 0 to 4; the overall level excludes the others."""

    aggression: int
    bullying: int
    disability: int
    misogyny: int
    overall_level: int
    race_ethnicity_or_religion: int
    sex_based_terms: int
    sexuality_sex_or_gender: int
    swearing: int


class AutoModStatusMessage(Record, frozen=True, kw_only=True):
    """Whether AutoMod would let a message pass."""

    msg_id: str = ""
    is_permitted: bool = False


class AutoModSettings(Record, frozen=True, kw_only=True):
    """How strict AutoMod is, 0 to 4 for each kind; ``overall_level`` is None where they were set one by one."""

    broadcaster: User
    moderator: User | None = None
    overall_level: int | None = None
    disability: int = 0
    aggression: int = 0
    sexuality_sex_or_gender: int = 0
    misogyny: int = 0
    bullying: int = 0
    swearing: int = 0
    race_ethnicity_or_religion: int = 0
    sex_based_terms: int = 0


class BlockedTerm(Record, frozen=True, kw_only=True):
    """A term that keeps a message out of chat."""

    broadcaster: User
    moderator: User | None = None
    id: str
    text: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    expires_at: datetime | None = None


CHECK_AUTOMOD_STATUS = Endpoint(
    "check_automod_status",
    "POST",
    "/moderation/enforcements/status",
    auth=Auth.EITHER,
    scopes=("moderation:read",),
    granted_by="broadcaster_id",
    item=AutoModStatusMessage,
    answer=Answer.MANY,
    about="Whether AutoMod would let messages pass on the channel, any number of them.",
    parameters=(
        body.shaped("messages", "Sequence[AutoModMessage]", AutoModMessage, wire="data", at_most=100),
        query.own("broadcaster_id", always=True),
    ),
)

MANAGE_HELD_AUTOMOD_MESSAGES = Endpoint(
    "manage_held_automod_messages",
    "POST",
    "/moderation/automod/message",
    auth=Auth.EITHER,
    scopes=("moderator:manage:automod",),
    granted_by="user_id",
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Let a message pass that AutoMod holds back, or not.",
    parameters=(
        body.own("user_id", always=True),
        body.text("msg_id"),
        body.word("action", "ALLOW", "DENY"),
    ),
)

GET_AUTOMOD_SETTINGS = Endpoint(
    "get_automod_settings",
    "GET",
    "/moderation/automod/settings",
    auth=Auth.EITHER,
    scopes=(
        "moderator:read:automod_settings",
        "moderator:manage:automod_settings",
    ),
    granted_by="moderator_id",
    item=AutoModSettings,
    answer=Answer.ONE,
    about="How strict AutoMod is on a channel.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

UPDATE_AUTOMOD_SETTINGS = Endpoint(
    "update_automod_settings",
    "PUT",
    "/moderation/automod/settings",
    auth=Auth.EITHER,
    scopes=("moderator:manage:automod_settings",),
    granted_by="moderator_id",
    item=AutoModSettings,
    answer=Answer.ONE,
    about="Set how strict AutoMod is: the overall level, or the others, of which one not given becomes 0.",
    parameters=(
        body.settings("settings", AutoModSettingsChange),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

GET_BLOCKED_TERMS = Endpoint(
    "get_blocked_terms",
    "GET",
    "/moderation/blocked_terms",
    auth=Auth.EITHER,
    scopes=(
        "moderator:read:blocked_terms",
        "moderator:manage:blocked_terms",
    ),
    granted_by="moderator_id",
    item=BlockedTerm,
    answer=Answer.PAGES,
    about="The terms that the channel's moderators have blocked.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
    page_size_max=100,
)

ADD_BLOCKED_TERM = Endpoint(
    "add_blocked_term",
    "POST",
    "/moderation/blocked_terms",
    auth=Auth.EITHER,
    scopes=("moderator:manage:blocked_terms",),
    granted_by="moderator_id",
    item=BlockedTerm,
    answer=Answer.ONE,
    about="Block a term of 2 to 500 characters; * stands for any.",
    parameters=(
        body.text("text"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

REMOVE_BLOCKED_TERM = Endpoint(
    "remove_blocked_term",
    "DELETE",
    "/moderation/blocked_terms",
    auth=Auth.EITHER,
    scopes=("moderator:manage:blocked_terms",),
    granted_by="moderator_id",
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Let a term pass again.",
    parameters=(
        query.text("term_id", "id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)
