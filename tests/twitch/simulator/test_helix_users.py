"""Users, channels, searches, authorizations and chat messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from twitch.ids import ClientId

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twitch.simulator.conftest import Api, World


def test_everybody_exists_and_is_the_same_by_id_and_by_login(api: Api) -> None:
    by_login = api("GET", "/users", login=["alice", "Bob"]).body["data"]
    by_id = api("GET", "/users", id=[user["id"] for user in by_login]).body["data"]

    assert [user["login"] for user in by_login] == ["alice", "bob"]
    assert by_id == by_login


def test_a_user_who_names_nobody_is_told_about_themselves(api: Api) -> None:
    (me,) = api("GET", "/users", as_user="77").body["data"]

    assert me["id"] == "77"
    assert api("GET", "/users").status == 400


def test_at_most_a_hundred_users_are_asked_for(api: Api) -> None:
    ids = [str(number) for number in range(1, 102)]

    assert (api("GET", "/users", id=ids).status, len(api("GET", "/users", id=ids[:100]).body["data"])) == (400, 100)


@pytest.mark.parametrize(("first", "pages"), [("20", [20, 20, 20]), ("100", [60]), ("7", [7] * 8 + [4])])
def test_a_search_finds_sixty_channels_page_by_page(api: Api, first: str, pages: list[int]) -> None:
    found: list[int] = []
    after: dict[str, Any] = {}
    while True:
        body = api("GET", "/search/channels", query="gaming", first=first, **after).body
        found.append(len(body["data"]))
        if not body["pagination"]:
            break
        after = {"after": body["pagination"]["cursor"]}

    assert found == pages


def test_everybody_is_live(api: Api) -> None:
    (found, *_) = api("GET", "/search/channels", query="gaming", live_only="true").body["data"]
    (stream,) = api("GET", "/streams", user_id=found["id"]).body["data"]

    assert (found["is_live"], found["started_at"]) == (True, stream["started_at"])


def test_who_has_authorized_the_client_and_for_what(api: Api) -> None:
    api("GET", "/users", as_user="5")
    authorized, stranger = api("GET", "/authorization/users", user_id=["5", "6"]).body["data"]

    assert (authorized["has_authorized"], "user:read:chat" in authorized["scopes"]) == (True, True)
    assert (stranger["has_authorized"], stranger["scopes"]) == (False, [])
    assert api("GET", "/authorization/users", user_id=[str(n) for n in range(11)]).status == 400


class TestChat:
    MESSAGE = {"broadcaster_id": "1", "sender_id": "2", "message": "hello"}  # noqa: RUF012 — read only

    def test_a_message_comes_back_to_those_who_read_that_chat(self, api: Api, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        world.subscribe(conduit, "channel.chat.message", broadcaster_user_id="1", user_id="2")
        (sent,) = api("POST", "/chat/messages", json=self.MESSAGE).body["data"]
        (event,) = world.events(socket)

        assert (sent["is_sent"], event["message_id"], event["chatter_user_id"]) == (True, sent["message_id"], "2")
        assert event["message"]["text"] == "hello"

    def test_a_user_sends_in_their_own_name(self, api: Api) -> None:
        assert api("POST", "/chat/messages", json=self.MESSAGE, as_user="2").status == 200
        assert api("POST", "/chat/messages", json=self.MESSAGE, as_user="3").status == 401

    def test_a_users_token_needs_the_scope_and_an_apps_the_users_grant(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)

        def token(scopes: str) -> str:
            person, client = api.world.model.people.by_id("2"), ClientId("client")
            return api.oauth.tokens.issue_pair(
                client, person, frozenset(scopes.split()), api.world.now, public=False
            ).access.text

        def status(**call: Any) -> int:
            return api("POST", "/chat/messages", json=self.MESSAGE, **call).status

        assert status() == 401
        assert status(headers={"Authorization": f"Bearer {token('bits:read')}"}) == 401
        assert status(headers={"Authorization": f"Bearer {token('user:write:chat')}"}) == 200
        assert status() == 401
        token("user:bot")
        assert status() == 200

    def test_what_is_missing_or_too_long_or_no_text_is_refused(self, api: Api) -> None:
        assert api("POST", "/chat/messages", json=self.MESSAGE | {"message": 5}).status == 400
        assert api("POST", "/chat/messages", json={"broadcaster_id": "1", "sender_id": "2"}).status == 400
        assert api("POST", "/chat/messages", json=self.MESSAGE | {"message": "x" * 501}).status == 422
