"""A message reaches a handler once, in its turn, and none is lost for being odd."""

import json
from typing import Any

from twitch.errors import DecodeError
from twitch.eventsub.arrivals import Arrivals
from twitch.eventsub.event import Event, Metadata
from twitch.eventsub.outcomes import Notification, Revocation
from twitch.ids import MessageId

ONLINE = {
    "id": "9001",
    "broadcaster_user_id": "1337",
    "broadcaster_user_login": "cool_user",
    "broadcaster_user_name": "Cool_User",
    "type": "live",
    "started_at": "2026-01-01T00:00:00Z",
}


def payload(event: Any, **subscription: Any) -> bytes:
    about = {"id": "s1", "type": "stream.online", "version": "1", "condition": {"broadcaster_user_id": "1337"}}
    return json.dumps({"subscription": about | subscription, "event": event}).encode()


def notification(
    message_id: str, event: Any = ONLINE, kind: str = "stream.online", timestamp: str = ""
) -> Notification:
    return Notification(
        MessageId(message_id), kind, "1", timestamp or "2026-01-01T00:00:01Z", payload(event, type=kind)
    )


class Heard:
    """A listener that handles stream.online, and remembers what it's told."""

    def __init__(self) -> None:
        self.events: list[Event[Any]] = []
        self.errors: list[DecodeError] = []
        self.hooks: list[tuple[Any, ...]] = []

    def handles(self, event_type: str, version: str) -> bool:
        return (event_type, version) == ("stream.online", "1")

    async def safely_handle(self, event: Event[Any]) -> None:
        self.events.append(event)

    async def undecodable(self, payload: bytes, metadata: Metadata, error: DecodeError) -> None:
        self.errors.append(error)

    async def lifecycle(self, name: str, *args: Any) -> None:
        self.hooks.append((name, *args))


async def test_a_message_that_comes_twice_is_handled_once() -> None:
    heard = Heard()
    arrivals = Arrivals(heard)
    for message_id in ("one", "two", "one"):
        arrivals.arrived(notification(message_id))
    await arrivals.close()
    assert [event.id for event in heard.events] == ["one", "two"]
    assert {event.metadata.message_type for event in heard.events} == {"notification"}


async def test_what_nobody_handles_is_not_looked_at() -> None:
    heard = Heard()
    arrivals = Arrivals(heard)
    arrivals.arrived(notification("one", event="not what an event is", kind="stream.offline"))
    await arrivals.close()
    assert (heard.events, heard.errors) == ([], [])


async def test_what_does_not_fit_its_type_is_told_in_its_turn() -> None:
    heard = Heard()
    arrivals = Arrivals(heard)
    arrivals.arrived(notification("one", event={}))
    arrivals.arrived(notification("two"))
    await arrivals.close()
    assert [error.type for error in heard.errors] == ["stream.online"]
    assert [event.id for event in heard.events] == ["two"]


async def test_a_timestamp_that_is_none_costs_no_event() -> None:
    heard = Heard()
    arrivals = Arrivals(heard)
    arrivals.arrived(notification("one", timestamp="yesterday"))
    await arrivals.close()
    (event,) = heard.events
    assert (event.metadata.message_id, event.metadata.message_timestamp.year) == ("one", 1970)


async def test_handlers_wait_while_held_and_hooks_do_not() -> None:
    heard = Heard()
    arrivals = Arrivals(heard, held=True)
    arrivals.arrived(notification("one"))
    arrivals.hook("on_connect")
    await arrivals._hooks.close(drain_seconds=30)
    assert (heard.events, heard.hooks) == ([], [("on_connect",)])
    arrivals.release()
    await arrivals.close()
    assert len(heard.events) == 1


async def test_a_revocation_is_told_to_its_owner_and_to_the_hook() -> None:
    heard = Heard()
    revoked: list[str] = []
    arrivals = Arrivals(heard, revoked=lambda subscription: revoked.append(subscription.id))
    ended = Revocation(MessageId("r"), "stream.online", "1", "", payload(None, status="authorization_revoked"))
    arrivals.arrived(ended)
    arrivals.arrived(ended)
    arrivals.arrived(Revocation(MessageId("odd"), "stream.online", "1", "", b"{}"))
    await arrivals.close()
    assert revoked == ["s1"]
    ((name, subscription, metadata),) = heard.hooks
    assert (name, subscription.status, metadata.message_type) == (
        "on_revocation",
        "authorization_revoked",
        "revocation",
    )
    assert len(heard.errors) == 1
