"""The network between processes and servers: connections that are slow, stall, break, and never reorder.

A `Line` is one TCP connection. What one end sends arrives at the other after the link's latency and in order, or not at
all: then the line broke, and both ends hear of that. On a link that is cut, everything is held until it is whole again, as
TCP does it; a new connection is not made at all. What goes over a line is the ends' own business: bytes to Redis, frames
and HTTP messages to Twitch.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from virtual_fleet.world import World

Dial = Callable[[Callable[[], asyncio.Protocol], str, int], Awaitable[tuple[asyncio.Transport, asyncio.Protocol]]]


class End(Protocol):
    """One end of a line, as the network sees it. Called in true time, whatever the process is doing."""

    def received(self, item: Any) -> None:
        """Something arrived."""

    def ended(self, *, reset: bool) -> None:
        """Nothing more will arrive: the other end closed, or the line broke."""


@dataclass(slots=True)
class Link:
    """The way between one process and one server."""

    process: str
    server: str
    latency_seconds: tuple[float, float]
    cut: bool = False
    slow_seconds: float = 0.0
    """Added to the latency of everything, at most."""
    lossy: float = 0.0
    """Chance that a line breaks with something that is sent on it: half of those arrive, half do not."""
    refuses: bool = False
    """New connections are refused: the server is down."""
    lines: dict[int, Line] = field(default_factory=dict)
    disturbed_at: float = -1e9
    """When it was last seen not to be as it should."""
    on_send: list[tuple[bytes, Callable[[], None]]] = field(default_factory=list)
    """Called once, in the moment after the process has sent something with these bytes in it."""

    def sound(self) -> bool:
        return not (self.cut or self.slow_seconds or self.lossy or self.refuses)


class Line:
    """One connection. Side 0 dialled, side 1 accepted."""

    __slots__ = ("_clear_at", "_held", "_network", "_sent_at", "closed", "ends", "finished", "link", "number")

    def __init__(self, network: Network, link: Link, number: int) -> None:
        self._network, self.link, self.number = network, link, number
        self.ends: list[End | None] = [None, None]
        self._clear_at = [0.0, 0.0]
        self._sent_at = [-1.0, -1.0]
        self._held: deque[tuple[int, Any]] = deque()
        self.finished = [False, False]
        """Sides that will send no more."""
        self.closed = False

    def send(self, side: int, item: Any) -> None:
        """Sends to the other side; a line that is over swallows it."""
        if self.closed or self.finished[side]:
            return
        network, link = self._network, self.link
        if side == 0 and link.on_send:
            waiting, link.on_send = link.on_send, []
            for part, call in waiting:
                if not part or part in item:
                    network.world.at(network.world.now, call)
                else:
                    link.on_send.append((part, call))
        if link.lossy and network.random() < link.lossy:
            if network.random() < 0.5:
                self._carry(side, item)
                network.world.after(link.latency_seconds[1] + link.slow_seconds + 0.001, self.break_)
            else:
                self.break_()
            return
        self._carry(side, item)

    def finish(self, side: int) -> None:
        """This side sends no more and wants no more: the other hears of it after what is still on its way."""
        if not self.finished[side]:
            self.finished[side] = True
            self.ends[side] = None
            if not self.closed:
                self._carry(side, _FIN)
                self._over_if_finished()

    def abort(self, side: int) -> None:
        """As `finish`, but the other side hears of a reset."""
        if not self.finished[side]:
            self.finished[side] = True
            self.ends[side] = None
            if not self.closed:
                self._carry(side, _RST)
                self._over_if_finished()

    def break_(self) -> None:
        """The connection is lost somewhere between, and what is on its way with it."""
        if self.closed:
            return
        self._over()
        for side in (0, 1):
            end, self.ends[side] = self.ends[side], None
            if end is not None:
                self._network.world.at(self._network.world.now, _Ended(end))

    def _carry(self, side: int, item: Any) -> None:
        if self.link.cut:
            self._held.append((side, item))
            return
        network = self._network
        when, now = self._clear_at[side], network.world.now
        if self._sent_at[side] != now:  # what is written at once arrives at once
            self._sent_at[side] = now
            when = max(when, now + network.latency(self.link))
        self._clear_at[side] = when + 1e-9
        network.world.at(when, _Arrival(self, side, item))

    def arrive(self, side: int, item: Any) -> None:
        if self.closed:
            return
        if self.link.cut:
            self._held.append((side, item))
            return
        end = self.ends[1 - side]
        if item is _FIN or item is _RST:
            self.ends[1 - side] = None
            if end is not None:
                end.ended(reset=item is _RST)
            return
        if end is not None:
            end.received(item)
        elif self.finished[1 - side] and self._network.unheard is not None:
            self._network.unheard(self, 1 - side, item)

    def healed(self) -> None:
        """The link is whole again: what was held is sent anew, in its order."""
        held, self._held = self._held, deque()
        retransmission = self._network.world.now + self._network.random() * 0.5
        self._clear_at = [max(each, retransmission) for each in self._clear_at]
        for side, item in held:
            self._carry(side, item)

    def _over_if_finished(self) -> None:
        if all(self.finished):
            self.link.lines.pop(self.number, None)

    def _over(self) -> None:
        self.closed = True
        self._held.clear()
        self.link.lines.pop(self.number, None)


class _Arrival:
    __slots__ = ("_item", "_line", "_side")

    def __init__(self, line: Line, side: int, item: Any) -> None:
        self._line, self._side, self._item = line, side, item

    def __call__(self) -> None:
        self._line.arrive(self._side, self._item)


class _Ended:
    __slots__ = ("_end",)

    def __init__(self, end: End) -> None:
        self._end = end

    def __call__(self) -> None:
        self._end.ended(reset=True)


_FIN, _RST = object(), object()

LATENCY_SECONDS = {"redis": (0.0002, 0.001), "twitch": (0.01, 0.05)}
"""One way, between these."""


class Network:
    """All links. `accept` holds each server's way of taking a new line."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = world.chance("network").random
        self._uniform = world.chance("latency").uniform
        self.accept: dict[str, Callable[[Line], None]] = {}
        self.links: dict[tuple[str, str], Link] = {}
        self.unheard: Callable[[Line, int, Any], None] | None = None
        """Hears of what arrives at a side that has let go of its line."""
        self._lines = 0

    def latency(self, link: Link) -> float:
        seconds = self._uniform(*link.latency_seconds)
        return seconds + self.random() * link.slow_seconds if link.slow_seconds else seconds

    def link(self, process: str, server: str) -> Link:
        link = self.links.get((process, server))
        if link is None:
            link = self.links[process, server] = Link(process, server, LATENCY_SECONDS[server])
        return link

    def cut(self, link: Link) -> None:
        link.cut = True

    def heal(self, link: Link) -> None:
        link.cut = False
        for line in list(link.lines.values()):
            line.healed()

    def of_server(self, server: str) -> list[Link]:
        return [link for link in self.links.values() if link.server == server]

    def dial(self, process: str, server: str, end: End, on_open: Callable[[Line | None], None]) -> None:
        """Opens a connection; `on_open` hears of it, or gets None where it was refused; nothing while the link is cut."""
        link = self.link(process, server)

        def attempt() -> None:
            if link.cut:
                self.world.after(1.0 + self.random(), attempt)  # SYN is sent again, for ever; the caller has a timeout
            elif link.refuses:
                on_open(None)
            else:
                self._lines += 1
                line = Line(self, link, self._lines)
                line.ends[0] = end
                link.lines[line.number] = line
                self.accept[server](line)
                on_open(line)

        self.world.after(2 * self.latency(link), attempt)
