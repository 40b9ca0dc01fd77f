"""What goes over a line between a process and Twitch: whole messages, since what is simulated is what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL

from twitch.simulator.instructions import Message


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A client asks for a WebSocket."""

    url: URL


@dataclass(frozen=True, slots=True)
class Request:
    """A client's HTTP request."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; to an Upgrade it is a refusal unless its status is 101."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Frame:
    """A WebSocket frame: text, ping, pong, close or broken."""

    kind: str
    data: bytes = b""
    code: int = 0
    message: Message | None = None
    socket: int = 0
