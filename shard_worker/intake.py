"""From a notification to a row: what the stream entry says beside the payload.

Payloads are opaque: only the subscription's id and its condition are read, and if they can't be, the event goes on
without them. This runs once for every event, so it does no more than it must.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from sys import getsizeof

import msgspec

from fleet import metrics
from fleet.keys import Keys, partition
from shard_worker.backlog import ROW_BYTES, Row, Waiting
from twitch.eventsub.frames import UNREADABLE
from twitch.eventsub.outcomes import Notification, Revocation

LATE_SECONDS = 600.0
"""Twitch's replay guard: https://dev.twitch.tv/docs/eventsub/#handling-notifications"""

TYPES_MAX = 300
"""Bound of the `type` label: Twitch has some 80 types; a peer that invents more must not grow the metrics page."""

STREAMS_MAX = 10_000
"""Of the names that are kept ready. Types times partitions are some hundreds; whoever invents types must not fill memory."""


class _Condition(msgspec.Struct, gc=False):
    broadcaster_user_id: str = ""
    to_broadcaster_user_id: str = ""
    from_broadcaster_user_id: str = ""


class _Subscription(msgspec.Struct, gc=False):
    id: str = ""
    status: str = ""
    condition: _Condition | None = None


class _Payload(msgspec.Struct, gc=False):
    subscription: _Subscription


_payload = msgspec.json.Decoder(_Payload)


def text(payload: bytes) -> str | msgspec.Raw:
    """The payload as MessagePack text, which is what Redis' Lua can read; the bytes stay what they are.

    A payload that is not UTF-8 is no JSON either, but it is not ours to mend: it is framed as text by hand.
    """
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return msgspec.Raw(b"\xdb" + len(payload).to_bytes(4, "big") + payload)


class Intake:
    """Makes rows of notifications and counts what passes."""

    def __init__(self, keys: Keys, partitions: Mapping[str, int], clock: Callable[[], float] = time.monotonic) -> None:
        self._keys, self.clock = keys, clock
        self._streams: dict[tuple[str, int], str] = {}
        self.partitions = dict(partitions)
        self.counts: Counter[str] = Counter()
        self.revoked: Counter[str] = Counter()
        self.delays: list[float] = []
        self.late = 0
        self._types: set[str] = set()
        self._second_text, self._second = "none yet", 0.0

    def grow(self, partitions: Mapping[str, int]) -> None:
        """Takes over counts that Redis has on record: they only grow."""
        for type_, count in partitions.items():
            if count > self.partitions.get(type_, 1):
                self.partitions[type_] = count

    def row(self, event: Notification | Revocation, shard: str) -> Waiting:
        """The row of an event that was read just now from the socket opened for `shard`."""
        received_at, wall = self.clock(), time.time()
        try:
            subscription = _payload.decode(event.payload).subscription
        except UNREADABLE:
            subscription = _Subscription()
        condition = subscription.condition
        broadcaster = (
            ""
            if condition is None
            else condition.broadcaster_user_id or condition.to_broadcaster_user_id or condition.from_broadcaster_user_id
        )
        type_ = event.type
        delay = wall - self._seconds(event.timestamp, wall)
        late = 1 if delay > LATE_SECONDS else 0
        if type(event) is Notification:
            self.counts[type_] += 1
            self.delays.append(delay)
            self.late += late
            stream = self._stream(type_, broadcaster)
        else:
            self.revoked[subscription.status] += 1
            stream = self._keys.revocations
        payload = text(event.payload)
        return Waiting(
            received_at,
            # A text that is not ASCII takes up to four bytes a character.
            ROW_BYTES + (getsizeof(payload) if type(payload) is str else len(event.payload)),
            Row(
                stream, event.message_id, type_, event.version, event.timestamp, broadcaster, subscription.id, shard,
                int(wall * 1000), payload, late,
            ),
        )  # fmt: skip

    def show(self) -> None:
        """Hands what was counted since the last time to the metrics."""
        for type_, count in self.counts.items():
            if len(self._types) < TYPES_MAX:
                self._types.add(type_)
            metrics.NOTIFICATIONS.labels(type_ if type_ in self._types else "other").inc(count)
        for status, count in self.revoked.items():
            metrics.REVOCATIONS.labels(status if status in REVOCATION_STATUSES else "other").inc(count)
        metrics.TWITCH_TO_SOCKET.observe_all(self.delays)
        if self.late:
            metrics.LATE.inc(self.late)
        self.counts.clear()
        self.revoked.clear()
        self.delays.clear()
        self.late = 0

    def _stream(self, type_: str, broadcaster: str) -> str:
        place = (type_, partition(broadcaster, self.partitions.get(type_, 1)))
        stream = self._streams.get(place)
        if stream is None:
            stream = self._keys.stream(*place)
            if len(self._streams) < STREAMS_MAX:
                self._streams[place] = stream
        return stream

    def _seconds(self, timestamp: str, otherwise: float) -> float:
        """Unix time of Twitch's text. The whole second is parsed once for all events of that second."""
        whole = timestamp[:19]
        try:
            if whole != self._second_text:
                self._second = datetime.fromisoformat(whole + "+00:00").timestamp()
                self._second_text = whole
            fraction = float(timestamp[19:-1]) if len(timestamp) > 20 else 0.0
            # A text such as "nan" or "9e999" is a float, too, and would spoil a metric's sum for good.
            return self._second + fraction if 0.0 <= fraction < 1.0 else otherwise
        except ValueError:
            return otherwise


REVOCATION_STATUSES = frozenset(
    {
        "user_removed",
        "authorization_revoked",
        "version_removed",
        "notification_failures_exceeded",
        "moderator_removed",
        "chat_user_banned",
        "beta_maintenance",
        "conduit_deleted",
    }
)
"""Reasons known today: https://dev.twitch.tv/docs/eventsub/handling-websocket-events/#revocation-message"""
