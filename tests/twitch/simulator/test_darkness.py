"""How long shards were dark, as Twitch itself saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import World


def spells(world: World) -> list[tuple[int, float, float | None]]:
    """Shard, when it went dark and when that ended, in seconds from now."""
    return [
        (one.shard, one.began_at - world.now, None if one.ended_at is None else one.ended_at - world.now)
        for one in world.model.conduits.darkness.spells
    ]


def test_a_shard_is_dark_from_the_loss_of_its_session_until_it_is_bound_again(world: World) -> None:
    conduit, (socket, _) = world.bound_conduit(2)
    world.hang_up(socket)
    assert spells(world) == [(0, 0.0, None)]

    world.pass_time(3)
    world.bind(conduit, {0: world.open()})

    assert spells(world) == [(0, -3.0, 0.0)]


def test_a_shard_that_is_bound_to_another_session_in_one_go_was_never_dark(world: World) -> None:
    conduit, _ = world.bound_conduit()
    world.bind(conduit, {0: world.open()})

    assert spells(world) == []


def test_a_new_shard_is_dark_from_the_raise_of_the_count_on_and_no_longer_than_it_counts(world: World) -> None:
    conduit, _ = world.bound_conduit()
    assert spells(world) == [], "a conduit that was never bound is new"

    world.model.conduits.resize(conduit, 3, world.now)
    world.pass_time(1)
    world.bind(conduit, {1: world.open()})
    world.model.conduits.resize(conduit, 2, world.now)

    assert spells(world) == [(1, -1.0, 0.0), (2, -1.0, 0.0)]


def test_a_deleted_conduit_has_no_dark_shards(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.hang_up(socket)
    world.pass_time(2)
    world.model.conduits.delete(conduit, world.now)

    assert spells(world) == [(0, -2.0, 0.0)]
