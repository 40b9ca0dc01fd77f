"""channel.chat.notification: every kind of notice takes its turn, those from a shared chat among them.

Of the objects that say more, one is there and all others are null.
Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-notification-event
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from twitch.simulator.examples.chat import BADGES, color
from twitch.simulator.examples.filling import UUID
from twitch.simulator.examples.fragments import chat
from twitch.simulator.examples.scene import TIERS, Maker, Scene, named, nameless

_GIFTER: Final = "gifter_user_"
_SOURCE: Final = "source_broadcaster_user_"
_PICTURE: Final = "https://static-cdn.jtvnw.net/user-default-pictures-uv/profile_image-300x300.png"


def _sub(scene: Scene) -> dict[str, Any]:
    return {"sub_tier": scene.pick(TIERS), "is_prime": False, "duration_months": 1}


def _second(scene: Scene) -> bool:
    """Each notice comes twice, the second time with what is rarer in it."""
    return scene.rarely(len(NOTICES))


def _resub(scene: Scene) -> dict[str, Any]:
    gifted = _second(scene)
    return {
        "cumulative_months": 14,
        "duration_months": 1,
        "streak_months": None if gifted else 5,
        "sub_tier": scene.pick(TIERS),
        "is_prime": False,
        "is_gift": gifted,
        "gifter_is_anonymous": False if gifted else None,
        **(named(_GIFTER, scene.somebody(1)) if gifted else nameless(_GIFTER)),
    }


def _sub_gift(scene: Scene) -> dict[str, Any]:
    return {
        "duration_months": 1,
        "cumulative_total": 7 if _second(scene) else None,
        **named("recipient_user_", scene.somebody(1)),
        "sub_tier": scene.pick(TIERS),
        "community_gift_id": scene.steady("gifts") if _second(scene) else None,
    }


def _community_sub_gift(scene: Scene) -> dict[str, Any]:
    given = None if _second(scene) else 12
    return {"id": scene.steady("gifts"), "total": 5, "sub_tier": scene.pick(TIERS), "cumulative_total": given}


def _gift_paid_upgrade(scene: Scene) -> dict[str, Any]:
    hidden = _second(scene)
    gifter = {"gifter_user_id": None, "gifter_user_name": None} if hidden else _known_gifter(scene)
    return {"gifter_is_anonymous": hidden, **gifter}


def _known_gifter(scene: Scene) -> dict[str, str]:
    gifter = scene.somebody(1)
    return {"gifter_user_id": gifter.user_id, "gifter_user_name": gifter.display_name}


def _prime_paid_upgrade(scene: Scene) -> dict[str, Any]:
    return {"sub_tier": scene.pick(TIERS)}


def _pay_it_forward(scene: Scene) -> dict[str, Any]:
    hidden = not _second(scene)
    return {"gifter_is_anonymous": hidden, **(nameless(_GIFTER) if hidden else named(_GIFTER, scene.somebody(1)))}


def _raid(scene: Scene) -> dict[str, Any]:
    return {**named("user_", scene.neighbour()), "viewer_count": 77, "profile_image_url": _PICTURE}


def _unraid(_scene: Scene) -> dict[str, Any]:
    return {}


def _announcement(scene: Scene) -> dict[str, Any]:
    return {"color": scene.pick(("PRIMARY", "BLUE", "GREEN", "ORANGE", "PURPLE"))}


def _bits_badge_tier(_scene: Scene) -> dict[str, Any]:
    return {"tier": 10_000}


def _charity_donation(_scene: Scene) -> dict[str, Any]:
    return {"charity_name": "Example Relief", "amount": {"value": 2500, "decimal_places": 2, "currency": "USD"}}


def _watch_streak(_scene: Scene) -> dict[str, Any]:
    return {"streak_count": 5, "channel_points_awarded": 450}


def _modiversary(_scene: Scene) -> dict[str, Any]:
    return {"months": 24}


_DETAILS: Final[Mapping[str, tuple[str, Callable[[Scene], dict[str, Any]]]]] = {
    "sub": ("{} subscribed at Tier 1.", _sub),
    "resub": ("{} subscribed at Tier 1. They've subscribed for 14 months!", _resub),
    "sub_gift": ("{} gifted a Tier 1 sub!", _sub_gift),
    "community_sub_gift": ("{} is gifting 5 Tier 1 Subs to the community!", _community_sub_gift),
    "gift_paid_upgrade": ("{} is continuing the Gift Sub they got!", _gift_paid_upgrade),
    "prime_paid_upgrade": ("{} converted from a Prime sub to a Tier 1 sub!", _prime_paid_upgrade),
    "pay_it_forward": ("{} is paying forward the Gift they got!", _pay_it_forward),
    "raid": ("77 raiders from {} have joined!", _raid),
    "unraid": ("The raid has been canceled.", _unraid),
    "announcement": ("", _announcement),
    "bits_badge_tier": ("{} just earned a new 10K Bits badge!", _bits_badge_tier),
    "charity_donation": ("{} donated $25.00 to support Example Relief", _charity_donation),
    "watch_streak": ("{} watched 5 consecutive streams and sparked a watch streak!", _watch_streak),
    "modiversary": ("{} has been a moderator for 24 months!", _modiversary),
}
_SHARED: Final = (
    "sub",
    "resub",
    "sub_gift",
    "community_sub_gift",
    "gift_paid_upgrade",
    "prime_paid_upgrade",
    "pay_it_forward",
    "raid",
    "announcement",
    "modiversary",
)
NOTICES: Final = (*_DETAILS, *(f"shared_chat_{kind}" for kind in _SHARED))
_WITH_A_MESSAGE: Final = frozenset({"resub", "announcement", "bits_badge_tier", "watch_streak", "modiversary"})


def notification(scene: Scene) -> dict[str, Any]:
    notice = scene.pick(NOTICES)
    shared = notice.startswith("shared_chat_")
    kind = notice.removeprefix("shared_chat_")
    sentence, details = _DETAILS[kind]
    anonymous = kind == "sub_gift" and not shared and not _second(scene)
    chatter = scene.neighbour() if kind == "raid" else scene.somebody()
    text = scene.text if kind in _WITH_A_MESSAGE else ""
    return {
        **scene.channel,
        **(nameless("chatter_user_") if anonymous else named("chatter_user_", chatter)),
        "chatter_is_anonymous": anonymous,
        "color": color(scene),
        "badges": [] if anonymous else BADGES,
        "system_message": sentence.format("An anonymous user" if anonymous else chatter.display_name),
        "message_id": UUID,
        "message": chat(text, emote=_second(scene)) if text else {"text": "", "fragments": []},
        "notice_type": notice,
        **dict.fromkeys(NOTICES),
        notice: details(scene),
        **(named(_SOURCE, scene.neighbour(1)) if shared else nameless(_SOURCE)),
        "source_message_id": UUID if shared else None,
        "source_badges": BADGES if shared else None,
        "is_source_only": False if shared else None,
    }


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {("channel.chat.notification", "1"): notification}
