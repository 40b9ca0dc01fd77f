"""Clips and videos."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Id, View
from twitch.helix.parameters import by_name, query
from twitch.records import OpenEnum, Part, Record, User


class CreatedClip(Record, frozen=True, kw_only=True):
    """A clip that is being made; see get_clips_by_id a little later."""

    id: str
    edit_url: str = ""


class Clip(Record, frozen=True, kw_only=True):
    """A clip; ``duration`` in seconds, ``vod_offset`` where in the recording it is, in seconds."""

    id: str
    url: str = ""
    embed_url: str = ""
    broadcaster: User
    creator: User | None = None
    video_id: str = ""
    game_id: str = ""
    language: str = ""
    title: str = ""
    view_count: int = 0
    created_at: datetime | None = None
    thumbnail_url: str = ""
    duration: float = 0.0
    """Clip length in seconds."""
    vod_offset: int | None = None
    """Offset in the VOD, None if unavailable."""
    is_featured: bool = False


class ClipDownload(Record, frozen=True, kw_only=True):
    """Where a clip can be downloaded from, for a while."""

    clip_id: str = ""
    landscape_download_url: str | None = None
    """Landscape video URL, None if unavailable."""
    portrait_download_url: str | None = None
    """Portrait video URL, None if unavailable."""


class VideoKind(OpenEnum):
    """What a video is."""

    ARCHIVE = "archive"
    HIGHLIGHT = "highlight"
    UPLOAD = "upload"


class MutedSegment(Part, frozen=True, kw_only=True):
    """A stretch without sound, in seconds."""

    duration: int = 0
    """Muted seconds."""
    offset: int = 0
    """Start offset in seconds."""


class Video(Record, frozen=True, kw_only=True):
    """A video; ``duration`` as Twitch writes it, such as 3h8m33s."""

    id: str
    stream_id: str | None = None
    user: User
    title: str = ""
    description: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None
    url: str = ""
    thumbnail_url: str = ""
    viewable: str = ""
    view_count: int = 0
    language: str = ""
    type: VideoKind | None = None
    duration: str = ""
    muted_segments: tuple[MutedSegment, ...] = ()
    """The stretches without sound."""


CREATE_CLIP = Endpoint(
    "create_clip",
    "POST",
    "/clips",
    auth=Auth.USER,
    scopes=("clips:edit",),
    success=202,
    item=CreatedClip,
    answer=Answer.ONE,
    about="Clip a live stream; ``duration`` of 5 to 60 seconds, 30 unless given.",
    parameters=(
        query.text("broadcaster_id"),
        by_name(query.text("title", optional=True)),
        by_name(query.number("duration", optional=True)),
    ),
)

CREATE_CLIP_FROM_VOD = Endpoint(
    "create_clip_from_vod",
    "POST",
    "/videos/clips",
    auth=Auth.EITHER,
    scopes=(
        "editor:manage:clips",
        "channel:manage:clips",
    ),
    granted_by="editor_id",
    success=202,
    item=CreatedClip,
    answer=Answer.ONE,
    about="Clip a recording: ``duration`` seconds of it, 5 to 60, that end ``vod_offset`` seconds after its start.",
    parameters=(
        query.own("broadcaster_id"),
        query.text("vod_id"),
        query.whole("vod_offset"),
        query.text("title"),
        query.own("editor_id"),
        query.number("duration", optional=True),
    ),
)

GET_CLIPS = Endpoint(
    "get_clips",
    "GET",
    "/clips",
    auth=Auth.EITHER,
    item=Clip,
    answer=Answer.PAGES,
    views=(
        View(
            "get_clips_by_id",
            "Clips by their ids, any number of them.",
            (
                "clip_ids",
                "is_featured",
            ),
        ),
        View(
            "get_clips_by_user_id",
            "Clips of a channel, those with the most views first.",
            (
                "user_id",
                "started_at",
                "ended_at",
                "is_featured",
            ),
        ),
        View(
            "get_clips_by_category_id",
            "Clips of a game or category, those with the most views first.",
            (
                "category_id",
                "started_at",
                "ended_at",
                "is_featured",
            ),
        ),
    ),
    parameters=(
        query.many("clip_ids", "id", at_most=100, optional=True),
        query.own("user_id", "broadcaster_id"),
        query.text("category_id", "game_id", optional=True),
        query.moment("started_at", optional=True),
        query.moment("ended_at", optional=True),
        query.flag("is_featured", optional=True),
    ),
    page_size_max=100,
)

GET_CLIPS_DOWNLOADS = Endpoint(
    "get_clips_downloads",
    "GET",
    "/clips/downloads",
    anchor="get-clips-download",
    auth=Auth.EITHER,
    scopes=(
        "editor:manage:clips",
        "channel:manage:clips",
    ),
    granted_by="editor_id",
    item=ClipDownload,
    answer=Answer.MANY,
    about="Where clips can be downloaded from, any number of them.",
    parameters=(
        query.text("broadcaster_id"),
        query.many("clip_ids", "clip_id", at_most=10),
        query.own("editor_id"),
    ),
)

GET_VIDEOS = Endpoint(
    "get_videos",
    "GET",
    "/videos",
    auth=Auth.EITHER,
    item=Video,
    answer=Answer.PAGES,
    views=(
        View("get_videos_by_id", "Videos by their ids, any number of them.", ("video_ids",)),
        View(
            "get_videos_by_user_id",
            "Videos of a channel.",
            (
                "user_id",
                "language",
                "period",
                "sort",
                "video_type",
            ),
        ),
        View(
            "get_videos_by_category_id",
            "Videos of a game or category, at most 500.",
            (
                "category_id",
                "language",
                "period",
                "sort",
                "video_type",
            ),
        ),
    ),
    parameters=(
        query.many("video_ids", "id", at_most=100, optional=True),
        query.own("user_id"),
        query.text("category_id", "game_id", optional=True),
        query.text("language", optional=True),
        query.word("period", "all", "day", "month", "week", default="all"),
        query.word("sort", "time", "trending", "views", default="time"),
        query.word("video_type", "all", "archive", "highlight", "upload", wire="type", default="all"),
    ),
    page_size_max=100,
)

DELETE_VIDEOS = Endpoint(
    "delete_videos",
    "DELETE",
    "/videos",
    auth=Auth.USER,
    scopes=("channel:manage:videos",),
    item=Id,
    answer=Answer.IDS,
    about="Delete videos, five to a request, of which all are deleted or none; gives the ids of those that were.",
    parameters=(query.many("video_ids", "id", at_most=5),),
)
