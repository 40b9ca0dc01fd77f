"""What a session tells its owner.

In order: `Welcomed` first (unless no socket ever got that far), then any number of the others, `Lost` last, once,
always. Each reads as a sentence in a log: payloads and the secrets of URLs are left out of every repr.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import urlsplit

import msgspec

from twitch.eventsub.close_codes import Action, LossReason
from twitch.ids import MessageId, SessionId


class DisturbanceKind(StrEnum):
    """What was odd about a frame. Bounded, so it serves as a metric's label."""

    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NOT_AN_OBJECT = "not_an_object"
    NO_METADATA = "no_metadata"
    MISSING_FIELD = "missing_field"
    UNKNOWN_MESSAGE_TYPE = "unknown_message_type"
    UNEXPECTED_WELCOME = "unexpected_welcome"
    UNEXPECTED_RECONNECT = "unexpected_reconnect"
    BEFORE_WELCOME = "before_welcome"


@dataclass(frozen=True, slots=True)
class Welcomed:
    """A socket of the session is live. It must be bound to a shard within 10 s unless `reconnected`.

    `reconnected`: it takes over from an older socket of this session. Twitch keeps the session id then, so nothing
    is bound anew; if `session_id` is another one than before, bind it like a fresh one.
    `keepalive_seconds`: after so long without a frame Twitch's side counts as dead.
    """

    session_id: SessionId
    reconnected: bool
    keepalive_seconds: float


class Notification(msgspec.Struct, frozen=True, gc=False):
    """One event, as Twitch sent it. A message id may come twice: deduplication is not the session's business.

    `type` and `version` are the subscription's ("" for a version that Twitch left out), `timestamp` is Twitch's own
    text (RFC 3339, nanoseconds), `payload` the payload object's JSON byte for byte.
    """

    message_id: MessageId
    type: str
    version: str
    timestamp: str
    payload: bytes

    def __repr__(self) -> str:
        return f"Notification({self.type} v{self.version} {self.message_id} {self.timestamp} {len(self.payload)} B)"


class Revocation(msgspec.Struct, frozen=True, gc=False):
    """Twitch ended a subscription; why stands in `payload` under subscription.status. Fields as in Notification."""

    message_id: MessageId
    type: str
    version: str
    timestamp: str
    payload: bytes

    def __repr__(self) -> str:
        return f"Revocation({self.type} v{self.version} {self.message_id} {self.timestamp} {len(self.payload)} B)"


@dataclass(frozen=True, slots=True)
class ReconnectRequested:
    """Twitch asked the session to move to `url` within 30 s; the session does it by itself."""

    url: str

    def __repr__(self) -> str:
        # The query holds the challenge that lets one take the session over.
        return f"ReconnectRequested(to {place(self.url)})"


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A frame that made no sense and was passed over; the socket goes on. `detail` is short and printable."""

    kind: DisturbanceKind
    detail: str


@dataclass(frozen=True, slots=True)
class ReplacementNeeded:
    """Open a fresh session now: this one is about to end. It is read until it does, so go on taking its events."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The session is over and every socket of it is closed. The last outcome.

    `code` is the close code of the socket whose end ended the session; None where there was none.
    """

    reason: LossReason
    code: int | None
    text: str

    @property
    def action(self) -> Action:
        """What to do next: reopen, reopen later, or nothing."""
        return self.reason.action


Outcome: TypeAlias = Welcomed | Notification | Revocation | ReconnectRequested | Disturbance | ReplacementNeeded | Lost


def place(url: str) -> str:
    """Scheme and host of a URL, for people to read; nothing that could be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an unreadable URL"
    return printable(f"{parts.scheme}://{parts.hostname}") if parts.hostname else "no host"


def printable(text: str, length_max: int = 200) -> str:
    """A peer's text made fit for a log line: one line, ASCII, bounded."""
    clean = "".join(c if " " <= c <= "~" else "?" for c in text[: length_max + 1])
    return clean if len(clean) <= length_max else clean[: length_max - 3] + "..."
