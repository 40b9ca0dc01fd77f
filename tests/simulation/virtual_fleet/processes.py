"""The fleet's processes: the product's own shells, each on a loop, a clock and a network of its own.

What `python -m coordinator` and `python -m shard_worker` do around their shells (signals, probes, exit codes) is small
and stands here again; everything that decides or speaks is the product's.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from virtual_fleet.clocks import Clock
from virtual_fleet.http import VirtualHttp
from virtual_fleet.loop import VirtualLoop
from virtual_fleet.messages import Frame
from virtual_fleet.network import Network
from virtual_fleet.redis import SERVER as REDIS
from virtual_fleet.transport import dialler
from virtual_fleet.world import World

from coordinator.helix import twitch_app
from coordinator.lead import lead
from coordinator.leadership import Leadership
from fleet.connection import connect, reachable
from fleet.settings import Settings
from shard_worker.drain import drain
from shard_worker.worker import Worker

LAG_SECONDS = (0.00001, 0.0001)
"""How long a machine takes to get to a process that has something to do."""


class Process:
    """One life of one process. `name` is the machine's, which outlives it."""

    kind = ""

    def __init__(self, world: World, network: Network, clock: Clock, settings: Settings, name: str, life: int) -> None:
        self.world, self.network, self.clock, self.settings = world, network, clock, settings
        self.machine, self.name = name, f"{name}.{life}"
        self.started_at = world.now
        self.ended_at: float | None = None
        self.killed = False
        self.exit_code: int | None = None
        self.slow_seconds = 0.0
        """Each step of its loop may take so long, at most."""
        uniform = world.chance(f"lag of {self.name}").uniform
        self.loop = VirtualLoop(  # type: ignore[abstract] # the rest is for sockets, signals and subprocesses
            world,
            clock,
            lambda: uniform(*LAG_SECONDS) if not self.slow_seconds else uniform(LAG_SECONDS[0], self.slow_seconds),
            dialler(network, name, lambda _host, _port: REDIS),
        )
        self.on_end: Callable[[Process], None] = lambda _process: None
        self.on_frame: Callable[[Process, Frame], None] = lambda _process, _frame: None
        self.on_drop: Callable[[Process, int], None] = lambda _process, _socket: None
        self._clients: list[Redis] = []
        self._asked = asyncio.Event()
        self._main: asyncio.Task[int] | None = None

    @property
    def alive(self) -> bool:
        return self.ended_at is None

    @property
    def leads(self) -> bool:
        """Whether it holds the lease, as far as it knows."""
        return False

    @property
    def running(self) -> bool:
        """Alive, and not paused."""
        return self.alive and not self.loop.paused

    def start(self) -> None:
        self.in_loop(self._start)

    def _start(self) -> None:
        self._main = self.loop.create_task(self.main(), name=self.name)
        assert self._main is not None
        self._main.add_done_callback(self._ended)

    def in_loop(self, call: Callable[[], Any]) -> None:
        """Has something done by the process itself, at its next step."""
        self.loop.call_soon(call)

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        self.in_loop(self._asked.set)

    def kill(self) -> None:
        """kill -9: what it sent is on its way, nothing more is read or written."""
        if not self.alive:
            return
        self.killed = True
        self.ended_at = self.world.now
        self.loop.kill()
        for server in ("redis", "twitch"):
            for line in list(self.network.link(self.machine, server).lines.values()):
                line.finish(0)
        self.on_end(self)

    def _ended(self, main: asyncio.Task[int]) -> None:
        if not self.alive:
            return
        self.ended_at = self.world.now
        if not main.cancelled() and main.exception() is None:
            self.exit_code = main.result()
        else:
            self.exit_code = 1
        self.loop.kill()
        self.on_end(self)

    def http(self) -> Any:
        return VirtualHttp(
            self.loop,
            self.network,
            self.machine,
            lambda frame: self.on_frame(self, frame),
            lambda socket: self.on_drop(self, socket),
        )

    def redis(self, **options: Any) -> Redis:
        client = connect(self.settings, **options)
        pool = client.connection_pool
        made = iter(range(10**9))

        def numbered(self: Any) -> int:
            """A pool keeps connections in a set: the hash gives it an order that repeats."""
            number = self.__dict__.get("number")
            if number is None:
                number = self.__dict__["number"] = next(made)
            return int(number)

        pool.connection_class = type("Numbered", (pool.connection_class,), {"__hash__": numbered})
        self._clients.append(client)
        return client

    def dispose(self) -> None:
        """After the simulation."""
        self.loop.dispose()
        for client in self._clients:
            pool: Any = client.connection_pool
            for connection in [*pool._available_connections, *pool._in_use_connections]:
                if connection._writer is not None:
                    connection._writer.transport.abort()
                connection._reader = connection._writer = None

    def main(self) -> Coroutine[Any, Any, int]:
        raise NotImplementedError


class Coordinator(Process):
    """A coordinator."""

    kind = "coordinator"
    leadership: Leadership | None = None

    async def main(self) -> int:
        settings = self.settings
        lease_timeout = max(0.2, settings.lease_ttl_seconds / 4)
        redis, control = self.redis(), self.redis(timeout_seconds=lease_timeout, connections_max=2)
        app = twitch_app(settings, self.name)
        app.http._session = self.http()
        leadership = self.leadership = Leadership(settings, control, redis, app, self.name, lead)

        async def stand() -> None:
            await reachable(redis)
            await leadership.run()

        running, waiting = asyncio.create_task(stand()), asyncio.create_task(self._asked.wait())
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        running.cancel()
        result = (await asyncio.gather(running, return_exceptions=True))[0]
        await app.close()
        await control.aclose()
        await redis.aclose()
        return int(isinstance(result, Exception))

    @property
    def leads(self) -> bool:
        return self.alive and self.epoch > 0

    @property
    def epoch(self) -> int:
        """Of the term it is in; 0 for none."""
        term = self.leadership.term if self.leadership is not None else None
        return term.epoch if term is not None else 0

    def acts(self) -> bool:
        """Whether it would write or call as a leader now."""
        leadership = self.leadership
        term = leadership.term if leadership is not None else None
        return term is not None and self.running and term.lease.may_act(self.clock.boottime())


class ShardWorker(Process):
    """A worker."""

    kind = "worker"
    worker: Worker | None = None

    async def main(self) -> int:
        redis, control = self.redis(), self.redis(timeout_seconds=2.0, connections_max=2)
        asked = asyncio.create_task(self._asked.wait())
        reached = asyncio.create_task(reachable(redis))
        await asyncio.wait([asked, reached], return_when=asyncio.FIRST_COMPLETED)
        if not reached.done():
            reached.cancel()
            with suppress(asyncio.CancelledError):
                await reached
            return 0
        worker = self.worker = Worker(self.settings, redis, control, self.http(), self.name, secrets.token_hex(8))
        running = asyncio.create_task(worker.run(), name="worker")
        await asyncio.wait([running, asked], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        code = await drain(worker, asyncio.Event())
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await worker.close()
        await redis.aclose()
        await control.aclose()
        return 1 if worker.failed else code
