"""`ClientUser`: a bot that is one user, over a WebSocket of its own, without a conduit.

The subscriptions of such a socket die with it, so they are created anew on each fresh session; a reconnect that Twitch
asks for keeps them. Twitch closes a socket that has no subscription ten seconds after its welcome (4003), so the socket
is opened with the first subscription. Handlers that were registered with ``@client.event`` are subscribed by
themselves, on the user's own channel; methods of a class subscribe in on_ready.
https://dev.twitch.tv/docs/eventsub/handling-websocket-events/
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from twitch.addresses import Addresses
from twitch.api import AppAPI, UserAPI
from twitch.app import App
from twitch.errors import ClientException, Conflict, DecodeError, TwitchException
from twitch.eventsub.backoff import Backoff
from twitch.eventsub.connection import Connection
from twitch.eventsub.dispatch import Dispatcher
from twitch.eventsub.event import Event, Metadata, read_revocation
from twitch.eventsub.handlers import TYPED, Handler, Handlers
from twitch.eventsub.hooks import Hooks
from twitch.eventsub.hosting import refuse
from twitch.eventsub.outcomes import Notification, Outcome, ReplacementNeeded, Revocation, Welcomed
from twitch.eventsub.running import run_until_signal
from twitch.eventsub.seen import SeenIds
from twitch.eventsub.subscribe import UserEvents
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Subscription
from twitch.tokens import TokenPair
from twitch.utils import DEFAULT_HANDLER, DefaultHandler, setup_logging

log = logging.getLogger("twitch.eventsub")

HandlerT = TypeVar("HandlerT", bound=Handler)
DRAIN_SECONDS = 5.0


class ClientUser(Hooks, own=True):
    """A bot that acts as your own account. ``run('ACCESS_TOKEN')`` blocks until SIGINT, SIGTERM or close()."""

    def __init__(
        self, client_id: str, client_secret: str, *, addresses: Addresses | None = None, **options: Any
    ) -> None:
        self.client_id = client_id
        self.addresses = addresses
        self.options: Mapping[str, Any] = options
        self._client_secret = client_secret
        self._handlers = Handlers(self)
        self._registered: list[str] = []
        self._ready = asyncio.Event()
        self._closing = asyncio.Event()
        self._live: _UserSession | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} client_id={self.client_id!r}>"

    def event(self, handler: HandlerT) -> HandlerT:
        """Register a handler; one for events is subscribed by itself, on the user's own channel."""
        super().event(handler)
        if handler.__name__ in TYPED:
            self._registered.append(handler.__name__)
        return handler

    @property
    def user(self) -> UserAPI:
        """Helix as the user."""
        return self._session.user

    @property
    def eventsub(self) -> UserEvents:
        """Subscribe: ``await self.eventsub.channel_follow()``, by default to the user's own channel."""
        return self._session.events

    @property
    def application(self) -> AppAPI:
        """Helix with the app's own token."""
        return self._session.app.application

    @property
    def _session(self) -> "_UserSession":
        if self._live is None:
            raise ClientException("the client isn't running: use this from setup_hook, on_ready or a handler on")
        return self._live

    def is_closed(self) -> bool:
        return self._closing.is_set()

    async def close(self) -> None:
        """Stop: start() and run() return once everything is closed."""
        self._closing.set()

    def run(
        self,
        access_token: str,
        refresh_token: str | None = None,
        *,
        register_events: bool = True,
        reconnect: bool = True,
        log_handler: logging.Handler | DefaultHandler | None = DEFAULT_HANDLER,
        log_level: int | str | None = None,
        root_logger: bool = False,
    ) -> None:
        """Log in, listen, and block. Logging as in `ClientApp.run`; without ``register_events`` nothing is subscribed by itself."""
        refuse("ClientUser.run")
        setup_logging(log_handler, log_level, root_logger)
        start = partial(self.start, access_token, refresh_token, register_events=register_events, reconnect=reconnect)
        run_until_signal(start, self._closing.set)

    async def start(
        self,
        access_token: str,
        refresh_token: str | None = None,
        *,
        register_events: bool = True,
        reconnect: bool = True,
    ) -> None:
        """Like run(), inside a running event loop."""
        refuse("ClientUser.start")
        async with App(
            self.client_id,
            self._client_secret,
            addresses=self.addresses,
            token_changed=self._token_changed,
            **self.options,
        ) as app:
            user = await app.add_user(access_token, refresh_token)
            self._live = session = _UserSession(self, app, user, reconnect=reconnect)
            begun: asyncio.Future[Any] = asyncio.ensure_future(self._begin(register_events=register_events))
            closing: asyncio.Future[Any] = asyncio.ensure_future(self._closing.wait())
            try:
                await asyncio.wait({begun, closing, session.over}, return_when=asyncio.FIRST_COMPLETED)
                if begun.done():
                    begun.result()
                    await asyncio.wait({closing, session.over}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (begun, closing):
                    task.cancel()
                await asyncio.gather(begun, closing, return_exceptions=True)
                await session.close()
                self._live = None
                self._ready, self._closing = asyncio.Event(), asyncio.Event()
                self._closing.set()
            if session.over.done():
                session.over.result()

    async def _begin(self, *, register_events: bool) -> None:
        await self.set_up()
        if register_events:
            for name in self._registered:
                row = TYPED[name]
                try:
                    await self.eventsub.subscribe(row.type, {}, version=row.version)
                except (TwitchException, ValueError) as error:
                    await self.failed(name, error)
        await self.became_ready()

    async def _token_changed(self, user_id: str, pair: TokenPair) -> None:
        await self.lifecycle("on_token_update", user_id, pair.access_token, pair.refresh_token)


class _UserSession:
    """The socket of one user, and what is subscribed on it."""

    def __init__(self, client: ClientUser, app: App, user: UserAPI, *, reconnect: bool) -> None:
        self.app = app
        self.user = user
        self.events = UserEvents(self.subscribe, app.client_id, user.id)
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._client = client
        self._reconnect = reconnect
        self._wanted: dict[tuple[str, str, tuple[tuple[str, str], ...]], SubscriptionRequest] = {}
        self._seen = SeenIds()
        self._dispatcher = Dispatcher()
        self._backoff = Backoff(random.Random())  # noqa: S311  spreads load, guards nothing
        self._current: Connection | None = None
        self._session_id = ""
        self._welcomed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        """Subscribe on the socket, which is opened if need be, and again on each that follows it."""
        key = (request.type, request.version, tuple(sorted(request.condition.items())))
        self._wanted[key] = request
        if self._current is None and not self._tasks:
            self._spawn(0.0)
        await self._welcomed.wait()
        try:
            return await self._create(request)
        except TwitchException as error:
            if not error.transient:
                del self._wanted[key]
            raise

    async def _create(self, request: SubscriptionRequest) -> Subscription:
        transport = {"method": "websocket", "session_id": self._session_id}
        try:
            return await self.user.create_eventsub_subscription(
                request.type, request.version, transport, request.condition
            )
        except Conflict as conflict:
            if conflict.existing_id is None:
                raise
            (existing,) = await self.user.get_eventsub_subscriptions(subscription_id=conflict.existing_id)
            return existing

    def _spawn(self, pause_seconds: float) -> None:
        task = asyncio.create_task(self._live(pause_seconds))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self.over.done():
            self.over.set_exception(error)

    async def _live(self, pause_seconds: float) -> None:
        await asyncio.sleep(pause_seconds)
        connection = Connection(
            self.app.http.session, self.app.addresses.eventsub_url, lambda o: self._told(connection, o)
        )
        self._current = connection
        lost = await connection.run()
        if self._current is not connection:
            return
        self._welcomed.clear()
        self._hook("on_disconnect")
        if not self._reconnect:
            raise ClientException(f"the socket was lost ({lost.reason}) and reconnect is off")
        pause_seconds = self._backoff.next_seconds(lost.action)
        log.warning("socket lost (%s, code %s); another is opened in %.1f s", lost.reason, lost.code, pause_seconds)
        self._spawn(pause_seconds)

    def _told(self, connection: Connection, outcome: Outcome) -> None:
        match outcome:
            case Notification() | Revocation():
                self._arrived(outcome)
            case Welcomed(session_id=session_id):
                if session_id != self._session_id and self._current is connection:
                    again = self._session_id != ""
                    self._session_id = session_id
                    self._welcomed.set()
                    self._backoff.reset()
                    self._hook("on_connect")
                    if again:
                        self._dispatcher.submit("", self._subscribe_again)
            case ReplacementNeeded() if self._current is connection:
                self._current = None
                self._spawn(0.0)
            case _:
                log.debug("%s", outcome)

    async def _subscribe_again(self) -> None:
        for request in list(self._wanted.values()):
            try:
                await self._create(request)
            except TwitchException as error:
                await self._client.failed("subscribe", error, request)

    def _arrived(self, message: Notification | Revocation) -> None:
        if not self._seen.is_new(message.message_id, time.monotonic()):
            return
        kind = "revocation" if isinstance(message, Revocation) else "notification"
        metadata = Metadata(message_id=message.message_id, message_type=kind)
        with contextlib.suppress(DecodeError):
            metadata = Metadata.of(
                message.message_id, timestamp=message.timestamp, type=message.type, version=message.version, kind=kind
            )
        try:
            if isinstance(message, Revocation):
                self._hook("on_revocation", read_revocation(message.payload), metadata)
                return
            event = Event.from_payload(message.payload, metadata=metadata)
        except DecodeError as error:
            self._dispatcher.submit("", partial(self._client.undecodable, message.payload, metadata, error))
            return
        if not self._dispatcher.submit(event.subscription.broadcaster_id, partial(self._client.safely_handle, event)):
            log.error("an event was dropped: handlers are too slow for what arrives")

    def _hook(self, name: str, *args: Any) -> None:
        self._dispatcher.submit("", partial(self._client.lifecycle, name, *args))

    async def close(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            current.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._dispatcher.close(drain_seconds=DRAIN_SECONDS)
