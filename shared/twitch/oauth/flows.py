"""How a user's tokens are had: on another device (here), or by way of a redirect to a web server (code_flow.py).

    async with DeviceCodeFlow('CLIENT_ID', 'CLIENT_SECRET') as flow:
        code = await flow.request_device_code({Scopes.USER_READ_CHAT})
        print(code.verification_uri, code.user_code)
        token = await flow.wait_for_device_token(code.device_code)
        user = await flow.add_user(token.access_token, token.refresh_token)

https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#device-code-grant-flow
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from twitch.addresses import Addresses
from twitch.errors import BadRequest, TokenError, TwitchException
from twitch.oauth.answers import DeviceCode, Token
from twitch.oauth.code_flow import AuthorizationCodeFlow, AuthorizationCodeGrantFlow
from twitch.oauth.flow import BaseFlow, Flow
from twitch.oauth.scopes import in_order

__all__ = ["AuthorizationCodeFlow", "AuthorizationCodeGrantFlow", "BaseFlow", "DeviceCodeFlow", "Flow"]

log = logging.getLogger("twitch.oauth")

SLOW_DOWN_SECONDS = 5
"""What RFC 8628, section 3.5, adds to the interval when a server says slow_down."""
CODES_MAX = 1000
"""Logins that were begun and not finished; the oldest go first."""


class DeviceCodeFlow(Flow):
    """For command lines and bots: the user opens an address on any device and enters a code."""

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        addresses: Addresses | None = None,
        **options: Any,
    ) -> None:
        super().__init__(client_id, client_secret, addresses=addresses, **options)
        self._asked: dict[str, tuple[DeviceCode, tuple[str, ...]]] = {}

    async def request_device_code(self, scopes: Iterable[str] = ()) -> DeviceCode:
        """Begin: what to show to the user. Raises BadRequest for a scope that Twitch doesn't have."""
        wanted = tuple(in_order(scopes))
        code = await self.oauth.device_code(wanted)
        if len(self._asked) >= CODES_MAX:
            del self._asked[next(iter(self._asked))]
        self._asked[code.device_code] = (code, wanted)
        return code

    async def get_device_token(self, device_code: str) -> Token:
        """Ask once. Raises BadRequest, whose message is authorization_pending until the user has agreed."""
        _, scopes = self._asked.get(device_code, (None, ()))
        token = await self.oauth.device_token(device_code, scopes)
        self._asked.pop(device_code, None)
        return token

    async def wait_for_device_token(
        self,
        device_code: str,
        interval: float | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> Token:
        """Ask until the user has agreed, every ``interval`` seconds, for ``timeout`` seconds at most.

        By default both are as Twitch said with the code; what Twitch asks for by slow_down is added. A Twitch that is
        away is asked again. Raises TokenError when the code has expired or was refused.
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
                    except TwitchException as error:
                        if not error.transient:
                            raise
                        log.warning("%s; asked again in %.1f s", error, pause_seconds)
                    await asyncio.sleep(pause_seconds)
        except TimeoutError:
            raise TokenError("the user did not agree in time") from None
