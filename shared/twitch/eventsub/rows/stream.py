"""Streams: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#streamonline"""

from twitch.eventsub import models
from twitch.eventsub.event_type import CHANNEL, EventType

ROWS = (
    EventType(
        type="stream.online",
        version="1",
        condition=CHANNEL,
        model=models.StreamOnlineEvent,
        about="The channel goes live.",
    ),
    EventType(
        type="stream.offline",
        version="1",
        condition=CHANNEL,
        model=models.StreamOfflineEvent,
        about="The channel stops streaming.",
    ),
)
