"""Good calls of every row: each required parameter with a value of its kind, and what needs more than that."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from twitch.simulator.answers.parameters import Parameter, parse
from twitch.simulator.answers.rows import Auth, Row
from twitch.simulator.answers.table import ROWS

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api, Reply

ME = "77"
# Values of single parameters, for any row that has them
_VALUES: Mapping[str, Any] = {
    "duration": "30",
    "choices": [{"title": "a"}, {"title": "b"}],
    "outcomes": [{"title": "a"}, {"title": "b"}],
    "data": {"user_id": "9", "reason": "why", "panel": {}},
    "cost": {"amount": 100, "type": "bits"},
    "color": "blue",
    "from_broadcaster_id": "6",
    "to_broadcaster_id": "8",
    "from_user_id": "6",
    "to_user_id": "8",
}
# What a row needs beside or in place of the required parameters
_MORE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("GET", "/channel_points/custom_rewards/redemptions"): {"status": "UNFULFILLED"},
    ("GET", "/clips"): {"broadcaster_id": "5"},
    ("GET", "/extensions/configurations"): {"broadcaster_id": "5"},
    ("PUT", "/extensions/configurations"): {"broadcaster_id": "5"},
    ("GET", "/games"): {"name": ["Just Chatting", "Anything"]},
    ("GET", "/streams/markers"): {"user_id": "5"},
    ("GET", "/teams"): {"name": "livecoders"},
    ("GET", "/users/extensions"): {"user_id": "5"},
    ("GET", "/videos"): {"user_id": "5"},
    ("PATCH", "/entitlements/drops"): {"entitlement_ids": ["unknown"]},
    ("PATCH", "/polls"): {"status": "ARCHIVED"},
    ("PATCH", "/predictions"): {"status": "LOCKED"},
    ("POST", "/channel_points/custom_rewards"): {"cost": 100},
    ("POST", "/moderation/enforcements/status"): {"data": [{"msg_id": "1", "msg_text": "hello"}]},
}
# What must exist before it can be changed: the parameter, and the call that makes or finds it
_FOUND: Mapping[tuple[str, str], tuple[str, str, str, str]] = {
    ("DELETE", "/channel_points/custom_rewards"): ("id", "GET", "/channel_points/custom_rewards", "id"),
    ("PATCH", "/channel_points/custom_rewards"): ("id", "GET", "/channel_points/custom_rewards", "id"),
    ("PATCH", "/channel_points/custom_rewards/redemptions"): (
        *("id", "GET", "/channel_points/custom_rewards/redemptions", "id"),
    ),
    ("PATCH", "/chat/pins"): ("message_id", "GET", "/chat/pins", "message_id"),
    ("DELETE", "/chat/pins"): ("message_id", "GET", "/chat/pins", "message_id"),
    ("DELETE", "/guest_star/invites"): ("guest_id", "GET", "/guest_star/invites", "user_id"),
    ("DELETE", "/moderation/bans"): ("user_id", "GET", "/moderation/banned", "user_id"),
    ("PATCH", "/moderation/unban_requests"): ("unban_request_id", "GET", "/moderation/unban_requests", "id"),
    ("DELETE", "/moderation/moderators"): ("user_id", "GET", "/moderation/moderators", "user_id"),
    ("DELETE", "/channels/vips"): ("user_id", "GET", "/channels/vips", "user_id"),
    ("PATCH", "/polls"): ("id", "GET", "/polls", "id"),
    ("PATCH", "/predictions"): ("id", "POST", "/predictions", "id"),
    ("DELETE", "/raids"): ("", "POST", "/raids", ""),
    ("PATCH", "/schedule/segment"): ("id", "GET", "/schedule", "id"),
}


@dataclass
class Good:
    """A call that nothing is wrong with; `without` makes one that lacks a parameter."""

    row: Row
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)

    def kinds(self) -> list[str | None]:
        """Whose tokens may make it: None, an app's."""
        match self.row.auth:
            case Auth.USER:
                return [ME]
            case Auth.EITHER | Auth.USER_OR_GRANT:
                return [ME, None]
        return [None]


class Caller:
    """Calls the rows."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def good(self, row: Row) -> Good:
        call = Good(row)
        for parameter in parse(row.query):
            if not parameter.optional:
                call.query[parameter.name] = _value(row, parameter, as_text=True)
        for parameter in parse(row.body):
            if not parameter.optional and "." not in parameter.name:
                call.body[parameter.name] = _value(row, parameter, as_text=False)
        bodily = {parameter.name for parameter in parse(row.body)}
        for name, value in _MORE.get((row.method, row.path), {}).items():
            (call.body if name in bodily else call.query)[name] = value
        if row.own in {"moderator_id", "editor_id"}:
            call.query["broadcaster_id"] = ME if (row.method, row.path) in _FOUND else "5"
        if found := _FOUND.get((row.method, row.path)):
            self._find(call, bodily, *found)
        return call

    def _find(self, call: Good, bodily: set[str], name: str, method: str, path: str, key: str) -> None:
        finder = self.good(ROWS[method, path])
        finder.query |= {name: value for name, value in call.query.items() if name in {"broadcaster_id", "reward_id"}}
        found = self.make(finder)
        assert found.status == 200, found.body
        if name:
            data = found.body["data"]
            rows = data["segments"] if isinstance(data, dict) else data
            (call.body if name in bodily else call.query)[name] = rows[0][key]

    def make(self, call: Good, *, as_user: str | None = "allowed", **more: str) -> Reply:
        """The answer; by default to the first kind of token that the row takes."""
        user = call.kinds()[0] if as_user == "allowed" else as_user
        headers = {"Authorization": f"Bearer {jwt()}"} if call.row.auth is Auth.EXTENSION else {}
        return self._api(
            *(call.row.method, call.row.path),
            json=call.body or None,
            as_user=user,
            headers=headers,
            **call.query | more,
        )


def _value(row: Row, parameter: Parameter, *, as_text: bool) -> Any:
    if parameter.name == row.own:
        return ME
    value = parameter.words[0] if parameter.words else _VALUES.get(parameter.name, "5")
    match parameter.type:
        case "int" | "float":
            value = str(int(parameter.low or 30))
            return value if as_text else int(value)
        case "bool":
            return "true" if as_text else True
        case "time":
            return "2030-01-02T03:04:05Z"
    is_list = parameter.most is not None and not isinstance(value, list)
    return [value] if is_list and not as_text else value


def jwt(**claims: Any) -> str:
    """As an extension's backend signs one."""
    parts = {"alg": "HS256", "typ": "JWT"}, {"exp": 4e9, "user_id": "1", "role": "external"} | claims
    return ".".join([*(urlsafe_b64encode(orjson.dumps(part)).decode().rstrip("=") for part in parts), "c2lnbmF0dXJl"])


@pytest.fixture
def caller(api: Api) -> Caller:
    return Caller(api)


@pytest.fixture
def make_caller(make_api: Callable[..., Api]) -> Callable[[], Caller]:
    """Callers of simulators that know of nothing yet."""
    return lambda: Caller(make_api())


@pytest.fixture
def sign() -> Callable[..., str]:
    return jwt
