"""Tokens that an extension signs itself, with a secret that Twitch shares with it: a JWT of HMAC-SHA256.

https://dev.twitch.tv/docs/extensions/building/#signing-the-jwt and https://dev.twitch.tv/docs/extensions/reference/
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any

import orjson

LIFETIME_SECONDS = 180
"""From the call on; long enough for a wrong clock on either side."""


@dataclass(frozen=True, slots=True)
class ExtensionToken:
    """A signed token, and the extension that Twitch shall take it from. The token doesn't show in the repr."""

    token: str = field(repr=False)
    extension_id: str


@dataclass(frozen=True, slots=True)
class ExtensionSigner:
    """Signs for an extension. ``secret`` is in base64, as Twitch shows it; ``owner_id`` is the user who owns it.

    Raises ValueError for a secret that isn't base64.
    """

    extension_id: str
    secret: str = field(repr=False)
    owner_id: str

    def __post_init__(self) -> None:
        try:
            base64.b64decode(self.secret, validate=True)
        except ValueError:
            raise ValueError(f"the secret of extension {self.extension_id} isn't base64, as Twitch shows it") from None

    def sign(self, *, unix_now: float, channel_id: str | None = None) -> ExtensionToken:
        """A token for calls about any channel, or about one; then it may also send to that channel's viewers."""
        claims: dict[str, Any] = {
            "exp": int(unix_now) + LIFETIME_SECONDS,
            "user_id": self.owner_id,
            "role": "external",
        }
        if channel_id is not None:
            claims |= {"channel_id": channel_id, "pubsub_perms": {"send": ["broadcast", "global", "whisper-*"]}}
        signed = _base64(orjson.dumps({"alg": "HS256", "typ": "JWT"})) + b"." + _base64(orjson.dumps(claims))
        signature = hmac.digest(base64.b64decode(self.secret), signed, hashlib.sha256)
        return ExtensionToken((signed + b"." + _base64(signature)).decode(), self.extension_id)


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
