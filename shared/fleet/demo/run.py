"""The demo from its first process to its last line."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.fernet import Fernet
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fleet import embedded
from fleet.demo import processes
from fleet.demo.children import Child, Children, DemoFailed, ending, logged, printed
from fleet.demo.processes import Site
from fleet.demo.screen import Screen, Snapshot, describe
from fleet.demo.tally import Account, Kill
from fleet.demo.watch import ANSWER_SECONDS, UNREAD, Reading, Watch
from fleet.keys import Keys
from fleet.settings import Settings

START_SECONDS = 60.0
"""For each step of the start, on a slow machine; it takes about five seconds in all."""
SILENCE_SECONDS = 15.0
"""The simulator and Redis may leave us without an answer for so long."""
SETTLE_SECONDS = 20.0
"""After the traffic: for what is on its way to arrive and to be handled."""
END_SECONDS = 30.0
"""For a process to end in order: above FLEET_DRAIN_SECONDS."""
LOOK_SECONDS = 0.5
RATE_LOOKS = 10
SAYINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """What can be asked for on the command line."""

    seconds: float | None
    """Of traffic; None goes on until it is stopped."""
    kill_worker_after: float | None
    """Seconds of traffic after which a worker is killed."""
    rate: float
    channels: int
    workers: int
    shards: int
    app: str
    app_path: Path
    logs: Path | None
    """A folder to keep the logs in; None is a temporary one."""
    types: frozenset[str]
    """The types that the program handles; one that the library does not know stands here with underscores for dots."""

    def handles(self, type_: str) -> bool:
        return type_ in self.types or type_.replace(".", "_") in self.types


@dataclass(slots=True)
class Demo:
    """One run."""

    options: DemoOptions
    screen: Screen
    stop: asyncio.Event
    """Set by the first Ctrl-C: end in order."""
    hurry: asyncio.Event
    """Set by the second: end at once."""
    folder: Path = field(init=False)
    children: Children = field(init=False)
    watch: Watch = field(init=False)
    site: Site = field(init=False)
    _urls: dict[str, str] = field(default_factory=dict)
    """Process → its HTTP address."""
    _ids: dict[str, str] = field(default_factory=dict)
    """Id of a worker's life → the process it is."""
    _kills: list[Kill] = field(default_factory=list)
    _dark: frozenset[int] = frozenset()
    """Shards of the killed worker, until they are bound again."""
    _workers_started: int = 0
    _reading: Reading = field(default_factory=Reading)
    _counts: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=RATE_LOOKS))
    _began_at: float = 0.0
    _answered_at: float = 0.0

    async def run(self) -> int:
        """Returns the exit code; nothing that was started is left when it does."""
        self.folder = self.options.logs or Path(tempfile.mkdtemp(prefix="fleet-demo-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.children = Children(self.folder, processes.clean(os.environ) | {"PYTHONUNBUFFERED": "1"})
        keep_logs = self.options.logs is not None
        try:
            account = await self._whole()
        except (DemoFailed, embedded.NoRedis) as failure:
            keep_logs = True
            self.screen.end()
            self.screen.say(f"demo: {failure}")
            self.screen.say(f"The logs are in {self.folder}")
            return 1
        finally:
            self.screen.end()
            self.children.kill_all()
            if not keep_logs:
                shutil.rmtree(self.folder, ignore_errors=True)
        if account is None:
            return 130
        if account.complaint:
            self.screen.say(f"demo: not as promised: {account.complaint}")
        self.screen.say(account.line)
        return 1 if account.complaint else 0

    async def _whole(self) -> Account | None:
        """None where it was stopped before there was anything to count, or hurried."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        account = None
        async with aiohttp.ClientSession(timeout=timeout) as http, AsyncExitStack() as stack:
            started = await self._unless_stopped(self._start(http, stack))
            if started:
                await self._traffic()
                account = await self._settle()
            await self._end(orderly=started)
        return None if self.hurry.is_set() else account

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Does `work`, unless it is told to stop first; says whether it was done."""
        working, waiting = asyncio.create_task(work), asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
            return working.done()
        finally:
            for task in (working, waiting):
                task.cancel()
            await asyncio.gather(working, waiting, return_exceptions=True)

    # -- the start

    async def _start(self, http: aiohttp.ClientSession, stack: AsyncExitStack) -> None:
        began_at = time.monotonic()
        say = self.screen.say
        say(f"Logs of all processes: {self.folder}")
        say("Starting redis-server and the simulated Twitch …")
        # In the main thread, for a moment: a child of another thread would end with that thread.
        server = embedded.start(folder=self._redis_folder())
        self.children.adopt(Child("redis", server.process, self._redis_folder() / "redis.log"))
        simulator = self.children.start("simulator", processes.simulator_command(), {})
        listening = printed(r"^simulator: listening on (http://\S+)$")
        simulator_url = await self.children.said(simulator, listening, START_SECONDS)
        self.site = Site(
            redis_url=server.url,
            simulator_url=simulator_url,
            shards=self.options.shards,
            app=self.options.app,
            app_path=self.options.app_path,
            client_secret=secrets.token_hex(16),
            token_key=Fernet.generate_key().decode(),
            admin_token=secrets.token_hex(16),
        )
        say(
            f"Starting a coordinator, {self.options.workers} shard workers and a handler process with {self.options.app} …"
        )
        path = self.options.app_path
        coordinator = self.children.start(
            "coordinator", processes.coordinator_command(), self.site.coordinator(), cwd=path
        )
        workers = [self._start_worker() for _ in range(self.options.workers)]
        handler = self.children.start("handler", processes.handler_command(), self.site.program(), cwd=path)

        keys = Keys(Settings().namespace)
        redis = Redis.from_url(server.url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
        stack.push_async_callback(redis.aclose)
        admin_port = await self.children.said(coordinator, logged("admin.listening", "port"), START_SECONDS)
        self.watch = Watch(http, redis, keys, simulator_url, f"http://127.0.0.1:{admin_port}", self.site.admin_token)
        await self._note_address(coordinator, "coordinator.started", "http_port")
        for worker in workers:
            await self._note_worker(worker)
        await self._note_address(handler, "handlers.listening", "port")
        for name in list(self._urls):
            await self._until_so(name, partial(self.watch.ready, f"{self._urls[name]}/readyz"))
        await self._until_so("the conduit", self._unbound)
        say(f"Everything is ready after {time.monotonic() - began_at:.1f} s.")

    def _redis_folder(self) -> Path:
        folder = self.folder / "redis"
        folder.mkdir(exist_ok=True)
        return folder

    def _start_worker(self) -> Child:
        self._workers_started += 1
        name = f"worker-{self._workers_started}"
        return self.children.start(name, processes.worker_command(), self.site.worker(name))

    async def _note_address(self, child: Child, event: str, fact: str) -> None:
        port = await self.children.said(child, logged(event, fact), START_SECONDS)
        self._urls[child.name] = f"http://127.0.0.1:{port}"

    async def _note_worker(self, child: Child) -> None:
        await self._note_address(child, "worker.started", "http_port")
        self._ids[await self.children.said(child, logged("worker.started", "worker"), START_SECONDS)] = child.name

    async def _until_so(self, what: str, why_not: Callable[[], Awaitable[str]]) -> None:
        """Waits until `why_not` has nothing to say any more, and says what it waits for."""
        deadline = time.monotonic() + START_SECONDS
        told = ""
        while True:
            self.children.check()
            why = await why_not()
            if not why:
                return
            if time.monotonic() > deadline:
                raise DemoFailed(f"{what} is not ready after {START_SECONDS:g} s: {why}")
            if why != told:
                self.screen.say(f"Waiting for {what}: {why}")
                told = why
            await asyncio.sleep(0.1)

    async def _unbound(self) -> str:
        """A coordinator is ready as a standby too, so the shards are looked at."""
        phases = (await self.watch.read({})).phases
        return "" if phases == {"bound": self.options.shards} else f"shards: {describe(phases)}"

    # -- the traffic

    async def _traffic(self) -> None:
        options = self.options
        order = {"rate": options.rate, "channels": options.channels, "subscribe": True}
        try:
            await self.watch.simulator("POST", "traffic", order)
        except UNREAD as error:
            raise DemoFailed(f"the simulator did not start the traffic: {error}") from error
        self.screen.say(f"Traffic is on: {options.channels} channels, {options.rate:g} events/s in all.")
        self._began_at = self._answered_at = time.monotonic()
        while not self.stop.is_set():
            seconds = time.monotonic() - self._began_at
            if options.seconds is not None and seconds >= options.seconds:
                return
            await self._look()
            self._show(seconds)
            await self._kill_if_due(seconds)
            left = LOOK_SECONDS if options.seconds is None else min(LOOK_SECONDS, max(0.0, options.seconds - seconds))
            await self._pause(left)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        except TimeoutError:
            return

    async def _look(self) -> None:
        """Counts and reads once. Raises DemoFailed where a process has ended or nothing can be counted any more."""
        self.children.check()
        try:
            await self.watch.count()
            self._answered_at = time.monotonic()
        except (*UNREAD, RedisError) as error:
            if time.monotonic() - self._answered_at > SILENCE_SECONDS:
                raise DemoFailed(f"nothing could be counted for {SILENCE_SECONDS:g} s: {error!r}") from error
        if self.watch.missed:
            raise DemoFailed("the simulator forgot what it had sent before it was counted")
        pages = {name: f"{url}/metrics" for name, url in self._urls.items() if self._alive(name)}
        self._reading = await self.watch.read(pages)
        self._counts.append((time.monotonic(), self.watch.tally.streamed))

    def _alive(self, name: str) -> bool:
        return self.children.members[name].process.poll() is None

    def _show(self, seconds: float) -> None:
        (first_at, first), (last_at, last) = self._counts[0], self._counts[-1]
        rate = (last - first) / (last_at - first_at) if last_at > first_at else 0.0
        processes_ = tuple((name, self._state(child)) for name, child in self.children.members.items())
        said = [line.strip() for line in self.children.members["handler"].tail().splitlines()]
        sayings = tuple(line for line in said if not line.startswith("{"))[-SAYINGS:]
        self.screen.show(
            Snapshot(seconds, rate, self._reading, self.watch.tally, processes_, self._ids, sayings, str(self.folder))
        )

    def _state(self, child: Child) -> str:
        code = child.process.poll()
        return "runs" if code is None else ending(code)

    async def _kill_if_due(self, seconds: float) -> None:
        after = self.options.kill_worker_after
        if after is not None and not self._kills and seconds >= after:
            holding = [worker for worker in self._reading.workers if worker.shards and worker.name in self._ids]
            if not holding:
                return
            victim = holding[0]
            child = self.children.members[self._ids[victim.name]]
            await self._look()  # which sessions it has now
            self.children.kill(child)
            self._kills.append(Kill(frozenset(self.watch.sessions[victim.name]), time.time() * 1000))
            self._dark = frozenset(victim.shards)
            shards = " ".join(map(str, victim.shards))
            self.screen.say(f"{child.name} was killed with SIGKILL; it held the shards {shards}.")
        elif self._dark and self._dark <= {
            s for s, at_ms in self._reading.bound_ms.items() if at_ms > self._kills[-1].at_ms
        }:
            bound_ms = max(self._reading.bound_ms[shard] for shard in self._dark)
            self._dark = frozenset()
            dark_seconds = (bound_ms - self._kills[-1].at_ms) / 1000
            self.screen.say(
                f"Its shards are bound again, {dark_seconds:.1f} s after the kill. Starting another worker."
            )
            await self._note_worker(self._start_worker())

    # -- the end

    async def _settle(self) -> Account:
        """Turns the traffic off, waits for what is on its way, and counts."""
        self.screen.say("Stopping: traffic off, waiting for what is on its way …")
        try:
            await self.watch.simulator("DELETE", "traffic")
        except UNREAD as error:
            raise DemoFailed(f"the simulator did not stop the traffic: {error}") from error
        watch, options = self.watch, self.options
        group = Settings(app=options.app).app_group
        deadline = time.monotonic() + SETTLE_SECONDS
        self._answered_at = time.monotonic()
        while True:
            await self._look()
            lost, taken = watch.tally.missing(self._kills)
            try:
                unsettled = await watch.unsettled(group, options.handles)
            except RedisError as error:
                raise DemoFailed(f"Redis does not answer: {error}") from error
            to_handle = sum(count for type_, count in watch.tally.types.items() if options.handles(type_))
            account = Account(
                sent=watch.tally.sent,
                streamed=watch.tally.streamed,
                handled=self._reading.handled,
                lost=lost,
                duplicated=watch.tally.duplicated,
                twitch_dropped=watch.tally.dropped,
                to_handle=to_handle,
                lost_at_kill=taken if options.kill_worker_after is not None else None,
            )
            if (not account.complaint and not unsettled) or self.hurry.is_set() or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        if unsettled:
            self.screen.say(f"demo: the handlers are not done: {unsettled}")
        self._show(time.monotonic() - self._began_at)
        self.screen.end()
        return account

    async def _end(self, *, orderly: bool) -> None:
        """Ends every process, those first that others do not need. Raises DemoFailed where one does not end well, if
        `orderly`: one that is still starting may not have heard the signal as it would later."""
        self.screen.say("Stopping the processes: workers, handler, coordinator, simulator, redis …")
        members = self.children.members
        workers = [name for name in members if name.startswith("worker-")]
        for names in (workers, ["handler"], ["coordinator"], ["simulator"], ["redis"]):
            group = [members[name] for name in names if name in members]
            for child in await self.children.end(group, END_SECONDS, self.hurry):
                if orderly and not self.hurry.is_set():
                    raise DemoFailed(
                        f"{child.name} did not end well, {ending(child.process.returncode)}. "
                        f"The end of {child.log}:\n{child.tail()}"
                    )
