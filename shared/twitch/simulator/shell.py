"""The model's hands: carries out its instructions on transports, and wakes it when something is due.

Frames are put on the transport as bytes, whole, with a header of our own making. So one write per socket and turn is
enough, "sent" is known at once, and nobody waits for a slow reader: what the transport can't pass on it keeps, and a
socket that keeps more than its bound is closed. aiohttp does the handshake and reads; it writes nothing on these
sockets.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from struct import pack
from typing import Final, assert_never

from aiohttp import WSMsgType, web

from twitch.simulator.instructions import Abort, Close, Instruction, Ping, Pong, Send, SendRaw
from twitch.simulator.model import Model

_INBOUND_BYTES_MAX: Final = 64 * 1024  # clients have nothing to say anyway
_TEXT, _CLOSE, _PING, _PONG = 0x81, 0x88, 0x89, 0x8A

_KINDS: Final = {
    WSMsgType.TEXT: "text",
    WSMsgType.BINARY: "binary",
    WSMsgType.PING: "ping",
    WSMsgType.PONG: "pong",
}


class Clock:
    """Unix time from a clock that never goes back, and the faster one of tokens and rate limits."""

    def __init__(self, time_scale: float) -> None:
        self._scale = time_scale
        self._unix_at_start = time.time()
        self._monotonic_at_start = time.monotonic()

    def now(self) -> float:
        return self._unix_at_start + time.monotonic() - self._monotonic_at_start

    def api_now(self) -> float:
        return self._unix_at_start + (time.monotonic() - self._monotonic_at_start) * self._scale

    def unix_time(self, api_now: float) -> float:
        return self._unix_at_start + (api_now - self._unix_at_start) / self._scale


@dataclass(slots=True, eq=False)
class _Peer:
    transport: asyncio.Transport
    cut: asyncio.TimerHandle | None = None  # set with our close frame


def text_frame(payload: bytes) -> bytes:
    """An unmasked text frame (RFC 6455, section 5.2)."""
    return _frame(_TEXT, payload)


def _frame(first: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return pack("!BB", first, length) + payload
    if length < 65536:
        return pack("!BBH", first, 126, length) + payload
    return pack("!BBQ", first, 127, length) + payload


class Shell:
    """Runs one model on the running loop."""

    def __init__(self, model: Model, clock: Callable[[], float]) -> None:
        self._model = model
        self._clock = clock
        self._peers: dict[int, _Peer] = {}
        self._waiting: dict[int, list[Send]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._ended = False

    def pump(self) -> None:
        """Carry out what the model wants by now, until it wants nothing, and set the alarm for what is due next."""
        while instructions := self._model.take():
            for instruction in instructions:
                if isinstance(instruction, Send):
                    self._waiting.setdefault(instruction.socket, []).append(instruction)
                else:
                    self._carry_out(instruction)
            for socket in list(self._waiting):
                self._flush(socket)
        self._arm()

    def end(self) -> None:
        """Cut every connection and wake no more."""
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        for peer in list(self._peers.values()):
            peer.transport.abort()

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """The handler of /ws."""
        response = web.WebSocketResponse(autoclose=False, autoping=False, max_msg_size=_INBOUND_BYTES_MAX)
        await response.prepare(request)
        transport = request.transport
        if transport is None or transport.is_closing():
            return response
        scheme = "wss" if request.secure else "ws"
        number = self._model.open(f"{scheme}://{request.host}{request.path}", request.query, self._clock())
        peer = self._peers[number] = _Peer(transport)
        self.pump()
        code: int | None = None
        try:
            while True:
                received = await response.receive()
                if received.type is WSMsgType.CLOSE:
                    code = received.data
                    break
                kind = _KINDS.get(received.type)
                if kind is None:
                    break
                data = b"" if kind == "text" else bytes(received.data)
                self._model.received(number, kind, data, self._clock())
                self.pump()
        finally:
            if peer.cut is not None:
                peer.cut.cancel()
            elif code is not None and not transport.is_closing():
                transport.write(_frame(_CLOSE, b"" if code in {0, 1005} else pack("!H", code)))
            # From here on the transport is closing, so that aiohttp can't add a close frame of its own.
            transport.close()
            del self._peers[number]
            if not self._ended:
                self._model.closed(number, code, self._clock())
                self.pump()
        return response

    def _carry_out(self, instruction: Instruction) -> None:
        self._flush(instruction.socket)
        peer = self._peers.get(instruction.socket)
        if peer is None or peer.transport.is_closing():
            return
        match instruction:
            case Send():
                raise AssertionError("frames are flushed together")
            case SendRaw():
                peer.transport.write(instruction.data)
            case Ping():
                peer.transport.write(_frame(_PING, b""))
            case Pong():
                peer.transport.write(_frame(_PONG, instruction.data))
            case Close():
                payload = pack("!H", instruction.code) + instruction.reason.encode()[:123]
                peer.transport.write(_frame(_CLOSE, payload))
                grace = self._model.options.scaled(self._model.options.close_seconds)
                peer.cut = asyncio.get_running_loop().call_later(grace, peer.transport.abort)
            case Abort():
                peer.transport.abort()
            case _ as never:
                assert_never(never)

    def _flush(self, socket: int) -> None:
        sends = self._waiting.pop(socket, None)
        if sends is None:
            return
        now = self._clock()
        peer = self._peers.get(socket)
        if peer is None or peer.cut is not None or peer.transport.is_closing():
            for send in sends:
                self._model.unsent(send, now)
            return
        peer.transport.write(b"".join([text_frame(send.frame) for send in sends]))
        sent = self._model.sent
        for send in sends:
            sent(send, now)
        if peer.transport.get_write_buffer_size() > self._model.options.socket_buffer_bytes_max:
            self._model.overflowed(socket, now)

    def _arm(self) -> None:
        due = self._model.next_at
        if due is None or self._ended or (self._timer is not None and self._timer_at <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = due
        self._timer = asyncio.get_running_loop().call_later(max(0.0, due - self._clock()), self._wake)

    def _wake(self) -> None:
        self._timer = None
        # A timer may fire a grain early; what is due at its time is due now.
        self._model.advance(max(self._clock(), self._timer_at))
        self.pump()
