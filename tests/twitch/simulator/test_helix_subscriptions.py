"""The subscription endpoints: what is accepted, what it costs, and each reason to refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from twitch.simulator.conduits import Conduit
from twitch.simulator.wire import Status

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api, World


PATH = "/eventsub/subscriptions"
ONLINE = ("stream.online", "1", {"broadcaster_user_id": "123"})


def on(conduit: Conduit) -> dict[str, str]:
    return {"method": "conduit", "conduit_id": conduit.id}


def over(world: World, socket: int) -> dict[str, str]:
    return {"method": "websocket", "session_id": world.session_id(socket)}


def test_a_subscription_on_a_conduit_is_enabled_at_once(api: Api, world: World) -> None:
    conduit = world.conduit()
    response = api.subscribe(*ONLINE, on(conduit))
    (made,) = response.body["data"]

    assert response.status == 202
    assert (made["status"], made["type"], made["version"], made["cost"]) == ("enabled", "stream.online", "1", 1)
    assert made["transport"] == {"method": "conduit", "conduit_id": conduit.id}
    assert {key: response.body[key] for key in ("total", "total_cost", "max_total_cost")} == {
        "total": 1,
        "total_cost": 1,
        "max_total_cost": 10_000,
    }


def test_a_form_may_carry_it_with_json_in_its_fields(api: Api, world: World) -> None:
    conduit = world.conduit()
    form = (
        "type=stream.online&version=1&condition=%7B%22broadcaster_user_id%22%3A%221%22%7D"
        f"&transport=%7B%22method%22%3A%22conduit%22%2C%22conduit_id%22%3A%22{conduit.id}%22%7D"
    )

    assert api("POST", PATH, form=form).status == 202


def test_numbers_in_a_condition_are_taken_as_text(api: Api, world: World) -> None:
    made = api.subscribe("stream.online", "1", {"broadcaster_user_id": 123}, on(world.conduit()))

    assert made.body["data"][0]["condition"] == {"broadcaster_user_id": "123"}


def test_optional_keys_come_back_empty(api: Api, world: World) -> None:
    conduit = world.conduit()
    raid = api.subscribe("channel.raid", "1", {"to_broadcaster_user_id": "222"}, on(conduit))
    reward = "channel.channel_points_custom_reward_redemption.add"
    redeemed = api.subscribe(reward, "1", {"broadcaster_user_id": "1"}, on(conduit))

    assert raid.body["data"][0]["condition"] == {"from_broadcaster_user_id": "", "to_broadcaster_user_id": "222"}
    assert redeemed.body["data"][0]["condition"] == {"broadcaster_user_id": "1", "reward_id": ""}


@pytest.mark.parametrize(
    ("type_", "version", "condition"),
    [
        ("stream.online", "2", {"broadcaster_user_id": "1"}),
        ("stream.onlin", "1", {"broadcaster_user_id": "1"}),
        ("stream.online", "1", {}),
        ("stream.online", "1", {"broadcaster_user_id": ""}),
        ("stream.online", "1", {"broadcaster_user_id": "1", "user_id": "2"}),
        ("channel.follow", "2", {"broadcaster_user_id": "1"}),
        ("channel.raid", "1", {}),
        ("channel.raid", "1", {"from_broadcaster_user_id": "1", "to_broadcaster_user_id": "2"}),
        ("stream.online", "1", None),
        ("stream.online", None, {"broadcaster_user_id": "1"}),
    ],
)
def test_a_condition_has_to_fit_its_type(api: Api, world: World, type_: str, version: Any, condition: Any) -> None:
    assert api.subscribe(type_, version, condition, on(world.conduit())).status == 400


def test_a_removed_version_is_gone(api: Api, world: World) -> None:
    assert api.subscribe("channel.follow", "1", {"broadcaster_user_id": "1"}, on(world.conduit())).status == 410


def test_each_transport_wants_its_own_token(api: Api, world: World) -> None:
    conduit, socket = world.conduit(), world.open()

    assert api.subscribe(*ONLINE, on(conduit), as_user="7").status == 401
    assert api.subscribe(*ONLINE, over(world, socket)).status == 401
    assert api.subscribe(*ONLINE, over(world, socket), as_user="7").status == 202


def test_a_transport_has_to_be_there(api: Api, world: World) -> None:
    conduit, socket = world.conduit(), world.open()
    session_id = world.session_id(socket)
    world.hang_up(socket)
    gone = api.subscribe(*ONLINE, {"method": "websocket", "session_id": session_id}, as_user="7")

    assert gone.status == 400
    assert gone.body["message"] == "websocket transport session does not exist or has already disconnected"
    assert api.subscribe(*ONLINE, on(conduit), client_id="another").status == 400
    for transport in (None, {}, {"method": "conduit"}, {"method": "pigeon"}, {"method": "conduit", "conduit_id": "x"}):
        assert api.subscribe(*ONLINE, transport).status == 400


def test_some_types_do_not_go_over_plain_websockets(api: Api, world: World) -> None:
    condition = {"client_id": "client"}
    type_ = ("user.authorization.grant", "1", condition)

    assert api.subscribe(*type_, over(world, world.open()), as_user="7").status == 400
    assert api.subscribe(*type_, on(world.conduit())).status == 202


def test_drops_have_to_be_batched(api: Api, world: World) -> None:
    order = {
        "type": "drop.entitlement.grant",
        "version": "1",
        "condition": {"organization_id": "9001"},
        "transport": on(world.conduit()),
    }

    assert api("POST", PATH, json=order).status == 400
    assert api("POST", PATH, json=order | {"is_batching_enabled": True}).status == 202


def test_another_clients_id_in_a_condition_is_forbidden(api: Api, world: World) -> None:
    response = api.subscribe("conduit.shard.disabled", "1", {"client_id": "another"}, on(world.conduit()))

    assert (response.status, response.body["message"]) == (403, "subscription missing proper authorization")


def test_the_same_again_is_a_conflict_that_names_what_is_there(api: Api, world: World) -> None:
    conduit = world.conduit()
    first = api.subscribe(*ONLINE, on(conduit)).body["data"][0]
    again = api.subscribe(*ONLINE, on(conduit))

    assert again.status == 409
    assert again.body == {
        "error": "Conflict",
        "status": 409,
        "message": "subscription already exists",
        "id": first["id"],
    }


def test_three_alike_may_be_had_and_the_fourth_is_a_429_that_is_not_the_rate_limit(api: Api, world: World) -> None:
    responses = [api.subscribe(*ONLINE, on(world.conduit())) for _ in range(4)]

    assert [response.status for response in responses] == [202, 202, 202, 429]
    assert responses[-1].body["message"] == "maximum subscriptions with type and condition exceeded"
    assert int(responses[-1].headers["Ratelimit-Remaining"]) > 0


def test_a_subscription_that_is_over_is_in_nobodys_way(api: Api, world: World) -> None:
    conduit = world.conduit()
    first = api.subscribe(*ONLINE, on(conduit)).body["data"][0]
    world.revoke(first["id"], Status.USER_REMOVED)

    assert api.subscribe(*ONLINE, on(conduit)).status == 202


class TestCost:
    def test_is_nothing_where_authorization_is_required_or_given(self, api: Api, world: World) -> None:
        conduit = world.conduit()
        api("GET", "/users", as_user="55")  # the client shows this user's token: the user has authorized it
        chat = {"broadcaster_user_id": "1", "user_id": "2"}
        costs = [
            api.subscribe(type_, version, condition, on(conduit)).body["data"][0]["cost"]
            for type_, version, condition in (
                ("channel.chat.message", "1", chat),
                ("stream.online", "1", {"broadcaster_user_id": "55"}),
                ("conduit.shard.disabled", "1", {"client_id": "client"}),
                ("stream.online", "1", {"broadcaster_user_id": "56"}),
                ("user.authorization.revoke", "1", {"client_id": "client"}),
            )
        ]

        assert costs == [0, 0, 0, 1, 1]

    def test_has_a_bound(self, make_api: Callable[..., Api]) -> None:
        api = make_api(max_total_cost=2)
        conduit = api.world.conduit()
        statuses = [
            api.subscribe("stream.online", "1", {"broadcaster_user_id": str(user)}, on(conduit)).status
            for user in (1, 2, 3)
        ]

        assert statuses == [202, 202, 429]

    def test_is_given_back(self, make_api: Callable[..., Api]) -> None:
        api = make_api(max_total_cost=1)
        conduit = api.world.conduit()
        made = api.subscribe(*ONLINE, on(conduit)).body["data"][0]
        api("DELETE", PATH, id=made["id"])

        assert api.subscribe(*ONLINE, on(conduit)).body["total_cost"] == 1


class TestGrants:
    """With require_grants, as Twitch: the users in the condition have granted the scopes to the client before."""

    CHAT = ("channel.chat.message", "1", {"broadcaster_user_id": "1", "user_id": "2"})

    def test_without_a_grant_it_is_forbidden(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)

        assert api.subscribe(*self.CHAT, on(api.world.conduit())).status == 403

    def test_the_reader_grants_and_the_broadcaster_welcomes(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)
        transport = on(api.world.conduit())
        api("GET", "/users", as_user="2")
        assert api.subscribe(*self.CHAT, transport).status == 403

        api("GET", "/users", as_user="1")
        assert api.subscribe(*self.CHAT, transport).status == 202

    def test_in_ones_own_chat_nobody_else_has_to(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)
        api("GET", "/users", as_user="2")
        condition = {"broadcaster_user_id": "2", "user_id": "2"}

        assert api.subscribe("channel.chat.message", "1", condition, on(api.world.conduit())).status == 202

    def test_a_message_of_ones_own_that_is_held_is_nobody_elses_matter(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)
        api("GET", "/users", as_user="2")
        _, _, condition = self.CHAT
        made = api.subscribe("channel.chat.user_message_hold", "1", condition, on(api.world.conduit()))

        assert made.status == 202

    def test_a_broadcaster_who_takes_the_welcome_back_ends_it(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)
        conduit, (socket,) = api.world.bound_conduit()
        for user in ("1", "2"):
            api("GET", "/users", as_user=user)
        api.subscribe(*self.CHAT, on(conduit))
        api.world.model.disconnected("client", api.world.model.people.by_id("1"), api.world.now)
        api.world.turn()

        (frame,) = api.world.of(socket, "revocation")
        assert frame["payload"]["subscription"]["status"] == "authorization_revoked"

    def test_types_that_need_none_need_none(self, make_api: Callable[..., Api]) -> None:
        api = make_api(require_grants=True)

        assert api.subscribe(*ONLINE, on(api.world.conduit())).status == 202


class TestOverWebSocket:
    def test_a_subscription_makes_the_session_used(self, api: Api, world: World) -> None:
        socket = world.open()
        api.subscribe(*ONLINE, over(world, socket), as_user="123")
        world.pass_time(60)

        assert world.closed == {}

    def test_its_events_name_the_session_as_transport(self, api: Api, world: World) -> None:
        socket = world.open()
        api.subscribe(*ONLINE, over(world, socket), as_user="123")
        world.happen()
        (frame,) = world.of(socket, "notification")

        expected = {"method": "websocket", "session_id": world.session_id(socket)}
        assert frame["payload"]["subscription"]["transport"] == expected
        assert world.model.truth.read(0, 1)["sent"][0]["shard"] is None

    def test_deleting_the_last_makes_it_unused(self, api: Api, world: World) -> None:
        socket = world.open()
        made = api.subscribe(*ONLINE, over(world, socket), as_user="123").body["data"][0]
        world.pass_time(60)
        api("DELETE", PATH, id=made["id"], as_user="123")
        world.pass_time(11)

        assert world.closed == {socket: 4003}

    def test_a_lost_socket_ends_them_and_they_are_listed_for_a_minute(self, api: Api, world: World) -> None:
        socket = world.open()
        api.subscribe(*ONLINE, over(world, socket), as_user="123")
        world.hang_up(socket)
        (listed,) = api("GET", PATH, as_user="123").body["data"]
        world.pass_time(61)

        assert listed["status"] == "websocket_disconnected"
        assert listed["transport"]["disconnected_at"] >= listed["transport"]["connected_at"]
        assert api("GET", PATH, as_user="123").body["data"] == []

    def test_a_requested_reconnect_carries_them_over(self, api: Api, world: World) -> None:
        old = world.open()
        api.subscribe(*ONLINE, over(world, old), as_user="123")
        world.fault("reconnect", socket=old)
        new = world.reconnect(old)
        world.happen()

        assert (len(world.events(old)), len(world.events(new))) == (0, 1)

    def test_a_user_may_have_300_on_a_connection(self, make_api: Callable[..., Api]) -> None:
        api = make_api(max_total_cost_websocket=1000)
        transport = over(api.world, api.world.open())
        statuses = [
            api.subscribe("stream.online", "1", {"broadcaster_user_id": str(user)}, transport, as_user="1").status
            for user in range(1, 302)
        ]

        assert (statuses.count(202), statuses[-1]) == (300, 429)

    def test_a_user_may_have_3_connections(self, api: Api, world: World) -> None:
        responses = [
            api.subscribe(
                "stream.online", "1", {"broadcaster_user_id": str(user)}, over(world, world.open()), as_user="9"
            )
            for user in range(1, 5)
        ]

        assert [response.status for response in responses] == [202, 202, 202, 429]
        assert responses[-1].body["message"] == "number of websocket transports limit exceeded"

    def test_a_connection_is_one_users(self, api: Api, world: World) -> None:
        transport = over(world, world.open())
        api.subscribe(*ONLINE, transport, as_user="1")

        assert api.subscribe(*ONLINE, transport, as_user="2").status == 400


class TestList:
    def test_is_oldest_first_a_hundred_a_page(self, api: Api, world: World) -> None:
        conduit = world.conduit()
        made = [world.subscribe(conduit, broadcaster_user_id=str(1000 + n)).id for n in range(250)]
        pages: list[list[str]] = []
        after: dict[str, Any] = {}
        while True:
            body = api("GET", PATH, **after).body
            pages.append([one["id"] for one in body["data"]])
            assert (body["total"], body["max_total_cost"]) == (250, 10_000)
            if not body["pagination"]:
                break
            after = {"after": body["pagination"]["cursor"]}

        assert [len(page) for page in pages] == [100, 100, 50]
        assert [one for page in pages for one in page] == made

    def test_goes_on_where_it_was_though_rows_are_deleted_meanwhile(self, api: Api, world: World) -> None:
        conduit = world.conduit()
        made = [world.subscribe(conduit, broadcaster_user_id=str(1000 + n)) for n in range(150)]
        first = api("GET", PATH).body
        for one in made[:120]:
            world.model.subscriptions.delete(one)
        second = api("GET", PATH, after=first["pagination"]["cursor"]).body

        assert [one["id"] for one in second["data"]] == [one.id for one in made[120:]]

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"type": "stream.online"}, 2),
            ({"type": "channel.update"}, 1),
            ({"user_id": "2"}, 2),
            ({"status": "enabled"}, 3),
            ({"status": "conduit_deleted"}, 0),
            ({"conduit_id": "first"}, 3),
            ({"conduit_id": "unknown"}, 0),
        ],
    )
    def test_is_filtered_by_one_thing(self, api: Api, world: World, filters: dict[str, str], found: int) -> None:
        conduit = world.conduit()
        world.subscribe(conduit, broadcaster_user_id="1")
        world.subscribe(conduit, broadcaster_user_id="2")
        world.subscribe(conduit, "channel.update", broadcaster_user_id="2")
        asked: dict[str, Any] = {name: conduit.id if value == "first" else value for name, value in filters.items()}

        assert len(api("GET", PATH, **asked).body["data"]) == found

    def test_refuses_two_filters(self, api: Api) -> None:
        assert api("GET", PATH, status="enabled", type="stream.online").status == 400

    def test_refuses_a_foreign_cursor(self, api: Api) -> None:
        assert api("GET", PATH, after="somewhere").status == 400

    def test_shows_an_app_what_is_the_apps_and_a_user_what_is_the_users(self, api: Api, world: World) -> None:
        conduit, socket = world.conduit(), world.open()
        api.subscribe(*ONLINE, on(conduit))
        api.subscribe("stream.offline", "1", {"broadcaster_user_id": "9"}, over(world, socket), as_user="9")

        types = [[one["type"] for one in api("GET", PATH, as_user=user).body["data"]] for user in (None, "9", "10")]
        assert types == [["stream.online"], ["stream.offline"], []]
        assert api("GET", PATH, client_id="another").body["data"] == []


def test_a_subscription_is_deleted_once_by_its_owner(api: Api, world: World) -> None:
    made = api.subscribe(*ONLINE, on(world.conduit())).body["data"][0]

    assert api("DELETE", PATH, id=made["id"], client_id="another").status == 404
    assert [api("DELETE", PATH, id=made["id"]).status for _ in range(2)] == [204, 404]
    assert api("DELETE", PATH).status == 400
    assert world.happen() == 0
