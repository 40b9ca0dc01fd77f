"""The JWT with which an extension's backend calls Helix.

It is signed with a secret of the extension, which the simulator does not know; what it says is checked, the signature
is not. Source: https://dev.twitch.tv/docs/extensions/building/#signing-the-jwt
"""

import re
from base64 import urlsafe_b64decode
from typing import Any, Final

import orjson

from twitch.ids import ClientId
from twitch.simulator.calls import refusal
from twitch.simulator.oauth import Caller
from twitch.simulator.refusal import Refusal

_JWT: Final = re.compile(r"bearer\s+([\w-]+)\.([\w-]+)\.([\w-]+)", re.IGNORECASE | re.ASCII)


def is_jwt(authorization: str | None) -> bool:
    """It has the form of one, whatever it says."""
    return _JWT.fullmatch((authorization or "").strip()) is not None


def identify(authorization: str | None, client_id: str | None, now: float) -> Caller | Refusal:
    """Whose call this is: the extension's, which acts as an application does."""
    if not authorization:
        return refusal(401, "JWT token is missing")
    if not client_id:
        return refusal(401, "Client ID is missing")
    match = _JWT.fullmatch(authorization.strip())
    header, claims = (_decoded(match[1]), _decoded(match[2])) if match else ({}, {})
    expires_at = claims.get("exp")
    if header.get("alg") != "HS256" or claims.get("role") != "external" or not claims.get("user_id"):
        return refusal(401, "Invalid JWT token")
    if not isinstance(expires_at, int | float) or expires_at <= now:
        return refusal(401, "JWT token has expired")
    return Caller(ClientId(client_id), None, frozenset())


def _decoded(part: str) -> dict[str, Any]:
    try:
        parsed = orjson.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
