"""How a user's tokens are had: on another device, or by way of a redirect to a web server.

    async with DeviceCodeFlow('CLIENT_ID', 'CLIENT_SECRET') as flow:
        code = await flow.request_device_code({Scopes.USER_READ_CHAT})
        print(code.verification_uri, code.user_code)
        token = await flow.wait_for_device_token(code.device_code)

https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/
"""

import asyncio
import secrets
from collections.abc import Iterable
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from twitch.addresses import Addresses
from twitch.app import App
from twitch.errors import BadRequest, TokenError
from twitch.http import Http
from twitch.oauth.answers import ClientCredentials, DeviceCode, Token, ValidateToken
from twitch.oauth.client import OAuthClient

SLOW_DOWN_SECONDS = 5
"""What RFC 8628, section 3.5, adds to the interval when a server says slow_down."""


class Flow:
    """OAuth for one client id. ``client_secret`` is None for a public client, which has none."""

    def __init__(self, client_id: str, client_secret: str | None = None, *, addresses: Addresses | None = None) -> None:
        self.client_id = client_id
        self.addresses = addresses if addresses is not None else Addresses.from_environment()
        self._http = Http()
        self._owns_http = True
        self._oauth = OAuthClient(client_id, client_secret, http=self._http, addresses=self.addresses)

    @classmethod
    def from_app(cls, app: App) -> Self:
        """A flow with an app's credentials and connections, which stay the app's to close."""
        flow = cls(app.client_id, addresses=app.addresses)
        flow._http, flow._oauth, flow._owns_http = app.http, app.oauth, False
        return flow

    def __repr__(self) -> str:
        return f"<{type(self).__name__} client_id={self.client_id!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the flow's own connections."""
        if self._owns_http:
            await self._http.close()

    async def validate_token(self, token: str) -> ValidateToken:
        """Whose a token is, and for how long. Raises Unauthorized for a dead one."""
        return await self._oauth.validate(token)

    async def refresh_token(self, token: str) -> Token:
        """New tokens for a refresh token, which may be worthless afterwards. Raises TokenError for a dead one."""
        return await self._oauth.refresh(token)

    async def revoke_token(self, token: str) -> None:
        """Make a token worthless."""
        await self._oauth.revoke(token)

    async def credentials_grant_flow(self) -> ClientCredentials:
        """The app's own token. Raises AuthFailure for a wrong id or secret."""
        return await self._oauth.client_credentials()


class DeviceCodeFlow(Flow):
    """For command lines and bots: the user opens an address on any device and enters a code."""

    def __init__(self, client_id: str, client_secret: str | None = None, *, addresses: Addresses | None = None) -> None:
        super().__init__(client_id, client_secret, addresses=addresses)
        self._asked: dict[str, tuple[DeviceCode, tuple[str, ...]]] = {}

    async def request_device_code(self, scopes: Iterable[str] = ()) -> DeviceCode:
        """Begin: what to show to the user."""
        wanted = tuple(sorted(scopes))
        code = await self._oauth.device_code(wanted)
        self._asked[code.device_code] = (code, wanted)
        return code

    async def get_device_token(self, device_code: str) -> Token:
        """Ask once. Raises BadRequest, whose message is authorization_pending until the user has agreed."""
        _, scopes = self._asked.get(device_code, (None, ()))
        token = await self._oauth.device_token(device_code, scopes)
        self._asked.pop(device_code, None)
        return token

    async def wait_for_device_token(
        self,
        device_code: str,
        interval: float | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Token:
        """Ask until the user has agreed, every ``interval`` seconds, for ``timeout`` seconds at most.

        By default both are as Twitch said with the code. Raises TokenError when the code has expired or was refused.
        """
        code, _ = self._asked.get(device_code, (None, ()))
        pause_seconds = interval if interval is not None else (code.interval if code else 5)
        try:
            async with asyncio.timeout(timeout if timeout is not None else (code.expires_in if code else 300)):
                while True:
                    try:
                        return await self.get_device_token(device_code)
                    except BadRequest as error:
                        if error.message == "slow_down":
                            pause_seconds += SLOW_DOWN_SECONDS
                        elif error.message != "authorization_pending":
                            raise TokenError(f"the device code can't be used: {error.message}") from None
                    await asyncio.sleep(pause_seconds)
        except TimeoutError:
            raise TokenError("the user did not agree in time") from None


class AuthorizationCodeFlow(Flow):
    """For web servers: the user is sent to Twitch and comes back to the redirect address with a code."""

    def get_authorization_url(
        self,
        redirect_uri: str,
        scopes: Iterable[str] = (),
        state: str | None = None,
        *,
        force_verify: bool = False,
    ) -> str:
        """Where to send the user. Compare the ``state`` that comes back with the one given here: see `new_state`."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(sorted(scopes)),
        }
        if state is not None:
            query["state"] = state
        if force_verify:
            query["force_verify"] = "true"
        return f"{self.addresses.auth_url}/authorize?{urlencode(query)}"

    @staticmethod
    def new_state() -> str:
        """A text that nobody can guess, for one user's way to Twitch and back."""
        return secrets.token_urlsafe(24)

    async def get_authorization_token(self, code: str, redirect_uri: str) -> Token:
        """The tokens for the code that came back; ``redirect_uri`` as before. Raises BadRequest for a bad code."""
        return await self._oauth.authorization_code(code, redirect_uri)


AuthorizationCodeGrantFlow = AuthorizationCodeFlow
"""The same under its older name."""
