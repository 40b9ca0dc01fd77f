"""Streams, their markers and videos, and raids.

Everybody is live: whoever is asked about has been streaming for an hour.
Sources: https://dev.twitch.tv/docs/api/reference/#get-streams, #get-videos, #start-a-raid
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.channels import channel_settings
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import number_of, user
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.people import Person, login_of
from twitch.simulator.refusal import Refusal

_LIVE_SECONDS: Final = 3600
_PREVIEWS: Final = "https://static-cdn.jtvnw.net/previews-ttv/live_user_{}-{{width}}x{{height}}.jpg"


def _stream(asked: Asked, person: Person, viewers: int) -> dict[str, Any]:
    channel = channel_settings(asked, person)
    return {
        "id": number_of("stream", person.user_id),
        **user(person),
        "game_id": channel["game_id"],
        "game_name": channel["game_name"],
        "type": "live",
        "title": channel["title"],
        "viewer_count": viewers,
        "started_at": asked.at(-_LIVE_SECONDS),
        "language": channel["broadcaster_language"],
        "thumbnail_url": _PREVIEWS.format(person.login),
        "tag_ids": [],
        "tags": channel["tags"],
        "is_mature": False,
    }


def _get(asked: Asked) -> Example:
    nobody_named = not asked.texts("user_id") and not asked.texts("user_login")
    people = [asked.people.by_id(one) for one in asked.texts("user_id")]
    people += [asked.people.by_login(one) for one in asked.texts("user_login") if login_of(one)]
    named = asked.crowd() if nobody_named else list(dict.fromkeys(people))
    rows = [_stream(asked, person, 900 // number) for number, person in enumerate(named, start=1)]
    games, languages = asked.texts("game_id"), asked.texts("language")
    if nobody_named and games:  # the directory of a game is never empty
        rows = [{**row, "game_id": games[number % len(games)]} for number, row in enumerate(rows)]
    return [
        row
        for row in rows
        if (not games or row["game_id"] in games) and (not languages or row["language"] in languages)
    ]


def _followed(asked: Asked) -> Example:
    return [_stream(asked, person, 900 // number) for number, person in enumerate(asked.crowd(), start=1)]


def _key(asked: Asked) -> Example:
    channel_id = asked.channel.user_id
    return [{"stream_key": f"live_{channel_id}_{number_of('key', channel_id)}"}]


def _markers(asked: Asked, person: Person) -> Shelf:
    def examples() -> list[Item]:
        return [_marker(asked, number_of("marker", person.user_id, str(n)), person, 600 * n) for n in range(1, 4)]

    return asked.shelf("marker", person.user_id, examples)


def _marker(asked: Asked, marker_id: str, person: Person, position: int) -> Item:
    return {
        "id": marker_id,
        "created_at": asked.at(position - _LIVE_SECONDS),
        "description": "",
        "position_seconds": position,
        "URL": f"https://twitch.tv/{person.login}/manager/highlighter/{_video_id(person, 0)}?t={position}s",
    }


def _create_marker(asked: Asked) -> Example:
    person = asked.person("user_id")
    made = _marker(asked, number_of("marker", asked.new_id()), person, _LIVE_SECONDS)
    made["description"] = asked.text("description")
    _markers(asked, person).put(made)
    return [{name: value for name, value in made.items() if name != "URL"}]


def _get_markers(asked: Asked) -> Example:
    person = asked.person("user_id")
    video_id = asked.text("video_id", _video_id(person, 0))
    return [{**user(person), "videos": [{"video_id": video_id, "markers": _markers(asked, person).listed()}]}]


def _video_id(person: Person, number: int) -> str:
    return number_of("video", person.user_id, str(number))


def _videos(asked: Asked, person: Person) -> Shelf:
    def examples() -> list[Item]:
        return [_video(asked, _video_id(person, number), person, -86400 * number) for number in range(5)]

    return asked.shelf("video", person.user_id, examples)


def _video(asked: Asked, video_id: str, person: Person, seconds: int) -> Item:
    return {
        "id": video_id,
        "stream_id": number_of("stream", video_id),
        **user(person),
        "title": f"{person.display_name} was here",
        "description": "",
        "created_at": asked.at(seconds - _LIVE_SECONDS),
        "published_at": asked.at(seconds - _LIVE_SECONDS),
        "url": f"https://www.twitch.tv/videos/{video_id}",
        "thumbnail_url": f"https://static-cdn.jtvnw.net/cf_vods/{video_id}/thumb0-%{{width}}x%{{height}}.jpg",
        "viewable": "public",
        "view_count": 42,
        "language": "en",
        "type": "archive",
        "duration": "3h8m33s",
        "muted_segments": [{"duration": 30, "offset": 120}],
    }


def _get_videos(asked: Asked) -> Example:
    if asked.text("user_id"):
        videos = _videos(asked, asked.person("user_id")).listed()
    elif ids := asked.texts("id"):
        videos = [_video(asked, one, asked.people.by_login("streamer"), -86400) for one in ids]
    else:
        videos = [_video(asked, _video_id(person, 0), person, -86400) for person in asked.crowd()]
    kind, language = asked.text("type", "all"), asked.text("language")
    return [video for video in videos if kind in {"all", video["type"]} and language in {"", video["language"]}]


def _delete_videos(asked: Asked) -> Example:
    for video_id in asked.texts("id"):
        _videos(asked, asked.caller).take(video_id)
    return asked.texts("id")


def _raid(asked: Asked) -> Example | Refusal:
    if asked.text("from_broadcaster_id") == asked.text("to_broadcaster_id"):
        return refusal(400, "The IDs in from_broadcaster_id and to_broadcaster_id cannot be the same.")
    asked.settings("raid", asked.text("from_broadcaster_id"), {})["to"] = asked.text("to_broadcaster_id")
    return [{"created_at": asked.at(), "is_mature": False}]


def _cancel_raid(asked: Asked) -> Example | Refusal:
    raid = asked.settings("raid", asked.channel.user_id, {})
    if "to" not in raid:
        return refusal(404, "The broadcaster doesn't have a pending raid to cancel.")
    raid.clear()
    return None


ROWS: Final = (
    Row(
        *("GET", "/streams", Auth.EITHER, _get),
        query="user_id*100? user_login*100? game_id*100? type=all|live? language*100?",
        page=Page(backwards=True),
    ),
    Row(
        *("GET", "/streams/followed", Auth.USER, _followed),
        query="user_id",
        scopes="user:read:follows",
        own="user_id",
        page=Page(first=100),
    ),
    Row(
        *("GET", "/streams/key", Auth.USER, _key),
        query="broadcaster_id",
        scopes="channel:read:stream_key",
        own="broadcaster_id",
    ),
    Row(
        *("POST", "/streams/markers", Auth.USER, _create_marker),
        body="user_id description?",
        scopes="channel:manage:broadcast",
    ),
    Row(
        *("GET", "/streams/markers", Auth.USER, _get_markers),
        query="user_id? video_id?",
        exactly_one="user_id video_id",
        scopes="user:read:broadcast channel:manage:broadcast",
        page=Page(backwards=True),
    ),
    Row(
        *("GET", "/videos", Auth.EITHER, _get_videos),
        query="id*100? user_id? game_id? language? period=all|day|month|week? sort=time|trending|views?"
        " type=all|archive|highlight|upload?",
        exactly_one="id user_id game_id",
        page=Page(backwards=True),
    ),
    Row("DELETE", "/videos", Auth.USER, _delete_videos, query="id*5", scopes="channel:manage:videos"),
    Row(
        *("POST", "/raids", Auth.USER, _raid),
        query="from_broadcaster_id to_broadcaster_id",
        scopes="channel:manage:raids",
        own="from_broadcaster_id",
    ),
    Row(
        *("DELETE", "/raids", Auth.USER, _cancel_raid),
        query="broadcaster_id",
        scopes="channel:manage:raids",
        own="broadcaster_id",
        status=204,
    ),
)
