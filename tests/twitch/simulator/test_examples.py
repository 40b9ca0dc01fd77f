"""What examples show: every variant by turns, fragments that add up, ids that differ, one happening told to several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from twitch.simulator.catalogue import TYPES
from twitch.simulator.examples import MAKERS, Scene, turns
from twitch.simulator.people import person_of_id
from twitch.simulator.wire import Method

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import World


def examples(type_: str, version: str, **condition: str) -> list[dict[str, Any]]:
    """All variants of a type's event in channel 123."""
    maker = MAKERS[type_, version]
    condition = {"broadcaster_user_id": "123"} | condition
    return [maker(Scene("123", condition, turn, person_of_id)) for turn in range(turns(type_, version))]


@pytest.mark.parametrize("version", ["1", "2"])
def test_moderators_do_all_there_is_to_do(version: str) -> None:
    events = examples("channel.moderate", version)
    filled = {event["action"]: [key for key, value in event.items() if isinstance(value, dict)] for event in events}

    assert len(filled) == {"1": 33, "2": 34}[version]
    assert all(len(keys) <= 1 for keys in filled.values())
    assert filled["timeout"] == ["timeout"]
    assert filled["deny_unban_request"] == ["unban_request"]
    assert filled["clear"] == []
    assert ("warn" in filled) is (version == "2")
    assert {event["source_broadcaster_user_id"] is None for event in events if event["action"][:6] == "shared"} == {
        False
    }


def test_every_notice_of_chat_comes_with_its_own_object_alone() -> None:
    notices = set()
    for event in examples("channel.chat.notification", "1"):
        kind = event["notice_type"]
        notices.add(kind)
        objects = {key for key, value in event.items() if isinstance(value, dict)} - {"message"}
        assert objects == {kind}
        assert (event["source_message_id"] is not None) is kind.startswith("shared_chat_")

    assert len(notices) == 24


@pytest.mark.parametrize(
    "type_",
    ["channel.chat.message", "channel.chat.notification", "channel.chat.user_message_hold", "automod.message.hold"],
)
def test_fragments_add_up_to_the_text(type_: str) -> None:
    for event in examples(type_, "1"):
        message = event["message"]
        assert "".join(fragment["text"] for fragment in message["fragments"]) == message["text"]
        for fragment in message["fragments"]:
            assert {key for key, value in fragment.items() if isinstance(value, dict)} == {fragment["type"]} - {"text"}


def test_a_raid_comes_or_goes_as_the_subscription_asks() -> None:
    into = examples("channel.raid", "1", to_broadcaster_user_id="123", from_broadcaster_user_id="")
    out = examples("channel.raid", "1", from_broadcaster_user_id="123", to_broadcaster_user_id="")

    assert {event["to_broadcaster_user_id"] for event in into} == {"123"}
    assert {event["from_broadcaster_user_id"] for event in out} == {"123"}


@pytest.mark.parametrize(
    ("type_", "field", "key"),
    [
        ("channel.channel_points_custom_reward.update", "id", "reward_id"),
        ("channel.channel_points_custom_reward_redemption.add", "reward", "reward_id"),
        ("channel.custom_power_up_redemption.add", "custom_power_up", "reward_id"),
        ("drop.entitlement.grant", "data", "campaign_id"),
        ("conduit.shard.disabled", "conduit_id", "conduit_id"),
        ("channel.chat.user_message_hold", "user_id", "user_id"),
    ],
)
def test_what_a_condition_asks_for_is_what_comes(type_: str, field: str, key: str) -> None:
    for event in examples(type_, "1", **{key: "777"}):
        assert "777" in (event[field].values() if isinstance(event[field], dict) else [event[field]])


def test_a_begin_a_progress_and_an_end_are_of_one_thing() -> None:
    for thing, version in (("channel.poll", "1"), ("channel.prediction", "1"), ("channel.hype_train", "2")):
        ids = [[event["id"] for event in examples(f"{thing}.{part}", version)] for part in ("begin", "progress", "end")]
        assert ids[0] == ids[1] == ids[2]
        assert len(set(ids[0])) == len(ids[0])


class TestOneHappeningForSeveralSubscriptions:
    def test_readers_of_a_chat_get_one_and_the_same(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        for user in ("8", "9"):
            world.subscribe(conduit, "channel.chat.message", broadcaster_user_id="123", user_id=user)
        world.happen(type_="channel.chat.message")
        one, other = world.events(socket)

        assert one == other
        assert len(set(world.ids(socket))) == 2

    def test_each_version_gets_its_own_shape(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        row = TYPES["automod.message.hold", "1"]
        condition = row.echoed({"broadcaster_user_id": "123", "moderator_user_id": "8"})
        for version in ("1", "2"):
            world.model.subscriptions.create(
                conduit.client_id,
                None,
                ("automod.message.hold", version),
                condition,
                (Method.CONDUIT, str(conduit.id)),
                cost=0,
                now=world.now,
            )
        world.happen(type_="automod.message.hold")

        assert ["level" in event for event in world.events(socket)] == [True, False]
        assert ["reason" in event for event in world.events(socket)] == [False, True]

    def test_a_channel_that_raids_and_is_raided(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        for side in ("from", "to"):
            world.subscribe(conduit, "channel.raid", **{f"{side}_broadcaster_user_id": "123"})
        world.model.events.happen("channel.raid", "123", world.now)
        world.turn()

        assert [event["from_broadcaster_user_id"] == "123" for event in world.events(socket)] == [True, False]

    def test_a_held_message_is_the_readers_own(self, world: World) -> None:
        conduit, (socket,) = world.bound_conduit()
        for user in ("8", "9"):
            world.subscribe(conduit, "channel.chat.user_message_hold", broadcaster_user_id="123", user_id=user)
        world.happen(type_="channel.chat.user_message_hold")

        assert [event["user_id"] for event in world.events(socket)] == ["8", "9"]


def test_no_id_comes_twice_where_things_happen_often(world: World) -> None:
    conduit, (socket,) = world.bound_conduit()
    for type_, condition in (
        ("channel.chat.message", {"broadcaster_user_id": "123", "user_id": "9"}),
        ("channel.channel_points_custom_reward_redemption.add", {"broadcaster_user_id": "123"}),
        ("automod.message.hold", {"broadcaster_user_id": "123", "moderator_user_id": "9"}),
    ):
        world.subscribe(conduit, type_, **condition)
        world.happen(type_=type_, count=100)
    ids = [event.get("message_id") or event["id"] for event in world.events(socket)]

    assert len(ids) == len(set(ids)) == 300
    assert not any(b"@@" in frame for frame in world.raw[socket])
