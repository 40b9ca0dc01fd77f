"""A whole fleet of real processes: how they start and end, and what can be done to them.

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
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import aiohttp
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fleet import embedded
from fleet.demo import processes
from fleet.demo.children import Child, Children, logged, printed
from fleet.embedded import RedisServer
from fleet.keys import Keys
from tests.chaos.account import Life
from tests.chaos.builds import environment
from tests.chaos.pace import Pace
from tests.chaos.proxy import Proxy
from tests.chaos.reading import Control, client
from tests.chaos.replication import Replication
from tests.chaos.writes import Loss

T = TypeVar("T")

BOUND_SECONDS = 120.0
"""Of every wait for a condition, beside the scenario's own durations: the machine may be busy."""
LOOK_SECONDS = 0.05
ADMIN_TOKEN = "admin-token"
CLIENT, SECRET = "client", "right"
AWAY = (aiohttp.ClientError, RedisError, TimeoutError, OSError, ValueError, KeyError)
"""What is raised by a page, or by a Redis, that can't be had for the moment."""


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
    """Redis has a replica, and a Sentinel tells who is the primary."""
    spooling: bool = False
    """Workers have a spool, all in one folder."""
    from_previous: bool = False
    """In the full form the fleet starts from the last commit's build."""


@dataclass(eq=False)
class Stage:
    """The processes, and what a scenario does to them."""

    folder: Path
    pace: Pace
    wanted: Wanted
    http: aiohttp.ClientSession
    say: Callable[[str], None]
    children: Children = field(init=False)
    redis_server: RedisServer = field(init=False)
    control: Control = field(init=False)
    redis: Redis = field(init=False)
    replication: Replication = field(init=False)
    keys: Keys = field(default_factory=lambda: Keys("fleet"))
    lives: dict[str, Life] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    """Processes that SIGSTOP holds: they answer nobody, and whoever asks them waits."""
    losses: list[Loss] = field(default_factory=list)
    """Each time that Redis lost data, the lease included."""
    code: Path | None = None
    """A checkout that processes are started from; None is this one."""
    _urls: dict[str, str] = field(default_factory=dict)
    _admin_urls: dict[str, str] = field(default_factory=dict)
    _serials: Counter[str] = field(default_factory=Counter)
    _struck_at: float | None = None
    """When the scenario did something last, if nobody has waited for recovery since."""

    def __post_init__(self) -> None:
        self.children = Children(self.folder, processes.clean(os.environ) | {"PYTHONUNBUFFERED": "1"})

    # -- start and end

    async def start_all(self) -> None:
        """Everything; each process listens when this returns."""
        self.redis_server = self.start_redis()
        self.redis = client(self.redis_server.url)
        if self.wanted.replicated:
            self.replication = Replication(self.folder, self.redis_server)
            await self.replication.start(self.children)
        command = [*processes.simulator_command(), "--client", f"{CLIENT}:{SECRET}", *self.wanted.simulator]
        command += ["--time-scale", f"{self.pace.scale:g}"]
        simulator = self.children.start("simulator", command, {})
        url = await self.children.said(simulator, printed(r"^simulator: listening on (http://\S+)$"), BOUND_SECONDS)
        self.control = Control(self.http, url, self.struck)
        await asyncio.gather(
            *(self.start_coordinator() for _ in range(self.wanted.coordinators)),
            *(self.start_worker() for _ in range(self.wanted.workers)),
        )

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
        spool = {"FLEET_SPOOL_DIR": str(self.folder / "spool")} if self.wanted.spooling else {}
        child = self._launch(name, processes.worker_command(), {"FLEET_WORKER_ID": name} | spool | settings)
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
        path = {} if self.code is None else environment(self.code)
        if self.wanted.replicated:
            everyone |= self.replication.settings
        environ = everyone | self.pace.settings() | dict(self.wanted.settings) | path | settings
        return self.children.start(name, command, environ, cwd=self.code)

    async def _address(self, child: Child, event: str, fact: str) -> str:
        return f"http://127.0.0.1:{await self.children.said(child, logged(event, fact), BOUND_SECONDS)}"

    async def end(self) -> None:
        """Nothing is left behind."""
        for proxy in self.proxies.values():
            await proxy.stop()
        if hasattr(self, "redis"):
            await self.redis.aclose()
        self.children.kill_all()

    # -- what is done to processes

    def kill(self, child: Child) -> None:
        """SIGKILL."""
        self.struck()
        self.children.kill(child)
        self.stopped.discard(child.name)
        if child.name in self.lives:
            self.lives[child.name].killed_ms = time.time() * 1000

    def stop(self, child: Child) -> None:
        """SIGSTOP: it does nothing more, and its sockets stay open."""
        self.struck()
        self.stopped.add(child.name)
        child.process.send_signal(signal.SIGSTOP)
        if child.name in self.lives:
            self.lives[child.name].pauses.append((time.time() * 1000, float("inf")))

    def resume(self, child: Child) -> None:
        self.struck()
        child.process.send_signal(signal.SIGCONT)
        self.stopped.discard(child.name)
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

    def lost(self, from_ms: float) -> None:
        """Redis has lost data since `from_ms`; a leader of before may believe in its lease until that would have ended."""
        self.losses.append(Loss(from_ms, time.time() * 1000 + self.pace.lease_seconds * 1000))

    def quiet(self) -> None:
        """Nothing has been done to it so far."""
        self._struck_at = None

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

    # -- waiting

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
