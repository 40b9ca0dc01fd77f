"""What users do and have: descriptions, blocks, whispers, subscriptions, active extensions.

Get Users itself is played for real elsewhere.
Sources: https://dev.twitch.tv/docs/api/reference/#update-user, #get-broadcaster-subscriptions, #send-whisper
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked, Given
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import PICTURE, broadcaster, user, uuid_of
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.people import Person
from twitch.simulator.refusal import Refusal

_KINDS: Final = ("panel", "overlay", "component")
_SUBSCRIPTION_POINTS: Final = {"1000": 1, "2000": 2, "3000": 6}


def _update(asked: Asked) -> Example:
    person = asked.caller
    about = {"type": "", "broadcaster_type": "affiliate", "description": asked.text("description")}
    pictures = {"profile_image_url": PICTURE, "offline_image_url": "", "view_count": 0}
    email = {"email": f"{person.login}@example.com"} if "user:read:email" in asked.call.caller.scopes else {}
    named = {"id": person.user_id, "login": person.login, "display_name": person.display_name}
    return [{**named, **about, **pictures, **email, "created_at": "2016-12-14T20:32:28Z"}]


def _blocks(asked: Asked) -> Shelf:
    owner, people = asked.caller.user_id, asked.crowd()[:3]
    return asked.shelf("block", owner, lambda: [_blocked(person) for person in people], "user_id")


def _blocked(person: Person) -> Item:
    return {"user_id": person.user_id, "user_login": person.login, "display_name": person.display_name}


def _get_blocks(asked: Asked) -> Example:
    return _blocks(asked).listed()


def _block(asked: Asked) -> Example | Refusal:
    person = asked.person("target_user_id")
    if person == asked.caller:
        return refusal(400, "The ID in target_user_id cannot be the same as the user ID in the access token.")
    _blocks(asked).put(_blocked(person))
    return None


def _unblock(asked: Asked) -> Example:
    _blocks(asked).take(asked.text("target_user_id"))
    return None


def _whisper(asked: Asked) -> Example | Refusal:
    if asked.text("from_user_id") == asked.text("to_user_id"):
        return refusal(400, "The ID in the from_user_id and to_user_id query parameters must be different.")
    return None


def _subscriptions(asked: Asked) -> Example:
    ids = asked.texts("user_id")
    people = [asked.people.by_id(one) for one in ids] or asked.crowd()
    gifter = user(asked.crowd()[0], "gifter_")
    rows: list[dict[str, Any]] = [
        {
            **broadcaster(asked.channel),
            **(gifter if number == 1 else dict.fromkeys(gifter, "")),
            "is_gift": number == 1,
            "plan_name": f"Channel Subscription ({asked.channel.login})",
            "tier": "3000" if number == 2 else "1000",
            **user(person),
        }
        for number, person in enumerate(people)
    ]
    points = sum(_SUBSCRIPTION_POINTS[row["tier"]] for row in rows)
    nothing = {"total": None, "points": None}  # "if you specify the user_id query parameter"
    return Given(rows, nothing if ids else {"total": len(rows), "points": points})


def _subscription(asked: Asked) -> Example:
    return [{**broadcaster(asked.channel), "is_gift": False, "tier": "1000"}]


def _extensions(asked: Asked) -> Example:
    own = asked.caller.user_id
    return [
        {
            "id": uuid_of("extension", own, kind)[:30],
            "version": "0.0.1",
            "name": name,
            "can_activate": True,
            "type": [kind],
        }
        for kind, name in (("panel", "Leaderboard"), ("overlay", "Alerts"), ("component", "Map"))
    ]


def _active(asked: Asked, person: Person) -> dict[str, Any]:
    def slot(kind: str) -> Item:
        place = {"x": 0, "y": 0} if kind == "component" else {}
        extension_id = uuid_of("extension", person.user_id, kind)[:30]
        return {"active": True, "id": extension_id, "version": "0.0.1", "name": f"An example {kind}", **place}

    defaults = {kind: {"1": slot(kind), "2": {"active": False}} for kind in _KINDS}
    return asked.settings("active extensions", person.user_id, defaults)


def _get_active(asked: Asked) -> Example | Refusal:
    if asked.call.caller.is_app and not asked.text("user_id"):
        return refusal(400, "The user_id query parameter is required with an app access token.")
    return dict(_active(asked, asked.person("user_id")))


def _set_active(asked: Asked) -> Example | Refusal:
    active = _active(asked, asked.caller)
    given = {kind: slots for kind, slots in asked.field("data").items() if kind in _KINDS and slots is not None}
    if not all(isinstance(slot, dict) for slots in given.values() for slot in slots.values()):
        return refusal(400, 'The parameter "data" must have an object for each slot')
    for kind, slots in given.items():
        for number, slot in slots.items():
            named = {"name": f"An example {kind}"} if slot.get("active") else {}
            active[kind] = {**active[kind], number: {**slot, **named}}
    return dict(active)


ROWS: Final = (
    Row("PUT", "/users", Auth.USER, _update, query="description?", scopes="user:edit"),
    Row(
        *("GET", "/users/blocks", Auth.USER, _get_blocks),
        query="broadcaster_id",
        scopes="user:read:blocked_users",
        own="broadcaster_id",
        page=Page(),
    ),
    Row(
        *("PUT", "/users/blocks", Auth.USER, _block),
        query="target_user_id source_context=chat|whisper? reason=harassment|spam|other?",
        scopes="user:manage:blocked_users",
        status=204,
    ),
    Row(
        *("DELETE", "/users/blocks", Auth.USER, _unblock),
        query="target_user_id",
        scopes="user:manage:blocked_users",
        status=204,
    ),
    Row("GET", "/users/extensions/list", Auth.USER, _extensions, scopes="user:read:broadcast user:edit:broadcast"),
    Row("GET", "/users/extensions", Auth.EITHER, _get_active, query="user_id?"),
    Row(
        *("PUT", "/users/extensions", Auth.USER, _set_active),
        body="data:object data.panel:object? data.overlay:object? data.component:object?",
        scopes="user:edit:broadcast",
    ),
    Row(
        *("POST", "/whispers", Auth.USER, _whisper),
        query="from_user_id to_user_id",
        body="message",
        scopes="user:manage:whispers",
        own="from_user_id",
        status=204,
    ),
    Row(
        *("GET", "/subscriptions", Auth.USER_OR_GRANT, _subscriptions),
        query="broadcaster_id user_id*100?",
        scopes="channel:read:subscriptions",
        own="broadcaster_id",
        page=Page(backwards=True),
    ),
    Row(
        *("GET", "/subscriptions/user", Auth.USER, _subscription),
        query="broadcaster_id user_id",
        scopes="user:read:subscriptions",
        own="user_id",
    ),
)
