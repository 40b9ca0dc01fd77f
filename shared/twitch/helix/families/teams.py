"""Teams of channels."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, View
from twitch.helix.parameters import query
from twitch.records import Part, Record, User


class ChannelTeam(Record, frozen=True, kw_only=True):
    """A team that a channel is in; ``info`` is HTML."""

    broadcaster: User
    background_image_url: str | None = None
    banner: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    info: str = ""
    """Team description, HTML."""
    thumbnail_url: str | None = None
    team_name: str = ""
    team_display_name: str = ""
    id: str


class TeamMember(Part, frozen=True, kw_only=True):
    """A channel of a team."""

    user: User


class TeamUsers(Record, frozen=True, kw_only=True):
    """A team, and who is in it; ``info`` is HTML."""

    users: tuple[TeamMember, ...] = ()
    background_image_url: str | None = None
    banner: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    info: str = ""
    """Team description, HTML."""
    thumbnail_url: str | None = None
    team_name: str = ""
    team_display_name: str = ""
    id: str


GET_CHANNEL_TEAMS = Endpoint(
    "get_channel_teams",
    "GET",
    "/teams/channel",
    auth=Auth.EITHER,
    item=ChannelTeam,
    answer=Answer.MANY,
    about="The teams that a channel is in.",
    parameters=(query.own("user_id", "broadcaster_id"),),
)

GET_TEAMS = Endpoint(
    "get_teams",
    "GET",
    "/teams",
    auth=Auth.EITHER,
    item=TeamUsers,
    answer=Answer.MAYBE,
    views=(
        View("get_team_by_id", "A team by its id.", ("team_id",)),
        View("get_team_by_name", "A team by its name as in its address.", ("team_name",)),
    ),
    parameters=(
        query.text("team_id", "id", optional=True),
        query.text("team_name", "name", optional=True),
    ),
)
