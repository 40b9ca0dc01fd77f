"""The way of a message to a shard, what happens when that shard is dark, and what the truth says of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from twitch.simulator.conduits import Conduit
from twitch.simulator.routing import other_shard
from twitch.simulator.subscriptions import Subscription

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import World


def subscribed(world: World, conduit: Conduit, count: int) -> list[str]:
    for index in range(count):
        world.subscribe(conduit, broadcaster_user_id=str(1000 + index))
    return [str(1000 + index) for index in range(count)]


def shard_of(conduit: Conduit, subscription: Subscription) -> int:
    return subscription.route % conduit.shard_count


def test_a_broadcaster_keeps_its_shard_for_all_types(world: World) -> None:
    conduit, sockets = world.bound_conduit(8)
    for type_ in ("stream.online", "stream.offline", "channel.update"):
        world.subscribe(conduit, type_)
        for _ in range(5):
            world.happen(type_=type_)

    assert Counter(len(world.events(socket)) for socket in sockets) == {0: 7, 15: 1}


def test_broadcasters_are_spread_over_all_shards(world: World) -> None:
    conduit, sockets = world.bound_conduit(4)
    for broadcaster in subscribed(world, conduit, 400):
        world.happen(broadcaster)

    assert all(60 < len(world.events(socket)) < 140 for socket in sockets)


def test_raising_the_count_hashes_broadcasters_over_at_once(world: World) -> None:
    conduit, sockets = world.bound_conduit(2)
    broadcasters = subscribed(world, conduit, 100)
    world.model.conduits.resize(conduit, 4, world.now)
    new = [world.open(), world.open()]
    world.bind(conduit, {2: new[0], 3: new[1]})
    for broadcaster in broadcasters:
        world.happen(broadcaster)

    assert all(len(world.events(socket)) > 10 for socket in sockets + new)


def test_every_subscription_has_a_message_of_its_own(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    another, (other,) = world.bound_conduit()
    world.subscribe(conduit)
    world.subscribe(another)

    assert world.happen() == 2
    assert len(set(world.ids(socket) + world.ids(other))) == 2


def test_an_event_for_a_dark_shard_goes_to_one_other(world: World) -> None:
    conduit, sockets = world.bound_conduit(3)
    route = world.subscribe(conduit).route
    home, other = route % 3, other_shard(conduit, route)
    world.hang_up(sockets[home])
    world.happen()

    (row,) = world.model.truth.read(0, 10)["sent"]
    assert len(world.events(sockets[other])) == 1
    assert (row["shard"], row["retry"], row["redelivery"]) == (str(other), True, False)


def test_an_event_is_dropped_when_that_one_is_dark_too_though_a_third_is_not(world: World) -> None:
    conduit, sockets = world.bound_conduit(3)
    route = world.subscribe(conduit).route
    home = route % 3
    for shard in (home, other_shard(conduit, route)):
        world.hang_up(sockets[shard])
    world.happen()

    truth = world.model.truth.read(0, 10)
    assert [(row["shard"], row["reason"]) for row in truth["dropped"]] == [(str(home), "shard_disabled")]
    assert (truth["sent"], truth["totals"]["dropped"]) == ([], 1)


@pytest.mark.parametrize("shard_count", [2, 3, 7])
def test_the_one_other_shard_is_another_and_any_of_them(world: World, shard_count: int) -> None:
    conduit = world.conduit(shard_count)
    pairs = {(route % shard_count, other_shard(conduit, route)) for route in range(10_000)}

    assert pairs == {(home, other) for home in range(shard_count) for other in range(shard_count) if home != other}


def test_a_conduit_of_one_dark_shard_drops(world: World) -> None:
    conduit = world.conduit(1)
    world.subscribe(conduit)
    world.happen()

    assert world.model.truth.reasons == {"shard_disabled": 1}


def test_a_shard_that_is_bound_anew_gets_its_events_again(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit)
    world.hang_up(socket)
    new = world.open()
    world.bind(conduit, {0: new})
    world.happen()

    assert len(world.events(new)) == 1


def test_a_socket_found_closed_is_a_dark_shard_and_the_frame_is_the_same(world: World) -> None:
    conduit, sockets = world.bound_conduit(2)
    home = shard_of(conduit, world.subscribe(conduit))
    world.gone.add(sockets[home])
    world.happen()

    assert conduit.shard(home).status == "websocket_disconnected"
    (row,) = world.model.truth.read(0, 10)["sent"]
    assert world.ids(sockets[1 - home]) == [row["message_id"]]
    assert row["retry"]


def test_both_sockets_found_closed_is_a_drop(world: World) -> None:
    conduit, sockets = world.bound_conduit(2)
    world.subscribe(conduit)
    world.gone.update(sockets)
    world.happen()

    assert world.model.truth.totals.dropped == 1
    assert world.model.truth.totals.sent == 0


def test_the_truth_knows_each_frame_as_the_client_got_it(world: World) -> None:
    conduit, sockets = world.bound_conduit(4)
    for broadcaster in subscribed(world, conduit, 50):
        world.happen(broadcaster)

    rows = world.model.truth.read(0, 100)["sent"]
    got = {message_id: socket for socket in sockets for message_id in world.ids(socket)}
    assert {row["message_id"]: row["socket"] for row in rows} == got
    assert all(row["session_id"] == world.session_id(row["socket"]) for row in rows)
    assert [row["broadcaster_id"] for row in rows] == [str(1000 + index) for index in range(50)]
    assert [row["seq"] for row in rows] == list(range(1, 51))


def test_a_conduit_hears_only_of_its_own_clients_subscriptions(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit, broadcaster_user_id="123")

    assert world.happen("456") == 0
    assert world.events(socket) == []
    assert world.model.truth.totals.unmatched == 1
