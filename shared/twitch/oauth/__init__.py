"""OAuth: how tokens are had, checked, renewed and revoked: https://dev.twitch.tv/docs/authentication/

Modules inside the library import from the parts (answers, client), since the flows need the whole library.
"""

from typing import TYPE_CHECKING, Any

from twitch.oauth.answers import ClientCredentials, DeviceCode, Token, ValidateToken
from twitch.oauth.scopes import Scopes

if TYPE_CHECKING:
    from twitch.oauth.flows import AuthorizationCodeFlow, AuthorizationCodeGrantFlow, BaseFlow, DeviceCodeFlow
    from twitch.oauth.id_token import IdToken

_FLOWS = ("AuthorizationCodeFlow", "AuthorizationCodeGrantFlow", "BaseFlow", "DeviceCodeFlow")

__all__ = [
    "AuthorizationCodeFlow",
    "AuthorizationCodeGrantFlow",
    "BaseFlow",
    "ClientCredentials",
    "DeviceCode",
    "DeviceCodeFlow",
    "IdToken",
    "Scopes",
    "Token",
    "ValidateToken",
]


def __getattr__(name: str) -> Any:
    if name in _FLOWS:
        # Late, because twitch.app imports twitch.oauth.client, and flows import twitch.app.
        from twitch.oauth import flows  # noqa: PLC0415

        return getattr(flows, name)
    if name == "IdToken":
        from twitch.oauth.id_token import IdToken  # noqa: PLC0415

        return IdToken
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
