"""Analytics reports: https://dev.twitch.tv/docs/api/reference/#get-extension-analytics and the one after it."""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import GAMES, slug_of, uuid_of

_WHEN: Final = "type=overview_v2? started_at:time? ended_at:time?"


def _extension_reports(asked: Asked) -> Example:
    ids = asked.texts("extension_id") or [slug_of("extension", str(n))[-16:] for n in range(3)]
    return [{"extension_id": one, **_report(asked, one)} for one in ids]


def _game_reports(asked: Asked) -> Example:
    ids = asked.texts("game_id") or [game_id for game_id, _, _ in GAMES[:5]]
    return [{"game_id": one, **_report(asked, one)} for one in ids]


def _report(asked: Asked, subject: str) -> dict[str, Any]:
    midnight = asked.at(-asked.call.now % -86400)
    begin, end = asked.text("started_at", asked.at(-30 * 86400)), asked.text("ended_at", midnight)
    return {
        "URL": f"https://twitch-piper-reports.s3-us-west-2.amazonaws.com/{uuid_of('report', subject)}.csv",
        "type": "overview_v2",
        "date_range": {"started_at": begin, "ended_at": end},
    }


ROWS: Final = (
    Row(
        *("GET", "/analytics/extensions", Auth.USER, _extension_reports),
        query=f"extension_id? {_WHEN}",
        scopes="analytics:read:extensions",
        page=Page(),
    ),
    Row(
        *("GET", "/analytics/games", Auth.USER, _game_reports),
        query=f"game_id? {_WHEN}",
        scopes="analytics:read:games",
        page=Page(),
    ),
)
