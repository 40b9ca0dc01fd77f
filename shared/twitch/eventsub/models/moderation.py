"""Bans, requests, warnings, roles: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-ban-event"""

from datetime import datetime

from twitch.eventsub.models.chat import EventMessage
from twitch.eventsub.models.shapes import InChannel, Moderated, Older
from twitch.records import OpenEnum, User


class ChannelBanEvent(Moderated, frozen=True, kw_only=True):
    """``user`` is banned, for good or until ``ends_at``."""

    user: User
    reason: str = ""
    banned_at: datetime
    ends_at: datetime | None = None
    is_permanent: bool


class ChannelUnbanEvent(Moderated, frozen=True, kw_only=True):
    """A ban or timeout of ``user`` is lifted."""

    user: User


class ChannelUnbanRequestCreateEvent(InChannel, frozen=True, kw_only=True):
    """``user`` asks to be unbanned."""

    id: str
    user: User
    text: str = ""
    created_at: datetime


class UnbanRequestResolution(OpenEnum):
    """What became of a request."""

    APPROVED = "approved"
    CANCELED = "canceled"
    DENIED = "denied"


class ChannelUnbanRequestResolveEvent(InChannel, frozen=True, kw_only=True):
    """A request of ``user`` is decided, or withdrawn: then there is no moderator."""

    id: str
    user: User
    moderator: User | None = None
    resolution_text: str | None = None
    status: UnbanRequestResolution

    moderator_user = Older[User | None]()


class ChannelModeratorAddEvent(InChannel, frozen=True, kw_only=True):
    """``user`` becomes a moderator."""

    user: User


class ChannelModeratorRemoveEvent(InChannel, frozen=True, kw_only=True):
    """``user`` is a moderator no more."""

    user: User


class ChannelVipAddEvent(InChannel, frozen=True, kw_only=True):
    """``user`` becomes a VIP."""

    user: User


class ChannelVipRemoveEvent(InChannel, frozen=True, kw_only=True):
    """``user`` is a VIP no more."""

    user: User


class ChannelWarningAcknowledgeEvent(InChannel, frozen=True, kw_only=True):
    """``user`` has read a warning."""

    user: User


class ChannelWarningSendEvent(Moderated, frozen=True, kw_only=True):
    """``user`` is warned."""

    user: User
    reason: str | None = None
    chat_rules_cited: tuple[str, ...] = ()


class ChannelShieldModeBeginEvent(Moderated, frozen=True, kw_only=True):
    """Shield mode is on."""

    started_at: datetime


class ChannelShieldModeEndEvent(Moderated, frozen=True, kw_only=True):
    """Shield mode is off."""

    ended_at: datetime


class LowTrustStatus(OpenEnum):
    """How a suspicious user is treated."""

    NONE = "none"
    ACTIVE_MONITORING = "active_monitoring"
    RESTRICTED = "restricted"


class SuspicionType(OpenEnum):
    """Why somebody is suspicious."""

    MANUALLY_ADDED = "manually_added"
    BAN_EVADER = "ban_evader"
    BANNED_IN_SHARED_CHANNEL = "banned_in_shared_channel"


class BanEvasionEvaluation(OpenEnum):
    """Whether Twitch thinks that somebody evades a ban."""

    UNKNOWN = "unknown"
    POSSIBLE = "possible"
    LIKELY = "likely"


class EventSuspiciousUserMessage(EventMessage, frozen=True, kw_only=True):
    """A message with its id."""

    message_id: str


class ChannelSuspiciousUserMessageEvent(InChannel, frozen=True, kw_only=True):
    """A suspicious ``user`` writes in the chat. ``shared_ban_channel_ids`` are channels that have banned them."""

    user: User
    low_trust_status: LowTrustStatus
    shared_ban_channel_ids: tuple[str, ...] = ()
    types: tuple[SuspicionType, ...] = ()
    ban_evasion_evaluation: BanEvasionEvaluation = BanEvasionEvaluation.UNKNOWN
    message: EventSuspiciousUserMessage


class ChannelSuspiciousUserUpdateEvent(Moderated, frozen=True, kw_only=True):
    """A suspicious ``user`` is treated differently from now on."""

    user: User
    low_trust_status: LowTrustStatus
