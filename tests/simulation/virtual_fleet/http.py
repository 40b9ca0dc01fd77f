"""What a process has in place of an aiohttp session: WebSockets and requests over the simulated network."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import WSMessage, WSMsgType
from aiohttp.client_reqrep import RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy
from virtual_fleet.loop import VirtualLoop
from virtual_fleet.messages import Answer, Frame, Request, Upgrade
from virtual_fleet.network import Network
from virtual_fleet.transport import Inbox, opened
from virtual_fleet.twitch import SERVER
from yarl import URL

REQUEST_SECONDS = 30.0
"""The library's own bound (twitch.http.TIMEOUT), which its aiohttp session keeps."""


_CLOSED = WSMessage(WSMsgType.CLOSED, None, None)


class VirtualWebSocket:
    """As much of an aiohttp WebSocket as `twitch.eventsub.connection` uses, with autoping."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._closed = self._close_sent = False
        self.close_code: int | None = None

    async def receive(self) -> Any:
        while True:
            if self._closed:
                return _CLOSED
            frame = await self._inbox.get()
            if frame is None:
                self.close_code = 1006
                self._closed = True
                return _CLOSED
            match frame:
                case Frame(kind="text", data=data):
                    return WSMessage(WSMsgType.TEXT, data, None)
                case Frame(kind="ping", data=data):
                    self._inbox.send(Frame("pong", data))
                case Frame(kind="close", data=data, code=code):
                    self.close_code = code
                    return WSMessage(WSMsgType.CLOSE, code, data.decode())
                case Frame(kind="broken"):
                    await self.close(code=1002)
                    return WSMessage(WSMsgType.ERROR, aiohttp.WebSocketError(1002, "broken frame"), None)
                case _:
                    """A pong: nothing is said about it."""

    async def send_frame(self, data: bytes, kind: WSMsgType) -> None:
        assert kind is WSMsgType.CLOSE, "a client sends pongs and its goodbye"
        self._close_sent = True
        self._inbox.send(Frame("close", code=struct.unpack("!H", data)[0]))

    async def close(self, *, code: int = 1000) -> bool:
        if not self._closed:
            self._closed = True
            if not self._close_sent:
                self._inbox.send(Frame("close", code=code))
        self._inbox.close()
        return True


class _Response:
    """As much of an aiohttp response as `twitch.http` uses."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self._body = answer.body
        self.content = self

    async def read(self, _bytes_max: int) -> bytes:
        body, self._body = self._body, b""
        return body

    def at_eof(self) -> bool:
        return not self._body


class VirtualHttp:
    """One process' way to Twitch."""

    def __init__(self, loop: VirtualLoop, network: Network, process: str, on_frame: Callable[[Frame], None]) -> None:
        self._loop, self._network, self._process, self._on_frame = loop, network, process, on_frame

    async def ws_connect(self, url: URL, **_options: Any) -> VirtualWebSocket:
        inbox = await self._open()
        inbox.arrived = self._noticed()
        try:
            inbox.send(Upgrade(url))
            answer = await inbox.get()
        except BaseException:
            inbox.close()
            raise
        if answer is None:
            raise aiohttp.ServerDisconnectedError
        if answer.status != 101:
            inbox.close()
            headers: CIMultiDictProxy[str] = CIMultiDictProxy(CIMultiDict())
            raise aiohttp.WSServerHandshakeError(
                RequestInfo(url, "GET", headers, url), (), status=answer.status, message="Invalid response status"
            )
        return VirtualWebSocket(inbox)

    @asynccontextmanager
    async def request(
        self, method: str, url: URL, *, headers: Mapping[str, str], data: Any = None, **_options: Any
    ) -> AsyncIterator[_Response]:
        async with asyncio.timeout(REQUEST_SECONDS):
            inbox = await self._open()
            try:
                inbox.send(Request(method, url, dict(headers), data))
                answer = await inbox.get()
                if answer is None:
                    raise aiohttp.ServerDisconnectedError
                yield _Response(answer)
            finally:
                inbox.close()

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def _open(self) -> Inbox:
        inbox = Inbox(self._loop)
        try:
            inbox.line = await opened(self._loop, self._network, self._process, SERVER, inbox)
        except ConnectionRefusedError as error:
            raise aiohttp.ClientConnectionError(str(error)) from error
        return inbox

    def _noticed(self) -> Callable[[Any], None]:
        """Tells of the frames of one socket, up to one that breaks WebSocket itself: nobody can read on from there."""
        readable = True

        def arrived(item: Any) -> None:
            nonlocal readable
            if isinstance(item, Frame):
                readable = readable and item.kind != "broken"
                if readable:
                    self._on_frame(item)

        return arrived
