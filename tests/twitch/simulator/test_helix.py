"""The gates that every Helix call passes: token, rate limit, endpoint, kind of token, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api


def test_a_call_without_a_token_is_refused_before_anything_else(api: Api) -> None:
    response = api("GET", "/nowhere", headers={"Authorization": ""})

    assert response.status == 401
    assert response.body == {"error": "Unauthorized", "status": 401, "message": "OAuth token is missing"}
    assert response.headers == {}


def test_every_other_answer_tells_what_is_left_of_the_rate_limit(api: Api) -> None:
    remaining = [api(*call).headers["Ratelimit-Remaining"] for call in [("GET", "/users"), ("GET", "/nowhere")]]

    assert remaining == ["799", "798"]


def test_an_empty_bucket_is_a_429_with_nothing_remaining(api: Api) -> None:
    api.buckets.limit_points = 2
    statuses = [api("GET", "/eventsub/conduits").status for _ in range(3)]
    refused = api("GET", "/eventsub/conduits")

    assert statuses == [200, 200, 429]
    assert refused.headers["Ratelimit-Remaining"] == "0"


def test_chat_has_a_bucket_of_its_own(api: Api) -> None:
    message = {"broadcaster_id": "1", "sender_id": "2", "message": "hi"}
    api("POST", "/chat/messages", json=message)

    assert api("GET", "/eventsub/conduits").headers["Ratelimit-Remaining"] == "799"


def test_an_unknown_endpoint_is_a_404(api: Api) -> None:
    assert api("GET", "/eventsub/condiments").status == 404
    assert api("PUT", "/eventsub/conduits").status == 404


@pytest.mark.parametrize("path", ["/eventsub/conduits", "/eventsub/conduits/shards", "/authorization/users"])
def test_what_is_the_apps_refuses_a_users_token(api: Api, path: str) -> None:
    assert api("GET", path, as_user="7").status == 401


@pytest.mark.parametrize("body", ["{", "[]", "null", "\xff"])
def test_a_body_that_is_no_json_object_is_a_400(api: Api, body: Any) -> None:
    headers = {"Content-Type": "application/json"}

    assert api("POST", "/eventsub/conduits", form=body, headers=headers).status == 400
