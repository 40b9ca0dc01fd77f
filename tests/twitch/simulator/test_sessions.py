"""The edge, in virtual time: what a socket hears and when, and which close code it ends with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson
import pytest

from twitch.ids import SessionId

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import World


NANOSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


def test_a_socket_is_welcomed_at_once_with_its_session(world: World) -> None:
    socket = world.open()

    (welcome,) = world.frames[socket]
    session = welcome["payload"]["session"]
    assert welcome["metadata"]["message_type"] == "session_welcome"
    assert NANOSECONDS.fullmatch(welcome["metadata"]["message_timestamp"])
    assert NANOSECONDS.fullmatch(session["connected_at"])
    assert (session["status"], session["keepalive_timeout_seconds"], session["reconnect_url"]) == (
        "connected",
        10,
        None,
    )


@pytest.mark.parametrize(
    ("asked", "granted"),
    [("9", 10), ("10", 10), ("37", 37), ("600", 600), ("601", 600), ("-5", 10), ("soon", 10), ("", 10)],
)
def test_the_keepalive_timeout_is_clamped_and_nonsense_is_the_default(world: World, asked: str, granted: int) -> None:
    socket = world.open(keepalive_timeout_seconds=asked)

    assert world.frames[socket][0]["payload"]["session"]["keepalive_timeout_seconds"] == granted


def test_a_quiet_session_hears_a_keepalive_each_window(world: World) -> None:
    _, (socket,) = world.bound_conduit()
    world.pass_time(35)

    keepalives = world.of(socket, "session_keepalive")
    assert [one["payload"] for one in keepalives] == [{}, {}, {}]


def test_a_notification_takes_the_place_of_a_keepalive(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit)
    for _ in range(6):
        world.pass_time(9)
        world.happen()

    assert world.of(socket, "session_keepalive") == []
    world.pass_time(10)
    assert len(world.of(socket, "session_keepalive")) == 1


def test_a_session_that_serves_nothing_for_ten_seconds_is_closed(world: World) -> None:
    socket = world.open()
    world.pass_time(9.9)
    assert world.closed == {}

    world.pass_time(0.2)
    assert world.closed == {socket: 4003}


def test_a_session_whose_only_shard_went_to_another_is_left_alone_unless_asked_for(
    make_world: Callable[..., World],
) -> None:
    world = make_world(close_displaced=False)
    conduit, _ = world.bound_conduit()
    world.bind(conduit, {0: world.open()})

    world.pass_time(60)
    assert world.closed == {}


def test_a_session_whose_only_shard_went_to_another_is_closed_after_ten_seconds(world: World) -> None:
    conduit, (old,) = world.bound_conduit()
    world.pass_time(60)
    new = world.open()
    world.bind(conduit, {0: new})

    world.pass_time(9.9)
    assert world.closed == {}
    world.pass_time(0.2)
    assert world.closed == {old: 4003}


def test_a_session_that_keeps_one_shard_of_two_stays(world: World) -> None:
    conduit = world.conduit(2)
    old, new = world.open(), world.open()
    world.bind(conduit, {0: old, 1: old})
    world.bind(conduit, {0: new})
    world.pass_time(60)

    assert world.closed == {}


def test_binding_the_same_session_again_never_lets_it_go(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.pass_time(5)
    world.bind(conduit, {0: socket})
    world.pass_time(60)

    assert world.closed == {}
    assert world.model.edge.sessions[SessionId(world.session_id(socket))].uses == 1


@pytest.mark.parametrize("kind", ["text", "binary"])
def test_a_client_that_says_something_is_closed(world: World, kind: str) -> None:
    socket = world.open()
    world.model.received(socket, kind, b"{}", world.now)
    world.turn()

    assert world.closed == {socket: 4001}


def test_a_clients_ping_is_answered_or_refused_as_set(make_world: Callable[..., World]) -> None:
    tolerant, strict = make_world(), make_world(refuse_pings=True)
    for world in (tolerant, strict):
        world.model.received(world.open(), "ping", b"", world.now)
        world.turn()

    assert (tolerant.ponged, tolerant.closed) == ([1], {})
    assert (strict.ponged, strict.closed) == ([], {1: 4001})


def test_a_ping_that_is_not_answered_ends_the_socket(make_world: Callable[..., World]) -> None:
    world = make_world(ping_seconds=30, pong_seconds=10)
    _, (socket,) = world.bound_conduit()
    world.mute.add(socket)
    world.pass_time(39.9)
    assert world.closed == {}

    world.pass_time(0.2)
    assert world.closed == {socket: 4002}


def test_answered_pings_go_on_for_ever(make_world: Callable[..., World]) -> None:
    world = make_world(ping_seconds=5)
    world.bound_conduit()
    world.pass_time(600)

    assert world.closed == {}


class TestReconnect:
    def test_the_new_socket_takes_the_session_over_with_its_id(self, world: World) -> None:
        conduit, (old,) = world.bound_conduit()
        world.subscribe(conduit)
        world.fault("reconnect", socket=old)
        asked = world.of(old, "session_reconnect")[0]["payload"]["session"]
        assert (asked["id"], asked["status"]) == (world.session_id(old), "reconnecting")
        assert asked["keepalive_timeout_seconds"] is None

        world.happen()
        new = world.reconnect(old)
        world.happen()

        assert world.session_id(new) == world.session_id(old)
        assert (len(world.events(old)), len(world.events(new))) == (1, 1)
        assert conduit.enabled == 1

    def test_the_url_is_of_the_host_that_the_client_came_by(self, world: World) -> None:
        socket = world.open("ws://simulator:9000/ws")
        world.fault("reconnect", socket=socket)

        url = world.of(socket, "session_reconnect")[0]["payload"]["session"]["reconnect_url"]
        assert url.startswith("ws://simulator:9000/ws?challenge=")
        assert url.endswith(f"&id={world.session_id(socket)}")

    def test_the_old_socket_is_closed_after_thirty_seconds_and_the_session_lives_on(self, world: World) -> None:
        conduit, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        world.pass_time(5)
        new = world.reconnect(old)
        world.pass_time(24.9)
        assert world.closed == {}

        world.pass_time(0.2)
        assert world.closed == {old: 4004}
        world.pass_time(120)
        assert (world.closed, conduit.enabled) == ({old: 4004}, 1)
        assert len(world.of(new, "session_keepalive")) >= 11

    def test_the_old_socket_hears_no_keepalives_once_the_new_one_is_welcomed(self, world: World) -> None:
        _, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        world.reconnect(old)
        world.pass_time(29)

        assert world.of(old, "session_keepalive") == []

    def test_a_client_may_close_the_old_socket_itself(self, world: World) -> None:
        conduit, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        world.reconnect(old)
        world.hang_up(old)
        world.pass_time(60)

        assert (world.closed, conduit.enabled) == ({}, 1)

    def test_who_does_not_move_in_time_loses_the_session(self, world: World) -> None:
        conduit, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        world.pass_time(31)

        assert world.closed == {old: 4004}
        assert conduit.shards[0].status == "websocket_failed_to_reconnect"

    def test_the_url_is_good_once(self, world: World) -> None:
        _, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        new, again = world.reconnect(old), world.reconnect(old)

        assert world.closed == {again: 4007}
        assert world.frames.get(again) is None
        assert len(world.of(new, "session_welcome")) == 1

    def test_a_damaged_or_late_url_is_refused(self, world: World) -> None:
        _, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        damaged = world.open(challenge="x", id=world.session_id(old))
        world.pass_time(31)
        late = world.reconnect(old)

        assert world.closed == {damaged: 4007, old: 4004, late: 4007}

    def test_the_url_dies_with_its_socket(self, world: World) -> None:
        _, (old,) = world.bound_conduit()
        world.fault("reconnect", socket=old)
        world.hang_up(old, None)
        new = world.reconnect(old)

        assert world.closed == {new: 4007}

    def test_a_session_can_be_asked_time_and_again(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        for _ in range(5):
            world.fault("reconnect", socket=socket)
            old, socket = socket, world.reconnect(socket)
            world.hang_up(old)
            world.pass_time(45)

        assert (world.closed, conduit.enabled) == ({}, 1)


def test_who_was_connected_and_how_it_ended_is_remembered(world: World) -> None:
    _, sockets = world.bound_conduit(3)
    world.hang_up(sockets[0], 1001)
    world.fault("close", socket=sockets[1], code=4005)
    world.pass_time(5)
    world.fault("abort", socket=sockets[2])

    remembered = [(socket.number, socket.close_code, socket.ended_at - world.now) for socket in world.model.edge.ended]
    assert remembered == [(sockets[0], 1001, -5), (sockets[1], 4005, -5), (sockets[2], None, 0)]


def test_time_scale_makes_every_clock_faster(make_world: Callable[..., World]) -> None:
    world = make_world(time_scale=10)
    socket = world.open()
    world.pass_time(1.1)
    conduit, (bound,) = world.bound_conduit()
    world.pass_time(3.5)

    assert world.closed == {socket: 4003}
    assert len(world.of(bound, "session_keepalive")) == 3
    assert conduit.enabled == 1


def test_frames_are_what_the_documentation_shows_key_by_key(world: World) -> None:
    """https://dev.twitch.tv/docs/eventsub/websocket-reference/"""
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit)
    world.happen()
    world.pass_time(10)

    welcome, notification, keepalive = (orjson.loads(frame) for frame in world.raw[socket])
    assert list(welcome) == list(notification) == list(keepalive) == ["metadata", "payload"]
    assert list(notification["metadata"]) == [
        "message_id",
        "message_type",
        "message_timestamp",
        "subscription_type",
        "subscription_version",
    ]
    subscription = notification["payload"]["subscription"]
    assert set(subscription) == {"id", "status", "type", "version", "cost", "condition", "transport", "created_at"}
    assert subscription["transport"] == {"method": "conduit", "conduit_id": conduit.id}
