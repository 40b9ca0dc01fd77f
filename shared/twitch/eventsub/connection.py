"""The shell of a session: aiohttp WebSockets, one timer, and the owner's callback.

`Session` decides everything; this module opens, reads, closes and aborts the sockets it names. Each socket has one
task, which opens it and reads it to its end; the connection has one timer. The timer is set once and looked at when it
rings: if frames have moved the deadline meanwhile, it is set anew, so a frame never touches it.

Closing loses nothing. aiohttp's own `close()` throws away the data frames that it reads while it waits for the peer's
close frame. So the close frame is sent as any other frame (`send_frame`, public), and the socket's task goes on reading
and delivering until the peer's close frame, the end of the stream, or the session's bound (AbortSocket). Only then
`close()` is called, to let go of the connection.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import aiohttp
from aiohttp import WSMsgType

from twitch.eventsub.close_codes import LossReason
from twitch.eventsub.options import DEFAULT_OPTIONS, SessionOptions
from twitch.eventsub.outcomes import Lost, Notification, Outcome
from twitch.eventsub.session import Session
from twitch.eventsub.sockets import WebSocket, open_socket, send_close, why
from twitch.eventsub.stimuli import (
    AbortSocket,
    CloseAsked,
    Closed,
    CloseSocket,
    DeadlineReached,
    Instruction,
    Opened,
    OpenFailed,
    OpenSocket,
    Started,
    Stimulus,
)

_ABNORMAL_CLOSURE: Final = 1006
_NO_STATUS: Final = 1005
# A timer that rings later than this was held up with the whole process: frames may lie unread that prove life.
_HELD_UP_SECONDS: Final = 0.5


class Connection:
    """One EventSub session over real sockets.

    `owner` is called with every outcome, synchronously and in order, and must not block; `Lost` is the last. What it
    raises ends the session and comes out of `run`. The `http` session stays the caller's; its connector must have room
    for a socket of each connection and one more for each that reconnects (`TCPConnector(limit=0)`: aiohttp's default
    of 100 makes the hundred-and-first wait). `url` may carry the query that Twitch documents
    (`?keepalive_timeout_seconds=30`); reconnect URLs are used exactly as sent.
    """

    __slots__ = (
        "_armed_for",
        "_clock",
        "_close_asked",
        "_closers",
        "_done",
        "_dropped",
        "_fault",
        "_http",
        "_loop",
        "_lost",
        "_options",
        "_owner",
        "_readers",
        "_reprieved",
        "_session",
        "_timer",
        "_websockets",
        "last_notification_at",
    )

    last_notification_at: float
    """Clock reading when the newest notification was read; that of construction before the first."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        owner: Callable[[Outcome], None],
        *,
        options: SessionOptions = DEFAULT_OPTIONS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._owner = owner
        self._options = options
        self._clock = clock
        self._session = Session(url, options)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: asyncio.Future[None] | None = None
        self._readers: dict[int, asyncio.Task[None]] = {}
        self._closers: set[asyncio.Task[None]] = set()
        self._websockets: dict[int, WebSocket] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._reprieved = False
        self._close_asked = False
        self._dropped = False
        self._lost: Lost | None = None
        self._fault: Exception | None = None
        self.last_notification_at = clock()

    def __repr__(self) -> str:
        quiet_seconds = self._clock() - self.last_notification_at
        dropped = ", dropped" if self._dropped and not self._session.over else ""
        return f"<Connection {self._session!r}, quiet for {quiet_seconds:.1f} s{dropped}>"

    @property
    def session(self) -> Session:
        """The state behind it, to look at: session id, keepalive, disturbances by kind."""
        return self._session

    async def run(self) -> Lost:
        """Live through the session; return how it ended, when every socket of it is closed.

        Cancelling it drops the sockets at once, unread frames with them, and leaves no task; `close` loses nothing.
        """
        if self._loop is not None:
            raise RuntimeError("a connection runs once")
        self._loop = asyncio.get_running_loop()
        self._done = self._loop.create_future()
        try:
            self._feed(CloseAsked() if self._close_asked else Started())
            await self._done
        finally:
            await self._drop()
        if self._fault is not None:
            raise self._fault
        assert self._lost is not None, "only a loss or a fault ends the wait"
        return self._lost

    def close(self) -> None:
        """Ask for an orderly end: every socket is closed and read until Twitch's close; then Lost(closed_by_us)."""
        self._close_asked = True
        if self._loop is not None:
            # Not at once: the owner may call this while it is being told something.
            self._loop.call_soon(self._feed, CloseAsked())

    # -- the session's voice ------------------------------------------------------------------------------------

    def _feed(self, stimulus: Stimulus) -> None:
        if self._dropped:
            return
        try:
            self._do(self._session.handle(stimulus, self._clock()))
        except Exception as fault:  # noqa: BLE001 - called by timers too, where it would only be logged
            self._fail(fault)

    def _do(self, instructions: tuple[Instruction, ...]) -> None:
        for instruction in instructions:
            match instruction:
                case OpenSocket(number, url):
                    self._open(number, url)
                case CloseSocket(number, code):
                    self._close_socket(number, code)
                case AbortSocket(number):
                    if (reader := self._readers.get(number)) is not None:
                        reader.cancel()
                case _:
                    self._tell(instruction)
        self._arm()

    def _tell(self, outcome: Outcome) -> None:
        if self._fault is not None:
            return
        if isinstance(outcome, Lost):
            self._lost = outcome
            self._finish()
        try:
            self._owner(outcome)
        except Exception as fault:  # noqa: BLE001 - whatever it is, run() raises it
            self._fail(fault)

    def _fail(self, fault: Exception) -> None:
        """A fault of ours or of the owner ends run() and comes out of it, rather than leaving it to hang."""
        self._fault = self._fault or fault
        self._finish()

    def _finish(self) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(None)

    # -- the timer ----------------------------------------------------------------------------------------------

    def _arm(self) -> None:
        """See to it that the timer rings at the deadline or before."""
        deadline = self._session.deadline
        if self._timer is not None:
            if deadline is not None and self._armed_for <= deadline:
                return
            self._timer.cancel()
            self._timer = None
        if deadline is not None and self._loop is not None and not self._dropped:
            self._armed_for = deadline
            self._timer = self._loop.call_later(max(0.0, deadline - self._clock()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        deadline, now = self._session.deadline, self._clock()
        if deadline is None or now < deadline:
            self._reprieved = False
            self._arm()
        elif now - self._armed_for > _HELD_UP_SECONDS and not self._reprieved and self._loop is not None:
            # The whole process stood still (a suspended machine, a long collection). Read first, judge then.
            self._reprieved = True
            self._timer = self._loop.call_later(_HELD_UP_SECONDS, self._ring)
        else:
            self._reprieved = False
            self._feed(DeadlineReached())

    # -- sockets ------------------------------------------------------------------------------------------------

    def _open(self, number: int, url: str) -> None:
        assert self._loop is not None, "sockets open while running"
        reader = self._loop.create_task(self._live(number, url))
        self._readers[number] = reader
        reader.add_done_callback(partial(self._readers.pop, number))

    def _close_socket(self, number: int, code: int) -> None:
        assert self._loop is not None, "sockets close while running"
        websocket = self._websockets.get(number)
        if websocket is not None:
            closer = self._loop.create_task(send_close(websocket, code))
            self._closers.add(closer)
            closer.add_done_callback(self._closers.discard)
        elif (reader := self._readers.get(number)) is not None:
            reader.cancel()  # still opening; or already closed, and about to report it
            self._loop.call_soon(self._feed, OpenFailed(number, "given up"))

    async def _live(self, number: int, url: str) -> None:
        """The life of one socket: open it, read it to its end, let it go, report."""
        try:
            self._feed(await self._read_to_end(number, url))
        except Exception as fault:  # noqa: BLE001 - run() raises it
            self._fail(fault)

    async def _read_to_end(self, number: int, url: str) -> Stimulus:
        try:
            websocket = await open_socket(self._http, url, frame_bytes_max=self._options.frame_bytes_max)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return OpenFailed(number, why(error))
        self._websockets[number] = websocket
        try:
            self._feed(Opened(number))
            return await self._read(number, websocket)
        finally:
            del self._websockets[number]
            await websocket.close()

    async def _read(self, number: int, websocket: WebSocket) -> Closed:
        receive, read_frame, clock = websocket.receive, self._session.frame, self._clock
        while True:
            message = await receive()
            kind = message.type
            if kind is WSMsgType.TEXT or kind is WSMsgType.BINARY:
                now = clock()
                out = read_frame(number, message.data, now)
                if len(out) == 1 and type(out[0]) is Notification:
                    self.last_notification_at = now
                    self._tell(out[0])  # moves the deadline only to later, so the timer is left alone
                elif out:
                    if type(out[-1]) is Notification:
                        self.last_notification_at = now
                    self._do(out)
            elif kind is WSMsgType.CLOSE:
                return Closed(number, message.data or _NO_STATUS, message.extra or "")
            elif kind is WSMsgType.ERROR:
                return Closed(number, websocket.close_code or _ABNORMAL_CLOSURE, why(message.data))
            elif kind is WSMsgType.CLOSED or kind is WSMsgType.CLOSING:
                # An end of stream without a close frame, for which aiohttp has 1000 on one path and 1006 on another.
                return Closed(number, _ABNORMAL_CLOSURE, "the connection broke without a close")

    async def _drop(self) -> None:
        self._dropped = True
        if self._timer is not None:
            self._timer.cancel()
        tasks = [*self._readers.values(), *self._closers]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._lost is None:
            self._tell(Lost(LossReason.CLOSED_BY_US, None, "dropped: run() was cancelled"))
