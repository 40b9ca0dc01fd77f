"""Conduits and shards: binding, going dark, growing and shrinking, and the end after 72 hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twitch.ids import ClientId
from twitch.simulator.conduits import Conduit, ShardUpdate

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import World


HOUR = 3600.0


def listed(conduit: Conduit) -> dict[int, str]:
    return {number: conduit.shard(number).status.value for number in conduit.numbers()}


def test_a_client_may_have_five_conduits(world: World) -> None:
    for _ in range(5):
        world.conduit()

    assert world.model.conduits.create(ClientId("client"), 1, world.now) is None
    assert world.model.conduits.create(ClientId("another"), 1, world.now) is not None


def test_a_bound_shard_names_its_session_and_when_it_connected(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    welcome = world.frames[socket][0]["payload"]["session"]

    assert conduit.shard(0).as_json() == {
        "id": "0",
        "status": "enabled",
        "transport": {"method": "websocket", "session_id": welcome["id"], "connected_at": welcome["connected_at"]},
    }


def test_shards_that_were_never_bound_are_listed_without_a_session(world: World) -> None:
    conduit = world.conduit(2)

    assert listed(conduit) == {0: "websocket_disconnected", 1: "websocket_disconnected"}
    assert conduit.shard(1).transport()["session_id"] is None


def test_what_cannot_be_bound_is_an_error_of_its_own_beside_what_was(world: World) -> None:
    conduit = world.conduit(2)
    dead = world.open()
    dead_id = world.session_id(dead)
    world.hang_up(dead)
    alive = world.session_id(world.open())
    bound, errors = world.model.conduits.assign(
        conduit,
        [
            ShardUpdate("0", "websocket", alive),
            ShardUpdate("1", "websocket", dead_id),
            ShardUpdate("1", "websocket", "unheard-of"),
            ShardUpdate("2", "websocket", alive),
            ShardUpdate("-1", "websocket", alive),
            ShardUpdate("one", "websocket", alive),
            ShardUpdate("1", "carrier-pigeon"),
            ShardUpdate("1", "websocket"),
        ],
        world.now,
    )

    assert [shard.number for shard in bound] == [0]
    assert {error["code"] for error in errors} == {"invalid_parameter"}
    not_connected, outside = "The websocket session is not connected.", "The shard id is outside the conduit's range"
    assert [(error["id"], error["message"]) for error in errors] == [
        ("1", not_connected),
        ("1", not_connected),
        ("2", outside),
        ("-1", outside),
        ("one", outside),
        ("1", "The value specified in the method field is not valid."),
        ("1", "The transport requires the session_id field."),
    ]


def test_a_lost_session_takes_all_its_shards_down_with_the_status_of_its_close(world: World) -> None:
    conduit = world.conduit(3)
    many, one = world.open(), world.open()
    world.bind(conduit, {0: many, 1: many, 2: one})
    world.fault("close", socket=many, code=4006)

    assert listed(conduit) == {0: "websocket_network_error", 1: "websocket_network_error", 2: "enabled"}
    assert conduit.shard(0).as_json()["transport"]["disconnected_at"] is not None


def test_every_close_code_has_its_status(world: World) -> None:
    statuses = {}
    for code in (4000, 4001, 4002, 4004, 4005, 4006):
        conduit, (socket,) = world.bound_conduit()
        world.fault("close", socket=socket, code=code)
        statuses[code] = conduit.shard(0).status.value
        world.model.conduits.delete(conduit, world.now)

    assert statuses == {
        4000: "websocket_internal_error",
        4001: "websocket_received_inbound_traffic",
        4002: "websocket_failed_ping_pong",
        4004: "websocket_failed_to_reconnect",
        4005: "websocket_network_timeout",
        4006: "websocket_network_error",
    }


def test_a_client_that_leaves_is_disconnected_whatever_code_it_says(world: World) -> None:
    for code in (1000, 1001, 4000, None):
        conduit, (socket,) = world.bound_conduit()
        world.hang_up(socket, code)
        assert listed(conduit) == {0: "websocket_disconnected"}
        world.model.conduits.delete(conduit, world.now)


def test_shards_above_a_lowered_count_linger_and_come_back_with_it(world: World) -> None:
    conduit, sockets = world.bound_conduit(4)
    world.model.conduits.resize(conduit, 2, world.now)
    world.pass_time(60)
    assert (listed(conduit), conduit.enabled) == (dict.fromkeys(range(4), "enabled"), 2)
    assert world.closed == {}

    world.hang_up(sockets[3])
    assert listed(conduit)[3] == "websocket_disconnected"

    world.model.conduits.resize(conduit, 4, world.now)
    assert conduit.enabled == 3


def test_lingering_shards_cannot_be_bound(world: World) -> None:
    conduit, sockets = world.bound_conduit(3)
    world.model.conduits.resize(conduit, 2, world.now)
    _, errors = world.bind(conduit, {2: sockets[0]})

    assert [error["message"] for error in errors] == ["The shard id is outside the conduit's range"]


def test_without_lingering_the_sockets_of_removed_shards_are_unused(make_world: Callable[..., World]) -> None:
    world = make_world(lingering=False)
    conduit, sockets = world.bound_conduit(3)
    world.model.conduits.resize(conduit, 1, world.now)
    world.pass_time(11)

    assert list(listed(conduit)) == [0]
    assert world.closed == {sockets[1]: 4003, sockets[2]: 4003}


def test_a_conduit_that_is_dark_for_72_hours_is_deleted_with_its_subscriptions(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    subscription = world.subscribe(conduit)
    world.pass_time(HOUR)
    world.hang_up(socket)
    world.pass_time(72 * HOUR - 1)
    assert world.model.conduits.get(conduit.id) is conduit

    world.pass_time(2)
    assert world.model.conduits.get(conduit.id) is None
    assert subscription.status == "conduit_deleted"


def test_one_bound_shard_starts_the_72_hours_anew(world: World) -> None:
    conduit, (first,) = world.bound_conduit()
    world.hang_up(first)
    world.pass_time(71 * HOUR)
    second = world.open()
    world.bind(conduit, {0: second})
    world.pass_time(2 * HOUR)
    world.hang_up(second)
    world.pass_time(71 * HOUR)

    assert world.model.conduits.get(conduit.id) is conduit


def test_a_conduit_that_never_had_a_shard_dies_too(world: World) -> None:
    conduit = world.conduit()
    world.pass_time(72 * HOUR + 1)

    assert world.model.conduits.get(conduit.id) is None


def test_deleting_a_conduit_leaves_its_sessions_unused(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    subscription = world.subscribe(conduit)
    world.model.conduits.delete(conduit, world.now)
    world.pass_time(11)

    assert world.closed == {socket: 4003}
    assert subscription.status == "conduit_deleted"


def test_disabled_subscriptions_of_a_conduit_stay_listed_for_ten_days(world: World) -> None:
    conduit = world.conduit()
    subscription = world.subscribe(conduit)
    world.model.conduits.delete(conduit, world.now)
    world.pass_time(10 * 24 * HOUR - 1)
    assert world.model.subscriptions.get(subscription.id) is subscription

    world.pass_time(2)
    assert world.model.subscriptions.get(subscription.id) is None


class TestShardDisabled:
    def test_is_told_through_another_shard(self, world: World) -> None:
        conduit, sockets = world.bound_conduit(2)
        world.subscribe(conduit, "conduit.shard.disabled", client_id="client")
        world.fault("close", socket=sockets[0], code=4005)

        (event,) = world.events(sockets[1])
        session_id = world.session_id(sockets[0])
        transport = event.pop("transport")
        assert event == {"conduit_id": conduit.id, "shard_id": "0", "status": "websocket_network_timeout"}
        assert (transport["method"], transport["session_id"]) == ("websocket", session_id)
        assert None not in {transport["connected_at"], transport["disconnected_at"]}

    def test_is_told_for_each_shard_of_a_session_and_not_through_one_of_them(self, world: World) -> None:
        conduit = world.conduit(3)
        dying, living = world.open(), world.open()
        world.bind(conduit, {0: dying, 1: dying, 2: living})
        world.subscribe(conduit, "conduit.shard.disabled", client_id="client", conduit_id=conduit.id)
        world.hang_up(dying)

        told = {event["shard_id"] for event in world.events(living)}
        dropped = world.model.truth.totals.dropped
        assert len(told) + dropped == 2
        assert world.events(dying) == []

    def test_is_told_to_those_alone_who_asked_for_this_conduit(self, world: World) -> None:
        watched, others = world.bound_conduit(1), world.bound_conduit(1)
        watching = world.subscribe(watched[0], "conduit.shard.disabled", client_id="client", conduit_id=watched[0].id)
        world.hang_up(others[1][0])

        assert world.events(watched[1][0]) == []
        assert watching.status == "enabled"

    def test_is_not_told_of_a_lingering_shard(self, world: World) -> None:
        conduit, sockets = world.bound_conduit(2)
        world.subscribe(conduit, "conduit.shard.disabled", client_id="client")
        world.model.conduits.resize(conduit, 1, world.now)
        world.hang_up(sockets[1])

        assert world.events(sockets[0]) == []
