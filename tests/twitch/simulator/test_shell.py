"""Real sockets: frames, pings, closes, and a reader who doesn't read."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
import pytest

from twitch.simulator.shell import text_frame

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.twitch.simulator.conftest import Client


async def read(socket: aiohttp.ClientWebSocketResponse) -> Any:
    message = await socket.receive(timeout=10)
    assert message.type is aiohttp.WSMsgType.TEXT, message
    return orjson.loads(message.data)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that the network brings about."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_of_any_length_has_the_right_header(length: int) -> None:
    frame = text_frame(b"x" * length)
    header = {0: 2, 1: 4, 2: 10}[(length > 125) + (length > 65_535)]

    assert len(frame) == header + length
    assert frame[0] == 0x81


async def test_an_event_reaches_the_shard_and_the_truth(client: Client) -> None:
    _, (socket,) = await client.bound()
    client.simulator.control.send("stream.online", broadcaster_id="123")
    frame = await read(socket)

    truth = client.simulator.control.truth()
    assert [row["message_id"] for row in truth["sent"]] == [frame["metadata"]["message_id"]]
    assert frame["payload"]["event"]["broadcaster_user_id"] == "123"


async def test_a_long_frame_arrives_whole(client: Client) -> None:
    _, (socket,) = await client.bound()
    client.simulator.control.send("stream.online", broadcaster_id="123", event={"text": "x" * 200_000})

    assert len((await read(socket))["payload"]["event"]["text"]) == 200_000


async def test_a_thousand_frames_in_one_turn_arrive_in_order(client: Client) -> None:
    _, (socket,) = await client.bound()
    for number in range(1000):
        client.simulator.model.events.send(
            {"type": "stream.online", "broadcaster_id": "123", "event": {"n": number}}, client.simulator.clock.now()
        )
    client.simulator.pump()

    assert [(await read(socket))["payload"]["event"]["n"] for _ in range(1000)] == list(range(1000))


async def test_a_client_that_speaks_is_closed_with_a_code_and_a_reason(client: Client) -> None:
    socket, _ = await client.connect()
    await socket.send_str("hello")
    message = await socket.receive(timeout=10)

    assert (message.type, message.data, message.extra) == (
        aiohttp.WSMsgType.CLOSE,
        4001,
        "Client sent inbound traffic",
    )


async def test_a_session_without_use_is_closed_on_time(make_client: Callable[..., Awaitable[Client]]) -> None:
    client = await make_client(bind_seconds=0.2)
    socket, _ = await client.connect()
    message = await socket.receive(timeout=10)

    assert message.data == 4003
    await until(lambda: not client.simulator.model.edge.sockets)


async def test_pings_are_answered_by_any_websocket_client(make_client: Callable[..., Awaitable[Client]]) -> None:
    client = await make_client(ping_seconds=0.02, pong_seconds=5, time_scale=1)
    _, (socket,) = await client.bound()
    pings = 0
    plain = await client.http.ws_connect(client.simulator.environment["TWITCH_EVENTSUB_URL"], autoping=False)
    while pings < 3:
        pings += (await plain.receive(timeout=10)).type is aiohttp.WSMsgType.PING
        await plain.pong()

    client.simulator.control.send("stream.online", broadcaster_id="123")
    assert (await read(socket))["metadata"]["message_type"] == "notification"
    assert client.simulator.model.edge.closes == {}


async def test_a_missed_pong_is_4002(make_client: Callable[..., Awaitable[Client]]) -> None:
    client = await make_client(ping_seconds=0.05, pong_seconds=0.1)
    deaf = await client.http.ws_connect(client.simulator.environment["TWITCH_EVENTSUB_URL"], autoping=False)
    while (message := await deaf.receive(timeout=10)).type is not aiohttp.WSMsgType.CLOSE:
        pass

    assert message.data == 4002


async def test_a_clients_ping_is_answered(client: Client) -> None:
    url = client.simulator.environment["TWITCH_EVENTSUB_URL"]
    socket = await client.http.ws_connect(url, autoping=False)
    await read(socket)
    await socket.ping(b"marco")
    message = await socket.receive(timeout=10)

    assert (message.type, bytes(message.data)) == (aiohttp.WSMsgType.PONG, b"marco")


async def test_a_reconnect_loses_nothing(client: Client) -> None:
    conduit_id, (old,) = await client.bound()
    client.simulator.control.fault("reconnect", shard="0")
    url = (await read(old))["payload"]["session"]["reconnect_url"]
    client.simulator.control.send("stream.online", broadcaster_id="123", event={"n": 1})
    new, session_id = await client.connect(url)
    client.simulator.control.send("stream.online", broadcaster_id="123", event={"n": 2})
    await old.close()

    assert [(await read(new))["payload"]["event"]["n"]] == [2]
    conduit = client.simulator.model.conduits.get(conduit_id)
    assert conduit is not None
    assert (conduit.shard(0).session_id, conduit.enabled) == (session_id, 1)
    with pytest.raises(AssertionError):  # used up
        await client.connect(url)


async def test_a_lost_connection_darkens_its_shards_whichever_way_it_went(client: Client) -> None:
    conduit_id, (polite, rude, cut) = await client.bound(3)
    conduit = client.simulator.model.conduits.get(conduit_id)
    assert conduit is not None
    await polite.close(code=1001)
    await until(lambda: conduit.enabled == 2)
    connection = rude._response.connection
    assert connection is not None
    assert connection.transport is not None
    connection.transport.abort()
    await until(lambda: conduit.enabled == 1)
    client.simulator.control.fault("abort", shard="2")

    assert (await cut.receive(timeout=10)).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    assert conduit.enabled == 0
    await until(lambda: not client.simulator.model.edge.sockets)


async def test_who_does_not_read_is_closed_with_4005_and_holds_up_nobody(
    make_client: Callable[..., Awaitable[Client]],
) -> None:
    client = await make_client(socket_buffer_bytes_max=1_000_000, close_seconds=0.1)
    simulator = client.simulator
    _, (quick,) = await client.bound()
    conduit_id, (slow,) = await client.bound(1, ["456"])
    # aiohttp stops reading from a socket whose frames nobody takes, so that the simulator's buffer must fill.
    conduit = simulator.model.conduits.get(conduit_id)
    assert conduit is not None
    for number in range(400):
        simulator.control.send("stream.online", broadcaster_id="456", event={"text": "x" * 50_000})
        simulator.control.send("stream.online", broadcaster_id="123", event={"n": number})
        assert (await read(quick))["payload"]["event"]["n"] == number
        if not conduit.enabled:
            break

    assert simulator.model.edge.closes == {4005: 1}
    assert conduit.shard(0).status == "websocket_network_timeout"
    await until(lambda: len(simulator.model.edge.sockets) == 1)
    await slow.close()


async def test_a_garbage_frame_breaks_what_it_says(client: Client) -> None:
    _, (text, wire) = await client.bound(2)
    client.simulator.control.fault("garbage", shard="0", garbage="not_json")
    client.simulator.control.fault("garbage", shard="1", garbage="bad_opcode")

    assert (await text.receive(timeout=10)).data == '{"metadata":{"message_id":'
    assert (await wire.receive(timeout=10)).type is aiohttp.WSMsgType.ERROR


async def test_traffic_keeps_its_rate_and_every_frame_arrives(client: Client) -> None:
    _, connected = await client.bound(4, [])
    got: list[str] = []

    async def collect(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            got.append(orjson.loads(message.data)["metadata"]["message_id"])  # noqa: PERF401 — it is read meanwhile

    readers = [asyncio.create_task(collect(socket)) for socket in connected]
    client.simulator.control.start_traffic({"rate": 500, "channels": 20})
    await until(lambda: client.simulator.model.truth.totals.sent >= 400)
    stopped = client.simulator.control.stop_traffic()
    await until(lambda: len(got) == stopped["totals"]["sent"])
    for reader in readers:
        reader.cancel()

    sent = client.simulator.control.truth()["sent"]
    assert sorted(got) == sorted(row["message_id"] for row in sent)
    assert stopped["traffic"]["events"] == stopped["totals"]["sent"] + stopped["totals"]["unmatched"]
