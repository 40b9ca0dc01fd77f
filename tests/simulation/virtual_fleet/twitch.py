"""The Twitch of a simulation: the simulator's pure model and Helix, behind the network, in virtual time.

What its own shell does with aiohttp is done here with lines: a WebSocket is a line over which frames go, a Helix call is
a line that carries one request and one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import parse_qsl

import orjson
from virtual_fleet.messages import Answer, Frame, Request, Upgrade
from virtual_fleet.network import Line, Network
from virtual_fleet.world import UNIX_START, Event, World
from yarl import URL

from twitch.simulator.helix import Helix
from twitch.simulator.instructions import Abort, Close, Instruction, Ping, Pong, Send, SendRaw
from twitch.simulator.model import Model
from twitch.simulator.oauth import OAuth
from twitch.simulator.options import Options
from twitch.simulator.ratelimit import Buckets
from twitch.simulator.refusal import Refusal

SERVER = "twitch"
CLIENT_ID, CLIENT_SECRET = "client", "secret"


@dataclass(slots=True)
class Weather:
    """How well Twitch is, as far as the model does not say it."""

    status: int = 0
    """Every Helix call is answered with this; 0 for none."""
    status_share: float = 1.0
    answer_lost: float = 0.0
    """Chance that a call is carried out and its answer lost."""
    held_seconds: float = 0.0
    """A call waits at most this long before it is carried out, whether or not its caller is still there."""
    refused_shards: float = 0.0
    """Chance for each entry of Update Conduit Shards to come back in `errors`."""
    refused_handshakes: float = 0.0
    welcome_seconds: float = 0.0
    """A WebSocket's upgrade is answered at once, its welcome after at most this."""
    notices_lost: bool = False
    """conduit.shard.disabled never arrives."""


class _Peer:
    """Twitch's end of a line, whatever it becomes."""

    def __init__(self, twitch: VirtualTwitch, line: Line) -> None:
        self._twitch, self.line = twitch, line
        self.socket: int | None = None
        self.closing = False
        self.gone = False

    def received(self, item: Any) -> None:
        match item:
            case Upgrade(url):
                self._twitch.upgrade(self, url)
            case Request():
                self._twitch.request(self, item)
            case Frame(kind="close", code=code):
                self._over(code)
            case Frame(kind=kind, data=data) if self.socket is not None:
                self._twitch.frame(self.socket, kind, data)
            case _:
                """A frame that crossed our close."""

    def ended(self, *, reset: bool) -> None:
        self._over(None)

    def _over(self, code: int | None) -> None:
        self.gone = True
        if self.socket is not None and not self.line.finished[1]:
            if not self.closing and code is not None:
                self.line.send(1, Frame("close", code=code))
            number, self.socket = self.socket, None
            self.line.finish(1)
            self._twitch.closed(number, code)
        else:
            self.line.finish(1)


class VirtualTwitch:
    """Twitch as a whole."""

    def __init__(self, world: World, network: Network, options: Options, points_per_minute: int) -> None:
        self._world = world
        self.oauth = OAuth(world.chance("oauth"), clients={CLIENT_ID: CLIENT_SECRET})
        self.model = Model(options, self.oauth.people)
        self._helix = Helix(self.model, self.oauth, Buckets(limit_points=points_per_minute), float)
        self.weather = Weather()
        self._chance = world.chance("weather")
        self._peers: dict[int, _Peer] = {}
        self._alarm: Event | None = None
        self.on_call: list[Callable[[str, Request, Answer], None]] = []
        """Called with the process, its call and the answer, when the call is carried out."""
        network.accept[SERVER] = self._accept

    @property
    def now(self) -> float:
        return UNIX_START + self._world.now

    def _accept(self, line: Line) -> None:
        line.ends[1] = _Peer(self, line)

    def process_of(self, socket: int) -> str:
        """Whose socket this is; '' once it is gone."""
        peer = self._peers.get(socket)
        return peer.line.link.process if peer is not None else ""

    # -- WebSockets

    def upgrade(self, peer: _Peer, url: URL) -> None:
        if self._chance.random() < self.weather.refused_handshakes:
            peer.line.send(1, Answer(503))
            peer.line.finish(1)
            return
        peer.line.send(1, Answer(101))
        wait = self._chance.random() * self.weather.welcome_seconds

        def welcome() -> None:
            if peer.gone:
                return
            address = str(url.with_query(None))
            peer.socket = self.model.open(address, url.query, self.now)
            self._peers[peer.socket] = peer
            self.pump()

        if wait:
            self._world.after(wait, welcome)
        else:
            welcome()

    def frame(self, number: int, kind: str, data: bytes) -> None:
        self.model.received(number, kind, data, self.now)
        self.pump()

    def closed(self, number: int, code: int | None) -> None:
        self._peers.pop(number, None)
        self.model.closed(number, code, self.now)
        self.pump()

    def pump(self) -> None:
        """Carries out what the model wants by now, and sets the alarm for what is due next."""
        while instructions := self.model.take():
            for instruction in instructions:
                self._carry_out(instruction)
        due = self.model.next_at
        if due is None:
            return
        when = due - UNIX_START
        if self._alarm is not None:
            if self._alarm.action is not None and self._alarm.when <= when and self._alarm.when > self._world.now:
                return
            self._alarm.cancel()
        self._alarm = self._world.at(when, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        # Adding what was subtracted may be a grain short of the time that is due.
        self.model.advance(max(self.now, self.model.next_at or 0.0) if self._due() else self.now)
        self.pump()

    def _due(self) -> bool:
        due = self.model.next_at
        return due is not None and due - self.now < 1e-6

    def _carry_out(self, instruction: Instruction) -> None:
        peer = self._peers.get(instruction.socket)
        if isinstance(instruction, Send):
            self._send(peer, instruction)
            return
        if peer is None or peer.closing:
            return
        match instruction:
            case SendRaw(data=data):
                peer.line.send(1, Frame("broken", data, socket=instruction.socket))
            case Ping():
                peer.line.send(1, Frame("ping"))
            case Pong(data=data):
                peer.line.send(1, Frame("pong", data))
            case Close(code=code, reason=reason):
                peer.line.send(1, Frame("close", reason.encode(), code))
                peer.closing = True
                self._world.after(self.model.options.close_seconds, lambda: self._cut(peer))
            case Abort():
                self._cut(peer)
            case _ as never:
                assert_never(never)

    def _send(self, peer: _Peer | None, send: Send) -> None:
        if peer is None or peer.closing or peer.gone:
            self.model.unsent(send, self.now)
            return
        message = send.message
        if not (self.weather.notices_lost and message is not None and message.type == "conduit.shard.disabled"):
            peer.line.send(1, Frame("text", send.frame, message=message, socket=send.socket))
        self.model.sent(send, self.now)

    def _cut(self, peer: _Peer) -> None:
        if peer.socket is not None:
            number, peer.socket = peer.socket, None
            peer.gone = True
            peer.line.abort(1)
            self.closed(number, None)

    # -- HTTP

    def request(self, peer: _Peer, request: Request) -> None:
        held = self._chance.random() * self.weather.held_seconds
        if held:
            self._world.after(held, lambda: self._answer(peer, request))
        else:
            self._answer(peer, request)

    def _answer(self, peer: _Peer, request: Request) -> None:
        weather = self.weather
        is_helix = request.url.path.startswith("/helix")
        if is_helix and weather.status and self._chance.random() < weather.status_share:
            answer = Answer(weather.status, {"Content-Type": "application/json"}, b'{"message":"a bad day"}')
        elif is_helix:
            answer = self.helix(request)
        else:
            answer = self._oauth(request)
        for heard in self.on_call:
            heard(peer.line.link.process, request, answer)
        self.pump()
        if weather.answer_lost and self._chance.random() < weather.answer_lost:
            peer.line.break_()
            return
        peer.line.send(1, answer)
        peer.line.finish(1)

    def helix(self, request: Request) -> Answer:
        """One Helix call, carried out."""
        path = request.url.path.removeprefix("/helix")
        body = request.body if isinstance(request.body, bytes) else b""
        refused: list[dict[str, str]] = []
        if (request.method, path) == ("PATCH", "/eventsub/conduits/shards") and self.weather.refused_shards:
            body, refused = self._some_refused(body)
            if refused and not orjson.loads(body)["shards"]:
                told = orjson.dumps({"data": [], "errors": refused})
                return Answer(202, {"Content-Type": "application/json"}, told)
        response = self._helix.answer(
            request.method,
            path,
            request.headers,
            list(request.url.query.items()),
            body,
            now=self.now,
            api_now=self.now,
        )
        content = response.body
        if refused and isinstance(content, Mapping) and "errors" in content:
            content = {**content, "errors": [*content["errors"], *refused]}
        text = b"" if content is None else orjson.dumps(content)
        return Answer(response.status, {**response.headers, "Content-Type": "application/json"}, text)

    def _some_refused(self, body: bytes) -> tuple[bytes, list[dict[str, str]]]:
        """Update Conduit Shards with some of its entries taken out, and the errors for these."""
        order = orjson.loads(body)
        shards = order.get("shards", [])
        kept = [shard for shard in shards if self._chance.random() >= self.weather.refused_shards]
        refused = [
            {"id": str(shard["id"]), "message": "Internal server error", "code": "internal_error"}
            for shard in shards
            if shard not in kept
        ]
        order["shards"] = kept
        return orjson.dumps(order), refused

    def _oauth(self, request: Request) -> Answer:
        sent = request.body
        form = dict(parse_qsl(sent.decode())) if isinstance(sent, bytes) else dict(sent or {})
        if request.url.path.endswith("/validate"):
            said = self.oauth.validate(request.headers.get("Authorization"), self.now)
        else:
            said = self.oauth.token(form, self.now)
        status, body = (said.status, said.body) if isinstance(said, Refusal) else (200, said)
        return Answer(status, {"Content-Type": "application/json"}, orjson.dumps(body))
