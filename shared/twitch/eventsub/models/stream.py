"""A channel goes live or stops: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#stream-online-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import InChannel
from twitch.records import OpenEnum


class StreamType(OpenEnum):
    """What kind of stream went live."""

    LIVE = "live"
    PLAYLIST = "playlist"
    WATCH_PARTY = "watch_party"
    PREMIERE = "premiere"
    RERUN = "rerun"


class StreamOnlineEvent(InChannel, frozen=True, kw_only=True):
    """``id`` is the stream's."""

    id: str
    type: StreamType = StreamType.LIVE
    started_at: datetime


class StreamOfflineEvent(InChannel, frozen=True, kw_only=True):
    """``id`` is the stream's; Twitch has sent it since the middle of 2026 only, so it may be empty."""

    id: str = ""
