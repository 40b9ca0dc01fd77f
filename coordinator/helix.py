"""The coordinator's client of Helix: the library's, with its calls counted and its name on them.

The name is the random end of the process' own, which its log lines carry: of two coordinators in one log of calls one can
tell which made which, and no host name leaves the house.
"""

from __future__ import annotations

import math
from importlib.metadata import version

from fleet import metrics
from fleet.settings import Settings
from twitch.app import App


def twitch_app(settings: Settings, name: str) -> App:
    """Helix with the app's token. It opens nothing until its first call. name: the process' own."""
    metrics.RATE_LIMIT_REMAINING.set(math.nan)  # until Twitch has told: 0 would be alarming
    return App(
        settings.client_id,
        settings.client_secret,
        addresses=settings.addresses,
        observe=_observe,
        user_agent=f"conduit-fleet/{version('conduit-fleet')} (coordinator; {name.rpartition('-')[2]})",
    )


def _observe(endpoint: str, status: int | str, seconds: float, remaining: int | None) -> None:
    metrics.HELIX_REQUESTS.labels(endpoint, status).inc()
    metrics.HELIX_SECONDS.observe(seconds)
    if remaining is not None:
        metrics.RATE_LIMIT_REMAINING.set(remaining)
