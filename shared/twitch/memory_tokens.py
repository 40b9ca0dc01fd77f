"""Tokens kept in this process: the app's own, and those of the users that were added."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import ParamSpec

from twitch.errors import AuthFailure, TokenError, Unauthorized
from twitch.flights import Flights
from twitch.oauth.client import OAuthClient
from twitch.tokens import TokenPair, TokenStore

log = logging.getLogger("twitch.tokens")

Arguments = ParamSpec("Arguments")

EXPIRY_MARGIN_SECONDS = 600.0
"""An app token is replaced this long before it expires, so that no call meets the moment."""

REFUSED_SECONDS = 60.0
"""How long a refusal of the client id or secret stands before Twitch is asked again."""

FINISH_SECONDS = 5.0
"""How long close() lets a refresh go on: the refresh token before it is spent, so its outcome is all there is."""

TokenChanged = Callable[[str, TokenPair], Awaitable[None]]
"""Told a user's id and new tokens, before they are used."""
TokenRemoved = Callable[[str], Awaitable[None]]
"""Told the id of a user whose tokens died."""


class CredentialsToken:
    """The app's token by client credentials: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/

    It can't be refreshed, only asked for anew, which happens once for however many callers find it missing, near its
    end, or refused. A refused client id or secret is remembered for a minute: its calls do not ask Twitch again. After
    that one does, since a secret can be mended at Twitch's end, and a process that runs for months must notice.
    """

    def __init__(self, oauth: OAuthClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._oauth = oauth
        self._clock = clock
        self._token: str | None = None
        self._expires_at = 0.0
        self._flights: Flights[str] = Flights()
        self._refused: AuthFailure | None = None
        self._refused_until = 0.0

    def use(self, token: str, *, expires_in_seconds: float) -> None:
        """Begin with a token from elsewhere."""
        self._token = token
        self._expires_at = self._clock() + expires_in_seconds

    @property
    def current(self) -> str | None:
        """The token that was got last, None before the first."""
        return self._token

    async def token(self) -> str:
        if self._token is not None and self._clock() < self._expires_at - EXPIRY_MARGIN_SECONDS:
            return self._token
        return await self._renewed()

    async def refreshed(self, stale: str) -> str:
        if self._token is not None and self._token != stale:
            return self._token
        return await self._renewed()

    async def _renewed(self) -> str:
        if self._refused is not None and self._clock() < self._refused_until:
            raise self._refused
        return await self._flights.join("app", self._ask)

    async def _ask(self) -> str:
        asked_at = self._clock()
        try:
            answer = await self._oauth.client_credentials()
        except AuthFailure as error:
            self._refused, self._refused_until = error, self._clock() + REFUSED_SECONDS
            raise
        # One that lives for less than the margin would be asked for at every call.
        lifetime_seconds = max(float(answer.expires_in), EXPIRY_MARGIN_SECONDS + 60)
        self._token = answer.access_token
        self._expires_at = asked_at + lifetime_seconds
        return answer.access_token

    async def close(self) -> None:
        await self._flights.close()


class MemoryTokens:
    """A TokenSource that keeps the users' tokens in memory.

    New tokens are saved in the ``store``, then ``changed`` is awaited, and only then are they used. ``removed`` is
    awaited when a user's refresh token turns out to be dead; the tokens are forgotten here then, the store keeps them. An
    access token that came alone is dead when Twitch says so of it, not when one call with it was refused.
    What any of the three raises is logged by its kind alone and costs no token: the one before may be spent.
    """

    def __init__(
        self,
        oauth: OAuthClient,
        *,
        changed: TokenChanged | None = None,
        removed: TokenRemoved | None = None,
        store: TokenStore | None = None,
    ) -> None:
        self._oauth = oauth
        self._changed = changed
        self._removed = removed
        self._store = store
        self._pairs: dict[str, TokenPair] = {}
        self._refresh_tokens: dict[str, list[str]] = {}
        """Of each user the one that is kept, and the one that was spent for it."""
        self._owners: dict[str, str] = {}
        """User ids by these refresh tokens."""
        self._flights: Flights[str] = Flights()
        self._saving: set[asyncio.Task[None]] = set()
        self._loaded = False

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._pairs

    @property
    def pairs(self) -> Mapping[str, TokenPair]:
        """Every user's tokens, by user id; a view."""
        return MappingProxyType(self._pairs)

    async def load(self) -> tuple[str, ...]:
        """Take what the store has, once; ids of the users that are new by it."""
        if self._store is None or self._loaded:
            return ()
        stored = await self._store.load()
        self._loaded = True
        new = {user_id: pair for user_id, pair in stored.items() if user_id not in self._pairs}
        for user_id, pair in new.items():
            self._keep(user_id, pair)
        return tuple(new)

    async def put(self, user_id: str, pair: TokenPair) -> None:
        """Keep a user's tokens in place of what was kept before."""
        if self._pairs.get(user_id) != pair:
            await self._tell(user_id, pair)
            self._keep(user_id, pair)

    def keep(self, user_id: str, pair: TokenPair) -> None:
        """As put(), from where nothing can be awaited: used at once, saved soon, and nobody is told."""
        self._keep(user_id, pair)
        self._in_store(user_id, pair)

    def remove(self, user_id: str) -> bool:
        """Forget a user's tokens, in the store too; says whether there were any."""
        kept = user_id in self._pairs
        if kept:
            self._forget(user_id)
            self._in_store(user_id, None)
        return kept

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

    async def renewed(self, refresh_token: str) -> TokenPair:
        """What a refresh token becomes. If it's a user's who is kept here, that user is renewed: it may work only once.

        Raises TokenError where it's dead.
        """
        user_id = self._owners.get(refresh_token)
        if user_id is None:
            return await renewed_pair(self._oauth, refresh_token)
        held = self.pair(user_id)
        if held.refresh_token == refresh_token or not await self._lives(held.access_token):
            await self.refreshed(user_id, held.access_token)
        return self.pair(user_id)

    async def _refresh(self, user_id: str, pair: TokenPair) -> str:
        try:
            if pair.refresh_token is None:
                if await self._lives(pair.access_token):
                    return pair.access_token
                raise TokenError(f"the token of user {user_id} is dead and came without a refresh token")
            renewed = await renewed_pair(self._oauth, pair.refresh_token)
        except TokenError as error:
            if self._pairs.get(user_id) is pair:
                self._forget(user_id)
                if self._removed is not None:
                    await _guarded("token_removed", user_id, self._removed, user_id)
            raise TokenError(str(error), user_id=user_id) from None
        if self._pairs.get(user_id) is pair:
            await self._tell(user_id, renewed)
        if self._pairs.get(user_id) is pair:  # neither removed nor replaced meanwhile
            self._keep(user_id, renewed, spent=pair.refresh_token)
        return self.pair(user_id).access_token

    async def _lives(self, access_token: str) -> bool:
        try:
            await self._oauth.validate(access_token)
        except Unauthorized:
            return False
        return True

    def _keep(self, user_id: str, pair: TokenPair, *, spent: str | None = None) -> None:
        self._disown(user_id)
        self._pairs[user_id] = pair
        tokens = self._refresh_tokens[user_id] = [token for token in (spent, pair.refresh_token) if token is not None]
        self._owners.update(dict.fromkeys(tokens, user_id))

    def _forget(self, user_id: str) -> None:
        del self._pairs[user_id]
        self._disown(user_id)

    def _disown(self, user_id: str) -> None:
        for refresh_token in self._refresh_tokens.pop(user_id, ()):
            self._owners.pop(refresh_token, None)

    async def _tell(self, user_id: str, pair: TokenPair) -> None:
        await self._save(user_id, pair)
        if self._changed is not None:
            await _guarded("token_changed", user_id, self._changed, user_id, pair)

    def _in_store(self, user_id: str, pair: TokenPair | None) -> None:
        if self._store is not None:
            task = asyncio.create_task(self._save(user_id, pair))
            self._saving.add(task)
            task.add_done_callback(self._saving.discard)

    async def _save(self, user_id: str, pair: TokenPair | None) -> None:
        if self._store is None:
            return
        if pair is None:
            await _guarded("the token store", user_id, self._store.remove, user_id)
        else:
            await _guarded("the token store", user_id, self._store.save, user_id, pair)

    async def close(self) -> None:
        """Let refreshes under way end, for some seconds, and what is to be stored be stored."""
        await self._flights.close(seconds=FINISH_SECONDS)
        await asyncio.gather(*self._saving)


async def renewed_pair(oauth: OAuthClient, refresh_token: str) -> TokenPair:
    """What Twitch gives for a refresh token, which stays the same where none comes back. Raises what `refresh` does."""
    token = await oauth.refresh(refresh_token)
    return TokenPair(token.access_token, token.refresh_token or refresh_token)


async def _guarded(
    what: str,
    user_id: str,
    work: Callable[Arguments, Awaitable[None]],
    *args: Arguments.args,
    **options: Arguments.kwargs,
) -> None:
    """Call what belongs to the user of the library, and may raise anything."""
    try:
        await work(*args, **options)
    except Exception as error:  # noqa: BLE001  said above; its text may hold the tokens that it was given
        log.error("%s failed with the tokens of user %s: %s", what, user_id, type(error).__name__)
