"""Clips: https://dev.twitch.tv/docs/api/reference/#create-clip and those after it.

Twitch makes a clip some seconds after it has answered; here it is in the list at once.
"""

from typing import Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import number_of, slug_of
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.people import Person

_EDITORS: Final = "editor:manage:clips channel:manage:clips"


def _clips(asked: Asked, channel: Person) -> Shelf:
    def examples() -> list[Item]:
        return [
            _clip(asked, slug_of("clip", channel.user_id, str(number)), channel, creator, -3600 * (number + 1))
            for number, creator in enumerate(asked.crowd()[:5])
        ]

    return asked.shelf("clip", channel.user_id, examples)


def _clip(asked: Asked, clip_id: str, channel: Person, creator: Person, seconds: int) -> Item:
    return {
        "id": clip_id,
        "url": f"https://clips.twitch.tv/{clip_id}",
        "embed_url": f"https://clips.twitch.tv/embed?clip={clip_id}",
        "broadcaster_id": channel.user_id,
        "broadcaster_name": channel.display_name,
        "creator_id": creator.user_id,
        "creator_name": creator.display_name,
        "video_id": number_of("video", channel.user_id, "0"),
        "game_id": "509658",
        "language": "en",
        "title": "what just happened",
        "view_count": 10,
        "created_at": asked.at(seconds),
        "thumbnail_url": f"https://static-cdn.jtvnw.net/twitch-clips/{clip_id}-preview-480x272.jpg",
        "duration": 30.0,
        "vod_offset": 480,
        "is_featured": False,
    }


def _create(asked: Asked) -> Example:
    clip_id = slug_of("clip", asked.new_id())
    creator = asked.person("editor_id")
    made = _clip(asked, clip_id, asked.channel, creator, 0)
    given = {"title": asked.text("title", made["title"]), "duration": float(asked.text("duration", "30"))}
    _clips(asked, asked.channel).put(made | given)
    return [{"id": clip_id, "edit_url": f"https://clips.twitch.tv/{clip_id}/edit"}]


def _get(asked: Asked) -> Example:
    if asked.text("broadcaster_id"):
        clips = _clips(asked, asked.channel).listed(newest_first=True)
    else:
        channel = asked.people.by_login("streamer")
        ids = asked.texts("id") or [slug_of("clip", asked.text("game_id"), str(number)) for number in range(5)]
        clips = [_clip(asked, one, channel, asked.crowd()[0], -3600) for one in ids]
        clips = [{**clip, "game_id": asked.text("game_id", clip["game_id"])} for clip in clips]
    featured = asked.call.parameters.text("is_featured")
    return [clip for clip in clips if featured is None or clip["is_featured"] is (featured == "true")]


def _downloads(asked: Asked) -> Example:
    return [
        {
            "clip_id": one,
            "landscape_download_url": f"https://production.assets.clips.twitchcdn.net/{one}-landscape.mp4",
            "portrait_download_url": None,
        }
        for one in asked.texts("clip_id")
    ]


ROWS: Final = (
    Row(
        *("POST", "/clips", Auth.USER, _create),
        query="broadcaster_id title? duration:5-60?",
        scopes="clips:edit",
        status=202,
    ),
    Row(
        *("POST", "/videos/clips", Auth.EITHER, _create),
        query="editor_id broadcaster_id vod_id vod_offset:int duration:5-60? title",
        scopes=_EDITORS,
        own="editor_id",
        status=202,
    ),
    Row(
        *("GET", "/clips", Auth.EITHER, _get),
        query="broadcaster_id? game_id? id*100? started_at:time? ended_at:time? is_featured:bool?",
        exactly_one="broadcaster_id game_id id",
        page=Page(backwards=True),
    ),
    Row(
        *("GET", "/clips/downloads", Auth.EITHER, _downloads),
        query="editor_id broadcaster_id clip_id*10",
        scopes=_EDITORS,
        own="editor_id",
    ),
)
