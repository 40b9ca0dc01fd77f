"""A user is sent to Twitch and comes back: with our state or not at all, and signed in by a token that is genuine."""

import asyncio
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from twitch import TokenError
from twitch.errors import BadRequest, ClientException
from twitch.oauth import AuthorizationCodeFlow, AuthorizationCodeGrantFlow, Scopes
from twitch.simulator import Simulator

BACK = "http://localhost/back"
ME = {Scopes.OPENID, Scopes.USER_READ_EMAIL}


@pytest.fixture
async def flow(sim: Simulator) -> AsyncIterator[AuthorizationCodeFlow]:
    async with AuthorizationCodeFlow("id", "secret", addresses=sim.addresses) as made:
        yield made


async def visit(url: str, answer: str = "authorize") -> str:
    """What the user does in a browser; where it leads them."""
    form = {"answer": answer, "user_name": "streamer"}
    async with aiohttp.ClientSession() as browser, browser.post(url, data=form, allow_redirects=False) as response:
        assert response.status == 302, await response.text()
        return response.headers["Location"]


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_the_address_to_send_a_user_to() -> None:
    flow = AuthorizationCodeFlow("id", "secret")
    url = flow.get_authorization_url(BACK, {Scopes.CHANNEL_BOT, Scopes.BITS_READ}, "state", force_verify=True)
    assert url.startswith("https://id.twitch.tv/oauth2/authorize?")
    assert query_of(url) == {
        "response_type": "code",
        "client_id": "id",
        "redirect_uri": BACK,
        "scope": "bits:read channel:bot",
        "state": "state",
        "force_verify": "true",
    }
    assert AuthorizationCodeGrantFlow is AuthorizationCodeFlow


def test_each_address_has_a_state_of_its_own_and_openid_a_nonce() -> None:
    flow = AuthorizationCodeFlow("id", "secret")
    made = [query_of(flow.get_authorization_url(BACK, ME)) for _ in range(100)]
    assert len({query["state"] for query in made} | {query["nonce"] for query in made}) == 200
    assert all(len(query["state"]) >= 32 for query in made)


async def test_who_comes_back_with_our_state_gets_tokens_once(sim: Simulator, flow: AuthorizationCodeFlow) -> None:
    back = await visit(flow.get_authorization_url(BACK, {Scopes.USER_READ_CHAT}))
    token = await flow.get_token_from_redirect(back)
    assert (await flow.validate_token(token.access_token)).login == "streamer"
    with pytest.raises(TokenError, match="unknown, used or too old"):
        await flow.get_token_from_redirect(back)


async def test_who_comes_back_with_another_state_gets_none(flow: AuthorizationCodeFlow) -> None:
    back = await visit(flow.get_authorization_url(BACK))
    query = query_of(back)
    for state in ("", "guessed", query["state"] + "x"):
        with pytest.raises(TokenError, match="state that came back"):
            await flow.get_token_from_redirect(f"{BACK}?{urlencode(query | {'state': state})}")
    with pytest.raises(TokenError, match="state that came back"):
        await flow.get_authorization_token(query["code"], BACK, state="guessed")
    token = await flow.get_authorization_token(query["code"], BACK, state=query["state"])
    assert token.access_token


async def test_a_state_is_forgotten_after_a_while(flow: AuthorizationCodeFlow, monkeypatch: pytest.MonkeyPatch) -> None:
    back = await visit(flow.get_authorization_url(BACK))
    monkeypatch.setattr("twitch.oauth.code_flow.STATE_SECONDS", 0.0)
    with pytest.raises(TokenError, match="too old"):
        await flow.get_token_from_redirect(back)
    monkeypatch.undo()
    monkeypatch.setattr("twitch.oauth.code_flow.STATES_MAX", 3)
    for _ in range(10):
        flow.get_authorization_url(BACK)
    assert len(flow._asked) == 3


async def test_another_process_may_have_sent_the_user(sim: Simulator, flow: AuthorizationCodeFlow) -> None:
    state = flow.new_state()
    back = await visit(flow.get_authorization_url(BACK, (), state))
    async with AuthorizationCodeFlow("id", "secret", addresses=sim.addresses) as other:
        with pytest.raises(TokenError, match="isn't the one that was sent"):
            await other.get_token_from_redirect(back, state="another", redirect_uri=BACK)
        assert (await other.get_token_from_redirect(back, state=state, redirect_uri=BACK)).access_token


async def test_a_user_who_says_no(flow: AuthorizationCodeFlow) -> None:
    back = await visit(flow.get_authorization_url(BACK), "deny")
    with pytest.raises(TokenError, match="did not agree: The user denied you access"):
        await flow.get_token_from_redirect(back)


async def test_a_code_that_twitch_does_not_know(flow: AuthorizationCodeFlow) -> None:
    state = query_of(flow.get_authorization_url(BACK))["state"]
    with pytest.raises(BadRequest, match="Invalid authorization code"):
        await flow.get_token_from_redirect(f"{BACK}?{urlencode({'code': 'nonsense', 'state': state})}")
    state = query_of(flow.get_authorization_url(BACK))["state"]
    with pytest.raises(TokenError, match="without a code"):
        await flow.get_token_from_redirect(f"{BACK}?{urlencode({'state': state})}")


async def test_signing_in_says_who_it_is(sim: Simulator, flow: AuthorizationCodeFlow) -> None:
    claims = {"id_token": {"email": None, "email_verified": None, "preferred_username": None}}
    token = await flow.get_token_from_redirect(await visit(flow.get_authorization_url(BACK, ME, claims=claims)))
    assert token.id_token is not None
    assert token.id_token not in repr(token)
    who = await flow.verify_id_token(token.id_token)
    validated = await flow.validate_token(token.access_token)
    assert (who.user_id, who.preferred_username) == (validated.user_id, "Streamer")
    assert (who.email, who.email_verified, who.picture) == ("streamer@example.com", True, None)
    assert who.issuer == sim.addresses.auth_url


async def test_a_token_for_another_login_or_another_client_signs_nobody_in(
    sim: Simulator, flow: AuthorizationCodeFlow
) -> None:
    """The nonce of one login isn't that of another; a forged answer is refused before anybody sees its tokens."""
    url = flow.get_authorization_url(BACK, ME)
    back = await visit(url.replace(query_of(url)["nonce"], "another"))
    with pytest.raises(TokenError, match="nonce differs"):
        await flow.get_token_from_redirect(back)
    token = await flow.get_token_from_redirect(await visit(flow.get_authorization_url(BACK, ME)))
    async with AuthorizationCodeFlow("other", "secret", addresses=sim.addresses) as other:
        with pytest.raises(TokenError, match="another client id"):
            await other.verify_id_token(token.id_token or "")


async def test_keys_that_twitch_has_changed_are_fetched_again_but_not_for_ever(
    sim: Simulator, flow: AuthorizationCodeFlow
) -> None:
    token = await flow.get_token_from_redirect(await visit(flow.get_authorization_url(BACK, ME)))
    flow._keys, flow._keys_at = {"keys": [{"kid": "old", "kty": "RSA"}]}, -1000.0
    assert (await flow.verify_id_token(token.id_token or "")).user_id
    flow._keys = {"keys": []}  # fetched just now: it's not done again for whoever sends nonsense
    with pytest.raises(TokenError, match="doesn't publish"):
        await flow.verify_id_token(token.id_token or "")


async def test_logging_in_on_ones_own_machine(flow: AuthorizationCodeFlow) -> None:
    shown: list[str] = []
    was_read = threading.Event()

    def browser(url: str) -> None:
        """Presses the button, and follows the redirect back, as a browser in a process of its own does."""
        shown.append(url)
        back = query_of(url)["redirect_uri"]
        for wrong in (f"{back}?code=x&state=guessed", f"{back}?code=x", f"{back}favicon.ico"):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(wrong, timeout=5)
        form = urlencode({"answer": "authorize", "user_name": "streamer"}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, form), timeout=5) as page:
            assert b"You are logged in" in page.read()
            assert page.headers["Referrer-Policy"] == "no-referrer"
        was_read.set()

    token = await flow.log_in({Scopes.USER_READ_CHAT, Scopes.OPENID}, port=0, show=browser)
    assert (await flow.validate_token(token.access_token)).login == "streamer"
    assert await asyncio.to_thread(was_read.wait, 30)
    with socket.socket() as free:  # the port is given back
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", urlsplit(query_of(shown[0])["redirect_uri"]).port or 0))


async def test_a_login_that_is_refused_or_takes_too_long(flow: AuthorizationCodeFlow) -> None:
    def refuse(url: str) -> None:
        form = urlencode({"answer": "deny"}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, form), timeout=5) as page:
            assert b"did not agree" in page.read()

    with pytest.raises(TokenError, match="did not agree"):
        await flow.log_in(port=0, show=refuse)
    with pytest.raises(TokenError, match="in time"):
        await flow.log_in(port=0, show=lambda _: None, timeout=0.05)
    assert flow._asked == {}


async def test_nothing_is_waited_for_where_no_browser_can_be_shown(flow: AuthorizationCodeFlow) -> None:
    with pytest.raises(ClientException, match="show=print"):
        await flow.log_in(port=0, show=lambda _: False)
    with pytest.raises(ZeroDivisionError):
        await flow.log_in(port=0, show=lambda _: 1 / 0)
    assert flow._asked == {}


async def test_a_browser_that_takes_its_time_holds_up_no_login_and_no_ctrl_c(flow: AuthorizationCodeFlow) -> None:
    """As one in the terminal does: it ends when the user leaves it."""
    left = threading.Event()
    back: list[str] = []
    loop = asyncio.get_running_loop()

    def browser(url: str) -> None:
        back.append(asyncio.run_coroutine_threadsafe(visit(url), loop).result(30))
        urllib.request.urlopen(back[0], timeout=30).close()
        left.wait(30)

    token = await flow.log_in(port=0, show=browser)
    assert (await flow.validate_token(token.access_token)).login == "streamer"
    assert not left.is_set()
    assert [thread.daemon for thread in threading.enumerate() if thread.name == "twitch-login"][-1:] in ([], [True])
    left.set()


async def test_a_port_that_is_taken_is_an_os_error_that_leaves_nothing(flow: AuthorizationCodeFlow) -> None:
    before = asyncio.all_tasks()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            await flow.log_in(port=taken.getsockname()[1], show=lambda _: None)
    assert asyncio.all_tasks() == before


async def test_the_simulator_describes_itself(sim: Simulator, flow: AuthorizationCodeFlow) -> None:
    token = await flow.get_token_from_redirect(await visit(flow.get_authorization_url(BACK, ME)))
    async with aiohttp.ClientSession() as http:

        async def get(path: str, token: str = "") -> tuple[int, Any]:
            headers = {"Authorization": f"Bearer {token}"}
            async with http.get(f"{sim.addresses.auth_url}/{path}", headers=headers) as response:
                return response.status, await response.json()

        _, described = await get(".well-known/openid-configuration")
        assert described["issuer"] == sim.addresses.auth_url
        assert (described["jwks_uri"], described["id_token_signing_alg_values_supported"]) == (
            f"{sim.addresses.auth_url}/keys",
            ["RS256"],
        )
        status, said = await get("userinfo", token.access_token)
        assert (status, said["preferred_username"], said["email"]) == (200, "Streamer", "streamer@example.com")
        assert (await get("userinfo", "nonsense-of-30-letters-and-more"))[0] == 200  # a named token has every scope
        assert (await get("userinfo"))[0] == 401
