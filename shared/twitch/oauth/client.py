"""Talks to Twitch's OAuth server: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/

Each method is one request. Secrets go into the body, never into an address, a log or an error.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from twitch.addresses import Addresses
from twitch.errors import HTTPException, TokenError, TwitchServerError
from twitch.http import Answer, Http
from twitch.oauth.answers import (
    ClientCredentials,
    DeviceCode,
    Token,
    ValidateToken,
    read_answer,
    refusal,
    refused_credentials,
)
from twitch.oauth.scopes import in_order

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class OAuthClient:
    """OAuth for one client id. ``client_secret`` is None for a public client."""

    def __repr__(self) -> str:
        return f"<OAuthClient client_id={self.client_id!r}>"

    def __init__(self, client_id: str, client_secret: str | None, *, http: Http, addresses: Addresses) -> None:
        self.client_id = client_id
        self._client_secret = client_secret
        self._http = http
        self._auth_url = addresses.auth_url

    async def client_credentials(self) -> ClientCredentials:
        """An app token. Raises AuthFailure for a wrong id or secret, TwitchServerError or Unreachable for the rest."""
        answer = await self._post("token", {"grant_type": "client_credentials"})
        try:
            return read_answer(answer, ClientCredentials, what="client_credentials")
        except HTTPException as error:
            raise refused_credentials(error) or error from None

    async def refresh(self, refresh_token: str) -> Token:
        """New tokens for a refresh token. Raises TokenError where it's dead, AuthFailure for a wrong client."""
        answer = await self._post("token", {"grant_type": "refresh_token", "refresh_token": refresh_token})
        try:
            return read_answer(answer, Token, what="refresh_token")
        except HTTPException as error:
            # 400 or 401 says that the refresh token is dead, 403 that the client is wrong; but a client id that doesn't
            # exist, or a secret that isn't given, is a 400 too, and then the user's tokens are as good as before.
            if error.status in (400, 401) and "client" not in error.message.lower():
                raise TokenError(f"the refresh token is dead: {error.status} {error.message}".rstrip()) from None
            raise refused_credentials(error) or error from None

    async def validate(self, access_token: str) -> ValidateToken:
        """Whose a token is. Raises Unauthorized for a dead one, TokenError for a text that no token can be."""
        if any(not "!" <= character <= "~" for character in access_token):
            raise TokenError("the access token has a character that no token has, such as a space or a line break")
        answer = await self._http.exchange(
            "GET", f"{self._auth_url}/validate", headers={"Authorization": f"OAuth {access_token}"}
        )
        return read_answer(answer, ValidateToken, what="validate", method="GET")

    async def revoke(self, access_token: str) -> None:
        """Make a token worthless. One that is worthless already is no error."""
        answer = await self._post("revoke", {"token": access_token}, secret=False)
        if answer.status not in (200, 400):
            raise refusal(answer, what="revoke")

    async def device_code(self, scopes: Iterable[str]) -> DeviceCode:
        """Begin a login on another device."""
        answer = await self._post("device", {"scopes": " ".join(in_order(scopes))}, secret=False)
        return read_answer(answer, DeviceCode, what="device")

    async def device_token(self, device_code: str, scopes: Iterable[str]) -> Token:
        """The tokens of a login elsewhere. Raises BadRequest "authorization_pending" until the user has agreed."""
        form = {"grant_type": DEVICE_GRANT, "device_code": device_code, "scopes": " ".join(in_order(scopes))}
        return read_answer(await self._post("token", form), Token, what="device_token")

    async def authorization_code(self, code: str, redirect_uri: str) -> Token:
        """The tokens for the code that Twitch handed to the redirect address. Raises BadRequest for a bad code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return read_answer(await self._post("token", form), Token, what="authorization_code")

    async def keys(self) -> dict[str, Any]:
        """The keys that Twitch signs id tokens with, as a JSON Web Key Set."""
        answer = await self._http.exchange("GET", f"{self._auth_url}/keys", headers={})
        if answer.status != 200:
            raise refusal(answer, what="keys", method="GET")
        try:
            content = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            content = None
        if not isinstance(content, dict):
            raise TwitchServerError(answer.status, "the answer isn't JSON", endpoint="keys", method="GET")
        return content

    async def _post(self, path: str, form: dict[str, str], *, secret: bool = True) -> Answer:
        form["client_id"] = self.client_id
        if secret and self._client_secret:
            form["client_secret"] = self._client_secret
        return await self._http.exchange("POST", f"{self._auth_url}/{path}", headers={}, body=form)
