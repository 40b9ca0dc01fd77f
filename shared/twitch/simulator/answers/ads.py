"""Advertisements: https://dev.twitch.tv/docs/api/reference/#start-commercial and those after it."""

from typing import Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.rows import Auth, Example, Row

_SNOOZES: Final = 3


def _commercial(asked: Asked) -> Example:
    length = asked.integer("length")
    # "If you request a length that is not a multiple of 30, it is rounded"; the longest is three minutes.
    return [{"length": min(180, max(30, length // 30 * 30)), "message": "", "retry_after": 480}]


def _schedule(asked: Asked) -> Example:
    count = asked.settings("ads", asked.channel.user_id, {"snooze_count": _SNOOZES})["snooze_count"]
    return [
        {
            "snooze_count": count,
            "snooze_refresh_at": asked.at(3600),
            "next_ad_at": asked.at(1500),
            "duration": 60,
            "last_ad_at": asked.at(-1800),
            "preroll_free_time": 90,
        }
    ]


def _snooze(asked: Asked) -> Example:
    settings = asked.settings("ads", asked.channel.user_id, {"snooze_count": _SNOOZES})
    settings["snooze_count"] = max(0, settings["snooze_count"] - 1)
    row = {"snooze_refresh_at": asked.at(3600), "next_ad_at": asked.at(1800)}
    return [{"snooze_count": settings["snooze_count"], **row}]


ROWS: Final = (
    Row(
        *("POST", "/channels/commercial", Auth.USER_OR_GRANT, _commercial),
        body="broadcaster_id length:int",
        scopes="channel:edit:commercial",
        own="broadcaster_id",
    ),
    Row(
        *("GET", "/channels/ads", Auth.USER_OR_GRANT, _schedule),
        query="broadcaster_id",
        scopes="channel:read:ads",
        own="broadcaster_id",
    ),
    Row(
        *("POST", "/channels/ads/schedule/snooze", Auth.USER_OR_GRANT, _snooze),
        query="broadcaster_id",
        scopes="channel:manage:ads",
        own="broadcaster_id",
    ),
)
