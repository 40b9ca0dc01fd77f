"""Games, also called categories, and searches."""

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import query
from twitch.models import SearchChannel

SEARCH_CHANNELS = Endpoint(
    "search_channels",
    "GET",
    "/search/channels",
    auth=Auth.EITHER,
    item=SearchChannel,
    answer=Answer.PAGES,
    about="Channels that match a text, live ones only if so wanted.",
    parameters=(query.text("query"), query.flag("live_only", default=False)),
    page_size_max=100,
)
