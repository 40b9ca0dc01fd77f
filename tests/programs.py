"""Programs that more than one test runs, as their authors wrote them."""

import textwrap

LIVE_ALERT = textwrap.dedent(
    """
    from twitch.eventsub import ClientApp, Event, StreamOnlineEvent
    import logging

    class LiveAlert(ClientApp):
        async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]):
            print(f"{message.event.broadcaster.name} is now live!")

        async def on_ready(self):
            user = await self.add_user('STREAMER_TOKEN', 'STREAMER_REFRESH')
            await self.eventsub.stream_online(user.id)

    alerts = LiveAlert('CLIENT_ID', 'CLIENT_SECRET')
    alerts.run('CONDUIT_ID', log_level=logging.INFO)
    """
)
"""The documentation page's program as it stands there; only its indentation, which the page's text lost, is put back."""
