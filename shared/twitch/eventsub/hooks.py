"""What a user's client class inherits: the hooks it can override, the decorator, and how an event finds its handler."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from twitch.errors import DecodeError
from twitch.eventsub.event import Event, Metadata
from twitch.eventsub.handlers import Handler, Handlers, check_class
from twitch.models import Subscription

log = logging.getLogger("twitch.eventsub")

HandlerT = TypeVar("HandlerT", bound=Handler)


class Hooks:
    """Handlers and lifecycle hooks. Every hook is optional; override those you need."""

    _handlers: Handlers
    _ready: asyncio.Event
    _preparing: asyncio.Task[Any] | None = None
    """The one that runs setup_hook or on_ready."""

    def __init_subclass__(cls, *, own: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not own:
            mixed_in = [base for base in cls.__mro__ if base is cls or not issubclass(base, Hooks)]
            own_names = {name: value for base in reversed(mixed_in) for name, value in vars(base).items()}
            check_class(own_names, inherited=dir(cls))

    async def setup_hook(self) -> None:
        """Runs once, before anything else; ``self.eventsub`` and ``self.application`` are there already."""

    async def on_ready(self) -> None:
        """Runs once, when every shard that this client holds is bound. Add users and subscriptions here."""

    async def on_connect(self) -> None:
        """A socket was opened and welcomed."""

    async def on_disconnect(self) -> None:
        """A socket that was in use was lost."""

    async def on_shard_connect(self, shard_id: str) -> None:
        """A shard was bound to a new session."""

    async def on_shard_disconnect(self, shard_id: str) -> None:
        """The socket of a shard was lost; another one is being opened."""

    async def on_shard_ready(self, shard_id: str) -> None:
        """A shard was bound for the first time."""

    async def on_revocation(self, subscription: Subscription, metadata: Metadata) -> None:
        """Twitch has ended a subscription; its ``status`` says why. It has to be created anew."""

    async def on_token_update(self, user_id: str, access_token: str, refresh_token: str | None) -> None:
        """A user's tokens are new. Store them here, if you keep them anywhere."""

    async def on_token_remove(self, user_id: str) -> None:
        """A user's tokens are gone."""

    if TYPE_CHECKING:
        # A program may override it as a method or as a static one; declared as either, checkers refuse the other.
        on_error: Callable[..., Coroutine[Any, Any, None]]
    else:

        async def on_error(self, event_method: str, error: BaseException, /, *args: Any) -> None:  # noqa: ARG002  for those who override it
            """A handler or hook has raised. ``args`` is what it was called with. By default it's logged."""
            log.error("%s raised %s", event_method, type(error).__name__, exc_info=error)

    def dispatch(self, event: str, /, *args: Any) -> None:
        """Run a hook or a handler soon, by its name with or without ``on_``; what it raises goes to on_error.

        A handler answers to each name of its event; one that isn't there is no error. Raises HandlerNameError for a name
        that no event has, and ClientException where the client doesn't run by itself.
        """
        name = event if event == "setup_hook" or event.startswith("on_") else f"on_{event}"
        if self._handlers.named(name) is not None:
            self._tell(name, *args)

    def _tell(self, hook: str, *args: object) -> None:
        """Run a hook soon."""
        raise NotImplementedError

    def event(self, handler: HandlerT) -> HandlerT:
        """Register an async function as the handler that its name says; with or without ``self`` in front.

        Raises HandlerNameError for a name that no event has.
        """
        self._handlers.register(handler)
        return handler

    def handled_types(self) -> frozenset[tuple[str, str]]:
        """(type, version) of every handler.

        A raw handler of a type that the library doesn't know stands here with underscores in place of its dots, since
        its name doesn't tell where they are. `handles` takes the true type.
        """
        return self._handlers.keys()

    def handles(self, event_type: str, version: str) -> bool:
        """True if a handler of this client would receive events of this type and version."""
        handlers = self._handlers
        return handlers.typed(event_type, version) is not None or handlers.raw(event_type, version) is not None

    async def handle(self, event: Event[Any]) -> None:
        """Run the handler of the event's type, once for each event of a batch; raises what it raises.

        LookupError if there is none.
        """
        name, handler, argument = self._handler_for(event)
        if handler is None:
            raise LookupError(f"no handler for {name}")
        for each in argument.each():
            await handler(each)

    def _handler_for(self, event: Event[Any]) -> tuple[str, Handler | None, Event[Any]]:
        event_type, version = event.type, event.version
        if not event.is_raw:
            typed = self._handlers.typed(event_type, version)
            if typed is not None:
                return typed.__name__, typed, event
        raw = self._handlers.raw(event_type, version)
        if raw is not None:
            return raw.__name__, raw, event if event.is_raw else event.as_raw()
        return f"{event_type} v{version}", None, event

    async def safely_handle(self, event: Event[Any]) -> None:
        """Run the handler of the event's type; what it raises goes to on_error."""
        name, handler, argument = self._handler_for(event)
        if handler is None:
            return
        for each in argument.each():
            try:
                await handler(each)
            except Exception as error:  # noqa: BLE001  a handler of the user's may raise anything
                await self.failed(name, error, each)
            except asyncio.CancelledError as error:
                if _is_being_cancelled():
                    raise
                await self.failed(name, error, each)  # what the handler waited for was cancelled, not the handler

    async def undecodable(self, payload: bytes, metadata: Metadata, error: DecodeError) -> None:
        """Hand a payload that doesn't fit its type to the raw handler; without one, or if nothing fits, to on_error.

        That gets the raw event, or the payload as it came where not even its type can be read.
        """
        try:
            event = Event.from_payload(payload, metadata=metadata, raw=True)
        except DecodeError:
            await self.failed("decode", error, payload)
            return
        if self._handlers.raw(event.type, event.version) is not None:
            await self.safely_handle(event)
        else:
            typed = self._handlers.typed(event.type, event.version)
            await self.failed(typed.__name__ if typed else "decode", error, event)

    async def ready(self) -> None:
        """Run setup_hook, then on_ready; raises what they raise. The client is ready afterwards."""
        await self.set_up()
        await self.became_ready()

    async def set_up(self) -> None:
        """Run setup_hook alone."""
        await self._prepare("setup_hook")

    async def became_ready(self) -> None:
        """Run on_ready alone."""
        await self._prepare("on_ready")
        self._ready.set()

    async def _prepare(self, hook: str) -> None:
        """Run a hook that has to be over before the client is ready."""
        self._preparing = asyncio.current_task()
        try:
            await self._handlers.hook(hook)()
        finally:
            self._preparing = None

    async def safely_become_ready(self) -> None:
        """Run on_ready; what it raises goes to on_error, and the client is ready all the same."""
        try:
            await self.became_ready()
        except Exception as error:  # noqa: BLE001  a hook of the user's may raise anything
            await self.failed("on_ready", error)
        finally:
            self._ready.set()

    async def revoked(self, subscription: Subscription, metadata: Metadata) -> None:
        """Run on_revocation and raise what it raises."""
        await self._handlers.hook("on_revocation")(subscription, metadata)

    async def lifecycle(self, name: str, *args: Any) -> None:
        """Run a hook; what it raises goes to on_error."""
        try:
            if (hook := self._handlers.named(name)) is not None:
                await hook(*args)
        except Exception as error:  # noqa: BLE001  a hook of the user's may raise anything
            await self.failed(name, error, *args)

    async def failed(self, name: str, error: BaseException, *args: Any) -> None:
        """Tell on_error what a handler raised. What on_error itself raises is logged."""
        try:
            await self._handlers.hook("on_error")(name, error, *args)
        except Exception:
            log.exception("on_error raised while it was told of %s", name)

    def is_ready(self) -> bool:
        return self._ready.is_set()


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
