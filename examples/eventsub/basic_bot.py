"""A bot as a class: you log in on any device, and it greets followers and answers !hello and !info in your chat.

    CLIENT_ID=… CLIENT_SECRET=… python examples/eventsub/basic_bot.py

Methods of a class are subscribed by hand, in on_ready; without arguments it's your own channel.
"""

import asyncio
import logging
import os

from twitch.eventsub import ChannelChatMessageEvent, ChannelFollowEvent, ClientUser, Event
from twitch.oauth import DeviceCodeFlow, Scopes, Token


class Bot(ClientUser):
    async def on_ready(self) -> None:
        await self.eventsub.channel_follow()
        await self.eventsub.channel_chat_message()
        print(f"Logged in as {self.user.login}", flush=True)

    async def on_channel_follow_v2(self, message: Event[ChannelFollowEvent]) -> None:
        await self.user.send_chat_message(f"Thanks for the follow, @{message.event.user.name}!")

    async def on_channel_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
        match message.event.message.text.split():
            case ["!hello", *_]:
                await self.user.send_chat_message(f"Hi @{message.event.chatter.name}!")
            case ["!info", *_]:
                await self.user.send_chat_message("I am a small bot. Try !hello.")


async def log_in(bot: Bot) -> Token:
    async with DeviceCodeFlow.from_app(bot) as flow:
        code = await flow.request_device_code(
            {Scopes.USER_READ_CHAT, Scopes.USER_WRITE_CHAT, Scopes.MODERATOR_READ_FOLLOWERS}
        )
        print(f"Go to: {code.verification_uri}", flush=True)
        print(f"Enter code: {code.user_code}", flush=True)
        return await flow.wait_for_device_token(code.device_code)


bot = Bot(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))
token = asyncio.run(log_in(bot))
bot.run(token.access_token, token.refresh_token, log_level=logging.INFO)
