"""Moderators, VIPs, and requests to be unbanned: https://dev.twitch.tv/docs/api/reference/#get-moderators."""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Maker, Row
from twitch.simulator.answers.samples import broadcaster, user
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.refusal import Refusal

_UNBAN: Final = "moderator:manage:unban_requests"


def _holders(asked: Asked, role: str) -> Shelf:
    """Who has a role in the channel."""
    people = asked.crowd()[:4] if role == "moderator" else asked.crowd()[4:]
    return asked.shelf(role, asked.channel.user_id, lambda: [{**user(person)} for person in people], "user_id")


def _list(role: str) -> Maker:
    return lambda asked: _holders(asked, role).listed(asked.texts("user_id"))


def _add(role: str, other: str) -> Maker:
    def add(asked: Asked) -> Example | Refusal:
        person = asked.person("user_id")
        if _holders(asked, role).get(person.user_id) is not None:
            # "already a moderator" is a 400, "already a VIP" a 422
            return refusal(400 if role == "moderator" else 422, f"user is already a {role}")
        if _holders(asked, other).get(person.user_id) is not None:
            return refusal(422, f"The specified user is a {other}, and cannot be a {role} as well.")
        _holders(asked, role).put({**user(person)})
        return None

    return add


def _remove(role: str) -> Maker:
    def remove(asked: Asked) -> Example | Refusal:
        if _holders(asked, role).take(asked.text("user_id")) is None:
            return refusal(400 if role == "moderator" else 422, f"user is not a {role}")
        return None

    return remove


def _moderated(asked: Asked) -> Example:
    return [broadcaster(person) for person in asked.crowd()]


def _requests(asked: Asked) -> Shelf:
    people = asked.crowd()[:5]

    def examples() -> list[Item]:
        return [
            {
                "id": asked.example_id("unban request", number),
                **broadcaster(asked.channel),
                "moderator_id": None,
                "moderator_login": None,
                "moderator_name": None,
                **user(person),
                "text": "Please unban me from the channel, I have read the rules.",
                "status": "pending",
                "created_at": asked.at(-3600 * (number + 1)),
                "resolved_at": None,
                "resolution_text": None,
            }
            for number, person in enumerate(people)
        ]

    return asked.shelf("unban request", asked.channel.user_id, examples)


def _get_requests(asked: Asked) -> Example:
    wanted = {name: asked.text(name) for name in ("status", "user_id") if asked.text(name)}
    return [row for row in _requests(asked).listed() if all(row[name] == value for name, value in wanted.items())]


def _resolve_request(asked: Asked) -> Example | Refusal:
    found = _requests(asked).get(asked.text("unban_request_id"))
    if found is None:
        return refusal(404, "The unban request ID was not found.")
    resolution: dict[str, Any] = {"status": asked.text("status"), "resolution_text": asked.text("resolution_text")}
    resolved = {**found, **resolution, **user(asked.moderator, "moderator_"), "resolved_at": asked.at()}
    return [_requests(asked).put(resolved)]


ROWS: Final = (
    Row(
        *("GET", "/moderation/unban_requests", Auth.USER, _get_requests),
        query="broadcaster_id moderator_id status=pending|approved|denied|acknowledged|canceled user_id?",
        scopes=f"moderator:read:unban_requests {_UNBAN}",
        own="moderator_id",
        page=Page(),
    ),
    Row(
        *("PATCH", "/moderation/unban_requests", Auth.USER, _resolve_request),
        query="broadcaster_id moderator_id unban_request_id status=approved|denied resolution_text?",
        scopes=_UNBAN,
        own="moderator_id",
    ),
    Row(
        *("GET", "/moderation/channels", Auth.USER_OR_GRANT, _moderated),
        query="user_id",
        scopes="user:read:moderated_channels",
        own="user_id",
        page=Page(),
    ),
    Row(
        *("GET", "/moderation/moderators", Auth.USER, _list("moderator")),
        query="broadcaster_id user_id*100?",
        scopes="moderation:read channel:manage:moderators",
        own="broadcaster_id",
        page=Page(),
    ),
    Row(
        *("GET", "/channels/vips", Auth.USER, _list("VIP")),
        query="broadcaster_id user_id*100?",
        scopes="channel:read:vips channel:manage:vips",
        own="broadcaster_id",
        page=Page(),
    ),
    *(
        Row(
            *(method, path, Auth.USER, example),
            query="broadcaster_id user_id",
            scopes=scope,
            own="broadcaster_id",
            status=204,
        )
        for path, scope, role, other in (
            ("/moderation/moderators", "channel:manage:moderators", "moderator", "VIP"),
            ("/channels/vips", "channel:manage:vips", "VIP", "moderator"),
        )
        for method, example in (("POST", _add(role, other)), ("DELETE", _remove(role)))
    ),
)
