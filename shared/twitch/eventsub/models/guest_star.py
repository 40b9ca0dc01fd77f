"""Guest Star, a beta: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-guest-star-session-begin-event

Twitch's tables and examples disagree on who is named in these events, so all but the broadcaster may be None.
"""

from datetime import datetime

from twitch.eventsub.models.shapes import InChannel, Older
from twitch.records import OpenEnum, User


class GuestState(OpenEnum):
    """Where a guest is."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    READY = "ready"
    BACKSTAGE = "backstage"
    LIVE = "live"
    REMOVED = "removed"


class GuestStarLayout(OpenEnum):
    """How guests are arranged."""

    TILED = "tiled"
    SCREENSHARE = "screenshare"
    HORIZONTAL_TOP = "horizontal_top"
    HORIZONTAL_BOTTOM = "horizontal_bottom"
    VERTICAL_LEFT = "vertical_left"
    VERTICAL_RIGHT = "vertical_right"


class ChannelGuestStarSessionBeginEvent(InChannel, frozen=True, kw_only=True):
    """The channel begins a session."""

    session_id: str
    started_at: datetime
    moderator: User | None = None

    moderator_user = Older[User | None]()


class ChannelGuestStarSessionEndEvent(ChannelGuestStarSessionBeginEvent, frozen=True, kw_only=True):
    """A session ends."""

    ended_at: datetime
    host: User | None = None

    host_user = Older[User | None]()


class ChannelGuestStarGuestUpdateEvent(InChannel, frozen=True, kw_only=True):
    """A guest or a slot changes. ``state`` is None for a slot that is empty now; the volume is from 0 to 100."""

    session_id: str
    moderator: User | None = None
    guest: User | None = None
    slot_id: str | None = None
    state: GuestState | None = None
    host: User | None = None
    host_video_enabled: bool | None = None
    host_audio_enabled: bool | None = None
    host_volume: int | None = None

    moderator_user = Older[User | None]()
    guest_user = Older[User | None]()
    host_user = Older[User | None]()


class ChannelGuestStarSettingsUpdateEvent(InChannel, frozen=True, kw_only=True):
    """The settings are now these."""

    is_moderator_send_live_enabled: bool
    slot_count: int
    is_browser_source_audio_enabled: bool
    group_layout: GuestStarLayout
