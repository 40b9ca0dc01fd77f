"""Whatever happens, in whatever order: what must hold of the whole at every moment."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from twitch.simulator.wire import Method, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twitch.simulator.conftest import World

STEPS = 400


def check(world: World) -> None:
    """The books of the model's parts agree with each other."""
    model = world.model
    uses: dict[str, int] = {}
    for conduit in model.conduits.all():
        bound = [shard for shard in conduit.shards.values() if shard.status is Status.ENABLED]
        for shard in bound:
            assert shard.session_id is not None
            assert model.edge.carrier(shard.session_id) is not None
            assert shard in model.conduits.of_session(shard.session_id)
            uses[shard.session_id] = uses.get(shard.session_id, 0) + 1
        assert conduit.enabled == sum(shard.number < conduit.shard_count for shard in bound)
        assert (conduit.dark_since is None) == (conduit.enabled > 0)
        for subscription in model.subscriptions.of_target(conduit.id):
            assert subscription.status is Status.ENABLED
    for session_id, session in model.edge.sessions.items():
        assert session.id == session_id
        assert session.carrier is not None
        assert session.carrier.session is session
        assert not session.carrier.closing
        for subscription in model.subscriptions.of_target(session_id):
            assert subscription.method is Method.WEBSOCKET
            uses[session_id] = uses.get(session_id, 0) + 1
        assert session.uses == uses.get(session_id, 0)
        assert (session.unused_since is None) == (session.uses > 0)
    assert set(uses) <= set(model.edge.sessions)


def act(world: World, random: Random) -> None:
    """One thing that a client, a network or a tester might do."""
    model = world.model
    sockets = [number for number, socket in model.edge.sockets.items() if not socket.closing and socket.session]
    conduits = model.conduits.all()
    match random.randrange(14):
        case 0 | 1:
            world.open()
        case 2 if sockets:
            world.hang_up(random.choice(sockets), random.choice([1000, None]))
        case 3 if len(conduits) < 3:
            world.conduit(random.randrange(1, 6))
        case 4 if conduits:
            model.conduits.resize(random.choice(conduits), random.randrange(1, 8), world.now)
        case 5 if conduits and random.random() < 0.1:
            model.conduits.delete(random.choice(conduits), world.now)
        case 6 | 7 | 8 if sockets and conduits:
            conduit = random.choice(conduits)
            shards = range(8) if random.random() < 0.5 else random.sample(range(8), k=random.randrange(1, 4))
            world.bind(conduit, {shard: random.choice(sockets) for shard in shards})
        case 9 if conduits:
            world.subscribe(random.choice(conduits), broadcaster_user_id=str(random.randrange(1, 9)))
        case 10 if sockets:
            fault = random.choice(["close", "abort", "reconnect", "reconnect", "reconnect", "silence"])
            world.fault(fault, socket=random.choice(sockets), code=random.choice([4000, 4005]), seconds=3)
        case 11 if asked := [socket for socket in sockets if world.of(socket, "session_reconnect")]:
            world.reconnect(random.choice(asked))
        case 12 if sockets and random.random() < 0.3:
            world.gone.add(random.choice(sockets))
        case 13:
            fault = random.choice(["drop", "duplicate", "delay", "reorder"])
            world.fault(fault, shard=random.randrange(4), seconds=random.choice([0, 1]), count=2)
        case _:
            world.pass_time(random.choice([0.1, 0.1, 1, 1, 5, 12, 31]))
    for broadcaster in range(1, 9):
        world.happen(str(broadcaster))
    world.turn()


@pytest.mark.parametrize("seed", range(12))
def test_the_books_agree_and_every_message_is_accounted_for(make_world: Callable[..., World], seed: int) -> None:
    """Replay with the seed that the test's name shows."""
    random = Random(seed)
    world = make_world(seed=seed, dark_seconds=120)
    for _ in range(STEPS):
        act(world, random)
        check(world)
    world.pass_time(5)  # what delay and reorder still hold
    check(world)

    got = [message_id for socket in world.frames for message_id in world.ids(socket)]
    truth = world.model.truth.read(0, 1_000_000)
    assert sorted(got) == sorted(row["message_id"] for row in truth["sent"])
    totals = world.model.truth.totals
    assert (totals.sent, totals.sent_distinct) == (len(got), len(set(got)))
    assert totals.dropped == sum(world.model.truth.reasons.values())
    never = {row["message_id"] for row in truth["dropped"]} - set(got)
    assert totals.dropped == len(never)


def test_one_seed_tells_one_story(make_world: Callable[..., World]) -> None:
    stories = []
    for _ in range(2):
        random, world = Random(3), make_world(seed=3)
        for _ in range(100):
            act(world, random)
        stories.append((world.raw, world.closed, world.model.truth.read(0, 100_000)))

    assert stories[0] == stories[1]
