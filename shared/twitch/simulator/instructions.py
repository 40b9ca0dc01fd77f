"""What the model wants done to sockets. The shell does it at once and in order, and reports how a `Send` went."""

from typing import Any

import msgspec


class Message(msgspec.Struct, eq=False, gc=False):
    """A notification or revocation on its way, however often it is tried. `frame` is the same bytes every time."""

    number: int  # of its message id
    message_id: str
    kind: str  # notification | revocation
    type: str
    broadcaster_id: str  # empty where the type has none
    subscription: Any  # a subscriptions.Subscription
    frame: bytes
    written: int = 0  # how often so far
    dropped_for: str = ""  # why it was given up, as long as it was never written


class Send(msgspec.Struct, eq=False, gc=False):
    """Write one text frame. `message` is None for a frame of the session itself (and for garbage)."""

    socket: int
    frame: bytes
    message: Message | None = None
    shard: int = -1  # -1: a websocket subscription's
    session: int = 0  # the session's number
    retry: bool = False  # the shard that the hash names was disabled; this is the other one


class SendRaw(msgspec.Struct, frozen=True):
    """Write these bytes as they are, frame header and all."""

    socket: int
    data: bytes


class Ping(msgspec.Struct, frozen=True):
    socket: int


class Pong(msgspec.Struct, frozen=True):
    socket: int
    data: bytes


class Close(msgspec.Struct, frozen=True):
    """Send a close frame, and cut the connection if the client does not answer it soon."""

    socket: int
    code: int
    reason: str


class Abort(msgspec.Struct, frozen=True):
    """Cut the TCP connection without a word."""

    socket: int


Instruction = Send | SendRaw | Ping | Pong | Close | Abort
