"""Emotes and badges: https://dev.twitch.tv/docs/api/reference/#get-channel-emotes and those after it."""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked, Given
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import images, number_of
from twitch.simulator.people import Person

_TEMPLATE: Final = "https://static-cdn.jtvnw.net/emoticons/v2/{{id}}/{{format}}/{{theme_mode}}/{{scale}}"
_FORMS: Final = {"format": ["static"], "scale": ["1.0", "2.0", "3.0"], "theme_mode": ["light", "dark"]}
_GLOBAL: Final = {"Kappa": "25", "LUL": "425618", "DinoDance": "emotesv2_dcd06b30a5c24f6eb871e8f5edbd44f7"}
# Emote -> (type, tier)
_OWN: Final = {"Hi": ("subscriptions", "1000"), "Love": ("subscriptions", "2000"), "Cheer": ("bitstier", "")}


def _pictured(emote_id: str, name: str) -> dict[str, Any]:
    root = f"https://static-cdn.jtvnw.net/emoticons/v2/{emote_id}/static/light"
    scales = {f"url_{scale}x": f"{root}/{scale}.0" for scale in (1, 2)} | {"url_4x": f"{root}/3.0"}
    return {"id": emote_id, "name": name, "images": scales}


def _own(channel: Person) -> list[dict[str, Any]]:
    return [
        {
            **_pictured(f"emotesv2_{number_of('emote', channel.user_id, name)}", channel.login[:6] + name),
            "tier": tier,
            "emote_type": kind,
            "emote_set_id": number_of("emote set", channel.user_id, kind),
            **_FORMS,
        }
        for name, (kind, tier) in _OWN.items()
    ]


def _without(emotes: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in emote.items() if name not in names} for emote in emotes]


def _channel_emotes(asked: Asked) -> Example:
    return Given(_own(asked.channel), {"template": _TEMPLATE})


def _global_emotes(_asked: Asked) -> Example:
    rows = [{**_pictured(emote_id, name), **_FORMS} for name, emote_id in _GLOBAL.items()]
    return Given(rows, {"template": _TEMPLATE})


def _emote_sets(asked: Asked) -> Example:
    owner = asked.people.by_login("streamer")
    emotes = _without(_own(owner), "tier")
    rows = [
        {**emote, "id": f"{emote['id']}{set_id}", "emote_set_id": set_id, "owner_id": owner.user_id}
        for set_id in asked.texts("emote_set_id")
        for emote in emotes[:2]
    ]
    return Given(rows, {"template": _TEMPLATE})


def _user_emotes(asked: Asked) -> Example:
    everywhere = [
        {"id": emote_id, "name": name, "emote_type": "globals", "emote_set_id": "0", "owner_id": "0", **_FORMS}
        for name, emote_id in _GLOBAL.items()
    ]
    channels = [asked.channel] if asked.text("broadcaster_id") else []
    subscribed = [
        {**emote, "owner_id": channel.user_id}
        for channel in [*channels, *asked.crowd()[:2]]
        for emote in _without(_own(channel), "tier", "images")
    ]
    return Given(everywhere + subscribed, {"template": _TEMPLATE})


def _badge(set_id: str, version: str, title: str) -> dict[str, Any]:
    return {
        "id": version,
        **images(f"badges/v1/{number_of('badge', set_id, version)}", "image_url_"),
        "title": title,
        "description": title,
        "click_action": None,
        "click_url": None,
    }


def _channel_badges(asked: Asked) -> Example:
    owner = asked.channel.user_id
    months = [_badge(f"subscriber/{owner}", str(month), f"{month}-Month Subscriber") for month in (3, 6, 12)]
    bits = [_badge(f"bits/{owner}", str(amount), f"cheer {amount}") for amount in (1, 100)]
    return [{"set_id": "bits", "versions": bits}, {"set_id": "subscriber", "versions": months}]


def _global_badges(_asked: Asked) -> Example:
    titles = ("Broadcaster", "Moderator", "VIP", "Turbo")
    return [{"set_id": title.lower(), "versions": [_badge(title.lower(), "1", title)]} for title in titles]


ROWS: Final = (
    Row("GET", "/chat/emotes", Auth.EITHER, _channel_emotes, query="broadcaster_id"),
    Row("GET", "/chat/emotes/global", Auth.EITHER, _global_emotes),
    Row("GET", "/chat/emotes/set", Auth.EITHER, _emote_sets, query="emote_set_id*25"),
    Row(
        *("GET", "/chat/emotes/user", Auth.USER, _user_emotes),
        query="user_id broadcaster_id?",
        scopes="user:read:emotes",
        own="user_id",
        page=Page(first=4, first_max=0),
    ),
    Row("GET", "/chat/badges", Auth.EITHER, _channel_badges, query="broadcaster_id"),
    Row("GET", "/chat/badges/global", Auth.EITHER, _global_badges),
)
