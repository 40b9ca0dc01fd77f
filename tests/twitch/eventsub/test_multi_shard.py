"""Shards one by one: looked at, launched, renewed and closed, while the client goes on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.twitch.waiting import until
from twitch import App, errors
from twitch.eventsub import Event
from twitch.eventsub.multi_shard import MultiShardClientApp
from twitch.simulator import Simulator


class Bot(MultiShardClientApp):
    heard = 0

    async def on_ready(self) -> None:
        await self.eventsub.stream_online("1337")

    async def on_stream_online_v1(self, message: Event[Any]) -> None:
        self.heard += 1


@pytest.fixture
async def conduit_id(sim: Simulator) -> str:
    async with App("id", "secret", addresses=sim.addresses) as app:
        return (await app.application.create_conduit(4)).id


@pytest.fixture
async def bot(sim: Simulator, conduit_id: str) -> AsyncIterator[Bot]:
    client = Bot("id", "secret", addresses=sim.addresses, shard_connect_timeout=30)
    task = asyncio.create_task(client.start(conduit_id, shard_ids=range(2)))
    await client.wait_until_ready()
    yield client
    await client.close()
    await task
    assert client.shards == ()
    with pytest.raises(errors.ClientException, match="isn't running"):
        await client.launch_shard(conduit_id, 0)


async def test_shards_are_looked_at_by_number(bot: Bot, conduit_id: str) -> None:
    assert [(shard.id, shard.conduit_id, shard.is_running) for shard in bot.shards] == [
        ("0", conduit_id, True),
        ("1", conduit_id, True),
    ]
    assert bot.get_shard(1).session_id
    with pytest.raises(errors.ShardNotFound, match="not held by this client"):
        bot.get_shard(2)


async def test_more_are_launched_at_once(bot: Bot, conduit_id: str) -> None:
    launched = await bot.launch_shards(conduit_id, [2, 3])
    assert [(shard.id, shard.is_running) for shard in launched] == [("2", True), ("3", True)]
    assert (await bot.launch_shard(conduit_id, "3")).id == "3"
    with pytest.raises(errors.ShardNotFound, match="none with the id 4"):
        await bot.launch_shard(conduit_id, 4)
    with pytest.raises(errors.ClientException, match="not of another"):
        await bot.launch_shard("another", 1)


async def test_who_waits_for_a_launch_is_told_of_the_end(sim: Simulator, bot: Bot, conduit_id: str) -> None:
    sim.control.fault("abort", endpoint="/ws", count=1000)
    waiting = asyncio.create_task(bot.launch_shard(conduit_id, 3))
    await until(lambda: len(bot.shards) == 3)
    await bot.close()
    with pytest.raises(errors.ClientException, match="closed before the shards were bound"):
        await asyncio.wait_for(waiting, 20)


async def test_none_may_be_held_at_first(sim: Simulator, conduit_id: str) -> None:
    client = Bot("id", "secret", addresses=sim.addresses)
    task = asyncio.create_task(client.start(conduit_id, shard_ids=[]))
    await asyncio.wait_for(client.wait_until_ready(), 20)
    assert client.shards == ()
    assert (await client.launch_shard(conduit_id, 2)).is_running
    await client.close()
    await task


async def test_one_that_is_given_up_is_not_waited_for(sim: Simulator, conduit_id: str) -> None:
    sim.control.fault("refuse", count=1000)
    client = Bot("id", "secret", addresses=sim.addresses)
    task = asyncio.create_task(client.start(conduit_id, shard_ids=[0, 1]))
    await until(lambda: client.shards)
    for shard in client.shards:
        await shard.close()
    await asyncio.wait_for(client.wait_until_ready(), 20)
    await client.close()
    await task


async def test_one_is_closed_and_stays_closed(bot: Bot, sim: Simulator) -> None:
    await bot.get_shard(0).close()
    await until(lambda: len(sim.control.sockets()) == 1)
    assert [shard.id for shard in bot.shards] == ["1"]


async def test_one_that_was_closed_is_launched_again(bot: Bot) -> None:
    shard = bot.get_shard(0)
    await shard.close()
    assert not shard.is_running
    shard.launch()
    await until(lambda: shard.is_running)
    assert [each.id for each in bot.shards] == ["0", "1"]


async def test_one_that_is_disconnected_comes_back(bot: Bot) -> None:
    shard = bot.get_shard(0)
    before = shard.session_id
    await shard.disconnect()
    await until(lambda: shard.session_id not in (None, before))


async def test_one_that_was_launched_without_reconnect_ends_the_client(sim: Simulator, conduit_id: str) -> None:
    client = Bot("id", "secret", addresses=sim.addresses)
    task = asyncio.create_task(client.start(conduit_id, shard_ids=[0]))
    await client.wait_until_ready()
    shard = await client.launch_shard(conduit_id, 1, reconnect=False)
    await client.get_shard(0).disconnect()  # this one comes back
    await shard.disconnect()
    with pytest.raises(errors.ConnectionClosed, match=r"shard 1: .* reconnect is off"):
        await task


async def test_one_is_renewed_without_losing_an_event(bot: Bot, sim: Simulator, conduit_id: str) -> None:
    await bot.launch_shards(conduit_id, [2, 3])
    before = [shard.session_id for shard in bot.shards]
    for _ in range(20):
        sim.control.send("stream.online", broadcaster_id="1337")
        for shard in bot.shards:
            await shard.reconnect()
        await asyncio.sleep(0.01)
    await until(lambda: all(shard.is_running for shard in bot.shards) and len(sim.control.sockets()) == 4)
    assert not {shard.session_id for shard in bot.shards} & set(before)
    totals = sim.control.truth()["totals"]
    assert totals["dropped"] == 0
    await until(lambda: bot.heard == totals["sent_distinct"])
