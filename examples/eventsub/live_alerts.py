"""Tells a streamer's chat, as a bot, when the stream starts and stops.

    CONDUIT_ID=… CLIENT_ID=… CLIENT_SECRET=… BOT_TOKEN=… BOT_REFRESH=… STREAMER_TOKEN=… STREAMER_REFRESH=… \
    python examples/eventsub/live_alerts.py

It writes with the app's token, so that the chat shows it as a bot: the bot must have granted user:bot and
user:write:chat, the streamer channel:bot. Without the environment the program uses placeholders, which the simulator
takes for users; a conduit must exist.
"""

import logging
import os

from twitch.eventsub import ClientApp, Event, StreamOfflineEvent, StreamOnlineEvent


class LiveAlert(ClientApp):
    bot_id = ""

    async def on_ready(self) -> None:
        token, refresh = os.environ.get("BOT_TOKEN"), os.environ.get("BOT_REFRESH")
        bot = await self.add_user(token or "BOT_TOKEN", refresh or "BOT_REFRESH")
        self.bot_id = bot.id
        token, refresh = os.environ.get("STREAMER_TOKEN"), os.environ.get("STREAMER_REFRESH")
        streamer = await self.add_user(token or "STREAMER_TOKEN", refresh or "STREAMER_REFRESH")
        await self.eventsub.stream_online(streamer.id)
        await self.eventsub.stream_offline(streamer.id)

    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        streamer = message.event.broadcaster
        await self.application.send_chat_message(streamer.id, self.bot_id, f"{streamer.name} is now live!")

    async def on_stream_offline_v1(self, message: Event[StreamOfflineEvent]) -> None:
        streamer = message.event.broadcaster
        await self.application.send_chat_message(streamer.id, self.bot_id, f"{streamer.name} has stopped. Bye!")


alerts = LiveAlert(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))
alerts.run(os.environ.get("CONDUIT_ID", "CONDUIT_ID"), log_level=logging.INFO)
