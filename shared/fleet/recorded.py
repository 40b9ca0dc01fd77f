"""The host of the program in a handler process: what `on_ready` asks for is answered from what the leader recorded.

The leader runs `on_ready` too, and there it acts. Here `add_user` finds the user by the pair (its keyed hash), or else by
its place among the calls; `subscribe` finds the subscription; both wait for the leader, within `FLEET_READY_SECONDS`,
and neither calls Twitch. Helix itself, by `self.application` and by the users that `add_user` gives, is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from redis.asyncio import Redis

from fleet.connection import AWAY, hash_of
from fleet.desired import decode, key_of
from fleet.keys import Keys
from fleet.vault import Vault, VaultError
from twitch.api import AppAPI, UserAPI
from twitch.app import App
from twitch.errors import ClientException, TokenError
from twitch.eventsub import SubscriptionRequest
from twitch.models import Subscription

T = TypeVar("T")

POLL_SECONDS = 0.1


class NotRecorded(ClientException):
    """The leader has not recorded what the program asks for."""

    @property
    def transient(self) -> bool:
        return True


@dataclass(slots=True)
class RecordedHost:
    """A twitch.eventsub.hosting.Host over the fleet's records."""

    app: App
    redis: Redis
    keys: Keys
    vault: Vault | None
    """None where FLEET_TOKEN_KEYS is not set; then there are no users."""
    wait_seconds: float
    _calls: int = 0
    _logins: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """The program's on_ready is about to run (again): its calls are counted from the first."""
        self._calls = 0

    @property
    def application(self) -> AppAPI:
        return self.app.application

    async def add_user(self, access_token: str, refresh_token: str | None) -> UserAPI:
        vault = self._vault()
        call, self._calls = self._calls, self._calls + 1

        async def look() -> str | None:
            user_id = await vault.find(access_token, refresh_token)
            if user_id is None and await self.redis.exists(self.keys.ready):
                placed = await self.redis.hget(self.keys.users, str(call))  # type: ignore[misc] # typed for both clients
                user_id = None if placed is None else placed.decode()
            return user_id

        user_id = await self._recorded(look, "this user")
        record = await vault.record(user_id)
        if record is None:
            raise TokenError(f"the tokens of user {user_id} are gone: the leader found them dead", user_id=user_id)
        self._logins[user_id] = record.login
        return self.get_user(user_id)

    async def remove_user(self, user_id: str) -> None:
        await self._vault().remove(user_id)

    def get_user(self, user_id: str) -> UserAPI:
        return UserAPI(self.app.transport, user_id, self._logins.get(user_id, ""))

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        key = key_of(request.type, request.version, request.condition)

        async def look() -> Subscription | None:
            raw = await self.redis.hget(self.keys.subscriptions, key)  # type: ignore[misc] # typed for both clients
            if raw is None:
                return None
            desired = decode(raw)
            if desired.id:
                return desired.as_subscription(await self._conduit_id())
            if desired.error_status:
                raise desired.as_error()
            return None

        return await self._recorded(look, f"the subscription to {request.type} v{request.version}")

    async def unsubscribe(self, subscription_id: str) -> None:
        raise ClientException(
            f"{subscription_id}: a handler process can't end a subscription; leave it out of on_ready"
        )

    async def subscriptions(self) -> Sequence[Subscription]:
        conduit_id = await self._conduit_id()
        records = [decode(raw) for raw in (await hash_of(self.redis, self.keys.subscriptions)).values()]
        return [record.as_subscription(conduit_id) for record in records if record.id]

    async def _conduit_id(self) -> str:
        found = await self.redis.hget(self.keys.conduit, "id")  # type: ignore[misc] # typed for both clients
        return found.decode() if found else ""

    def _vault(self) -> Vault:
        if self.vault is None:
            raise VaultError("FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted")
        return self.vault

    async def _recorded(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        try:
            async with asyncio.timeout(self.wait_seconds):
                while True:
                    try:
                        found = await look()
                    except AWAY:
                        found = None
                    if found is not None:
                        return found
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            raise NotRecorded(f"the leader has not recorded {what} within {self.wait_seconds:g} s") from None
