"""A bot that is one user: the page's program, over a socket of its own, and what goes wrong with one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web

from tests.twitch.eventsub import running_clients
from tests.twitch.waiting import WAIT_SECONDS, until
from twitch import errors
from twitch.eventsub import (
    ChannelChatMessageEvent,
    ClientUser,
    Event,
    StreamOfflineEvent,
    StreamOnlineEvent,
    Subscription,
)
from twitch.eventsub.backoff import AT_ONCE_SECONDS
from twitch.eventsub.hosting import hosted
from twitch.eventsub.types import EVENT_TYPES
from twitch.models import normal_condition
from twitch.simulator import Simulator
from twitch.simulator.faults import GARBAGE


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.serve(port=0, max_total_cost_websocket=10_000) as simulator:
        yield simulator


class Told(ClientUser):
    """Keeps what the hooks are told."""

    def __init__(self, sim: Simulator, **options: Any) -> None:
        super().__init__("id", "secret", addresses=sim.addresses, **options)
        self.story: list[tuple[Any, ...]] = []

    def heard(self, name: str) -> list[tuple[Any, ...]]:
        return [told[1:] for told in self.story if told[0] == name]

    async def on_connect(self) -> None:
        self.story.append(("connect",))

    async def on_disconnect(self) -> None:
        self.story.append(("disconnect",))

    async def on_revocation(self, subscription: Subscription, metadata: Any) -> None:
        self.story.append(("revocation", subscription.type))

    async def on_token_update(self, user_id: str, access_token: str, refresh_token: str | None) -> None:
        self.story.append(("token", user_id, access_token))

    async def on_token_remove(self, user_id: str) -> None:
        self.story.append(("token_gone", user_id))

    async def on_error(self, event_method: str, error: BaseException, /, *args: Any) -> None:
        self.story.append(("error", event_method, error))


def running(client: ClientUser, *tokens: str, **options: Any) -> AbstractAsyncContextManager[asyncio.Task[None]]:
    return running_clients.running(client, client.start(*(tokens or ("user-42", "refresh-42")), **options))


def subscribed(sim: Simulator) -> list[tuple[str, str, dict[str, str]]]:
    """What is enabled at Twitch, by type, version and condition."""
    listed = sim.model.subscriptions._by_id.values()
    return [(one.type, one.version, normal_condition(one.condition)) for one in listed if one.status == "enabled"]


async def test_registered_handlers_are_subscribed_and_again_after_a_lost_socket(sim: Simulator) -> None:
    client = Told(sim)
    heard: list[str] = []

    @client.event
    async def on_chat_message_v1(self: ClientUser, message: Event[ChannelChatMessageEvent]) -> None:
        heard.append(message.event.message.text)
        if message.event.chatter.id != self.user.id:  # what it says itself it hears too
            await self.user.send_chat_message(f"Hi @{message.event.chatter.name}!")

    @client.event
    async def on_stream_online_v1(message: Event[StreamOnlineEvent]) -> None:
        heard.append(message.event.broadcaster.id)

    async with running(client):
        assert sim.control.send("channel.chat.message", condition={"broadcaster_user_id": "42", "user_id": "42"}) == 1
        await until(lambda: len(heard) == 2)
        assert heard[1].startswith("Hi @")
        sim.control.fault("close", code=4000)
        await until(lambda: sim.control.send("stream.online", broadcaster_id="42"))
        await until(lambda: "42" in heard)
        await until(lambda: len(subscribed(sim)) == 2)
    assert client.heard("error") == []
    assert (len(client.heard("connect")), len(client.heard("disconnect"))) == (2, 1)


async def test_every_handler_name_is_subscribed_by_itself(sim: Simulator) -> None:
    """Each name that a type goes by, typed and raw; what a user's socket can't have is refused where it's written."""
    missing: list[str] = []
    for older in (False, True):
        for suffix in ("", "_raw"):
            client = Told(sim)
            wanted = set()
            for row in EVENT_TYPES:
                handler = _handler(row.handlers[-1 if older else 0] + suffix)
                if not row.websocket:
                    with pytest.raises(errors.HandlerNameError, match="a ClientApp gets it"):
                        client.event(handler)
                elif row.type != "conduit.shard.disabled":
                    client.event(handler)
                    wanted.add((row.type, row.version))
            async with running(client):
                missing += [
                    str(each) for each in sorted(wanted - {(kind, version) for kind, version, _ in subscribed(sim)})
                ]
                missing += [str(error) for error in client.heard("error")]
    assert missing == []


def _handler(name: str) -> Any:
    async def handler(message: Event[Any]) -> None: ...

    handler.__name__ = name
    return handler


async def test_a_raid_is_subscribed_in_both_directions(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_channel_raid_v1"))
    async with running(client):
        assert subscribed(sim) == [
            ("channel.raid", "1", {"from_broadcaster_user_id": "42"}),
            ("channel.raid", "1", {"to_broadcaster_user_id": "42"}),
        ]


async def test_a_raw_handler_of_an_unknown_type_is_told_to_subscribe_by_hand(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_channel_new_thing_v1_raw"))
    client.event(_handler("on_stream_online_v1"))
    async with running(client):
        assert [kind for kind, _, _ in subscribed(sim)] == ["stream.online"]
    ((method, error),) = client.heard("error")
    assert method == "on_channel_new_thing_v1_raw"
    assert "await self.eventsub.subscribe" in str(error)


async def test_methods_of_a_class_subscribe_in_on_ready(sim: Simulator) -> None:
    class Bot(Told):
        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            self.story.append(("online", message.event.broadcaster.id))

        async def on_stream_offline_v1(self, message: Event[Any]) -> None: ...

        async def on_ready(self) -> None:
            await self.eventsub.stream_online()

    client = Bot(sim)
    async with running(client):
        assert [kind for kind, _, _ in subscribed(sim)] == ["stream.online"]
        sim.control.send("stream.online", broadcaster_id="42")
        await until(lambda: client.heard("online"))


async def test_a_handler_that_is_registered_while_it_runs_is_subscribed_too(sim: Simulator) -> None:
    class Late(Told):
        async def on_ready(self) -> None:
            self.event(_handler("on_stream_online_v1"))

    client = Late(sim)
    async with running(client):
        client.event(_handler("on_channel_update_v2"))
        await until(lambda: sorted(kind for kind, _, _ in subscribed(sim)) == ["channel.update", "stream.online"])


async def test_nothing_is_subscribed_by_itself_if_so_wanted(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    async with running(client, register_events=False):
        client.event(_handler("on_channel_update_v2"))
        assert subscribed(sim) == []
        assert sim.control.sockets() == []


async def test_an_idle_client_can_be_closed_and_started_again(sim: Simulator) -> None:
    client = Told(sim)
    for _ in range(2):
        async with running(client):
            assert not client.is_closed()
            await client.close()
            assert client.is_closed()
    assert len(client.heard("token")) == 2


async def test_it_closes_from_a_handler_and_from_on_ready(sim: Simulator) -> None:
    class Once(ClientUser):
        from_handler = True

        async def on_ready(self) -> None:
            if self.from_handler:
                await self.eventsub.stream_online()
            else:
                await self.close()

        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            self.from_handler = False
            await self.close()

    client = Once("id", "secret", addresses=sim.addresses)
    task = asyncio.create_task(client.start("user-42"))
    await client.wait_until_ready()
    sim.control.send("stream.online", broadcaster_id="42")
    await asyncio.wait_for(task, 30)
    assert not client.from_handler
    await asyncio.wait_for(client.start("user-42"), 30)
    assert client.is_closed()


async def test_waiting_for_a_client_that_is_closed_first_ends(sim: Simulator) -> None:
    class Slow(Told):
        async def on_ready(self) -> None:
            await asyncio.sleep(60)

    client = Slow(sim)
    task = asyncio.create_task(client.start("user-42"))
    waiting = asyncio.create_task(client.wait_until_ready())
    await until(lambda: client.heard("token"))
    await client.close()
    with pytest.raises(errors.ClientException, match="closed before it was ready"):
        await waiting
    await task


async def test_what_is_unsubscribed_or_revoked_stays_gone(sim: Simulator) -> None:
    client = Told(sim)
    async with running(client):
        online = await client.eventsub.stream_online()
        offline = await client.eventsub.stream_offline()
        await client.eventsub.channel_update()
        await client.unsubscribe(online.id)
        await client.unsubscribe(online.id)
        sim.control.revoke({"subscription_id": offline.id})
        await until(lambda: client.heard("revocation"))
        sim.control.fault("close", code=4000)
        await until(lambda: len(client.heard("connect")) == 2)
        await until(lambda: subscribed(sim) == [("channel.update", "2", {"broadcaster_user_id": "42"})])
    assert client.heard("error") == []


async def test_a_requested_reconnect_keeps_subscriptions_and_loses_nothing(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_channel_update_v2"))

    @client.event
    async def on_stream_online_v1(message: Event[StreamOnlineEvent]) -> None:
        client.story.append(("online", message.id))

    async with running(client):
        before = {one.id for one in sim.model.subscriptions._by_id.values()}
        for _ in range(3):
            sim.control.send("stream.online", broadcaster_id="42", count=5)
            sim.control.fault("reconnect")
            sim.control.fault("duplicate", count=2)
            sim.control.send("stream.online", broadcaster_id="42", count=5)
            await asyncio.sleep(0.05)
        await until(lambda: len(client.heard("online")) == 30)
        assert {one.id for one in sim.model.subscriptions._by_id.values()} == before
    assert (len(client.heard("connect")), client.heard("disconnect")) == (1, [])
    assert len({told for (told,) in client.heard("online")}) == 30


async def test_subscribing_twice_is_one_subscription(sim: Simulator) -> None:
    client = Told(sim)
    async with running(client):
        first = await client.eventsub.stream_online()
        assert (await client.eventsub.stream_online()).id == first.id
        assert len(subscribed(sim)) == 1


async def test_a_conflict_that_names_nothing_is_found_among_the_sessions_own(sim: Simulator) -> None:
    """Twitch made the subscription, says 409 all the same, and not which: the list has it, its condition padded."""
    client = Told(sim)
    async with running(client):
        sim.control.fault("status", endpoint="POST /eventsub/subscriptions", status=409, after=True, count=2)
        raid = await client.eventsub.channel_raid(to_broadcaster_user_id="42")
        online = await client.eventsub.stream_online()
        assert {raid.id, online.id} == {one.id for one in sim.model.subscriptions._by_id.values()}
        sim.control.fault("close", code=4000)
        await until(lambda: len(client.heard("connect")) == 2)
        await until(lambda: len(subscribed(sim)) == 2)
    assert client.heard("error") == []


async def test_a_session_that_is_replaced_brings_no_event_twice(sim: Simulator) -> None:
    """Where a reconnect fails, the old session lives on for a while, beside the new one: each with a subscription."""
    client = Told(sim)

    @client.event
    async def on_stream_online_v1(message: Event[StreamOnlineEvent]) -> None:
        client.story.append(("online", message.id))

    async with running(client):
        sim.control.fault("status", endpoint="/ws", status=503)
        sim.control.fault("reconnect")
        sim.control.send("stream.online", broadcaster_id="42")
        await until(lambda: len(client.heard("connect")) == 2)
        await until(lambda: len(sim.control.sockets()) == 1)
        assert sim.control.send("stream.online", broadcaster_id="42") == 1
        await until(lambda: len(client.heard("online")) == 2)
        assert len(subscribed(sim)) == 1
    assert (client.heard("disconnect"), client.heard("error")) == ([], [])


async def test_who_waits_to_subscribe_is_told_of_the_end(sim: Simulator) -> None:
    client = Told(sim)
    async with running(client):
        sim.control.fault("abort", endpoint="/ws", count=1000)
        waiting = asyncio.create_task(client.eventsub.stream_online())
        await until(lambda: len(sim.control.faults()) == 1 and sim.control.faults()[0]["count"] < 1000)
        events = client.eventsub
        await client.close()
        with pytest.raises(errors.ClientException, match=r"closed before stream\.online was subscribed to"):
            await asyncio.wait_for(waiting, WAIT_SECONDS)
        with pytest.raises(errors.ClientException, match="the client is closed"):
            await events.stream_offline()


@pytest.mark.parametrize("steps", [1, 3, 6, 10])
async def test_a_start_that_is_cancelled_while_it_closes_leaves_nothing(sim: Simulator, steps: int) -> None:
    client = Told(sim)
    async with running(client) as task:
        await client.eventsub.stream_online()
        await running_clients.cancelled_while_it_closes(client, task, steps)


async def test_the_user_deletes_one_subscription_and_the_others_go_on(sim: Simulator) -> None:
    client = Told(sim)
    heard: list[str] = []

    @client.event
    async def on_stream_offline_v1(message: Event[StreamOfflineEvent]) -> None:
        heard.append(message.event.broadcaster.id)

    async with running(client):
        unwanted = await client.eventsub.stream_online()
        assert bool(unwanted) is True
        await client.user.delete_eventsub_subscription(unwanted.id)
        assert [type_ for type_, _, _ in subscribed(sim)] == ["stream.offline"]
        assert sim.control.send("stream.offline", broadcaster_id="42") == 1
        await until(lambda: heard == ["42"])
    assert client.heard("error") == []


async def test_a_session_that_ends_while_it_is_subscribed_to_costs_nothing(sim: Simulator) -> None:
    """Twitch says 400 to a subscription on a session that it has ended; the client may not know of the end yet."""
    client = Told(sim)
    async with running(client):
        await client.eventsub.stream_offline()
        for _ in range(3):
            sim.control.fault("close", code=4000)
            await client.eventsub.stream_online()
            await client.eventsub.channel_update()
        await until(lambda: len(subscribed(sim)) == 3)
    assert client.heard("error") == []


async def test_a_socket_without_subscriptions_is_opened_when_one_is_asked_for(sim: Simulator) -> None:
    client = Told(sim)
    async with running(client):
        online = await client.eventsub.stream_online()
        await client.unsubscribe(online.id)
        sim.control.fault("close", code=4003)
        await until(lambda: client.heard("disconnect"))
        await asyncio.sleep(0.5)
        assert sim.control.sockets() == []
        await client.eventsub.stream_offline()
        assert len(sim.control.sockets()) == 1


async def test_a_twitch_that_is_down_at_the_start_is_waited_for(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    sim.control.fault("status", endpoint="GET /oauth2/validate", status=500)
    sim.control.fault("status", endpoint="POST /eventsub/subscriptions", status=500)
    async with running(client):
        assert [kind for kind, _, _ in subscribed(sim)] == ["stream.online"]
    assert client.heard("error") == []


@pytest.mark.parametrize("code", [1000, 1006, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007])
async def test_a_closed_socket_is_opened_anew_with_what_was_on_it(
    sim: Simulator, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twitch.eventsub.backoff.LATER_SECONDS", 0.5)
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    async with running(client):
        if code == 1006:
            sim.control.fault("abort")
        else:
            sim.control.fault("close", code=code)
        await until(lambda: (len(client.heard("connect")), len(client.heard("disconnect"))) == (2, 1))
        await until(lambda: [kind for kind, _, _ in subscribed(sim)] == ["stream.online"])
    assert client.heard("error") == []


async def test_sockets_that_end_at_once_are_opened_ever_more_slowly(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A welcome alone proves nothing: a Twitch in trouble may greet everybody and drop them."""
    monkeypatch.setattr("twitch.eventsub.backoff.FIRST_SECONDS", 0.01)
    monkeypatch.setattr("twitch.eventsub.user_session.LASTING_SECONDS", 600)
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    async with running(client):
        for number in range(1, 7):
            sim.control.fault("close", code=4000)
            await until(lambda: len(client.heard("connect")) > number)  # noqa: B023  awaited within the turn
    told = [record.args for record in caplog.records if "socket lost" in record.msg]
    pauses = [float(str(args[2])) for args in told if isinstance(args, tuple)]
    first, *later = pauses
    assert first <= AT_ONCE_SECONDS
    assert [0.01 * 2**number / 2 <= pause <= 0.01 * 2**number for number, pause in enumerate(later[:4])] == [True] * 4
    assert all(0.08 <= pause <= 0.16 for pause in later[4:])


async def test_a_frame_that_makes_no_sense_costs_nothing(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    async with running(client):
        for kind in GARBAGE:
            sim.control.fault("garbage", garbage=kind)
        for kind in ("bad_opcode", "too_long"):  # what breaks WebSocket itself costs the socket
            connected = len(client.heard("connect"))
            sim.control.fault("garbage", garbage=kind)
            await until(lambda: len(client.heard("connect")) > connected)  # noqa: B023  awaited within the turn
        await until(lambda: [kind for kind, _, _ in subscribed(sim)] == ["stream.online"])
    assert len(client.heard("disconnect")) == 2
    assert client.heard("error") == []


async def test_a_missed_keepalive_is_noticed_and_mended() -> None:
    async with Simulator.serve(port=0, time_scale=10, keepalive_seconds=10) as quick:
        client = Told(quick)
        client.event(_handler("on_stream_online_v1"))
        async with running(client):
            quick.control.fault("silence", seconds=600)
            await until(lambda: len(client.heard("connect")) == 2)
            await until(lambda: [kind for kind, _, _ in subscribed(quick)] == ["stream.online"])


async def test_dead_tokens_are_one_error(sim: Simulator) -> None:
    sim.control.expire_tokens(sim.clock.api_now(), "42")
    async with aiohttp.ClientSession() as http:
        await http.get(f"{sim.addresses.auth_url}/validate", headers={"Authorization": "OAuth user-42"})
    sim.control.expire_tokens(sim.clock.api_now(), "42")
    with pytest.raises(errors.TokenError, match="dead and came without a refresh token"):
        await Told(sim).start("user-42")


async def test_a_token_that_is_none_is_told_before_twitch_is_asked(sim: Simulator) -> None:
    """As of a file that was read with its last line break."""
    with pytest.raises(errors.TokenError, match="a character that no token has, such as a space or a line break"):
        await Told(sim).start("user-42\n", "refresh-42")


async def test_tokens_that_are_dead_when_a_fresh_session_needs_them_are_the_end(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    client.event(_handler("on_stream_offline_v1"))
    async with running(client, "user-42") as task:
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        sim.control.fault("close", code=4000)
        with pytest.raises(errors.TokenError, match="user 42 is dead and came without a refresh token"):
            await asyncio.wait_for(asyncio.shield(task), WAIT_SECONDS)
    assert client.heard("token_gone") == [("42",)]


async def test_without_reconnect_a_lost_socket_is_the_end(sim: Simulator) -> None:
    client = Told(sim)
    client.event(_handler("on_stream_online_v1"))
    async with running(client, reconnect=False) as task:
        sim.control.fault("close", code=4000)
        with pytest.raises(errors.ConnectionClosed) as caught:
            await asyncio.wait_for(asyncio.shield(task), WAIT_SECONDS)
    assert caught.value.code == 4000


async def test_a_fourth_connection_is_told_clearly(sim: Simulator) -> None:
    clients = [Told(sim) for _ in range(4)]
    tasks = [asyncio.create_task(client.start("user-42")) for client in clients]
    await asyncio.gather(*(client.wait_until_ready() for client in clients))
    for number, client in enumerate(clients[:3]):
        await client.eventsub.stream_online(str(number))
    with pytest.raises(errors.RateLimited, match="a user 3 connections, 300 subscriptions on each") as caught:
        await clients[3].eventsub.stream_online("9")
    assert not caught.value.transient
    await asyncio.gather(*(client.close() for client in clients), *tasks)


async def test_the_three_hundred_and_first_subscription_is_told_clearly(sim: Simulator) -> None:
    client = Told(sim)
    async with running(client):
        await asyncio.gather(*(client.eventsub.stream_online(str(number)) for number in range(1000, 1300)))
        with pytest.raises(errors.ClientException, match="300 subscriptions are on this connection already"):
            await client.eventsub.stream_online("1300")
        assert len(sim.control.sockets()) == 1


async def test_users_are_added_looked_at_and_removed(sim: Simulator) -> None:
    client = Told(sim)
    async with running(client):
        assert client.user.id == "42"
        await client.add_user("user-43", "refresh-43")
        client.add_token("44", "user-44")
        await until(lambda: len(client.heard("token")) == 3)
        assert client.get_token("43").access_token == "user-43"
        assert (client.get_user_by_id("44").id, set(client.tokens)) == ("44", {"42", "43", "44"})
        assert "user:bot" in client.users_scopes["43"]
        assert client.remove_token("43")
        await until(lambda: client.heard("token_gone"))
    assert client.heard("token_gone") == [("43",)]
    with pytest.raises(errors.ClientException, match="isn't running"):
        client.get_token("42")


async def test_a_public_client_needs_no_secret() -> None:
    async with Simulator.serve(port=0, clients={"id": None}) as sim:
        client = ClientUser("id", addresses=sim.addresses)
        client.event(_handler("on_stream_online_v1"))
        async with running(client):
            assert [kind for kind, _, _ in subscribed(sim)] == ["stream.online"]


async def test_the_mock_server_of_the_twitch_cli_serves_socket_and_subscriptions(sim: Simulator) -> None:
    asked: list[dict[str, Any]] = []
    sockets: list[web.WebSocketResponse] = []

    async def socket(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        sockets.append(websocket)
        session = {"id": "mock_1", "status": "connected", "keepalive_timeout_seconds": 10, "reconnect_url": None}
        await websocket.send_json(_message("session_welcome", {"session": session}))
        async for _ in websocket:
            pass
        return websocket

    async def subscribe(request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        asked.append(body)
        made = {**body, "id": "s1", "status": "enabled", "cost": 0, "created_at": "2026-01-01T00:00:00Z"}
        return web.json_response({"data": [made], "total": 1, "total_cost": 0, "max_total_cost": 10}, status=202)

    mock = web.Application()
    mock.router.add_get("/ws", socket)
    mock.router.add_post("/eventsub/subscriptions", subscribe)
    runner = web.AppRunner(mock, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    client = Told(sim)

    @client.event
    async def on_stream_offline_v1(message: Event[Any]) -> None:
        client.story.append(("offline", message.event.broadcaster.id))

    try:
        async with running(client, mock_url=f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"):
            assert [body["transport"] for body in asked] == [{"method": "websocket", "session_id": "mock_1"}]
            event = {"broadcaster_user_id": "42", "broadcaster_user_login": "a", "broadcaster_user_name": "A"}
            await sockets[0].send_json(
                _message(
                    "notification",
                    {"subscription": {**asked[0], "id": "s1", "status": "enabled", "cost": 0}, "event": event},
                    {"subscription_type": "stream.offline", "subscription_version": "1"},
                )
            )
            await until(lambda: client.heard("offline"))
        assert sim.control.sockets() == []
    finally:
        await runner.cleanup()


def _message(kind: str, payload: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    metadata = {"message_id": f"m-{kind}", "message_type": kind, "message_timestamp": "2026-01-01T00:00:00Z"}
    return {"metadata": {**metadata, **(more or {})}, "payload": payload}


def test_it_can_not_be_hosted() -> None:
    with hosted(), pytest.raises(errors.HostingError, match=r"^ClientUser\.run can't run inside a fleet"):
        ClientUser("id", "secret").run("ACCESS_TOKEN")


def test_a_client_does_not_show_its_secret() -> None:
    assert repr(ClientUser("id", "hush")) == "<ClientUser client_id='id'>"
