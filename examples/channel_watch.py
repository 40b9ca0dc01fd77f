"""Watches channels: who goes live and stops, what they change, and how much is said in chat.

    python -m fleet.demo --app channel_watch:watch
    CONDUIT_ID=… CLIENT_ID=… CLIENT_SECRET=… STREAMER_TOKEN=… STREAMER_REFRESH=… python examples/channel_watch.py

Without the environment it uses placeholders, which the simulator takes for a streamer.
"""

import logging
import os
from typing import Any

from twitch.eventsub import (
    ChannelChatMessageEvent,
    ChannelUpdateEvent,
    ClientApp,
    Event,
    StreamOfflineEvent,
    StreamOnlineEvent,
)

CHAT_MESSAGES = 100
"""Between two lines about chat."""


class ChannelWatch(ClientApp):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.messages = 0  # of this process alone: what several are to share belongs in a database

    async def on_ready(self) -> None:
        token, refresh = os.environ.get("STREAMER_TOKEN"), os.environ.get("STREAMER_REFRESH")
        user = await self.add_user(token or "STREAMER_TOKEN", refresh or "STREAMER_REFRESH")
        await self.eventsub.stream_online(user.id)
        await self.eventsub.stream_offline(user.id)
        await self.eventsub.channel_update(user.id)
        await self.eventsub.chat_message(user.id, user.id)

    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        print(f"{message.event.broadcaster.name} is live")

    async def on_stream_offline_v1(self, message: Event[StreamOfflineEvent]) -> None:
        print(f"{message.event.broadcaster.name} has stopped")

    async def on_channel_update_v2(self, message: Event[ChannelUpdateEvent]) -> None:
        print(f"{message.event.broadcaster.name} is now about {message.event.category_name}: {message.event.title}")

    async def on_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
        self.messages += 1
        if self.messages % CHAT_MESSAGES == 0:
            said = message.event
            print(f"{self.messages} chat messages; {said.chatter.name} to {said.broadcaster.name}: {said.message.text}")


watch = ChannelWatch(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))
watch.run(os.environ.get("CONDUIT_ID", "CONDUIT_ID"), log_level=logging.INFO)
