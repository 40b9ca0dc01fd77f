"""`App`: Helix for programs, without EventSub.

    async with App('CLIENT_ID', 'CLIENT_SECRET') as app:
        async for channel in app.application.search_channels('gaming'): …

It ties together what the other modules are: tokens, the transport, and the API with the app's token or a user's.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType, TracebackType
from typing import Self

import aiohttp

from twitch.addresses import Addresses
from twitch.api import AppAPI, UserAPI
from twitch.errors import TokenError, TwitchException, Unauthorized
from twitch.flights import Flights
from twitch.helix.calls import RateReading
from twitch.helix.endpoints import Bucket, Lane
from twitch.helix.limiter import BUCKETS_MAX, BucketKey, MemoryLimiter, RateLimiter
from twitch.helix.transport import Observe, Transport
from twitch.http import Http
from twitch.memory_tokens import (
    FINISH_SECONDS,
    CredentialsToken,
    MemoryTokens,
    TokenChanged,
    TokenRemoved,
    renewed_pair,
)
from twitch.oauth.answers import ValidateToken
from twitch.oauth.client import OAuthClient
from twitch.tokens import AppTokenSource, TokenPair, TokenSource, TokenStore
from twitch.utils import ExponentialBackoff
from twitch.validation import APP, EVERY_SECONDS, GrantedScopes, Validation, Validity

log = logging.getLogger("twitch.tokens")

VALIDATE_AGAIN_MAX = 6
"""Some seconds in all, where Twitch answers at once that it can't."""

_LENT = (
    *("http", "oauth", "transport", "application"),
    *("_own_tokens", "_tokens", "_own_app_token", "_app_tokens", "_logins"),
    *("_adding", "_validation", "_limiter", "_observe"),
)
"""What an app that borrows has of the other; the task that validates stays with the lender."""


class App:
    """A client of Helix, with the app's token and those of the users added.

    ``addresses``: where Twitch is, by default what the environment says. ``limiter`` and ``observe``: see
    `twitch.helix.Transport`. ``tokens`` and ``app_tokens`` replace where tokens come from. Of the users that were added
    here: ``token_store`` keeps their tokens from one run to the next, ``token_changed`` is awaited with new ones before
    they are used, ``token_removed`` when they are dead. Tokens held here are validated every
    ``validate_every_seconds``, None for never; ``token_maintenance`` is run in place of `maintain_tokens`. ``user_agent`` is
    what its requests say they come from. The rest are aiohttp's: connector, proxy, proxy_auth and http_trace.
    ``client_secret`` is None for a public client, which can't have a token of its own.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        addresses: Addresses | None = None,
        limiter: RateLimiter | None = None,
        observe: Observe | None = None,
        tokens: TokenSource | None = None,
        app_tokens: AppTokenSource | None = None,
        token_store: TokenStore | None = None,
        token_changed: TokenChanged | None = None,
        token_removed: TokenRemoved | None = None,
        token_maintenance: Callable[[], Awaitable[None]] | None = None,
        validate_every_seconds: float | None = EVERY_SECONDS,
        connector: aiohttp.BaseConnector | None = None,
        proxy: str | None = None,
        proxy_auth: aiohttp.BasicAuth | None = None,
        http_trace: aiohttp.TraceConfig | None = None,
        user_agent: str | None = None,
    ) -> None:
        self.client_id = client_id
        self.addresses = addresses if addresses is not None else Addresses.from_environment()
        self.http = Http(
            connector=connector, proxy=proxy, proxy_auth=proxy_auth, http_trace=http_trace, user_agent=user_agent
        )
        self.oauth = OAuthClient(client_id, client_secret, http=self.http, addresses=self.addresses)
        self._own_tokens = MemoryTokens(self.oauth, changed=token_changed, removed=token_removed, store=token_store)
        self._own_app_token = CredentialsToken(self.oauth)
        self._app_tokens = app_tokens if app_tokens is not None else self._own_app_token
        self._logins: dict[str, str] = {}
        self._adding: Flights[str] = Flights()
        self._validation = Validation(self.oauth, self._own_tokens, self._own_app_token)
        self._maintenance = token_maintenance if token_maintenance is not None else self.maintain_tokens
        self._validates = validate_every_seconds is not None
        if validate_every_seconds is not None:
            self._validation.every_seconds = validate_every_seconds
        self._validating: asyncio.Task[None] | None = None
        self._tokens = tokens if tokens is not None else self._own_tokens
        self._limiter = _Noting(limiter if limiter is not None else MemoryLimiter())
        self._observe = observe
        self.transport = self.transport_to(self.addresses)
        self.application = AppAPI(self.transport)

    def transport_to(self, addresses: Addresses) -> Transport:
        """A transport with this app's tokens to a Helix that is elsewhere, such as a mock server."""
        return Transport(
            self.client_id,
            http=self.http,
            addresses=addresses,
            app_tokens=self._app_tokens,
            tokens=self._tokens,
            limiter=self._limiter,
            observe=self._observe,
        )

    def _borrow(self, lender: "App") -> None:
        """Work with the tokens, users and connections of another app, in place of its own."""
        for name in _LENT:
            setattr(self, name, getattr(lender, name))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} client_id={self.client_id!r}>"

    async def authorize(self, *, token: str | None = None) -> None:
        """Get the app's token now, or begin with the given one. Raises AuthFailure for a wrong id or secret."""
        if token is None:
            await self._app_tokens.token()
        else:
            validated = await self.oauth.validate(token)
            self._own_app_token.use(token, expires_in_seconds=validated.expires_in)
        if self._own_app_token.current is not None:
            self._validation.owe(APP, seconds=self._validation.every_seconds)
        await self.load_users()
        self._validate()

    async def load_users(self) -> None:
        """Take the users whose tokens the store has; `authorize` does it too. Raises what the store raises."""
        for user_id in await self._own_tokens.load():
            self._validation.owe(user_id)
            self._validate()

    async def close(self) -> None:
        """Close every connection. Safe to call more than once."""
        validating, self._validating = self._validating, None
        if validating is not None:
            validating.cancel()
            await asyncio.wait({validating})
        await self._adding.close(seconds=FINISH_SECONDS)
        await self._own_tokens.close()
        await self._own_app_token.close()
        await self.http.close()

    def clear(self) -> None:
        """Make a closed app usable again, with the tokens it had; in another event loop if need be."""
        self.http.reopen()

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
        user_id = await self._adding.join(
            (access_token, refresh_token), lambda: self._add_user(access_token, refresh_token)
        )
        return self.get_user(user_id)

    async def _add_user(self, access_token: str, refresh_token: str | None) -> str:
        """The id of the user, whose tokens are kept by then. Once for all who add the same: a refresh token may work once."""
        validated, pair = await validated_tokens(
            self.oauth, access_token, refresh_token, renew=self._own_tokens.renewed
        )
        user_id = validated.user_id or ""
        await self._own_tokens.put(user_id, pair)
        self._logins[user_id] = validated.login or ""
        self._validation.note(user_id, validated)
        self._validate()
        return user_id

    def add_token(self, user_id: str, access_token: str, refresh_token: str | None = None) -> UserAPI:
        """Take the tokens of a user whose id is known, unchecked; the first check follows by itself."""
        self._own_tokens.keep(user_id, TokenPair(access_token, refresh_token))
        self._validation.owe(user_id)
        return self.get_user(user_id)

    def get_user(self, user_id: str) -> UserAPI:
        """Helix with the token of a user who was added before. Raises TokenError for one who wasn't."""
        self._own_tokens.pair(user_id)
        return UserAPI(self.transport, user_id, self._logins.get(user_id, ""))

    get_user_by_id = get_user

    def get_token(self, user_id: str) -> TokenPair:
        """A user's tokens as they are now. Raises TokenError for a user who wasn't added."""
        return self._own_tokens.pair(user_id)

    def remove_user(self, user_id: str) -> bool:
        """Forget a user's tokens, in the store too; says whether there were any. They stay valid: see `revoke_user`."""
        self._logins.pop(user_id, None)
        self._limiter.told.pop(user_id, None)
        self._validation.forget(user_id)
        return self._own_tokens.remove(user_id)

    remove_token = remove_user

    async def revoke_user(self, user_id: str) -> None:
        """Make a user's access token worthless at Twitch, and forget the user. TokenError for one who wasn't added."""
        await self.oauth.revoke(self._own_tokens.pair(user_id).access_token)
        self.remove_user(user_id)

    def get_token_quota(self, user_id: str) -> int | None:
        """Helix points that Twitch said are left of a user's minute, None before the first call with their token."""
        told = self._limiter.told.get(user_id)
        return None if told is None else told[1].remaining

    def points(self) -> RateReading | None:
        """The points of the app's token, as Twitch last told of them: what it has forgotten since is full again. None before
        the first call."""
        told = self._limiter.told.get("app")
        if told is None:
            return None
        at, reading = told
        resets_in_seconds = reading.resets_in_seconds - (time.monotonic() - at)
        if resets_in_seconds <= 0:
            return replace(reading, remaining=reading.limit, resets_in_seconds=0.0)
        return replace(reading, resets_in_seconds=resets_in_seconds)

    @property
    def tokens(self) -> Mapping[str, TokenPair]:
        """The tokens of the users added, by user id."""
        return self._own_tokens.pairs

    @property
    def tokens_validity(self) -> Mapping[str, Validity]:
        """When each user's token was last checked, and what came of it."""
        return MappingProxyType(self._validation.validities)

    @property
    def users_scopes(self) -> Mapping[str, tuple[str, ...]]:
        """What each user has granted, as of the last check; a view."""
        return GrantedScopes(self._validation.validities)

    def _validate(self) -> None:
        """See to it that tokens are checked. Needs a running loop."""
        if self._validates and (self._validating is None or self._validating.done()):
            self._validating = asyncio.create_task(self._maintain())

    async def maintain_tokens(self) -> None:
        """Check tokens as they fall due, and renew what has died, for ever. It's run by itself, from `authorize` on."""
        await self._validation.run()

    async def _maintain(self) -> None:
        try:
            await self._maintenance()
        except Exception:
            log.exception("tokens are not maintained any more")  # a program's own maintenance raised


class _Noting:
    """A limiter that another one does the work of; it remembers what Twitch said of each owner's points."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter
        self.told: dict[str, tuple[float, RateReading]] = {}
        """Owner → when, and what."""

    async def reserve(self, key: BucketKey, lane: Lane) -> None:
        await self._limiter.reserve(key, lane)

    async def settle(self, key: BucketKey, reading: RateReading | None) -> None:
        await self._limiter.settle(key, reading)
        if reading is not None and key.bucket is Bucket.POINTS:
            if len(self.told) >= BUCKETS_MAX:
                del self.told[next(iter(self.told))]
            self.told[key.owner] = time.monotonic(), reading


async def validated_user(
    oauth: OAuthClient, access_token: str, refresh_token: str | None
) -> tuple[str, str, TokenPair]:
    """Whose tokens these are: user id, login, and the tokens to keep. As `validated_tokens`."""
    validated, pair = await validated_tokens(oauth, access_token, refresh_token)
    return validated.user_id or "", validated.login or "", pair


async def validated_tokens(
    oauth: OAuthClient,
    access_token: str,
    refresh_token: str | None,
    *,
    renew: Callable[[str], Awaitable[TokenPair]] | None = None,
) -> tuple[ValidateToken, TokenPair]:
    """What Twitch says of a user's tokens, and the tokens to keep, renewed if the access token was dead.

    ``renew`` makes new tokens of the refresh token, by default by asking Twitch. Raises TokenError where they are dead,
    another client's, or not a user's.
    """
    pair = TokenPair(access_token, refresh_token)
    try:
        validated = await oauth.validate(access_token)
    except Unauthorized:
        if refresh_token is None:
            raise TokenError("the access token is dead and came without a refresh token") from None
        pair = await (renew(refresh_token) if renew is not None else renewed_pair(oauth, refresh_token))
        validated = await _validated(oauth, pair.access_token)
    if not validated.user_id:
        raise TokenError("this is an app's token, not a user's")
    if validated.client_id != oauth.client_id:
        raise TokenError("the token was given to another client id", user_id=validated.user_id)
    return validated, pair


async def _validated(oauth: OAuthClient, access_token: str) -> ValidateToken:
    """Whose a token is that was just had for a refresh token. That one is spent: giving up here loses the user."""
    backoff = ExponentialBackoff(base_delay=0.1, max_delay=5.0)
    for _ in range(VALIDATE_AGAIN_MAX):
        try:
            return await oauth.validate(access_token)
        except TwitchException as error:
            if not error.transient:
                raise
        await asyncio.sleep(backoff.get_delay())
    return await oauth.validate(access_token)
