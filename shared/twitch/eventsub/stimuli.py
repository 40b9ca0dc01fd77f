"""What goes into a session and what comes out of it, besides outcomes: plain values.

A session numbers its sockets from 1. The shell that does its I/O opens, closes and aborts them as instructed, and
reports what became of each. Nothing here or in `session` knows how that is done.
"""

from dataclasses import dataclass
from typing import TypeAlias

from twitch.eventsub.outcomes import Outcome, place

# -- in ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The owner wants the session to begin."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The WebSocket handshake of a socket is done."""

    socket: int


@dataclass(frozen=True, slots=True)
class OpenFailed:
    """A socket could not be opened; `text` says why."""

    socket: int
    text: str


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """A socket yielded one message."""

    socket: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """A socket is at its end, by whomever: nothing more will be read from it. 1006: it broke without a close."""

    socket: int
    code: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """The clock has passed the session's `deadline`."""


@dataclass(frozen=True, slots=True)
class CloseAsked:
    """The owner wants the session to end in good order."""


Stimulus: TypeAlias = Started | Opened | OpenFailed | FrameReceived | Closed | DeadlineReached | CloseAsked

# -- out --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """Open a WebSocket at exactly this URL; report Opened or OpenFailed."""

    socket: int
    url: str

    def __repr__(self) -> str:
        return f"OpenSocket({self.socket} at {place(self.url)})"


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """Send a close frame and read on until the peer's; then report Closed. One still opening is given up."""

    socket: int
    code: int


@dataclass(frozen=True, slots=True)
class AbortSocket:
    """Drop the connection at once. The session has forgotten the socket; nothing need be reported."""

    socket: int
    text: str


Instruction: TypeAlias = OpenSocket | CloseSocket | AbortSocket | Outcome
