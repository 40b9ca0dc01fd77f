"""Makes a VIP of whoever redeems the reward MAXWIN for channel points, and says so in chat.

    CLIENT_ID=… CLIENT_SECRET=… ACCESS_TOKEN=… REFRESH_TOKEN=… python examples/eventsub/reward.py

The token needs the scopes channel:read:redemptions, channel:manage:vips and user:write:chat. Without the environment
the program uses placeholders, which the simulator takes for a user.
"""

import logging
import os

from twitch.errors import TwitchException
from twitch.eventsub import ChannelPointsCustomRewardRedemptionAddEvent, ClientUser, Event

REWARD = "MAXWIN"

client = ClientUser(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))


@client.event
async def on_ready() -> None:
    print(f"Waiting for {REWARD} on the channel of {client.user.login}", flush=True)


@client.event
async def on_channel_reward_redeem_add_v1(message: Event[ChannelPointsCustomRewardRedemptionAddEvent]) -> None:
    winner = message.event.user
    print(f"{winner.name} redeems {message.event.reward.title} for {message.event.reward.cost} points", flush=True)
    if message.event.reward.title != REWARD:
        return
    try:
        await client.user.add_channel_vip(winner.id)
    except TwitchException as error:  # a VIP already, a moderator, or no place left
        await client.user.send_chat_message(f"@{winner.name} can't become a VIP: {error}")
    else:
        await client.user.send_chat_message(f"@{winner.name} is a VIP now!")


token, refresh = os.environ.get("ACCESS_TOKEN"), os.environ.get("REFRESH_TOKEN")
client.run(token or "ACCESS_TOKEN", refresh or "REFRESH_TOKEN", log_level=logging.INFO)
