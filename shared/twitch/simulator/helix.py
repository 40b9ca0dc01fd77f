"""Helix as a table of endpoints: who may call each, and what answers.

Conduits, subscriptions, users, searches for channels, authorizations and chat messages are played for real; every
other endpoint answers with an example (see `answers`), and those that Twitch has removed with 410.

Every call passes the same gates in this order: a token (401), the rate limit (429), the endpoint (404), the kind of
token (401), the parameters (400). All answers, refusals too, carry the rate limit's headers once the caller is known.
Source: https://dev.twitch.tv/docs/api/guide/ and https://dev.twitch.tv/docs/api/reference/
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from twitch.ids import ClientId
from twitch.simulator import calls
from twitch.simulator import helix_conduits as conduits
from twitch.simulator import helix_subscriptions as subscriptions
from twitch.simulator import helix_users as users
from twitch.simulator.answers.answering import Answers
from twitch.simulator.answers.extension_tokens import identify, is_jwt
from twitch.simulator.answers.rows import Auth, Row
from twitch.simulator.answers.table import GONE, ROWS
from twitch.simulator.calls import Answer, Call, refusal
from twitch.simulator.model import Model
from twitch.simulator.oauth import Caller, OAuth
from twitch.simulator.ratelimit import Buckets
from twitch.simulator.refusal import Refusal

Handler = Callable[[Call], Answer | Refusal]


@dataclass(frozen=True, slots=True)
class Response:
    """`body` None: an empty one; text: a calendar."""

    status: int
    body: Mapping[str, Any] | str | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Endpoint:
    answer: Handler
    app_only: bool = False
    lane: str = ""  # a rate limit of its own


class Helix:
    """`api_now` is the clock of tokens and rate limits, which `time_scale` makes run faster than `now`."""

    def __init__(self, model: Model, oauth: OAuth, buckets: Buckets, unix_time: Callable[[float], float]) -> None:
        self._oauth = oauth
        self._buckets = buckets
        self._unix_time = unix_time
        tokens = oauth.tokens

        def app(handler: Callable[[Model, Call], Answer | Refusal]) -> _Endpoint:
            return _Endpoint(partial(handler, model), app_only=True)

        def anyone(handler: Callable[[Model, Call], Answer | Refusal]) -> _Endpoint:
            return _Endpoint(partial(handler, model))

        answers = Answers(model, tokens)
        examples = {key: _Endpoint(partial(answers.answer, row)) for key, row in ROWS.items()}
        self._endpoints: Final[Mapping[tuple[str, str], _Endpoint]] = examples | {
            ("GET", "/eventsub/conduits"): app(conduits.get_conduits),
            ("POST", "/eventsub/conduits"): app(conduits.create_conduit),
            ("PATCH", "/eventsub/conduits"): app(conduits.update_conduit),
            ("DELETE", "/eventsub/conduits"): app(conduits.delete_conduit),
            ("GET", "/eventsub/conduits/shards"): app(conduits.get_shards),
            ("PATCH", "/eventsub/conduits/shards"): app(conduits.update_shards),
            ("POST", "/eventsub/subscriptions"): _Endpoint(partial(subscriptions.create_subscription, model, tokens)),
            ("GET", "/eventsub/subscriptions"): anyone(subscriptions.get_subscriptions),
            ("DELETE", "/eventsub/subscriptions"): anyone(subscriptions.delete_subscription),
            ("GET", "/users"): anyone(users.get_users),
            ("GET", "/search/channels"): anyone(users.search_channels),
            ("GET", "/authorization/users"): _Endpoint(partial(users.get_authorizations, model, tokens), app_only=True),
            ("POST", "/chat/messages"): _Endpoint(partial(answers.answer, users.chat_messages(model)), lane="chat"),
        }

    def answer(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        query: Iterable[tuple[str, str]],
        body: bytes,
        *,
        now: float,
        api_now: float,
    ) -> Response:
        """Answer one request. `path` is what follows /helix; `headers` is read without regard to case."""
        caller = self._identify(ROWS.get((method, path)), headers, api_now)
        if isinstance(caller, Refusal):
            return Response(caller.status, caller.body, {})
        endpoint = self._endpoints.get((method, path))
        lane = "" if endpoint is None else endpoint.lane
        reading = self._buckets.take(replace(caller.bucket, lane=lane), api_now)
        limits = reading.headers(self._unix_time)
        if not reading.allowed:
            return _response(refusal(429, "Too Many Requests"), limits)
        if (method, path) in GONE:
            return _response(refusal(410, "This API is not available."), limits)
        if endpoint is None:
            return _response(refusal(404, ""), limits)
        if endpoint.app_only and not caller.is_app:
            return _response(refusal(401, "This endpoint requires an app access token"), limits)
        content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
        parameters = calls.read(query, content_type, body)
        if isinstance(parameters, Refusal):
            return _response(parameters, limits)
        return _response(endpoint.answer(Call(caller, parameters, now)), limits)

    def _identify(self, row: Row | None, headers: Mapping[str, str], api_now: float) -> Caller | Refusal:
        authorization, client_id = headers.get("Authorization"), headers.get("Client-Id")
        match row:
            case Row(auth=Auth.NOBODY):
                return Caller(ClientId(""), None, frozenset())
            case Row(auth=Auth.EXTENSION):
                return identify(authorization, client_id, self._unix_time(api_now))
        if is_jwt(authorization):
            return refusal(401, "Invalid OAuth token")
        return self._oauth.identify(authorization, client_id, api_now)


def _response(answer: Answer | Refusal, headers: Mapping[str, str]) -> Response:
    return Response(answer.status, answer.body, headers)
