"""A simulated Twitch in virtual time: the model, a client's side of every socket, and a clock that is moved by hand."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from twitch.ids import ClientId
from twitch.simulator.catalogue import TYPES, newest_version
from twitch.simulator.conduits import Conduit, Shard, ShardUpdate
from twitch.simulator.instructions import Abort, Close, Ping, Pong, Send, SendRaw
from twitch.simulator.model import Model
from twitch.simulator.options import Options
from twitch.simulator.people import People
from twitch.simulator.subscriptions import Subscription
from twitch.simulator.wire import Method

CLIENT = ClientId("client")
START = 1_700_000_000.0


class World:
    """What a client of the model sees. Pings are answered unless the socket is in `mute`."""

    def __init__(self, **options: Any) -> None:
        self.model = Model(Options(**options), People())
        self.now = START
        self.frames: dict[int, list[dict[str, Any]]] = {}
        self.raw: dict[int, list[bytes]] = {}
        self.closed: dict[int, int] = {}
        self.closed_at: dict[int, float] = {}
        self.aborted: set[int] = set()
        self.ponged: list[int] = []
        self.mute: set[int] = set()
        self.gone: set[int] = set()  # sockets whose transport is closing, unbeknown to the model

    def open(self, url: str = "ws://simulator/ws", **query: str) -> int:
        number = self.model.edge.open(url, query, self.now)
        self.turn()
        return number

    def hang_up(self, socket: int, code: int | None = 1000) -> None:
        self.model.edge.closed(socket, code, self.now)
        self.turn()

    def session_id(self, socket: int) -> str:
        return str(self.of(socket, "session_welcome")[0]["payload"]["session"]["id"])

    def of(self, socket: int, message_type: str) -> list[dict[str, Any]]:
        """The frames of one kind that came in on a socket."""
        return [one for one in self.frames.get(socket, []) if one["metadata"]["message_type"] == message_type]

    def events(self, socket: int) -> list[dict[str, Any]]:
        return [one["payload"]["event"] for one in self.of(socket, "notification")]

    def ids(self, socket: int) -> list[str]:
        return [one["metadata"]["message_id"] for one in self.of(socket, "notification")]

    def reconnect(self, socket: int) -> int:
        """Follow the newest session_reconnect of a socket."""
        asked = self.of(socket, "session_reconnect")[-1]["payload"]["session"]["reconnect_url"]
        url, _, query = asked.partition("?")
        return self.open(url, **dict(pair.split("=", 1) for pair in query.split("&")))

    def conduit(self, shard_count: int = 1, client_id: ClientId = CLIENT) -> Conduit:
        conduit = self.model.conduits.create(client_id, shard_count, self.now)
        assert conduit is not None
        return conduit

    def bind(self, conduit: Conduit, sockets: Mapping[int, int]) -> tuple[list[Shard], list[dict[str, str]]]:
        """Bind shards, by number, to the sessions of sockets."""
        updates = [ShardUpdate(str(shard), "websocket", self.session_id(socket)) for shard, socket in sockets.items()]
        answer = self.model.conduits.assign(conduit, updates, self.now)
        self.turn()
        return answer

    def bound_conduit(self, shard_count: int = 1) -> tuple[Conduit, list[int]]:
        """A conduit with one socket for each shard."""
        conduit = self.conduit(shard_count)
        sockets = [self.open() for _ in range(shard_count)]
        self.bind(conduit, dict(enumerate(sockets)))
        return conduit, sockets

    def subscribe(self, conduit: Conduit, type_: str = "stream.online", **condition: str) -> Subscription:
        version = newest_version(type_)
        assert version is not None
        row = TYPES[type_, version]
        filled = row.echoed(condition or {"broadcaster_user_id": "123"})
        transport = (Method.CONDUIT, str(conduit.id))
        return self.model.subscriptions.create(
            conduit.client_id, None, (type_, version), filled, transport, cost=0, now=self.now
        )

    def happen(self, broadcaster_id: str = "123", type_: str = "stream.online", **order: Any) -> int:
        messages = self.model.events.send({"type": type_, "broadcaster_id": broadcaster_id, **order}, self.now)
        self.turn()
        return messages

    def fault(self, fault: str, **order: Any) -> dict[str, Any]:
        answer = self.model.order_fault({"fault": fault, **order}, self.now)
        self.turn()
        return answer

    def pass_time(self, seconds: float) -> None:
        """Let the clock run, stopping wherever something is due."""
        end = self.now + seconds
        while (due := self.model.next_at) is not None and due <= end:
            self.now = max(self.now, due)
            self.model.advance(self.now)
            self.turn()
        self.now = end

    def turn(self) -> None:
        """Do what the model wants, as the shell would."""
        while instructions := self.model.take():
            for instruction in instructions:
                match instruction:
                    case Send() if instruction.socket in self.gone:
                        self.model.unsent(instruction, self.now)
                    case Send():
                        self.raw.setdefault(instruction.socket, []).append(instruction.frame)
                        try:
                            frame = orjson.loads(instruction.frame)
                            frame["metadata"]["message_type"]
                        except (ValueError, KeyError, TypeError):
                            pass  # garbage, on purpose
                        else:
                            self.frames.setdefault(instruction.socket, []).append(frame)
                        self.model.router.sent(instruction, self.now)
                    case SendRaw():
                        self.raw.setdefault(instruction.socket, []).append(instruction.data)
                    case Ping():
                        if instruction.socket not in self.mute:
                            self.model.edge.received(instruction.socket, "pong", b"", self.now)
                    case Pong():
                        self.ponged.append(instruction.socket)
                    case Close():
                        self.closed[instruction.socket] = instruction.code
                        self.closed_at[instruction.socket] = self.now
                        self.model.edge.closed(instruction.socket, instruction.code, self.now)
                    case Abort():
                        self.aborted.add(instruction.socket)
                        self.model.edge.closed(instruction.socket, None, self.now)


@pytest.fixture
def make_world() -> Callable[..., World]:
    return World


@pytest.fixture
def world() -> World:
    return World()
