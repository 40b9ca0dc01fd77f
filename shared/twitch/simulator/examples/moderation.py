"""Bans, unban requests, warnings, moderators, VIPs and shield mode.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-ban-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import TIME, UUID, at
from twitch.simulator.examples.scene import Maker, Scene, nameless


def ban(scene: Scene) -> dict[str, Any]:
    """A ban and a timeout by turns."""
    permanent = scene.every(2)
    return {
        **scene.user,
        **scene.channel,
        **scene.moderator,
        "reason": "spoilers" if permanent else "",
        "banned_at": TIME,
        "ends_at": None if permanent else at(600),
        "is_permanent": permanent,
    }


def unban(scene: Scene) -> dict[str, Any]:
    return {**scene.user, **scene.channel, **scene.moderator}


def unban_request(scene: Scene) -> dict[str, Any]:
    asked = {"text": "sorry, I will not do it again", "created_at": TIME}
    return {"id": UUID, **scene.channel, **scene.user, **asked}


def unban_request_resolved(scene: Scene) -> dict[str, Any]:
    """Nobody moderates where the user took the request back."""
    status = scene.pick(("approved", "denied", "canceled"))
    canceled = status == "canceled"
    return {
        "id": UUID,
        **scene.channel,
        **(nameless("moderator_user_") if canceled else scene.moderator),
        **scene.user,
        "resolution_text": None if canceled else "you have been told",
        "status": status,
    }


def user_of_channel(scene: Scene) -> dict[str, Any]:
    """Moderators and VIPs who come or go, and warnings that are acknowledged: who, and where."""
    return {**scene.channel, **scene.user}


def warning(scene: Scene) -> dict[str, Any]:
    """With a reason, with rules, with both by turns."""
    return {
        **scene.channel,
        **scene.moderator,
        **scene.user,
        "reason": scene.pick(("please be kind", None, "not here")),
        "chat_rules_cited": scene.pick((None, ["Be kind"], ["Be kind", "No spoilers"])),
    }


def shield_begun(scene: Scene) -> dict[str, Any]:
    return {**scene.channel, **scene.moderator, "started_at": TIME}


def shield_ended(scene: Scene) -> dict[str, Any]:
    return {**scene.channel, **scene.moderator, "ended_at": TIME}


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("channel.ban", "1"): ban,
    ("channel.unban", "1"): unban,
    ("channel.unban_request.create", "1"): unban_request,
    ("channel.unban_request.resolve", "1"): unban_request_resolved,
    ("channel.moderator.add", "1"): user_of_channel,
    ("channel.moderator.remove", "1"): user_of_channel,
    ("channel.vip.add", "1"): user_of_channel,
    ("channel.vip.remove", "1"): user_of_channel,
    ("channel.warning.acknowledge", "1"): user_of_channel,
    ("channel.warning.send", "1"): warning,
    ("channel.shield_mode.begin", "1"): shield_begun,
    ("channel.shield_mode.end", "1"): shield_ended,
}
