"""The edge: sockets, and the sessions that they carry.

A *session* is what shards and subscriptions name; a *socket* is one connection. A session has one carrying socket.
Only a requested reconnect gives it another: `session_reconnect` hands out a URL that is good once and for 30 s; the
socket that comes with it takes the session over as soon as it is welcomed, and the former one hears nothing more,
until the client closes it or 4004 does. A client that does not come in time loses the session with that 4004, and one
that closes its carrying socket loses it at once: the URL dies with the session.

What a socket suffers:
- no notification or keepalive for keepalive_timeout_seconds: a keepalive. A ping resets nothing.
- a ping that is not answered: 4002. A frame from the client that is neither pong nor close: 4001.
- its session serves nothing for 10 s after the welcome, or after its last shard went to another session: 4003.
- a reconnect URL that is used up, foreign or too old: 4007 in place of a welcome.

The owner of the edge is told of every lost session (`on_lost`) with the status that its shards take.
Source: https://dev.twitch.tv/docs/eventsub/handling-websocket-events/
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from twitch.ids import SessionId
from twitch.simulator.deadlines import Deadlines
from twitch.simulator.instructions import Abort, Close, Instruction, Ping, Pong, Send
from twitch.simulator.options import Options
from twitch.simulator.wire import CLOSE_CODES, Numbering, Status, session_frame, timestamp

ENDED_MAX: Final = 10_000  # sockets that are remembered after their end
# "The minimum is 10 and the maximum is 600 seconds"; out of range is clamped
KEEPALIVE_SECONDS_MIN: Final = 10
KEEPALIVE_SECONDS_MAX: Final = 600


@dataclass(slots=True, eq=False)
class Session:
    number: int
    id: SessionId
    keepalive_seconds: int
    connected_at: str
    carrier: "Socket | None"
    uses: int = 0  # shards and enabled subscriptions that name it
    unused_since: float | None = None
    challenge: str | None = None  # of the reconnect URL that is out


@dataclass(slots=True, eq=False)
class Socket:
    number: int
    url: str  # by which the client came, without query
    opened_at: float
    session: Session | None = None  # None: refused
    last_frame_at: float = 0.0
    pinged_at: float | None = None  # a ping is unanswered since
    closing: bool = False
    silent_until: float = 0.0  # a fault: what is written here until then gets lost
    ended_at: float = 0.0
    close_code: int | None = None  # ours or the client's; None: cut without one
    ended_by_client: bool = False  # the client's end came first, in order or not

    @property
    def carries(self) -> bool:
        """Whether notifications go here."""
        return not self.closing and self.session is not None and self.session.carrier is self


class Edge:
    """All sockets and sessions. Instructions for the shell gather in `out`."""

    def __init__(
        self,
        options: Options,
        deadlines: Deadlines,
        out: list[Instruction],
        on_lost: Callable[[Session, Status, float], None],
    ) -> None:
        self._options = options
        self._deadlines = deadlines
        self._out = out
        self._on_lost = on_lost
        self._session_ids = Numbering(options.seed, "session")
        self._frame_ids = Numbering(options.seed, "frame")
        self._challenges = Numbering(options.seed, "challenge")
        self._sockets_opened = 0
        self.sockets: dict[int, Socket] = {}
        self.sessions: dict[SessionId, Session] = {}
        self.ended: deque[Socket] = deque(maxlen=ENDED_MAX)
        self.closes: dict[int, int] = {}  # how often each code was sent

    # Stimuli from the shell

    def open(self, url: str, query: Mapping[str, str], now: float) -> int:
        """A WebSocket was opened at `url`; the answer is the number by which the socket goes from now on."""
        self._sockets_opened += 1
        socket = Socket(self._sockets_opened, url, now)
        self.sockets[socket.number] = socket
        if "challenge" in query or "id" in query:
            session = self.sessions.get(SessionId(query.get("id", "")))
            if session is None or session.challenge is None or session.challenge != query.get("challenge"):
                self.close(socket, 4007, now)
                return socket.number
            session.challenge = None
        else:
            number = self._session_ids.next_number()
            session_id = SessionId(self._session_ids.session_id(number))
            session = Session(number, session_id, self._keepalive_seconds(query), timestamp(now), None)
            self.sessions[session_id] = session
            session.unused_since = now
            self._deadlines.at(now + self._options.scaled(self._options.bind_seconds), partial(self._unused, session))
        socket.session = session
        session.carrier = socket
        self._send(socket, "session_welcome", now, self._described(session, "connected", session.keepalive_seconds))
        self._deadlines.at(now + self._window(session), partial(self._keepalive, socket))
        if self._options.ping_seconds:
            self._deadlines.at(now + self._options.scaled(self._options.ping_seconds), partial(self._ping, socket))
        return socket.number

    def received(self, number: int, kind: str, data: bytes, now: float) -> None:
        """A frame of `kind` text, binary, ping or pong came in."""
        socket = self.sockets.get(number)
        if socket is None or socket.closing:
            return
        if kind == "pong":
            socket.pinged_at = None
        elif kind == "ping" and not self._options.refuse_pings:
            if socket.silent_until <= now:
                self._out.append(Pong(number, data))
        else:
            self.close(socket, 4001, now)

    def closed(self, number: int, code: int | None, now: float) -> None:
        """The socket is gone; `code` is the client's, None if there was no close frame."""
        socket = self.sockets.pop(number, None)
        if socket is not None and not socket.closing:
            socket.close_code, socket.ended_by_client = code, True
            # A client's 4000 is no more than any other goodbye.
            self._lose(socket, Status.DISCONNECTED, now)

    # What the model asks for

    def close(self, socket: Socket, code: int, now: float, reason: str | None = None) -> None:
        """Close a socket from our side. Its session is lost at once if this was the one that carried it."""
        if socket.closing:
            return
        name, status = CLOSE_CODES.get(code, ("", Status.DISCONNECTED))
        self._out.append(Close(socket.number, code, name if reason is None else reason))
        socket.close_code = code
        self.closes[code] = self.closes.get(code, 0) + 1
        self._lose(socket, status, now)

    def abort(self, socket: Socket, now: float) -> None:
        if not socket.closing:
            self._out.append(Abort(socket.number))
            self._lose(socket, Status.DISCONNECTED, now)

    def ask_to_reconnect(self, session: Session, now: float) -> None:
        """Send session_reconnect. A second one before the client moved replaces the URL, not the deadline."""
        socket = session.carrier
        if socket is None:
            return
        asked_before = session.challenge is not None
        session.challenge = self._challenges.next_uuid()
        url = f"{socket.url}?{urlencode({'challenge': session.challenge, 'id': session.id})}"
        described = self._described(session, "reconnecting", None, url)
        self._send(socket, "session_reconnect", now, described)
        if not asked_before:
            grace_ends = now + self._options.scaled(self._options.reconnect_seconds)
            self._deadlines.at(grace_ends, lambda at: self.close(socket, 4004, at))

    def notify(self, socket: Socket, send: Send, now: float) -> bool:
        """Put a notification on the wire; False if silence swallowed it."""
        socket.last_frame_at = now
        if socket.silent_until > now:
            return False
        self._out.append(send)
        return True

    def carrier(self, session_id: str) -> Socket | None:
        """The socket that notifications for this session go to."""
        session = self.sessions.get(SessionId(session_id))
        return None if session is None else session.carrier

    def hold(self, session_id: str) -> None:
        """A shard or subscription begins to name the session."""
        session = self.sessions.get(SessionId(session_id))
        if session is not None:
            session.uses += 1
            session.unused_since = None

    def release(self, session_id: str, now: float) -> None:
        """One of them ceased to. The last one may start the ten seconds anew."""
        session = self.sessions.get(SessionId(session_id))
        if session is None:
            return
        session.uses -= 1
        assert session.uses >= 0, session
        if not session.uses and self._options.close_displaced:
            session.unused_since = now
            self._deadlines.at(now + self._options.scaled(self._options.bind_seconds), partial(self._unused, session))

    # Deadlines

    def _unused(self, session: Session, now: float) -> None:
        waited = self._options.scaled(self._options.bind_seconds)
        if session.carrier is None or session.unused_since is None or now < session.unused_since + waited:
            return
        self.close(session.carrier, 4003, now)

    def _keepalive(self, socket: Socket, now: float) -> None:
        if not socket.carries or socket.session is None:
            return
        window = self._window(socket.session)
        if now >= socket.last_frame_at + window:
            self._send(socket, "session_keepalive", now, None)
        self._deadlines.at(socket.last_frame_at + window, partial(self._keepalive, socket))

    def _ping(self, socket: Socket, now: float) -> None:
        if socket.closing:
            return
        if socket.pinged_at is None:
            socket.pinged_at = now
            if socket.silent_until <= now:
                self._out.append(Ping(socket.number))
            wait = self._options.scaled(self._options.pong_seconds)
            self._deadlines.at(now + wait, partial(self._no_pong, socket, now))
        self._deadlines.at(now + self._options.scaled(self._options.ping_seconds), partial(self._ping, socket))

    def _no_pong(self, socket: Socket, pinged_at: float, now: float) -> None:
        if socket.pinged_at == pinged_at:
            self.close(socket, 4002, now)

    # Details

    def _lose(self, socket: Socket, status: Status, now: float) -> None:
        socket.closing, socket.ended_at = True, now
        self.ended.append(socket)
        session = socket.session
        if session is None or session.carrier is not socket:
            return
        session.carrier = None
        session.challenge = None
        del self.sessions[session.id]
        self._on_lost(session, status, now)

    def _send(self, socket: Socket, message_type: str, now: float, session: dict[str, Any] | None) -> None:
        socket.last_frame_at = now
        if socket.silent_until > now:
            return
        frame = session_frame(message_type, self._frame_ids.next_uuid(), now, session)
        self._out.append(Send(socket.number, frame))

    def _described(
        self, session: Session, status: str, keepalive_seconds: int | None, reconnect_url: str | None = None
    ) -> dict[str, Any]:
        return {
            "id": session.id,
            "status": status,
            "connected_at": session.connected_at,
            "keepalive_timeout_seconds": keepalive_seconds,
            "reconnect_url": reconnect_url,
        }

    def _window(self, session: Session) -> float:
        return self._options.scaled(session.keepalive_seconds)

    def _keepalive_seconds(self, query: Mapping[str, str]) -> int:
        try:
            asked = int(query.get("keepalive_timeout_seconds", ""))
        except ValueError:
            return self._options.keepalive_seconds
        return min(max(asked, KEEPALIVE_SECONDS_MIN), KEEPALIVE_SECONDS_MAX)
