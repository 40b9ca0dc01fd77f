"""Bans, warnings and the like: what moderators do about a user, and the shield for a whole chat."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import body, query
from twitch.records import OpenEnum, Record, User


class BannedUser(Record, frozen=True, kw_only=True):
    """Somebody who is banned from a chat, or timed out until ``expires_at``."""

    user: User
    expires_at: datetime | None = None
    """The end of a time-out, None for a ban."""
    created_at: datetime | None = None
    reason: str = ""
    moderator: User | None = None


class Ban(Record, frozen=True, kw_only=True):
    """A ban, or a time-out until ``end_time``."""

    broadcaster: User
    moderator: User | None = None
    user: User
    created_at: datetime | None = None
    end_time: datetime | None = None


class UnbanRequestStatus(OpenEnum):
    """What came of a plea to be let in again."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    ACKNOWLEDGED = "acknowledged"
    CANCELED = "canceled"


class UnbanRequest(Record, frozen=True, kw_only=True):
    """A plea to be let in again, and what came of it."""

    id: str
    broadcaster: User
    moderator: User | None = None
    user: User
    text: str = ""
    status: UnbanRequestStatus | None = None
    created_at: datetime | None = None
    resolved_at: datetime | None = None
    """When it was resolved, None if pending."""
    resolution_text: str | None = None


class WarnReason(Record, frozen=True, kw_only=True):
    """A warning as it was given."""

    broadcaster: User
    user: User
    moderator: User | None = None
    reason: str = ""


class ShieldModeStatus(Record, frozen=True, kw_only=True):
    """Whether the shield is up, and who put it up last."""

    is_active: bool = False
    moderator: User | None = None
    last_activated_at: datetime | None = None


class SuspiciousTreatment(OpenEnum):
    """How a chat treats somebody suspicious."""

    ACTIVE_MONITORING = "ACTIVE_MONITORING"
    RESTRICTED = "RESTRICTED"
    NO_TREATMENT = "NO_TREATMENT"


class SuspicionKind(OpenEnum):
    """Why somebody is suspicious."""

    MANUALLY_ADDED = "MANUALLY_ADDED"
    DETECTED_BAN_EVADER = "DETECTED_BAN_EVADER"
    DETECTED_SUS_CHATTER = "DETECTED_SUS_CHATTER"
    BANNED_IN_SHARED_CHANNEL = "BANNED_IN_SHARED_CHANNEL"


class SuspiciousUserStatus(Record, frozen=True, kw_only=True):
    """How a chat treats somebody suspicious, and why they are."""

    user: User
    broadcaster: User
    moderator: User | None = None
    updated_at: datetime | None = None
    status: SuspiciousTreatment | None = None
    types: tuple[SuspicionKind, ...] = ()


GET_BANNED_USERS = Endpoint(
    "get_banned_users",
    "GET",
    "/moderation/banned",
    auth=Auth.EITHER,
    scopes=(
        "moderation:read",
        "moderator:manage:banned_users",
    ),
    granted_by="broadcaster_id",
    item=BannedUser,
    answer=Answer.PAGES,
    about="Who is banned or timed out, or which of the given users are.",
    parameters=(
        query.own("broadcaster_id"),
        query.many("user_ids", "user_id", at_most=100, optional=True),
    ),
    page_size_max=100,
)

BAN_USER = Endpoint(
    "ban_user",
    "POST",
    "/moderation/bans",
    auth=Auth.EITHER,
    scopes=("moderator:manage:banned_users",),
    granted_by="moderator_id",
    app_scopes=(("moderator_id", "user:bot"),),
    item=Ban,
    answer=Answer.ONE,
    about="Ban somebody from a chat; for ``duration`` seconds, up to 1,209,600, or for good.",
    parameters=(
        body.text("user_id", within="data"),
        query.own("broadcaster_id"),
        body.whole("duration", within="data", optional=True),
        body.text("reason", within="data", optional=True),
        query.own("moderator_id", always=True),
    ),
)

UNBAN_USER = Endpoint(
    "unban_user",
    "DELETE",
    "/moderation/bans",
    auth=Auth.EITHER,
    scopes=("moderator:manage:banned_users",),
    granted_by="moderator_id",
    app_scopes=(("moderator_id", "user:bot"),),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Lift a ban or a time-out.",
    parameters=(
        query.text("user_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

GET_UNBAN_REQUESTS = Endpoint(
    "get_unban_requests",
    "GET",
    "/moderation/unban_requests",
    auth=Auth.USER,
    scopes=(
        "moderator:read:unban_requests",
        "moderator:manage:unban_requests",
    ),
    item=UnbanRequest,
    answer=Answer.PAGES,
    about="Pleas to be let in again, of one status.",
    parameters=(
        query.own("broadcaster_id"),
        query.word("status", "pending", "approved", "denied", "acknowledged", "canceled", default="pending"),
        query.text("user_id", optional=True),
        query.own("moderator_id", always=True),
    ),
    page_size_max=100,
)

RESOLVE_UNBAN_REQUEST = Endpoint(
    "resolve_unban_request",
    "PATCH",
    "/moderation/unban_requests",
    anchor="resolve-unban-requests",
    auth=Auth.USER,
    scopes=("moderator:manage:unban_requests",),
    item=UnbanRequest,
    answer=Answer.ONE,
    about="Grant a plea or not; the text, up to 500 characters, is shown to whom it's about.",
    parameters=(
        query.text("unban_request_id"),
        query.word("status", "approved", "denied"),
        query.text("resolution_text", optional=True),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

DELETE_CHAT_MESSAGES = Endpoint(
    "delete_chat_messages",
    "DELETE",
    "/moderation/chat",
    auth=Auth.EITHER,
    scopes=("moderator:manage:chat_messages",),
    granted_by="moderator_id",
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Delete a message of the last six hours, or clear the whole chat.",
    parameters=(
        query.own("broadcaster_id"),
        query.text("message_id", optional=True),
        query.own("moderator_id", always=True),
    ),
)

WARN_CHAT_USER = Endpoint(
    "warn_chat_user",
    "POST",
    "/moderation/warnings",
    auth=Auth.EITHER,
    scopes=("moderator:manage:warnings",),
    granted_by="moderator_id",
    item=WarnReason,
    answer=Answer.ONE,
    about="Warn somebody, who must confirm it before they can write again; ``reason`` up to 500 characters.",
    parameters=(
        body.text("user_id", within="data"),
        body.text("reason", within="data"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

UPDATE_SHIELD_MODE_STATUS = Endpoint(
    "update_shield_mode_status",
    "PUT",
    "/moderation/shield_mode",
    auth=Auth.EITHER,
    scopes=("moderator:manage:shield_mode",),
    granted_by="moderator_id",
    item=ShieldModeStatus,
    answer=Answer.ONE,
    about="Put the shield up or down.",
    parameters=(
        body.flag("is_active"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

GET_SHIELD_MODE_STATUS = Endpoint(
    "get_shield_mode_status",
    "GET",
    "/moderation/shield_mode",
    auth=Auth.EITHER,
    scopes=(
        "moderator:read:shield_mode",
        "moderator:manage:shield_mode",
    ),
    granted_by="moderator_id",
    item=ShieldModeStatus,
    answer=Answer.ONE,
    about="Whether the shield is up.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

ADD_SUSPICIOUS_USER_STATUS = Endpoint(
    "add_suspicious_user_status",
    "POST",
    "/moderation/suspicious_users",
    anchor="add-suspicious-status-to-chat-user",
    auth=Auth.EITHER,
    scopes=("moderator:manage:suspicious_users",),
    granted_by="moderator_id",
    item=SuspiciousUserStatus,
    answer=Answer.ONE,
    about="Have somebody's messages watched, or seen by moderators alone.",
    parameters=(
        body.text("target_user_id", "user_id"),
        query.own("moderator_id"),
        query.own("broadcaster_id"),
        body.word("status", "ACTIVE_MONITORING", "RESTRICTED"),
    ),
)

REMOVE_SUSPICIOUS_USER_STATUS = Endpoint(
    "remove_suspicious_user_status",
    "DELETE",
    "/moderation/suspicious_users",
    anchor="remove-suspicious-status-from-chat-user",
    auth=Auth.EITHER,
    scopes=("moderator:manage:suspicious_users",),
    granted_by="moderator_id",
    item=SuspiciousUserStatus,
    answer=Answer.ONE,
    about="Treat somebody like everybody else again.",
    parameters=(
        query.text("target_user_id", "user_id"),
        query.own("moderator_id"),
        query.own("broadcaster_id"),
    ),
)
