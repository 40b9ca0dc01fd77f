"""automod.* and channel.suspicious_user.*: messages that are held or marked, and why.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#automod-message-hold-event
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import UUID, at
from twitch.simulator.examples.fragments import held
from twitch.simulator.examples.scene import Maker, Scene, named

_STATUSES: Final = ("approved", "denied", "expired")
_CATEGORIES: Final = ("swearing", "aggressive", "misogyny", "bullying")
_TRUST: Final = ("active_monitoring", "restricted", "none")


def _message(scene: Scene) -> dict[str, Any]:
    """The held message, with whatever takes its turn in it."""
    text = held(scene.text, emote=scene.every(2), bits=100 if scene.every(4) else 0)
    return {**scene.channel, **scene.user, "message_id": UUID, "message": text}


def hold_v1(scene: Scene) -> dict[str, Any]:
    return {**_message(scene), "category": scene.pick(_CATEGORIES), "level": scene.turn % 4 + 1, "held_at": at(-1)}


def update_v1(scene: Scene) -> dict[str, Any]:
    return {**hold_v1(scene), **scene.moderator, "status": scene.pick(_STATUSES), "held_at": at(-20)}


def hold_v2(scene: Scene) -> dict[str, Any]:
    """By turns of two: AutoMod's own judgement, and a term that the channel blocks."""
    by_term = scene.turn % 4 >= 2
    automod = {
        "category": scene.pick(_CATEGORIES),
        "level": scene.turn % 4 + 1,
        "boundaries": [{"start_pos": 0, "end_pos": 4}, {"start_pos": 9, "end_pos": 12}],
    }
    found = {
        "term_id": scene.steady("term"),
        "boundary": {"start_pos": 0, "end_pos": 4},
        **named("owner_broadcaster_user_", scene.host),
    }
    return {
        **_message(scene),
        "held_at": at(-1),
        "reason": "blocked_term" if by_term else "automod",
        "automod": None if by_term else automod,
        "blocked_term": {"terms_found": [found]} if by_term else None,
    }


def update_v2(scene: Scene) -> dict[str, Any]:
    return {**hold_v2(scene), **scene.moderator, "status": scene.pick(_STATUSES), "held_at": at(-20)}


def settings(scene: Scene) -> dict[str, Any]:
    """One level for all by turns, else each of its own and no overall one."""
    overall = 2 if scene.every(2) else None
    subjects = (
        "bullying",
        "disability",
        "race_ethnicity_or_religion",
        "misogyny",
        "sexuality_sex_or_gender",
        "aggression",
        "sex_based_terms",
        "swearing",
    )
    levels = {subject: overall or (scene.turn + index) % 5 for index, subject in enumerate(subjects)}
    return {**scene.channel, **scene.moderator, "overall_level": overall, **levels}


def terms(scene: Scene) -> dict[str, Any]:
    return {
        **scene.channel,
        **scene.moderator,
        "action": scene.pick(("add_permitted", "remove_permitted", "add_blocked", "remove_blocked")),
        "from_automod": scene.every(2),
        "terms": ["spoiler", "the ending"],
    }


def suspicious_message(scene: Scene) -> dict[str, Any]:
    """Those marked by hand have no other channels; those banned elsewhere do."""
    evader = scene.every(2)
    return {
        **scene.channel,
        **scene.user,
        "low_trust_status": scene.pick(_TRUST[:2]),
        "shared_ban_channel_ids": [scene.neighbour().user_id, scene.neighbour(1).user_id] if evader else None,
        "types": ["ban_evader", "banned_in_shared_channel"] if evader else ["manually_added"],
        "ban_evasion_evaluation": scene.pick(("likely", "unknown", "possible", "unknown")),
        "message": {"message_id": UUID, **held(scene.text, emote=evader)},
    }


def suspicious_update(scene: Scene) -> dict[str, Any]:
    return {**scene.channel, **scene.moderator, **scene.user, "low_trust_status": scene.pick(_TRUST)}


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("automod.message.hold", "1"): hold_v1,
    ("automod.message.hold", "2"): hold_v2,
    ("automod.message.update", "1"): update_v1,
    ("automod.message.update", "2"): update_v2,
    ("automod.settings.update", "1"): settings,
    ("automod.terms.update", "1"): terms,
    ("channel.suspicious_user.message", "1"): suspicious_message,
    ("channel.suspicious_user.update", "1"): suspicious_update,
}
