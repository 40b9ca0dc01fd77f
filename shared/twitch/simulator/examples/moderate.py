"""channel.moderate, both versions: every action takes its turn.

Of the objects that say more, the one that the action fills is there and all others are null.
Source: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-moderate-event
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from twitch.simulator.examples.filling import UUID, at
from twitch.simulator.examples.scene import Maker, Scene, named, nameless


def _second(scene: Scene) -> bool:
    """Each action comes twice, the second time without a reason where that is possible."""
    return scene.rarely(len(ACTIONS_V2))


def _nothing(_scene: Scene) -> None:
    """The action says it all."""


def _user(scene: Scene) -> dict[str, Any]:
    return scene.user


def _other_channel(scene: Scene) -> dict[str, Any]:
    return named("user_", scene.neighbour())


def _followers(_scene: Scene) -> dict[str, Any]:
    return {"follow_duration_minutes": 10}


def _slow(_scene: Scene) -> dict[str, Any]:
    return {"wait_time_seconds": 30}


def _ban(scene: Scene) -> dict[str, Any]:
    return {**scene.user, "reason": None if _second(scene) else "spoilers"}


def _timeout(scene: Scene) -> dict[str, Any]:
    return {**scene.user, "reason": None if _second(scene) else "", "expires_at": at(600)}


def _raid(scene: Scene) -> dict[str, Any]:
    return {**_other_channel(scene), "viewer_count": 210}


def _delete(scene: Scene) -> dict[str, Any]:
    return {**scene.user, "message_id": UUID, "message_body": scene.text}


def _warn(scene: Scene) -> dict[str, Any]:
    if _second(scene):
        return {**scene.user, "reason": None, "chat_rules_cited": ["Be kind", "No spoilers"]}
    return {**scene.user, "reason": "please be kind", "chat_rules_cited": None}


def _term(action: str, list_: str) -> Callable[[Scene], dict[str, Any]]:
    return lambda _: {"action": action, "list": list_, "terms": ["spoiler"], "from_automod": False}


def _unban_request(*, approved: bool) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"is_approved": approved, **scene.user, "moderator_message": "you have been told"}


# Action -> the field that it fills, and with what.
_ACTIONS: Final[Mapping[str, tuple[str | None, Callable[[Scene], dict[str, Any] | None]]]] = {
    "ban": ("ban", _ban),
    "timeout": ("timeout", _timeout),
    "unban": ("unban", _user),
    "untimeout": ("untimeout", _user),
    "clear": (None, _nothing),
    "emoteonly": (None, _nothing),
    "emoteonlyoff": (None, _nothing),
    "followers": ("followers", _followers),
    "followersoff": (None, _nothing),
    "uniquechat": (None, _nothing),
    "uniquechatoff": (None, _nothing),
    "slow": ("slow", _slow),
    "slowoff": (None, _nothing),
    "subscribers": (None, _nothing),
    "subscribersoff": (None, _nothing),
    "unraid": ("unraid", _other_channel),
    "delete": ("delete", _delete),
    "unvip": ("unvip", _user),
    "vip": ("vip", _user),
    "raid": ("raid", _raid),
    "add_blocked_term": ("automod_terms", _term("add", "blocked")),
    "add_permitted_term": ("automod_terms", _term("add", "permitted")),
    "remove_blocked_term": ("automod_terms", _term("remove", "blocked")),
    "remove_permitted_term": ("automod_terms", _term("remove", "permitted")),
    "mod": ("mod", _user),
    "unmod": ("unmod", _user),
    "approve_unban_request": ("unban_request", _unban_request(approved=True)),
    "deny_unban_request": ("unban_request", _unban_request(approved=False)),
    "shared_chat_ban": ("shared_chat_ban", _ban),
    "shared_chat_timeout": ("shared_chat_timeout", _timeout),
    "shared_chat_untimeout": ("shared_chat_untimeout", _user),
    "shared_chat_unban": ("shared_chat_unban", _user),
    "shared_chat_delete": ("shared_chat_delete", _delete),
    "warn": ("warn", _warn),  # of version 2 alone
}
ACTIONS_V2: Final = tuple(_ACTIONS)
ACTIONS_V1: Final = ACTIONS_V2[:-1]
_SOURCE: Final = "source_broadcaster_user_"


def _moderate(scene: Scene, actions: tuple[str, ...]) -> dict[str, Any]:
    action = scene.pick(actions)
    field, details = _ACTIONS[action]
    shared = action.startswith("shared_chat_")
    empty = dict.fromkeys(field for field, _ in map(_ACTIONS.__getitem__, actions) if field is not None)
    return {
        **scene.channel,
        **(named(_SOURCE, scene.neighbour(1)) if shared else nameless(_SOURCE)),
        **scene.moderator,
        "action": action,
        **empty,
        **({} if field is None else {field: details(scene)}),
    }


def moderate_v1(scene: Scene) -> dict[str, Any]:
    return _moderate(scene, ACTIONS_V1)


def moderate_v2(scene: Scene) -> dict[str, Any]:
    return _moderate(scene, ACTIONS_V2)


MAKERS: Final[Mapping[tuple[str, str], Maker]] = {
    ("channel.moderate", "1"): moderate_v1,
    ("channel.moderate", "2"): moderate_v2,
}
