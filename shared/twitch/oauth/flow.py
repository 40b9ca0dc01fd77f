"""What every flow has: it's an `App`, for the users who log in by it, and can ask about any token."""

from collections.abc import Generator, Mapping
from typing import Any, Protocol, Self

from twitch.addresses import Addresses
from twitch.app import App
from twitch.oauth.answers import ClientCredentials, Token, ValidateToken


class Client(Protocol):
    """What a flow takes from a `ClientApp` or a `ClientUser`: its app while it runs, else what to make one of."""

    client_id: str
    addresses: Addresses | None
    options: Mapping[str, Any]
    _client_secret: str | None
    _app: App | None


class Flow(App):
    """OAuth for one client id. ``client_secret`` is None for a public client, which has none.

    Options are those of `App`. Unlike an App it isn't authorized by ``async with``: a login needs no token of the app's.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        addresses: Addresses | None = None,
        **options: Any,
    ) -> None:
        super().__init__(client_id, client_secret, addresses=addresses, **options)
        self._lender: App | None = None

    @classmethod
    def from_app(cls, app: App | Client) -> Self:
        """A flow with the credentials of an app or a client.

        Whom it adds is a user of that app, or of that client if it runs; their connections stay theirs to close.
        """
        lender = app if isinstance(app, App) else app._app  # noqa: SLF001  one library
        if lender is None:
            assert not isinstance(app, App), "an App lends itself"
            return cls(app.client_id, app._client_secret, addresses=app.addresses, **app.options)  # noqa: SLF001
        flow = cls(lender.client_id, addresses=lender.addresses)
        flow._lender = lender
        flow._borrow(lender)
        return flow

    def __await__(self) -> Generator[Any, None, Self]:
        """``await DeviceCodeFlow.from_app(app)`` is the flow itself: some programs were told to await it."""
        yield from ()
        return self

    async def __aenter__(self) -> Self:
        return self

    async def close(self) -> None:
        """Close the flow's own connections."""
        if self._lender is None:
            await super().close()

    def _validate(self) -> None:
        if self._lender is None:
            super()._validate()
        else:
            self._lender._validate()  # noqa: SLF001  an App itself

    async def validate_token(self, token: str) -> ValidateToken:
        """Whose a token is, and for how long. Raises Unauthorized for a dead one."""
        return await self.oauth.validate(token)

    async def refresh_token(self, token: str) -> Token:
        """New tokens for a refresh token, which may be worthless afterwards. Raises TokenError for a dead one."""
        return await self.oauth.refresh(token)

    async def revoke_token(self, token: str) -> None:
        """Make a token worthless."""
        await self.oauth.revoke(token)

    async def credentials_grant_flow(self) -> ClientCredentials:
        """The app's own token. Raises AuthFailure for a wrong id or secret."""
        return await self.oauth.client_credentials()


BaseFlow = Flow
"""The same under its older name."""
