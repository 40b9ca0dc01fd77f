"""Tokens kept in this process: the app's own, and those of the users that were added."""

import time
from collections.abc import Awaitable, Callable

from twitch.errors import AuthFailure, TokenError
from twitch.flights import Flights
from twitch.oauth.client import OAuthClient
from twitch.tokens import TokenPair

EXPIRY_MARGIN_SECONDS = 600.0
"""An app token is replaced this long before it expires, so that no call meets the moment."""

TokenChanged = Callable[[str, TokenPair], Awaitable[None]]
"""Told a user's id and new tokens, before they are used."""


class CredentialsToken:
    """The app's token by client credentials: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/

    It can't be refreshed, only asked for anew, which happens once for however many callers find it missing, near its
    end, or refused. A refused client id or secret is remembered: no call after that asks Twitch again.
    """

    def __init__(self, oauth: OAuthClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._oauth = oauth
        self._clock = clock
        self._token: str | None = None
        self._expires_at = 0.0
        self._flights: Flights[str] = Flights()
        self._refused: AuthFailure | None = None

    def use(self, token: str, *, expires_in_seconds: float) -> None:
        """Begin with a token from elsewhere."""
        self._token = token
        self._expires_at = self._clock() + expires_in_seconds

    async def token(self) -> str:
        if self._token is not None and self._clock() < self._expires_at - EXPIRY_MARGIN_SECONDS:
            return self._token
        return await self._renewed()

    async def refreshed(self, stale: str) -> str:
        if self._token is not None and self._token != stale:
            return self._token
        return await self._renewed()

    async def _renewed(self) -> str:
        if self._refused is not None:
            raise self._refused
        return await self._flights.join("app", self._ask)

    async def _ask(self) -> str:
        asked_at = self._clock()
        try:
            answer = await self._oauth.client_credentials()
        except AuthFailure as error:
            self._refused = error
            raise
        # One that lives for less than the margin would be asked for at every call.
        lifetime_seconds = max(float(answer.expires_in), EXPIRY_MARGIN_SECONDS + 60)
        self._token = answer.access_token
        self._expires_at = asked_at + lifetime_seconds
        return answer.access_token

    async def close(self) -> None:
        await self._flights.close()


class MemoryTokens:
    """A TokenSource that keeps the users' tokens in memory. ``changed`` is awaited before new tokens are used."""

    def __init__(self, oauth: OAuthClient, *, changed: TokenChanged | None = None) -> None:
        self._oauth = oauth
        self._changed = changed
        self._pairs: dict[str, TokenPair] = {}
        self._flights: Flights[str] = Flights()

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._pairs

    async def put(self, user_id: str, pair: TokenPair) -> None:
        """Keep a user's tokens in place of what was kept before."""
        if self._pairs.get(user_id) != pair:
            if self._changed is not None:
                await self._changed(user_id, pair)
            self._pairs[user_id] = pair

    def remove(self, user_id: str) -> bool:
        """Forget a user's tokens; says whether there were any."""
        return self._pairs.pop(user_id, None) is not None

    def pair(self, user_id: str) -> TokenPair:
        """A user's tokens. Raises TokenError for a user that is unknown."""
        try:
            return self._pairs[user_id]
        except KeyError:
            raise TokenError(f"no tokens of user {user_id}: add_user them first", user_id=user_id) from None

    async def token(self, user_id: str) -> str:
        return self.pair(user_id).access_token

    async def refreshed(self, user_id: str, stale: str) -> str:
        pair = self.pair(user_id)
        if pair.access_token != stale:
            return pair.access_token
        return await self._flights.join(user_id, lambda: self._refresh(user_id, pair))

    async def _refresh(self, user_id: str, pair: TokenPair) -> str:
        if pair.refresh_token is None:
            raise TokenError(f"the token of user {user_id} is dead and came without a refresh token", user_id=user_id)
        token = await self._oauth.refresh(pair.refresh_token)
        renewed = TokenPair(token.access_token, token.refresh_token or pair.refresh_token)
        await self.put(user_id, renewed)
        return renewed.access_token

    async def close(self) -> None:
        await self._flights.close()
