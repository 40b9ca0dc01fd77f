"""Follows the charity campaign of your channel: its start, each donation, how far it has come, its end.

    CLIENT_ID=… CLIENT_SECRET=… ACCESS_TOKEN=… REFRESH_TOKEN=… python examples/eventsub/charity.py

The token needs the scope channel:read:charity. Without the environment the program uses placeholders, which the
simulator takes for a user.
"""

import logging
import os

from twitch.eventsub import (
    ChannelCharityCampaignDonationEvent,
    ChannelCharityCampaignProgressEvent,
    ChannelCharityCampaignStartEvent,
    ChannelCharityCampaignStopEvent,
    ClientUser,
    Event,
)

client = ClientUser(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"))


def percent(campaign: ChannelCharityCampaignProgressEvent) -> str:
    """How much of the target has come together."""
    target = campaign.target_amount.amount
    return f"{campaign.current_amount.amount / target:.1%}" if target else "no target"


@client.event
async def on_channel_charity_start_v1(message: Event[ChannelCharityCampaignStartEvent]) -> None:
    target = message.event.target_amount
    print(f"A campaign for {message.event.charity_name} starts: {target.amount} {target.currency}", flush=True)


@client.event
async def on_channel_charity_donate_v1(message: Event[ChannelCharityCampaignDonationEvent]) -> None:
    given = message.event.amount
    print(f"{message.event.user.name} gives {given.amount} {given.currency}", flush=True)


@client.event
async def on_channel_charity_progress_v1(message: Event[ChannelCharityCampaignProgressEvent]) -> None:
    print(f"{message.event.charity_name}: {percent(message.event)}", flush=True)


@client.event
async def on_channel_charity_stop_v1(message: Event[ChannelCharityCampaignStopEvent]) -> None:
    print(f"The campaign for {message.event.charity_name} ends at {percent(message.event)}", flush=True)


token, refresh = os.environ.get("ACCESS_TOKEN"), os.environ.get("REFRESH_TOKEN")
client.run(token or "ACCESS_TOKEN", refresh or "REFRESH_TOKEN", log_level=logging.INFO)
