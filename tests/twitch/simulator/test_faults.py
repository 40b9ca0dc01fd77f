"""What can be made to go wrong: each fault, its aim, and that it is used up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from twitch.simulator.conduits import Conduit
from twitch.simulator.faults import GARBAGE, RAW_GARBAGE, RULES_MAX, Faults, parse

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import World


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"fault": "explode"},
        {"fault": "drop", "count": 0},
        {"fault": "drop", "count": "some"},
        {"fault": "delay", "seconds": -1},
        {"fault": "close", "code": 99},
        {"fault": "garbage", "garbage": "old shoe"},
        {"fault": "status", "status": 42},
        {"fault": "drop", "shard": "first"},
    ],
)
def test_an_order_that_cannot_be_meant_says_so(order: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(1, order)


@pytest.mark.parametrize(
    ("endpoint", "hit"),
    [
        ("PATCH /eventsub/conduits/shards", True),
        ("patch /helix/eventsub/conduits/shards", True),
        ("/eventsub/conduits/shards", True),
        ("/eventsub/*", True),
        ("*", True),
        ("GET /eventsub/conduits/shards", False),
        ("/eventsub/conduits", False),
        ("/oauth2/token", False),
    ],
)
def test_an_endpoint_is_named_by_path_with_or_without_its_method(endpoint: str, hit: bool) -> None:
    faults = Faults()
    faults.order({"fault": "status", "status": 503, "endpoint": endpoint})

    assert (faults.for_call("PATCH", "/eventsub/conduits/shards") is not None) is hit


def test_the_websocket_has_to_be_named(make_world: Callable[..., World]) -> None:
    faults = Faults()
    faults.order({"fault": "status"})
    assert faults.for_call("GET", "/ws") is None

    faults.order({"fault": "status", "endpoint": "/ws"})
    assert faults.for_call("GET", "/ws") is not None


def test_a_rule_is_used_up_by_its_count() -> None:
    faults = Faults()
    faults.order({"fault": "status", "endpoint": "/users", "count": 2})

    assert [faults.for_call("GET", "/users") is not None for _ in range(3)] == [True, True, False]
    assert faults.waiting == []


def test_rules_are_bounded() -> None:
    faults = Faults()
    for _ in range(RULES_MAX):
        faults.order({"fault": "drop"})

    with pytest.raises(ValueError, match="wait already"):
        faults.order({"fault": "drop"})


def one_shard(world: World) -> tuple[Conduit, int]:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit)
    return conduit, socket


def test_drop_loses_the_next_ones_and_the_truth_says_so(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("drop", shard="0", count=2)
    for _ in range(3):
        world.happen()

    truth = world.model.truth.read(0, 10)
    assert len(world.events(socket)) == 1
    assert [row["reason"] for row in truth["dropped"]] == ["fault_drop"] * 2
    assert [row["message_id"] for row in truth["sent"]] == world.ids(socket)


def test_a_rule_may_be_aimed_at_one_type_of_notification(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("drop", type="channel.raid")
    world.happen()
    world.fault("drop", type="stream.online")
    world.happen()

    assert len(world.events(socket)) == 1
    assert [row["type"] for row in world.model.truth.read(0, 10)["dropped"]] == ["stream.online"]


def test_duplicate_writes_the_same_frame_again(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("duplicate", socket=socket)
    world.happen()
    world.happen()

    first, again, second = world.ids(socket)
    totals = world.model.truth.totals
    assert (first == again, first == second) == (True, False)
    assert [row["redelivery"] for row in world.model.truth.read(0, 10)["sent"]] == [False, True, False]
    assert (totals.sent, totals.sent_distinct, totals.redelivered) == (3, 2, 1)


def test_a_duplicate_may_come_later(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("duplicate", socket=socket, seconds=90)
    world.happen()
    world.pass_time(89)
    assert len(world.ids(socket)) == 1

    world.pass_time(2)
    assert len(set(world.ids(socket))) == 1
    assert len(world.ids(socket)) == 2


def test_delay_holds_one_back_while_others_pass(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("delay", session_id=world.session_id(socket), seconds=5)
    world.happen(event={"n": 1})
    world.happen(event={"n": 2})
    world.pass_time(6)

    assert world.events(socket) == [{"n": 2}, {"n": 1}]


def test_what_was_held_back_for_a_socket_that_is_gone_goes_to_the_new_one(world: World) -> None:
    conduit, socket = one_shard(world)
    world.fault("delay", socket=socket, seconds=5)
    world.happen()
    world.hang_up(socket)
    new = world.open()
    world.bind(conduit, {0: new})
    world.pass_time(6)

    assert len(world.ids(new)) == 1


def test_reorder_gathers_and_turns_them_round(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("reorder", socket=socket, count=3)
    for number in range(1, 5):
        world.happen(event={"n": number})

    assert world.events(socket) == [{"n": 3}, {"n": 2}, {"n": 1}, {"n": 4}]


def test_reorder_does_not_wait_for_ever(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("reorder", socket=socket, count=100)
    world.happen(event={"n": 1})
    world.happen(event={"n": 2})
    world.pass_time(2)

    assert world.events(socket) == [{"n": 2}, {"n": 1}]


def test_silence_swallows_everything_for_a_while(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("silence", socket=socket, seconds=25)
    world.happen()
    world.pass_time(24)
    assert len(world.frames[socket]) == 1  # the welcome

    world.pass_time(15)
    world.happen()
    assert len(world.of(socket, "session_keepalive")) == 1
    assert world.model.truth.reasons == {"fault_silence": 1}
    assert len(world.ids(socket)) == 1


def test_silence_swallows_the_answer_to_a_ping_too(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("silence", socket=socket, seconds=25)
    world.model.received(socket, "ping", b"", world.now)
    world.turn()
    assert (world.ponged, world.closed) == ([], {})

    world.pass_time(25)
    world.model.received(socket, "ping", b"", world.now)
    world.turn()
    assert world.ponged == [socket]


def test_abort_cuts_the_connection_and_darkens_the_shard(world: World) -> None:
    conduit, socket = one_shard(world)
    world.fault("abort", socket=socket)

    assert (world.aborted, conduit.enabled) == ({socket}, 0)


@pytest.mark.parametrize("garbage", [*GARBAGE, *RAW_GARBAGE])
def test_garbage_reaches_the_client_as_it_is(world: World, garbage: str) -> None:
    _, socket = one_shard(world)
    world.fault("garbage", socket=socket, garbage=garbage)

    assert world.raw[socket][-1] == {**GARBAGE, **RAW_GARBAGE}[garbage]
    assert world.model.truth.totals.sent == 0


class TestAim:
    def test_at_a_shard_is_at_the_socket_that_serves_it(self, world: World) -> None:
        _, sockets = world.bound_conduit(3)

        assert world.fault("reconnect", shard="1")["sockets"] == [sockets[1]]

    def test_at_a_shard_of_one_conduit(self, world: World) -> None:
        (_, first), (second, others) = world.bound_conduit(), world.bound_conduit()

        assert world.fault("close", shard=0, conduit_id=second.id)["sockets"] == others
        assert world.fault("close", shard=0)["sockets"] == first

    def test_at_nothing_in_particular_is_at_all(self, world: World) -> None:
        _, sockets = world.bound_conduit(3)

        assert world.fault("reconnect")["sockets"] == sockets

    def test_at_nobody_hits_nobody(self, world: World) -> None:
        world.bound_conduit()

        assert world.fault("close", session_id="unknown")["sockets"] == []
        assert world.closed == {}

    def test_of_a_rule_is_kept_until_it_meets_something(self, world: World) -> None:
        conduit, sockets = world.bound_conduit(2)
        for broadcaster in range(100, 140):
            world.subscribe(conduit, broadcaster_user_id=str(broadcaster))
        world.fault("drop", shard=1, count=1000)
        for broadcaster in range(100, 140):
            world.happen(str(broadcaster))

        assert (len(world.ids(sockets[0])) > 5, world.ids(sockets[1])) == (True, [])


def test_clearing_takes_back_rules_and_silence(world: World) -> None:
    _, socket = one_shard(world)
    world.fault("drop", count=9)
    world.fault("silence", seconds=1000)
    world.model.strikes.clear()
    world.happen()

    assert len(world.ids(socket)) == 1
    assert orjson.dumps(world.model.faults.waiting) == b"[]"


def test_a_shard_can_be_disabled_without_a_word_while_its_session_lives(make_world: Callable[..., World]) -> None:
    world = make_world(close_displaced=False)
    conduit, sockets = world.bound_conduit(2)
    world.subscribe(conduit, "conduit.shard.disabled", client_id="client")

    assert world.fault("disable", shard=1)["sockets"] == [sockets[1]]

    assert [conduit.shard(number).status.value for number in (0, 1)] == ["enabled", "websocket_disconnected"]
    assert world.closed == {}
    assert world.events(sockets[0]) == []
    assert world.bind(conduit, {1: sockets[1]})[1] == [], "its session can be bound again"


def test_bindings_are_refused_inside_the_answer_that_binds_others(world: World) -> None:
    conduit = world.conduit(3)
    sockets = [world.open() for _ in range(3)]
    world.fault("refuse", count=2)

    bound, errors = world.bind(conduit, dict(enumerate(sockets)))

    assert [shard.number for shard in bound] == [2]
    assert [error["id"] for error in errors] == ["0", "1"]
    assert world.bind(conduit, {0: sockets[0]})[1] == [], "it is used up"
