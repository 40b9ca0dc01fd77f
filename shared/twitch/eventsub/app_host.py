"""What stands behind a client that runs by itself: users and Helix from an `App`, subscriptions on one conduit.

From ``authorize()`` on a `ClientApp` has one; ``connect()`` puts one that holds shards besides in its place (standalone.py).
"""

from collections.abc import Callable, Sequence

from twitch.api import AppAPI, UserAPI
from twitch.app import App
from twitch.errors import ClientException
from twitch.eventsub.conduit_subscriptions import ConduitSubscriptions
from twitch.eventsub.grants import require_grants
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Subscription


class AppHost:
    """A Host without shards. ``tell`` runs a hook of the client's; without ``conduit_id`` nothing can be subscribed."""

    def __init__(
        self, app: App, conduit_id: str | None, *, ignore_conflict: bool, tell: Callable[[str, str], None]
    ) -> None:
        self._app = app
        self._tell = tell
        self._on_conduit = (
            ConduitSubscriptions(app.application, conduit_id, ignore_conflict=ignore_conflict) if conduit_id else None
        )

    @property
    def application(self) -> AppAPI:
        return self._app.application

    async def add_user(self, access_token: str, refresh_token: str | None) -> UserAPI:
        return await self._app.add_user(access_token, refresh_token)

    async def remove_user(self, user_id: str) -> None:
        if self._app.remove_user(user_id):
            self._tell("on_token_remove", user_id)

    def get_user(self, user_id: str) -> UserAPI:
        return self._app.get_user(user_id)

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        require_grants(request, self._app.users_scopes, conduit=True)
        return await self._conduit_subscriptions.create(request)

    async def unsubscribe(self, subscription_id: str) -> None:
        await self._conduit_subscriptions.delete(subscription_id)

    async def subscriptions(self) -> Sequence[Subscription]:
        return await self._conduit_subscriptions.list()

    @property
    def _conduit_subscriptions(self) -> ConduitSubscriptions:
        if self._on_conduit is None:
            raise ClientException(
                "no conduit is named yet: authorize(conduit_id=…), or subscribe from setup_hook, on_ready or a handler on"
            )
        return self._on_conduit
