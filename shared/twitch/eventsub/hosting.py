"""How a `ClientApp` is run by something other than itself.

A client holds handlers and asks a *host* for everything from outside: users, subscriptions, Helix. `ClientApp.run` puts
a host behind it that holds the shards in this very process; a fleet of processes puts its own there with
`ClientApp.attach`.

A user's program ends in ``client.run(…)``. To import such a program without running it, do so inside `hosted`: there
``run`` and ``start`` record their arguments and return, opening nothing.

    with hosted() as recorded:
        module = importlib.import_module("live_alert")
    client = module.alerts                    # recorded.runs[0].client is the same object
    client.attach(host)
    await client.ready()                      # setup_hook, then on_ready
    await client.handle(Event.from_payload(payload, metadata=…))
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from twitch.errors import HostingError
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Subscription

if TYPE_CHECKING:
    from twitch.api import AppAPI, UserAPI
    from twitch.eventsub.client import ClientApp

__all__ = ["Host", "Recorded", "Run", "SubscriptionRequest", "hosted", "recorder"]


class Host(Protocol):
    """What stands behind a ClientApp. Everything a handler asks of ``self`` arrives here."""

    @property
    def application(self) -> "AppAPI":
        """Helix with the app's own token."""
        ...

    async def add_user(self, access_token: str, refresh_token: str | None) -> "UserAPI":
        """Take a user's tokens and say whose they are. Raises TokenError where they are dead."""
        ...

    async def remove_user(self, user_id: str) -> None:
        """Forget a user's tokens. A user that is unknown is no error."""
        ...

    def get_user(self, user_id: str) -> "UserAPI":
        """Helix with the token of a user added before. Raises TokenError for a user that is unknown."""
        ...

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        """See to it that the subscription exists, and return it. Asking twice for one is no error."""
        ...

    async def unsubscribe(self, subscription_id: str) -> None:
        """See to it that the subscription is gone. One that is unknown is no error."""
        ...

    async def subscriptions(self) -> Sequence[Subscription]:
        """Those that exist on the conduit."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One call of run() or start() that was recorded: the client, the conduit it named, and the other arguments."""

    client: "ClientApp"
    conduit_id: str
    options: Mapping[str, Any]


@dataclass(slots=True)
class Recorded:
    """What a program asked for while it was imported."""

    runs: list[Run] = field(default_factory=list)


_recorder: ContextVar[Recorded | None] = ContextVar("twitch_hosted", default=None)
_patching = threading.Lock()
_active = 0


def recorder() -> Recorded | None:
    """What run() and start() record into, None where they shall really run."""
    return _recorder.get()


@contextmanager
def hosted() -> Iterator[Recorded]:
    """While active in this context, ClientApp.run() and start() record instead of running.

    What can't be recorded, such as ``asyncio.run(main())``, raises HostingError in one sentence.
    """
    recorded = Recorded()
    token = _recorder.set(recorded)
    _refuse_loops(+1)
    try:
        yield recorded
    finally:
        _refuse_loops(-1)
        _recorder.reset(token)


def refuse(what: str) -> None:
    """Raise HostingError inside `hosted`; do nothing elsewhere."""
    if _recorder.get() is not None:
        raise HostingError(f"{what} can't run inside a fleet: end the program in ClientApp.run('CONDUIT_ID') instead")


_real_run = asyncio.run
_real_runner_run = asyncio.Runner.run


def _checked_run(main: Coroutine[Any, Any, Any], **options: Any) -> Any:
    _refuse_coroutine(main)
    return _real_run(main, **options)


def _checked_runner_run(self: asyncio.Runner, coro: Coroutine[Any, Any, Any], **options: Any) -> Any:
    _refuse_coroutine(coro)
    return _real_runner_run(self, coro, **options)


def _refuse_coroutine(main: Coroutine[Any, Any, Any]) -> None:
    if _recorder.get() is not None:
        main.close()  # else Python warns that it was never awaited
        refuse("asyncio.run")


def _refuse_loops(change: int) -> None:
    """asyncio.run has no hook of its own, so it is replaced while a context is hosted; others pass through."""
    global _active  # noqa: PLW0603  a count for the one asyncio module there is
    with _patching:
        _active += change
        asyncio.run = _checked_run if _active else _real_run
        asyncio.Runner.run = _checked_runner_run if _active else _real_runner_run  # type: ignore[method-assign]
