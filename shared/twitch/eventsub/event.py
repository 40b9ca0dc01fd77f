"""An event as a handler gets it: what happened, the subscription that asked for it, and the message that brought it.

The payload is the ``payload`` object of a notification, ``{"subscription": …, "event": …}``, or ``events`` for types
that Twitch sends in batches: https://dev.twitch.tv/docs/eventsub/handling-websocket-events/#notification-message

A payload of bytes is cut in two without being decoded. Its subscription repeats, byte for byte, with every event, so it
is read once and remembered by its bytes; the event goes the straight way (straight.py). Whatever doesn't fit there is
decoded whole and read patiently (records.py), which is slower, tolerates more, and says what is wrong.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic, Self, TypeVar, cast

import msgspec

from twitch.errors import DecodeError
from twitch.eventsub.frames import is_utf8
from twitch.eventsub.types import BY_TYPE_AND_VERSION
from twitch.models import Subscription
from twitch.records import Record, read_record
from twitch.straight import UNUSUAL, Read, reader

T = TypeVar("T")
_LONG_AGO = datetime.fromtimestamp(0, UTC)

SUBSCRIPTIONS_MAX = 20_000
"""How many subscriptions are remembered, the oldest forgotten first: about 1.5 kB each."""


class Metadata(Record, frozen=True, kw_only=True):
    """What Twitch says of a message. Without a message, as in a test, the id is empty and the time is 1970."""

    message_id: str = ""
    message_type: str = "notification"
    message_timestamp: datetime = _LONG_AGO
    subscription_type: str | None = None
    subscription_version: str | None = None

    @classmethod
    def of(cls, message_id: str, *, timestamp: str, type: str, version: str, kind: str = "notification") -> Self:  # noqa: A002
        """Metadata from its parts; ``timestamp`` is RFC 3339 as Twitch sends it. Raises DecodeError for another one."""
        try:
            moment = msgspec.convert(timestamp, datetime)
        except msgspec.ValidationError as error:
            raise DecodeError(f"metadata: {error} - at `$.message_timestamp`") from error
        return cls(
            message_id=message_id,
            message_type=kind,
            message_timestamp=moment,
            subscription_type=type,
            subscription_version=version,
            raw={
                "message_id": message_id,
                "message_type": kind,
                "message_timestamp": timestamp,
                "subscription_type": type,
                "subscription_version": version,
            },
        )

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Metadata from the ``metadata`` object of a message."""
        try:
            return read_record(data, cls)
        except msgspec.ValidationError as error:
            raise DecodeError(f"metadata: {error}") from error


class Event(msgspec.Struct, Generic[T], frozen=True, eq=False, gc=False):
    """An event. ``id`` is the message's: equal for two deliveries of one message, so it serves as an idempotency key.

    ``event`` is the typed event, a tuple of them for a batched type, or the raw JSON object for a type (or version)
    that the library has no model for; then ``is_raw`` is True.
    """

    event: T
    subscription: Subscription
    metadata: Metadata
    raw: Any
    """What Twitch sent as ``event`` (or ``events``), untouched."""
    is_raw: bool = False

    @property
    def id(self) -> str:
        """The message's id; of one event of a batch, Twitch's id of that event."""
        return self.metadata.message_id

    @property
    def type(self) -> str:
        """Twitch's name of the type, such as ``stream.online``."""
        return self.subscription.type

    @property
    def version(self) -> str:
        """The version of the type that was subscribed to, such as ``1``."""
        return self.subscription.version

    def __repr__(self) -> str:
        return f"Event(id={self.id!r}, event={self.event!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self is other or (self.id != "" and self.id == other.id)

    def __hash__(self) -> int:
        return hash(self.id)

    def as_raw(self) -> "Event[Any]":
        """The same with the raw JSON object in place of the typed event."""
        return Event(self.raw, self.subscription, self.metadata, self.raw, is_raw=True)

    def each(self) -> "tuple[Event[Any], ...]":
        """The events of a batch one by one, each with Twitch's id of its own in place of the message's; else this one."""
        if not isinstance(self.event, (tuple, list)) or not isinstance(self.raw, list):
            return (self,)
        return tuple(
            Event(event, self.subscription, self._metadata_of(raw), raw, self.is_raw)
            for event, raw in zip(self.event, self.raw, strict=True)
        )

    def _metadata_of(self, part: Any) -> Metadata:
        part_id = part.get("id") if isinstance(part, Mapping) else None
        return msgspec.structs.replace(self.metadata, message_id=part_id) if isinstance(part_id, str) else self.metadata

    @classmethod
    def from_payload(
        cls,
        payload: bytes | str | Mapping[str, Any],
        *,
        metadata: Metadata | Mapping[str, Any] | None = None,
        raw: bool = False,
    ) -> "Event[Any]":
        """The event in a payload. With ``raw`` no model is applied: then it's enough that its type and version are named.

        Raises DecodeError where the payload is no JSON object, lacks a part, or doesn't fit the type that it names.
        """
        if metadata is None:
            metadata = Metadata()
        elif not isinstance(metadata, Metadata):
            metadata = Metadata.read(metadata)
        if isinstance(payload, bytes) and not raw:
            event = _straight(payload, metadata)
            if event is not None:
                return event
        data = _json_object(payload)
        try:
            subscription = _subscription(data["subscription"], metadata)
            known = BY_TYPE_AND_VERSION.get((subscription.type, subscription.version))
            content = data["events" if "event" not in data and "events" in data else "event"]
        except KeyError as error:
            raise DecodeError(f"the payload has no {error}", **_named(data)) from error
        except (msgspec.ValidationError, TypeError) as error:
            raise DecodeError(f"subscription: {error}", **_named(data)) from error
        if known is None or raw:
            return Event(content, subscription, metadata, content, is_raw=True)
        try:
            typed: Any
            if isinstance(content, list):
                typed = tuple(read_record(item, known.model) for item in content)
            else:
                typed = read_record(content, known.model)
        except (msgspec.ValidationError, TypeError, ValueError) as error:
            raise DecodeError(
                f"{known.type} v{known.version}: {error}", type=known.type, version=known.version
            ) from error
        return Event(typed, subscription, metadata, content)


_stored: Any = Event.__dict__["raw"]


def _raw(event: Event[Any]) -> Any:
    value = _stored.__get__(event)
    if value is msgspec.UNSET:
        typed = event.event
        value = [item.raw for item in typed] if isinstance(typed, tuple) else typed.raw
        _stored.__set__(event, value)
    return value


# As with records: what was read the straight way is decoded once somebody asks.
type.__setattr__(Event, "raw", property(_raw))


class _Outline(msgspec.Struct, gc=False):
    """A payload with its parts uncut; empty where there is none."""

    subscription: msgspec.Raw = msgspec.Raw()
    event: msgspec.Raw = msgspec.Raw()
    events: msgspec.Raw = msgspec.Raw()


_outline = msgspec.json.Decoder(_Outline).decode
_read_subscription = cast("Read[Subscription]", reader(Subscription))
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_subscriptions: dict[bytes, tuple[Subscription, Read[Record]]] = {}


def _straight(payload: bytes, metadata: Metadata) -> Event[Any] | None:
    """The event of a payload that is in every way as documented; None for any other."""
    try:
        outline = _outline(payload)
        known = _subscriptions.get(bytes(outline.subscription)) or _remembered(bytes(outline.subscription))
        if known is None or not is_utf8(payload):  # what isn't decoded here, isn't looked at by the decoder
            return None
        subscription, read = known
        typed: Any
        typed = read(outline.event) if outline.event else tuple(map(read, _items(outline.events)))
    except UNUSUAL:
        return None
    return Event(typed, subscription, metadata, msgspec.UNSET)


def _remembered(written: bytes) -> tuple[Subscription, Read[Record]] | None:
    """A subscription by its bytes, and what reads its events; None where there's no straight way."""
    subscription = _read_subscription(msgspec.Raw(written))
    row = BY_TYPE_AND_VERSION.get((subscription.type, subscription.version))
    read = reader(row.model) if row is not None else None
    if read is None:
        return None
    if len(_subscriptions) >= SUBSCRIPTIONS_MAX:
        del _subscriptions[next(iter(_subscriptions))]
    known = _subscriptions[written] = (subscription, read)
    return known


def _subscription(written: Any, metadata: Metadata) -> Subscription:
    """A subscription, less those of its fields that don't fit: they tell nothing of an event that is worth the event.

    Its type and version must be known, from here or from the message.
    """
    try:
        return read_record(written, Subscription)
    except msgspec.ValidationError:
        if not isinstance(written, Mapping):
            raise
    bare = {"id": "", "type": "", "version": ""}
    kept = {"id": "", "type": metadata.subscription_type, "version": metadata.subscription_version}
    for name, value in written.items():
        with suppress(msgspec.ValidationError):
            read_record({**bare, name: value}, Subscription)
            kept[name] = value
    return msgspec.structs.replace(read_record(kept, Subscription), raw=written)


def read_revocation(payload: bytes | str | Mapping[str, Any]) -> Subscription:
    """The subscription in the payload of a revocation; its ``status`` is the reason. Raises DecodeError."""
    data = _json_object(payload)
    try:
        return _subscription(data["subscription"], Metadata())
    except (KeyError, TypeError, ValueError) as error:
        raise DecodeError(f"revocation: {error}", **_named(data)) from error


def broadcaster_of(payload: bytes) -> str:
    """The channel that a payload is about, also where its event can't be read; empty where there is none."""
    try:
        return read_revocation(payload).broadcaster_id
    except DecodeError:
        return ""


def _json_object(payload: bytes | str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(payload, bytes | str):
        try:
            payload = msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DecodeError(f"the payload is not JSON: {error}") from error
    if not isinstance(payload, Mapping):
        raise DecodeError("the payload is not a JSON object")
    return payload


def _named(data: Mapping[str, Any]) -> dict[str, str]:
    """The type and version that a broken payload names, for the error."""
    subscription = data.get("subscription")
    if not isinstance(subscription, Mapping):
        return {}
    return {key: str(subscription[key]) for key in ("type", "version") if key in subscription}
