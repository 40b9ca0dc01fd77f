"""What arrives for a client in its own process: each message once, decoded, and handed to a handler in its turn.

    seen before, or of a type without a handler ──> nothing
    notification ──> an Event ──> the lane of its broadcaster (dispatch.py) ──> its handler
    revocation ──> on_revocation, in turn with the other hooks

Events and hooks have a dispatcher each, so that a backlog of events holds up no hook. What exceeds the bound on waiting
events is dropped, counted and logged.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from twitch.errors import DecodeError
from twitch.eventsub.dispatch import HOOKS_DRAIN_SECONDS, HOOKS_WAITING_MAX, Dispatcher, Job
from twitch.eventsub.event import Event, Metadata, broadcaster_of, read_revocation
from twitch.eventsub.outcomes import Notification, Revocation
from twitch.eventsub.seen import SeenIds
from twitch.models import Subscription

log = logging.getLogger("twitch.eventsub")

DRAIN_SECONDS = 5.0


class Listener(Protocol):
    """Whose handlers and hooks are run; see `Hooks`."""

    def handles(self, event_type: str, version: str) -> bool: ...

    async def safely_handle(self, event: Event[Any]) -> None: ...

    async def undecodable(self, payload: bytes, metadata: Metadata, error: DecodeError) -> None: ...

    async def lifecycle(self, name: str, *args: Any) -> None: ...


class Arrivals:
    """``held``: handlers wait for `release`. ``revoked`` is told of each subscription that Twitch has ended."""

    def __init__(
        self, listener: Listener, *, held: bool = False, revoked: Callable[[Subscription], None] | None = None
    ) -> None:
        self._listener = listener
        self._revoked = revoked
        self._seen = SeenIds()
        self._events = Dispatcher(held=held)
        self._hooks = Dispatcher(concurrency=1, waiting_max=HOOKS_WAITING_MAX)
        self._dropped = 0

    def arrived(self, message: Notification | Revocation) -> None:
        """Take a message of Twitch's, perhaps not for the first time."""
        if not self._seen.is_new(message.message_id, time.monotonic()):
            return
        if isinstance(message, Revocation):
            self._take_revocation(message)
        elif self._listener.handles(message.type, message.version):
            self._take_event(message)

    def hook(self, name: str, *args: Any) -> None:
        """Run a hook of the client's in turn with the others."""
        self._hooks.submit("", partial(self._listener.lifecycle, name, *args))

    def runs(self, task: object) -> bool:
        """Whether this task is a handler's or a hook's."""
        return task in self._events or task in self._hooks

    def release(self) -> None:
        """Begin to run handlers, if held."""
        self._events.release()

    async def close(self) -> None:
        """Let handlers and hooks finish for a while, then cancel them; what wasn't handled is logged."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + DRAIN_SECONDS
        abandoned = await self._events.close(drain_seconds=DRAIN_SECONDS)
        await self._hooks.close(drain_seconds=max(HOOKS_DRAIN_SECONDS, deadline - clock()))
        if abandoned:
            log.error("%d events were not handled to their end", abandoned)

    def _take_event(self, message: Notification) -> None:
        metadata = _metadata(message)
        try:
            event = Event.from_payload(message.payload, metadata=metadata)
        except DecodeError as error:
            self._undecodable(message, metadata, error)
            return
        lane = event.subscription.broadcaster_id
        for each in event.each():
            # A batch may come in other company the second time.
            if each.id == message.message_id or self._seen.is_new(each.id, time.monotonic()):
                self._submit(lane, partial(self._listener.safely_handle, each))

    def _take_revocation(self, message: Revocation) -> None:
        metadata = _metadata(message)
        try:
            subscription = read_revocation(message.payload)
        except DecodeError as error:
            self._undecodable(message, metadata, error)
            return
        log.warning("subscription %s (%s) ended: %s", subscription.id, subscription.type, subscription.status)
        if self._revoked is not None:
            self._revoked(subscription)
        self.hook("on_revocation", subscription, metadata)

    def _undecodable(self, message: Notification | Revocation, metadata: Metadata, error: DecodeError) -> None:
        lane = broadcaster_of(message.payload)
        self._submit(lane, partial(self._listener.undecodable, message.payload, metadata, error))

    def _submit(self, lane: str, job: Job) -> None:
        if not self._events.submit(lane, job):
            self._dropped += 1
            if self._dropped == 1 or self._dropped % 1000 == 0:
                log.error("%d events dropped: handlers are too slow for what arrives", self._dropped)


def _metadata(message: Notification | Revocation) -> Metadata:
    """A timestamp that can't be read must not cost the event."""
    kind = "revocation" if isinstance(message, Revocation) else "notification"
    try:
        return Metadata.of(
            message.message_id, timestamp=message.timestamp, type=message.type, version=message.version, kind=kind
        )
    except DecodeError:
        return Metadata(
            message_id=message.message_id,
            message_type=kind,
            subscription_type=message.type,
            subscription_version=message.version,
        )
