"""Everything a moderator does: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-moderate-event

An event is of one ``action``; most have a field that says more, such as ``timeout``. In a shared chat ``source_broadcaster``
is the channel where it was done.
"""

from datetime import datetime

from twitch.eventsub.models.shapes import Moderated, Older, Person
from twitch.records import OpenEnum, Part, User


class ModerateAction(OpenEnum):
    """What was done. ``WARN`` occurs in version 2 only."""

    BAN = "ban"
    TIMEOUT = "timeout"
    UNBAN = "unban"
    UNTIMEOUT = "untimeout"
    CLEAR = "clear"
    EMOTEONLY = "emoteonly"
    EMOTEONLYOFF = "emoteonlyoff"
    FOLLOWERS = "followers"
    FOLLOWERSOFF = "followersoff"
    UNIQUECHAT = "uniquechat"
    UNIQUECHATOFF = "uniquechatoff"
    SLOW = "slow"
    SLOWOFF = "slowoff"
    SUBSCRIBERS = "subscribers"
    SUBSCRIBERSOFF = "subscribersoff"
    UNRAID = "unraid"
    DELETE = "delete"
    UNVIP = "unvip"
    VIP = "vip"
    RAID = "raid"
    ADD_BLOCKED_TERM = "add_blocked_term"
    ADD_PERMITTED_TERM = "add_permitted_term"
    REMOVE_BLOCKED_TERM = "remove_blocked_term"
    REMOVE_PERMITTED_TERM = "remove_permitted_term"
    MOD = "mod"
    UNMOD = "unmod"
    APPROVE_UNBAN_REQUEST = "approve_unban_request"
    DENY_UNBAN_REQUEST = "deny_unban_request"
    WARN = "warn"
    SHARED_CHAT_BAN = "shared_chat_ban"
    SHARED_CHAT_TIMEOUT = "shared_chat_timeout"
    SHARED_CHAT_UNTIMEOUT = "shared_chat_untimeout"
    SHARED_CHAT_UNBAN = "shared_chat_unban"
    SHARED_CHAT_DELETE = "shared_chat_delete"


class TermsAction(OpenEnum):
    """What was done to a list of terms."""

    ADD = "add"
    REMOVE = "remove"


class TermsList(OpenEnum):
    """Which list of terms."""

    BLOCKED = "blocked"
    PERMITTED = "permitted"


class EventModerationFollowers(Part, frozen=True, kw_only=True):
    """How long one must have followed to write."""

    follow_duration_minutes: int = 0


class EventModerationSlow(Part, frozen=True, kw_only=True):
    """How long one must wait between two messages."""

    wait_time_seconds: int


class EventModerationUser(Person, frozen=True, kw_only=True):
    """Whom it concerns."""


class EventModerationBan(Person, frozen=True, kw_only=True):
    """Who is banned, and why."""

    reason: str | None = None


class EventModerationTimeout(Person, frozen=True, kw_only=True):
    """Who is timed out, why, and until when."""

    reason: str | None = None
    expires_at: datetime


class EventModerationRaid(Person, frozen=True, kw_only=True):
    """Which channel is raided, by how many."""

    viewer_count: int = 0


class EventModerationDelete(Person, frozen=True, kw_only=True):
    """Which message of whom is removed."""

    message_id: str
    message_body: str = ""


class EventModerationAutomodTerms(Part, frozen=True, kw_only=True):
    """Terms added to a list or removed."""

    action: TermsAction
    list: TermsList
    terms: tuple[str, ...] = ()
    from_automod: bool = False


class EventModerationUnbanRequest(Person, frozen=True, kw_only=True):
    """Whose request was decided, and how."""

    is_approved: bool
    moderator_message: str = ""


class EventModerationWarn(Person, frozen=True, kw_only=True):
    """Who is warned, and why."""

    reason: str | None = None
    chat_rules_cited: tuple[str, ...] = ()


class ChannelModerateEventV1(Moderated, frozen=True, kw_only=True):
    """A moderator does something."""

    source_broadcaster: User | None = None
    action: ModerateAction
    followers: EventModerationFollowers | None = None
    slow: EventModerationSlow | None = None
    vip: EventModerationUser | None = None
    unvip: EventModerationUser | None = None
    mod: EventModerationUser | None = None
    unmod: EventModerationUser | None = None
    ban: EventModerationBan | None = None
    unban: EventModerationUser | None = None
    timeout: EventModerationTimeout | None = None
    untimeout: EventModerationUser | None = None
    raid: EventModerationRaid | None = None
    unraid: EventModerationUser | None = None
    delete: EventModerationDelete | None = None
    automod_terms: EventModerationAutomodTerms | None = None
    unban_request: EventModerationUnbanRequest | None = None
    shared_chat_ban: EventModerationBan | None = None
    shared_chat_unban: EventModerationUser | None = None
    shared_chat_timeout: EventModerationTimeout | None = None
    shared_chat_untimeout: EventModerationUser | None = None
    shared_chat_delete: EventModerationDelete | None = None

    source_broadcaster_user = Older[User | None]()


class ChannelModerateEventV2(ChannelModerateEventV1, frozen=True, kw_only=True):
    """A moderator does something, which may be a warning."""

    warn: EventModerationWarn | None = None
