"""Says when a streamer goes live.

    CONDUIT_ID=… CLIENT_ID=… CLIENT_SECRET=… STREAMER_TOKEN=… STREAMER_REFRESH=… python examples/live_alert.py

Without the environment it uses placeholders, which the simulator takes for a streamer; a conduit must exist.
"""

import logging
import os

from twitch.eventsub import ClientApp, Event, StreamOnlineEvent


class LiveAlert(ClientApp):
    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        print(f"{message.event.broadcaster.name} is now live!")

    async def on_ready(self) -> None:
        token, refresh = os.environ.get("STREAMER_TOKEN"), os.environ.get("STREAMER_REFRESH")
        user = await self.add_user(token or "STREAMER_TOKEN", refresh or "STREAMER_REFRESH")
        await self.eventsub.stream_online(user.id)


alerts = LiveAlert(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))
alerts.run(os.environ.get("CONDUIT_ID", "CONDUIT_ID"), log_level=logging.INFO)
