"""Runs the user's program aside: in a thread with an event loop of its own, where it may block without anybody noticing.

A hook that calls `time.sleep` or a blocking HTTP library would hold up the leader's loop, its lease would lapse, and the
next leader would run the same hook. So hooks run here, and what they ask of their host hops to the leader's loop and back:
connections, locks and the lease live there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import structlog

from coordinator.application_host import LeaderHost
from fleet.connection import describe
from twitch.api import AppAPI, UserAPI
from twitch.eventsub.types import SubscriptionRequest
from twitch.helix.calls import Reply
from twitch.helix.endpoints import Endpoint, ItemT
from twitch.helix.transport import Transport
from twitch.models import Subscription

T = TypeVar("T")

log = structlog.get_logger(__name__)

STOP_SECONDS = 2.0
"""What a program gets to notice that its term is over; a thread that blocks longer is left behind."""
RESPONSIVE_SECONDS = 1.0
"""A loop that does not answer within this is blocked."""


class Blocked(Exception):
    """The program's loop does not answer: a hook blocks it."""


class Ended(Exception):
    """A hook ended in a way that is meant for a program of its own: `sys.exit`, or a cancellation that nobody asked for."""


class Aside:
    """An event loop in a thread. `run` and `stop` are called from the loop that made it."""

    _left_behind: threading.Thread | None = None

    def __init__(self) -> None:
        if Aside._left_behind is not None and Aside._left_behind.is_alive():
            raise Blocked("a hook of an earlier term still blocks its thread")
        self._stopping = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="program", daemon=True)
        self._thread.start()

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._stopping:
            try:
                self._loop.run_forever()
            except (SystemExit, KeyboardInterrupt) as error:  # from a task of the program's own; its others go on
                log.error("app.exit_ignored", error=describe(error))
        self._loop.close()

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns or raises there. Raises Blocked where the loop does not answer, Ended where it ends itself."""
        try:
            async with asyncio.timeout(RESPONSIVE_SECONDS):
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop))
        except TimeoutError:
            raise Blocked("a hook blocks its event loop: time.sleep or a blocking library?") from None
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_to_its_end(work), self._loop))

    async def stop(self) -> None:
        """Cancels whatever runs there and ends the thread, or leaves it behind where it blocks."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._cancel_all)
        await asyncio.to_thread(self._thread.join, STOP_SECONDS)
        if self._thread.is_alive():
            Aside._left_behind = self._thread

    def _cancel_all(self) -> None:
        self._stopping = True
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        ended = asyncio.gather(*tasks, return_exceptions=True)
        ended.add_done_callback(lambda _: self._loop.stop())
        if not tasks:
            self._loop.stop()


async def _to_its_end(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return await work()
    except (SystemExit, KeyboardInterrupt) as error:
        raise Ended(describe(error)) from error
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and not task.cancelling():
            raise Ended("CancelledError, of a task that it had cancelled?") from None
        raise


class Home:
    """The leader's loop, seen from the program's."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns or raises on the leader's loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


class TransportFromAside(Transport):
    """Helix calls of the program, made on the leader's loop."""

    def __init__(self, transport: Transport, home: Home) -> None:
        self.client_id = transport.client_id
        self._transport, self._home = transport, home

    async def call(self, endpoint: Endpoint[ItemT], **options: Any) -> Reply[ItemT]:
        return await self._home.ask(self._transport.call(endpoint, **options))


class HostFromAside:
    """A twitch.eventsub.hosting.Host for the program's loop: `host`, with every call made on the leader's."""

    def __init__(self, host: LeaderHost) -> None:
        self._host, self._home = host, Home()
        self._application = AppAPI(TransportFromAside(host.term.twitch.transport, self._home))

    @property
    def application(self) -> AppAPI:
        return self._application

    async def add_user(self, access_token: str, refresh_token: str | None) -> UserAPI:
        return self._from_here(await self._home.ask(self._host.add_user(access_token, refresh_token)))

    async def remove_user(self, user_id: str) -> None:
        await self._home.ask(self._host.remove_user(user_id))

    def get_user(self, user_id: str) -> UserAPI:
        return self._from_here(self._host.get_user(user_id))

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        return await self._home.ask(self._host.subscribe(request))

    async def unsubscribe(self, subscription_id: str) -> None:
        await self._home.ask(self._host.unsubscribe(subscription_id))

    async def subscriptions(self) -> Sequence[Subscription]:
        return await self._home.ask(self._host.subscriptions())

    def _from_here(self, user: UserAPI) -> UserAPI:
        return UserAPI(TransportFromAside(self._host.users, self._home), user.id, user.login)
