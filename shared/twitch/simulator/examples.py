"""Well-formed events, one maker a type.

A maker describes the event of a channel once; what differs from event to event stands in it as a placeholder. `Body`
cuts the serialized description at these, so that a further event costs a few joins and no serializer. The chatters
and texts of chat take turns.
"""

from collections.abc import Callable, Mapping
from re import Pattern
from re import compile as compile_pattern
from typing import Any, Final

import orjson

from twitch.simulator.people import Person
from twitch.simulator.wire import timestamp

UUID: Final = "@@uuid@@"  # another one in each event
NUMBER: Final = "@@number@@"  # an id of digits, another one in each event
TIME: Final = "@@time@@"
_PLACEHOLDER: Final[Pattern[bytes]] = compile_pattern(rb"(@@(?:uuid|number|time)@@)")

VARIANTS: Final = 8
_TEXTS: Final = (
    "that was the cleanest run of the whole evening, how do you even do this",
    "hello from the other side of the world, it is four in the morning here",
    "wait, did the timer just reset or is that only my screen",
    "first time here, what are we playing today and for how long",
    "chat please let the streamer cook, there is no need for spoilers",
    "this song again? not that I complain, it has been in my head all week",
    "gg, see all of you tomorrow, same time and same place I hope",
    "can somebody clip what just happened, I was looking the other way",
)
_COLORS: Final = ("#FF4500", "#1E90FF", "#00FF7F", "#8A2BE2", "", "#DAA520", "#5F9EA0", "#FF69B4")


class Body:
    """An event that is ready to be filled in."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._parts = _PLACEHOLDER.split(orjson.dumps(event))

    def fill(self, now: float, uuid: Callable[[], str], number: Callable[[], int]) -> bytes:
        if len(self._parts) == 1:
            return self._parts[0]
        filled = self._parts.copy()
        for index in range(1, len(filled), 2):
            placeholder = filled[index]
            if placeholder == b"@@uuid@@":
                filled[index] = uuid().encode()
            elif placeholder == b"@@number@@":
                filled[index] = b"%d" % number()
            else:
                filled[index] = timestamp(now).encode()
        return b"".join(filled)


def _named(prefix: str, person: Person) -> dict[str, str]:
    return {f"{prefix}id": person.user_id, f"{prefix}login": person.login, f"{prefix}name": person.display_name}


def _channel(person: Person) -> dict[str, str]:
    return _named("broadcaster_user_", person)


def stream_online(channel: Person, _other: Person, _variant: int) -> dict[str, Any]:
    return {"id": NUMBER, **_channel(channel), "type": "live", "started_at": TIME}


def stream_offline(channel: Person, _other: Person, _variant: int) -> dict[str, Any]:
    return {"id": NUMBER, **_channel(channel)}


def channel_update(channel: Person, _other: Person, variant: int) -> dict[str, Any]:
    return {
        **_channel(channel),
        "title": _TEXTS[variant],
        "language": "en",
        "category_id": "509658",
        "category_name": "Just Chatting",
        "content_classification_labels": ["MatureGame"],
    }


def channel_follow(channel: Person, other: Person, _variant: int) -> dict[str, Any]:
    return {**_named("user_", other), **_channel(channel), "followed_at": TIME}


def channel_subscribe(channel: Person, other: Person, variant: int) -> dict[str, Any]:
    return {**_named("user_", other), **_channel(channel), "tier": "1000", "is_gift": variant == 0}


def channel_cheer(channel: Person, other: Person, variant: int) -> dict[str, Any]:
    bits = 100 * (variant + 1)
    message = f"Cheer{bits} {_TEXTS[variant]}"
    return {"is_anonymous": False, **_named("user_", other), **_channel(channel), "message": message, "bits": bits}


def channel_raid(channel: Person, other: Person, variant: int) -> dict[str, Any]:
    from_, to = _named("from_broadcaster_user_", other), _named("to_broadcaster_user_", channel)
    return {**from_, **to, "viewers": 25 * (variant + 1)}


def drop_entitlement_grant(organization: Person, other: Person, _variant: int) -> dict[str, Any]:
    """One element of `events`."""
    data = {
        "organization_id": organization.user_id,
        "category_id": "509658",
        "category_name": "Just Chatting",
        "campaign_id": "4f8a0c2e-6b1d-4e57-9c33-2d7f5b9a1e60",
        **_named("user_", other),
        "entitlement_id": UUID,
        "benefit_id": "74c52265-e214-48a6-91b9-23b6014e8041",
        "created_at": TIME,
    }
    return {"id": UUID, "data": data}


def _fragment(type_: str, text: str) -> dict[str, Any]:
    return {"type": type_, "text": text, "cheermote": None, "emote": None, "mention": None}


def channel_chat_message(channel: Person, other: Person, variant: int) -> dict[str, Any]:
    return chat_message(channel, other, _TEXTS[variant], UUID, _COLORS[variant], closing=variant % 4 == 0)


def chat_message(
    channel: Person, chatter: Person, text: str, message_id: str, color: str, *, closing: bool = True
) -> dict[str, Any]:
    """A chat message in one text fragment and, `closing` it, an emote."""
    fragments = [_fragment("text", text)]
    if closing:
        text = f"{text} DinoDance"
        emote = {"id": "emotesv2_dcd06b30a5c24f6eb871e8f5edbd44f7", "emote_set_id": "0", "owner_id": "0"}
        emote_fragment = _fragment("emote", "DinoDance") | {"emote": emote | {"format": ["static", "animated"]}}
        fragments = [_fragment("text", text.removesuffix("DinoDance")), emote_fragment]
    return {
        **_channel(channel),
        "source_broadcaster_user_id": None,
        "source_broadcaster_user_login": None,
        "source_broadcaster_user_name": None,
        **_named("chatter_user_", chatter),
        "message_id": message_id,
        "source_message_id": None,
        "is_source_only": None,
        "message": {"text": text, "fragments": fragments},
        "color": color,
        "badges": [{"set_id": "subscriber", "id": "12", "info": "14"}],
        "source_badges": None,
        "message_type": "text",
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
    }


Maker = Callable[[Person, Person, int], dict[str, Any]]
MAKERS: Final[Mapping[str, Maker]] = {
    "stream.online": stream_online,
    "stream.offline": stream_offline,
    "channel.update": channel_update,
    "channel.follow": channel_follow,
    "channel.subscribe": channel_subscribe,
    "channel.cheer": channel_cheer,
    "channel.raid": channel_raid,
    "channel.chat.message": channel_chat_message,
    "drop.entitlement.grant": drop_entitlement_grant,
}


def authorization(client_id: str, person: Person) -> dict[str, Any]:
    """user.authorization.grant and .revoke."""
    return {"client_id": client_id, **_named("user_", person)}


def plain(condition: Mapping[str, str], person: Callable[[str], Person]) -> dict[str, Any]:
    """For a type without a maker: everybody whom the condition names, in full, and nothing else."""
    event: dict[str, Any] = {}
    for key, value in condition.items():
        if key.endswith("user_id") and value:
            event |= _named(key.removesuffix("id"), person(value))
        else:
            event[key] = value
    return event
