"""Begins from nothing: takes the app's first conduit, or creates one of three shards, and holds all of its shards.

    CLIENT_ID=… CLIENT_SECRET=… STREAMER_TOKEN=… STREAMER_REFRESH=… python examples/eventsub/advanced_startup.py

The client runs inside an event loop of the program's own, which ends it on SIGINT or SIGTERM. Without the environment
the program uses placeholders, which the simulator takes for a streamer.
"""

import asyncio
import os
import signal

from twitch import App
from twitch.eventsub import Event, MultiShardClientApp, StreamOnlineEvent
from twitch.models import Conduit
from twitch.utils import setup_logging

CLIENT_ID = os.environ.get("CLIENT_ID", "CLIENT_ID")
CLIENT_SECRET = os.environ.get("CLIENT_SECRET", "CLIENT_SECRET")
SHARDS = 3


class Bot(MultiShardClientApp):
    async def setup_hook(self) -> None:
        print("Setting up: the place to open a database", flush=True)

    async def on_shard_connect(self, shard_id: str) -> None:
        print(f"Shard {shard_id} is connected", flush=True)

    async def on_ready(self) -> None:
        token, refresh = os.environ.get("STREAMER_TOKEN"), os.environ.get("STREAMER_REFRESH")
        user = await self.add_user(token or "STREAMER_TOKEN", refresh or "STREAMER_REFRESH")
        await self.eventsub.stream_online(user.id)
        print(f"Ready with {sum(shard.is_running for shard in self.shards)} shards", flush=True)

    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        print(f"{message.event.broadcaster.name} is now live!", flush=True)


async def get_or_create_conduit() -> Conduit:
    async with App(CLIENT_ID, CLIENT_SECRET) as app:
        for conduit in await app.application.get_conduits():
            return conduit
        return await app.application.create_conduit(SHARDS)


async def main() -> None:
    setup_logging()
    bot = Bot(CLIENT_ID, CLIENT_SECRET)
    conduit = await get_or_create_conduit()
    running = asyncio.create_task(bot.start(conduit.id, shard_ids=range(conduit.shard_count)))
    stopped = asyncio.Event()
    running.add_done_callback(lambda _: stopped.set())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await bot.close()
    await running


asyncio.run(main())
