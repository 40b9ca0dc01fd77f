"""stream.*, channel.update and the other events about a channel as such.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import NUMBER, TIME, at
from twitch.simulator.examples.scene import CATEGORY, Maker, Scene, named, nameless


def online(scene: Scene) -> dict[str, Any]:
    return {"id": NUMBER, **scene.channel, "type": "live", "started_at": TIME}


def offline(scene: Scene) -> dict[str, Any]:
    return {"id": NUMBER, **scene.channel}


def update(scene: Scene) -> dict[str, Any]:
    labels: tuple[list[str], ...] = (["MatureGame"], [], ["Gambling", "ProfanityVulgarity"])
    about = {"title": scene.text, "language": "en", **CATEGORY}
    return {**scene.channel, **about, "content_classification_labels": scene.pick(labels)}


def follow(scene: Scene) -> dict[str, Any]:
    return {**scene.user, **scene.channel, "followed_at": TIME}


def ad_break(scene: Scene) -> dict[str, Any]:
    automatic = scene.every(2)
    requester = scene.host if automatic else scene.helper
    return {
        "duration_seconds": scene.pick((30, 60, 90, 180)),
        "started_at": TIME,
        "is_automatic": automatic,
        **scene.channel,
        **named("requester_user_", requester),
    }


def raid(scene: Scene) -> dict[str, Any]:
    """From the channel, if the subscription asks for those; else into it."""
    leaves = bool(scene.condition.get("from_broadcaster_user_id"))
    from_, to = (scene.host, scene.neighbour()) if leaves else (scene.neighbour(), scene.host)
    sides = named("from_broadcaster_user_", from_) | named("to_broadcaster_user_", to)
    return {**sides, "viewers": 25 * (scene.turn + 1)}


def shoutout_created(scene: Scene) -> dict[str, Any]:
    return {
        **scene.channel,
        **scene.moderator,
        **named("to_broadcaster_user_", scene.neighbour()),
        "started_at": TIME,
        "viewer_count": 860 + scene.turn,
        "cooldown_ends_at": at(120),
        "target_cooldown_ends_at": at(3600),
    }


def shoutout_received(scene: Scene) -> dict[str, Any]:
    from_ = named("from_broadcaster_user_", scene.neighbour())
    return {**scene.channel, **from_, "viewer_count": 860 + scene.turn, "started_at": TIME}


def shared_chat(scene: Scene) -> dict[str, Any]:
    return shared_chat_ended(scene) | {
        "participants": [named("broadcaster_user_", one) for one in (scene.host, scene.neighbour(), scene.neighbour(1))]
    }


def shared_chat_ended(scene: Scene) -> dict[str, Any]:
    host = scene.host if scene.every(2) else scene.neighbour()
    return {"session_id": scene.steady("shared chat"), **scene.channel, **named("host_broadcaster_user_", host)}


def guest_star_begun(scene: Scene) -> dict[str, Any]:
    return {**scene.channel, "session_id": scene.steady("guest star"), "started_at": at(-600)}


def guest_star_ended(scene: Scene) -> dict[str, Any]:
    return {**guest_star_begun(scene), "ended_at": TIME, **named("host_user_", scene.host)}


def guest_star_guest(scene: Scene) -> dict[str, Any]:
    """A guest who goes through all states; then the slot is emptied."""
    state = scene.pick(("invited", "accepted", "ready", "backstage", "live", "removed", None))
    by_moderator = state in {"invited", "live", "removed"}
    seated = state in {"backstage", "live"}
    return {
        **scene.channel,
        "session_id": scene.steady("guest star"),
        **(scene.moderator if by_moderator else nameless("moderator_user_")),
        **(nameless("guest_user_") if state is None else named("guest_user_", scene.somebody())),
        "slot_id": "1" if seated or state is None else None,
        "state": state,
        **named("host_user_", scene.host),
        "host_video_enabled": True if seated else None,
        "host_audio_enabled": True if seated else None,
        "host_volume": 100 if seated else None,
    }


def guest_star_settings(scene: Scene) -> dict[str, Any]:
    layouts = ("tiled", "screenshare", "horizontal_top", "horizontal_bottom", "vertical_left", "vertical_right")
    return {
        **scene.channel,
        "is_moderator_send_live_enabled": scene.every(2),
        "slot_count": 5,
        "is_browser_source_audio_enabled": True,
        "group_layout": scene.pick(layouts),
    }


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("stream.online", "1"): online,
    ("stream.offline", "1"): offline,
    ("channel.update", "2"): update,
    ("channel.follow", "2"): follow,
    ("channel.ad_break.begin", "1"): ad_break,
    ("channel.raid", "1"): raid,
    ("channel.shoutout.create", "1"): shoutout_created,
    ("channel.shoutout.receive", "1"): shoutout_received,
    ("channel.shared_chat.begin", "1"): shared_chat,
    ("channel.shared_chat.update", "1"): shared_chat,
    ("channel.shared_chat.end", "1"): shared_chat_ended,
    ("channel.guest_star_session.begin", "beta"): guest_star_begun,
    ("channel.guest_star_session.end", "beta"): guest_star_ended,
    ("channel.guest_star_guest.update", "beta"): guest_star_guest,
    ("channel.guest_star_settings.update", "beta"): guest_star_settings,
}
