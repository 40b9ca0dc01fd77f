"""channel.chat.* and channel.chat_settings.update, all but chat notifications.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-message-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import UUID
from twitch.simulator.examples.fragments import chat, held
from twitch.simulator.examples.scene import Maker, Scene, named, nameless
from twitch.simulator.people import Person

_COLORS: Final = ("#FF4500", "#1E90FF", "#00FF7F", "#8A2BE2", "", "#DAA520", "#5F9EA0", "#FF69B4")
BADGES: Final = [{"set_id": "subscriber", "id": "12", "info": "14"}]


def color(scene: Scene) -> str:
    return scene.pick(_COLORS)


def message(scene: Scene) -> dict[str, Any]:
    """By turns: an emote, a highlight, a cheer, an answer, a power-up, a GIF, a message from a shared chat, a reward."""
    text, color_ = scene.text, color(scene)
    event = chat_message(scene.host, scene.somebody(), text, UUID, color_, closing=scene.every(4))
    match scene.turn % 8:
        case 1:
            return event | {"message_type": "channel_points_highlighted"}
        case 2:
            return event | {"message": chat(text, bits=100), "cheer": {"bits": 100}}
        case 3:
            return event | {"message": chat(text, mention=scene.host), "reply": _reply(scene)}
        case 4:
            return event | {"message_type": "power_ups_gigantified_emote"}
        case 5:
            return event | {"message": chat(text, gif=True)}
        case 6:
            source = named("source_broadcaster_user_", scene.neighbour())
            told = {"source_message_id": UUID, "source_badges": BADGES, "is_source_only": False}
            return event | source | told
        case 7:
            return event | {"channel_points_custom_reward_id": scene.steady("reward")}
        case _:
            return event


def chat_message(
    channel: Person, chatter: Person, text: str, message_id: str, color: str, *, closing: bool = True
) -> dict[str, Any]:
    """A chat message in one text fragment and, `closing` it, an emote."""
    return {
        **named("broadcaster_user_", channel),
        **nameless("source_broadcaster_user_"),
        **named("chatter_user_", chatter),
        "message_id": message_id,
        "source_message_id": None,
        "is_source_only": None,
        "message": chat(text, emote=closing),
        "color": color,
        "badges": BADGES,
        "source_badges": None,
        "message_type": "text",
        "cheer": None,
        "reply": None,
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
    }


def _reply(scene: Scene) -> dict[str, str]:
    parent = scene.steady("parent")
    return {
        "parent_message_id": parent,
        "parent_message_body": "any questions so far?",
        **named("parent_user_", scene.host),
        "thread_message_id": parent,
        **named("thread_user_", scene.host),
    }


def clear(scene: Scene) -> dict[str, Any]:
    return scene.channel


def clear_user(scene: Scene) -> dict[str, Any]:
    return {**scene.channel, **named("target_user_", scene.somebody())}


def delete(scene: Scene) -> dict[str, Any]:
    return {**clear_user(scene), "message_id": UUID}


def settings(scene: Scene) -> dict[str, Any]:
    """Each mode is on by turns; a mode that is off has no duration."""
    follower, slow = scene.turn % 4 == 1, scene.turn % 4 == 2
    return {
        **scene.channel,
        "emote_mode": scene.turn % 4 == 3,
        "follower_mode": follower,
        "follower_mode_duration_minutes": 10 if follower else None,
        "slow_mode": slow,
        "slow_mode_wait_time_seconds": 30 if slow else None,
        "subscriber_mode": scene.every(4),
        "unique_chat_mode": scene.every(2),
    }


def user_hold(scene: Scene) -> dict[str, Any]:
    """Told to the very user whose message is held: the one who reads along."""
    author = scene.by_id(scene.condition.get("user_id") or scene.somebody().user_id)
    text = held(scene.text, emote=scene.every(2), bits=100 if scene.every(4) else 0)
    return {**scene.channel, **named("user_", author), "message_id": UUID, "message": text}


def user_update(scene: Scene) -> dict[str, Any]:
    return {**user_hold(scene), "status": scene.pick(("approved", "denied", "invalid"))}


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("channel.chat.message", "1"): message,
    ("channel.chat.clear", "1"): clear,
    ("channel.chat.clear_user_messages", "1"): clear_user,
    ("channel.chat.message_delete", "1"): delete,
    ("channel.chat_settings.update", "1"): settings,
    ("channel.chat.user_message_hold", "1"): user_hold,
    ("channel.chat.user_message_update", "1"): user_update,
}
