"""A user logs in on another device, or by way of a redirect, against the simulated Twitch."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from twitch import App, TokenError
from twitch.errors import BadRequest, Unauthorized
from twitch.oauth import AuthorizationCodeFlow, AuthorizationCodeGrantFlow, DeviceCodeFlow, Scopes
from twitch.oauth.answers import Token
from twitch.oauth.client import OAuthClient
from twitch.simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.serve(port=0) as simulator:
        yield simulator


async def agree(uri: str) -> None:
    """What the user does in a browser: open the address, and press the button."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(uri, data={"answer": "authorize", "user_name": "streamer"}) as response,
    ):
        assert response.status < 400, await response.text()


async def test_a_device_code_becomes_a_token_once_the_user_has_agreed(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", "secret", addresses=sim.addresses) as flow:
        code = await flow.request_device_code({Scopes.USER_READ_CHAT, Scopes.USER_WRITE_CHAT})
        await agree(code.verification_uri)
        token = await flow.wait_for_device_token(code.device_code)
        validated = await flow.validate_token(token.access_token)
        assert set(validated.scopes) == {"user:read:chat", "user:write:chat"}
        assert validated.user_id is not None


async def test_until_then_twitch_says_that_it_is_pending(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        code = await flow.request_device_code()
        with pytest.raises(BadRequest, match="authorization_pending"):
            await flow.get_device_token(code.device_code)


async def test_a_code_that_is_none_is_refused_at_once(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        with pytest.raises(TokenError, match="device code"):
            await flow.wait_for_device_token("nonsense")


async def test_a_user_who_does_not_agree_is_not_waited_for_for_ever(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        code = await flow.request_device_code()
        with pytest.raises(TokenError, match="in time"):
            await flow.wait_for_device_token(code.device_code, interval=0.01, timeout=0.1)


async def test_tokens_are_refreshed_and_revoked(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        flow = AuthorizationCodeFlow.from_app(app)
        token = await flow.refresh_token("refresh-42")
        assert (await flow.validate_token(token.access_token)).user_id == "42"
        await flow.revoke_token(token.access_token)
        with pytest.raises(Unauthorized):
            await flow.validate_token(token.access_token)
        assert (await flow.credentials_grant_flow()).expires_in > 0


def test_the_address_to_send_a_user_to() -> None:
    flow = AuthorizationCodeFlow("id", "secret")
    state = flow.new_state()
    url = urlsplit(flow.get_authorization_url("http://localhost/back", {Scopes.CHANNEL_BOT}, state, force_verify=True))
    assert (url.netloc, url.path) == ("id.twitch.tv", "/oauth2/authorize")
    assert parse_qs(url.query) == {
        "response_type": ["code"],
        "client_id": ["id"],
        "redirect_uri": ["http://localhost/back"],
        "scope": ["channel:bot"],
        "state": [state],
        "force_verify": ["true"],
    }
    assert AuthorizationCodeGrantFlow is AuthorizationCodeFlow


def test_a_token_does_not_show() -> None:
    token = Token(access_token="hush", refresh_token="hush", scopes=("user:bot",), raw={"access_token": "hush"})
    assert "hush" not in repr(token)
    assert "user:bot" in repr(token)


def test_scopes_are_the_text_that_twitch_takes() -> None:
    assert f"{Scopes.USER_READ_CHAT}" == "user:read:chat"
    assert len(Scopes) >= 81


def test_a_client_does_not_show_its_secret() -> None:
    http: Any = None
    client = OAuthClient("id", "hush", http=http, addresses=App("id", "hush").addresses)
    assert "hush" not in repr(client)
