"""What the whole of Twitch has in common: games, searches, labels, teams.

Sources: https://dev.twitch.tv/docs/api/reference/#get-top-games, #search-categories, #get-teams,
#get-content-classification-labels
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import GAMES, broadcaster, game_name, number_of, user

_LABELS: Final = {
    "DebatedSocialIssuesAndPolitics": "Politics and Sensitive Social Issues",
    "DrugsIntoxication": "Drugs, Intoxication, or Excessive Tobacco Use",
    "Gambling": "Gambling",
    "MatureGame": "Mature-Rated Game",
    "ProfanityVulgarity": "Significant Profanity or Vulgarity",
    "SexualThemes": "Sexual Themes",
    "ViolentGraphic": "Violent and Graphic Depictions",
}


def _game(game_id: str, name: str, igdb_id: str) -> dict[str, str]:
    art = f"https://static-cdn.jtvnw.net/ttv-boxart/{game_id}-{{width}}x{{height}}.jpg"
    return {"id": game_id, "name": name, "box_art_url": art, "igdb_id": igdb_id}


def _top_games(_asked: Asked) -> Example:
    return [_game(*game) for game in GAMES]


def _games(asked: Asked) -> Example:
    known = {game_id: igdb_id for game_id, _, igdb_id in GAMES}
    wanted = [(one, game_name(one), known.get(one, "")) for one in asked.texts("id")]
    wanted += [(_id_of(name), name, "") for name in asked.texts("name")]
    wanted += [(number_of("game", one), f"Game {one}", one) for one in asked.texts("igdb_id")]
    return [_game(*one) for one in wanted]


def _id_of(name: str) -> str:
    return next((game_id for game_id, known, _ in GAMES if known == name), number_of("game", name))


def _categories(asked: Asked) -> Example:
    names = [f"{asked.text('query')}{more}".title() for more in ("", " II", " III", " Online", " Remastered")]
    games = [_game(_id_of(name), name, "") for name in names]
    return [{name: game[name] for name in ("id", "name", "box_art_url")} for game in games]


def _labels(_asked: Asked) -> Example:
    return [{"id": one, "description": f"{name}, as described.", "name": name} for one, name in _LABELS.items()]


def _team(asked: Asked, team_id: str, name: str) -> dict[str, Any]:
    return {
        "background_image_url": None,
        "banner": None,
        "created_at": asked.at(-800 * 86400),
        "updated_at": asked.at(-86400),
        "info": "<p>Exists in the simulator only.</p>",
        "thumbnail_url": f"https://static-cdn.jtvnw.net/jtv_user_pictures/team-{name}-team_logo_image-600x600.png",
        "team_name": name,
        "team_display_name": name.capitalize(),
        "id": team_id,
    }


def _channel_teams(asked: Asked) -> Example:
    return [{**broadcaster(asked.channel), **_team(asked, "6358", "livecoders")}]


def _teams(asked: Asked) -> Example:
    team_id, name = asked.text("id"), asked.text("name")
    team = _team(asked, team_id or number_of("team", name)[:4], name or f"team{team_id}")
    return [{"users": [user(person) for person in asked.crowd()], **team}]


ROWS: Final = (
    Row("GET", "/games/top", Auth.EITHER, _top_games, page=Page(backwards=True)),
    Row("GET", "/games", Auth.EITHER, _games, query="id*100? name*100? igdb_id*100?", at_least_one="id name igdb_id"),
    Row("GET", "/search/categories", Auth.EITHER, _categories, query="query", page=Page()),
    Row("GET", "/content_classification_labels", Auth.EITHER, _labels, query="locale?"),
    Row("GET", "/teams/channel", Auth.EITHER, _channel_teams, query="broadcaster_id"),
    Row("GET", "/teams", Auth.EITHER, _teams, query="name? id?", exactly_one="name id"),
)
