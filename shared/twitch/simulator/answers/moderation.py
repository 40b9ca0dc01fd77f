"""Bans, AutoMod, blocked terms and the rest of a moderator's work.

Source: https://dev.twitch.tv/docs/api/reference/#check-automod-status and those after it
"""

from typing import Any, Final

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import user
from twitch.simulator.answers.shelves import Item, Shelf
from twitch.simulator.calls import refusal
from twitch.simulator.people import Person
from twitch.simulator.refusal import Refusal

_MODERATED: Final = "broadcaster_id moderator_id"
_LEVELS: Final = (
    *("disability", "aggression", "sexuality_sex_or_gender", "misogyny", "bullying", "swearing"),
    *("race_ethnicity_or_religion", "sex_based_terms"),
)
_AUTOMOD: Final = {"overall_level": None, **dict.fromkeys(_LEVELS, 0)}
_MANAGE_BANS: Final = "moderator:manage:banned_users"
_MANAGE_TERMS: Final = "moderator:manage:blocked_terms"


def _check_messages(asked: Asked) -> Example:
    return [
        {"msg_id": message["msg_id"], "is_permitted": "simulated slur" not in message["msg_text"]}
        for message in asked.field("data")
    ]


def _done(_asked: Asked) -> Example:
    return None


def _ids(asked: Asked) -> dict[str, str]:
    return {"broadcaster_id": asked.channel.user_id, "moderator_id": asked.moderator.user_id}


def _get_automod(asked: Asked) -> Example:
    return [{**_ids(asked), **asked.settings("automod", asked.channel.user_id, _AUTOMOD)}]


def _set_automod(asked: Asked) -> Example | Refusal:
    changes = asked.changes(_AUTOMOD)
    if "overall_level" in changes and len(changes) > 1:
        return refusal(400, "The overall_level field may not be set with the individual levels.")
    if "overall_level" in changes:
        changes |= dict.fromkeys(_LEVELS, changes["overall_level"])
    settings = asked.settings("automod", asked.channel.user_id, _AUTOMOD)
    settings |= _AUTOMOD | changes
    return [{**_ids(asked), **settings}]


def _bans(asked: Asked) -> Shelf:
    channel = asked.channel

    def examples() -> list[Item]:
        return [_banned(asked, person, channel, 0, "off-topic") for person in asked.crowd()[:5]]

    return asked.shelf("ban", channel.user_id, examples, "user_id")


def _banned(asked: Asked, person: Person, moderator: Person, seconds: int, reason: str) -> Item:
    return {
        **user(person),
        "expires_at": asked.at(seconds) if seconds else "",
        "created_at": asked.at(),
        "reason": reason,
        **user(moderator, "moderator_"),
    }


def _get_bans(asked: Asked) -> Example:
    return _bans(asked).listed(asked.texts("user_id"))


def _ban(asked: Asked) -> Example | Refusal:
    order: dict[str, Any] = asked.field("data")
    person, seconds = asked.people.by_id(order["user_id"]), int(order.get("duration") or 0)
    if person.user_id == asked.channel.user_id:
        return refusal(400, "The user specified in the user_id field may not be banned.")
    known = _bans(asked).get(person.user_id)
    if known is not None and not known["expires_at"]:
        return refusal(400, "The user specified in the user_id field is already banned.")
    made = _bans(asked).put(_banned(asked, person, asked.moderator, seconds, order.get("reason") or ""))
    times = {"created_at": made["created_at"], "end_time": made["expires_at"] or None}
    return [{**_ids(asked), "user_id": person.user_id, **times}]


def _unban(asked: Asked) -> Example | Refusal:
    if _bans(asked).take(asked.text("user_id")) is None:
        return refusal(400, "The user specified in the user_id query parameter is not banned.")
    return None


def _terms(asked: Asked) -> Shelf:
    words = ("simulated slur", "buy followers", "cheap viewers*")

    def examples() -> list[Item]:
        return [_term(asked, asked.example_id("term", number), text) for number, text in enumerate(words)]

    return asked.shelf("term", asked.channel.user_id, examples)


def _term(asked: Asked, term_id: str, text: str) -> Item:
    times = {"created_at": asked.at(), "updated_at": asked.at(), "expires_at": None}
    return {**_ids(asked), "id": term_id, "text": text, **times}


def _get_terms(asked: Asked) -> Example:
    return _terms(asked).listed(newest_first=True)


def _add_term(asked: Asked) -> Example:
    return [_terms(asked).put(_term(asked, asked.new_id(), asked.text("text")))]


def _remove_term(asked: Asked) -> Example:
    _terms(asked).take(asked.text("id"))  # 204 whether or not there was one
    return None


def _shield(asked: Asked) -> Item:
    defaults = {"is_active": False, **user(asked.channel, "moderator_"), "last_activated_at": ""}
    return asked.settings("shield", asked.channel.user_id, defaults)


def _get_shield(asked: Asked) -> Example:
    return [dict(_shield(asked))]


def _set_shield(asked: Asked) -> Example:
    shield = _shield(asked)
    if asked.flag("is_active") and not shield["is_active"]:
        shield["last_activated_at"] = asked.at()
    shield |= {"is_active": asked.flag("is_active"), **user(asked.moderator, "moderator_")}
    return [dict(shield)]


def _warn(asked: Asked) -> Example:
    order = asked.field("data")
    return [{**_ids(asked), "user_id": order["user_id"], "reason": order["reason"]}]


def _suspect(asked: Asked) -> Example:
    return [_suspicion(asked, asked.text("status"), ["MANUALLY_ADDED"])]


def _clear_suspect(asked: Asked) -> Example:
    return [_suspicion(asked, "NO_TREATMENT", [])]


def _suspicion(asked: Asked, status: str, types: list[str]) -> dict[str, Any]:
    about = {"updated_at": asked.at(), "status": status, "types": types}
    return {"user_id": asked.text("user_id"), **_ids(asked), **about}


def _moderators(method: str, path: str, example: Any, scopes: str, **more: Any) -> Row:
    """A row of what a moderator does, in their own name or through an app that they have let."""
    query = f"{_MODERATED} {more.pop('query', '')}"
    return Row(method, path, Auth.USER_OR_GRANT, example, query=query, scopes=scopes, own="moderator_id", **more)


ROWS: Final = (
    Row(
        *("POST", "/moderation/enforcements/status", Auth.USER_OR_GRANT, _check_messages),
        query="broadcaster_id",
        body="data*100:object data.msg_id data.msg_text",
        scopes="moderation:read",
        own="broadcaster_id",
    ),
    Row(
        *("POST", "/moderation/automod/message", Auth.USER_OR_GRANT, _done),
        body="user_id msg_id action=ALLOW|DENY",
        scopes="moderator:manage:automod",
        own="user_id",
        status=204,
    ),
    _moderators(
        *("GET", "/moderation/automod/settings", _get_automod),
        "moderator:read:automod_settings moderator:manage:automod_settings",
    ),
    _moderators(
        *("PUT", "/moderation/automod/settings", _set_automod, "moderator:manage:automod_settings"),
        body=" ".join(f"{name}:0-4?" for name in _AUTOMOD),
    ),
    Row(
        *("GET", "/moderation/banned", Auth.USER_OR_GRANT, _get_bans),
        query="broadcaster_id user_id*100?",
        scopes=f"moderation:read {_MANAGE_BANS}",
        own="broadcaster_id",
        page=Page(backwards=True),
    ),
    _moderators(
        *("POST", "/moderation/bans", _ban, _MANAGE_BANS),
        body="data:object data.user_id data.duration:1-1209600? data.reason?",
        bot=True,
    ),
    _moderators("DELETE", "/moderation/bans", _unban, _MANAGE_BANS, query="user_id", bot=True, status=204),
    _moderators(
        *("GET", "/moderation/blocked_terms", _get_terms, f"moderator:read:blocked_terms {_MANAGE_TERMS}"),
        page=Page(),
    ),
    _moderators("POST", "/moderation/blocked_terms", _add_term, _MANAGE_TERMS, body="text"),
    _moderators("DELETE", "/moderation/blocked_terms", _remove_term, _MANAGE_TERMS, query="id", status=204),
    _moderators(
        *("DELETE", "/moderation/chat", _done, "moderator:manage:chat_messages"), query="message_id?", status=204
    ),
    _moderators("PUT", "/moderation/shield_mode", _set_shield, "moderator:manage:shield_mode", body="is_active:bool"),
    _moderators(
        *("GET", "/moderation/shield_mode", _get_shield, "moderator:read:shield_mode moderator:manage:shield_mode")
    ),
    _moderators(
        *("POST", "/moderation/warnings", _warn, "moderator:manage:warnings"),
        body="data:object data.user_id data.reason",
    ),
    Row(
        *("POST", "/moderation/suspicious_users", Auth.EITHER, _suspect),
        query=_MODERATED,
        body="user_id status=ACTIVE_MONITORING|RESTRICTED",
        scopes="moderator:manage:suspicious_users",
        own="moderator_id",
    ),
    Row(
        *("DELETE", "/moderation/suspicious_users", Auth.EITHER, _clear_suspect),
        query=f"{_MODERATED} user_id",
        scopes="moderator:manage:suspicious_users",
        own="moderator_id",
    ),
)
