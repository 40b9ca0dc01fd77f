"""Games, also called categories, and searches."""

from datetime import datetime

import msgspec

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import query
from twitch.records import Record


class Game(Record, frozen=True, kw_only=True):
    """A game or other category. ``box_art_url`` has {width} and {height} to fill in."""

    id: str
    name: str = ""
    box_art_url: str = ""
    """Box art URL with size placeholders."""
    igdb_id: str = ""
    """IGDB id, empty if unknown."""


class Category(Record, frozen=True, kw_only=True):
    """A game or category that a search found."""

    box_art_url: str = ""
    """Box art URL with size placeholders."""
    name: str = ""
    id: str


class ContentClassificationLabel(Record, frozen=True, kw_only=True):
    """A label for content that not everybody wants to see."""

    id: str
    description: str = ""
    name: str = ""


class SearchChannel(Record, frozen=True, kw_only=True):
    """A channel that a search found: https://dev.twitch.tv/docs/api/reference/#search-channels"""

    id: str
    login: str = msgspec.field(name="broadcaster_login", default="")
    name: str = msgspec.field(name="display_name", default="")
    language: str = msgspec.field(name="broadcaster_language", default="")
    game_id: str = ""
    game_name: str = ""
    is_live: bool = False
    tags: tuple[str, ...] = ()
    thumbnail_url: str = ""
    title: str = ""
    started_at: datetime | None = None


GET_TOP_GAMES = Endpoint(
    "get_top_games",
    "GET",
    "/games/top",
    auth=Auth.EITHER,
    item=Game,
    answer=Answer.PAGES,
    about="Games and categories, those with the most viewers first.",
    page_size_max=100,
)

GET_GAMES = Endpoint(
    "get_games",
    "GET",
    "/games",
    auth=Auth.EITHER,
    item=Game,
    answer=Answer.MANY,
    about="Games and categories by id, exact name or IGDB's id, any number of them.",
    parameters=(
        query.many("game_ids", "id", at_most=100, optional=True),
        query.many("game_names", "name", at_most=100, optional=True),
        query.many("igdb_ids", "igdb_id", at_most=100, optional=True),
    ),
    together_max=100,
)

SEARCH_CATEGORIES = Endpoint(
    "search_categories",
    "GET",
    "/search/categories",
    auth=Auth.EITHER,
    item=Category,
    answer=Answer.PAGES,
    about="Games and categories whose name matches a text.",
    parameters=(query.text("query"),),
    page_size_max=100,
)

SEARCH_CHANNELS = Endpoint(
    "search_channels",
    "GET",
    "/search/channels",
    auth=Auth.EITHER,
    item=SearchChannel,
    answer=Answer.PAGES,
    about="Channels that match a text, live ones only if so wanted.",
    parameters=(
        query.text("query"),
        query.flag("live_only", default=False),
    ),
    page_size_max=100,
)

GET_CONTENT_CLASSIFICATION_LABELS = Endpoint(
    "get_content_classification_labels",
    "GET",
    "/content_classification_labels",
    auth=Auth.EITHER,
    item=ContentClassificationLabel,
    answer=Answer.MANY,
    about="The labels that a channel can carry, in words of the locale, such as de-DE.",
    parameters=(query.text("locale", default="en-US"),),
)
