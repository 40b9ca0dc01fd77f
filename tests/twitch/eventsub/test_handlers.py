"""Handler names are checked where they are written, in every form a program may use."""

from typing import Any

import pytest

from twitch.errors import HandlerNameError
from twitch.eventsub import ClientApp, Event
from twitch.eventsub.handlers import LIFECYCLE, target_of
from twitch.eventsub.types import EVENT_TYPES


def event_of(event_type: str, version: str, event: dict[str, Any] | None = None) -> Event[Any]:
    subscription = {"id": "s", "type": event_type, "version": version, "condition": {}}
    return Event.from_payload({"subscription": subscription, "event": event or {}})


OFFLINE = {"broadcaster_user_id": "1", "broadcaster_user_login": "a", "broadcaster_user_name": "A"}


@pytest.mark.parametrize("row", EVENT_TYPES, ids=lambda row: row.type)
def test_each_type_has_a_name_that_follows_from_it_and_perhaps_an_older_one(row: Any) -> None:
    assert row.handlers[0] == f"on_{row.type.replace('.', '_')}_v{row.version}"
    for name in row.handlers:
        assert target_of(name).key == (row.type, row.version)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("on_channel_follow_v9_raw", ("channel.follow", "9")),
        ("on_chat_message_v2_raw", ("channel.chat.message", "2")),
        ("on_channel_new_thing_vbeta_raw", ("channel_new_thing", "beta")),
        ("on_channel_guest_star_session_begin_vbeta_raw", ("channel.guest_star_session.begin", "beta")),
    ],
)
def test_raw_names_are_taken_for_any_type_and_version(name: str, key: tuple[str, str]) -> None:
    assert target_of(name).key == key
    assert target_of(name).raw


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("on_stream_onlin_v1", "on_stream_online_v1"),
        ("on_stream_online", "on_stream_online_v1"),
        ("on_channel_follow_v1", "on_channel_follow_v2"),
        ("on_redy", "on_ready"),
    ],
)
def test_a_wrong_name_fails_with_those_that_come_nearest(name: str, near: str) -> None:
    with pytest.raises(HandlerNameError, match=rf"handler named {name}; did you mean .*{near}"):
        target_of(name)


async def handler(*_: object) -> None: ...


def test_a_class_with_a_wrong_name_can_not_be_made() -> None:
    with pytest.raises(HandlerNameError, match="on_stream_online_v1"):
        type("Bot", (ClientApp,), {"on_stream_online_v3": handler})


def test_a_handler_that_is_not_async_can_not_be_made() -> None:
    with pytest.raises(HandlerNameError, match="async def on_ready"):
        type("Bot", (ClientApp,), {"on_ready": lambda self: None})


def test_what_is_mixed_in_is_checked_too() -> None:
    class Greeting:
        def on_stream_online_v1(self, message: Any) -> None: ...

    class Goodbye:
        async def on_stream_offline_v1(self) -> None: ...

    with pytest.raises(HandlerNameError, match="must be an async function"):
        type("Bot", (Greeting, ClientApp), {})
    with pytest.raises(HandlerNameError, match="called with self and 1 more"):
        type("Bot", (Goodbye, ClientApp), {})


def test_a_handler_with_too_few_arguments_can_not_be_made() -> None:
    with pytest.raises(HandlerNameError, match="called with self and 1 more; it takes 1"):

        class Bot(ClientApp):
            async def on_stream_online_v1(self) -> None: ...


def test_two_names_of_one_event_can_not_stand_side_by_side() -> None:
    with pytest.raises(HandlerNameError, match="two handlers of one event"):
        type("Bot", (ClientApp,), {"on_chat_message_v1": handler, "on_channel_chat_message_v1": handler})


async def test_functions_are_registered_with_and_without_self() -> None:
    client = ClientApp("id", "secret")
    got: list[tuple[object, ...]] = []

    @client.event
    async def on_stream_offline_v1(message: Event[Any]) -> None:
        got.append((message.type,))

    @client.event
    async def on_channel_update_v2(self: ClientApp, message: Event[Any]) -> None:
        got.append((self, message.type))

    await client.handle(event_of("stream.offline", "1", OFFLINE))
    await client.handle(event_of("channel.update", "2", OFFLINE))
    assert got == [("stream.offline",), (client, "channel.update")]
    assert on_stream_offline_v1.__name__ == "on_stream_offline_v1"
    assert client.handled_types() == {("stream.offline", "1"), ("channel.update", "2")}


async def test_hooks_are_registered_too() -> None:
    client = ClientApp("id", "secret")
    got: list[object] = []

    @client.event
    async def on_ready() -> None:
        got.append("ready")

    @client.event
    async def on_error(self: ClientApp, event_method: str, error: Exception, *args: object) -> None:
        got.append((self, event_method, str(error), args))

    @client.event
    async def on_shard_ready(shard_id: str) -> None:
        raise ValueError(shard_id)

    await client.ready()
    await client.lifecycle("on_shard_ready", "7")
    assert got == ["ready", (client, "on_shard_ready", "7", ("7",))]


def test_registering_checks_names_arguments_and_doubles() -> None:
    client = ClientApp("id", "secret")

    async def close() -> None: ...

    async def on_stream_online_v1() -> None: ...

    async def on_ready() -> None: ...

    with pytest.raises(HandlerNameError):
        client.event(close)
    with pytest.raises(HandlerNameError, match="called with 1 argument, with or without self in front"):
        client.event(on_stream_online_v1)
    client.event(on_ready)
    with pytest.raises(HandlerNameError, match="registered already"):
        client.event(on_ready)


async def test_an_event_without_a_model_goes_to_the_raw_handler() -> None:
    class Bot(ClientApp):
        async def on_channel_new_thing_v1_raw(self, message: Event[dict[str, Any]]) -> None:
            self.got = message.event

    client = Bot("id", "secret")
    await client.handle(event_of("channel.new_thing", "1", {"a": 1}))
    assert client.got == {"a": 1}
    assert client.handles("channel.new_thing", "1")
    assert not client.handles("channel.new_thing", "2")


async def test_a_known_event_goes_to_the_raw_handler_if_there_is_no_typed_one() -> None:
    class Bot(ClientApp):
        async def on_stream_offline_v1_raw(self, message: Event[dict[str, Any]]) -> None:
            self.got = message.event

    client = Bot("id", "secret")
    await client.handle(event_of("stream.offline", "1", OFFLINE))
    assert client.got == OFFLINE


async def test_without_a_handler_there_is_nothing_to_run() -> None:
    with pytest.raises(LookupError, match=r"stream\.offline v1"):
        await ClientApp("id", "secret").handle(event_of("stream.offline", "1", OFFLINE))


async def test_what_a_handler_raises_comes_out_of_handle() -> None:
    class Bot(ClientApp):
        async def on_stream_offline_v1(self, message: Event[Any]) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Bot("id", "secret").handle(event_of("stream.offline", "1", OFFLINE))


async def test_handlers_are_inherited_and_overridden() -> None:
    class Base(ClientApp):
        async def on_stream_offline_v1(self, message: Event[Any]) -> None:
            self.got = ["base"]

    class Bot(Base):
        async def on_stream_offline_v1(self, message: Event[Any]) -> None:
            await super().on_stream_offline_v1(message)
            self.got.append("bot")

    client = Bot("id", "secret")
    await client.handle(event_of("stream.offline", "1", OFFLINE))
    assert client.got == ["base", "bot"]


def test_every_hook_exists_on_the_client() -> None:
    assert all(callable(getattr(ClientApp, name)) for name in LIFECYCLE)
