"""Channels, their editors and followers: https://dev.twitch.tv/docs/api/reference/#get-channel-information."""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked, Given, counted
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import broadcaster, game_name, user
from twitch.simulator.people import Person

_LABELS: Final = (
    "DebatedSocialIssuesAndPolitics|DrugsIntoxication|SexualThemes|ViolentGraphic|Gambling|ProfanityVulgarity"
)
_PLAIN: Final = ("broadcaster_language", "title", "delay", "tags", "is_branded_content")


def channel_settings(asked: Asked, channel: Person) -> dict[str, Any]:
    """What a broadcaster says about the channel; Modify Channel Information changes it."""
    defaults = {
        "broadcaster_language": "en",
        "game_name": "Just Chatting",
        "game_id": "509658",
        "title": f"{channel.display_name} is here",
        "delay": 0,
        "tags": ["English"],
        "content_classification_labels": [],
        "is_branded_content": False,
    }
    return asked.settings("channel", channel.user_id, defaults)


def _information(asked: Asked) -> Example:
    channels = [asked.people.by_id(user_id) for user_id in asked.texts("broadcaster_id")]
    return [{**broadcaster(channel), **channel_settings(asked, channel)} for channel in channels]


def _modify(asked: Asked) -> Example:
    settings = channel_settings(asked, asked.channel)
    settings |= asked.changes(_PLAIN)
    if (game_id := asked.field("game_id")) is not None:
        game_id = "" if game_id == "0" else game_id  # "0" unsets the game
        settings |= {"game_id": game_id, "game_name": game_name(game_id)}
    labels = settings["content_classification_labels"]
    for label in asked.field("content_classification_labels") or ():
        labels = [known for known in labels if known != label["id"]] + [label["id"]] * label["is_enabled"]
    settings["content_classification_labels"] = labels
    return None


def _editors(asked: Asked) -> Example:
    return [
        {"user_id": person.user_id, "user_name": person.display_name, "created_at": asked.at(-86400 * 30 * number)}
        for number, person in enumerate(asked.crowd()[:3], start=1)
    ]


def _followed(asked: Asked) -> Example:
    ids = asked.texts("broadcaster_id")
    people = [asked.people.by_id(one) for one in ids] or asked.crowd()
    return counted(
        [{**broadcaster(person), "followed_at": asked.at(-86400 * number)} for number, person in enumerate(people, 1)]
    )


def _followers(asked: Asked) -> Example:
    people = [asked.person("user_id")] if asked.text("user_id") else asked.crowd()
    total = len(asked.crowd())
    # "If the token has not the scope ... only the total follower count is in the response."
    if asked.call.caller.is_app:
        people = []
    rows = [{"followed_at": asked.at(-86400 * number), **user(person)} for number, person in enumerate(people, 1)]
    return Given(rows, {"total": total})


ROWS: Final = (
    Row("GET", "/channels", Auth.EITHER, _information, query="broadcaster_id*100"),
    Row(
        *("PATCH", "/channels", Auth.USER, _modify),
        query="broadcaster_id",
        body="game_id? broadcaster_language? title? delay:int? tags*10? content_classification_labels*6:object?"
        f" content_classification_labels.id={_LABELS} content_classification_labels.is_enabled:bool"
        " is_branded_content:bool?",
        scopes="channel:manage:broadcast",
        own="broadcaster_id",
        status=204,
    ),
    Row(
        *("GET", "/channels/editors", Auth.USER, _editors),
        query="broadcaster_id",
        scopes="channel:read:editors",
        own="broadcaster_id",
    ),
    Row(
        *("GET", "/channels/followed", Auth.USER, _followed),
        query="user_id broadcaster_id?",
        scopes="user:read:follows",
        own="user_id",
        page=Page(),
    ),
    Row(
        *("GET", "/channels/followers", Auth.USER, _followers),
        query="user_id? broadcaster_id",
        scopes="moderator:read:followers",
        page=Page(),
    ),
)
