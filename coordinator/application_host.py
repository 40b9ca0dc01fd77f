"""What stands behind the user's program on the leader: here its calls act, with Twitch and on record.

What `add_user` was given and what `subscribe` made is recorded, and the handler processes answer the same calls from
that (fleet/recorded.py).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from coordinator.subscription_table import Table
from coordinator.term import Term, Write
from fleet.desired import RequestedBy
from fleet.vault import Vault, VaultError
from twitch.api import AppAPI, UserAPI
from twitch.app import validated_user
from twitch.errors import ClientException, NotFound
from twitch.eventsub.types import SubscriptionRequest
from twitch.helix.transport import Transport
from twitch.memory_tokens import CredentialsToken
from twitch.models import Subscription
from twitch.tokens import TokenPair

log = structlog.get_logger(__name__)

LISTED_SECONDS = 20.0
"""How long a request waits for the term's first listing, which most likely has what it asks for."""


@dataclass(slots=True)
class LeaderHost:
    """A twitch.eventsub.hosting.Host that acts: with Twitch, and on record."""

    term: Term
    table: Table
    vault: Vault | None
    """None where FLEET_TOKEN_KEYS is not set; then there are no users."""
    _users: Transport | None = None
    _calls: int = 0
    _logins: dict[str, str] = field(default_factory=dict)
    _added: dict[str, str] = field(default_factory=dict)
    """Place among the calls of add_user → user id."""
    _recorded: bool = False

    def __post_init__(self) -> None:
        twitch, vault = self.term.twitch, self.vault
        if vault is None:
            return

        async def refresh(refresh_token: str) -> TokenPair:
            token = await twitch.oauth.refresh(refresh_token)
            return TokenPair(token.access_token, token.refresh_token or refresh_token)

        vault.refresh = refresh
        self._users = Transport(
            twitch.client_id,
            http=twitch.http,
            addresses=twitch.addresses,
            app_tokens=CredentialsToken(twitch.oauth),
            tokens=vault,
        )

    @property
    def users(self) -> Transport:
        """Helix with users' tokens. Raises VaultError where none can be kept."""
        if self._users is None:
            raise VaultError("FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted")
        return self._users

    def begin(self) -> None:
        """The program's on_ready is about to run (again): its calls are counted from the first."""
        self._calls, self._added, self._recorded = 0, {}, False

    async def record(self) -> None:
        """Records whom the program has added, in which order, and that it is ready: handler processes see all of it or
        nothing. Raises Deposed, or redis' errors."""
        keys = self.term.keys
        users = [Write.hset_items(keys.users, dict(self._added))] if self._added else []
        await self.term.commit(Write.delete(keys.users), *users, Write.set(keys.ready, self.term.epoch))
        self._recorded = True

    @property
    def application(self) -> AppAPI:
        return self.term.twitch.application

    async def add_user(self, access_token: str, refresh_token: str | None) -> UserAPI:
        if self.vault is None:
            raise VaultError("FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted")
        call, self._calls = self._calls, self._calls + 1
        oauth = self.term.twitch.oauth
        record = await self.vault.admit(
            TokenPair(access_token, refresh_token), lambda: validated_user(oauth, access_token, refresh_token)
        )
        user_id, login = record.user_id, record.login
        self._logins[user_id] = login
        self._added[str(call)] = user_id
        if self._recorded:
            await self.record()
        return self.get_user(user_id)

    async def remove_user(self, user_id: str) -> None:
        if self.vault is not None:
            await self.vault.remove(user_id)

    def get_user(self, user_id: str) -> UserAPI:
        return UserAPI(self.users, user_id, self._logins.get(user_id, ""))

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LISTED_SECONDS):
                await self.table.listed.wait()
        record = await self.table.want(request, RequestedBy.APP)
        return record.as_subscription(self._conduit_id())

    async def unsubscribe(self, subscription_id: str) -> None:
        key = self.table.by_id.get(subscription_id)
        with contextlib.suppress(NotFound):
            await self.term.helix(lambda: self.term.twitch.application.delete_eventsub_subscription(subscription_id))
        if key is not None:
            await self.table.drop([key])

    async def subscriptions(self) -> Sequence[Subscription]:
        conduit_id = self._conduit_id()
        return [record.as_subscription(conduit_id) for record in self.table.desired.values() if record.id]

    def _conduit_id(self) -> str:
        if self.term.conduit is None:
            raise ClientException("there is no conduit at the moment")
        return self.term.conduit.id
