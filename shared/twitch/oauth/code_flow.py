"""A user logs in by way of a redirect: to Twitch, and back to an address of ours with a code.

    flow = AuthorizationCodeFlow('CLIENT_ID', 'CLIENT_SECRET')
    url = flow.get_authorization_url('https://example.com/back', {Scopes.CHANNEL_BOT})    # send the user there
    token = await flow.get_token_from_redirect(str(request.url))                           # … and they come back

Each address carries a *state* that nobody can guess. Who comes back with another one was not sent by us: a stranger
could slip their own account under a user's. A state is good once, for `STATE_SECONDS`, in the flow object that made it;
a site of several processes makes its own with `new_state`, keeps it in the user's session, and gives it both times.

With the scope openid the address carries a *nonce* too, and the id token that comes back is verified before anybody
sees it. https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#authorization-code-grant-flow
"""

import asyncio
import hmac
import secrets
import time
import webbrowser
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson

from twitch.addresses import Addresses
from twitch.errors import TokenError
from twitch.oauth.answers import Token
from twitch.oauth.flow import Flow
from twitch.oauth.id_token import IdToken, UnknownKey, read_id_token
from twitch.oauth.scopes import in_order

STATE_SECONDS = 600.0
STATES_MAX = 10_000
"""Logins that were begun and not finished; the oldest go first."""
KEYS_SECONDS_MIN = 60.0
"""Twitch's keys aren't fetched more often, whatever tokens name."""


@dataclass(frozen=True, slots=True)
class _Asked:
    redirect_uri: str
    nonce: str | None = field(repr=False)
    asked_at: float


class AuthorizationCodeFlow(Flow):
    """For web servers, and for command lines with a browser beside them: see `log_in`."""

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        addresses: Addresses | None = None,
        **options: Any,
    ) -> None:
        super().__init__(client_id, client_secret, addresses=addresses, **options)
        self._asked: dict[str, _Asked] = {}
        self._keys: Mapping[str, Any] = {}
        self._keys_at = -KEYS_SECONDS_MIN
        self._fetching = asyncio.Lock()

    def get_authorization_url(
        self,
        redirect_uri: str,
        scopes: Iterable[str] = (),
        state: str | None = None,
        *,
        force_verify: bool = False,
        nonce: str | None = None,
        claims: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> str:
        """Where to send the user. State and, for openid, nonce are made here unless given.

        ``claims`` is OpenID Connect's: ``{"id_token": {"email": None}}`` asks for the address, with user:read:email.
        With ``force_verify`` a user who has agreed before is asked again.
        """
        wanted = in_order(scopes)
        state = state or self.new_state()
        if "openid" in wanted:
            nonce = nonce or self.new_state()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(wanted),
            "state": state,
        }
        if force_verify:
            query["force_verify"] = "true"
        if nonce is not None:
            query["nonce"] = nonce
        if claims is not None:
            query["claims"] = orjson.dumps(claims).decode()
        self._remember(state, _Asked(redirect_uri, nonce, time.monotonic()))
        return f"{self.addresses.auth_url}/authorize?{urlencode(query)}"

    @staticmethod
    def new_state() -> str:
        """A text that nobody can guess, for one user's way to Twitch and back."""
        return secrets.token_urlsafe(24)

    async def get_token_from_redirect(
        self, url: str, *, state: str | None = None, redirect_uri: str | None = None, nonce: str | None = None
    ) -> Token:
        """The tokens of a user who came back; ``url`` is the whole address that they came to.

        Give ``state`` and ``redirect_uri`` (and ``nonce`` for openid) if another process sent the user. Raises TokenError
        for a state that isn't the one we gave, a user who didn't agree, or an id token that isn't genuine; BadRequest
        for a code that Twitch doesn't know.
        """
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        asked = self._recall(query.get("state", ""), state)
        if "error" in query:
            raise TokenError(f"the user did not agree: {query.get('error_description') or query['error']}"[:200])
        if "code" not in query:
            raise TokenError("the user came back without a code")
        token = await self.oauth.authorization_code(
            query["code"], redirect_uri or (asked.redirect_uri if asked else "")
        )
        expected = nonce or (asked.nonce if asked else None)
        if token.id_token is not None:
            await self.verify_id_token(token.id_token, expected)
        elif expected is not None:
            raise TokenError("Twitch sent no id token")
        return token

    async def get_authorization_token(self, code: str, redirect_uri: str, *, state: str | None = None) -> Token:
        """The tokens for the code that came back; ``redirect_uri`` as before. Raises BadRequest for a bad code.

        Give the ``state`` that came with it, and it's checked against those that this flow gave: TokenError for others.
        """
        if state is not None:
            self._recall(state, None)
        return await self.oauth.authorization_code(code, redirect_uri)

    async def verify_id_token(self, id_token: str, nonce: str | None = None) -> IdToken:
        """Who signed in, once signature, issuer, audience, time and nonce are right; TokenError where they aren't."""
        for _ in range(2):
            keys = await self._known_keys()
            try:
                return read_id_token(
                    id_token,
                    keys,
                    client_id=self.client_id,
                    issuer=self.addresses.auth_url,
                    now=time.time(),
                    nonce=nonce,
                )
            except UnknownKey:
                if not await self._fetch_keys(keys):
                    raise
        raise TokenError("the id token is signed with a key that Twitch doesn't publish")

    async def log_in(
        self,
        scopes: Iterable[str] = (),
        *,
        port: int = 3000,
        path: str = "/",
        show: Callable[[str], object] = webbrowser.open,
        timeout: float = 300.0,  # noqa: ASYNC109
        force_verify: bool = False,
    ) -> Token:
        """Log a user in on this machine: ``show`` them Twitch's page, and wait for them on ``http://localhost:port/path``.

        That address must be registered with the application. ``show`` runs in a thread and gets the page's address; by
        default it opens a browser. One that takes its time, such as a browser in the terminal, is not waited for. Raises
        TokenError if the user doesn't come back in ``timeout`` seconds, ClientException if ``show`` says False, as
        where there's no browser: give ``show=print`` there.
        """
        from twitch.oauth.callback import CallbackServer, show_in_thread  # noqa: PLC0415  a web server, which few programs need

        state = self.new_state()
        async with CallbackServer(state, port=port, path=path) as server:
            url = self.get_authorization_url(server.redirect_uri, scopes, state, force_verify=force_verify)
            try:
                async with asyncio.timeout(timeout):
                    back = await server.redirected(while_shown=show_in_thread(show, url))
            except TimeoutError:
                raise TokenError("the user did not come back in time") from None
            finally:
                if not server.was_redirected:
                    self._asked.pop(state, None)
            return await self.get_token_from_redirect(back)

    def _remember(self, state: str, asked: _Asked) -> None:
        while self._asked:
            oldest = next(iter(self._asked))
            if len(self._asked) < STATES_MAX and asked.asked_at - self._asked[oldest].asked_at < STATE_SECONDS:
                break
            del self._asked[oldest]
        self._asked.pop(state, None)
        self._asked[state] = asked

    def _recall(self, given: str, expected: str | None) -> _Asked | None:
        """What was asked with a state, which is used up. Raises TokenError for one that wasn't given out."""
        asked = self._asked.pop(given, None)
        if expected is not None:
            if not hmac.compare_digest(given.encode(), expected.encode()):
                raise TokenError("the state that came back isn't the one that was sent")
        elif asked is None or time.monotonic() - asked.asked_at > STATE_SECONDS:
            raise TokenError("the state that came back is unknown, used or too old: begin the login anew")
        return asked

    async def _known_keys(self) -> Mapping[str, Any]:
        if not self._keys:
            await self._fetch_keys(self._keys)
        return self._keys

    async def _fetch_keys(self, stale: Mapping[str, Any]) -> bool:
        """Fetch Twitch's keys unless somebody did meanwhile, or did just now; whether there may be others now."""
        async with self._fetching:
            if self._keys is not stale:
                return True
            if self._keys and time.monotonic() - self._keys_at < KEYS_SECONDS_MIN:
                return False
            self._keys, self._keys_at = await self.oauth.keys(), time.monotonic()
            return True


AuthorizationCodeGrantFlow = AuthorizationCodeFlow
"""The same under its older name."""
