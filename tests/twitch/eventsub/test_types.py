"""Every type that Twitch has, end to end: its names, its method and condition, and its event, typed, in a handler."""

import types
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest

from twitch.errors import DecodeError
from twitch.eventsub import ClientApp, Event, models
from twitch.eventsub.handlers import target_of
from twitch.eventsub.models.shapes import Older
from twitch.eventsub.subscribe import AppEvents, UserEvents
from twitch.eventsub.types import BY_TYPE_AND_VERSION, EVENT_TYPES, EventType, Grantor, SubscriptionRequest
from twitch.models import Subscription
from twitch.oauth.scopes import Scopes
from twitch.records import Part, Record, User

B, BM, BU, BR = "broadcaster", "broadcaster moderator", "broadcaster user", "broadcaster reward?"

# type, version, condition, whether a plain WebSocket can have it; then the older handler names, where there are some
TWITCH = f"""
automod.message.hold 1 | {BM} | ws |
automod.message.hold 2 | {BM} | ws |
automod.message.update 1 | {BM} | ws |
automod.message.update 2 | {BM} | ws |
automod.settings.update 1 | {BM} | ws |
automod.terms.update 1 | {BM} | ws |
channel.ad_break.begin 1 | {B} | ws | on_channel_ad_break_v1
channel.ban 1 | {B} | ws |
channel.bits.use 1 | {B} | ws | on_bits_v1
channel.channel_points_automatic_reward_redemption.add 1 | {B} | ws | on_channel_points_automatic_reward_redemption_add_v1 on_channel_points_auto_reward_v1
channel.channel_points_automatic_reward_redemption.add 2 | {B} | ws | on_channel_points_automatic_reward_redemption_add_v2 on_channel_points_auto_reward_v2
channel.channel_points_custom_reward.add 1 | {B} | ws | on_channel_points_custom_reward_add_v1 on_channel_reward_add_v1
channel.channel_points_custom_reward.remove 1 | {BR} | ws | on_channel_points_custom_reward_remove_v1 on_channel_reward_remove_v1
channel.channel_points_custom_reward.update 1 | {BR} | ws | on_channel_points_custom_reward_update_v1 on_channel_reward_update_v1
channel.channel_points_custom_reward_redemption.add 1 | {BR} | ws | on_channel_points_custom_reward_redemption_add_v1 on_channel_reward_redeem_add_v1
channel.channel_points_custom_reward_redemption.update 1 | {BR} | ws | on_channel_points_custom_reward_redemption_update_v1 on_channel_reward_redeem_update_v1
channel.charity_campaign.donate 1 | {B} | ws | on_channel_charity_donate_v1
channel.charity_campaign.progress 1 | {B} | ws | on_channel_charity_progress_v1
channel.charity_campaign.start 1 | {B} | ws | on_channel_charity_start_v1
channel.charity_campaign.stop 1 | {B} | ws | on_channel_charity_stop_v1
channel.chat.clear 1 | {BU} | ws | on_chat_clear_v1
channel.chat.clear_user_messages 1 | {BU} | ws | on_chat_clear_user_v1
channel.chat.message 1 | {BU} | ws | on_chat_message_v1
channel.chat.message_delete 1 | {BU} | ws | on_chat_message_delete_v1
channel.chat.notification 1 | {BU} | ws | on_chat_notification_v1
channel.chat.user_message_hold 1 | {BU} | ws | on_chat_user_message_hold_v1
channel.chat.user_message_update 1 | {BU} | ws | on_chat_user_message_update_v1
channel.chat_settings.update 1 | {BU} | ws | on_chat_settings_v1
channel.cheer 1 | {B} | ws |
channel.custom_power_up_redemption.add 1 | {BR} | ws |
channel.follow 2 | {BM} | ws |
channel.goal.begin 1 | {B} | ws |
channel.goal.end 1 | {B} | ws |
channel.goal.progress 1 | {B} | ws |
channel.guest_star_guest.update beta | {BM} | ws | on_channel_guest_star_guest_update_beta
channel.guest_star_session.begin beta | {BM} | ws | on_channel_guest_star_session_begin_beta
channel.guest_star_session.end beta | {BM} | ws | on_channel_guest_star_session_end_beta
channel.guest_star_settings.update beta | {BM} | ws | on_channel_guest_star_settings_update_beta
channel.hype_train.begin 2 | {B} | ws |
channel.hype_train.end 2 | {B} | ws |
channel.hype_train.progress 2 | {B} | ws |
channel.moderate 1 | {BM} | ws |
channel.moderate 2 | {BM} | ws |
channel.moderator.add 1 | {B} | ws |
channel.moderator.remove 1 | {B} | ws |
channel.poll.begin 1 | {B} | ws |
channel.poll.end 1 | {B} | ws |
channel.poll.progress 1 | {B} | ws |
channel.prediction.begin 1 | {B} | ws |
channel.prediction.end 1 | {B} | ws |
channel.prediction.lock 1 | {B} | ws |
channel.prediction.progress 1 | {B} | ws |
channel.raid 1 | from_broadcaster/ to_broadcaster/ | ws |
channel.shared_chat.begin 1 | {B} | ws | on_shared_chat_begin_v1
channel.shared_chat.end 1 | {B} | ws | on_shared_chat_end_v1
channel.shared_chat.update 1 | {B} | ws | on_shared_chat_update_v1
channel.shield_mode.begin 1 | {BM} | ws |
channel.shield_mode.end 1 | {BM} | ws |
channel.shoutout.create 1 | {BM} | ws |
channel.shoutout.receive 1 | {BM} | ws |
channel.subscribe 1 | {B} | ws |
channel.subscription.end 1 | {B} | ws |
channel.subscription.gift 1 | {B} | ws | on_channel_subscription_gif_v1
channel.subscription.message 1 | {B} | ws |
channel.suspicious_user.message 1 | {BM} | ws |
channel.suspicious_user.update 1 | {BM} | ws |
channel.unban 1 | {B} | ws |
channel.unban_request.create 1 | {BM} | ws |
channel.unban_request.resolve 1 | {BM} | ws |
channel.update 2 | {B} | ws |
channel.vip.add 1 | {B} | ws |
channel.vip.remove 1 | {B} | ws | on_vip_remove_v1
channel.warning.acknowledge 1 | {BM} | ws |
channel.warning.send 1 | {BM} | ws |
conduit.shard.disabled 1 | client conduit? | ws |
drop.entitlement.grant 1 | organization category? campaign? | - |
extension.bits_transaction.create 1 | extension_client | - |
stream.offline 1 | {B} | ws |
stream.online 1 | {B} | ws |
user.authorization.grant 1 | client | - |
user.authorization.revoke 1 | client | - |
user.update 1 | user | ws |
user.whisper.message 1 | user | ws |
"""  # noqa: E501  one row is one line
LINES = [[cell.strip() for cell in line.split("|")] for line in TWITCH.strip().splitlines()]

each_row = pytest.mark.parametrize("row", EVENT_TYPES, ids=lambda row: f"{row.type}-{row.version}")


def test_the_table_is_of_83_types_and_versions() -> None:
    assert len(LINES) == 83
    assert {line[0] for line in LINES} == {f"{row.type} {row.version}" for row in EVENT_TYPES}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0].replace(" ", "-"))
def test_names_and_conditions_are_as_twitch_and_older_programs_have_them(line: list[str]) -> None:
    event_type, version = line[0].split()
    row = BY_TYPE_AND_VERSION[event_type, version]

    assert row.handlers == (f"on_{event_type.replace('.', '_')}_v{version}", *line[3].split())
    assert row.websocket == (line[2] == "ws")
    keys = {"required": row.condition.required, "optional?": row.condition.optional, "one_of/": row.condition.one_of}
    shown = {key.removesuffix("_id").removesuffix("_user") + kind[-1] for kind, names in keys.items() for key in names}
    assert {word if word[-1] in "?/" else f"{word}d" for word in line[1].split()} == shown


@each_row
def test_what_must_be_granted_is_something_a_user_can_grant(row: EventType) -> None:
    asked = {scope for alternatives in row.scopes for scope in alternatives} | {scope for _, scope in row.app_scopes}
    assert asked <= set(Scopes)
    if row.scopes:
        assert row.grantor.value in row.condition.required
    else:
        assert row.grantor in {Grantor.NOBODY, Grantor.APP}


def test_a_moderator_may_choose_one_scope_of_each_pair() -> None:
    scopes = BY_TYPE_AND_VERSION["channel.moderate", "2"].scopes
    assert len(scopes) == 8
    assert ("moderator:read:warnings", "moderator:manage:warnings") in scopes


# Asking


@pytest.fixture
def asked() -> list[SubscriptionRequest]:
    return []


def subscriber(asked: list[SubscriptionRequest]) -> Any:
    async def subscribe(request: SubscriptionRequest) -> Subscription:
        asked.append(request)
        return Subscription(id="s", type=request.type, version=request.version, condition=request.condition)

    return subscribe


@each_row
async def test_the_app_subscribes_by_a_method_of_each_name(row: EventType, asked: list[SubscriptionRequest]) -> None:
    events = AppEvents(subscriber(asked), "client")
    given = {key: "1337" for key in (*row.condition.required, *row.condition.one_of[:1]) if key != "client_id"}
    for name in row.methods:
        await getattr(events, name)(**given, version=row.version)
    condition = given | ({"client_id": "client"} if "client_id" in row.condition.required else {})
    assert asked == [SubscriptionRequest(row.type, row.version, condition)] * len(row.methods)


@each_row
async def test_a_user_subscribes_for_themselves_unless_they_say_otherwise(
    row: EventType, asked: list[SubscriptionRequest]
) -> None:
    events = UserEvents(subscriber(asked), "client", "42")
    given = dict.fromkeys(row.condition.one_of[:1], "1337")
    own = {key: "42" for key in row.condition.required if key != "client_id"}
    own |= {"client_id": "client"} if "client_id" in row.condition.required else {}
    if row.websocket:
        for name in row.methods:
            await getattr(events, name)(**given, version=row.version)
        assert asked == [SubscriptionRequest(row.type, row.version, own | given)] * len(row.methods)


# Receiving

NOW = "2026-10-11T10:11:12.5Z"


def example(annotation: Any) -> Any:
    """Something of this type as Twitch would write it, every optional part of it there."""
    options = [option for option in get_args(annotation) if option is not type(None)]
    if get_origin(annotation) in (Union, types.UnionType):
        return example(options[0])
    if get_origin(annotation) is tuple:
        return [example(get_args(annotation)[0])]
    if issubclass(annotation, Part):
        return example_of(annotation)
    if issubclass(annotation, StrEnum):
        return str(next(iter(annotation)))
    return {str: "some text", int: 3, bool: True, datetime: NOW}[annotation]


def example_of(model: type[Part]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for field in msgspec.structs.fields(model):
        if field.name == "raw":
            continue
        if is_user(field.type):
            login = f"login_of_{field.name}"
            written |= zip(keys_of(field), ("42", login, login.title()), strict=True)
        else:
            written[field.name] = example(field.type)
    return written


def keys_of(field: msgspec.structs.FieldInfo) -> tuple[str, ...]:
    """The keys in which Twitch writes a field: a user is three of them."""
    if not is_user(field.type):
        return (field.name,)
    whose = "user" if field.name == "user" else f"{field.name.removesuffix('_user')}_user"
    return (f"{whose}_id", f"{whose}_login", f"{whose}_name")


def is_user(annotation: Any) -> bool:
    return annotation is User or User in get_args(annotation)


def parts(part: Part) -> Iterator[tuple[Part, msgspec.structs.FieldInfo, Any]]:
    """Every field in a record and in the parts of it."""
    for field in msgspec.structs.fields(type(part)):
        if field.name != "raw":
            value = getattr(part, field.name)
            yield part, field, value
            for inner in value if isinstance(value, tuple) else (value,):
                if isinstance(inner, Part) and not isinstance(inner, User):
                    yield from parts(inner)


def payload(row: EventType, event: Any) -> dict[str, Any]:
    subscription = {"id": "s1", "status": "enabled", "type": row.type, "version": row.version, "condition": {}}
    return {"subscription": subscription, "event": event}


@each_row
async def test_an_event_comes_typed_to_a_handler_of_each_name(row: EventType) -> None:
    written = example_of(row.model)
    for name in row.handlers:
        got: list[Any] = []

        async def handler(self: ClientApp, message: Event[Any], got: list[Any] = got) -> None:
            got.append(message.event)

        client = type("Bot", (ClientApp,), {name: handler})("id", "secret")
        await client.handle(Event.from_payload(payload(row, written)))
        assert [type(event) for event in got] == [row.model]
        assert got[0].raw == written
        assert target_of(name).key == (row.type, row.version)


@each_row
def test_all_of_an_event_is_typed_to_its_last_part(row: EventType) -> None:
    event = Event.from_payload(payload(row, example_of(row.model))).event
    for _, field, value in parts(event):
        if is_user(field.type):
            assert value == User(id="42", login=f"login_of_{field.name}", name=f"login_of_{field.name}".title())
        assert value is not None
        assert not isinstance(value, dict | list)
        if isinstance(value, datetime):
            assert value == datetime(2026, 10, 11, 10, 11, 12, 500_000, UTC)


@each_row
def test_a_batch_of_events_is_as_many_typed_ones(row: EventType) -> None:
    content = payload(row, None)
    content["events"] = [example_of(row.model)] * 2
    del content["event"]
    assert [type(event) for event in Event.from_payload(content).event] == [row.model] * 2


@each_row
def test_what_may_be_missing_may_be_null_too(row: EventType) -> None:
    written = example_of(row.model)
    optional = [field for field in msgspec.structs.fields(row.model) if not field.required and field.name != "raw"]
    null = written | dict.fromkeys((key for field in optional for key in keys_of(field)), None)
    less = {key: value for key, value in null.items() if value is not None}

    missing, nothing = (Event.from_payload(payload(row, event)).event for event in (less, null))
    for field in optional:
        assert getattr(missing, field.name) == getattr(nothing, field.name)


@each_row
def test_a_field_of_another_type_leaves_the_event_to_be_had_raw(row: EventType) -> None:
    odd = example_of(row.model) | {
        field.name: {"odd": [1]} for field in msgspec.structs.fields(row.model) if field.type in (str, int, datetime)
    }
    try:
        Event.from_payload(payload(row, odd))
    except DecodeError as error:
        assert (error.type, error.version) == (row.type, row.version)  # noqa: PT017  some types have users alone
    assert Event.from_payload(payload(row, odd), raw=True).event == odd


@each_row
def test_fields_and_words_that_are_new_are_no_error(row: EventType) -> None:
    written = example_of(row.model) | {"new_field": {"a": 1}}
    words = [
        f.name for f in msgspec.structs.fields(row.model) if isinstance(f.type, type) and issubclass(f.type, StrEnum)
    ]
    event = Event.from_payload(payload(row, written | dict.fromkeys(words, "new_word"))).event
    assert [getattr(event, word) for word in words] == ["new_word"] * len(words)
    assert event.raw["new_field"] == {"a": 1}


# Models

ALL_MODELS = [getattr(models, name) for name in models.__all__]


@pytest.mark.parametrize("model", [model for model in ALL_MODELS if issubclass(model, Part)], ids=lambda m: m.__name__)
def test_users_have_their_older_names_too(model: type[Part]) -> None:
    for field in msgspec.structs.fields(model):
        if is_user(field.type) and not field.name.endswith("user"):
            assert isinstance(getattr(model, f"{field.name}_user"), Older)


def test_an_older_name_is_the_same_user() -> None:
    row = BY_TYPE_AND_VERSION["channel.shoutout.create", "1"]
    event = Event.from_payload(payload(row, example_of(row.model))).event
    assert isinstance(event, models.ChannelShoutoutCreateEvent)
    assert event.moderator_user is event.moderator
    assert event.broadcaster_user.name == event.broadcaster.name == "Login_Of_Broadcaster"
    assert event.to_broadcaster_user is event.to_broadcaster
    with pytest.raises(AttributeError):
        event.moderator_user = event.broadcaster


def test_every_model_of_an_event_can_be_imported_from_twitch_eventsub() -> None:
    import twitch.eventsub

    for row in EVENT_TYPES:
        assert getattr(twitch.eventsub, row.model.__name__) is row.model
        assert issubclass(row.model, Record)
