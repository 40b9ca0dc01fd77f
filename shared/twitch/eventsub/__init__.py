"""EventSub: events as they happen.

    from twitch.eventsub import ClientApp, Event, StreamOnlineEvent

Derive from `ClientApp`, write handlers, run it on a conduit. `ClientUser` is for one account without a conduit.
"""

from twitch.eventsub.client import ClientApp
from twitch.eventsub.event import Event, Metadata
from twitch.eventsub.models import *  # noqa: F403  each model is a public name
from twitch.eventsub.models import __all__ as _models
from twitch.eventsub.types import SubscriptionRequest
from twitch.eventsub.user_client import ClientUser
from twitch.models import Subscription

__all__ = ["ClientApp", "ClientUser", "Event", "Metadata", "Subscription", "SubscriptionRequest", *_models]  # noqa: PLE0604  names of strings
