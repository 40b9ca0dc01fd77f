"""A client in one process, against a simulated Twitch: from run() to close(), and through what goes wrong between."""

import asyncio
import logging
import os
import signal
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.programs import LIVE_ALERT
from tests.twitch.eventsub import running_clients
from tests.twitch.waiting import WAIT_SECONDS, until
from twitch import App, errors
from twitch.api import UserAPI
from twitch.eventsub import (
    ChannelChatMessageEvent,
    ClientApp,
    ConduitShardDisabledEvent,
    Event,
    Metadata,
    MultiShardClientApp,
    StreamOnlineEvent,
    Subscription,
)
from twitch.eventsub.backoff import AT_ONCE_SECONDS
from twitch.eventsub.outcomes import Notification, Revocation
from twitch.ids import ClientId, MessageId
from twitch.models import normal_condition
from twitch.simulator import Simulator

ANOTHER_LIMIT = {
    "status": 429,
    "headers": {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "700", "Ratelimit-Reset": "4000000000"},
}
"""Than that of the points, of which there are plenty."""


async def make_conduit(sim: Simulator, shard_count: int, *, client_id: str = "id") -> str:
    async with App(client_id, "secret", addresses=sim.addresses) as app:
        return (await app.application.create_conduit(shard_count)).id


def running(client: ClientApp, conduit_id: str, **options: Any) -> AbstractAsyncContextManager[asyncio.Task[None]]:
    return running_clients.running(client, client.start(conduit_id, **options))


class Listener(ClientApp):
    """Subscribes to a channel when ready, and keeps everything it hears."""

    channel = "1337"

    def __init__(self, sim: Simulator, **options: Any) -> None:
        super().__init__("id", "secret", addresses=sim.addresses, **options)
        self.story: list[tuple[Any, ...]] = []
        self.events: list[Event[Any]] = []

    def heard(self, name: str) -> list[tuple[Any, ...]]:
        return [told for told in self.story if told[0] == name]

    async def setup_hook(self) -> None:
        self.story.append(("setup_hook", self.eventsub is not None))

    async def on_ready(self) -> None:
        self.story.append(("ready",))
        await self.eventsub.stream_online(self.channel)

    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        self.events.append(message)

    async def on_connect(self) -> None:
        self.story.append(("connect",))

    async def on_disconnect(self) -> None:
        self.story.append(("disconnect",))

    async def on_shard_connect(self, shard_id: str) -> None:
        self.story.append(("shard_connect", shard_id))

    async def on_shard_disconnect(self, shard_id: str) -> None:
        self.story.append(("shard_disconnect", shard_id))

    async def on_shard_ready(self, shard_id: str) -> None:
        self.story.append(("shard_ready", shard_id))

    async def on_revocation(self, subscription: Subscription, metadata: Metadata) -> None:
        self.story.append(("revocation", subscription.status, metadata.message_type))

    async def on_error(self, event_method: str, error: BaseException, /, *args: Any) -> None:
        self.story.append(("error", event_method, error, *args))

    async def on_token_remove(self, user_id: str) -> None:
        self.story.append(("token_gone", user_id))

    async def on_token_update(self, user_id: str, access_token: str, refresh_token: str | None) -> None:
        self.story.append(("token", user_id, access_token, refresh_token))


async def test_every_shard_is_bound_in_one_call_before_on_ready(sim: Simulator) -> None:
    client = Listener(sim)
    calls: list[tuple[str, int | str]] = []
    client.options = {"observe": lambda name, status, *_: calls.append((name, status))}
    async with running(client, await make_conduit(sim, 7)):
        assert client.story[0] == ("setup_hook", True)
        shards_ready = client.heard("shard_ready")
        assert sorted(shards_ready) == [("shard_ready", str(number)) for number in range(7)]
        assert client.story.index(("ready",)) > max(client.story.index(told) for told in shards_ready)
    assert calls.count(("update_conduit_shards", 202)) == 1
    assert [conduit["enabled"] for conduit in sim.control.conduits()] == [0]


async def test_a_sequence_limits_the_shards(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 5), shard_ids=range(1, 3)):
        assert sorted(client.heard("shard_ready")) == [("shard_ready", "1"), ("shard_ready", "2")]
        assert len(sim.control.sockets()) == 2


async def test_events_arrive_typed_and_once(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 2)):
        sim.control.fault("duplicate", count=1)
        sim.control.send("stream.online", broadcaster_id="1337")
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: len(client.events) == 2)
        totals = sim.control.truth()["totals"]
        assert (totals["sent"], totals["sent_distinct"]) == (3, 2)
    assert len({event.id for event in client.events}) == 2
    assert client.events[0].event.broadcaster.id == "1337"


@pytest.mark.parametrize("code", [1000, 1006, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007])
async def test_a_closed_socket_is_opened_anew_and_bound(
    sim: Simulator, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twitch.eventsub.backoff.LATER_SECONDS", 0.5)
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        if code == 1006:
            sim.control.fault("abort")
        else:
            sim.control.fault("close", code=code)
        await until(lambda: len(client.heard("shard_connect")) == 2)
        assert len(client.heard("disconnect")) == 1
        assert client.heard("shard_disconnect") == [("shard_disconnect", "0")]
        assert len(client.heard("shard_ready")) == 1
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: client.events)


async def test_sockets_that_end_at_once_are_opened_ever_more_slowly(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("twitch.eventsub.backoff.FIRST_SECONDS", 0.01)
    monkeypatch.setattr("twitch.eventsub.holding.LASTING_SECONDS", 600)
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        for number in range(1, 7):
            sim.control.fault("close", code=4000)
            await until(lambda: len(client.heard("shard_connect")) > number)  # noqa: B023  awaited within the turn
    told = [record.args for record in caplog.records if "socket lost" in record.msg]
    pauses = [float(str(args[3])) for args in told if isinstance(args, tuple)]
    first, *later = pauses
    assert first <= AT_ONCE_SECONDS
    assert [0.01 * 2**number / 2 <= pause <= 0.01 * 2**number for number, pause in enumerate(later[:4])] == [True] * 4
    assert all(0.08 <= pause <= 0.16 for pause in later[4:])


async def test_a_requested_reconnect_loses_nothing_and_binds_nothing_anew(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        sim.control.send("stream.online", broadcaster_id="1337", count=5)
        sim.control.fault("reconnect")
        sim.control.send("stream.online", broadcaster_id="1337", count=5)
        await until(lambda: len(client.events) == 10)
        await until(lambda: len(sim.control.sockets()) == 2 or client.heard("disconnect"))
        sim.control.send("stream.online", broadcaster_id="1337", count=5)
        await until(lambda: len(client.events) == 15)
        assert len(client.heard("shard_connect")) == 1
        assert client.heard("disconnect") == []


@pytest.mark.parametrize("fault", [{"status": 500}, ANOTHER_LIMIT])
async def test_a_bind_that_fails_for_a_while_is_tried_again_in_time(sim: Simulator, fault: dict[str, Any]) -> None:
    """Also where it meets another limit than that of the bucket, which a call of the program's own is told of."""
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 2)
    sim.control.fault("status", endpoint="PATCH /eventsub/conduits/shards", count=2, **fault)
    async with running(client, conduit_id):
        assert len(client.heard("shard_connect")) == 2
        assert client.heard("disconnect") == []


async def test_a_bind_that_hangs_is_not_waited_for(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("twitch.eventsub.binding.BIND_SECONDS", 0.5)
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 2)
    sim.control.fault("slow", endpoint="PATCH /eventsub/conduits/shards", seconds=3)
    async with running(client, conduit_id):
        assert len(client.heard("shard_connect")) == 2
    assert "binding 2 shards failed, is tried again: no answer within 0.5 s" in caplog.messages


async def test_a_bind_that_is_refused_as_a_whole_is_tried_with_other_sessions(sim: Simulator) -> None:
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 2)
    sim.control.fault("status", endpoint="PATCH /eventsub/conduits/shards", status=400, count=1)
    async with running(client, conduit_id):
        assert sorted(client.heard("shard_connect")) == [("shard_connect", "0"), ("shard_connect", "1")]
        assert len(client.heard("connect")) == 4


async def test_a_twitch_that_is_down_at_the_start_is_waited_for(sim: Simulator) -> None:
    conduit_id = await make_conduit(sim, 1)
    client = Listener(sim)
    sim.control.fault("status", endpoint="GET /eventsub/conduits", status=500, count=2)
    async with running(client, conduit_id):
        assert client.is_ready()


async def test_a_conduit_that_is_not_there_is_one_clear_error(sim: Simulator) -> None:
    there = await make_conduit(sim, 1)
    with pytest.raises(errors.ConduitNotFound, match=f"no conduit 'CONDUIT_ID': it has {there}"):
        await Listener(sim).start("CONDUIT_ID")


async def test_a_shard_that_is_not_there_is_one_clear_error(sim: Simulator) -> None:
    conduit_id = await make_conduit(sim, 2)
    with pytest.raises(errors.ShardNotFound, match="2 shards, and none with the id 2"):
        await Listener(sim).start(conduit_id, shard_ids=[0, 2])


async def test_a_wrong_secret_is_one_clear_error() -> None:
    async with Simulator.serve(port=0, clients={"id": "right"}) as sim:
        with pytest.raises(errors.AuthFailure):
            await Listener(sim).start("c1")


async def test_a_conduit_that_vanishes_ends_it(sim: Simulator) -> None:
    conduit_id = await make_conduit(sim, 1)
    client = Listener(sim)
    async with running(client, conduit_id) as task:
        await client.application.delete_conduit(conduit_id)
        sim.control.fault("abort")
        with pytest.raises(errors.ConduitNotFound):
            await asyncio.wait_for(asyncio.shield(task), WAIT_SECONDS)


async def test_subscribing_twice_is_one_subscription(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        first = await client.eventsub.channel_raid(to_broadcaster_user_id="1337")
        again = await client.eventsub.channel_raid(to_broadcaster_user_id="1337")
        assert first.id == again.id
        listed = await client.host.subscriptions()
        assert {subscription.type for subscription in listed} == {"stream.online", "channel.raid"}
        await client.host.unsubscribe(first.id)
        await client.host.unsubscribe(first.id)


async def test_a_conflict_can_be_asked_for(sim: Simulator) -> None:
    client = Listener(sim, ignore_conflict=False)
    async with running(client, await make_conduit(sim, 1)):
        with pytest.raises(errors.Conflict) as caught:
            await client.eventsub.stream_online("1337")
        assert caught.value.existing_id


async def test_a_revocation_is_told(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        (subscription,) = await client.host.subscriptions()
        sim.control.revoke({"subscription_id": subscription.id})
        await until(lambda: client.heard("revocation"))
    ((_, status, kind),) = client.heard("revocation")
    assert (status, kind) == ("authorization_revoked", "revocation")


async def test_users_speak_and_their_tokens_are_told(sim: Simulator) -> None:
    class Speaker(Listener):
        async def on_ready(self) -> None:
            self.bot: UserAPI = await self.add_user("user-42", "refresh-42")
            await self.eventsub.chat_message("1337", self.bot.id)

        async def on_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
            self.events.append(message)
            await self.bot.send_chat_message("hi", message.event.broadcaster.id)

    client = Speaker(sim)
    async with running(client, await make_conduit(sim, 1)):
        assert client.bot.id == "42"
        assert client.heard("token") == [("token", "42", "user-42", "refresh-42")]
        sim.control.send("channel.chat.message", broadcaster_id="1337")
        await until(lambda: client.events)
        assert client.heard("error") == []


async def test_an_expired_token_is_renewed_in_mid_use(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        user = await client.add_user("user-42", "refresh-42")
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        assert (await user.send_chat_message("still here")).is_sent
        assert len(client.heard("token")) == 2
        await client.remove_user("42")
        with pytest.raises(errors.TokenError):
            client.get_user("42")


async def test_events_wait_for_on_ready_to_finish(sim: Simulator) -> None:
    class Slow(Listener):
        async def on_ready(self) -> None:
            await super().on_ready()
            sim.control.send("stream.online", broadcaster_id="1337")
            await until(lambda: sim.control.truth()["totals"]["sent"] == 1)
            await asyncio.sleep(0.1)
            self.events_before = len(self.events)

    client = Slow(sim)
    async with running(client, await make_conduit(sim, 1)):
        await until(lambda: client.events)
        assert client.events_before == 0


async def test_what_a_handler_raises_is_told_and_the_next_event_is_handled(sim: Simulator) -> None:
    class Failing(Listener):
        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            await super().on_stream_online_v1(message)
            raise ZeroDivisionError

    client = Failing(sim)
    async with running(client, await make_conduit(sim, 1)):
        sim.control.send("stream.online", broadcaster_id="1337", count=2)
        await until(lambda: len(client.heard("error")) == 2)
    (_, method, error, event), _ = client.heard("error")
    assert (method, type(error), event) == ("on_stream_online_v1", ZeroDivisionError, client.events[0])


async def test_a_handler_whose_own_work_was_cancelled_has_failed(sim: Simulator) -> None:
    class Waiting(Listener):
        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            await super().on_stream_online_v1(message)
            other = asyncio.ensure_future(asyncio.sleep(WAIT_SECONDS))
            other.cancel()
            await other

    client = Waiting(sim)
    async with running(client, await make_conduit(sim, 1)):
        sim.control.send("stream.online", broadcaster_id="1337", count=2)
        await until(lambda: len(client.heard("error")) == 2)
    assert {type(told[2]) for told in client.heard("error")} == {asyncio.CancelledError}


async def test_a_payload_that_does_not_decode_goes_to_on_error_or_the_raw_handler(sim: Simulator) -> None:
    class Tolerant(Listener):
        async def on_ready(self) -> None:
            await self.eventsub.stream_online("1337")
            await self.eventsub.channel_raid(to_broadcaster_user_id="1337")

        async def on_channel_raid_v1(self, message: Event[Any]) -> None:
            raise AssertionError

        async def on_channel_raid_v1_raw(self, message: Event[dict[str, Any]]) -> None:
            self.events.append(message)

    client = Tolerant(sim)
    async with running(client, await make_conduit(sim, 1)):
        sim.control.send("stream.online", broadcaster_id="1337", event={"odd": 1})
        sim.control.send("channel.raid", condition={"to_broadcaster_user_id": "1337"}, event={"odd": 2})
        await until(lambda: client.events and client.heard("error"))
    assert client.events[0].event == {"odd": 2}
    ((_, method, error, _),) = client.heard("error")
    assert (method, type(error)) == ("on_stream_online_v1", errors.DecodeError)


def message(event_type: str, version: str, message_id: str, event: object, name: str = "event") -> Notification:
    """A notification of anything, also of what this Twitch doesn't know."""
    subscription = {"id": "s", "type": event_type, "version": version, "condition": {"broadcaster_user_id": "1337"}}
    payload = orjson.dumps({"subscription": subscription, name: event})
    return Notification(MessageId(message_id), event_type, version, "2026-10-11T10:11:12.123456789Z", payload)


@pytest.mark.parametrize("content", [{"a": 1}, [1, {"a": 2}], None, "text", 7, {}])
async def test_whatever_comes_reaches_a_raw_handler_and_harms_nothing(sim: Simulator, content: object) -> None:
    class Tolerant(Listener):
        async def on_channel_new_thing_begin_v1_raw(self, message: Event[Any]) -> None:
            self.story.append(("raw", message.type, message.version, message.event))

        async def on_stream_online_v2_raw(self, message: Event[Any]) -> None:
            self.story.append(("raw", message.type, message.version, message.event))

    client = Tolerant(sim)
    async with running(client, await make_conduit(sim, 1)):
        assert client._standalone is not None
        for number, (kind, version) in enumerate((("channel.new_thing.begin", "1"), ("stream.online", "2"))):
            for name in ("event", "events"):
                client._standalone.arrived(message(kind, version, f"{number} {name}", content, name))
        client._standalone.arrived(message("stream.online", "1", "typed", content))
        client._standalone.arrived(message("channel.unheard_of", "1", "nobody's", content))
        client._standalone.arrived(Notification(MessageId("odd"), "stream.online", "2", "no time", b"{}"))
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: len(client.events) == 1 and len(client.heard("error")) == 2)
        expected = [*content] if isinstance(content, list) else [content]
        for kind, version in (("channel.new_thing.begin", "1"), ("stream.online", "2")):
            told = [told[3] for told in client.heard("raw") if told[1:3] == (kind, version)]
            assert told == expected * 2
    methods = [(told[1], type(told[2])) for told in client.heard("error")]
    assert sorted(methods) == [("decode", errors.DecodeError), ("on_stream_online_v1", errors.DecodeError)]


async def test_an_event_that_does_not_decode_waits_for_those_of_its_channel_before_it(sim: Simulator) -> None:
    class Slow(Listener):
        go_on = asyncio.Event()

        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            await super().on_stream_online_v1(message)
            await self.go_on.wait()

        async def on_stream_online_v1_raw(self, message: Event[Any]) -> None:
            self.events.append(message)

    client = Slow(sim)
    async with running(client, await make_conduit(sim, 1)):
        await client.eventsub.stream_online("4711")
        sim.control.send("stream.online", broadcaster_id="1337")
        sim.control.send("stream.online", broadcaster_id="1337", event={"odd": 1})
        sim.control.send("stream.online", broadcaster_id="4711", event={"odd": 2})
        await until(lambda: len(client.events) == 2)
        client.go_on.set()
        await until(lambda: len(client.events) == 3)
    assert [event.raw.get("odd") for event in client.events] == [None, 2, 1]


async def test_more_than_may_wait_is_dropped_and_the_log_says_so(
    sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    class Stuck(Listener):
        go_on = asyncio.Event()

        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            await self.go_on.wait()
            self.events.append(message)

    client = Stuck(sim)
    sent = 10_050
    async with running(client, await make_conduit(sim, 1)):
        assert client._standalone is not None
        event = {"id": "1", "type": "live", "started_at": "2026-10-11T10:11:12Z"}
        event |= {f"broadcaster_user_{part}": "1337" for part in ("id", "login", "name")}
        for number in range(sent):
            client._standalone.arrived(message("stream.online", "1", str(number), event))
        assert "1 events dropped: handlers are too slow for what arrives" in caplog.messages
        client.go_on.set()
        await until(lambda: len(client.events) >= 10_000)
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: client.events[-1].id not in {str(number) for number in range(sent)})
    assert [event.id for event in client.events[:10_000]] == [str(number) for number in range(10_000)]


async def test_a_conduit_that_grows_and_shrinks_is_followed(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twitch.eventsub.standalone.LIST_SECONDS", 0.1)
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 2)
    async with running(client, conduit_id):
        await client.application.update_conduit(conduit_id, 4)
        await until(lambda: [conduit["enabled"] for conduit in sim.control.conduits()] == [4])
        await client.application.update_conduit(conduit_id, 1)
        await until(lambda: len(sim.control.sockets()) == 1)
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: client.events)
    assert client.heard("error") == []


@pytest.mark.parametrize("fault", [{"status": 503}, ANOTHER_LIMIT])
async def test_a_look_at_the_conduit_that_fails_is_made_again(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    monkeypatch.setattr("twitch.eventsub.standalone.LIST_SECONDS", 0.1)
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 1)
    async with running(client, conduit_id) as task:
        sim.control.fault("status", endpoint="GET /eventsub/conduits/shards", count=3, **fault)
        await until(lambda: "the conduit can't be looked at" in caplog.text and not sim.control.faults())
        await client.application.update_conduit(conduit_id, 2)
        await until(lambda: ("shard_connect", "1") in client.story)
        assert not task.done()


async def test_a_shard_that_another_process_takes_is_told_and_left_to_it(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("twitch.eventsub.standalone.LIST_SECONDS", 0.1)
    one, other = Listener(sim), Listener(sim)
    conduit_id = await make_conduit(sim, 2)
    async with running(one, conduit_id), running(other, conduit_id, shard_ids=["1"]):
        await until(lambda: "shard 1: another process has bound it to a session of its own" in caplog.text)
        assert other.heard("shard_connect") == [("shard_connect", "1")]


async def test_a_shard_that_is_found_on_an_older_session_of_ours_is_bound_again(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("twitch.eventsub.standalone.LIST_SECONDS", 0.1)
    client = MultiShardClientApp("id", "secret", addresses=sim.addresses)
    conduit_id = await make_conduit(sim, 1)
    async with running(client, conduit_id):
        shard = client.get_shard(0)
        older = shard.session_id
        await shard.reconnect()
        await until(lambda: shard.session_id not in (None, older))
        conduit = sim.model.conduits.get(conduit_id)
        assert conduit is not None
        conduit.shards[0].session_id = older  # as a PATCH leaves it that was sent before, and came after
        await until(lambda: conduit.shards[0].session_id == shard.session_id)
    assert "shard 0: Twitch has it on an older session of this client; it's bound again" in caplog.messages
    assert "another process" not in caplog.text


async def test_a_client_that_waits_for_itself_is_told_so(sim: Simulator) -> None:
    class Impatient(Listener):
        async def setup_hook(self) -> None:
            with pytest.raises(errors.ClientException, match="setup_hook and on_ready are over"):
                await self.wait_until_ready()

        async def on_ready(self) -> None:
            self.other = asyncio.create_task(self.wait_until_ready())  # which waits for on_ready alone
            await self.wait_until_ready()

    client = Impatient(sim)
    async with running(client, await make_conduit(sim, 1)):
        ((_, name, error),) = client.heard("error")
        assert (name, type(error)) == ("on_ready", errors.ClientException)
        await asyncio.wait_for(client.other, WAIT_SECONDS)
        await client.wait_until_ready()


async def test_a_revocation_that_cannot_be_read_is_told(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        assert client._standalone is not None
        client._standalone.arrived(Revocation(MessageId("m"), "stream.online", "1", "", b'{"subscription":{}}'))
        await until(lambda: client.heard("error"))
        ((_, name, error, came),) = client.heard("error")
        assert (name, type(error), came) == ("decode", errors.DecodeError, b'{"subscription":{}}')


async def test_a_batch_is_handled_one_by_one(sim: Simulator) -> None:
    class Dropping(Listener):
        async def on_ready(self) -> None:
            await self.eventsub.drop_entitlement_grant("9001")

        async def on_drop_entitlement_grant_v1(self, message: Event[Any]) -> None:
            self.events.append(message)

    client = Dropping(sim)
    async with running(client, await make_conduit(sim, 1)):
        assert sim.control.send("drop.entitlement.grant", condition={"organization_id": "9001"}, count=2) == 2
        await until(lambda: len(client.events) == 2)
    assert not any(isinstance(event.event, tuple) for event in client.events)
    assert client.heard("error") == []


async def test_a_missing_scope_is_named_before_twitch_is_asked(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        pair = sim.oauth.tokens.issue_pair(
            ClientId("id"),
            sim.model.people.by_login("streamer"),
            frozenset({"user:bot"}),
            sim.clock.api_now(),
            public=False,
        )
        user = await client.add_user(pair.access.text, pair.refresh_token)
        with pytest.raises(errors.TokenError, match=f"needs user:read:chat from user_id {user.id}"):
            await client.eventsub.chat_message("1337", user.id)


async def test_the_app_hears_of_its_own_shards(sim: Simulator) -> None:
    class Watching(Listener):
        async def on_ready(self) -> None:
            subscription = await self.eventsub.conduit_shard_disabled()
            self.story.append(("condition", normal_condition(subscription.condition)))

        async def on_conduit_shard_disabled_v1(self, message: Event[ConduitShardDisabledEvent]) -> None:
            self.events.append(message)

    client = Watching(sim)
    async with running(client, await make_conduit(sim, 2)):
        assert client.heard("condition") == [("condition", {"client_id": "id"})]
        sim.control.fault("close", shard="1", code=4000)
        await until(lambda: client.events)
    assert client.events[0].event.shard_id == "1"


async def test_a_shard_that_twitch_disables_is_bound_again_at_once(sim: Simulator) -> None:
    """Though its socket looks alive here; without a handler for it the client listens for the news by itself."""
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 2)
    async with running(client, conduit_id):
        await until(
            lambda: any(one.type == "conduit.shard.disabled" for one in sim.model.subscriptions._by_id.values())
        )
        conduit = sim.model.conduits.get(conduit_id)
        assert conduit is not None
        sim.control.fault("silence", shard="1", seconds=60)  # nothing it sends arrives, not even its end
        before = conduit.shards[1].session_id
        sim.model.edge.close(sim.model.edge.sockets[_socket_of(sim, before)], 4002, sim.clock.now())
        sim.pump()
        await until(lambda: conduit.shards[1].session_id != before and conduit.shards[1].status == "enabled")


def _socket_of(sim: Simulator, session_id: Any) -> int:
    socket = sim.model.edge.carrier(session_id)
    assert socket is not None
    return socket.number


async def test_an_on_ready_that_fails_is_told_and_the_client_lives(sim: Simulator) -> None:
    class Failing(Listener):
        async def on_ready(self) -> None:
            await super().on_ready()
            raise ZeroDivisionError

    client = Failing(sim)
    async with running(client, await make_conduit(sim, 1)):
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: client.events)
        assert client.is_ready()
    assert [(name, type(error)) for _, name, error in client.heard("error")] == [("on_ready", ZeroDivisionError)]


async def test_on_ready_may_close_the_client(sim: Simulator) -> None:
    class Brief(Listener):
        async def on_ready(self) -> None:
            await self.close()
            self.story.append(("closed",))

    client = Brief(sim)
    await asyncio.wait_for(client.start(await make_conduit(sim, 2)), WAIT_SECONDS)
    assert client.heard("closed")
    with pytest.raises(errors.ClientException, match="isn't running"):
        _ = client.eventsub


async def test_waiting_for_a_client_that_is_closed_first_ends(sim: Simulator) -> None:
    class Slow(Listener):
        async def on_ready(self) -> None:
            self.story.append(("ready",))
            await asyncio.sleep(60)

    client = Slow(sim)
    waiting = asyncio.create_task(client.wait_until_ready())
    task = asyncio.create_task(client.start(await make_conduit(sim, 1)))
    await until(lambda: client.heard("ready"))
    await client.close()
    with pytest.raises(errors.ClientException, match="closed before it was ready"):
        await waiting
    await task


async def test_waiting_for_a_client_that_is_closed_before_it_is_started_ends(sim: Simulator) -> None:
    client = Listener(sim)
    waiting = asyncio.create_task(client.wait_until_ready())
    await asyncio.sleep(0)
    await client.close()
    with pytest.raises(errors.ClientException, match="closed before it was ready"):
        await asyncio.wait_for(waiting, WAIT_SECONDS)
    async with running(client, await make_conduit(sim, 1)):
        await client.wait_until_ready()


async def test_a_client_runs_once_at_a_time(sim: Simulator) -> None:
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 1)
    async with running(client, conduit_id):
        with pytest.raises(errors.ClientException, match="running already"):
            await client.start(conduit_id)
        with pytest.raises(errors.ClientException, match="close it first"):
            client.clear()
    client.clear()
    assert not client.is_closed()


async def test_tokens_of_users_are_looked_at_and_removed(sim: Simulator) -> None:
    client = Listener(sim, validate_every_seconds=0.05)
    async with running(client, await make_conduit(sim, 1)):
        await client.add_user("user-42", "refresh-42")
        client.add_token("43", "user-43", "refresh-43")
        await until(lambda: len(client.heard("token")) == 2)
        assert set(client.tokens) == {"42", "43"}
        assert client.get_token("42").access_token == "user-42"
        await until(lambda: "user:bot" in client.users_scopes.get("43", ()))
        sim.oauth.disconnect("43")  # found by the hourly check, which is quick here
        await until(lambda: client.heard("token_gone"))
        assert client.remove_token("42")
        await until(lambda: len(client.heard("token_gone")) == 2)
    assert client.heard("token_gone") == [("token_gone", "43"), ("token_gone", "42")]
    with pytest.raises(errors.ClientException, match="not inside a fleet"):
        client.get_token("42")


async def test_a_frame_that_makes_no_sense_costs_nothing(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1)):
        sim.control.fault("garbage")
        sim.control.send("stream.online", broadcaster_id="1337")
        await until(lambda: client.events)
        assert client.heard("disconnect") == []


async def test_a_missed_keepalive_is_noticed_and_mended(sim: Simulator) -> None:
    async with Simulator.serve(port=0, time_scale=10, keepalive_seconds=10) as quick:
        client = Listener(quick)
        async with running(client, await make_conduit(quick, 1)):
            quick.control.fault("silence", seconds=600)
            await until(lambda: client.heard("disconnect"))
            await until(lambda: len(client.heard("shard_connect")) == 2)


async def test_without_reconnect_a_lost_socket_is_the_end(sim: Simulator) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 1), reconnect=False) as task:
        sim.control.fault("close", code=4000)
        with pytest.raises(errors.ConnectionClosed) as caught:
            await asyncio.wait_for(asyncio.shield(task), WAIT_SECONDS)
    assert caught.value.code == 4000


async def test_a_handler_may_close_the_client(sim: Simulator) -> None:
    class Once(Listener):
        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
            self.events.append(message)
            await self.close()

    client = Once(sim)
    async with running(client, await make_conduit(sim, 1)) as task:
        sim.control.send("stream.online", broadcaster_id="1337")
        await asyncio.wait_for(asyncio.shield(task), WAIT_SECONDS)
    assert client.is_closed()
    assert len(client.events) == 1


async def test_a_hook_that_is_told_of_tokens_may_close_the_client(sim: Simulator) -> None:
    """It runs within the work that got the tokens, which the end of the client waits for."""

    class Once(Listener):
        async def on_ready(self) -> None:
            await self.add_user("user-42", "refresh-42")

        async def on_token_update(self, user_id: str, access_token: str, refresh_token: str | None) -> None:
            await self.close()
            self.story.append(("closing", user_id))

    client = Once(sim)
    await asyncio.wait_for(client.start(await make_conduit(sim, 1)), WAIT_SECONDS)
    assert client.heard("closing") == [("closing", "42")]


@pytest.mark.parametrize("steps", [1, 3, 6, 10])
async def test_a_start_that_is_cancelled_while_it_closes_leaves_nothing(sim: Simulator, steps: int) -> None:
    client = Listener(sim)
    async with running(client, await make_conduit(sim, 2)) as task:
        await running_clients.cancelled_while_it_closes(client, task, steps)


async def test_a_closed_client_can_be_started_again(sim: Simulator) -> None:
    client = Listener(sim)
    conduit_id = await make_conduit(sim, 1)
    for _ in range(2):
        async with running(client, conduit_id):
            assert client.is_ready()
    assert len(client.heard("ready")) == 2


@pytest.mark.parametrize(
    ("program", "number"),
    [("page", signal.SIGTERM), ("example", signal.SIGINT)],
)
async def test_the_live_alert_prints_its_line_and_stops_on_a_signal(
    sim: Simulator, tmp_path: Path, program: str, number: int
) -> None:
    conduit_id = await make_conduit(sim, 2, client_id="CLIENT_ID")
    script = Path(__file__).parents[3] / "examples" / "live_alert.py"
    if program == "page":
        script = tmp_path / "live_alert.py"
        script.write_text(LIVE_ALERT.replace("CONDUIT_ID", conduit_id))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        env={**os.environ, **sim.environment, "CONDUIT_ID": conduit_id, "CLIENT_ID": "CLIENT_ID"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await until(lambda: [c for c in sim.control.conduits() if c["subscriptions"]] or process.returncode is not None)
        listed = [sub for sub in await subscriptions(sim, conduit_id) if sub.type == "stream.online"]
        (told,) = {sub.condition["broadcaster_user_id"] for sub in listed}
        sim.control.send("stream.online", broadcaster_id=told)
        await until(lambda: sim.control.truth()["totals"]["sent"] == 1)
        process.send_signal(number)
        out, err = await asyncio.wait_for(process.communicate(), WAIT_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert out.decode() == "Streamer is now live!\n"
    assert process.returncode == 0, err.decode()
    assert "closing" in err.decode()


async def subscriptions(sim: Simulator, conduit_id: str) -> tuple[Subscription, ...]:
    async with App("CLIENT_ID", "secret", addresses=sim.addresses) as app:
        return await app.application.get_eventsub_subscriptions(conduit_id=conduit_id)


def test_logging_goes_where_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None leaves logging alone, a handler is used, and the default is added only once."""
    from twitch.utils import setup_logging

    logger = logging.getLogger("twitch")
    monkeypatch.setattr(logger, "handlers", [])  # a run() before may have left one
    setup_logging(None, logging.DEBUG, root=False)
    assert logger.handlers == []
    setup_logging(level=logging.INFO, root=False)
    setup_logging(level=logging.INFO, root=False)
    assert len(logger.handlers) == 1
    file = logging.FileHandler(tmp_path / "log")
    setup_logging(file, logging.INFO, root=False)
    assert logger.handlers == [file]
    logging.getLogger("twitch.eventsub").info("hello")
    assert (tmp_path / "log").read_text().endswith("[INFO] twitch.eventsub: hello\n")
    logger.removeHandler(file)
    file.close()
