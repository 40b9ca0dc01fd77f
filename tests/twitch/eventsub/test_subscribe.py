"""Subscribe methods follow from the rows, for people, programs and type checkers alike."""

import inspect
from typing import Any

import pytest

from twitch.errors import ClientException
from twitch.eventsub.stubs import STUB, render
from twitch.eventsub.subscribe import AppEvents, UserEvents
from twitch.eventsub.types import EVENT_TYPES, LATEST, SubscriptionRequest, subscription_request
from twitch.models import Subscription


@pytest.fixture
def asked() -> list[SubscriptionRequest]:
    return []


@pytest.fixture
def events(asked: list[SubscriptionRequest]) -> AppEvents:
    async def subscribe(request: SubscriptionRequest) -> Subscription:
        asked.append(request)
        return Subscription(id="s", type=request.type, version=request.version, condition=request.condition)

    return AppEvents(subscribe, "client")


def test_the_stub_is_what_the_rows_say() -> None:
    assert STUB.read_text(encoding="utf-8") == render(), "run: python -m twitch.eventsub.stubs"


@pytest.mark.parametrize("row", LATEST.values(), ids=lambda row: row.type)
async def test_each_type_has_a_method(row: Any, events: AppEvents, asked: list[SubscriptionRequest]) -> None:
    keys = row.condition.required or row.condition.one_of[:1]
    given = {key: "1337" for key in keys if key != "client_id"}
    for name in row.methods:
        method = getattr(events, name)
        subscription = await method(**given)
        assert method.__doc__.startswith(row.about)
        assert (subscription.type, subscription.version) == (row.type, row.version)
    expected = {key: "client" if key == "client_id" else "1337" for key in keys}
    assert asked == [SubscriptionRequest(row.type, row.version, expected)] * len(row.methods)


@pytest.mark.parametrize("row", LATEST.values(), ids=lambda row: row.type)
async def test_each_type_has_a_method_for_a_user_too(row: Any, asked: list[SubscriptionRequest]) -> None:
    """What Twitch sends to no socket of a user's is refused before it's asked, with the way to it."""

    async def subscribe(request: SubscriptionRequest) -> Subscription:
        asked.append(request)
        return Subscription(id="s", type=request.type, version=request.version, condition=request.condition)

    events = UserEvents(subscribe, "client", "42")
    by_hand = [key for key in row.condition.required if not key.endswith("user_id")]  # the rest is the user's own
    given = dict.fromkeys(row.condition.one_of[:1] or by_hand, "1337")
    for name in row.methods:
        method = getattr(events, name)
        if row.websocket:
            assert (await method(**given)).type == row.type
        else:
            with pytest.raises(ClientException, match=f"no WebSocket transport for {row.type}. A ClientApp can"):
                await method(**given)
            assert "A ClientApp can" in method.__doc__
    assert len(asked) == (len(row.methods) if row.websocket else 0)


def test_what_no_socket_of_a_user_gets_is_four_types() -> None:
    assert {row.type for row in EVENT_TYPES if not row.websocket} == {
        "drop.entitlement.grant",
        "extension.bits_transaction.create",
        "user.authorization.grant",
        "user.authorization.revoke",
    }


async def test_arguments_go_by_position_too(events: AppEvents, asked: list[SubscriptionRequest]) -> None:
    await events.channel_chat_message("1", "2")
    assert asked[0].condition == {"broadcaster_user_id": "1", "user_id": "2"}
    with pytest.raises(TypeError, match="missing a required argument: 'user_id'"):
        await events.channel_chat_message("1")  # type: ignore[call-arg]  # what a program may do


async def test_a_version_can_be_forced(events: AppEvents, asked: list[SubscriptionRequest]) -> None:
    await events.channel_follow("1", "2", version="3")
    assert asked[0].version == "3"


async def test_any_type_can_be_asked_for(events: AppEvents, asked: list[SubscriptionRequest]) -> None:
    await events.subscribe("channel.new_thing", {"broadcaster_user_id": "1", "empty": ""}, version="1")
    assert asked == [SubscriptionRequest("channel.new_thing", "1", {"broadcaster_user_id": "1"})]
    with pytest.raises(ValueError, match="its version must be given"):
        await events.subscribe("channel.new_thing", {})


def test_the_signature_can_be_looked_at() -> None:
    parameters = inspect.signature(AppEvents.channel_raid).parameters
    assert list(parameters) == ["self", "from_broadcaster_user_id", "to_broadcaster_user_id", "version"]


@pytest.mark.parametrize(
    ("event_type", "condition", "sentence"),
    [
        ("stream.online", {}, "stream.online needs broadcaster_user_id"),
        ("stream.online", {"broadcaster_user_id": ""}, "stream.online needs broadcaster_user_id"),
        ("stream.online", {"broadcaster_user_id": "1", "x": "2"}, "stream.online has no x"),
        ("channel.raid", {}, "channel.raid needs exactly one of"),
        (
            "channel.raid",
            {"from_broadcaster_user_id": "1", "to_broadcaster_user_id": "2"},
            "channel.raid needs exactly one of",
        ),
    ],
)
def test_a_condition_that_does_not_fit_is_refused_in_a_sentence(
    event_type: str, condition: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        subscription_request(event_type, condition)


def test_rows_are_one_for_each_type_and_version_and_their_names_do_not_clash() -> None:
    assert len({(row.type, row.version) for row in EVENT_TYPES}) == len(EVENT_TYPES)
    handlers = [name for row in EVENT_TYPES for name in row.handlers]
    assert len(set(handlers)) == len(handlers)
    methods = [name for row in LATEST.values() for name in row.methods]
    assert len(set(methods)) == len(methods)
