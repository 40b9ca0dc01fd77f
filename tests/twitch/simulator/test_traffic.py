"""The pace of traffic, in virtual time, and where it comes from."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from twitch.simulator.traffic import Traffic, parse

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api, World


def steps(traffic: Traffic, until: float, step: float) -> list[int]:
    """How many events each step brought."""
    now, counts = 0.0, []
    while now < until:
        now += step
        counts.append(len(traffic.due(now)))
    return counts


@pytest.mark.parametrize("rate", [0.5, 1, 7, 200, 2000])
@pytest.mark.parametrize("step", [0.001, 0.005, 0.0137])
def test_the_rate_is_held_exactly_whatever_the_steps(rate: float, step: float) -> None:
    traffic = Traffic(parse({"rate": rate, "channels": 3}), Random(1), 0.0)
    counts = steps(traffic, 10, step)

    assert abs(sum(counts) - rate * 10) <= 1 + rate * step
    assert max(counts) <= rate * step + 1
    assert traffic.skipped == 0


def test_who_comes_late_makes_up_for_a_quarter_of_a_second_and_counts_the_rest() -> None:
    traffic = Traffic(parse({"rate": 1000, "channels": 3}), Random(1), 0.0)

    assert len(traffic.due(0.2)) == 200
    assert len(traffic.due(3.2)) == 250
    assert traffic.skipped == 2750
    assert traffic.as_json(3.2)["behind"] is True
    assert len(traffic.due(3.3)) == 100


def test_the_next_event_is_due_when_its_turn_comes() -> None:
    slow = Traffic(parse({"rate": 2, "channels": 1}), Random(1), 100.0)
    assert slow.next_at == 100.5

    slow.due(100.5)
    assert slow.next_at == 101.0


def test_the_mix_is_kept_and_all_channels_take_part() -> None:
    mix = {"channel.chat.message": 0.9, "stream.online": 0.1}
    traffic = Traffic(parse({"rate": 1000, "channels": 10, "mix": mix}), Random(1), 0.0)
    picked = [one for now in range(1, 101) for one in traffic.due(now / 10)]
    types, channels = Counter(type_ for type_, _ in picked), Counter(channel for _, channel in picked)

    assert len(picked) == 10_000
    assert 800 < types["stream.online"] < 1200
    assert (len(channels), min(channels.values()) > 800) == (10, True)


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"rate": 0},
        {"rate": -1},
        {"rate": 1e9},
        {"rate": 1, "mix": {"stream.online": 0}},
        {"rate": 1, "mix": ["stream.online"]},
        {"rate": 1, "channels": 0},
        {"rate": 1, "channels": "everybody"},
        {"rate": 1, "channels": []},
    ],
)
def test_an_order_that_cannot_be_meant_says_so(order: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        parse(order)


def start(world: World, **order: Any) -> None:
    world.model.channels.start(parse(order), world.now)


def test_channels_are_subscribed_on_every_conduit(world: World) -> None:
    first, _ = world.bound_conduit(2)
    second, _ = world.bound_conduit(1)
    start(world, rate=100, channels=20)
    world.pass_time(2)

    assert [len(world.model.subscriptions.of_target(conduit.id)) for conduit in (first, second)] == [80, 80]
    assert world.model.truth.totals.unmatched < 5


def test_every_event_is_sent_and_told(world: World) -> None:
    _, sockets = world.bound_conduit(2)
    start(world, rate=100, channels=20)
    world.pass_time(1)
    world.pass_time(10)

    got = [message_id for socket in sockets for message_id in world.ids(socket)]
    assert len(got) == len(set(got)) == world.model.truth.totals.sent
    assert world.model.truth.totals.sent + world.model.truth.totals.unmatched == 1100


def test_without_channels_it_comes_from_whoever_is_subscribed(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    start(world, rate=10)
    world.pass_time(1)
    assert world.model.truth.totals.sent == 0

    world.subscribe(conduit, broadcaster_user_id="77")
    world.pass_time(2.1)
    assert {event["broadcaster_user_id"] for event in world.events(socket)} == {"77"}
    assert world.model.truth.totals.unmatched == 0


def test_stopping_tells_what_was_sent(world: World) -> None:
    world.bound_conduit()
    start(world, rate=10, channels=["5"])
    world.pass_time(1)
    stopped = world.model.channels.stop(world.now)
    world.pass_time(5)

    assert stopped is not None
    assert (stopped["events"], world.model.channels.traffic) == (10, None)
    assert world.model.truth.totals.sent + world.model.truth.totals.unmatched == 10


class TestTrafficThatWaits:
    def test_begins_when_all_shards_are_enabled_and_nothing_is_dropped(self, world: World) -> None:
        start(world, rate=100, channels=5, wait=True)
        world.pass_time(30)
        conduit = world.conduit(2)
        world.model.channels.subscribe_on([conduit])
        world.pass_time(1)
        sockets = [world.open(), world.open()]
        world.bind(conduit, {0: sockets[0]})
        world.pass_time(5)
        totals = world.model.truth.totals
        assert (totals.sent, totals.dropped, totals.unmatched) == (0, 0, 0)

        world.bind(conduit, {1: sockets[1]})
        world.pass_time(2.2)
        assert 200 <= totals.sent <= 220
        assert (totals.dropped, totals.unmatched) == (0, 0)
        assert world.model.channels.traffic is not None
        assert world.model.channels.traffic.skipped == 0

    def test_begins_ten_seconds_after_the_first_shard_though_another_stays_dark(self, world: World) -> None:
        start(world, rate=100, channels=5, wait=True)
        conduit = world.conduit(2)
        world.model.channels.subscribe_on([conduit])
        world.bind(conduit, {0: world.open()})
        world.pass_time(9)
        assert world.model.truth.totals.sent == 0

        world.pass_time(3)
        assert world.model.truth.totals.sent > 100

    def test_begins_for_a_session_with_a_subscription_of_its_own(self, api: Api) -> None:
        world = api.world
        start(world, rate=100, channels=["7"], mix={"stream.online": 1}, wait=True)
        world.pass_time(1)
        socket = world.open()
        world.pass_time(1)
        transport = {"method": "websocket", "session_id": world.session_id(socket)}
        api.subscribe("stream.online", "1", {"broadcaster_user_id": "7"}, transport, as_user="7")
        world.pass_time(1.1)

        assert 100 <= len(world.events(socket)) <= 110
        assert world.model.truth.totals.unmatched == 0

    def test_says_so(self, world: World) -> None:
        start(world, rate=100, channels=5, wait=True)
        running = world.model.channels.traffic

        assert running is not None
        assert running.as_json(world.now)["waiting"] is True
        world.bound_conduit()
        world.pass_time(1)
        assert running.as_json(world.now)["waiting"] is False

    def test_is_not_what_an_order_asks_for_by_default(self, world: World) -> None:
        start(world, rate=100, channels=5)
        world.pass_time(1)

        assert world.model.truth.totals.unmatched == 100
