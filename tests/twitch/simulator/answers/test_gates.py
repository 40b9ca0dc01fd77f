"""Scopes, grants, extensions' tokens, `before`, and the bounds of what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from twitch.ids import ClientId
from twitch.simulator.answers.extension_tokens import identify, is_jwt
from twitch.simulator.answers.pages import Page, cut
from twitch.simulator.answers.shelves import Shelf
from twitch.simulator.calls import Parameters
from twitch.simulator.oauth import Caller
from twitch.simulator.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twitch.simulator.conftest import Api, Client

EXTENSION: Any = {"extension_id": "e"}


def issued(api: Api, scopes: str) -> str:
    """A token of user 77 with these scopes alone."""
    person = api.world.model.people.by_id("77")
    pair = api.oauth.tokens.issue_pair(
        ClientId("client"), person, frozenset(scopes.split()), api.world.now, public=False
    )
    return pair.access.text


def test_a_users_token_needs_one_of_the_scopes(api: Api) -> None:
    def answer(scopes: str) -> Any:
        return api("GET", "/polls", headers={"Authorization": f"Bearer {issued(api, scopes)}"}, broadcaster_id="77")

    assert answer("channel:read:polls").status == 200
    assert answer("channel:manage:polls bits:read").status == 200
    assert answer("bits:read").body == {
        "error": "Unauthorized",
        "status": 401,
        "message": "Missing scope: channel:read:polls or channel:manage:polls",
    }


def test_an_app_stands_in_for_a_user_who_has_let_it(make_api: Callable[..., Api]) -> None:
    api = make_api(require_grants=True)

    def ban() -> int:
        query: Any = {"broadcaster_id": "5", "moderator_id": "77"}
        return api("POST", "/moderation/bans", json={"data": {"user_id": "9", "duration": 1}}, **query).status

    assert ban() == 401
    issued(api, "moderator:manage:banned_users")
    assert ban() == 401
    issued(api, "user:bot")
    assert ban() == 200


def test_an_extension_calls_with_a_jwt_and_nobody_else_does(api: Api, sign: Callable[..., str]) -> None:
    def status(path: str, token: str, **query: str) -> int:
        return api("GET", path, headers={"Authorization": f"Bearer {token}"}, **query).status

    assert status("/extensions/jwt/secrets", sign(), **EXTENSION) == 200
    assert status("/extensions/jwt/secrets", "user-77", **EXTENSION) == 401
    assert status("/users", sign()) == 401


@pytest.mark.parametrize("claims", [{"exp": 100}, {"exp": None}, {"role": "viewer"}, {"user_id": ""}])
def test_a_jwt_that_says_too_little_or_too_late_is_refused(sign: Callable[..., str], claims: dict[str, Any]) -> None:
    assert isinstance(identify(f"Bearer {sign()}", "e", 200.0), Caller)
    assert isinstance(identify(f"Bearer {sign(**claims)}", "e", 200.0), Refusal)


@pytest.mark.parametrize("authorization", [None, "", "Bearer a.b", "Bearer a.b.c", "Basic eyJ.eyJ.x", "Bearer é.é.é"])
def test_what_is_no_jwt_is_refused_in_good_order(authorization: str | None) -> None:
    assert isinstance(identify(authorization, "e", 0.0), Refusal)
    assert is_jwt(authorization) is (authorization == "Bearer a.b.c")


async def test_a_calendar_is_served_to_anybody_and_is_no_json(client: Client) -> None:
    url = f"{client.simulator.url}/helix/schedule/icalendar?broadcaster_id=5"
    async with client.http.get(url) as response:
        assert (response.status, response.content_type) == (200, "text/calendar")
        assert (await response.text()).endswith("END:VCALENDAR\r\n")


def test_before_walks_back_over_pages_of_one_size() -> None:
    page, items = Page(backwards=True), "abcdefg"

    def at(**asked: str) -> tuple[str, str | None]:
        found = cut(page, items, Parameters([("first", "3"), *asked.items()], {}))
        assert not isinstance(found, Refusal)
        assert isinstance(found.pagination, dict)
        return "".join(found.items), found.pagination.get("cursor")

    first, to_second = at()
    second, to_third = at(after=to_second or "")
    third, no_more = at(after=to_third or "")
    assert (first, second, third, no_more) == ("abc", "def", "g", None)
    assert at(before=to_third or "") == (first, to_second)
    assert at(before=to_second or "") == ("", None)


def test_a_full_shelf_forgets_its_oldest() -> None:
    shelf = Shelf(({"id": str(number)} for number in range(1_001)), "id")

    assert (len(shelf.listed()), shelf.get("0"), shelf.get("1")) == (1_000, None, {"id": "1"})
