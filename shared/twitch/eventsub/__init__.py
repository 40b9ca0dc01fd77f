"""EventSub: events as they happen.

    from twitch.eventsub import ClientApp, Event, StreamOnlineEvent

Derive from `ClientApp`, write handlers, run it on a conduit. `ClientUser` is for one account without a conduit. Names are
imported when they are first used (lazily.py): a program that only reads events needs no HTTP client.
"""

from typing import TYPE_CHECKING

from twitch.lazily import lazily

if TYPE_CHECKING:
    from twitch.eventsub.client import ClientApp as ClientApp
    from twitch.eventsub.event import Event as Event
    from twitch.eventsub.event import Metadata as Metadata
    from twitch.eventsub.grants import MissingScope as MissingScope
    from twitch.eventsub.models import *  # noqa: F403  each model is a public name
    from twitch.eventsub.multi_shard import MultiShardClientApp as MultiShardClientApp
    from twitch.eventsub.multi_shard import Shard as Shard
    from twitch.eventsub.types import SubscriptionRequest as SubscriptionRequest
    from twitch.eventsub.user_client import ClientUser as ClientUser
    from twitch.models import Subscription as Subscription
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "twitch.eventsub.client": ("ClientApp",),
            "twitch.eventsub.event": ("Event", "Metadata"),
            "twitch.eventsub.grants": ("MissingScope",),
            "twitch.eventsub.multi_shard": ("MultiShardClientApp", "Shard"),
            "twitch.eventsub.user_client": ("ClientUser",),
            "twitch.models": ("Subscription",),
            "twitch.eventsub.types": ("SubscriptionRequest",),
        },
        submodules=("models",),
        rest="twitch.eventsub.models",
    )
