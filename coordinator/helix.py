"""The coordinator's client of Helix: the library's, with its calls counted."""

from __future__ import annotations

from fleet import metrics
from fleet.settings import Settings
from twitch.app import App


def twitch_app(settings: Settings) -> App:
    """Helix with the app's token. It opens nothing until its first call."""
    return App(settings.client_id, settings.client_secret, addresses=settings.addresses, observe=_observe)


def _observe(endpoint: str, status: int | str, seconds: float, remaining: int | None) -> None:
    metrics.HELIX_REQUESTS.labels(endpoint, status).inc()
    metrics.HELIX_SECONDS.observe(seconds)
    if remaining is not None:
        metrics.RATE_LIMIT_REMAINING.set(remaining)
