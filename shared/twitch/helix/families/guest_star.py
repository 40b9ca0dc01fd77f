"""Guest Star: guests in a call on the stream. Twitch calls it a beta."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import body, query
from twitch.records import OpenEnum, Part, Record, User


class GuestStarLayout(OpenEnum):
    """How guests are laid out."""

    TILED_LAYOUT = "TILED_LAYOUT"
    SCREENSHARE_LAYOUT = "SCREENSHARE_LAYOUT"
    HORIZONTAL_LAYOUT = "HORIZONTAL_LAYOUT"
    VERTICAL_LAYOUT = "VERTICAL_LAYOUT"


class GuestStarSettings(Record, frozen=True, kw_only=True):
    """How the channel's calls are set up. ``browser_source_token`` opens them to anybody: it doesn't show in the repr."""

    is_moderator_send_live_enabled: bool = False
    slot_count: int = 0
    is_browser_source_audio_enabled: bool = False
    group_layout: GuestStarLayout | None = None
    layout: GuestStarLayout | None = None
    """What Twitch's example calls ``group_layout``."""
    browser_source_token: str = ""

    def __repr__(self) -> str:
        layout = self.group_layout or self.layout
        return f"GuestStarSettings(slot_count={self.slot_count!r}, group_layout={layout!r})"


class GuestStarMedia(Part, frozen=True, kw_only=True):
    """Who has switched sound or picture on, and whether there is any."""

    is_host_enabled: bool = False
    is_guest_enabled: bool = False
    is_available: bool = False


class GuestStarGuest(Part, frozen=True, kw_only=True):
    """A guest in a call; ``volume`` 0 to 100."""

    slot_id: str = ""
    id: str = ""
    """What some of Twitch's examples call ``slot_id``."""
    is_live: bool = False
    user: User
    user_display_name: str = ""
    volume: int = 0
    assigned_at: datetime | None = None
    audio_settings: GuestStarMedia | None = None
    video_settings: GuestStarMedia | None = None


class GuestStarSession(Record, frozen=True, kw_only=True):
    """A call, and who is in it."""

    id: str
    guests: tuple[GuestStarGuest, ...] = ()


class GuestStarInvite(Record, frozen=True, kw_only=True):
    """Somebody invited to a call, and how far they are."""

    user: User
    invited_at: datetime | None = None
    status: str = ""
    is_video_enabled: bool = False
    is_audio_enabled: bool = False
    is_video_available: bool = False
    is_audio_available: bool = False


GET_CHANNEL_GUEST_STAR_SETTINGS = Endpoint(
    "get_channel_guest_star_settings",
    "GET",
    "/guest_star/channel_settings",
    auth=Auth.USER,
    scopes=(
        "channel:read:guest_star",
        "channel:manage:guest_star",
        "moderator:read:guest_star",
        "moderator:manage:guest_star",
    ),
    item=GuestStarSettings,
    answer=Answer.ONE,
    about="How a channel's calls are set up.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
    may_be_flat=True,
)

UPDATE_CHANNEL_GUEST_STAR_SETTINGS = Endpoint(
    "update_channel_guest_star_settings",
    "PUT",
    "/guest_star/channel_settings",
    auth=Auth.USER,
    scopes=("channel:manage:guest_star",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Set up the channel's calls; what isn't given stays.",
    parameters=(
        body.flag("is_moderator_send_live_enabled", optional=True),
        body.whole("slot_count", optional=True),
        body.flag("is_browser_source_audio_enabled", optional=True),
        body.word(
            "group_layout", "TILED_LAYOUT", "SCREENSHARE_LAYOUT", "HORIZONTAL_LAYOUT", "VERTICAL_LAYOUT", optional=True
        ),
        body.flag("regenerate_browser_sources", optional=True),
        query.own("broadcaster_id", always=True),
    ),
)

GET_GUEST_STAR_SESSION = Endpoint(
    "get_guest_star_session",
    "GET",
    "/guest_star/session",
    auth=Auth.USER,
    scopes=(
        "channel:read:guest_star",
        "channel:manage:guest_star",
        "moderator:read:guest_star",
        "moderator:manage:guest_star",
    ),
    item=GuestStarSession,
    answer=Answer.MAYBE,
    about="The call that runs on a channel, None where none does.",
    parameters=(
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

CREATE_GUEST_STAR_SESSION = Endpoint(
    "create_guest_star_session",
    "POST",
    "/guest_star/session",
    auth=Auth.USER,
    scopes=("channel:manage:guest_star",),
    item=GuestStarSession,
    answer=Answer.ONE,
    about="Begin a call on the channel.",
    parameters=(query.own("broadcaster_id", always=True),),
)

END_GUEST_STAR_SESSION = Endpoint(
    "end_guest_star_session",
    "DELETE",
    "/guest_star/session",
    auth=Auth.USER,
    scopes=("channel:manage:guest_star",),
    item=GuestStarSession,
    answer=Answer.ONE,
    about="End a call on the channel.",
    parameters=(
        query.text("session_id"),
        query.own("broadcaster_id", always=True),
    ),
)

GET_GUEST_STAR_INVITES = Endpoint(
    "get_guest_star_invites",
    "GET",
    "/guest_star/invites",
    auth=Auth.USER,
    scopes=(
        "channel:read:guest_star",
        "channel:manage:guest_star",
        "moderator:read:guest_star",
        "moderator:manage:guest_star",
    ),
    item=GuestStarInvite,
    answer=Answer.MANY,
    about="Who is invited to a call.",
    parameters=(
        query.text("session_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

SEND_GUEST_STAR_INVITE = Endpoint(
    "send_guest_star_invite",
    "POST",
    "/guest_star/invites",
    auth=Auth.USER,
    scopes=(
        "channel:manage:guest_star",
        "moderator:manage:guest_star",
    ),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Invite somebody to a call.",
    parameters=(
        query.text("session_id"),
        query.text("guest_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

DELETE_GUEST_STAR_INVITE = Endpoint(
    "delete_guest_star_invite",
    "DELETE",
    "/guest_star/invites",
    auth=Auth.USER,
    scopes=(
        "channel:manage:guest_star",
        "moderator:manage:guest_star",
    ),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Take an invitation back.",
    parameters=(
        query.text("session_id"),
        query.text("guest_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

ASSIGN_GUEST_STAR_SLOT = Endpoint(
    "assign_guest_star_slot",
    "POST",
    "/guest_star/slot",
    auth=Auth.USER,
    scopes=(
        "channel:manage:guest_star",
        "moderator:manage:guest_star",
    ),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Put a guest who is ready in a slot.",
    parameters=(
        query.text("session_id"),
        query.text("guest_id"),
        query.text("slot_id"),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

UPDATE_GUEST_STAR_SLOT = Endpoint(
    "update_guest_star_slot",
    "PATCH",
    "/guest_star/slot",
    auth=Auth.USER,
    scopes=(
        "channel:manage:guest_star",
        "moderator:manage:guest_star",
    ),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Move a guest to another slot, in exchange for who is there.",
    parameters=(
        query.text("session_id"),
        query.text("source_slot_id"),
        query.text("destination_slot_id", optional=True),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

DELETE_GUEST_STAR_SLOT = Endpoint(
    "delete_guest_star_slot",
    "DELETE",
    "/guest_star/slot",
    auth=Auth.USER,
    scopes=(
        "channel:manage:guest_star",
        "moderator:manage:guest_star",
    ),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Take a guest out of the call, or back among the invited.",
    parameters=(
        query.text("session_id"),
        query.text("guest_id"),
        query.text("slot_id"),
        query.flag("should_reinvite_guest", optional=True),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)

UPDATE_GUEST_STAR_SLOT_SETTINGS = Endpoint(
    "update_guest_star_slot_settings",
    "PATCH",
    "/guest_star/slot_settings",
    auth=Auth.USER,
    scopes=(
        "channel:manage:guest_star",
        "moderator:manage:guest_star",
    ),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Set a slot's sound, picture, ``volume`` (0 to 100) and whether it's live; what isn't given stays.",
    parameters=(
        query.text("session_id"),
        query.text("slot_id"),
        query.flag("is_audio_enabled", optional=True),
        query.flag("is_video_enabled", optional=True),
        query.flag("is_live", optional=True),
        query.whole("volume", optional=True),
        query.own("broadcaster_id"),
        query.own("moderator_id", always=True),
    ),
)
