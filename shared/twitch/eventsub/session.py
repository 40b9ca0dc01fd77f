"""An EventSub session as a state machine: stimuli and a clock reading in, instructions and outcomes out.

A session is what Twitch binds to shards. It lives on one socket, and on a new one after each requested reconnect:

    opening ──opened──> welcoming ──welcome──> live ──────────────────────────────> (closed)
                                                 └─a newer socket is live─> draining ─quiet─> closing ─> (closed)

- **Reconnect**, make before break. On session_reconnect a second socket is opened at the URL given. The old one stays
  live until the new one's welcome; then it drains: it is read until no event came for `quiet_seconds`, at most
  `drain_seconds_max`, and only then closed. What Twitch had in flight for it arrives. When a reconnect is refused or
  fails, the owner hears ReplacementNeeded while the old socket goes on being read until Twitch ends it.
- **Liveness**. A live socket is lost when neither a notification nor a keepalive came for the welcome's
  `keepalive_timeout_seconds` plus `keepalive_slack_seconds`. Nothing else counts as a sign of life: a ping shows that a
  proxy lives. (https://dev.twitch.tv/docs/eventsub/handling-websocket-events/#keepalive-message)
- **End**. The session is over when every socket of it is: then comes `Lost`, and nothing after it. If the newest
  socket ends while older ones still drain, or must be closed first, ReplacementNeeded goes ahead of it (unless the
  reason is one to wait after: see `close_codes`).
- **Bounds**. Every wait has its deadline in `SessionOptions`; `deadline` is the earliest. The shell calls back with
  DeadlineReached at that moment or later; too early does no harm. Notifications and keepalives only ever move it to
  later, so a shell need not look at it after those.

Stimuli and instructions stand in `stimuli`, outcomes in `outcomes`, bounds in `options`, close codes in `close_codes`,
what a frame can say in `messages`.
Twitch's rules: https://dev.twitch.tv/docs/eventsub/handling-websocket-events/. A frame that makes no sense becomes a
Disturbance and is passed over; `Session` never raises on what a peer sends.

`Session.frame` is the hot path: one decoder call and one Notification per event.
"""

from enum import StrEnum
from typing import Final, assert_never

from twitch.eventsub.close_codes import Action, LossReason, explain
from twitch.eventsub.frames import SessionBlock
from twitch.eventsub.messages import Keepalive, Message, ReconnectAsked, Welcome, read
from twitch.eventsub.options import DEFAULT_OPTIONS, SessionOptions
from twitch.eventsub.outcomes import (
    Disturbance,
    DisturbanceKind,
    Lost,
    Notification,
    ReconnectRequested,
    ReplacementNeeded,
    Revocation,
    Welcomed,
    printable,
)
from twitch.eventsub.reconnect_url import why_refused
from twitch.eventsub.stimuli import (
    AbortSocket,
    CloseAsked,
    Closed,
    CloseSocket,
    DeadlineReached,
    FrameReceived,
    Instruction,
    Opened,
    OpenFailed,
    OpenSocket,
    Started,
    Stimulus,
)
from twitch.ids import SessionId

__all__ = ["Session", "SessionOptions"]

_NORMAL_CLOSURE: Final = 1000
# Twitch takes 10 to 600 s for keepalive_timeout_seconds; a longer one in a welcome would leave a dead socket unnoticed.
_KEEPALIVE_SECONDS_MAX: Final = 600.0
# Ids seen have some 40 characters. It goes into logs, reports and a PATCH, so it is bounded; a longer one is none.
_SESSION_ID_LENGTH_MAX: Final = 512


class _Phase(StrEnum):
    OPENING = "opening"
    WELCOMING = "welcoming"
    LIVE = "live"
    DRAINING = "draining"
    CLOSING = "closing"


class _Socket:
    """One socket. `alive_at` is the last sign of life while live, the last event while draining."""

    __slots__ = ("alive_at", "number", "phase", "until", "welcomed")

    def __init__(self, number: int, until: float) -> None:
        self.number = number
        self.phase = _Phase.OPENING
        self.until = until
        self.alive_at = 0.0
        self.welcomed = False


class Session:
    """See the module. Feed it with `handle` (and `frame`, the same for frames), and do what it returns, in order."""

    __slots__ = (
        "_ending",
        "_failed_reconnects",
        "_live",
        "_next_url",
        "_number",
        "_options",
        "_over",
        "_replacement_asked",
        "_sockets",
        "_successor",
        "_url",
        "disturbances",
        "keepalive_seconds",
        "session_id",
    )

    def __init__(self, url: str, options: SessionOptions = DEFAULT_OPTIONS) -> None:
        self._url = url
        self._options = options
        self._sockets: dict[int, _Socket] = {}  # in the order of opening, which is that of their numbers
        self._number = 0  # of the newest socket
        self._live: _Socket | None = None  # what the session lives on, or at first will
        self._successor: _Socket | None = None  # opening or welcoming, to take over from the live one
        self._next_url: str | None = None  # a second request's, tried if the successor fails
        self._failed_reconnects = 0
        self._replacement_asked = False
        self._ending: Lost | None = None  # told when the last socket is gone
        self._over = False
        self.session_id: SessionId | None = None
        self.keepalive_seconds = options.keepalive_default_seconds
        self.disturbances: dict[DisturbanceKind, int] = {}

    def __repr__(self) -> str:
        sockets = ", ".join(f"{s.number} {s.phase}" for s in self._sockets.values()) or "none"
        end = f" {'over' if self._over else 'ending'}: {self._ending.reason}" if self._ending else ""
        return f"<Session {self.session_id or 'not welcomed'} sockets: {sockets}{end}>"

    @property
    def over(self) -> bool:
        """Whether Lost was told."""
        return self._over

    @property
    def deadline(self) -> float | None:
        """The clock reading at which DeadlineReached is due; None before the start and after the end."""
        return min(map(self._due, self._sockets.values()), default=None)

    def handle(self, stimulus: Stimulus, now: float) -> tuple[Instruction, ...]:
        """Take one stimulus at clock reading `now` (seconds); return what to do and to tell, in that order."""
        if isinstance(stimulus, FrameReceived):
            return self.frame(stimulus.socket, stimulus.data, now)
        out: list[Instruction] = []
        match stimulus:
            case Started():
                if self._number == 0 and not self._over:
                    self._live = self._open(self._url, now, out)
            case Opened(number):
                socket = self._sockets.get(number)
                if socket is not None and socket.phase is _Phase.OPENING:
                    socket.phase = _Phase.WELCOMING
                    socket.until = now + self._options.welcome_seconds
            case OpenFailed(number, text):
                socket = self._sockets.pop(number, None)
                if socket is not None:
                    self._gone(socket, Lost(LossReason.UNREACHABLE, None, printable(text)), now, out)
            case Closed(number, code, text):
                socket = self._sockets.pop(number, None)
                if socket is not None:
                    row = explain(code)
                    self._gone(socket, Lost(row.reason, code, printable(text) or row.name), now, out)
            case DeadlineReached():
                for number in list(self._sockets):
                    socket = self._sockets.get(number)  # one may go with another
                    if socket is not None and now >= self._due(socket):
                        self._overdue(socket, now, out)
            case CloseAsked():
                self._close_all(now, out)
            case _:
                assert_never(stimulus)
        if self._ending is not None and not self._sockets and not self._over:
            self._over = True
            out.append(self._ending)
        return tuple(out)

    def frame(self, number: int, data: bytes, now: float) -> tuple[Instruction, ...]:
        """Take one message that socket `number` yielded: `handle(FrameReceived(...))` without the stimulus."""
        socket = self._sockets.get(number)
        if socket is None:
            return ()
        message = read(data)
        if type(message) is Notification:
            socket.alive_at = now
            if socket.welcomed:
                return (message,)
            # An event is an event: told as odd, and delivered.
            return (*self._disturbed(DisturbanceKind.BEFORE_WELCOME, "notification"), message)
        return self._rare(socket, message, now)

    # -- messages other than notifications ----------------------------------------------------------------------

    def _rare(self, socket: _Socket, message: Message, now: float) -> tuple[Instruction, ...]:
        match message:
            case Keepalive():
                if not socket.welcomed:
                    return self._disturbed(DisturbanceKind.BEFORE_WELCOME, "session_keepalive")
                if socket.phase is _Phase.LIVE:
                    socket.alive_at = now
                return ()
            case Welcome(block):
                return self._welcome(socket, block, now)
            case ReconnectAsked(url):
                return self._reconnect(socket, url, now)
            case Revocation() if socket.welcomed:
                return (message,)
            case Revocation():
                return (*self._disturbed(DisturbanceKind.BEFORE_WELCOME, "revocation"), message)
            case Disturbance(kind, detail):
                return self._disturbed(kind, detail)
            case _:
                raise AssertionError("notifications are dealt with")

    def _welcome(self, socket: _Socket, block: SessionBlock | None, now: float) -> tuple[Instruction, ...]:
        if socket.phase is _Phase.CLOSING:
            return ()  # given up while it was on its way
        if socket.phase in {_Phase.LIVE, _Phase.DRAINING}:
            return self._disturbed(DisturbanceKind.UNEXPECTED_WELCOME, f"socket {socket.number} had its welcome")
        if block is None or not 0 < len(block.id) <= _SESSION_ID_LENGTH_MAX:
            return self._disturbed(DisturbanceKind.MISSING_FIELD, "session_welcome without a session id")
        out: list[Instruction] = []
        reconnected = socket is self._successor
        socket.phase = _Phase.LIVE
        socket.welcomed = True
        socket.alive_at = now
        if reconnected:
            old, self._live, self._successor, self._next_url = self._live, socket, None, None
            self._failed_reconnects = 0
            if old is not None:
                old.phase = _Phase.DRAINING
                old.until = now + self._options.drain_seconds_max
                old.alive_at = now
        self.session_id = SessionId(block.id)
        self.keepalive_seconds = self._keepalive(block.keepalive_timeout_seconds)
        out.append(Welcomed(self.session_id, reconnected, self.keepalive_seconds))
        return tuple(out)

    def _keepalive(self, told: object) -> float:
        if isinstance(told, bool) or not isinstance(told, (int, float)) or told <= 0:
            return self.keepalive_seconds  # the last socket's, at first the default
        return min(float(min(told, _KEEPALIVE_SECONDS_MAX)), _KEEPALIVE_SECONDS_MAX)

    def _reconnect(self, socket: _Socket, url: str, now: float) -> tuple[Instruction, ...]:
        if socket is not self._live or socket.phase is not _Phase.LIVE:
            return self._disturbed(DisturbanceKind.UNEXPECTED_RECONNECT, f"socket {socket.number} is {socket.phase}")
        out: list[Instruction] = [ReconnectRequested(url)]
        refusal = why_refused(url, self._url, self._options.reconnect_host_suffixes)
        if self._successor is not None:
            # One at a time: the reconnect under way may well succeed. The newest request is kept for when it fails.
            self._next_url = url if refusal is None else self._next_url
        elif refusal is not None:
            self._ask_replacement(refusal, out)
        elif not self._replacement_asked:
            self._open_successor(url, now, out)
        return tuple(out)

    def _disturbed(self, kind: DisturbanceKind, detail: str) -> tuple[Disturbance]:
        self.disturbances[kind] = self.disturbances.get(kind, 0) + 1
        return (Disturbance(kind, printable(detail)),)

    # -- sockets ------------------------------------------------------------------------------------------------

    def _open(self, url: str, now: float, out: list[Instruction]) -> _Socket:
        self._number += 1
        socket = _Socket(self._number, now + self._options.open_seconds)
        self._sockets[socket.number] = socket
        out.append(OpenSocket(socket.number, url))
        return socket

    def _open_successor(self, url: str, now: float, out: list[Instruction]) -> None:
        excess = len(self._sockets) + 1 - self._options.sockets_max
        oldest = [s for s in self._sockets.values() if s is not self._live]
        for socket in oldest[: max(excess, 0)]:
            del self._sockets[socket.number]
            out.append(AbortSocket(socket.number, "too many sockets of one session"))
        self._successor = self._open(url, now, out)

    def _close(self, socket: _Socket, now: float, out: list[Instruction]) -> None:
        if socket.phase is _Phase.CLOSING:
            return
        socket.phase = _Phase.CLOSING
        socket.until = now + self._options.close_seconds
        out.append(CloseSocket(socket.number, _NORMAL_CLOSURE))

    def _close_all(self, now: float, out: list[Instruction]) -> None:
        if self._over:
            return
        if self._ending is None:
            self._ending = Lost(LossReason.CLOSED_BY_US, _NORMAL_CLOSURE, "closed by us")
        self._live = self._successor = None
        for socket in self._sockets.values():
            self._close(socket, now, out)

    def _due(self, socket: _Socket) -> float:
        match socket.phase:
            case _Phase.LIVE:
                return socket.alive_at + self.keepalive_seconds + self._options.keepalive_slack_seconds
            case _Phase.DRAINING:
                return min(socket.until, socket.alive_at + self._options.quiet_seconds)
            case _Phase.OPENING | _Phase.WELCOMING | _Phase.CLOSING:
                return socket.until
            case _:
                assert_never(socket.phase)

    def _overdue(self, socket: _Socket, now: float, out: list[Instruction]) -> None:
        match socket.phase:
            case _Phase.OPENING:
                text = f"not open within {self._options.open_seconds:g} s"
                self._abort(socket, text, out)
                self._gone(socket, Lost(LossReason.UNREACHABLE, None, text), now, out)
            case _Phase.WELCOMING:
                text = f"no welcome within {self._options.welcome_seconds:g} s"
                self._close(socket, now, out)
                self._gone(socket, Lost(LossReason.NO_WELCOME, None, text), now, out)
            case _Phase.LIVE:
                text = f"neither event nor keepalive for {now - socket.alive_at:.1f} s"
                self._close(socket, now, out)
                self._gone(socket, Lost(LossReason.SILENCE, None, text), now, out)
            case _Phase.DRAINING:
                self._close(socket, now, out)
            case _Phase.CLOSING:
                self._abort(socket, f"no answer to our close within {self._options.close_seconds:g} s", out)
            case _:
                assert_never(socket.phase)

    def _abort(self, socket: _Socket, text: str, out: list[Instruction]) -> None:
        del self._sockets[socket.number]
        out.append(AbortSocket(socket.number, text))

    # -- ends ---------------------------------------------------------------------------------------------------

    def _gone(self, socket: _Socket, lost: Lost, now: float, out: list[Instruction]) -> None:
        """A socket serves no more, though it may still be read. What that means depends on what it was for."""
        if socket is self._successor:
            self._successor = None
            self._failed_reconnects += 1
            url, self._next_url = self._next_url, None
            text = f"the requested reconnect failed: {lost.text}"
            if url is not None and self._failed_reconnects < self._options.reconnects_failed_max:
                self._open_successor(url, now, out)
            elif self._live is None:
                self._end(Lost(LossReason.RECONNECT_FAILED, lost.code, text), out)
            else:
                self._ask_replacement(text, out)
        elif socket is self._live:
            self._live = None
            if self._successor is None:  # else that one takes over, or fails and ends the session
                self._end(lost, out)

    def _end(self, lost: Lost, out: list[Instruction]) -> None:
        assert self._ending is None, "a session ends once"
        self._ending = lost
        if self._sockets and lost.action is Action.REOPEN:
            self._ask_replacement(lost.text, out)

    def _ask_replacement(self, reason: str, out: list[Instruction]) -> None:
        if not self._replacement_asked:
            self._replacement_asked = True
            out.append(ReplacementNeeded(reason))
