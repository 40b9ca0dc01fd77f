"""The socket of one user, and what is subscribed on it.

A user's subscriptions die with the session that carries them, so what is *wanted* is kept here and created anew on each
fresh session; a reconnect that Twitch asks for keeps them. A session without a subscription is closed after ten seconds
(4003), so a socket is opened only while something is wanted.

    wanted ──a socket is welcomed──> created on it ──the socket is lost──> wanted, and another socket after a pause
       └─refused for good, revoked, or unsubscribed──> forgotten

Tokens that turn out dead when a fresh session needs them are the end: nobody could subscribe.

Twitch allows a user of a client three such connections, 300 subscriptions on each and a total cost of ten:
https://dev.twitch.tv/docs/eventsub/manage-subscriptions/#subscription-limits
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Coroutine
from functools import partial
from typing import Any, Protocol

from twitch.api import UserAPI
from twitch.app import App
from twitch.errors import (
    BadRequest,
    ClientException,
    Conflict,
    ConnectionClosed,
    NotFound,
    RateLimited,
    RateLimitKind,
    TokenError,
    TwitchException,
)
from twitch.eventsub import arrivals
from twitch.eventsub.arrivals import DRAIN_SECONDS, Arrivals
from twitch.eventsub.backoff import LASTING_SECONDS, Backoff
from twitch.eventsub.close_codes import Action
from twitch.eventsub.connection import Connection
from twitch.eventsub.existing import find_existing
from twitch.eventsub.grants import require_grants
from twitch.eventsub.outcomes import (
    Disturbance,
    Lost,
    Notification,
    Outcome,
    ReplacementNeeded,
    Revocation,
    Welcomed,
)
from twitch.eventsub.patience import patiently
from twitch.eventsub.tasks import Tasks, cancel
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Subscription

log = logging.getLogger("twitch.eventsub")

SUBSCRIPTIONS_MAX = 300
"""Enabled ones on one connection."""
ENDED_SECONDS = 2.0
"""After a 400 about a session it's waited so long for the end of the socket that it speaks of."""
LIMITS = "Twitch allows a user 3 connections, 300 subscriptions on each, and a total cost of 10"

_Key = tuple[str, str, tuple[tuple[str, str], ...]]


class Listener(arrivals.Listener, Protocol):
    """Whose handlers and hooks are run, and who is told of what can't be subscribed; see `Hooks`."""

    async def failed(self, name: str, error: BaseException, *args: Any) -> None: ...


class UserSession:
    """``api`` is where subscriptions are created, usually the user's own Helix; ``over`` ends with what is fatal."""

    def __init__(self, listener: Listener, app: App, api: UserAPI, url: str, *, reconnect: bool) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._app = app
        self._api = api
        self._url = url
        self._reconnect = reconnect
        self._wanted: dict[_Key, SubscriptionRequest] = {}
        self._created: dict[str, _Key] = {}
        self._arrivals = Arrivals(listener, revoked=lambda subscription: self._forget(subscription.id))
        self._backoff = Backoff(random.Random())  # noqa: S311  spreads load, guards nothing
        self._current: Connection | None = None
        self._open = False  # a socket is there, or on its way
        self._session_id = ""
        self._welcomed = asyncio.Event()
        self._welcomed_at = 0.0
        self._closed = False
        self._tasks = Tasks(self._fatal)
        self._sockets: dict[asyncio.Task[Any], Connection] = {}  # of these the ones that hold a socket

    @property
    def connection(self) -> Connection | None:
        """The one of the moment."""
        return self._current

    # -- subscriptions ------------------------------------------------------------------------------------------

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        """Subscribe on the socket, which is opened if need be, and again on each that follows it."""
        require_grants(request, self._app.users_scopes, conduit=False)
        if self._closed:
            raise ClientException("the client is closed")
        key = (request.type, request.version, tuple(sorted(request.condition.items())))
        if key not in self._wanted and len(self._wanted) >= SUBSCRIPTIONS_MAX:
            raise ClientException(f"{SUBSCRIPTIONS_MAX} subscriptions are on this connection already: {LIMITS}")
        self._wanted[key] = request
        if not self._open:
            self._spawn_socket(0.0)
        return await self._place(key, request)

    async def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription for good. One that is unknown to Twitch is no error."""
        self._forget(subscription_id)
        with contextlib.suppress(NotFound):
            await self._api.delete_eventsub_subscription(subscription_id)

    async def _place(self, key: _Key, request: SubscriptionRequest) -> Subscription:
        """Create it on the session of the moment; where that ended meanwhile, on the next one."""
        while True:
            await self._welcomed.wait()
            if self._closed:
                raise ClientException(f"the client was closed before {request.type} was subscribed to")
            session_id = self._session_id
            try:
                made = await self._create(request, session_id)
            except TwitchException as error:
                if error.transient:
                    raise
                if await self._has_ended(
                    session_id, within_seconds=ENDED_SECONDS if isinstance(error, BadRequest) else 0.0
                ):
                    continue
                self._wanted.pop(key, None)
                raise
            self._created[made.id] = key
            return made

    async def _has_ended(self, session_id: str, *, within_seconds: float) -> bool:
        """Whether this session is over, or will be found to be soon: Twitch knows of its end before we do."""
        deadline = time.monotonic() + within_seconds
        while session_id == self._session_id and self._welcomed.is_set():
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    async def _create(self, request: SubscriptionRequest, session_id: str) -> Subscription:
        transport = {"method": "websocket", "session_id": session_id}
        try:
            created, _ = await self._api.create_eventsub_subscription(
                request.type, request.version, transport, request.condition
            )
            return created
        except Conflict as conflict:
            existing = await find_existing(
                self._api, request, conflict.existing_id, goes_there=lambda t: t.session_id == session_id
            )
            if existing is None:
                raise
            return existing
        except RateLimited as error:
            if error.kind is RateLimitKind.BUCKET:
                raise
            text = f"{error.message} ({LIMITS})"
            raise RateLimited(error.status, text, endpoint=error.endpoint, method="POST", kind=error.kind) from None

    async def _create_again(self, session_id: str) -> None:
        self._created.clear()
        for key, request in list(self._wanted.items()):
            if session_id != self._session_id:
                return  # another session came, and with it another of these
            try:
                await patiently(partial(self._place, key, request))
            except TwitchException as error:
                if isinstance(error, TokenError) and self._api.id not in self._app.tokens:
                    raise  # nothing that's wanted can be had any more
                await self._listener.failed("subscribe", error, request)
        if session_id == self._session_id and self._current is not None:
            for connection in self._sockets.values():
                if connection is not self._current:
                    connection.close()  # from now on both would bring every event, as messages of two ids

    def _forget(self, subscription_id: str) -> None:
        key = self._created.pop(subscription_id, None)
        if key is not None:
            self._wanted.pop(key, None)

    # -- the socket ---------------------------------------------------------------------------------------------

    async def _live(self, pause_seconds: float) -> None:
        await asyncio.sleep(pause_seconds)
        connection = Connection(self._app.http.session, self._url, lambda outcome: self._told(connection, outcome))
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        self._current = self._sockets[task] = connection
        try:
            lost = await connection.run()
        finally:
            del self._sockets[task]
        self._ended(connection, lost)

    def _ended(self, connection: Connection, lost: Lost) -> None:
        if self._current is not connection:
            return
        self._current, self._open = None, False
        if self._welcomed.is_set():
            self._welcomed.clear()
            if time.monotonic() - self._welcomed_at >= LASTING_SECONDS:
                self._backoff.reset()
            self.hook("on_disconnect")
        if not self._wanted:
            log.info("the socket was closed (%s); another is opened with the next subscription", lost.reason)
            return
        if not self._reconnect:
            raise ConnectionClosed(f"the socket was lost ({lost.reason}) and reconnect is off", code=lost.code)
        pause_seconds = self._backoff.next_seconds(lost.action)
        level = logging.ERROR if lost.action is Action.REOPEN_LATER else logging.WARNING
        text = "socket lost (%s, code %s); another is opened in %.1f s"
        log.log(level, text, lost.reason, lost.code, pause_seconds)
        self._spawn_socket(pause_seconds)

    def _told(self, connection: Connection, outcome: Outcome) -> None:
        match outcome:
            case Notification() | Revocation():
                self._arrivals.arrived(outcome)
            case Welcomed(session_id=session_id):
                if session_id != self._session_id and self._current is connection:
                    log.info("connected by session %s", session_id)
                    again = self._session_id != ""
                    self._session_id = session_id
                    self._welcomed.set()
                    self._welcomed_at = time.monotonic()
                    self._backoff.ease()
                    self.hook("on_connect")
                    if again:
                        self._tasks.spawn(self._create_again(session_id))
            case ReplacementNeeded() if self._current is connection:
                log.warning("a fresh session is opened: %s", outcome.reason)
                self._current = None
                self._welcomed.clear()  # what would be subscribed on it now, would end with it
                self._spawn_socket(0.0)
            case Disturbance(kind=kind, detail=detail):
                log.warning("a frame made no sense (%s): %s", kind, detail)
            case _:
                log.debug("%s", outcome)

    def _spawn_socket(self, pause_seconds: float) -> None:
        self._open = True
        self._tasks.spawn(self._live(pause_seconds))

    def _fatal(self, error: BaseException) -> None:
        if not self.over.done():
            self.over.set_exception(error)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else; it ends with the session."""
        self._tasks.spawn(work)

    # -- handlers and hooks -------------------------------------------------------------------------------------

    def hook(self, name: str, *args: Any) -> None:
        """Run a hook of the client's in turn with the others."""
        self._arrivals.hook(name, *args)

    def runs(self, task: object) -> bool:
        """Whether this task is a handler's or a hook's."""
        return self._arrivals.runs(task)

    async def close(self) -> None:
        """Close the socket in order, let handlers finish for a while, leave no task."""
        self._current, self._closed = None, True
        self._welcomed.set()  # who waits for it waits no more
        await cancel(set(self._tasks) - set(self._sockets))  # what is subscribed now would die with the socket
        for connection in self._sockets.values():
            connection.close()
        if self._sockets:
            await asyncio.wait(set(self._sockets), timeout=DRAIN_SECONDS)
        await cancel(self._tasks)
        await self._arrivals.close()
