"""Hosts the user's program on the leader: here its `on_ready` acts. Users are added, subscriptions created.

The program never holds up the shards: it is imported in a thread, its hooks run in this task, within
`FLEET_READY_SECONDS`, and what goes wrong is one sentence on `/readyz` and another try later. It begins once the shards
are bound, so that what it subscribes to has somewhere to go. Each leader runs it anew; asking for what is there already
costs no call to Twitch.

What `add_user` was given and what `subscribe` made is recorded, and the handler processes answer the same calls from
that (fleet/recorded.py).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from coordinator.subscription_table import Table, table_of
from coordinator.term import Deposed, Term, Write
from fleet.apps import AppError, load_app_within
from fleet.connection import AWAY, describe
from fleet.desired import RequestedBy
from fleet.settings import Settings
from fleet.vault import Vault, VaultError
from twitch.api import AppAPI, UserAPI
from twitch.app import validated_user
from twitch.errors import ClientException, NotFound, TwitchException
from twitch.eventsub.types import SubscriptionRequest
from twitch.helix.transport import Transport
from twitch.memory_tokens import CredentialsToken
from twitch.models import Subscription
from twitch.tokens import TokenPair

log = structlog.get_logger(__name__)

NAMING_SECONDS = 10.0
"""How long the shards wait at most to hear which conduit the program names."""
LISTED_SECONDS = 20.0
"""How long a request waits for the term's first listing, which most likely has what it asks for."""
PAUSE_FIRST_SECONDS = 1.0
PAUSE_MAX_SECONDS = 300.0


async def named_conduit(settings: Settings) -> str:
    """The conduit id in the program's run(); '' where there is none, or none can be known."""
    if not settings.app:
        return ""
    try:
        return (await load_app_within(settings, NAMING_SECONDS)).conduit_id
    except AppError as error:
        log.error("app.not_imported", reason=str(error))
        return ""


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

    def begin(self) -> None:
        """The program's on_ready is about to run (again): its calls are counted from the first."""
        self._calls = 0

    @property
    def application(self) -> AppAPI:
        return self.term.twitch.application

    async def add_user(self, access_token: str, refresh_token: str | None) -> UserAPI:
        if self.vault is None:
            raise VaultError("FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted")
        call, self._calls = self._calls, self._calls + 1
        known = await self.vault.find(access_token, refresh_token)
        record = None if known is None else await self.vault.record(known)
        if record is None:
            user_id, login, pair = await self.term.helix(
                lambda: validated_user(self.term.twitch.oauth, access_token, refresh_token)
            )
            await self.vault.add(user_id, login, TokenPair(access_token, refresh_token), pair)
            log.info("user.added", user=user_id, login=login)
        else:
            user_id, login = record.user_id, record.login
        self._logins[user_id] = login
        await self.term.commit(Write.hset_items(self.term.keys.users, {str(call): user_id}))
        return self.get_user(user_id)

    async def remove_user(self, user_id: str) -> None:
        if self.vault is not None:
            await self.vault.remove(user_id)

    def get_user(self, user_id: str) -> UserAPI:
        if self._users is None:
            raise VaultError("FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted")
        return UserAPI(self._users, user_id, self._logins.get(user_id, ""))

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


async def host_application(term: Term) -> None:
    """Makes the program ready, for as long as it takes. Raises Deposed."""
    await term.shards_bound.wait()
    settings = term.settings
    if not settings.app:
        return
    vault = Vault(term.redis, term.keys, settings.token_keys) if settings.token_keys else None
    host = LeaderHost(term, table_of(term), vault)
    pause_seconds = PAUSE_FIRST_SECONDS
    try:
        while True:
            sentence, transient = await make_ready(term, host)
            if not sentence:
                break
            pause_seconds = pause_seconds if transient else PAUSE_MAX_SECONDS
            log.error("app.not_ready", reason=sentence, again_in_seconds=pause_seconds)
            term.not_ready["application"] = sentence
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, PAUSE_MAX_SECONDS)
        term.not_ready.pop("application", None)
        log.info("app.ready", app=settings.app)
        await asyncio.Event().wait()  # the program may go on using its host, for as long as we lead
    finally:
        if vault is not None:
            await vault.close()


async def make_ready(term: Term, host: LeaderHost) -> tuple[str, bool]:
    """One try. ('', …) when the program is ready, else why it is not, and whether trying again soon may help."""
    settings = term.settings
    try:
        hosted = await load_app_within(settings, settings.ready_seconds)
        hosted.client.attach(host)
        host.begin()
        async with asyncio.timeout(settings.ready_seconds) as deadline:
            await hosted.client.ready()
        await term.commit(Write.set(term.keys.ready, term.epoch))
    except Deposed:
        raise
    except (AppError, VaultError) as error:
        return str(error), False
    except TimeoutError:
        if deadline.expired():
            return f"{settings.app}: on_ready has not finished within {settings.ready_seconds:g} s", True
        return f"{settings.app}: on_ready waited too long for Twitch", True
    except AWAY as error:
        return f"{settings.app}: Redis did not answer during on_ready: {describe(error)}", True
    except TwitchException as error:
        return f"{settings.app}: on_ready raised {type(error).__name__}: {error}", error.transient
    except Exception as error:  # a program may raise anything
        log.exception("app.on_ready_failed", app=settings.app)
        return f"{settings.app}: on_ready raised {describe(error)}", False
    return "", False
