"""AutoMod: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#automod-message-hold-event"""

from datetime import datetime

from twitch.eventsub.models.chat import EventMessage
from twitch.eventsub.models.shapes import InChannel, Moderated, Older
from twitch.records import OpenEnum, Part, User


class AutomodStatus(OpenEnum):
    """What became of a held message. Twitch's page writes these with capitals; its messages don't."""

    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    INVALID = "invalid"


class AutomodReason(OpenEnum):
    """Which filter held a message."""

    AUTOMOD = "automod"
    BLOCKED_TERM = "blocked_term"


class AutomodTermsAction(OpenEnum):
    """What was done to the lists of terms."""

    ADD_PERMITTED = "add_permitted"
    REMOVE_PERMITTED = "remove_permitted"
    ADD_BLOCKED = "add_blocked"
    REMOVE_BLOCKED = "remove_blocked"


class EventAutomodBoundary(Part, frozen=True, kw_only=True):
    """From which character to which, both included, counted from 0."""

    start_pos: int
    end_pos: int


class EventAutomod(Part, frozen=True, kw_only=True):
    """What AutoMod found: a category, its level from 1 to 4, and where."""

    category: str = ""
    level: int
    boundaries: tuple[EventAutomodBoundary, ...] = ()


class EventBlockedTerm(Part, frozen=True, kw_only=True):
    """A blocked term, where it stands in the message, and the channel that blocks it."""

    term_id: str
    boundary: EventAutomodBoundary
    owner_broadcaster: User

    owner_broadcaster_user = Older[User]()


class EventBlockedTerms(Part, frozen=True, kw_only=True):
    """The blocked terms in a message."""

    terms_found: tuple[EventBlockedTerm, ...] = ()


class AutomodHoldEventV1(InChannel, frozen=True, kw_only=True):
    """AutoMod holds a message of ``user``. ``level`` is from 1 to 4."""

    user: User
    message_id: str
    message: EventMessage
    category: str = ""
    level: int
    held_at: datetime


class AutomodHoldEventV2(InChannel, frozen=True, kw_only=True):
    """AutoMod holds a message of ``user``; ``automod`` or ``blocked_term`` is set, as ``reason`` says."""

    user: User
    message_id: str
    message: EventMessage
    held_at: datetime
    reason: AutomodReason
    automod: EventAutomod | None = None
    blocked_term: EventBlockedTerms | None = None


class AutomodUpdateEventV1(AutomodHoldEventV1, frozen=True, kw_only=True):
    """A held message was let through or not. ``moderator`` is None where nobody decided."""

    moderator: User | None = None
    status: AutomodStatus

    moderator_user = Older[User | None]()


class AutomodUpdateEventV2(AutomodHoldEventV2, frozen=True, kw_only=True):
    """A held message was let through or not. ``moderator`` is None where nobody decided."""

    moderator: User | None = None
    status: AutomodStatus

    moderator_user = Older[User | None]()


class AutomodSettingsUpdateEvent(Moderated, frozen=True, kw_only=True):
    """AutoMod's levels are now these, from 0 to 4; ``overall_level`` is None where they were set one by one."""

    overall_level: int | None = None
    aggression: int
    bullying: int
    disability: int
    misogyny: int
    race_ethnicity_or_religion: int
    sex_based_terms: int
    sexuality_sex_or_gender: int
    swearing: int


class AutomodTermsUpdateEvent(Moderated, frozen=True, kw_only=True):
    """Terms were added to a list or removed; ``from_automod`` if by a decision on a held message."""

    action: AutomodTermsAction
    from_automod: bool = False
    terms: tuple[str, ...] = ()
