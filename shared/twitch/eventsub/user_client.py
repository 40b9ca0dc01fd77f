"""`ClientUser`: a bot that is one user, over a WebSocket of its own (user_session.py), without a conduit.

Handlers that were registered with ``@client.event`` are subscribed by themselves, on the user's own channel, in whatever
form their name takes: the type's own, an older one, or ``…_raw``. Methods of a class subscribe in on_ready.
https://dev.twitch.tv/docs/eventsub/handling-websocket-events/
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from twitch.addresses import Addresses
from twitch.api import AppAPI, UserAPI
from twitch.app import App
from twitch.errors import ClientException, HandlerNameError, TwitchException
from twitch.eventsub.accounts import Accounts
from twitch.eventsub.connection import Connection
from twitch.eventsub.handlers import Handler, Handlers, Target, target_of
from twitch.eventsub.hosting import refuse
from twitch.eventsub.lifetime import to_its_end
from twitch.eventsub.patience import patiently
from twitch.eventsub.running import run_until_signal
from twitch.eventsub.subscribe import UserEvents
from twitch.eventsub.tasks import cancel
from twitch.eventsub.types import BY_TYPE_AND_VERSION, LATEST
from twitch.eventsub.user_session import UserSession
from twitch.utils import DEFAULT_HANDLER, DefaultHandler, parse_mock_urls, setup_logging

HandlerT = TypeVar("HandlerT", bound=Handler)


class ClientUser(Accounts, own=True):
    """A bot that acts as your own account. ``run('ACCESS_TOKEN')`` blocks until SIGINT, SIGTERM or close().

    ``client_secret`` is None for a public client. Twitch allows a user 3 connections, 300 subscriptions on each, and
    ten that cost something. Other options are those of `App`.
    """

    def __init__(
        self, client_id: str, client_secret: str | None = None, *, addresses: Addresses | None = None, **options: Any
    ) -> None:
        super().__init__(client_id, client_secret, addresses, options)
        self._handlers = Handlers(self)
        self._registered: list[Target] = []
        self._register_events = True
        self._subscribes_at_once = False
        """Whether those registered so far are subscribed, so that one that comes now is left to nobody else."""
        self._user: UserAPI | None = None
        self._session: UserSession | None = None
        self._events: UserEvents | None = None

    def event(self, handler: HandlerT) -> HandlerT:
        """Register a handler; one for events is subscribed by itself, on the user's own channel.

        Before the client runs or while it does. What Twitch doesn't allow is told to on_error.
        Raises HandlerNameError for a name that no event has, or whose event only a `ClientApp` gets.
        """
        target = target_of(getattr(handler, "__name__", ""))
        row = BY_TYPE_AND_VERSION.get((target.type, target.version))
        if row is not None and not row.websocket:
            raise HandlerNameError(f"{target.name}: {row.type} isn't sent to a user's socket; a ClientApp gets it")
        super().event(handler)
        if target.version:
            self._registered.append(target)
            if self._subscribes_at_once and self._session is not None:
                self._session.spawn(self._subscribe_to(target))
        return handler

    @property
    def user(self) -> UserAPI:
        """Helix as the user."""
        if self._user is None:
            raise _not_running()
        return self._user

    @property
    def eventsub(self) -> UserEvents:
        """Subscribe: ``await self.eventsub.channel_follow()``, by default to the user's own channel."""
        if self._events is None:
            raise _not_running()
        return self._events

    @property
    def application(self) -> AppAPI:
        """Helix with the app's own token."""
        return self.app.application

    @property
    def ws(self) -> Connection | None:
        """The connection that events come over, None while there is none."""
        return None if self._session is None else self._session.connection

    async def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription, and don't create it again after a reconnect."""
        if self._session is None:
            raise _not_running()
        await self._session.unsubscribe(subscription_id)

    async def add_user(self, access_token: str, refresh_token: str | None = None) -> UserAPI:
        """Take another user's tokens, for Helix; checked, and renewed if expired. Raises TokenError for dead ones."""
        return await self.app.add_user(access_token, refresh_token)

    def get_user(self, user_id: str) -> UserAPI:
        """Helix with the token of a user who was added before. Raises TokenError for one who wasn't."""
        return self.app.get_user(user_id)

    get_user_by_id = get_user

    async def remove_user(self, user_id: str) -> None:
        """Forget a user's tokens."""
        self.remove_token(user_id)

    def run(
        self,
        access_token: str,
        refresh_token: str | None = None,
        *,
        register_events: bool = True,
        reconnect: bool = True,
        mock_url: str | None = None,
        log_handler: logging.Handler | DefaultHandler | None = DEFAULT_HANDLER,
        log_level: int | str | None = None,
        root_logger: bool = False,
    ) -> None:
        """Log in, listen, and block. Logging as in `ClientApp.run`; the rest as in `start`."""
        refuse("ClientUser.run")
        setup_logging(log_handler, log_level, root_logger)
        start = partial(
            self.start,
            access_token,
            refresh_token,
            register_events=register_events,
            reconnect=reconnect,
            mock_url=mock_url,
        )
        run_until_signal(start, self._ask_to_close)

    def _ask_to_close(self) -> None:
        self._closing.set()

    async def start(
        self,
        access_token: str,
        refresh_token: str | None = None,
        *,
        register_events: bool = True,
        reconnect: bool = True,
        mock_url: str | None = None,
    ) -> None:
        """Like run(), inside a running event loop: returns after close().

        Without ``register_events`` nothing is subscribed by itself. ``mock_url`` is the WebSocket of the Twitch CLI's
        mock server (``ws://127.0.0.1:8080/ws``, or that server's address in another form), which takes the subscriptions
        too. Raises TokenError for dead tokens.
        """
        refuse("ClientUser.start")

        async def log_in() -> None:
            await self.authorize()
            await self.login(access_token, refresh_token, register_events)

        await self._run(log_in, reconnect=reconnect, mock_url=mock_url)

    async def authorize(self, token: str | None = None, /) -> None:
        """Get the app's token, or begin with this one: the first step of `start`; `login` and `connect` follow.

        From here on ``application`` and ``add_user`` work. A public client has no such token, and needs none. Call
        close() if connect() isn't reached. Raises AuthFailure for a wrong id or secret; waits for a Twitch that is away.
        """
        refuse("ClientUser.authorize")

        async def get_token(app: App) -> None:
            if self._client_secret is not None or token is not None:
                await patiently(partial(app.authorize, token=token))

        await self._step(get_token)

    async def login(
        self,
        access_token: str,
        refresh_token: str | None = None,
        register_events: bool = True,  # noqa: FBT001, FBT002  the library's name for it
    ) -> None:
        """Take the tokens of the user that this client is: the second step of `start`. ``user`` works from here on.

        Without ``register_events`` connect() subscribes nothing by itself. Raises TokenError for dead tokens.
        """
        refuse("ClientUser.login")

        async def log_in(app: App) -> None:
            self._user = await patiently(lambda: app.add_user(access_token, refresh_token))
            self._register_events = register_events

        await self._step(log_in)

    async def connect(self, *, reconnect: bool = True, mock_url: str | None = None) -> None:
        """Listen until close(): the last step of `start`. Raises ClientException before `login`."""
        refuse("ClientUser.connect")
        if self._user is None:
            raise ClientException("nobody is logged in: await client.login('ACCESS_TOKEN', 'REFRESH_TOKEN') first")
        await self._run(None, reconnect=reconnect, mock_url=mock_url)

    async def _run(
        self, log_in: Callable[[], Awaitable[None]] | None, *, reconnect: bool, mock_url: str | None
    ) -> None:
        async with self._lifetime() as closing:
            begun: asyncio.Future[Any] = asyncio.ensure_future(self._begin(log_in, reconnect, mock_url))
            asked: asyncio.Future[Any] = asyncio.ensure_future(closing.wait())
            self._own_tasks.add(begun)
            try:
                await asyncio.wait({begun, asked}, return_when=asyncio.FIRST_COMPLETED)
                if begun.done():
                    begun.result()
            finally:
                await to_its_end(cancel((begun, asked)))

    async def _release(self) -> None:
        if self._session is not None:
            await self._session.close()
        self._user = self._session = self._events = None
        self._subscribes_at_once = False
        await super()._release()

    async def _begin(
        self,
        log_in: Callable[[], Awaitable[None]] | None,
        reconnect: bool,  # noqa: FBT001  start()'s own
        mock_url: str | None,
    ) -> None:
        """Everything up to the point where it runs by itself; ends when that ends."""
        if log_in is not None:
            await log_in()
        app, user = self.app, self.user
        url, api = app.addresses.eventsub_url, user
        if mock_url is not None:
            root, url = parse_mock_urls(mock_url)
            mock = app.transport_to(replace(app.addresses, api_url=root, eventsub_url=url))
            api = UserAPI(mock, user.id, user.login)
        session = self._session = UserSession(self, app, api, url, reconnect=reconnect)
        self._events = UserEvents(session.subscribe, app.client_id, user.id)
        ready = asyncio.create_task(self._become_ready())
        self._own_tasks.add(ready)
        try:
            await asyncio.wait({ready, session.over}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                ready.result()
            await session.over
        finally:
            await cancel([ready])

    async def _become_ready(self) -> None:
        await self.set_up()
        for target in self._registered if self._register_events else ():
            await self._subscribe_to(target)
        self._subscribes_at_once = self._register_events
        await self.safely_become_ready()

    async def _subscribe_to(self, target: Target) -> None:
        """Subscribe a registered handler. What Twitch doesn't allow is told to on_error, and costs that handler alone."""
        try:
            for condition in self._conditions(target):
                await patiently(partial(self.eventsub.subscribe, target.type, condition, version=target.version))
        except (TwitchException, ValueError) as error:
            await self.failed(target.name, error)

    def _conditions(self, target: Target) -> list[dict[str, str | None]]:
        """What to subscribe to; of keys that exclude each other, as a raid's from and to, each by itself."""
        if not target.type:
            raise ClientException(
                f"{target.name} can't be subscribed by itself: no type is known whose dots would make this name. "
                "Subscribe in on_ready: await self.eventsub.subscribe(type, condition, version=…)"
            )
        row = LATEST[target.type]
        return [{key: self.user.id} for key in row.condition.one_of] or [{}]

    def _tell(self, hook: str, *args: object) -> None:
        if self._session is not None:
            self._session.hook(hook, *args)
        else:
            super()._tell(hook, *args)

    def _runs(self, task: object) -> bool:
        return super()._runs(task) or (self._session is not None and self._session.runs(task))


def _not_running() -> ClientException:
    return ClientException("the client isn't running: use this from setup_hook, on_ready or a handler on")
