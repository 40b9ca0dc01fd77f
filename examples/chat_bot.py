"""Says hi in your own chat to whoever writes !hello there.

    CLIENT_ID=… CLIENT_SECRET=… ACCESS_TOKEN=… REFRESH_TOKEN=… python examples/chat_bot.py

What is registered with @client.event is subscribed by itself. The token needs the scopes user:read:chat and
user:write:chat. Without the environment the program uses placeholders, which the simulator takes for a user.
"""

import logging
import os

from twitch.eventsub import ChannelChatMessageEvent, ClientUser, Event

client = ClientUser(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))


@client.event
async def on_chat_message_v1(self: ClientUser, message: Event[ChannelChatMessageEvent]) -> None:
    if "!hello" in message.event.message.text:
        await self.user.send_chat_message(f"Hi @{message.event.chatter.name}!")


token, refresh = os.environ.get("ACCESS_TOKEN"), os.environ.get("REFRESH_TOKEN")
client.run(token or "ACCESS_TOKEN", refresh or "REFRESH_TOKEN", log_level=logging.INFO)
