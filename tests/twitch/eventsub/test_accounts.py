"""Clients in steps: authorize, log in, connect. What works after each of them, and what is left when one fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.twitch.waiting import WAIT_SECONDS, until
from twitch import App, errors
from twitch.eventsub import ClientApp, ClientUser, Event, MultiShardClientApp, StreamOnlineEvent
from twitch.eventsub.hosting import hosted
from twitch.simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.serve(port=0, clients={"id": "secret"}) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
async def _no_task_is_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    await until(lambda: asyncio.all_tasks() - before <= {asyncio.current_task()})


@asynccontextmanager
async def connected(client: ClientApp | ClientUser, connecting: Any) -> AsyncIterator[None]:
    """The client from connect() to close()."""
    task = asyncio.create_task(connecting)
    try:
        await until(lambda: client.is_ready() or task.done())
        if task.done():
            await task
        yield
    finally:
        await client.close()
        async with asyncio.timeout(WAIT_SECONDS):
            await task


class Told:
    """Keeps what the hooks are told, in their order."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.story: list[tuple[Any, ...]] = []
        self.heard: list[str] = []

    async def setup_hook(self) -> None:
        self.story.append(("setup_hook",))

    async def on_ready(self) -> None:
        self.story.append(("ready",))

    async def on_token_update(self, user_id: str, access_token: str, refresh_token: str | None) -> None:
        self.story.append(("token", user_id, access_token))

    async def on_token_remove(self, user_id: str) -> None:
        self.story.append(("token_gone", user_id))

    async def on_error(self, event_method: str, error: BaseException, /, *args: Any) -> None:
        self.story.append(("error", event_method, error))

    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        self.heard.append(message.event.broadcaster.id)


class AppTold(Told, ClientApp): ...


class MultiTold(Told, MultiShardClientApp): ...


class UserTold(Told, ClientUser): ...


@pytest.mark.parametrize("make", [AppTold, MultiTold])
async def test_a_conduit_is_made_between_authorize_and_connect(sim: Simulator, make: type[AppTold | MultiTold]) -> None:
    client = make("id", "secret", addresses=sim.addresses)
    await client.authorize()
    conduit = await client.application.create_conduit(2)
    user = await client.add_user("user-42", "refresh-42")
    assert (user.id, client.get_user("42").id, client.get_token("42").access_token) == ("42", "42", "user-42")
    assert client.loop is asyncio.get_running_loop()
    with pytest.raises(errors.ClientException, match="no conduit is named yet"):
        await client.eventsub.stream_online("42")
    async with connected(client, client.connect(conduit.id, shard_ids=[0, 1])):
        await client.eventsub.stream_online("42")
        assert sim.control.send("stream.online", broadcaster_id="42") == 1
        await until(lambda: client.heard == ["42"])
        assert client.ws is not None
    assert client.story == [("token", "42", "user-42"), ("setup_hook",), ("ready",)]
    assert client.is_closed()


async def test_a_conduit_named_to_authorize_takes_subscriptions_at_once(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        conduit = await app.application.create_conduit(1)
    async with AppTold("id", "secret", addresses=sim.addresses) as client:
        await client.authorize(conduit_id=conduit.id)
        made = await client.eventsub.stream_online("1337")
        assert (made.transport.conduit_id, await client.host.subscriptions()) == (conduit.id, (made,))
        await client.host.unsubscribe(made.id)
        assert await client.host.subscriptions() == ()
    assert client.story == []


async def test_a_user_logs_in_and_connects(sim: Simulator) -> None:
    client = UserTold("id", "secret", addresses=sim.addresses)

    @client.event
    async def on_stream_offline_v1(message: Event[Any]) -> None:
        client.heard.append("offline")

    await client.authorize()
    assert (await client.application.get_users(user_ids=["42"]))[0].id == "42"
    with pytest.raises(errors.ClientException, match="nobody is logged in"):
        await client.connect()
    await client.login("user-42", "refresh-42")
    assert client.user.id == "42"
    async with connected(client, client.connect()):
        assert sim.control.send("stream.offline", broadcaster_id="42") == 1
        await until(lambda: client.heard == ["offline"])
        assert client.ws is not None
    assert client.ws is None
    assert client.story == [("token", "42", "user-42"), ("setup_hook",), ("ready",)]
    with pytest.raises(errors.ClientException, match="nobody is logged in"):
        await client.connect()


async def test_nothing_is_subscribed_by_itself_unless_login_says_so(sim: Simulator) -> None:
    client = UserTold("id", "secret", addresses=sim.addresses)

    @client.event
    async def on_stream_offline_v1(message: Event[Any]) -> None: ...

    await client.login("user-42", "refresh-42", False)
    async with connected(client, client.connect()):
        assert len(sim.control.sockets()) == 0


async def test_a_public_client_has_no_token_to_get() -> None:
    async with Simulator.serve(port=0, clients={"public": None}) as sim:
        client = UserTold("public", addresses=sim.addresses)
        await client.authorize()
        await client.login("user-42")
        assert client.user.id == "42"
        await client.close()


async def test_a_login_that_fails_ends_itself_alone(sim: Simulator) -> None:
    async with UserTold("id", "secret", addresses=sim.addresses) as client:
        await client.authorize()
        with pytest.raises(errors.TokenError, match="an app's token"):
            await client.login((await client.app.oauth.client_credentials()).access_token)
        assert await client.application.get_users(user_ids=["42"])


@pytest.mark.parametrize("make", [AppTold, UserTold])
async def test_a_step_that_fails_leaves_nothing_open(sim: Simulator, make: type[AppTold | UserTold]) -> None:
    client = make("id", "wrong", addresses=sim.addresses)
    with pytest.raises(errors.AuthFailure):
        await client.authorize()
    assert client.is_closed()
    with pytest.raises(errors.ClientException, match="from authorize"):
        _ = client.app
    with pytest.raises(errors.ClientException, match="no event loop"):
        _ = client.loop


async def test_a_token_from_elsewhere_will_do(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        token = (await app.oauth.client_credentials()).access_token
    calls: list[str] = []
    client = AppTold("id", "not needed", addresses=sim.addresses, observe=lambda name, *_: calls.append(name))
    async with client:
        await client.authorize(token)
        assert await client.application.get_conduits() == ()
    assert calls == ["get_conduits"]


@pytest.mark.parametrize("make", [AppTold, UserTold])
async def test_closing_ends_a_step_that_waits_for_twitch(sim: Simulator, make: type[AppTold | UserTold]) -> None:
    sim.control.fault("status", endpoint="POST /oauth2/token", status=500, count=1000)
    client = make("id", "secret", addresses=sim.addresses)
    waiting = asyncio.create_task(client.authorize())
    await until(lambda: sim.control.faults()[0]["count"] < 1000)
    await client.close()
    with pytest.raises(errors.ClientException, match="closed before that was done"):
        await waiting


async def test_tokens_are_added_and_removed_before_there_is_a_socket(sim: Simulator) -> None:
    async with AppTold("id", "secret", addresses=sim.addresses) as client:
        await client.authorize()
        client.add_token("42", "user-42", "refresh-42")
        assert client.remove_token("42")
        assert not client.remove_token("42")
        await client.add_user("user-43", "refresh-43")
        await client.remove_user("43")
        await until(lambda: len(client.story) == 4)
    assert client.story == [
        ("token", "42", "user-42"),
        ("token_gone", "42"),
        ("token", "43", "user-43"),
        ("token_gone", "43"),
    ]


async def test_hooks_and_handlers_are_run_by_any_of_their_names(sim: Simulator) -> None:
    async with AppTold("id", "secret", addresses=sim.addresses) as client:
        with pytest.raises(errors.ClientException, match="from authorize"):
            client.dispatch("ready")
        await client.authorize()
        client.dispatch("ready")
        client.dispatch("on_token_remove", "7")
        client.dispatch("channel_follow_v2", None)  # it has no handler
        client.dispatch("stream_online_v1", "no event")
        with pytest.raises(errors.HandlerNameError, match="no event calls a handler named on_raedy"):
            client.dispatch("raedy")
        await until(lambda: len(client.story) == 3)
    assert client.story[:2] == [("ready",), ("token_gone", "7")]
    assert client.story[2][:2] == ("error", "on_stream_online_v1")


async def test_on_error_may_be_static_or_registered(sim: Simulator) -> None:
    told: list[tuple[Any, ...]] = []

    class Static(ClientApp):
        @staticmethod
        async def on_error(event_method: str, error: BaseException, /, *args: Any) -> None:
            told.append((event_method, type(error), *args))

        async def on_token_remove(self, user_id: str) -> None:
            raise ZeroDivisionError

    async with Static("id", "secret", addresses=sim.addresses) as client:
        await client.authorize()
        client.dispatch("token_remove", "7")
        await until(lambda: told)

        @client.event
        async def on_error(self: Any, event_method: str, error: BaseException, *args: Any) -> None:
            told.append((self, event_method))

        client.dispatch("token_remove", "8")
        await until(lambda: len(told) == 2)
    assert told == [("on_token_remove", ZeroDivisionError, "7"), (client, "on_token_remove")]


@pytest.mark.parametrize("make", [AppTold, UserTold])
async def test_token_maintenance_is_overridden_and_called(sim: Simulator, make: type[AppTold | UserTold]) -> None:
    begun = asyncio.Event()

    class Careful(make):  # type: ignore[misc, valid-type]  # a class that is a parameter
        async def token_maintenance_task(self) -> None:
            begun.set()
            await super().token_maintenance_task()

    async with Careful("id", "secret", addresses=sim.addresses) as client:
        await client.authorize()
        client.add_token("42", "user-42")
        await until(lambda: client.tokens_validity)
        checked, expires_in = client.tokens_validity["42"]
        assert (checked, expires_in) == (
            client.tokens_validity["42"].last_validated,
            client.tokens_validity["42"].expires_in,
        )
        assert begun.is_set()


async def test_what_token_maintenance_raises_is_logged(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    class Careless(ClientApp):
        async def token_maintenance_task(self) -> None:
            raise ZeroDivisionError

    async with Careless("id", "secret", addresses=sim.addresses) as client:
        with caplog.at_level(logging.ERROR, "twitch.tokens"):
            await client.authorize()
            await until(lambda: caplog.records)
    assert "not maintained any more" in caplog.text


async def test_a_shard_is_bound_to_a_socket_of_the_programs_own(sim: Simulator) -> None:
    async with AppTold("id", "secret", addresses=sim.addresses) as client:
        await client.authorize()
        conduit = await client.application.create_conduit(1)
        async with client.app.http.session.ws_connect(sim.addresses.eventsub_url) as socket:
            session_id = (await socket.receive_json())["payload"]["session"]["id"]
            await client.identify_shard(conduit.id, 0, session_id=session_id)
            (shard,) = await client.application.get_conduit_shards(conduit.id)
            assert (shard.is_enabled, shard.session_id) == (True, session_id)
            with pytest.raises(errors.ShardError, match="refused to bind shard 7") as refused:
                await client.identify_shard(conduit.id, "7", session_id=session_id)
            assert refused.value.shard_id == "7"


async def test_a_program_that_starts_in_steps_is_hosted_like_any_other() -> None:
    client = AppTold("id", "secret")
    with hosted() as recorded:
        await client.authorize()
        await client.connect("c", shard_ids=[1])
        with pytest.raises(errors.HostingError):
            await UserTold("id", "secret").login("user-42")
    assert [(run.client, run.conduit_id, run.options["shard_ids"]) for run in recorded.runs] == [(client, "c", [1])]
    with pytest.raises(errors.ClientException):
        _ = client.app
