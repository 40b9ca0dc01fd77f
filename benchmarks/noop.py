"""A program whose handler does nothing: what is left is the fleet's own cost."""

from __future__ import annotations

from twitch.eventsub import ChannelChatMessageEvent, ClientApp, Event


class Noop(ClientApp):
    async def on_channel_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
        pass


app = Noop("CLIENT_ID", "CLIENT_SECRET")
