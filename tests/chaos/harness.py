"""A whole fleet of real processes, and everything that can be done to it.

Each scenario has one of its own: redis-server with an append-only file, the simulated Twitch, coordinators and workers,
numbered events all the while. Processes are started, watched and ended by `fleet.demo.children`, so that none outlives
this one, however it ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import orjson
from redis.asyncio import Redis

from fleet import embedded
from fleet.demo import processes
from fleet.demo.children import Child, Children, logged, printed
from fleet.demo.pages import Page, parse, total
from fleet.embedded import RedisServer
from fleet.keys import Keys
from tests.chaos.account import Life
from tests.chaos.pace import Pace
from tests.chaos.proxy import Proxy
from tests.chaos.reading import Control, Reader
from tests.chaos.replication import Replication

T = TypeVar("T")

BOUND_SECONDS = 120.0
"""Of every wait for a condition, beside the scenario's own durations: the machine may be busy."""
LOOK_SECONDS = 0.05
ADMIN_TOKEN = "admin-token"
CLIENT, SECRET = "client", "right"
AWAY = (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError)
"""What a page that can't be had for the moment raises."""


class NotReached(Exception):
    """A condition did not come about; `str()` says which, and what was seen last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The fleet that a scenario wants."""

    shards: int = 8
    coordinators: int = 2
    workers: int = 4
    channels: int = 100
    rate: int = 0
    """Events a second; 0 is the pace's."""
    settings: tuple[tuple[str, str], ...] = ()
    """Of every process, above the pace's."""
    simulator: tuple[str, ...] = ()
    proxied: bool = False
    """Each coordinator reaches Redis through a proxy of its own."""
    replicated: bool = False
    """Redis has a replica behind a proxy, and a Sentinel tells who is the primary."""
    from_previous: bool = False
    """In the full form the fleet starts from the last commit's build."""


@dataclass(eq=False)
class Fleet:
    """The processes, and what a scenario does to them and asks of them."""

    folder: Path
    pace: Pace
    wanted: Wanted
    http: aiohttp.ClientSession
    say: Callable[[str], None]
    children: Children = field(init=False)
    redis_server: RedisServer = field(init=False)
    control: Control = field(init=False)
    redis: Redis = field(init=False)
    reader: Reader = field(init=False)
    replication: Replication = field(init=False)
    keys: Keys = field(default_factory=lambda: Keys("fleet"))
    lives: dict[str, Life] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    given_up: int = 0
    """Events that the workers themselves counted as given up, where the scenario asks for it."""
    complaints: list[str] = field(default_factory=list)
    """What did not go as promised, times aside."""
    notes: list[str] = field(default_factory=list)
    """Figures of the scenario's own, printed below the table."""
    recovery_seconds: float | None = None
    """The longest time from an act of the scenario to recovery."""
    code: Path | None = None
    """A checkout that processes are started from; None is this one."""
    _urls: dict[str, str] = field(default_factory=dict)
    _admin_urls: dict[str, str] = field(default_factory=dict)
    _log_positions: dict[str, int] = field(default_factory=dict)
    _serials: Counter[str] = field(default_factory=Counter)
    _following: asyncio.Task[None] | None = None
    _struck_at: float | None = None
    """When the scenario did something last, if nobody has waited for recovery since."""

    def __post_init__(self) -> None:
        self.children = Children(self.folder, processes.clean(os.environ) | {"PYTHONUNBUFFERED": "1"})

    # -- start and end

    async def start(self) -> None:
        """Everything, until every shard is bound and events flow."""
        self.redis_server = self.start_redis()
        self.redis = Redis.from_url(self.redis_server.url, socket_timeout=5, socket_connect_timeout=5)
        if self.wanted.replicated:
            self.replication = Replication(self.folder, self.redis_server)
            await self.replication.start(self.children)
        command = [*processes.simulator_command(), "--client", f"{CLIENT}:{SECRET}", *self.wanted.simulator]
        command += ["--time-scale", f"{self.pace.scale:g}"]
        simulator = self.children.start("simulator", command, {})
        url = await self.children.said(simulator, printed(r"^simulator: listening on (http://\S+)$"), BOUND_SECONDS)
        self.control = Control(self.http, url, self.struck)
        self.reader = Reader(self.control, self.redis_server.url, self.keys)
        await asyncio.gather(
            *(self.start_coordinator() for _ in range(self.wanted.coordinators)),
            *(self.start_worker() for _ in range(self.wanted.workers)),
        )
        await self.until("every shard is bound and spread", self.is_spread)
        self._following = asyncio.create_task(self.reader.follow(), name="follow")
        await self.start_traffic()
        await self.flows()

    async def start_traffic(self, rate: int = 0) -> None:
        order = {
            "rate": rate or self.wanted.rate or self.pace.rate,
            "channels": self.wanted.channels,
            "subscribe": True,
        }
        await self.control("POST", "traffic", order)

    def start_redis(self) -> RedisServer:
        """redis-server with its append-only file; again, with the one that is there."""
        self.struck()
        folder = self.folder / "redis"
        folder.mkdir(exist_ok=True)
        known = self.children.members.get("redis")
        port = self.redis_server.port if known is not None else 0
        server = embedded.start("--appendonly", "yes", "--appendfsync", "everysec", folder=folder, port=port)
        self.children.adopt(Child("redis", server.process, folder / "redis.log"))
        return server

    async def start_coordinator(self, **settings: str) -> Child:
        name = self._name("coordinator")
        own = {"TWITCH_CLIENT_ID": CLIENT, "TWITCH_CLIENT_SECRET": SECRET}
        own |= {"FLEET_ADMIN_PORT": "0", "FLEET_ADMIN_TOKEN": ADMIN_TOKEN}
        if self.wanted.proxied:
            proxy = self.proxies[name] = Proxy(self.redis_server.port)
            await proxy.start()
            own["REDIS_URL"] = proxy.url
        child = self._launch(name, processes.coordinator_command(), own | settings)
        self._admin_urls[name] = await self._address(child, "admin.listening", "port")
        self._urls[name] = await self._address(child, "coordinator.started", "http_port")
        return child

    async def start_worker(self, **settings: str) -> Child:
        name = self._name("worker")
        self.lives[name] = Life(name)
        child = self._launch(name, processes.worker_command(), {"FLEET_WORKER_ID": name} | settings)
        self._urls[name] = await self._address(child, "worker.started", "http_port")
        return child

    def _name(self, kind: str) -> str:
        self._serials[kind] += 1
        return f"{kind}-{self._serials[kind]}"

    def _launch(self, name: str, command: list[str], settings: dict[str, str]) -> Child:
        everyone = {
            "TWITCH_API_URL": f"{self.control.url}/helix",
            "TWITCH_AUTH_URL": f"{self.control.url}/oauth2",
            "TWITCH_EVENTSUB_URL": f"{self.control.url.replace('http', 'ws', 1)}/ws",
            "REDIS_URL": self.redis_server.url,
            "FLEET_NAMESPACE": self.keys.namespace,
            "FLEET_SHARDS_MIN": str(self.wanted.shards),
            "FLEET_HTTP_HOST": "127.0.0.1",
            "FLEET_HTTP_PORT": "0",
            "FLEET_LOG_FORMAT": "json",
        }
        path = {} if self.code is None else {"PYTHONPATH": str(self.code / "shared")}
        if self.wanted.replicated:
            everyone |= self.replication.settings
        environ = everyone | self.pace.settings() | dict(self.wanted.settings) | path | settings
        return self.children.start(name, command, environ, cwd=self.code)

    async def _address(self, child: Child, event: str, fact: str) -> str:
        return f"http://127.0.0.1:{await self.children.said(child, logged(event, fact), BOUND_SECONDS)}"

    async def settle(self) -> None:
        """Turns the traffic off and waits until everything that was written stands in a stream, or nothing more comes."""
        with_patience = time.monotonic() + 20.0
        await self.control("DELETE", "traffic")
        before, since = -1, time.monotonic()
        while time.monotonic() < with_patience:
            await self.reader.catch_up()
            waiting, now = self.reader.account.waiting, time.monotonic()
            if waiting != before:
                before, since = waiting, now
            if not waiting or now - since > 5.0:
                return
            await asyncio.sleep(0.2)

    async def end(self) -> None:
        """Nothing is left behind."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        for proxy in self.proxies.values():
            await proxy.stop()
        if hasattr(self, "replication"):
            await self.replication.stop()
        if hasattr(self, "reader"):
            await self.reader.close()
            await self.redis.aclose()
        self.children.kill_all()

    # -- what is done to processes

    def kill(self, child: Child) -> None:
        """SIGKILL."""
        self.struck()
        self.children.kill(child)
        if child.name in self.lives:
            self.lives[child.name].killed_ms = time.time() * 1000

    def stop(self, child: Child) -> None:
        """SIGSTOP: it does nothing more, and its sockets stay open."""
        self.struck()
        child.process.send_signal(signal.SIGSTOP)
        if child.name in self.lives:
            self.lives[child.name].pauses.append((time.time() * 1000, float("inf")))

    def resume(self, child: Child) -> None:
        self.struck()
        child.process.send_signal(signal.SIGCONT)
        if child.name in self.lives:
            pauses = self.lives[child.name].pauses
            pauses[-1] = (pauses[-1][0], time.time() * 1000)

    def terminate(self, child: Child) -> None:
        """SIGTERM."""
        self.struck()
        child.may_end = True
        child.process.terminate()

    def struck(self) -> None:
        """Something is done to the fleet now: recovery is counted from here."""
        self._struck_at = time.monotonic()

    def quiet(self) -> None:
        """Nothing has been done to it so far."""
        self._struck_at = None

    async def recover(self) -> None:
        """Waits until the fleet has recovered from what was done to it last, and notes how long that took."""
        struck_at, self._struck_at = self._struck_at, None
        await self.until("recovered", self.is_recovered)
        if struck_at is not None:
            self.recovery_seconds = max(time.monotonic() - struck_at, self.recovery_seconds or 0.0)

    async def exit_code(self, child: Child) -> int:
        """Waits for it."""

        async def ended() -> bool:
            return child.process.poll() is not None

        await self.until(f"{child.name} ends", ended)
        return int(child.process.returncode)

    async def stop_redis(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ends redis-server; its files stay."""
        self.struck()
        redis = self.children.members["redis"]
        redis.may_end = True
        redis.process.send_signal(number)
        await asyncio.to_thread(redis.process.wait)

    # -- what is asked

    def living(self, kind: str) -> list[Child]:
        """Processes of a kind that run, in the order of their start."""
        return [
            child
            for name, child in self.children.members.items()
            if name.startswith(f"{kind}-") and child.process.poll() is None
        ]

    async def metrics(self, child: Child) -> Page:
        async with self.http.get(f"{self._urls[child.name]}/metrics") as answer:
            return parse(await answer.text())

    async def count(self, children: Iterable[Child], metric: str, **labels: str) -> float:
        return total([await self.metrics(child) for child in children], metric, **labels)

    async def why_not_ready(self, child: Child) -> str:
        """'' where it is ready."""
        async with self.http.get(f"{self._urls[child.name]}/readyz") as answer:
            return "" if answer.status == 200 else (await answer.text()).strip()

    async def api(self, method: str, path: str, body: Any = None, *, of: Child | None = None) -> Any:
        """The admin API of a coordinator that runs: the last one that was started, unless it is named. Raises AWAY."""
        child = of or self.living("coordinator")[-1]
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        data = None if body is None else orjson.dumps(body)
        url = f"{self._admin_urls[child.name]}/api/{path}"
        async with self.http.request(method, url, headers=headers, data=data) as answer:
            found = orjson.loads(await answer.read())
            if answer.status >= 300:
                raise ValueError(f"{method} /api/{path}: {answer.status} {found}")
            return found

    async def state(self) -> Any:
        return await self.api("GET", "fleet")

    async def leader(self) -> Child | None:
        """The coordinator that says it leads."""
        for child in self.living("coordinator"):
            try:
                if await self.count([child], "fleet_leader") == 1:
                    return child
            except AWAY:
                continue
        return None

    async def until_led(self, *, but: Child | None = None) -> Child:
        """Waits until a coordinator leads, other than `but`."""

        async def led() -> Child | None:
            for child in self.living("coordinator"):
                if child is not but and await self.count([child], "fleet_leader") == 1:
                    return child
            return None

        found = await self.until("a coordinator leads", led)
        assert found is not None, "until returns what is true"
        return found

    async def sessions(self) -> dict[str, str]:
        """Shard → session, as Twitch has it."""
        sockets = (await self.control("GET", "sockets"))["sockets"]
        return {shard["shard"]: each["session_id"] for each in sockets for shard in each["shards"]}

    async def shards_of(self, child: Child) -> list[str]:
        """The shards that Twitch sends to a process."""
        self.read_logs()
        mine = self.lives[child.name].sessions
        return sorted(shard for shard, session in (await self.sessions()).items() if session in mine)

    def read_logs(self) -> None:
        """Takes from the workers' logs which sessions each was given."""
        for name, life in self.lives.items():
            with self.children.members[name].log.open("rb") as log:
                log.seek(self._log_positions.get(name, 0))
                whole, _, _ = log.read().rpartition(b"\n")
            self._log_positions[name] = self._log_positions.get(name, 0) + len(whole) + bool(whole)
            for line in whole.splitlines():
                if b'"session.welcomed"' in line:
                    life.sessions.add(orjson.loads(line)["session"])

    def logged(self, child: Child, event: str) -> list[Any]:
        """What a process has logged under an event."""
        lines = child.log.read_bytes().splitlines()
        return [orjson.loads(line) for line in lines if f'"{event}"'.encode() in line]

    # -- conditions

    async def why_not_recovered(self) -> str:
        """'' once every shard is enabled at Twitch with a session of a worker that runs, the leader says bound, and no
        worker has more waiting than a moment's traffic."""
        leader = await self.leader()
        if leader is None:
            return "no coordinator leads"
        if why := await self.why_not_ready(leader):
            return f"{leader.name} is not ready: {why}"
        state = await self.api("GET", "fleet", of=leader)
        if state["conduit"] is None:
            return "the leader has no conduit on record"
        count = state["conduit"]["shard_count"]
        if state["counts"]["shards"] != {"bound": count}:
            return f"the leader says {state['counts']['shards']} of {count} shards"
        self.read_logs()
        working = self.living("worker")
        alive = set().union(*(self.lives[child.name].sessions for child in working))
        conduits = {each["id"]: each for each in (await self.control("GET", "conduits"))["conduits"]}
        for shard in conduits[state["conduit"]["id"]]["shards"][:count]:
            if shard["status"] != "enabled":
                return f"shard {shard['id']} is {shard['status']} at Twitch"
            if shard["transport"]["session_id"] not in alive:
                return f"shard {shard['id']} is bound to a session of no worker that runs"
        waiting = await self.count(working, "fleet_queue_events")
        if waiting > (self.wanted.rate or self.pace.rate) / 2:
            return f"{waiting:.0f} events wait for Redis"
        return ""

    async def is_recovered(self) -> bool:
        return not await self.why_not_recovered()

    async def is_spread(self) -> bool:
        """Recovered, and the shards balanced over the workers to within one."""
        if await self.why_not_recovered():
            return False
        held = [len(await self.shards_of(child)) for child in self.living("worker")]
        return max(held) - min(held) <= 1

    async def flows(self, events: int = 0) -> None:
        """Waits until more events stand in the streams: half a second's worth, unless it is said."""
        wanted = self.reader.account.arrived + (events or self.pace.rate // 2)

        async def arrived() -> bool:
            return self.reader.account.arrived >= wanted

        await self.until("events flow", arrived)

    async def until(self, what: str, check: Callable[[], Awaitable[T]], seconds: float = BOUND_SECONDS) -> T:
        """Polls until what `check` returns is true; returns that. A page that does not answer is asked again. Raises
        NotReached."""
        deadline, last = time.monotonic() + seconds, ""
        while True:
            try:
                if found := await check():
                    return found
            except AWAY as error:
                last = f" ({type(error).__name__}: {error})"
            if time.monotonic() > deadline:
                raise NotReached(f"not within {seconds:g} s: {what}{last}")
            await asyncio.sleep(LOOK_SECONDS)

    async def nap(self, full: float, short: float | None = None) -> None:
        """Lets the scenario's fault last."""
        await asyncio.sleep(self.pace.seconds(full, short))

    def expect(self, holds: object, promise: str) -> None:
        """Notes a promise that is not kept."""
        if not holds:
            self.complaints.append(promise)
            self.say(f"NOT AS PROMISED: {promise}")

    def note(self, text: str) -> None:
        self.notes.append(text)
