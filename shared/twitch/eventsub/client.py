"""`ClientApp`, the class that a user's program derives from. It holds handlers; a host does the rest (hosting.py)."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from twitch.addresses import Addresses
from twitch.api import AppAPI, UserAPI
from twitch.errors import ClientException, ShardError
from twitch.eventsub.accounts import Accounts
from twitch.eventsub.app_host import AppHost
from twitch.eventsub.connection import Connection
from twitch.eventsub.handlers import Handlers
from twitch.eventsub.hosting import Host, Run, recorder
from twitch.eventsub.patience import patiently
from twitch.eventsub.running import run_until_signal
from twitch.eventsub.standalone import Standalone
from twitch.eventsub.subscribe import AppEvents
from twitch.models import ShardUpdate
from twitch.utils import DEFAULT_HANDLER, DefaultHandler, setup_logging


class ClientApp(Accounts, own=True):
    """A bot for many channels, over a conduit.

    Derive from it, write handlers such as ``on_stream_online_v1``, and end in ``run('CONDUIT_ID')``. Handler names are
    checked when the class is made. ``addresses`` says where Twitch is, by default what the environment says, or else
    Twitch itself. With ``ignore_conflict`` (the default), subscribing to what is subscribed already is no error.
    """

    all_bound_seconds = 60.0
    """on_ready waits so long for every shard to be bound; then it runs although some aren't, and the log names them."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        addresses: Addresses | None = None,
        ignore_conflict: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(client_id, client_secret, addresses, options)
        self.ignore_conflict = ignore_conflict
        self._handlers = Handlers(self)
        self._standalone: Standalone | None = None
        self._host: Host | None = None
        self._eventsub: AppEvents | None = None

    def attach(self, host: Host) -> None:
        """Put a host behind this client; from now on ``eventsub``, ``application`` and ``add_user`` work."""
        self._host = host
        self._eventsub = AppEvents(host.subscribe, self.client_id)

    @property
    def host(self) -> Host:
        """What stands behind this client (hosting.py). Raises ClientException where nothing does yet."""
        if self._host is None:
            raise ClientException("the client isn't running: authorize() it, or use this from setup_hook on")
        return self._host

    @property
    def eventsub(self) -> AppEvents:
        """Subscribe: ``await self.eventsub.stream_online(user.id)``."""
        if self._eventsub is None:
            raise ClientException("the client isn't running: subscribe from setup_hook, on_ready or a handler on")
        return self._eventsub

    @property
    def application(self) -> AppAPI:
        """Helix with the app's own token."""
        return self.host.application

    @property
    def ws(self) -> Connection | None:
        """The connection of the first shard that has one, None while none has or a fleet holds the shards."""
        return None if self._standalone is None else self._standalone.shards.connection

    async def add_user(self, access_token: str, refresh_token: str | None = None) -> UserAPI:
        """Take a user's tokens; they are checked, and renewed if they have expired. Raises TokenError for dead ones."""
        return await self.host.add_user(access_token, refresh_token)

    async def remove_user(self, user_id: str) -> None:
        """Forget a user's tokens."""
        await self.host.remove_user(user_id)

    def get_user(self, user_id: str) -> UserAPI:
        """Helix with the token of a user who was added before. Raises TokenError for one who wasn't."""
        return self.host.get_user(user_id)

    get_user_by_id = get_user

    def _tell(self, hook: str, *args: object) -> None:
        if self._standalone is not None:
            self._standalone.hook(hook, *args)
        else:
            super()._tell(hook, *args)

    def _runs(self, task: object) -> bool:
        return super()._runs(task) or (self._standalone is not None and self._standalone.runs(task))

    def run(
        self,
        conduit_id: str,
        shard_ids: Sequence[int | str] | None = None,
        *,
        reconnect: bool = True,
        log_handler: logging.Handler | DefaultHandler | None = DEFAULT_HANDLER,
        log_level: int | str | None = None,
        root_logger: bool = False,
    ) -> None:
        """Hold the shards of a conduit until SIGINT, SIGTERM or close(). Blocks.

        ``shard_ids`` limits which shards, by default all of the conduit's. ``log_handler`` is where the log goes: by
        default to stderr, None for nowhere. ``log_level`` is INFO by default. With ``root_logger`` every library's log
        goes there, not only this one's.
        """
        recorded = recorder()
        options = {
            "shard_ids": shard_ids,
            "reconnect": reconnect,
            "log_level": log_level,
            "log_handler": log_handler,
            "root_logger": root_logger,
        }
        if recorded is not None:
            recorded.runs.append(Run(self, conduit_id, options))
            return
        setup_logging(log_handler, log_level, root_logger)
        run_until_signal(partial(self.start, conduit_id, shard_ids=shard_ids, reconnect=reconnect), self._ask_to_close)

    def _ask_to_close(self) -> None:
        self._closing.set()

    async def start(
        self, conduit_id: str, *, shard_ids: Sequence[int | str] | None = None, reconnect: bool = True
    ) -> None:
        """Like run(), inside a running event loop: returns after close()."""
        recorded = recorder()
        if recorded is not None:
            recorded.runs.append(Run(self, conduit_id, {"shard_ids": shard_ids, "reconnect": reconnect}))
            return
        async with self._lifetime() as closing:
            self._standalone = Standalone(self, self._opened(), conduit_id, shard_ids=shard_ids, reconnect=reconnect)
            await self._standalone.run(closing)

    async def authorize(self, token: str | None = None, /, *, conduit_id: str | None = None) -> None:
        """Get the app's token, or begin with this one: the first half of `start`, of which `connect` is the second.

        From here on ``application``, ``add_user`` and ``app`` work, so a program can choose or make its conduit first;
        ``eventsub`` does once a conduit is named, here or to connect(). Call close() if connect() isn't reached.
        Raises AuthFailure for a wrong id or secret, Unauthorized for a dead token; waits for a Twitch that is away.
        """
        if recorder() is not None:
            return
        await self._step(lambda app: patiently(partial(app.authorize, token=token)))
        if not self._running:
            self.attach(AppHost(self.app, conduit_id, ignore_conflict=self.ignore_conflict, tell=self._tell))

    async def connect(
        self, conduit_id: str, *, shard_ids: Sequence[int | str] | None = None, reconnect: bool = True
    ) -> None:
        """Hold the shards of a conduit until close(): the second half of `start`, which it's equal to for the rest."""
        await self.start(conduit_id, shard_ids=shard_ids, reconnect=reconnect)

    async def identify_shard(self, conduit_id: str, shard_id: int | str, /, *, session_id: str) -> None:
        """Bind a shard to the session of a socket that the program opened itself; connect() does so with its own.

        Within ten seconds of the socket's welcome. Raises ShardError where Twitch refuses that, NotFound for a conduit
        that isn't the app's. https://dev.twitch.tv/docs/eventsub/handling-conduit-events/
        """
        outcome = await self.app.application.update_conduit_shards(conduit_id, [ShardUpdate(str(shard_id), session_id)])
        for error in outcome.errors:
            text = f"Twitch refused to bind shard {error.id}: {error.message}"
            raise ShardError(text, shard_id=error.id, code=error.code)

    async def _release(self) -> None:
        if self._app is not None:  # else a fleet is behind this client, and goes on
            self._standalone = self._host = self._eventsub = None
        await super()._release()
