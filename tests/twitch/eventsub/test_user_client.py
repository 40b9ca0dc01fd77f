"""A bot that is one user: the page's program, over a socket of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from twitch import errors
from twitch.eventsub import ChannelChatMessageEvent, ClientUser, Event, StreamOnlineEvent
from twitch.eventsub.hosting import hosted
from twitch.simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator.serve(port=0) as simulator:
        yield simulator


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_registered_handlers_are_subscribed_and_again_after_a_lost_socket(sim: Simulator) -> None:
    client = ClientUser("id", "secret", addresses=sim.addresses)
    heard: list[str] = []
    problems: list[object] = []

    @client.event
    async def on_chat_message_v1(self: ClientUser, message: Event[ChannelChatMessageEvent]) -> None:
        heard.append(message.event.message.text)
        if message.event.chatter.id != self.user.id:  # what it says itself it hears too
            await self.user.send_chat_message(f"Hi @{message.event.chatter.name}!")

    @client.event
    async def on_stream_online_v1(message: Event[StreamOnlineEvent]) -> None:
        heard.append(message.event.broadcaster.id)

    @client.event
    async def on_error(event_method: str, error: BaseException, *args: Any) -> None:
        problems.append((event_method, error))

    before = asyncio.all_tasks()
    task = asyncio.create_task(client.start("user-42", "refresh-42"))
    await until(lambda: client.is_ready() or task.done())
    assert sim.control.send("channel.chat.message", condition={"broadcaster_user_id": "42", "user_id": "42"}) == 1
    await until(lambda: len(heard) == 2)
    assert heard[1].startswith("Hi @")
    sim.control.fault("close", code=4000)
    await until(lambda: sim.control.send("stream.online", broadcaster_id="42"))
    await until(lambda: "42" in heard)
    await client.close()
    await asyncio.wait_for(task, 10)
    assert problems == []
    await until(lambda: asyncio.all_tasks() - before == set())


def test_it_can_not_be_hosted() -> None:
    with hosted(), pytest.raises(errors.HostingError, match=r"^ClientUser\.run can't run inside a fleet"):
        ClientUser("id", "secret").run("ACCESS_TOKEN")
