"""What really happened to every message: each frame written, each message dropped and why.

Kept in a ring of rows of 40 bytes, in blocks that are thrown away oldest first. A row holds numbers; message and
session ids are worked out from theirs (see `wire.Numbering`), types and reasons are looked up. "Written" is: handed
to a transport that was open at that moment. The network may still lose it, and so may the client.
"""

from collections import deque
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final

from twitch.simulator.instructions import Message
from twitch.simulator.wire import Numbering

# message, session, broadcaster (number or ~index), ms since the epoch, socket, shard, type, reason, flags
_ROW: Final = Struct("<QIqdIiHBB")
_BLOCK_ROWS: Final = 8192
_REDELIVERY: Final = 1
_RETRY: Final = 2
_REVOCATION: Final = 4
_NAMES_MAX: Final = 1_000_000  # broadcasters whose id isn't a number
_KNOWN_MAX: Final = 100_000
_TYPES_MAX: Final = 65_000
_OTHERS: Final = "(other)"

# Reason 0 is none: the frame was written.
REASONS: Final = (
    "",
    "shard_disabled",  # its shard was dark, and so was the one other that is tried
    "conduit_deleted",
    "session_gone",  # of a websocket subscription
    "socket_closing",  # the shell found the socket closed, and the one retry was used up
    "fault_drop",
    "fault_silence",
    "not_websocket",  # webhook transports get nothing here
)


@dataclass(slots=True)
class Totals:
    sent: int = 0
    sent_distinct: int = 0
    redelivered: int = 0
    retried: int = 0
    dropped: int = 0
    revocations: int = 0
    unmatched: int = 0  # events nobody was subscribed to

    def as_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


class Truth:
    """The ring. Rows have numbers, from 1, that never come back; `after=N` asks for those above N."""

    def __init__(self, message_ids: Numbering, session_ids: Numbering, rows_max: int) -> None:
        self._message_ids = message_ids
        self._session_ids = session_ids
        self._blocks_max = max(1, -(-rows_max // _BLOCK_ROWS)) + 1
        self._blocks: deque[bytearray] = deque()
        self._blocks_gone = 0
        self._rows = 0
        self._types: dict[str, int] = {}
        self._type_names: list[str] = []
        self._known: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._name_list: list[str] = []
        self.totals = Totals()
        self.reasons: dict[str, int] = {}
        self.by_type: dict[str, int] = {}  # messages sent, distinct

    def sent(self, message: Message, now: float, socket: int, shard: int, session: int, *, retry: bool) -> None:
        """A frame of the message was written."""
        flags = _RETRY if retry else 0
        if message.kind == "revocation":
            flags |= _REVOCATION
            self.totals.revocations += 1
        else:
            self.totals.sent += 1
            self.totals.retried += retry
            if message.written:
                flags |= _REDELIVERY
                self.totals.redelivered += 1
            else:
                self.totals.sent_distinct += 1
                if message.dropped_for:  # a duplicate came through after all
                    self._count_drop(message.dropped_for, -1)
                    message.dropped_for = ""
                self.by_type[message.type] = self.by_type.get(message.type, 0) + 1
        message.written += 1
        self._append(message, session, now, socket, shard, 0, flags)

    def dropped(self, message: Message, now: float, shard: int, reason: str) -> None:
        """The message, or a redelivery of it, will not be written."""
        flags = (_REDELIVERY if message.written else 0) | (_REVOCATION if message.kind == "revocation" else 0)
        if not message.written and not message.dropped_for and message.kind != "revocation":
            message.dropped_for = reason
            self._count_drop(reason, 1)
        self._append(message, 0, now, 0, shard, REASONS.index(reason), flags)

    def read(self, after: int, limit: int, *, revocations: bool = False) -> dict[str, Any]:
        """Rows `after` that number, at most `limit`, split into those sent and those dropped."""
        oldest = self._blocks_gone * _BLOCK_ROWS
        first = max(after, oldest, 0)
        last = min(first + limit, self._rows)
        sent: list[dict[str, Any]] = []
        dropped: list[dict[str, Any]] = []
        for index in range(first, last):
            block = self._blocks[index // _BLOCK_ROWS - self._blocks_gone]
            fields = _ROW.unpack_from(block, index % _BLOCK_ROWS * _ROW.size)
            message, session, who, sent_ms, socket, shard, type_, reason, flags = fields
            if flags & _REVOCATION and not revocations:
                continue
            row = {
                "seq": index + 1,
                "message_id": self._message_ids.uuid(message),
                "type": self._type_names[type_],
                "broadcaster_id": str(who) if who > 0 else self._name_list[~who],
                "shard": None if shard < 0 else str(shard),
                "redelivery": bool(flags & _REDELIVERY),
            }
            if flags & _REVOCATION:
                row["kind"] = "revocation"
            if reason:
                dropped.append(row | {"reason": REASONS[reason], "dropped_ms": sent_ms})
                continue
            row["session_id"] = self._session_ids.session_id(session)
            row["socket"] = socket
            row["sent_ms"] = sent_ms
            row["retry"] = bool(flags & _RETRY)
            sent.append(row)
        return {
            "next": max(last, after) if after <= self._rows else self._rows,
            "more": last < self._rows,
            "missed": max(0, oldest - after),
            "sent": sent,
            "dropped": dropped,
            "totals": self.totals.as_json(),
        }

    def _count_drop(self, reason: str, change: int) -> None:
        self.totals.dropped += change
        self.reasons[reason] = self.reasons.get(reason, 0) + change

    def _append(
        self, message: Message, session: int, now: float, socket: int, shard: int, reason: int, flags: int
    ) -> None:
        offset = self._rows % _BLOCK_ROWS
        if not offset:
            self._blocks.append(bytearray(_BLOCK_ROWS * _ROW.size))
            if len(self._blocks) > self._blocks_max:
                self._blocks.popleft()
                self._blocks_gone += 1
        self._rows += 1
        _ROW.pack_into(
            self._blocks[-1],
            offset * _ROW.size,
            message.number,
            session,
            self._who(message.broadcaster_id),
            round(now * 1000, 3),
            socket,
            shard,
            self._type(message.type),
            reason,
            flags,
        )

    def _type(self, name: str) -> int:
        index = self._types.get(name)
        if index is None:
            if len(self._types) >= _TYPES_MAX:
                return self._type(_OTHERS) if _OTHERS in self._types else 0
            index = self._types[name] = len(self._type_names)
            self._type_names.append(name)
        return index

    def _who(self, broadcaster_id: str) -> int:
        known = self._known.get(broadcaster_id)
        if known is None:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            known = self._known[broadcaster_id] = self._number_of(broadcaster_id)
        return known

    def _number_of(self, broadcaster_id: str) -> int:
        # A number that reads back as the same text is kept as it is; it is above 0, as Twitch's ids are.
        if (
            broadcaster_id.isascii()
            and broadcaster_id.isdigit()
            and len(broadcaster_id) < 19
            and broadcaster_id[0] != "0"
        ):
            return int(broadcaster_id)
        index = self._names.get(broadcaster_id)
        if index is None:
            if len(self._names) >= _NAMES_MAX:
                broadcaster_id = _OTHERS
            index = self._names.setdefault(broadcaster_id, len(self._name_list))
            if index == len(self._name_list):
                self._name_list.append(broadcaster_id)
        return ~index
