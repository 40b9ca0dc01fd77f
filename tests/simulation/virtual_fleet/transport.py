"""A process' end of a line: bytes through asyncio's own streams, or items through an inbox."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from virtual_fleet.loop import VirtualLoop
from virtual_fleet.network import Line, Network


class VirtualTransport(asyncio.Transport):
    """What redis-py's streams write to. Reading and losing are told to the protocol by the loop, as ever."""

    def __init__(self, loop: VirtualLoop, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._loop, self._protocol = loop, protocol
        self.line: Line | None = None
        self._closing = False

    # -- the network's side

    def received(self, item: bytes) -> None:
        self._loop.call_soon(self._data, item)

    def ended(self, *, reset: bool) -> None:
        self._loop.call_soon(self._lost, ConnectionResetError("Connection reset by peer") if reset else None)

    def _data(self, data: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(data)

    def _lost(self, error: Exception | None) -> None:
        if self._closing:
            return
        if error is None:
            self._protocol.eof_received()
        self.close()
        if error is not None:
            self._error = error

    _error: Exception | None = None

    # -- the process' side

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.line is not None and not self._closing:
            self.line.send(0, bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            if self.line is not None:
                self.line.finish(0)
            self._loop.call_soon(self._closed)

    abort = close

    def _closed(self) -> None:
        self._protocol.connection_lost(self._error)

    def is_closing(self) -> bool:
        return self._closing

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None:
        raise NotImplementedError

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer."""


def dialler(network: Network, process: str, server_of: Callable[[str, int], str]) -> Callable[..., Any]:
    """A loop's way of making connections that speak bytes."""

    async def dial(
        protocol_factory: Callable[[], asyncio.Protocol], host: str, port: int
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        protocol = protocol_factory()
        transport = VirtualTransport(loop, protocol)
        transport.line = await opened(loop, network, process, server_of(host, port), transport)
        protocol.connection_made(transport)
        return transport, protocol

    return dial


async def opened(loop: VirtualLoop, network: Network, process: str, server: str, end: Any) -> Line:
    """Dials. Raises ConnectionRefusedError; waits for ever while the link is cut."""
    future: asyncio.Future[Line | None] = loop.create_future()

    def settle(line: Line | None) -> None:
        def tell() -> None:
            if not future.done():
                future.set_result(line)
            elif line is not None:
                line.finish(0)  # nobody waits for it any more

        loop.call_soon(tell)

    network.dial(process, server, end, settle)
    line = await future
    if line is None:
        raise ConnectionRefusedError(111, "Connect call failed")
    return line


class Inbox:
    """The end of a line that takes whole items, read one by one. `None` is the end."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._items: deque[Any] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self.line: Line | None = None
        self.reset = False
        self.arrived: Callable[[Any], None] | None = None
        """Hears of each item in true time, at the machine's door."""

    def received(self, item: Any) -> None:
        if self.arrived is not None and not self._loop.dead:
            self.arrived(item)
        self._loop.call_soon(self._put, item)

    def ended(self, *, reset: bool) -> None:
        self.reset = reset
        self._loop.call_soon(self._put, None)

    def _put(self, item: Any) -> None:
        self._items.append(item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self) -> Any:
        while not self._items:
            self._waiter = self._loop.create_future()
            await self._waiter
        item = self._items.popleft()
        if item is None:
            self._items.append(None)
        return item

    def send(self, item: Any) -> None:
        if self.line is not None:
            self.line.send(0, item)

    def close(self) -> None:
        if self.line is not None:
            self.line.finish(0)
