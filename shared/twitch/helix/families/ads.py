"""Ads, and what is told of extensions and games: analytics."""

from datetime import datetime

import msgspec

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import body, query
from twitch.records import Part, Record


class StartCommercial(Record, frozen=True, kw_only=True):
    """How long the ads are, and how soon there may be more, in seconds."""

    length: int = 0
    """Ad length in seconds."""
    message: str = ""
    retry_after: int = 0
    """Seconds until the next ad is allowed."""


class AdSchedule(Record, frozen=True, kw_only=True):
    """When ads come, and how they can be put off; durations in seconds."""

    snooze_count: int = 0
    snooze_refresh_at: datetime | None = None
    next_ad_at: datetime | None = None
    duration: int = 0
    """Length of the next ad in seconds."""
    last_ad_at: datetime | None = None
    preroll_free_time: int = 0
    """Seconds of preroll-free time left."""


class AdSnooze(Record, frozen=True, kw_only=True):
    """How often ads can still be put off, and when they come now."""

    snooze_count: int = 0
    snooze_refresh_at: datetime | None = None
    next_ad_at: datetime | None = None


class AnalyticsDates(Part, frozen=True, kw_only=True):
    """What time a report covers."""

    started_at: datetime | None = None
    ended_at: datetime | None = None


class AnalyticsReport(Record, frozen=True, kw_only=True):
    """A report, to be downloaded within five minutes."""

    url: str = msgspec.field(name="URL", default="")
    type: str = ""
    date_range: AnalyticsDates | None = None


class ExtensionAnalytics(AnalyticsReport, frozen=True, kw_only=True):
    """A report on an extension."""

    extension_id: str = ""


class GameAnalytics(AnalyticsReport, frozen=True, kw_only=True):
    """A report on a game."""

    game_id: str = ""


START_COMMERCIAL = Endpoint(
    "start_commercial",
    "POST",
    "/channels/commercial",
    auth=Auth.EITHER,
    scopes=("channel:edit:commercial",),
    granted_by="broadcaster_id",
    item=StartCommercial,
    answer=Answer.ONE,
    about="Run ads of ``length`` seconds, up to 180, on a live channel.",
    parameters=(
        body.own("broadcaster_id", always=True),
        body.whole("length"),
    ),
)

GET_AD_SCHEDULE = Endpoint(
    "get_ad_schedule",
    "GET",
    "/channels/ads",
    auth=Auth.EITHER,
    scopes=("channel:read:ads",),
    granted_by="broadcaster_id",
    item=AdSchedule,
    answer=Answer.ONE,
    about="When the channel's next ads come.",
    parameters=(query.own("broadcaster_id", always=True),),
)

SNOOZE_NEXT_AD = Endpoint(
    "snooze_next_ad",
    "POST",
    "/channels/ads/schedule/snooze",
    auth=Auth.EITHER,
    scopes=("channel:manage:ads",),
    granted_by="broadcaster_id",
    item=AdSnooze,
    answer=Answer.ONE,
    about="Put the next ads off by five minutes.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_EXTENSION_ANALYTICS = Endpoint(
    "get_extension_analytics",
    "GET",
    "/analytics/extensions",
    auth=Auth.USER,
    scopes=("analytics:read:extensions",),
    item=ExtensionAnalytics,
    answer=Answer.PAGES,
    about="Reports on the user's extensions.",
    parameters=(
        query.text("extension_id", optional=True),
        query.text("report_type", "type", optional=True),
        query.moment("started_at", optional=True),
        query.moment("ended_at", optional=True),
    ),
    page_size_max=100,
)

GET_GAME_ANALYTICS = Endpoint(
    "get_game_analytics",
    "GET",
    "/analytics/games",
    auth=Auth.USER,
    scopes=("analytics:read:games",),
    item=GameAnalytics,
    answer=Answer.PAGES,
    about="Reports on the user's games.",
    parameters=(
        query.text("game_id", optional=True),
        query.text("report_type", "type", optional=True),
        query.moment("started_at", optional=True),
        query.moment("ended_at", optional=True),
    ),
    page_size_max=100,
)
