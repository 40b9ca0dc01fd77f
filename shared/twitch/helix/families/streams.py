"""Streams: who is live, markers in a recording, and the key to stream with."""

from datetime import datetime

import msgspec

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import body, query
from twitch.records import Part, Record, User


class StreamKey(Record, frozen=True, kw_only=True):
    """The secret to stream with, which doesn't show in the repr."""

    stream_key: str = ""

    def __repr__(self) -> str:
        return "StreamKey()"


class StreamInfo(Record, frozen=True, kw_only=True):
    """A stream that is live."""

    id: str
    user: User
    game_id: str = ""
    game_name: str = ""
    type: str = ""
    title: str = ""
    viewer_count: int = 0
    started_at: datetime | None = None
    language: str = ""
    thumbnail_url: str = ""
    """Preview URL with size placeholders."""
    tags: tuple[str, ...] = ()
    is_mature: bool = False


class StreamMarker(Record, frozen=True, kw_only=True):
    """A marker in a stream."""

    id: str = ""
    created_at: datetime | None = None
    position_seconds: int = 0
    """Offset from the stream start."""
    description: str = ""


class VideoMarker(Part, frozen=True, kw_only=True):
    """A marker, and where it leads."""

    id: str = ""
    created_at: datetime | None = None
    description: str = ""
    position_seconds: int = 0
    """Offset from the stream start."""
    url: str = msgspec.field(name="URL", default="")


class VideoMarkers(Part, frozen=True, kw_only=True):
    """The markers in one recording."""

    video_id: str = ""
    markers: tuple[VideoMarker, ...] = ()


class UserStreamMarkers(Record, frozen=True, kw_only=True):
    """The markers of a user, by recording."""

    user: User
    videos: tuple[VideoMarkers, ...] = ()


GET_STREAM_KEY = Endpoint(
    "get_stream_key",
    "GET",
    "/streams/key",
    auth=Auth.USER,
    scopes=("channel:read:stream_key",),
    item=StreamKey,
    answer=Answer.ONE,
    about="The key that the user streams with; whoever has it can stream on the channel.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_STREAMS = Endpoint(
    "get_streams",
    "GET",
    "/streams",
    auth=Auth.EITHER,
    item=StreamInfo,
    answer=Answer.PAGES,
    about="Who is live, with the most viewers first; by users, games or languages. Lists above a hundred are split.",
    parameters=(
        query.many("user_ids", "user_id", at_most=100, optional=True),
        query.many("user_logins", "user_login", at_most=100, optional=True),
        query.many("game_ids", "game_id", at_most=100, optional=True),
        query.word("stream_type", "all", "live", wire="type", default="all"),
        query.many("languages", "language", at_most=100, optional=True),
    ),
    page_size_max=100,
)

GET_FOLLOWED_STREAMS = Endpoint(
    "get_followed_streams",
    "GET",
    "/streams/followed",
    auth=Auth.USER,
    scopes=("user:read:follows",),
    item=StreamInfo,
    answer=Answer.PAGES,
    about="Who is live of the channels that the user follows.",
    parameters=(query.own("user_id", always=True),),
    page_size_max=100,
)

CREATE_STREAM_MARKER = Endpoint(
    "create_stream_marker",
    "POST",
    "/streams/markers",
    auth=Auth.USER,
    scopes=("channel:manage:broadcast",),
    item=StreamMarker,
    answer=Answer.ONE,
    about="Mark this moment of a live stream; ``description`` up to 140 characters.",
    parameters=(
        body.own("user_id"),
        body.text("description", optional=True),
    ),
)

GET_STREAM_MARKERS = Endpoint(
    "get_stream_markers",
    "GET",
    "/streams/markers",
    auth=Auth.USER,
    scopes=(
        "user:read:broadcast",
        "channel:manage:broadcast",
    ),
    item=UserStreamMarkers,
    answer=Answer.PAGES,
    about="Markers of a user's latest recording, or of the given one. ``limit`` counts markers.",
    parameters=(
        query.own("user_id", unless="video_id"),
        query.text("video_id", optional=True),
    ),
    page_size_max=100,
    weight=lambda item: sum(len(video.markers) for video in item.videos),
)
