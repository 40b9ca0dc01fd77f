"""OpenID Connect id tokens: who has signed in, said by Twitch and signed with its key.

An id token is a JWT, signed with RS256 by a key that Twitch publishes. Nothing in it may be believed before the
signature, the issuer, the audience, the time and the nonce were looked at; `read_id_token` looks at all of them.
https://dev.twitch.tv/docs/authentication/getting-tokens-oidc/

Pure, but for the arithmetic of `cryptography`, which is imported when the first token is read.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from twitch.errors import TokenError

CLOCK_SLACK_SECONDS = 60.0
"""By so much Twitch's clock and this one may differ."""
TOKEN_CHARACTERS_MAX = 16_384


class UnknownKey(TokenError):
    """The token names a key that isn't among those given: Twitch may have changed it since they were fetched."""


@dataclass(frozen=True, slots=True)
class IdToken:
    """Who signed in. Times are Unix seconds; what wasn't asked for with ``claims`` is None."""

    user_id: str
    client_id: str
    issuer: str
    issued_at: float
    expires_at: float
    nonce: str | None = field(default=None, repr=False)
    preferred_username: str | None = None
    email: str | None = None
    email_verified: bool | None = None
    picture: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Everything the token says."""


def read_id_token(
    text: str, keys: Mapping[str, Any], *, client_id: str, issuer: str, now: float, nonce: str | None = None
) -> IdToken:
    """What a token says, if it's genuine, meant for this client, in time, and the answer to this request's nonce.

    ``keys`` is Twitch's JSON Web Key Set, ``now`` the Unix time. Raises UnknownKey, or TokenError for every other fault.
    """
    head_text, said_text, signature_text = _parts(text)
    head, said = _object(head_text), _object(said_text)
    if head.get("alg") != "RS256":  # "none" and HS256 would let anybody sign
        raise TokenError(f"the id token is signed with {str(head.get('alg'))[:20]!r}, not RS256")
    _verify(f"{head_text}.{said_text}".encode(), _decoded(signature_text), _key(keys, head.get("kid")))
    audience = said.get("aud")
    if client_id not in (audience if isinstance(audience, list) else [audience]):
        raise TokenError("the id token is meant for another client id")
    if said.get("iss") != issuer:
        raise TokenError(f"the id token is from {str(said.get('iss'))[:80]!r}, not from {issuer}")
    expires_at, issued_at = _time(said, "exp"), _time(said, "iat")
    if now > expires_at + CLOCK_SLACK_SECONDS:
        raise TokenError("the id token has expired")
    if issued_at > now + CLOCK_SLACK_SECONDS:
        raise TokenError("the id token is from the future")
    given = said.get("nonce")
    if nonce is not None and not (isinstance(given, str) and hmac.compare_digest(given.encode(), nonce.encode())):
        raise TokenError("the id token answers another request: its nonce differs")
    if not isinstance(said.get("sub"), str) or not said["sub"]:
        raise TokenError("the id token names no user")
    verified = said.get("email_verified")
    return IdToken(
        user_id=said["sub"],
        client_id=client_id,
        issuer=issuer,
        issued_at=issued_at,
        expires_at=expires_at,
        nonce=given if isinstance(given, str) else None,
        preferred_username=_text(said, "preferred_username"),
        email=_text(said, "email"),
        email_verified=verified if isinstance(verified, bool) else None,
        picture=_text(said, "picture"),
        claims=said,
    )


def _parts(text: str) -> tuple[str, str, str]:
    parts = text.split(".") if len(text) <= TOKEN_CHARACTERS_MAX else []
    if len(parts) != 3:
        raise TokenError("the id token isn't a JWT")
    return parts[0], parts[1], parts[2]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise TokenError("the id token isn't a JWT") from None


def _object(text: str) -> dict[str, Any]:
    try:
        content = orjson.loads(_decoded(text))
    except orjson.JSONDecodeError:
        raise TokenError("the id token isn't a JWT") from None
    if not isinstance(content, dict):
        raise TokenError("the id token isn't a JWT")
    return content


def _key(keys: Mapping[str, Any], kid: object) -> tuple[int, int]:
    """Modulus and exponent of the key of this id."""
    rows = keys.get("keys")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("kid") == kid and row.get("kty") == "RSA":
            return _number(row.get("n")), _number(row.get("e"))
    raise UnknownKey(f"the id token is signed with a key that Twitch doesn't publish: {str(kid)[:40]!r}")


def _number(text: object) -> int:
    if not isinstance(text, str):
        raise TokenError("a key of Twitch's can't be read")
    return int.from_bytes(_decoded(text))


def _verify(signed: bytes, signature: bytes, key: tuple[int, int]) -> None:
    # Here, since few programs sign anybody in, and it takes a while to import.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    modulus, exponent = key
    try:
        RSAPublicNumbers(exponent, modulus).public_key().verify(signature, signed, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        raise TokenError("the id token's signature is wrong") from None


def _time(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError(f"the id token has no {name}")
    return float(value)


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None
