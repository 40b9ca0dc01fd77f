"""One row an endpoint: who may call it, with which parameters, and what makes the example.

Twitch wants one of five things of a caller. A user's token must have one of the row's scopes, and most endpoints want
that it is the token of the user (broadcaster, moderator) whom a parameter names. An app's token stands in for a
user's where that user has granted the app the scope.
Source: https://dev.twitch.tv/docs/api/reference/
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from twitch.simulator.answers.asking import Asked, Given
from twitch.simulator.answers.pages import Page
from twitch.simulator.answers.parameters import check_body, check_query, parse
from twitch.simulator.calls import Call, refusal
from twitch.simulator.model import Model
from twitch.simulator.refusal import Refusal
from twitch.simulator.tokens import Tokens


class Auth(Enum):
    """Whose token an endpoint takes."""

    APP = auto()
    USER = auto()
    EITHER = auto()
    USER_OR_GRANT = auto()  # a user's, or an app's with that user's grant
    EXTENSION = auto()  # a JWT that an extension's backend has signed
    NOBODY = auto()  # no token at all


Example = Sequence[Any] | Mapping[str, Any] | Given | str | None
Maker = Callable[[Asked], Example | Refusal]


@dataclass(frozen=True, slots=True)
class Row:
    """`query` and `body` in the notation of `parameters`; `scopes`: a user's token has one of these."""

    method: str
    path: str
    auth: Auth
    example: Maker
    query: str = ""
    body: str = ""
    scopes: str = ""
    own: str = ""  # the parameter that names the token's user
    bot: bool = False  # an app needs the user's user:bot, too
    status: int = 200
    page: Page | None = None
    exactly_one: str = ""
    at_least_one: str = ""

    def refused(self, call: Call, model: Model, tokens: Tokens) -> Refusal | None:
        """Why this call gets an error; None if it doesn't. The token comes before the parameters."""
        return self._token_refused(call) or self._parameters_refused(call) or self._user_refused(call, model, tokens)

    def _token_refused(self, call: Call) -> Refusal | None:
        is_user = not call.caller.is_app
        if self.auth is Auth.USER and not is_user:
            return refusal(401, "Missing User OAUTH Token")
        if self.auth is Auth.APP and is_user:
            return refusal(401, "This endpoint requires an app access token")
        needed = self.scopes.split()
        if is_user and needed and call.caller.scopes.isdisjoint(needed):
            return refusal(401, f"Missing scope: {' or '.join(needed)}")
        return None

    def _parameters_refused(self, call: Call) -> Refusal | None:
        given = call.parameters
        if wrong := check_query(parse(self.query), given) or check_body(parse(self.body), given):
            return wrong
        for rule, names in (("exactly", self.exactly_one.split()), ("at least", self.at_least_one.split())):
            count = sum(bool(given.texts(name)) for name in names)
            if names and (count == 0 or (count > 1 and rule == "exactly")):
                return refusal(400, f"The request must specify {rule} one of {', '.join(names)}")
        return None

    def _user_refused(self, call: Call, model: Model, tokens: Tokens) -> Refusal | None:
        named = call.parameters.text(self.own) if self.own else None
        if named is None:
            return None
        if not call.caller.is_app:
            match = f"The ID in {self.own} must match the user ID found in the request's OAuth token."
            return None if named == call.caller.user_id else refusal(401, match)
        if self.auth is not Auth.USER_OR_GRANT or not model.options.require_grants:
            return None
        grant = tokens.granted(call.caller.client_id, named)
        granted = frozenset() if grant is None else grant.scopes
        if granted.isdisjoint(self.scopes.split()) or (self.bot and "user:bot" not in granted):
            return refusal(401, f"The user in {self.own} has not granted the application the required scope.")
        return None
