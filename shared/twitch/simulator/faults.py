"""What can be made to go wrong, on purpose and countably.

A fault is aimed at sockets (by shard, session or socket number; at all without an aim) or at an endpoint. Some happen
at once: close, abort, reconnect, garbage, and disable (the shard is dark, its session lives, and nobody is told). The
others are *rules* that wait for traffic:

- drop, duplicate, delay, reorder: the next `count` notifications to those sockets are lost, written twice, written
  `seconds` later, or gathered (at most a second) and written in reverse;
- silence: for `seconds` nothing at all that is written there arrives, as on a dead path, while Twitch goes on writing;
- refuse: the next `count` bindings of shards are errors inside a 202 of Update Conduit Shards;
- status, slow, abort with an endpoint: the next `count` calls are answered with a status, late (and carried out late: at
  the latest when faults are cleared), or not at all. A status with `after` is given after the call was carried out: the
  case in which a client mustn't repeat a POST.

An order has `fault` and its aim: `shard` (with `conduit_id`, if it matters), `session_id`, `socket` or `endpoint`; of
rules for notifications also `type`, so that those of other subscription types pass by;
and what the fault needs: `count`, `seconds`, `code` and `reason` of a close, `garbage`, `status`, `message`,
`headers`, `after`. An endpoint is "METHOD /path" or "/path"; `*` ends a path that goes on anyhow, `/ws` is the
WebSocket's own. Without one, status and slow meet every call but that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    DROP = "drop"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    SILENCE = "silence"
    CLOSE = "close"
    ABORT = "abort"
    RECONNECT = "reconnect"
    GARBAGE = "garbage"
    DISABLE = "disable"
    REFUSE = "refuse"
    STATUS = "status"
    SLOW = "slow"


WEBSOCKET_PATH: Final = "/ws"
RULES_MAX: Final = 1_000
REORDER_SECONDS: Final = 1.0
REORDER_MAX: Final = 1_000

# What a garbage fault writes, by its `garbage` field.
GARBAGE: Final[Mapping[str, bytes]] = {
    "not_json": b'{"metadata":{"message_id":',
    "not_an_object": b"[1,2,3]",
    "no_metadata": b'{"payload":{}}',
    "unknown_type": (
        b'{"metadata":{"message_id":"00000000-0000-4000-8000-000000000000","message_type":"session_rumour",'
        b'"message_timestamp":"2023-07-19T14:56:51.634234626Z"},"payload":{}}'
    ),
    "empty": b"",
    "bad_utf8": b'{"metadata":"\xff\xfe"}',
}
# As bytes on the wire: what breaks WebSocket itself.
RAW_GARBAGE: Final[Mapping[str, bytes]] = {
    "bad_opcode": b"\x83\x02{}",
    "masked": b"\x81\x82\x00\x00\x00\x00{}",
    "too_long": b"\x81\x7f\x00\x00\x00\x00\x00\x50\x00\x00" + b'{"metadata":',  # announces 5 MiB
}
WANTED_GARBAGE: Final = frozenset(GARBAGE) | frozenset(RAW_GARBAGE)


@dataclass(frozen=True, slots=True)
class Aim:
    """Which sockets. None is no restriction."""

    shard: int | None = None
    conduit_id: str | None = None
    session_id: str | None = None
    socket: int | None = None
    type: str | None = None
    """Of notifications."""


@dataclass(slots=True, eq=False)
class Fault:
    """As it was ordered; `count` goes down as it is used."""

    number: int
    kind: Kind
    aim: Aim
    method: str | None = None  # of the endpoint
    path: str | None = None
    count: int = 1
    seconds: float = 0.0
    code: int = 4000
    reason: str | None = None
    status: int = 500
    message: str = ""
    after: bool = False
    garbage: str = "not_json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "fault": self.kind.value,
            "endpoint": None if self.path is None else f"{self.method or ''} {self.path}".strip(),
            "count": self.count,
            "seconds": self.seconds,
        }

    def hits(self, method: str, path: str) -> bool:
        if self.path is None or (self.method is not None and self.method != method):
            return False
        if self.path == "*":
            return path != WEBSOCKET_PATH  # which must be named
        return path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path


def parse(number: int, order: Mapping[str, Any]) -> Fault:
    """An order from the control API. ValueError, in a sentence, if it can't be meant."""
    try:
        kind = Kind(str(order.get("fault")))
    except ValueError:
        raise ValueError(f"fault must be one of {', '.join(Kind)}") from None
    aim = Aim(
        shard=_whole(order, "shard"),
        conduit_id=order.get("conduit_id"),
        session_id=order.get("session_id"),
        socket=_whole(order, "socket"),
        type=order.get("type"),
    )
    fault = Fault(
        number,
        kind,
        aim,
        count=_whole(order, "count", 1) or 0,
        seconds=float(order.get("seconds", 1.0 if kind in {Kind.DELAY, Kind.SLOW, Kind.SILENCE} else 0.0)),
        code=_whole(order, "code", 4000) or 4000,
        reason=order.get("reason"),
        status=_whole(order, "status", 500) or 500,
        message=str(order.get("message", "")),
        after=bool(order.get("after", False)),
        garbage=str(order.get("garbage", "not_json")),
        headers={str(name): str(value) for name, value in dict(order.get("headers", {})).items()},
    )
    endpoint = order.get("endpoint")
    if endpoint is not None:
        method, _, path = str(endpoint).rpartition(" ")
        fault.method, fault.path = method.strip().upper() or None, path.removeprefix("/helix")
    if (kind in {Kind.STATUS, Kind.SLOW}) and fault.path is None:
        fault.path = "*"
    if fault.count < 1 or fault.seconds < 0:
        raise ValueError("count must be at least 1 and seconds at least 0")
    if kind is Kind.GARBAGE and fault.garbage not in WANTED_GARBAGE:
        raise ValueError(f"garbage must be one of {', '.join(sorted(WANTED_GARBAGE))}")
    if kind is Kind.CLOSE and not 1000 <= fault.code <= 4999:
        raise ValueError("code must be a WebSocket close code, such as 4000")
    if kind is Kind.STATUS and not 200 <= fault.status <= 599:
        raise ValueError("status must be an HTTP status")
    return fault


def _whole(order: Mapping[str, Any], name: str, default: int | None = None) -> int | None:
    value = order.get(name, default)
    if value is None:
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a whole number") from None


class Faults:
    """The rules that wait."""

    def __init__(self) -> None:
        self._serial = 0
        self.waiting: list[Fault] = []
        self.on_clear: list[Callable[[], None]] = []
        """Called once, when all rules are taken back."""

    def order(self, order: Mapping[str, Any]) -> Fault:
        """Take an order; those that wait for traffic are kept. ValueError if it can't be meant."""
        self._serial += 1
        fault = parse(self._serial, order)
        waits = fault.path is not None or fault.kind in {Kind.DROP, Kind.DELAY, Kind.DUPLICATE, Kind.REORDER}
        if waits:
            if len(self.waiting) >= RULES_MAX:
                raise ValueError(f"{RULES_MAX} faults wait already")
            self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        self.waiting.clear()
        called, self.on_clear = self.on_clear, []
        for call in called:
            call()

    def for_call(self, method: str, path: str) -> Fault | None:
        """The fault that this HTTP call meets, used up by one."""
        return self._use(next((fault for fault in self.waiting if fault.hits(method, path)), None))

    def for_frame(
        self, socket: int, session_id: str, conduit_id: str | None, shard: int, type_: str = ""
    ) -> Fault | None:
        """The fault that this notification meets, used up by one."""
        for fault in self.waiting:
            aim = fault.aim
            if (
                fault.path is None
                and aim.shard in {None, shard}
                and aim.conduit_id in {None, conduit_id}
                and aim.session_id in {None, session_id}
                and aim.socket in {None, socket}
                and aim.type in {None, type_}
            ):
                return self._use(fault)
        return None

    def _use(self, fault: Fault | None) -> Fault | None:
        if fault is not None:
            fault.count -= 1
            if not fault.count:
                self.waiting.remove(fault)
        return fault
