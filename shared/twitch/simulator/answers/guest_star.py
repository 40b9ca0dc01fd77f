"""Guest Star, which Twitch still calls a beta: https://dev.twitch.tv/docs/api/reference/#get-channel-guest-star-settings.

A channel's session begins with its host in slot 0. Invited guests wait until a slot is assigned to them.
"""

from typing import Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import uuid_of
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.people import Person
from twitch.simulator.refusal import Refusal

_READ: Final = "channel:read:guest_star channel:manage:guest_star moderator:read:guest_star moderator:manage:guest_star"
_MANAGE: Final = "channel:manage:guest_star moderator:manage:guest_star"
_LAYOUTS: Final = "TILED_LAYOUT|SCREENSHARE_LAYOUT|HORIZONTAL_LAYOUT|VERTICAL_LAYOUT"
_SETTINGS: Final = {
    "is_moderator_send_live_enabled": True,
    "slot_count": 4,
    "is_browser_source_audio_enabled": True,
    "group_layout": "TILED_LAYOUT",
}
_IN_SESSION: Final = "broadcaster_id moderator_id session_id"


def _get_settings(asked: Asked) -> Example:
    settings = asked.settings("guest star", asked.channel.user_id, _SETTINGS)
    return [{**settings, "browser_source_token": uuid_of("browser source", asked.channel.user_id)}]


def _update_settings(asked: Asked) -> Example:
    settings = asked.settings("guest star", asked.channel.user_id, _SETTINGS)
    settings |= asked.changes(_SETTINGS)
    return None


def _guests(asked: Asked) -> Shelf:
    return asked.shelf("guest", asked.channel.user_id, lambda: [_guest(asked, asked.channel, "0")], "slot_id")


def _invites(asked: Asked) -> Shelf:
    guest = asked.crowd()[0]
    return asked.shelf("invite", asked.channel.user_id, lambda: [_invite(asked, guest)], "user_id")


def _guest(asked: Asked, person: Person, slot_id: str) -> Item:
    device = {"is_host_enabled": True, "is_guest_enabled": True, "is_available": True}
    return {
        "slot_id": slot_id,
        "is_live": True,
        "user_id": person.user_id,
        "user_display_name": person.display_name,
        "user_login": person.login,
        "volume": 100,
        "assigned_at": asked.at(),
        "audio_settings": device,
        "video_settings": device,
    }


def _invite(asked: Asked, person: Person) -> Item:
    able = {"is_video_enabled": True, "is_audio_enabled": True, "is_video_available": True, "is_audio_available": True}
    return {"user_id": person.user_id, "invited_at": asked.at(), "status": "INVITED", **able}


def _session(asked: Asked) -> Example:
    return [{"id": asked.example_id("guest star", 0), "guests": _guests(asked).listed()}]


def _get_invites(asked: Asked) -> Example:
    return _invites(asked).listed()


def _send_invite(asked: Asked) -> Example:
    _invites(asked).put(_invite(asked, asked.person("guest_id")))
    return None


def _delete_invite(asked: Asked) -> Example | Refusal:
    if _invites(asked).take(asked.text("guest_id")) is None:
        return refusal(404, "The invite does not exist.")
    return None


def _assign_slot(asked: Asked) -> Example:
    guest = asked.person("guest_id")
    _invites(asked).take(guest.user_id)
    _guests(asked).put(_guest(asked, guest, asked.text("slot_id")))
    return None


def _move_slot(asked: Asked) -> Example:
    guests, source, destination = _guests(asked), asked.text("source_slot_id"), asked.text("destination_slot_id")
    moved = guests.take(source)
    if moved is not None and destination:
        if other := guests.take(destination):  # the two change places
            guests.put({**other, "slot_id": source})
        guests.put({**moved, "slot_id": destination})
    return None


def _delete_slot(asked: Asked) -> Example:
    _guests(asked).take(asked.text("slot_id"))
    if asked.flag("should_reinvite_guest"):
        _invites(asked).put(_invite(asked, asked.person("guest_id")))
    return None


def _update_slot(asked: Asked) -> Example:
    guest = _guests(asked).get(asked.text("slot_id"))
    if guest is not None:
        live, volume = asked.flag("is_live", default=guest["is_live"]), asked.integer("volume", guest["volume"])
        _guests(asked).put({**guest, "is_live": live, "volume": volume})
    return None


ROWS: Final = (
    Row(
        *("GET", "/guest_star/channel_settings", Auth.USER, _get_settings),
        query="broadcaster_id moderator_id",
        scopes=_READ,
        own="moderator_id",
    ),
    Row(
        *("PUT", "/guest_star/channel_settings", Auth.USER, _update_settings),
        query="broadcaster_id",
        body="is_moderator_send_live_enabled:bool? slot_count:1-6? is_browser_source_audio_enabled:bool?"
        f" group_layout={_LAYOUTS}? regenerate_browser_sources:bool?",
        scopes="channel:manage:guest_star",
        own="broadcaster_id",
        status=204,
    ),
    Row(
        *("GET", "/guest_star/session", Auth.USER, _session),
        query="broadcaster_id moderator_id",
        scopes=_READ,
        own="moderator_id",
    ),
    *(
        Row(
            *(method, "/guest_star/session", Auth.USER, _session),
            query=query,
            scopes="channel:manage:guest_star",
            own="broadcaster_id",
        )
        for method, query in (("POST", "broadcaster_id"), ("DELETE", "broadcaster_id session_id"))
    ),
    Row(
        *("GET", "/guest_star/invites", Auth.USER, _get_invites),
        query=_IN_SESSION,
        scopes=_READ,
        own="moderator_id",
    ),
    *(
        Row(
            *(method, f"/guest_star/{path}", Auth.USER, example),
            query=f"{_IN_SESSION} {more}",
            scopes=_MANAGE,
            own="moderator_id",
            status=204,
        )
        for method, path, example, more in (
            ("POST", "invites", _send_invite, "guest_id"),
            ("DELETE", "invites", _delete_invite, "guest_id"),
            ("POST", "slot", _assign_slot, "guest_id slot_id"),
            ("PATCH", "slot", _move_slot, "source_slot_id destination_slot_id?"),
            ("DELETE", "slot", _delete_slot, "guest_id slot_id should_reinvite_guest:bool?"),
            (
                *("PATCH", "slot_settings", _update_slot),
                "slot_id is_audio_enabled:bool? is_video_enabled:bool? is_live:bool? volume:0-100?",
            ),
        )
    ),
)
