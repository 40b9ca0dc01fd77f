"""Moderators: whose they are, and who they are."""

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import query
from twitch.records import Record, User


class ModeratedChannel(Record, frozen=True, kw_only=True):
    """A channel that somebody moderates."""

    broadcaster: User


class Moderator(Record, frozen=True, kw_only=True):
    """A moderator of a channel."""

    user: User


GET_MODERATED_CHANNELS = Endpoint(
    "get_moderated_channels",
    "GET",
    "/moderation/channels",
    auth=Auth.EITHER,
    scopes=("user:read:moderated_channels",),
    granted_by="user_id",
    item=ModeratedChannel,
    answer=Answer.PAGES,
    about="The channels that the user moderates.",
    parameters=(query.own("user_id", always=True),),
    page_size_max=100,
)

GET_MODERATORS = Endpoint(
    "get_moderators",
    "GET",
    "/moderation/moderators",
    auth=Auth.USER,
    scopes=(
        "moderation:read",
        "channel:manage:moderators",
    ),
    item=Moderator,
    answer=Answer.PAGES,
    about="The channel's moderators, or those of the given users who are.",
    parameters=(
        query.many("user_ids", "user_id", at_most=100, optional=True),
        query.own("broadcaster_id", always=True),
    ),
    page_size_max=100,
)

ADD_CHANNEL_MODERATOR = Endpoint(
    "add_channel_moderator",
    "POST",
    "/moderation/moderators",
    auth=Auth.USER,
    scopes=("channel:manage:moderators",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Make somebody a moderator of the channel.",
    parameters=(
        query.text("user_id"),
        query.own("broadcaster_id", always=True),
    ),
)

REMOVE_CHANNEL_MODERATOR = Endpoint(
    "remove_channel_moderator",
    "DELETE",
    "/moderation/moderators",
    auth=Auth.USER,
    scopes=("channel:manage:moderators",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Make a moderator an ordinary viewer again.",
    parameters=(
        query.text("user_id"),
        query.own("broadcaster_id", always=True),
    ),
)
