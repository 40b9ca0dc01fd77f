"""The words, ids and frames that Twitch puts on the wire.

Ids look random and are not: each is worked out from a running number by a mapping that is one to one, so that no two
are ever equal, the same seed gives the same ids, and the truth can keep eight bytes in place of thirty-six.
Source: https://dev.twitch.tv/docs/eventsub/websocket-reference/
"""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import orjson

_MASK: Final = (1 << 64) - 1
_ODD: Final = 0x9E3779B97F4A7C15  # any odd factor is one to one modulo 2**64; this one scatters well


class Method(StrEnum):
    """How a transport takes notifications."""

    CONDUIT = "conduit"
    WEBSOCKET = "websocket"
    WEBHOOK = "webhook"


class Status(StrEnum):
    """Of shards and of subscriptions; some are of one only."""

    ENABLED = "enabled"
    CALLBACK_PENDING = "webhook_callback_verification_pending"
    AUTHORIZATION_REVOKED = "authorization_revoked"
    MODERATOR_REMOVED = "moderator_removed"
    USER_REMOVED = "user_removed"
    CHAT_USER_BANNED = "chat_user_banned"
    VERSION_REMOVED = "version_removed"
    BETA_MAINTENANCE = "beta_maintenance"
    CONDUIT_DELETED = "conduit_deleted"
    DISCONNECTED = "websocket_disconnected"
    FAILED_PING_PONG = "websocket_failed_ping_pong"
    INBOUND_TRAFFIC = "websocket_received_inbound_traffic"
    UNUSED = "websocket_connection_unused"
    INTERNAL_ERROR = "websocket_internal_error"
    NETWORK_TIMEOUT = "websocket_network_timeout"
    NETWORK_ERROR = "websocket_network_error"
    FAILED_TO_RECONNECT = "websocket_failed_to_reconnect"


# What can be the reason of a revocation frame; the others never reach a socket.
REVOCATIONS: Final = frozenset(
    {
        Status.AUTHORIZATION_REVOKED,
        Status.MODERATOR_REMOVED,
        Status.USER_REMOVED,
        Status.CHAT_USER_BANNED,
        Status.VERSION_REMOVED,
        Status.BETA_MAINTENANCE,
    }
)

# Close code -> (reason, what becomes of the shards and subscriptions of that socket)
# https://dev.twitch.tv/docs/eventsub/handling-websocket-events/#close-message
CLOSE_CODES: Final[dict[int, tuple[str, Status]]] = {
    4000: ("Internal server error", Status.INTERNAL_ERROR),
    4001: ("Client sent inbound traffic", Status.INBOUND_TRAFFIC),
    4002: ("Client failed ping-pong", Status.FAILED_PING_PONG),
    4003: ("Connection unused", Status.UNUSED),
    4004: ("Reconnect grace time expired", Status.FAILED_TO_RECONNECT),
    4005: ("Network timeout", Status.NETWORK_TIMEOUT),
    4006: ("Network error", Status.NETWORK_ERROR),
    4007: ("Invalid reconnect", Status.FAILED_TO_RECONNECT),
}


class Numbering:
    """Ids of one kind, from numbers."""

    def __init__(self, seed: int, kind: str) -> None:
        digest = blake2b(f"{seed}:{kind}".encode(), digest_size=20).digest()
        self._salt = int.from_bytes(digest[:8])
        self._rest = digest[8:]
        tail = self._rest.hex()
        self._middle = f"-4{tail[:3]}-9{tail[3:6]}-"
        self._end = tail[6:14]
        self._last = 0

    def next_number(self) -> int:
        self._last += 1
        return self._last

    def uuid(self, number: int) -> str:
        mixed = f"{(number * _ODD + self._salt) & _MASK:016x}"
        return f"{mixed[:8]}-{mixed[8:12]}{self._middle}{mixed[12:]}{self._end}"

    def session_id(self, number: int) -> str:
        """Opaque and of the length and letters of Twitch's own."""
        mixed = ((number * _ODD + self._salt) & _MASK).to_bytes(8)
        return "AgoQ" + urlsafe_b64encode(mixed + self._rest[:10]).decode()

    def next_uuid(self) -> str:
        return self.uuid(self.next_number())


@lru_cache(maxsize=16)
def _to_the_second(unix_seconds: int) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def timestamp(unix_seconds: float) -> str:
    """RFC 3339 with nanoseconds, as Twitch writes it. A float knows some hundred of them; the digits are all there."""
    whole = int(unix_seconds)
    return f"{_to_the_second(whole)}.{int((unix_seconds - whole) * 1e9):09d}Z"


def session_frame(message_type: str, message_id: str, now: float, session: dict[str, Any] | None = None) -> bytes:
    """A welcome, keepalive or reconnect."""
    metadata = {"message_id": message_id, "message_type": message_type, "message_timestamp": timestamp(now)}
    return orjson.dumps({"metadata": metadata, "payload": {} if session is None else {"session": session}})


def envelope(type_: str, version: str, subscription: dict[str, Any], content: str | None) -> bytes:
    """What follows the message id and the timestamp in every notification or revocation of one subscription.

    A notification's ends where its `content` (event, or a list of events) goes; a revocation, without, is closed.
    """
    tail = orjson.dumps({"subscription_type": type_, "subscription_version": version})[1:]
    payload = orjson.dumps({"subscription": subscription})[:-1]
    end = b"}}" if content is None else b',"%b":' % content.encode()
    return b'",%b,"payload":%b%b' % (tail, payload, end)


def message_frame(message_type: bytes, message_id: str, now: float, envelope_: bytes, event: bytes | None) -> bytes:
    """A notification with `event`, or a revocation without."""
    start = b'{"metadata":{"message_id":"%b","message_type":"%b","message_timestamp":"%b' % (
        message_id.encode(),
        message_type,
        timestamp(now).encode(),
    )
    return start + envelope_ if event is None else b"%b%b%b}}" % (start, envelope_, event)
