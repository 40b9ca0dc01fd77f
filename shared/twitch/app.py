"""`App`: Helix for programs, without EventSub.

    async with App('CLIENT_ID', 'CLIENT_SECRET') as app:
        async for channel in app.application.search_channels('gaming'): …

It ties together what the other modules are: tokens, the transport, and the API with the app's token or a user's.
"""

from types import TracebackType
from typing import Self

import aiohttp

from twitch.addresses import Addresses
from twitch.api import AppAPI, UserAPI
from twitch.errors import TokenError, Unauthorized
from twitch.helix.limiter import RateLimiter
from twitch.helix.transport import Observe, Transport
from twitch.http import Http
from twitch.memory_tokens import CredentialsToken, MemoryTokens, TokenChanged
from twitch.oauth.client import OAuthClient
from twitch.tokens import AppTokenSource, TokenPair, TokenSource


class App:
    """A client of Helix, with the app's token and those of the users added.

    ``addresses``: where Twitch is, by default what the environment says. ``limiter`` and ``observe``: see
    `twitch.helix.Transport`. ``tokens`` and ``app_tokens`` replace where tokens come from; ``token_changed`` is awaited
    with a user's new tokens before they are used. The rest are aiohttp's: connector, proxy, proxy_auth and http_trace.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        addresses: Addresses | None = None,
        limiter: RateLimiter | None = None,
        observe: Observe | None = None,
        tokens: TokenSource | None = None,
        app_tokens: AppTokenSource | None = None,
        token_changed: TokenChanged | None = None,
        connector: aiohttp.BaseConnector | None = None,
        proxy: str | None = None,
        proxy_auth: aiohttp.BasicAuth | None = None,
        http_trace: aiohttp.TraceConfig | None = None,
    ) -> None:
        self.client_id = client_id
        self.addresses = addresses if addresses is not None else Addresses.from_environment()
        self.http = Http(connector=connector, proxy=proxy, proxy_auth=proxy_auth, http_trace=http_trace)
        self.oauth = OAuthClient(client_id, client_secret, http=self.http, addresses=self.addresses)
        self._own_tokens = MemoryTokens(self.oauth, changed=token_changed)
        self._own_app_token = CredentialsToken(self.oauth)
        self._app_tokens = app_tokens if app_tokens is not None else self._own_app_token
        self._logins: dict[str, str] = {}
        self.transport = Transport(
            client_id,
            http=self.http,
            addresses=self.addresses,
            app_tokens=self._app_tokens,
            tokens=tokens if tokens is not None else self._own_tokens,
            limiter=limiter,
            observe=observe,
        )
        self.application = AppAPI(self.transport)

    def __repr__(self) -> str:
        return f"<App client_id={self.client_id!r}>"

    async def authorize(self, *, token: str | None = None) -> None:
        """Get the app's token now, or begin with the given one. Raises AuthFailure for a wrong id or secret."""
        if token is None:
            await self._app_tokens.token()
        else:
            validated = await self.oauth.validate(token)
            self._own_app_token.use(token, expires_in_seconds=validated.expires_in)

    async def close(self) -> None:
        """Close every connection. Safe to call more than once."""
        await self._own_tokens.close()
        await self._own_app_token.close()
        await self.http.close()

    async def __aenter__(self) -> Self:
        try:
            await self.authorize()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def add_user(self, access_token: str, refresh_token: str | None = None) -> UserAPI:
        """Take a user's tokens; they are checked, and renewed if they have expired. Raises TokenError for dead ones."""
        user_id, login, pair = await validated_user(self.oauth, access_token, refresh_token)
        await self._own_tokens.put(user_id, pair)
        self._logins[user_id] = login
        return self.get_user(user_id)

    def get_user(self, user_id: str) -> UserAPI:
        """Helix with the token of a user who was added before. Raises TokenError for one who wasn't."""
        self._own_tokens.pair(user_id)
        return UserAPI(self.transport, user_id, self._logins.get(user_id, ""))

    get_user_by_id = get_user

    def remove_user(self, user_id: str) -> bool:
        """Forget a user's tokens; says whether there were any."""
        self._logins.pop(user_id, None)
        return self._own_tokens.remove(user_id)


async def validated_user(
    oauth: OAuthClient, access_token: str, refresh_token: str | None
) -> tuple[str, str, TokenPair]:
    """Whose tokens these are: user id, login, and the tokens to keep, renewed if the access token was dead.

    Raises TokenError where they are dead, another client's, or not a user's.
    """
    pair = TokenPair(access_token, refresh_token)
    try:
        validated = await oauth.validate(access_token)
    except Unauthorized:
        if refresh_token is None:
            raise TokenError("the access token is dead and came without a refresh token") from None
        token = await oauth.refresh(refresh_token)
        pair = TokenPair(token.access_token, token.refresh_token or refresh_token)
        validated = await oauth.validate(pair.access_token)
    if validated.user_id is None:
        raise TokenError("this is an app's token, not a user's")
    if validated.client_id != oauth.client_id:
        raise TokenError("the token was given to another client id", user_id=validated.user_id)
    return validated.user_id, validated.login or "", pair
