"""A user logs in on another device, or by way of a redirect, against the simulated Twitch."""

import asyncio
from typing import Any

import aiohttp
import pytest

from twitch import App, TokenError
from twitch.errors import BadRequest, Unauthorized
from twitch.eventsub import ClientApp, ClientUser
from twitch.oauth import AuthorizationCodeFlow, DeviceCodeFlow, Scopes
from twitch.oauth.answers import Token
from twitch.oauth.client import OAuthClient
from twitch.simulator import Simulator


async def agree(uri: str, answer: str = "authorize") -> None:
    """What the user does in a browser: open the address, and press the button."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.post(uri, data={"answer": answer, "user_name": "streamer"}) as response,
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


async def test_one_scope_alone_is_no_collection_of_scopes(sim: Simulator) -> None:
    """Its characters would be asked for, and Twitch's page would say no to the user."""
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        with pytest.raises(TypeError, match=r"a collection of scopes is wanted, .* write \{'user:read:chat'\}"):
            await flow.request_device_code(Scopes.USER_READ_CHAT)
    with pytest.raises(TypeError, match="a collection of scopes is wanted"):
        AuthorizationCodeFlow("id", "secret").get_authorization_url("http://localhost", "user:read:chat")


async def test_until_then_twitch_says_that_it_is_pending(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        code = await flow.request_device_code()
        with pytest.raises(BadRequest, match="authorization_pending"):
            await flow.get_device_token(code.device_code)


async def test_slow_down_and_a_twitch_that_is_away_are_waited_out(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user who agrees late: the poll comes too fast (slow_down), meets a 500, and gets the token in the end."""
    pauses: list[float] = []
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        code = await flow.request_device_code({Scopes.USER_READ_CHAT})
        real_sleep = asyncio.sleep

        async def sleep(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                sim.control.fault("status", endpoint="POST /oauth2/token", status=500)
            if len(pauses) == 3:
                await agree(code.verification_uri)
            await real_sleep(0)

        monkeypatch.setattr("twitch.oauth.flows.asyncio.sleep", sleep)
        token = await flow.wait_for_device_token(code.device_code)
        monkeypatch.undo()
        assert pauses == [5, 10, 10]  # pending at once, then too fast, then the 500
        assert (await flow.validate_token(token.access_token)).scopes == ("user:read:chat",)


async def test_a_code_that_has_expired_or_was_refused_ends_the_wait(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", addresses=sim.addresses) as flow:
        code = await flow.request_device_code()
        await agree(code.verification_uri, answer="deny")
        with pytest.raises(TokenError, match="can't be used: access_denied"):
            await flow.wait_for_device_token(code.device_code)


async def test_a_public_client_refreshes_without_a_secret() -> None:
    async with (
        Simulator.serve(port=0, clients={"public": None}) as sim,
        DeviceCodeFlow("public", addresses=sim.addresses) as flow,
    ):
        code = await flow.request_device_code({Scopes.USER_READ_CHAT})
        await agree(code.verification_uri)
        token = await flow.wait_for_device_token(code.device_code)
        renewed = await flow.refresh_token(token.refresh_token or "")
        with pytest.raises(TokenError, match="dead"):  # it works once
            await flow.refresh_token(token.refresh_token or "")
        assert (await flow.validate_token(renewed.access_token)).client_id == "public"


@pytest.mark.parametrize("make", [ClientApp, ClientUser])
async def test_a_flow_of_a_client_that_does_not_run(sim: Simulator, make: Any) -> None:
    client = make("id", "secret", addresses=sim.addresses)
    async with DeviceCodeFlow.from_app(client) as flow:
        assert (await flow.credentials_grant_flow()).expires_in > 0


async def test_who_logs_in_is_a_user_of_the_flow(sim: Simulator) -> None:
    async with DeviceCodeFlow("id", "secret", addresses=sim.addresses) as flow:
        code = await flow.request_device_code({Scopes.USER_READ_EMAIL})
        await agree(code.verification_uri)
        token = await flow.wait_for_device_token(code.device_code)
        user = await flow.add_user(token.access_token, token.refresh_token)
        (profile,) = await user.get_users()
        assert (profile.id, list(flow.tokens)) == (user.id, [user.id])
        assert flow.users_scopes[user.id] == ("user:read:email",)
        assert isinstance(flow, App)


@pytest.mark.parametrize("flow_class", [DeviceCodeFlow, AuthorizationCodeFlow])
async def test_who_logs_in_by_the_flow_of_an_app_is_a_user_of_that_app(sim: Simulator, flow_class: Any) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        async with flow_class.from_app(app) as flow:
            user = await flow.add_user("user-42", "refresh-42")
            other = await app.add_user("user-43", "refresh-43")
            assert flow.get_user(other.id).id == "43"
        assert app.get_token(user.id).access_token == "user-42"
        assert await app.get_user(user.id).get_users()  # the flow's end closed nothing of the app's
        assert await flow_class.from_app(flow).get_user("42").get_users()


async def test_who_logs_in_by_the_flow_of_a_client_that_runs_is_a_user_of_that_client(sim: Simulator) -> None:
    told: list[str] = []
    client = ClientApp("id", "secret", addresses=sim.addresses)

    @client.event
    async def on_token_update(user_id: str, access_token: str, refresh_token: str | None) -> None:
        told.append(access_token)

    async with client:
        await client.authorize()
        flow = await DeviceCodeFlow.from_app(client)
        await flow.add_user("user-42", "refresh-42")
        assert (client.get_user("42").id, told) == ("42", ["user-42"])


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


def test_a_token_does_not_show() -> None:
    token = Token(access_token="hush", refresh_token="hush", scopes=("user:bot",), raw={"access_token": "hush"})
    assert "hush" not in repr(token)
    assert "user:bot" in repr(token)


def test_scopes_are_the_text_that_twitch_takes() -> None:
    assert f"{Scopes.USER_READ_CHAT}" == "user:read:chat"
    assert len(Scopes) == 82


def test_a_client_does_not_show_its_secret() -> None:
    http: Any = None
    client = OAuthClient("id", "hush", http=http, addresses=App("id", "hush").addresses)
    assert "hush" not in repr(client)
