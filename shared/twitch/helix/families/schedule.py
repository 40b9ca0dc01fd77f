"""The schedule of a channel."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import body, query
from twitch.records import Part, Record, User


class ScheduleCategory(Part, frozen=True, kw_only=True):
    """What a planned stream is of."""

    id: str = ""
    name: str = ""


class ScheduleSegment(Part, frozen=True, kw_only=True):
    """A planned stream."""

    id: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    title: str = ""
    canceled_until: datetime | None = None
    """When it's held again, None if it isn't cancelled."""
    category: ScheduleCategory | None = None
    is_recurring: bool = False
    """True if it repeats weekly."""


class ScheduleVacation(Part, frozen=True, kw_only=True):
    """When nothing is streamed."""

    start_time: datetime | None = None
    end_time: datetime | None = None


class ChannelStreamSchedule(Record, frozen=True, kw_only=True):
    """A part of a schedule."""

    segments: tuple[ScheduleSegment, ...] = ()
    broadcaster: User
    vacation: ScheduleVacation | None = None


GET_CHANNEL_STREAM_SCHEDULE = Endpoint(
    "get_channel_stream_schedule",
    "GET",
    "/schedule",
    auth=Auth.EITHER,
    item=ChannelStreamSchedule,
    answer=Answer.PAGES,
    about="What a channel plans to stream, from now or a time on, or the given segments. ``limit`` counts segments.",
    parameters=(
        query.own("user_id", "broadcaster_id"),
        query.many("segment_ids", "id", at_most=100, optional=True),
        query.moment("start_time", optional=True),
    ),
    page_size_max=25,
    limit=25,
    weight=lambda item: len(item.segments),
)

GET_CHANNEL_ICALENDAR = Endpoint(
    "get_channel_icalendar",
    "GET",
    "/schedule/icalendar",
    auth=Auth.NONE,
    item=Nothing,
    answer=Answer.TEXT,
    about="The schedule of a channel as a calendar file (RFC 5545).",
    parameters=(query.own("user_id", "broadcaster_id"),),
)

UPDATE_CHANNEL_STREAM_SCHEDULE = Endpoint(
    "update_channel_stream_schedule",
    "PATCH",
    "/schedule/settings",
    auth=Auth.USER,
    scopes=("channel:manage:schedule",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Set or end a vacation; ``timezone`` is a name such as Europe/Berlin.",
    parameters=(
        query.flag("is_vacation_enabled"),
        query.moment("vacation_start_time", optional=True),
        query.moment("vacation_end_time", optional=True),
        query.text("timezone", optional=True),
        query.own("broadcaster_id", always=True),
    ),
)

CREATE_CHANNEL_STREAM_SCHEDULE_SEGMENT = Endpoint(
    "create_channel_stream_schedule_segment",
    "POST",
    "/schedule/segment",
    auth=Auth.USER,
    scopes=("channel:manage:schedule",),
    item=ChannelStreamSchedule,
    answer=Answer.ONE,
    about="Plan a stream of ``duration`` minutes, 30 to 1380; one that isn't recurring is for partners and affiliates.",
    parameters=(
        body.moment("start_time"),
        body.text("timezone"),
        body.flag("is_recurring"),
        body.whole("duration", as_text=True),
        body.text("category_id", optional=True),
        body.text("title", optional=True),
        query.own("broadcaster_id", always=True),
    ),
)

UPDATE_CHANNEL_STREAM_SCHEDULE_SEGMENT = Endpoint(
    "update_channel_stream_schedule_segment",
    "PATCH",
    "/schedule/segment",
    auth=Auth.USER,
    scopes=("channel:manage:schedule",),
    item=ChannelStreamSchedule,
    answer=Answer.ONE,
    about="Change a planned stream; ``duration`` in minutes. What isn't given stays.",
    parameters=(
        query.text("segment_id", "id"),
        body.moment("start_time", optional=True),
        body.whole("duration", optional=True, as_text=True),
        body.text("category_id", optional=True),
        body.flag("is_canceled", optional=True),
        body.text("timezone", optional=True),
        body.text("title", optional=True),
        query.own("broadcaster_id", always=True),
    ),
)

DELETE_CHANNEL_STREAM_SCHEDULE_SEGMENT = Endpoint(
    "delete_channel_stream_schedule_segment",
    "DELETE",
    "/schedule/segment",
    auth=Auth.USER,
    scopes=("channel:manage:schedule",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Delete a planned stream, with all its repetitions.",
    parameters=(
        query.text("segment_id", "id"),
        query.own("broadcaster_id", always=True),
    ),
)
