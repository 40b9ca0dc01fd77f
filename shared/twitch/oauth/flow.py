"""What every flow has: credentials, connections, and what can be asked of any token."""

from types import TracebackType
from typing import Protocol, Self

from twitch.addresses import Addresses
from twitch.app import App
from twitch.http import Http
from twitch.oauth.answers import ClientCredentials, Token, ValidateToken
from twitch.oauth.client import OAuthClient


class Credentials(Protocol):
    """What a flow takes from a client that may not be running: a `ClientApp` or a `ClientUser`."""

    client_id: str
    addresses: Addresses | None
    _client_secret: str | None


class Flow:
    """OAuth for one client id. ``client_secret`` is None for a public client, which has none."""

    def __init__(self, client_id: str, client_secret: str | None = None, *, addresses: Addresses | None = None) -> None:
        self.client_id = client_id
        self.addresses = addresses if addresses is not None else Addresses.from_environment()
        self._http = Http()
        self._owns_http = True
        self._oauth = OAuthClient(client_id, client_secret, http=self._http, addresses=self.addresses)

    @classmethod
    def from_app(cls, app: App | Credentials) -> Self:
        """A flow with the credentials of an app or a client. An `App`'s connections stay the app's to close."""
        if not isinstance(app, App):
            return cls(app.client_id, app._client_secret, addresses=app.addresses)  # noqa: SLF001  one library
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
