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

from twitch.eventsub.options import DEFAULT_OPTIONS

REQUEST_SECONDS = 30.0
"""The library's own bound (twitch.http.TIMEOUT), which its aiohttp session keeps."""


PATIENCE_SECONDS = DEFAULT_OPTIONS.close_seconds / 2
"""Twitch's answer to our close is waited for at least so long: the session counts from before it was sent."""

_CLOSED = WSMessage(WSMsgType.CLOSED, None, None)


class VirtualWebSocket:
    """As much of an aiohttp WebSocket as `twitch.eventsub.connection` uses, with autoping.

    on_drop: hears the number of a socket that is let go of before its time: nobody has closed it, or it was not read until
    Twitch's answer to our close, or for as long as that is waited for.
    """

    def __init__(self, inbox: Inbox, clock: Callable[[], float], on_drop: Callable[[int], None]) -> None:
        self._inbox, self._clock, self._on_drop = inbox, clock, on_drop
        self._closed = self._over = False
        self._close_sent_at: float | None = None
        self._carried = 0
        """Its number, once an event has come over it."""
        self.close_code: int | None = None

    async def receive(self) -> Any:
        while True:
            if self._closed:
                return _CLOSED
            frame = await self._inbox.get()
            if frame is None:
                self.close_code = 1006
                self._closed = self._over = True
                return _CLOSED
            match frame:
                case Frame(kind="text", data=data, message=message, socket=number):
                    self._carried = number if message is not None else self._carried
                    return WSMessage(WSMsgType.TEXT, data, None)
                case Frame(kind="ping", data=data):
                    self._inbox.send(Frame("pong", data))
                case Frame(kind="close", data=data, code=code):
                    self.close_code, self._over = code, True
                    return WSMessage(WSMsgType.CLOSE, code, data.decode())
                case Frame(kind="broken"):
                    self._over = True
                    await self.close(code=1002)
                    return WSMessage(WSMsgType.ERROR, aiohttp.WebSocketError(1002, "broken frame"), None)
                case _:
                    """A pong: nothing is said about it."""

    async def send_frame(self, data: bytes, kind: WSMsgType) -> None:
        assert kind is WSMsgType.CLOSE, "a client sends pongs and its goodbye"
        self._close_sent_at = self._clock()
        self._inbox.send(Frame("close", code=struct.unpack("!H", data)[0]))

    async def close(self, *, code: int = 1000) -> bool:
        if not self._closed:
            self._closed = True
            waited = 0.0 if self._close_sent_at is None else self._clock() - self._close_sent_at
            if self._carried and not self._over and waited < PATIENCE_SECONDS:
                self._on_drop(self._carried)
            if self._close_sent_at is None:
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

    def __init__(
        self,
        loop: VirtualLoop,
        network: Network,
        process: str,
        on_frame: Callable[[Frame], None],
        on_drop: Callable[[int], None],
    ) -> None:
        self._loop, self._network, self._process = loop, network, process
        self._on_frame, self._on_drop = on_frame, on_drop

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
        return VirtualWebSocket(inbox, self._loop.time, self._on_drop)

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
                if readable:
                    self._on_frame(item)
                readable = readable and item.kind != "broken"

        return arrived
