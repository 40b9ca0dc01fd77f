"""The whole over HTTP: addresses, tokens, faults of endpoints, the control API, and its end."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from twitch.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.twitch.simulator.conftest import Client


async def test_its_addresses_point_a_client_at_it(client: Client) -> None:
    simulator = client.simulator

    assert simulator.environment == {
        "TWITCH_API_URL": f"{simulator.url}/helix",
        "TWITCH_AUTH_URL": f"{simulator.url}/oauth2",
        "TWITCH_EVENTSUB_URL": f"ws{simulator.url.removeprefix('http')}/ws",
    }
    assert simulator.addresses.api_url == simulator.environment["TWITCH_API_URL"]


async def test_two_run_side_by_side_with_ids_of_their_own(make_client: Callable[..., Awaitable[Client]]) -> None:
    one, another = await make_client(), await make_client()
    (_, first), (_, second) = await one.connect(), await another.connect()

    assert first != second


async def test_a_seed_makes_ids_come_again(make_client: Callable[..., Awaitable[Client]]) -> None:
    one, another = await make_client(seed=5), await make_client(seed=5)
    (_, first), (_, second) = await one.connect(), await another.connect()

    assert first == second


async def test_clients_may_be_listed(make_client: Callable[..., Awaitable[Client]]) -> None:
    client = await make_client(clients={"client": "another secret"})
    form = {"grant_type": "client_credentials", "client_id": "client", "client_secret": "wrong"}
    async with client.http.post(f"{client.simulator.url}/oauth2/token", data=form) as response:
        assert (response.status, await response.json()) == (403, {"status": 403, "message": "invalid client secret"})


async def test_leaving_it_cuts_all_sockets_and_leaves_nothing_running() -> None:
    before = asyncio.all_tasks()
    async with aiohttp.ClientSession() as http:
        async with Simulator.serve() as simulator:
            socket = await http.ws_connect(simulator.environment["TWITCH_EVENTSUB_URL"])
            await socket.receive(timeout=10)
            simulator.control.start_traffic({"rate": 100, "channels": 5})
        message = await socket.receive(timeout=10)

    assert message.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    async with asyncio.timeout(10):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.005)


class TestFaults:
    async def test_a_status_answers_the_next_calls_of_an_endpoint(self, client: Client) -> None:
        order = {"fault": "status", "endpoint": "GET /eventsub/conduits", "status": 503, "count": 2}
        await client.control("POST", "/faults", json=order)
        statuses = [(await client.call("GET", "/eventsub/conduits"))[0] for _ in range(3)]

        assert statuses == [503, 503, 200]

    async def test_a_status_comes_before_the_call_or_after_it(self, client: Client) -> None:
        for after in (False, True):
            order = {"fault": "status", "endpoint": "POST /eventsub/conduits", "status": 500, "after": after}
            await client.control("POST", "/faults", json=order)
            status, body = await client.call("POST", "/eventsub/conduits", json={"shard_count": 1})
            assert (status, body["error"]) == (500, "Internal Server Error")

        _, listed = await client.call("GET", "/eventsub/conduits")
        assert len(listed["data"]) == 1

    async def test_headers_come_along(self, client: Client) -> None:
        headers = {"Ratelimit-Remaining": "0", "Ratelimit-Reset": "12"}
        client.simulator.control.fault("status", endpoint="/oauth2/token", status=429, headers=headers)
        async with client.http.post(f"{client.simulator.url}/oauth2/token") as response:
            assert (response.status, response.headers["Ratelimit-Reset"]) == (429, "12")

    async def test_slow_answers_late(self, client: Client) -> None:
        client.simulator.control.fault("slow", endpoint="/eventsub/*", seconds=0.2)
        begun = time.monotonic()
        status, _ = await client.call("GET", "/eventsub/conduits")

        assert (status, time.monotonic() - begun >= 0.2) == (200, True)

    async def test_what_is_held_up_goes_on_when_faults_are_cleared(self, client: Client) -> None:
        await client.call("GET", "/eventsub/conduits")
        client.simulator.control.fault("slow", endpoint="POST /eventsub/conduits", seconds=3600)
        call = asyncio.create_task(client.call("POST", "/eventsub/conduits", json={"shard_count": 1}))
        async with asyncio.timeout(30):
            while client.simulator.control.faults():
                await asyncio.sleep(0.005)
            assert client.simulator.model.conduits.all() == []

            client.simulator.control.clear_faults()
            status, _ = await call

        assert (status, len(client.simulator.model.conduits.all())) == (200, 1)

    async def test_abort_gives_no_answer(self, client: Client) -> None:
        await client.call("GET", "/eventsub/conduits")
        client.simulator.control.fault("abort", endpoint="POST /eventsub/conduits", after=True)
        with pytest.raises(aiohttp.ClientError):
            await client.call("POST", "/eventsub/conduits", json={"shard_count": 1})

        assert len(client.simulator.model.conduits.all()) == 1

    async def test_a_websocket_may_be_refused(self, client: Client) -> None:
        client.simulator.control.fault("status", endpoint="/ws", status=503)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await client.connect()

        await client.connect()

    async def test_control_has_none(self, client: Client) -> None:
        client.simulator.control.fault("status", count=100)

        assert (await client.control("GET", "/state"))[0] == 200
        assert (await client.control("DELETE", "/faults"))[0] == 200
        assert (await client.call("GET", "/eventsub/conduits"))[0] == 200


class TestControl:
    async def test_events_and_the_truth_of_them(self, client: Client) -> None:
        await client.bound()
        sent = await client.control(
            "POST", "/events", json={"type": "stream.online", "broadcaster_id": 123, "count": 3}
        )
        _, first = await client.control("GET", "/truth", params={"after": 0, "limit": 2})
        _, second = await client.control("GET", "/truth", params={"after": first["next"]})

        assert sent == (200, {"messages": 3})
        assert ([row["seq"] for row in first["sent"]], first["more"]) == ([1, 2], True)
        assert ([row["seq"] for row in second["sent"]], second["more"]) == ([3], False)
        assert second["totals"]["sent_distinct"] == 3

    async def test_sockets_conduits_and_state_say_who_serves_what(self, client: Client) -> None:
        conduit_id, _ = await client.bound(2)
        _, sockets = await client.control("GET", "/sockets")
        _, conduits = await client.control("GET", "/conduits")
        _, state = await client.control("GET", "/state")

        served = [shard for socket in sockets["sockets"] for shard in socket["shards"]]
        assert served == [{"conduit_id": conduit_id, "shard": shard} for shard in ("0", "1")]
        assert [(one["id"], one["enabled"], one["subscriptions"]) for one in conduits["conduits"]] == [
            (conduit_id, 2, 1)
        ]
        assert sockets["ended"] == []
        assert (state["sockets"], state["sessions"], state["subscriptions"]) == (2, 2, 1)

    async def test_calls_are_logged_by_who_made_them_those_that_are_held_up_included(self, client: Client) -> None:
        client.simulator.control.fault("slow", endpoint="POST /eventsub/conduits", seconds=0.2)
        await client.call("POST", "/eventsub/conduits", json={"shard_count": 0})
        client.http.headers["User-Agent"] = "somebody"
        client.simulator.control.fault("status", endpoint="DELETE /eventsub/conduits", status=503)
        await client.call("DELETE", "/eventsub/conduits", params={"id": "none"})
        await client.call("GET", "/eventsub/conduits")
        _, told = await client.control("GET", "/calls")
        _, all_told = await client.control("GET", "/calls", params={"reads": "1"})

        assert [(each["method"], each["path"], each["status"]) for each in told["calls"]] == [
            ("POST", "/eventsub/conduits", 400),
            ("DELETE", "/eventsub/conduits", 503),
        ]
        assert [each["agent"] for each in all_told["calls"]][1:] == ["somebody", "somebody"]
        assert told["calls"][0]["ended_ms"] - told["calls"][0]["arrived_ms"] >= 200
        assert (told["forgotten"], all_told["calls"][2]["method"]) == (0, "GET")

    async def test_traffic_is_started_told_of_and_stopped(self, client: Client) -> None:
        await client.bound()
        _, started = await client.control("POST", "/traffic", json={"rate": 50, "channels": 3})
        _, running = await client.control("GET", "/traffic")
        _, stopped = await client.control("DELETE", "/traffic")

        assert started["rate"] == running["rate"] == stopped["traffic"]["rate"] == 50
        assert (await client.control("GET", "/traffic"))[1] == {}

    async def test_a_revocation_of_one_subscription(self, client: Client) -> None:
        _, (socket,) = await client.bound()
        _, listed = await client.call("GET", "/eventsub/subscriptions")
        order = {"subscription_id": listed["data"][0]["id"], "status": "version_removed"}

        assert await client.control("POST", "/revocations", json=order) == (200, {"revoked": 1})
        frame = await socket.receive_json(timeout=10)
        assert frame["metadata"]["message_type"] == "revocation"
        assert frame["payload"]["subscription"]["status"] == "version_removed"
        assert (await client.control("POST", "/revocations", json=order))[0] == 400

    async def test_a_user_who_disconnects_ends_tokens_and_subscriptions(self, client: Client) -> None:
        conduit_id, (socket,) = await client.bound()
        chat = {
            "type": "channel.chat.message",
            "version": "1",
            "condition": {"broadcaster_user_id": "1", "user_id": "9"},
            "transport": {"method": "conduit", "conduit_id": conduit_id},
        }
        await client.call("POST", "/eventsub/subscriptions", json=chat)
        user = {"Authorization": "Bearer user-9", "Client-Id": "client"}
        async with client.http.get(f"{client.simulator.url}/helix/users", headers=user) as response:
            assert response.status == 200

        assert await client.control("POST", "/revocations", json={"user_id": "9"}) == (200, {"revoked": 1})
        assert (await socket.receive_json(timeout=10))["payload"]["subscription"]["status"] == "authorization_revoked"
        async with client.http.get(f"{client.simulator.url}/helix/users", headers=user) as response:
            assert response.status == 401

    async def test_tokens_expire_on_demand(self, client: Client) -> None:
        user = {"Authorization": "Bearer user-9", "Client-Id": "client"}
        async with client.http.get(f"{client.simulator.url}/helix/users", headers=user) as response:
            assert response.status == 200
        _, expired = await client.control("POST", "/tokens/expire", json={"user_id": "9"})

        assert expired["expired"] == 1
        async with client.http.get(f"{client.simulator.url}/helix/users", headers=user) as response:
            assert response.status == 401

    async def test_the_rate_limit_can_be_set(self, client: Client) -> None:
        await client.control("POST", "/rate_limit", json={"points_per_minute": 2})
        statuses = [(await client.call("GET", "/eventsub/conduits"))[0] for _ in range(3)]

        assert statuses == [200, 200, 429]

    @pytest.mark.parametrize(
        ("path", "order"),
        [
            ("/events", {}),
            ("/traffic", {"rate": "much"}),
            ("/faults", {"fault": "explode"}),
            ("/revocations", {}),
            ("/rate_limit", {"points_per_minute": 0}),
            ("/events", []),
        ],
    )
    async def test_what_cannot_be_meant_is_a_400_in_a_sentence(self, client: Client, path: str, order: Any) -> None:
        status, body = await client.control("POST", path, json=order)

        assert (status, bool(body["message"])) == (400, True)


async def test_a_fast_clock_runs_tokens_and_rate_limits_too(make_client: Callable[..., Awaitable[Client]]) -> None:
    client = await make_client(time_scale=6000.0, ping_seconds=0)
    client.simulator.control.limit_rate(100)
    for _ in range(200):  # the bucket is full again every 10 ms
        status, _ = await client.call("GET", "/eventsub/conduits")
        assert status == 200


class TestAConduitOfAChosenId:
    async def test_is_the_clients_like_any_other(self, client: Client) -> None:
        order = {"id": "CONDUIT_ID", "client_id": "app", "shard_count": 2}
        assert await client.control("POST", "/conduits", json=order) == (200, {"id": "CONDUIT_ID", "shard_count": 2})
        _, told = await client.control("GET", "/conduits")
        assert [(each["id"], each["client_id"]) for each in told["conduits"]] == [("CONDUIT_ID", "app")]

    @pytest.mark.parametrize(
        "order",
        [{}, {"id": "taken", "client_id": "app"}, {"id": "new"}, {"id": "new", "client_id": "app", "shard_count": 0}],
        ids=["no id", "an id that is taken", "no client", "no shards"],
    )
    async def test_is_refused_where_it_makes_no_sense(self, client: Client, order: dict[str, object]) -> None:
        await client.control("POST", "/conduits", json={"id": "taken", "client_id": "app"})
        status, answer = await client.control("POST", "/conduits", json=order)
        assert status == 400
        assert answer["message"]
