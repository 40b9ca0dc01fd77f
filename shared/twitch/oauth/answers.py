"""What Twitch's OAuth server answers with, and what its refusals mean: https://dev.twitch.tv/docs/authentication/

Pure functions and records. Tokens never show in a repr.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import orjson

from twitch.errors import AuthFailure, DecodeError, HTTPException, TwitchServerError, error_class
from twitch.http import Answer
from twitch.records import Part, read_record

PartT = TypeVar("PartT", bound=Part)


class _Secret(Part, frozen=True, kw_only=True):
    """A record whose repr shows only what may be shown."""

    raw: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        hidden = {"access_token", "refresh_token", "id_token", "device_code", "raw"}
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in hidden)
        return f"{type(self).__name__}({', '.join(shown)})"


class Token(_Secret, frozen=True, kw_only=True):
    """A user's tokens. ``expires_in`` is in seconds from the answer; ``id_token`` comes with the scope openid."""

    access_token: str
    refresh_token: str | None = None
    token_type: str = "bearer"  # noqa: S105  a kind, not a token
    expires_in: int = 0
    scopes: tuple[str, ...] = msgspec.field(name="scope", default=())
    id_token: str | None = None


class ClientCredentials(_Secret, frozen=True, kw_only=True):
    """The app's own token. ``expires_in`` is in seconds from the answer, usually about 58 days."""

    access_token: str
    expires_in: int = 0
    token_type: str = "bearer"  # noqa: S105  a kind, not a token


class ValidateToken(_Secret, frozen=True, kw_only=True):
    """Whose a token is. Login and user id are None for an app's token."""

    client_id: str
    login: str | None = None
    user_id: str | None = None
    scopes: tuple[str, ...] = ()
    expires_in: int = 0


class DeviceCode(_Secret, frozen=True, kw_only=True):
    """What a user enters, and where. ``expires_in`` and ``interval`` are in seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int = 1800
    interval: int = 5


def read_answer(answer: Answer, model: type[PartT], *, what: str, method: str = "POST") -> PartT:
    """A successful answer, typed. Raises the HTTP error of errors.py for its status, or DecodeError."""
    content = _content(answer)
    if not 200 <= answer.status < 300:
        raise refusal(answer, what=what, method=method)
    if not isinstance(content, dict):
        raise TwitchServerError(answer.status, "the answer isn't JSON", endpoint=what, method=method)
    scope = content.get("scope")
    if isinstance(scope, str):  # an array by the documentation, a string in one of its examples
        content["scope"] = scope.split()
    try:
        return read_record({**content, "raw": content}, model)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise DecodeError(f"{what}: {error}") from error


def refusal(answer: Answer, *, what: str, method: str = "POST") -> HTTPException:
    """The error for an answer that is no success."""
    content = _content(answer)
    message = content.get("message") or content.get("error") if isinstance(content, dict) else ""
    kind = error_class(answer.status)
    text = str(message or "")[:300]
    error = kind(answer.status, text, endpoint=what, method=method)
    error.response = answer
    return error


def refused_credentials(error: HTTPException) -> AuthFailure | None:
    """AuthFailure if Twitch refused the client id or secret for good, None for anything that may pass."""
    if error.transient or not error.is_client_error():
        return None
    return AuthFailure(f"Twitch refused the client id or secret: {error.status} {error.message}".rstrip())


def _content(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body) if answer.body else {}
    except orjson.JSONDecodeError:
        return None
