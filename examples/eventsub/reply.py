"""Replies to every !pog in your chat, except its own.

    CLIENT_ID=… CLIENT_SECRET=… ACCESS_TOKEN=… REFRESH_TOKEN=… python examples/eventsub/reply.py

The token needs the scopes user:read:chat and user:write:chat. Without the environment the program uses placeholders,
which the simulator takes for a user.
"""

import logging
import os

from twitch.eventsub import ChannelChatMessageEvent, ClientUser, Event

client = ClientUser(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))


@client.event
async def on_chat_message_v1(message: Event[ChannelChatMessageEvent]) -> None:
    said = message.event
    if said.chatter.id != client.user.id and said.message.text.startswith("!pog"):
        await client.user.send_chat_message("PogChamp! (!pog yourself)", reply_message_id=said.message_id)


token, refresh = os.environ.get("ACCESS_TOKEN"), os.environ.get("REFRESH_TOKEN")
client.run(token or "ACCESS_TOKEN", refresh or "REFRESH_TOKEN", log_level=logging.INFO)
