"""Who is in a chat, how it is set, and what moderators do in it: https://dev.twitch.tv/docs/api/reference/#get-chatters.

Sending a message is played for real elsewhere, and so an announcement here reaches nobody.
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked, counted
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import user, uuid_of
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.refusal import Refusal

_SETTINGS: Final = {
    "emote_mode": False,
    "follower_mode": True,
    "follower_mode_duration": 0,
    "slow_mode": False,
    "slow_mode_wait_time": None,
    "subscriber_mode": False,
    "unique_chat_mode": False,
}
_DELAY: Final = {"non_moderator_chat_delay": False, "non_moderator_chat_delay_duration": None}
# Setting -> its amount and what that is when the setting is turned on without one
_AMOUNTS: Final = {
    "follower_mode": ("follower_mode_duration", 0),
    "slow_mode": ("slow_mode_wait_time", 30),
    "non_moderator_chat_delay": ("non_moderator_chat_delay_duration", 2),
}
_COLORS: Final = {
    "blue": "#0000FF",
    "blue_violet": "#8A2BE2",
    "cadet_blue": "#5F9EA0",
    "chocolate": "#D2691E",
    "coral": "#FF7F50",
    "dodger_blue": "#1E90FF",
    "firebrick": "#B22222",
    "golden_rod": "#DAA520",
    "green": "#008000",
    "hot_pink": "#FF69B4",
    "orange_red": "#FF4500",
    "red": "#FF0000",
    "sea_green": "#2E8B57",
    "spring_green": "#00FF7F",
    "yellow_green": "#9ACD32",
}
_MODERATED: Final = "broadcaster_id moderator_id"
_PINS: Final = "moderator:manage:chat_messages"


def _chatters(asked: Asked) -> Example:
    return counted([user(person) for person in [asked.channel, *asked.crowd()]])


def _settings(asked: Asked) -> Item:
    return asked.settings("chat", asked.channel.user_id, _SETTINGS | _DELAY)


def _get_settings(asked: Asked) -> Example:
    settings = {"broadcaster_id": asked.channel.user_id, **_settings(asked)}
    if asked.text("moderator_id"):  # "included only if ... the moderator_id"
        return [settings | {"moderator_id": asked.moderator.user_id}]
    return [{name: value for name, value in settings.items() if name not in _DELAY}]


def _update_settings(asked: Asked) -> Example:
    settings = _settings(asked)
    settings |= asked.changes(settings)
    for setting, (amount, usual) in _AMOUNTS.items():
        if not settings[setting]:
            settings[amount] = None
        elif settings[amount] is None:
            settings[amount] = usual
    ids = {"broadcaster_id": asked.channel.user_id, "moderator_id": asked.moderator.user_id}
    return [ids | settings]


def _done(_asked: Asked) -> Example:
    return None


def _announce(asked: Asked) -> Example | Refusal:
    if not asked.call.caller.is_app and asked.field("for_source_only") is not None:
        return refusal(400, "The for_source_only parameter can only be used with an app access token.")
    return None


def _shared_session(asked: Asked) -> Example:
    host, guest = asked.channel, asked.crowd()[0]
    return [
        {
            "session_id": asked.example_id("shared chat", 0),
            "host_broadcaster_id": host.user_id,
            "participants": [{"broadcaster_id": host.user_id}, {"broadcaster_id": guest.user_id}],
            "created_at": asked.at(-3600),
            "updated_at": asked.at(-600),
        }
    ]


def _pins(asked: Asked) -> Shelf:
    channel, sender = asked.channel, asked.crowd()[0]
    message_id = uuid_of("pin", channel.user_id)
    return asked.shelf("pin", channel.user_id, lambda: [_pinned(asked, message_id, sender, channel)], "message_id")


def _pinned(asked: Asked, message_id: str, sender: Any, pinned_by: Any) -> Item:
    text = "Welcome, and mind the rules!"
    fragment = {"type": "text", "text": text, "cheermote": None, "emote": None, "mention": None}
    return {
        "message_id": message_id,
        "broadcaster_id": asked.channel.user_id,
        **user(sender, "sender_user_"),
        **user(pinned_by, "pinned_by_user_"),
        "message": {"text": text, "fragments": [fragment]},
        "starts_at": asked.at(),
        "ends_at": None,
        "updated_at": asked.at(),
    }


def _get_pins(asked: Asked) -> Example:
    return _pins(asked).listed()


def _pin(asked: Asked) -> Example:
    shelf = _pins(asked)
    for earlier in shelf.listed():  # a channel has one pin of its moderators
        shelf.take(earlier["message_id"])
    pin = _pinned(asked, asked.text("message_id"), asked.crowd()[0], asked.moderator)
    shelf.put(pin | {"ends_at": _pinned_until(asked)})
    return None


def _pinned_until(asked: Asked) -> str | None:
    seconds = asked.integer("duration_seconds")
    return asked.at(seconds) if seconds else None


def _update_pin(asked: Asked) -> Example | Refusal:
    pin = _pins(asked).get(asked.text("message_id"))
    if pin is None:
        return _unpinned()
    _pins(asked).put({**pin, "ends_at": _pinned_until(asked), "updated_at": asked.at()})
    return None


def _unpin(asked: Asked) -> Example | Refusal:
    return _unpinned() if _pins(asked).take(asked.text("message_id")) is None else None


def _unpinned() -> Refusal:
    return refusal(404, "The message is not pinned.")


def _get_colors(asked: Asked) -> Example:
    people = [asked.people.by_id(user_id) for user_id in asked.texts("user_id")]
    return [{**user(person), **asked.settings("color", person.user_id, {"color": "#9146FF"})} for person in people]


def _set_color(asked: Asked) -> Example | Refusal:
    color = asked.text("color")
    if color not in _COLORS and not color.startswith("#"):
        return refusal(400, "The named color in the color query parameter is not valid.")
    asked.settings("color", asked.text("user_id"), {})["color"] = _COLORS.get(color, color)
    return None


ROWS: Final = (
    Row(
        *("GET", "/chat/chatters", Auth.USER_OR_GRANT, _chatters),
        query=_MODERATED,
        scopes="moderator:read:chatters",
        own="moderator_id",
        page=Page(first=100, first_max=1000),
    ),
    Row("GET", "/chat/settings", Auth.EITHER, _get_settings, query="broadcaster_id moderator_id?"),
    Row(
        *("PATCH", "/chat/settings", Auth.USER_OR_GRANT, _update_settings),
        query=_MODERATED,
        body="emote_mode:bool? follower_mode:bool? follower_mode_duration:int? non_moderator_chat_delay:bool?"
        " non_moderator_chat_delay_duration:int? slow_mode:bool? slow_mode_wait_time:int? subscriber_mode:bool?"
        " unique_chat_mode:bool?",
        scopes="moderator:manage:chat_settings",
        own="moderator_id",
    ),
    Row("GET", "/shared_chat/session", Auth.EITHER, _shared_session, query="broadcaster_id"),
    Row(
        *("POST", "/chat/announcements", Auth.USER_OR_GRANT, _announce),
        query=_MODERATED,
        body="message color=blue|green|orange|purple|primary? for_source_only:bool?",
        scopes="moderator:manage:announcements",
        own="moderator_id",
        bot=True,
        status=204,
    ),
    Row(
        *("POST", "/chat/shoutouts", Auth.USER_OR_GRANT, _done),
        query="from_broadcaster_id to_broadcaster_id moderator_id",
        scopes="moderator:manage:shoutouts",
        own="moderator_id",
        bot=True,
        status=204,
    ),
    Row(
        *("GET", "/chat/pins", Auth.USER_OR_GRANT, _get_pins),
        query=_MODERATED,
        scopes="moderator:manage:chat_messages moderator:read:chat_messages",
        own="moderator_id",
        bot=True,
    ),
    *(
        Row(
            *(method, "/chat/pins", Auth.USER_OR_GRANT, example),
            query=f"{_MODERATED} message_id {more}",
            scopes=_PINS,
            own="moderator_id",
            bot=True,
            status=204,
        )
        for method, example, more in (
            ("PUT", _pin, "duration_seconds:30-1800?"),
            ("PATCH", _update_pin, "duration_seconds:30-1800?"),
            ("DELETE", _unpin, ""),
        )
    ),
    Row("GET", "/chat/color", Auth.EITHER, _get_colors, query="user_id*100"),
    Row(
        *("PUT", "/chat/color", Auth.USER, _set_color),
        query="user_id color",
        scopes="user:manage:chat_color",
        own="user_id",
        status=204,
    ),
)
