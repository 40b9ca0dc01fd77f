"""Events as clients get them: well-formed, different each time, and for those whom they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from twitch.simulator.wire import Method, Status

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api, World


def test_no_two_examples_have_one_id(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit)
    world.happen(count=100)

    assert len({event["id"] for event in world.events(socket)}) == 100


def test_chat_messages_look_like_chat(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit, "channel.chat.message", broadcaster_user_id="123", user_id="9")
    world.happen(type_="channel.chat.message", count=16)
    frames = [frame for frame in world.raw[socket] if b"chat.message" in frame]

    assert len(frames) == 16
    assert 1200 < sum(map(len, frames)) / 16 < 1700
    for event in world.events(socket):
        assert "".join(fragment["text"] for fragment in event["message"]["fragments"]) == event["message"]["text"]
    assert len({event["message_id"] for event in world.events(socket)}) == 16
    assert len({event["chatter_user_id"] for event in world.events(socket)}) == 8


def test_drops_come_as_a_list_of_events(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit, "drop.entitlement.grant", organization_id="9001")
    world.model.events.send({"type": "drop.entitlement.grant"}, world.now)
    world.turn()
    (frame,) = world.of(socket, "notification")

    assert set(frame["payload"]) == {"subscription", "events"}
    (event,) = frame["payload"]["events"]
    assert (set(event), event["data"]["organization_id"]) == ({"id", "data"}, "9001")
    assert event["id"] != event["data"]["entitlement_id"]


def test_an_event_may_be_given_for_a_type_that_nobody_knows(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    transport = (Method.CONDUIT, str(conduit.id))
    condition = {"broadcaster_user_id": "123"}
    world.model.subscriptions.create(
        conduit.client_id, None, ("channel.hologram", "1"), condition, transport, cost=0, now=world.now
    )
    world.happen(type_="channel.hologram", event={"shape": "cat"})

    assert world.events(socket) == [{"shape": "cat"}]


def test_a_condition_picks_the_subscriptions_that_agree_with_it(world: World) -> None:
    conduit, _ = world.bound_conduit()
    for user in ("8", "9"):
        world.subscribe(conduit, "channel.chat.message", broadcaster_user_id="123", user_id=user)

    def reached(**condition: str) -> int:
        return world.model.events.send({"type": "channel.chat.message", "condition": condition}, world.now)

    assert reached(broadcaster_user_id="123", user_id="9") == 1
    assert reached(broadcaster_user_id="123") == 2
    assert reached(user_id="9") == 0  # the subject of chat is the broadcaster
    assert reached(broadcaster_user_id="124") == 0
    assert world.model.events.send({"type": "channel.chat.message"}, world.now) == 2


def test_a_version_picks_too(world: World) -> None:
    conduit, _ = world.bound_conduit()
    world.subscribe(conduit, "channel.update", broadcaster_user_id="123")

    assert [world.happen(type_="channel.update", version=version) for version in ("1", "2", 2)] == [0, 1, 1]


@pytest.mark.parametrize(
    "order",
    [{}, {"type": ""}, {"type": "x", "count": 0}, {"type": "x", "condition": "all"}, {"type": "x", "event": []}],
)
def test_an_order_that_cannot_be_meant_says_so(world: World, order: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        world.model.events.send(order, world.now)


class TestRevocation:
    def test_is_told_once_with_its_reason_and_without_an_event(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        subscription = world.subscribe(conduit)
        world.model.revoke(subscription, Status.AUTHORIZATION_REVOKED, world.now)
        world.model.revoke(subscription, Status.AUTHORIZATION_REVOKED, world.now)
        world.turn()
        (frame,) = world.of(socket, "revocation")

        assert set(frame["payload"]) == {"subscription"}
        assert frame["payload"]["subscription"]["status"] == "authorization_revoked"
        assert frame["metadata"]["subscription_type"] == "stream.online"
        assert world.happen() == 0

    def test_of_a_user_ends_what_needs_that_user(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        chat = world.subscribe(conduit, "channel.chat.message", broadcaster_user_id="1", user_id="9")
        others = world.subscribe(conduit, "channel.chat.message", broadcaster_user_id="9", user_id="8")
        free = world.subscribe(conduit, "stream.online", broadcaster_user_id="9")
        world.subscribe(conduit, "user.authorization.revoke", client_id="client")
        world.model.disconnected("client", world.model.people.by_id("9"), world.now)
        world.turn()

        assert [one.status for one in (chat, others, free)] == ["authorization_revoked", "enabled", "enabled"]
        assert len(world.of(socket, "revocation")) == 1
        (event,) = world.events(socket)
        assert event == {"client_id": "client", "user_id": "9", "user_login": "user_9", "user_name": "User_9"}

    def test_of_a_websocket_subscription_leaves_its_session_unused(self, api: Api, world: World) -> None:
        socket = world.open()
        transport = {"method": "websocket", "session_id": world.session_id(socket)}
        made = api.subscribe("stream.online", "1", {"broadcaster_user_id": "7"}, transport, as_user="7").body["data"][0]
        world.pass_time(30)
        world.revoke(made["id"], Status.USER_REMOVED)
        world.pass_time(11)

        assert len(world.of(socket, "revocation")) == 1
        assert world.closed == {socket: 4003}


def test_a_grant_is_told_to_the_client(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    world.subscribe(conduit, "user.authorization.grant", client_id="client")
    world.model.authorized("client", world.model.people.by_id("9"), world.now)
    world.turn()

    assert [event["user_id"] for event in world.events(socket)] == ["9"]
