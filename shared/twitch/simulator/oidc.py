"""OpenID Connect of the simulated id.twitch.tv: signed id tokens, the key that checks them, and who a token is.

One RSA key per simulator, made when it's first needed (a tenth of a second). An id token is a JWT signed with RS256:
https://dev.twitch.tv/docs/authentication/getting-tokens-oidc/
"""

import base64
from collections.abc import Mapping
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from twitch.simulator.people import Person

# Twitch's own id tokens live so long.
ID_TOKEN_SECONDS: Final = 900
# What a client may ask for with `claims`, besides what every id token says.
CLAIMS: Final = ("email", "email_verified", "picture", "preferred_username", "updated_at")
_EMAIL: Final = frozenset({"email", "email_verified"})


class Oidc:
    """Signs for the people of one simulator."""

    def __init__(self) -> None:
        self._key: rsa.RSAPrivateKey | None = None

    def id_token(
        self,
        issuer: str,
        client_id: str,
        person: Person,
        scopes: frozenset[str],
        now: float,
        *,
        nonce: str | None,
        claims: str | None,
    ) -> str:
        """A signed token. ``claims`` is the JSON of the request to /authorize; unreadable ones ask for nothing."""
        asked = _asked(claims, "id_token")
        said = self._standard(issuer, client_id, person, now) | _more(person, scopes, asked, now)
        if nonce is not None:
            said["nonce"] = nonce
        head = {"alg": "RS256", "typ": "JWT", "kid": "1"}
        signed = b".".join(_encoded(orjson.dumps(part)) for part in (head, said))
        signature = self._private().sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join((signed, _encoded(signature))).decode()

    def userinfo(
        self, issuer: str, client_id: str, person: Person, scopes: frozenset[str], now: float
    ) -> dict[str, Any]:
        """GET /userinfo."""
        return self._standard(issuer, client_id, person, now) | _more(person, scopes, CLAIMS, now)

    def keys(self) -> dict[str, Any]:
        """GET /keys: a JSON Web Key Set."""
        numbers = self._private().public_key().public_numbers()
        key = {"alg": "RS256", "e": _number(numbers.e), "kid": "1", "kty": "RSA", "n": _number(numbers.n), "use": "sig"}
        return {"keys": [key]}

    @staticmethod
    def configuration(issuer: str) -> dict[str, Any]:
        """GET /.well-known/openid-configuration."""
        return {
            "authorization_endpoint": f"{issuer}/authorize",
            "claims_parameter_supported": True,
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "azp", "nonce", *CLAIMS],
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": f"{issuer}/keys",
            "response_types_supported": ["code"],
            "scopes_supported": ["openid"],
            "subject_types_supported": ["public"],
            "token_endpoint": f"{issuer}/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "userinfo_endpoint": f"{issuer}/userinfo",
        }

    @staticmethod
    def _standard(issuer: str, client_id: str, person: Person, now: float) -> dict[str, Any]:
        return {
            "aud": client_id,
            "azp": client_id,
            "exp": int(now) + ID_TOKEN_SECONDS,
            "iat": int(now),
            "iss": issuer,
            "sub": str(person.user_id),
        }

    def _private(self) -> rsa.RSAPrivateKey:
        if self._key is None:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return self._key


def _asked(claims: str | None, part: str) -> tuple[str, ...]:
    try:
        wanted = orjson.loads(claims or "{}")
    except orjson.JSONDecodeError:
        return ()
    named = wanted.get(part) if isinstance(wanted, Mapping) else None
    return tuple(name for name in CLAIMS if isinstance(named, Mapping) and name in named)


def _more(person: Person, scopes: frozenset[str], asked: tuple[str, ...], now: float) -> dict[str, Any]:
    known: dict[str, Any] = {
        "email": f"{person.login}@example.com",
        "email_verified": True,
        "picture": f"https://static-cdn.jtvnw.net/user-default-pictures-uv/{person.user_id}-profile_image-300x300.png",
        "preferred_username": person.display_name,
        "updated_at": int(now),
    }
    return {name: known[name] for name in asked if name not in _EMAIL or "user:read:email" in scopes}


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _number(value: int) -> str:
    return _encoded(value.to_bytes((value.bit_length() + 7) // 8)).decode()
