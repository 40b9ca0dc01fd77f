"""The conduit endpoints, called in each of the ways that clients call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api, World


CONDUITS = "/eventsub/conduits"
SHARDS = "/eventsub/conduits/shards"


def websocket(session_id: str) -> dict[str, str]:
    return {"method": "websocket", "session_id": session_id}


@pytest.mark.parametrize(
    "how",
    [
        {"json": {"shard_count": 3}},
        {"json": {"shard_count": "3"}},
        {"shard_count": "3"},
        {"form": "shard_count=3"},
        {"json": {"shard_count": 3}, "shard_count": "9"},
    ],
)
def test_a_conduit_is_created_by_body_query_or_form(api: Api, how: dict[str, Any]) -> None:
    response = api("POST", CONDUITS, **how)
    (made,) = response.body["data"]

    assert (response.status, made["shard_count"]) == (200, 3)
    assert api("GET", CONDUITS).body == {"data": [made]}


@pytest.mark.parametrize("count", [0, -1, 20_001, "many", None, 1.5])
def test_a_shard_count_from_1_to_20000_is_wanted(api: Api, count: Any) -> None:
    assert api("POST", CONDUITS, json={"shard_count": count}).status == 400


def test_20000_shards_are_had_and_listed_by_the_hundred(api: Api) -> None:
    conduit = api("POST", CONDUITS, json={"shard_count": 20_000}).body["data"][0]
    ids: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = api("GET", SHARDS, conduit_id=conduit["id"], **after).body
        ids += [shard["id"] for shard in page["data"]]
        if not page["pagination"]:
            break
        after = {"after": page["pagination"]["cursor"]}

    assert ids == [str(number) for number in range(20_000)]


def test_the_sixth_conduit_is_a_429_that_is_not_the_rate_limit(api: Api) -> None:
    responses = [api("POST", CONDUITS, json={"shard_count": 1}) for _ in range(6)]

    assert [response.status for response in responses] == [200] * 5 + [429]
    assert int(responses[-1].headers["Ratelimit-Remaining"]) > 0


def test_a_conduit_is_its_owners_alone(api: Api) -> None:
    conduit_id = api("POST", CONDUITS, json={"shard_count": 1}).body["data"][0]["id"]

    assert api("PATCH", CONDUITS, json={"id": conduit_id, "shard_count": 2}, client_id="thief").status == 404
    assert api("DELETE", CONDUITS, id=conduit_id, client_id="thief").status == 404
    assert api("GET", SHARDS, conduit_id=conduit_id, client_id="thief").status == 404
    assert api("GET", CONDUITS, client_id="thief").body == {"data": []}


def test_a_conduit_is_resized_and_deleted(api: Api) -> None:
    conduit_id = api("POST", CONDUITS, json={"shard_count": 1}).body["data"][0]["id"]

    assert api("PATCH", CONDUITS, id=conduit_id, shard_count="4").body == {
        "data": [{"id": conduit_id, "shard_count": 4}]
    }
    assert (api("DELETE", CONDUITS, id=conduit_id).status, api("DELETE", CONDUITS, id=conduit_id).status) == (204, 404)
    assert api("DELETE", CONDUITS).body["message"] == 'Missing required parameter "id"'


def test_shards_are_bound_with_ids_as_text_or_numbers_and_errors_stand_in_the_202(api: Api, world: World) -> None:
    conduit = world.conduit(2)
    session_id = world.session_id(world.open())
    shards = [{"id": shard_id, "transport": websocket(session_id)} for shard_id in ("0", 1, "2")]
    response = api("PATCH", SHARDS, json={"conduit_id": conduit.id, "shards": shards})

    assert response.status == 202
    assert [(shard["id"], shard["status"]) for shard in response.body["data"]] == [("0", "enabled"), ("1", "enabled")]
    outside = "The shard id is outside the conduit's range"
    assert response.body["errors"] == [{"id": "2", "message": outside, "code": "invalid_parameter"}]


def test_the_conduit_id_may_stand_in_the_query(api: Api, world: World) -> None:
    conduit = world.conduit(1)
    shards = {"shards": [{"id": "0", "transport": websocket(world.session_id(world.open()))}]}

    assert api("PATCH", SHARDS, json=shards, conduit_id=conduit.id).body["errors"] == []
    assert api("PATCH", SHARDS, json=shards).body["message"] == 'Missing required parameter "conduit_id"'


@pytest.mark.parametrize("shards", [[], [{"id": "0"}] * 101, "0", ["0"], None])
def test_from_1_to_100_shards_are_bound_in_a_call(api: Api, world: World, shards: Any) -> None:
    conduit = world.conduit(200)

    assert api("PATCH", SHARDS, json={"conduit_id": conduit.id, "shards": shards}).status == 400


def test_a_hundred_is_fine(api: Api, world: World) -> None:
    conduit, session_id = world.conduit(100), world.session_id(world.open())
    shards = [{"id": str(number), "transport": websocket(session_id)} for number in range(100)]

    assert len(api("PATCH", SHARDS, json={"conduit_id": conduit.id, "shards": shards}).body["data"]) == 100
    assert conduit.enabled == 100


def test_a_webhook_waits_for_a_verification_that_never_comes(api: Api, world: World) -> None:
    conduit = world.conduit(3)
    good = {"method": "webhook", "callback": "https://example.org/hook", "secret": "0123456789"}
    bad = [good | {"callback": "http://example.org/hook"}, good | {"secret": "short"}]
    shards = [{"id": str(number), "transport": transport} for number, transport in enumerate([good, *bad])]
    body = api("PATCH", SHARDS, json={"conduit_id": conduit.id, "shards": shards}).body

    assert body["data"] == [
        {
            "id": "0",
            "status": "webhook_callback_verification_pending",
            "transport": {"method": "webhook", "callback": "https://example.org/hook"},
        }
    ]
    assert [error["id"] for error in body["errors"]] == ["1", "2"]


def test_shards_are_listed_by_status(api: Api, world: World) -> None:
    conduit, sockets = world.bound_conduit(3)
    world.hang_up(sockets[1])

    def ids(**status: Any) -> list[str]:
        return [shard["id"] for shard in api("GET", SHARDS, conduit_id=conduit.id, **status).body["data"]]

    assert ids() == ["0", "1", "2"]
    assert ids(status="enabled") == ["0", "2"]
    assert ids(status="websocket_disconnected") == ["1"]


def test_lingering_shards_are_listed_above_the_count(api: Api, world: World) -> None:
    conduit, _ = world.bound_conduit(3)
    api("PATCH", CONDUITS, json={"id": conduit.id, "shard_count": 1})
    listed = api("GET", SHARDS, conduit_id=conduit.id).body["data"]

    assert [(shard["id"], shard["status"]) for shard in listed] == [
        ("0", "enabled"),
        ("1", "enabled"),
        ("2", "enabled"),
    ]
