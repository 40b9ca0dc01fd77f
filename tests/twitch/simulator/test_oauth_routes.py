"""id.twitch.tv as a browser and as a client program meet it: over HTTP."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from twitch.simulator.oauth import OAuth
from twitch.simulator.oauth_routes import oauth_routes
from twitch.simulator.tokens import Grant

CLIENT = {"client_id": "abc", "client_secret": "s"}
REDIRECT = "http://localhost:3000/callback?keep=1"


@dataclass
class World:
    """What the site's owner sees: its clock and what people granted."""

    now: float = 0.0
    grants: list[Grant] = field(default_factory=list)


@dataclass(frozen=True)
class Site:
    url: URL
    http: ClientSession
    world: World

    async def post(self, path: str, **request: Any) -> tuple[int, Any]:
        async with self.http.post(self.url / path, **request) as response:
            return response.status, await response.json()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    world, app = World(), web.Application()
    app.add_routes(oauth_routes(OAuth(Random(1)), lambda: world.now, on_grant=world.grants.append))
    async with ClientSession() as http, TestServer(app) as server:
        yield Site(server.make_url("/oauth2"), http, world)


@pytest.mark.parametrize("way", ["data", "params", "json"])
async def test_parameters_come_as_form_query_or_json(site: Site, way: str) -> None:
    status, body = await site.post("token", **{way: {**CLIENT, "grant_type": "client_credentials"}})
    assert (status, sorted(body)) == (200, ["access_token", "expires_in", "token_type"])


@pytest.mark.parametrize("body", [b"{", b"[1]", b'{"grant_type": 7}', b""])
async def test_a_body_that_says_nothing_is_a_400(site: Site, body: bytes) -> None:
    answer = await site.post("token", data=body, headers={"Content-Type": "application/json"})
    assert answer == (400, {"status": 400, "message": "missing grant type"})


@pytest.mark.parametrize("scheme", ["OAuth", "Bearer"])
async def test_validate_takes_both_schemes(site: Site, scheme: str) -> None:
    async with site.http.get(site.url / "validate", headers={"Authorization": f"{scheme} user-7"}) as response:
        assert (response.status, (await response.json())["user_id"]) == (200, "7")


async def test_validate_without_a_token_is_a_401(site: Site) -> None:
    async with site.http.get(site.url / "validate") as response:
        assert (response.status, await response.json()) == (401, {"status": 401, "message": "invalid access token"})


async def test_revoke_answers_with_an_empty_200(site: Site) -> None:
    async with site.http.post(site.url / "revoke", data={"client_id": "abc", "token": "user-7"}) as response:
        assert (response.status, await response.read()) == (200, b"")
    assert await site.post("revoke", data={"client_id": "abc", "token": "user-7"}) == (
        400, {"status": 400, "message": "Invalid token"},
    )  # fmt: skip


def form_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page))


async def test_a_browser_is_asked_and_brings_the_code_back(site: Site) -> None:
    asked = {**CLIENT, "response_type": "code", "redirect_uri": REDIRECT, "scope": "user:bot chat:read", "state": "s1"}
    async with site.http.get(site.url / "authorize", params=asked) as response:
        page = await response.text()
    assert (response.status, response.content_type) == (200, "text/html")
    assert "<li><code>user:bot</code></li><li><code>chat:read</code></li>" in page
    yes = {**form_of(page), "user_name": "Alice", "answer": "authorize"}
    async with site.http.post(site.url / "authorize", data=yes, allow_redirects=False) as response:
        location = URL(response.headers["Location"])
    assert response.status == 302
    assert (location.query["keep"], location.query["state"]) == ("1", "s1")
    assert location.query["scope"] == "user:bot chat:read"
    assert [grant.scopes for grant in site.world.grants] == [{"user:bot", "chat:read"}]
    code = {"grant_type": "authorization_code", "code": location.query["code"], "redirect_uri": REDIRECT}
    status, body = await site.post("token", data={**CLIENT, **code})
    assert (status, body["scope"]) == (200, ["chat:read", "user:bot"])


async def test_a_no_brings_back_access_denied_and_grants_nothing(site: Site) -> None:
    asked = {"client_id": "abc", "response_type": "code", "redirect_uri": REDIRECT, "state": "s1", "answer": "deny"}
    async with site.http.post(site.url / "authorize", data=asked, allow_redirects=False) as response:
        query = URL(response.headers["Location"]).query
    assert (query["error"], query["error_description"], query["state"]) == (
        "access_denied", "The user denied you access", "s1",
    )  # fmt: skip
    assert site.world.grants == []


async def test_a_yes_needs_a_name(site: Site) -> None:
    asked = {"client_id": "abc", "response_type": "code", "redirect_uri": REDIRECT, "answer": "authorize"}
    async with site.http.post(site.url / "authorize", data=asked, allow_redirects=False) as response:
        assert (response.status, 'role="alert"' in await response.text()) == (400, True)


async def test_what_a_client_sends_is_escaped_on_the_page(site: Site) -> None:
    asked = {"client_id": "<b>", "response_type": "code", "redirect_uri": 'http://h/"><script>', "state": '"><i>'}
    async with site.http.get(site.url / "authorize", params=asked) as response:
        page = await response.text()
    assert not any(tag in page for tag in ("<b>", "<script>", "<i>"))


async def test_a_device_is_connected_by_the_code_it_shows(site: Site) -> None:
    _, device = await site.post("device", data={"client_id": "abc", "scopes": "user:bot"})
    poll = {"client_id": "abc", "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    poll["device_code"] = device["device_code"]
    assert await site.post("token", data=poll) == (400, {"status": 400, "message": "authorization_pending"})

    async with site.http.get(device["verification_uri"]) as response:
        page = await response.text()
    yes = {**form_of(page), "user_name": "Bob", "answer": "authorize"}
    async with site.http.post(site.url / "activate", data=yes) as response:
        assert (response.status, "connected" in await response.text()) == (200, True)

    site.world.now = 5.0
    status, body = await site.post("token", data=poll)
    assert (status, body["scope"], len(site.world.grants)) == (200, ["user:bot"], 1)


async def test_the_activation_page_asks_for_a_code_and_knows_a_wrong_one(site: Site) -> None:
    async with site.http.get(site.url / "activate") as response:
        assert (response.status, 'name="device-code"' in await response.text()) == (200, True)
    async with site.http.get(site.url / "activate", params={"device-code": "WRONGONE"}) as response:
        assert (response.status, "No device waits" in await response.text()) == (404, True)
