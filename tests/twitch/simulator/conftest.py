"""A simulated Twitch in virtual time: the model, a client's side of every socket, and a clock that is moved by hand."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from typing import Any

import aiohttp
import orjson
import pytest

from twitch.ids import ClientId
from twitch.simulator.app import Simulator
from twitch.simulator.catalogue import TYPES, newest_version
from twitch.simulator.conduits import Conduit, Shard, ShardUpdate
from twitch.simulator.helix import Helix
from twitch.simulator.instructions import Abort, Close, Ping, Pong, Send, SendRaw
from twitch.simulator.model import Model
from twitch.simulator.oauth import OAuth
from twitch.simulator.options import Options
from twitch.simulator.people import People
from twitch.simulator.ratelimit import Buckets
from twitch.simulator.subscriptions import Subscription
from twitch.simulator.wire import Method, Status

CLIENT = ClientId("client")
START = 1_700_000_000.0


class World:
    """What a client of the model sees. Pings are answered unless the socket is in `mute`. Displaced sessions are closed."""

    def __init__(self, **options: Any) -> None:
        self.model = Model(Options(**{"close_displaced": True} | options), People())
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
        number = self.model.open(url, query, self.now)
        self.turn()
        return number

    def hang_up(self, socket: int, code: int | None = 1000) -> None:
        self.model.closed(socket, code, self.now)
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

    def revoke(self, subscription_id: str, status: Status) -> None:
        subscription = self.model.subscriptions.get(subscription_id)
        assert subscription is not None
        self.model.revoke(subscription, status, self.now)
        self.turn()

    def happen(self, broadcaster_id: str = "123", type_: str = "stream.online", **order: Any) -> int:
        messages = self.model.events.send({"type": type_, "broadcaster_id": broadcaster_id, **order}, self.now)
        self.turn()
        return messages

    def fault(self, fault: str, **order: Any) -> dict[str, Any]:
        answer = self.model.strikes.order({"fault": fault, **order}, self.now)
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
                        self.model.sent(instruction, self.now)
                    case SendRaw():
                        self.raw.setdefault(instruction.socket, []).append(instruction.data)
                    case Ping():
                        if instruction.socket not in self.mute:
                            self.model.received(instruction.socket, "pong", b"", self.now)
                    case Pong():
                        self.ponged.append(instruction.socket)
                    case Close():
                        self.closed[instruction.socket] = instruction.code
                        self.closed_at[instruction.socket] = self.now
                        self.model.closed(instruction.socket, instruction.code, self.now)
                    case Abort():
                        self.aborted.add(instruction.socket)
                        self.model.closed(instruction.socket, None, self.now)


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Mapping[str, str]


class Api:
    """Helix over a world, called without HTTP. An app access token unless `as_user` names a user."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.oauth = OAuth(Random(1), people=world.model.people)
        self.buckets = Buckets()
        self._helix = Helix(world.model, self.oauth, self.buckets, float)

    def __call__(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: str | None = None,
        as_user: str | None = None,
        client_id: str = CLIENT,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Reply:
        token = f"user-{as_user}" if as_user else self._app_token(client_id)
        sent = {"Authorization": f"Bearer {token}", "Client-Id": client_id, "Content-Type": "application/json"}
        body = b"" if json is None else orjson.dumps(json)
        if form is not None:
            sent["Content-Type"], body = "application/x-www-form-urlencoded", form.encode()
        pairs = [(name, one) for name, value in query.items() for one in ([value] if isinstance(value, str) else value)]
        now = self.world.now
        response = self._helix.answer(method, path, sent | dict(headers or {}), pairs, body, now=now, api_now=now)
        self.world.turn()
        return Reply(response.status, response.body, response.headers)

    def subscribe(self, type_: str, version: str | None, condition: Any, transport: Any, **how: Any) -> Reply:
        json = {"type": type_, "version": version, "condition": condition, "transport": transport}
        return self("POST", "/eventsub/subscriptions", json=json, **how)

    def _app_token(self, client_id: str) -> str:
        parameters = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": "secret"}
        issued = self.oauth.token(parameters, self.world.now)
        assert isinstance(issued, dict)
        return str(issued["access_token"])


class Client:
    """An application on the other side of real sockets."""

    def __init__(self, simulator: Simulator, http: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.http = http
        self._token = ""
        self._kept: list[aiohttp.ClientWebSocketResponse] = []  # aiohttp closes a socket that nobody refers to

    async def call(self, method: str, path: str, **how: Any) -> tuple[int, Any]:
        """A Helix call with an app access token: status and body."""
        if not self._token:
            form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": "secret"}
            async with self.http.post(f"{self.simulator.url}/oauth2/token", data=form) as response:
                self._token = (await response.json())["access_token"]
        headers = {"Authorization": f"Bearer {self._token}", "Client-Id": CLIENT}
        async with self.http.request(method, f"{self.simulator.url}/helix{path}", headers=headers, **how) as response:
            body = await response.read()
            return response.status, orjson.loads(body) if body else None

    async def control(self, method: str, path: str, **how: Any) -> tuple[int, Any]:
        async with self.http.request(method, f"{self.simulator.url}/control{path}", **how) as response:
            return response.status, await response.json()

    async def connect(self, url: str | None = None) -> tuple[aiohttp.ClientWebSocketResponse, str]:
        """A welcomed socket and its session's id."""
        socket = await self.http.ws_connect(url or self.simulator.environment["TWITCH_EVENTSUB_URL"])
        self._kept.append(socket)
        welcome = await receive(socket)
        return socket, welcome["payload"]["session"]["id"]

    async def bound(
        self, shard_count: int = 1, channels: Sequence[str] = ("123",)
    ) -> tuple[str, list[aiohttp.ClientWebSocketResponse]]:
        """A conduit with a socket for each shard and a subscription for each channel."""
        _, made = await self.call("POST", "/eventsub/conduits", json={"shard_count": shard_count})
        conduit_id = made["data"][0]["id"]
        connected = [await self.connect() for _ in range(shard_count)]
        shards = [
            {"id": str(number), "transport": {"method": "websocket", "session_id": session_id}}
            for number, (_, session_id) in enumerate(connected)
        ]
        _, answer = await self.call(
            "PATCH", "/eventsub/conduits/shards", json={"conduit_id": conduit_id, "shards": shards}
        )
        assert answer["errors"] == []
        for channel in channels:
            body = {
                "type": "stream.online",
                "version": "1",
                "condition": {"broadcaster_user_id": channel},
                "transport": {"method": "conduit", "conduit_id": conduit_id},
            }
            status, _ = await self.call("POST", "/eventsub/subscriptions", json=body)
            assert status == 202
        return conduit_id, [socket for socket, _ in connected]


async def receive(socket: aiohttp.ClientWebSocketResponse) -> Any:
    """The next frame, as JSON."""
    message = await socket.receive(timeout=10)
    assert message.type is aiohttp.WSMsgType.TEXT, message
    return orjson.loads(message.data)


@pytest.fixture
async def make_client() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Clients of simulators of their own; arguments are those of `Simulator.serve`."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))

        async def make(**how: Any) -> Client:
            return Client(await stack.enter_async_context(Simulator.serve(**how)), http)

        yield make


@pytest.fixture
async def client(make_client: Callable[..., Awaitable[Client]]) -> Client:
    return await make_client()


@pytest.fixture
def make_world() -> Callable[..., World]:
    return World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def api(world: World) -> Api:
    return Api(world)


@pytest.fixture
def make_api() -> Callable[..., Api]:
    """An Api over a world with other options."""
    return lambda **options: Api(World(**options))
