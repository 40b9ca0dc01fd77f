"""Sends Helix calls: reserve a point, take the token, send, settle, and repeat what may be repeated.

What is repeated, each at most once or twice, and nothing else:

- 401: the token is renewed and the call sent again, once. Twitch did nothing with the first. Not where the answer speaks
  of a scope, or the token turns out to live: then it's the call that was refused, and another token would be too.
- 429 of the bucket: sent again after the reset. Twitch did nothing with it.
- 503: sent again once, if sending twice is as good as sending once; https://dev.twitch.tv/docs/api/guide/ asks for it.

A POST whose answer never came may have been carried out; it's never sent again here.
"""

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from twitch.addresses import Addresses
from twitch.errors import HTTPException, RateLimited, TokenError, Unreachable
from twitch.helix.calls import (
    RateReading,
    Reply,
    Request,
    build_request,
    read_rate,
    read_response,
    speaks_of_scopes,
)
from twitch.helix.endpoints import Auth, Endpoint, ItemT
from twitch.helix.extension_tokens import ExtensionToken
from twitch.helix.limiter import BucketKey, MemoryLimiter, RateLimiter
from twitch.http import Answer, Http
from twitch.tokens import AppTokenSource, TokenSource

Observe = Callable[[str, int | str, float, int | None], None]
"""Called after each attempt: endpoint's name, HTTP status or "error", seconds, points left or None."""

BUCKET_REPEATS_MAX = 2
RETRY_503_SECONDS = (0.2, 0.8)
"""Between these, at random, so that many clients don't come back together."""


class Transport:
    """Calls Helix with the app's token or a user's. ``observe`` is told of each attempt and must not block."""

    def __init__(
        self,
        client_id: str,
        *,
        http: Http,
        addresses: Addresses,
        app_tokens: AppTokenSource,
        tokens: TokenSource,
        limiter: RateLimiter | None = None,
        observe: Observe | None = None,
    ) -> None:
        self.client_id = client_id
        self._http = http
        self._api_url = addresses.api_url
        self._app_tokens = app_tokens
        self._tokens = tokens
        self._limiter = limiter if limiter is not None else MemoryLimiter()
        self._observe = observe

    async def call(
        self,
        endpoint: Endpoint[ItemT],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        user_id: str | None = None,
        extension: ExtensionToken | None = None,
    ) -> Reply[ItemT]:
        """Carry out a call, with the token of a user, of an extension, or else of the app. Raises what errors.py draws."""
        kind = Auth.EXTENSION if extension else Auth.USER if user_id is not None else Auth.APP
        if not endpoint.auth.takes(kind):
            raise TokenError(f"{endpoint.name} takes another token than the {kind}'s: {endpoint.auth}")
        request = build_request(endpoint, query=query, body=body)
        client_id = extension.extension_id if extension else self.client_id
        key = BucketKey(extension.extension_id if extension else user_id or "app", endpoint.bucket)
        stale: str | None = None
        bucket_repeats, may_repeat_503 = 0, endpoint.idempotent
        while True:
            token = extension.token if extension else await self._token(user_id, stale)
            try:
                await self._limiter.reserve(key, endpoint.lane)
            except RateLimited as error:  # of a limiter, which doesn't know the call
                raise RateLimited(
                    error.status, error.message, endpoint=endpoint.name, method=endpoint.method, kind=error.kind
                ) from None
            rate: RateReading | None = None
            try:
                answer, rate = await self._send(endpoint, request, token, client_id)
            finally:
                await self._limiter.settle(key, rate)
            if answer.status == 401 and stale is None and extension is None and not speaks_of_scopes(answer.body):
                stale = token
                if await self._token(user_id, stale) != stale:
                    continue
            if answer.status == 429 and _is_bucket(rate) and bucket_repeats < BUCKET_REPEATS_MAX:
                bucket_repeats += 1
                continue
            if answer.status == 503 and may_repeat_503:
                may_repeat_503 = False
                await asyncio.sleep(random.uniform(*RETRY_503_SECONDS))  # noqa: S311  spreads load, guards nothing
                continue
            break
        try:
            return read_response(endpoint, answer.status, answer.headers, answer.body, unix_now=time.time())
        except HTTPException as error:
            error.response = answer
            raise

    async def _token(self, user_id: str | None, stale: str | None) -> str:
        if user_id is None:
            return await (self._app_tokens.token() if stale is None else self._app_tokens.refreshed(stale))
        return await (self._tokens.token(user_id) if stale is None else self._tokens.refreshed(user_id, stale))

    async def _send(
        self, endpoint: Endpoint[Any], request: Request, token: str, client_id: str
    ) -> tuple[Answer, RateReading | None]:
        headers = {"Authorization": f"Bearer {token}", "Client-Id": client_id}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        started = time.perf_counter()
        status: int | str = "error"
        rate: RateReading | None = None
        try:
            answer = await self._http.exchange(
                request.method, self._api_url + request.path, headers=headers, query=request.query, body=request.body
            )
            status, rate = answer.status, read_rate(answer.headers, unix_now=time.time())
        except Unreachable as error:
            raise Unreachable(f"{endpoint.name}: {error}") from error
        finally:
            if self._observe is not None:
                seconds = time.perf_counter() - started
                self._observe(endpoint.name, status, seconds, rate.remaining if rate else None)
        return answer, rate


def _is_bucket(rate: RateReading | None) -> bool:
    return rate is not None and rate.remaining == 0
