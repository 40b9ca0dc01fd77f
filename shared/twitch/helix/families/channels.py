"""Channels: what they show, who edits and follows them, and their VIPs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from twitch.helix.arguments import in_order
from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing, Own
from twitch.helix.parameters import body, by_name, query
from twitch.records import Record, User


def labels(given: Mapping[str, bool] | Collection[str]) -> list[Mapping[str, Any]]:
    """Content labels as Twitch takes them."""
    pairs = given.items() if isinstance(given, Mapping) else ((label, True) for label in in_order(given))
    return [{"id": label, "is_enabled": is_enabled} for label, is_enabled in pairs]


class ChannelInfo(Record, frozen=True, kw_only=True):
    """What a channel says of itself, live or not."""

    broadcaster: User
    broadcaster_language: str = ""
    game_name: str = ""
    game_id: str = ""
    title: str = ""
    delay: int = 0
    """Stream delay in seconds."""
    tags: tuple[str, ...] = ()
    content_classification_labels: tuple[str, ...] = ()
    is_branded_content: bool = False


class ChannelEditor(Record, frozen=True, kw_only=True):
    """Somebody who may edit a channel, and since when."""

    user: User
    created_at: datetime | None = None


class FollowedChannel(Record, frozen=True, kw_only=True):
    """A channel that a user follows, and since when."""

    broadcaster: User
    followed_at: datetime | None = None


class ChannelFollower(Record, frozen=True, kw_only=True):
    """Somebody who follows a channel, and since when."""

    followed_at: datetime | None = None
    user: User


class ChannelVIP(Record, frozen=True, kw_only=True):
    """A VIP of a channel."""

    user: User


GET_CHANNEL_INFORMATION = Endpoint(
    "get_channel_information",
    "GET",
    "/channels",
    auth=Auth.EITHER,
    item=ChannelInfo,
    answer=Answer.MANY,
    about="Title, category, language and tags of channels, any number of them.",
    parameters=(query.many("user_ids", "broadcaster_id", at_most=100, own=Own.DEFAULT),),
)

MODIFY_CHANNEL_INFORMATION = Endpoint(
    "modify_channel_information",
    "PATCH",
    "/channels",
    auth=Auth.USER,
    scopes=("channel:manage:broadcast",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Change what the channel says of itself. ``delay``: seconds, for partners. Labels: ids and whether each applies, or ids.",
    parameters=(
        query.own("broadcaster_id", always=True),
        body.text("game_id", optional=True),
        body.text("language", "broadcaster_language", optional=True),
        body.text("title", optional=True),
        body.whole("delay", optional=True),
        body.shaped("tags", "Sequence[str]", optional=True),
        body.shaped(
            "content_classification_labels", "Mapping[str, bool] | Collection[str]", optional=True, to_wire=labels
        ),
        body.flag("is_branded_content", optional=True),
    ),
)

GET_CHANNEL_EDITORS = Endpoint(
    "get_channel_editors",
    "GET",
    "/channels/editors",
    auth=Auth.USER,
    scopes=("channel:read:editors",),
    item=ChannelEditor,
    answer=Answer.MANY,
    about="Who may edit the channel.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_FOLLOWED_CHANNELS = Endpoint(
    "get_followed_channels",
    "GET",
    "/channels/followed",
    auth=Auth.USER,
    scopes=("user:read:follows",),
    item=FollowedChannel,
    answer=Answer.PAGES,
    about="Which channels the user follows, or whether they follow the given one. ``extras`` has the total.",
    parameters=(
        query.text("broadcaster_id", optional=True),
        query.own("user_id", always=True),
    ),
    page_size_max=100,
)

GET_CHANNEL_FOLLOWERS = Endpoint(
    "get_channel_followers",
    "GET",
    "/channels/followers",
    auth=Auth.USER,
    scopes=("moderator:read:followers",),
    item=ChannelFollower,
    answer=Answer.PAGES,
    about="Who follows a channel, or whether the given user does. Who doesn't moderate it is told the total alone, in ``extras``.",
    parameters=(
        query.text("user_id", optional=True),
        by_name(query.own("broadcaster_id")),
    ),
    page_size_max=100,
)

GET_VIPS = Endpoint(
    "get_vips",
    "GET",
    "/channels/vips",
    auth=Auth.USER,
    scopes=(
        "channel:read:vips",
        "channel:manage:vips",
    ),
    item=ChannelVIP,
    answer=Answer.PAGES,
    about="The channel's VIPs, or those of the given users who are.",
    parameters=(
        query.many("user_ids", "user_id", at_most=100, optional=True),
        query.own("broadcaster_id", always=True),
    ),
    page_size_max=100,
)

ADD_CHANNEL_VIP = Endpoint(
    "add_channel_vip",
    "POST",
    "/channels/vips",
    auth=Auth.USER,
    scopes=("channel:manage:vips",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Make somebody a VIP of the channel.",
    parameters=(
        query.text("user_id"),
        query.own("broadcaster_id", always=True),
    ),
)

REMOVE_CHANNEL_VIP = Endpoint(
    "remove_channel_vip",
    "DELETE",
    "/channels/vips",
    auth=Auth.USER,
    scopes=("channel:manage:vips",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Take the VIP's badge away.",
    parameters=(
        query.text("user_id"),
        query.own("broadcaster_id", always=True),
    ),
)
