"""What programs start with, beside EventSub: users, searches for channels, chat messages, authorizations.

Everybody exists (see `people`) and is live, and a search for a word finds a few dozen channels named after it.
"""

from typing import Any, Final

import orjson

from twitch.simulator.answers.asking import Asked
from twitch.simulator.answers.rows import Auth, Example, Row
from twitch.simulator.answers.samples import PICTURE, stamp
from twitch.simulator.calls import Answer, Call, missing, page_bounds, pagination, refusal
from twitch.simulator.examples import chat_message
from twitch.simulator.model import Model
from twitch.simulator.people import Person, login_of
from twitch.simulator.refusal import Refusal
from twitch.simulator.tokens import Tokens
from twitch.simulator.wire import Numbering

_FOUND: Final = 60  # by a search
_SINCE: Final = "2016-12-14T20:32:28Z"


def get_users(model: Model, call: Call) -> Answer | Refusal:
    ids, logins = call.parameters.texts("id"), call.parameters.texts("login")
    if len(ids) + len(logins) > 100:
        return refusal(400, "The parameters id and login may have 100 values together")
    people = [model.people.by_id(user_id) for user_id in ids if user_id]
    people += [model.people.by_login(login) for login in logins if login_of(login)]
    if not ids and not logins:
        if call.caller.person is None:
            return refusal(400, "The id or login query parameter is required")
        people.append(call.caller.person)
    return Answer(200, {"data": [_user(person) for person in dict.fromkeys(people)]})


def search_channels(model: Model, call: Call) -> Answer | Refusal:
    query = call.parameters.text("query")
    if query is None:
        return missing("query")
    stem = login_of(query) or "channel"
    bounds = page_bounds(call, _FOUND, default=20, maximum=100)
    if isinstance(bounds, Refusal):
        return bounds
    begin, end = bounds
    found = [model.people.by_login(f"{stem}_{index}"[-25:] if index else stem) for index in range(begin, end)]
    following = end if end < _FOUND else None
    rows = [_found_channel(person, stamp(call.now - 3600)) for person in found]
    return Answer(200, {"data": rows, "pagination": pagination(following)})


def get_authorizations(model: Model, tokens: Tokens, call: Call) -> Answer | Refusal:
    ids = call.parameters.texts("user_id")
    if not ids:
        return missing("user_id")
    if len(ids) > 10:
        return refusal(400, "The parameter user_id may have 10 values")
    rows = []
    for user_id in dict.fromkeys(ids):
        person, grant = model.people.by_id(user_id), tokens.granted(call.caller.client_id, user_id)
        row = {"user_id": person.user_id, "user_name": person.display_name, "user_login": person.login}
        scopes = [] if grant is None else sorted(grant.scopes)
        rows.append(row | {"scopes": scopes, "has_authorized": grant is not None})
    return Answer(200, {"data": rows})


def chat_messages(model: Model) -> Row:
    """Send Chat Message: the message is sent, and comes back to whoever has subscribed to that chat."""
    message_ids = Numbering(model.options.seed, "chat")

    def send(asked: Asked) -> Example | Refusal:
        message, message_id = asked.text("message"), message_ids.next_uuid()
        if len(message) > 500:
            return refusal(422, "The message is too large.")
        subscriptions = model.events.matching("channel.chat.message", None, None, asked.channel.user_id)
        event = chat_message(asked.channel, asked.person("sender_id"), message, message_id, "#9146FF", closing=False)
        model.events.tell(subscriptions, orjson.dumps(event), asked.call.now)
        return [{"message_id": message_id, "is_sent": True}]

    return Row(
        *("POST", "/chat/messages", Auth.USER_OR_GRANT, send),
        body="broadcaster_id sender_id message reply_parent_message_id? for_source_only:bool? pin:bool?",
        scopes="user:write:chat",
        own="sender_id",
        bot=True,
    )


def _user(person: Person) -> dict[str, Any]:
    return {
        "id": person.user_id,
        "login": person.login,
        "display_name": person.display_name,
        "type": "",
        "broadcaster_type": "affiliate",
        "description": "Exists in the simulator only.",
        "profile_image_url": PICTURE,
        "offline_image_url": "",
        "view_count": 0,
        "created_at": _SINCE,
    }


def _found_channel(person: Person, started_at: str) -> dict[str, Any]:
    return {
        "broadcaster_language": "en",
        "broadcaster_login": person.login,
        "display_name": person.display_name,
        "game_id": "509658",
        "game_name": "Just Chatting",
        "id": person.user_id,
        "is_live": True,
        "tag_ids": [],
        "tags": ["English"],
        "thumbnail_url": PICTURE,
        "title": f"{person.display_name} is here",
        "started_at": started_at,
    }
