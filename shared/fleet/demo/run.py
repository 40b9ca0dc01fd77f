"""The demo from its first process to its last line."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import aiohttp
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fleet import embedded
from fleet.demo.children import DemoFailed
from fleet.demo.options import DemoOptions
from fleet.demo.screen import Screen, Snapshot, describe
from fleet.demo.stage import START_SECONDS, Stage
from fleet.demo.tally import Account, Kill
from fleet.demo.watch import ANSWER_SECONDS, UNREAD, Reading, Watch
from fleet.keys import Keys
from fleet.loop import unless
from fleet.settings import Settings

SILENCE_SECONDS = 15.0
"""The simulator and Redis may leave us without an answer for so long."""
SETTLE_SECONDS = 20.0
"""After the traffic: for what is on its way to arrive and to be handled."""
LOOK_SECONDS = 0.5
RATE_LOOKS = 10
SAYINGS = 3


@dataclass(slots=True)
class Demo:
    """One run."""

    options: DemoOptions
    screen: Screen
    stop: asyncio.Event
    """Set by the first Ctrl-C: end in order."""
    hurry: asyncio.Event
    """Set by the second: end at once."""
    stage: Stage = field(init=False)
    watch: Watch = field(init=False)
    _kills: list[Kill] = field(default_factory=list)
    _dark: frozenset[int] = frozenset()
    """Shards of the killed worker, until they are bound again."""
    _reading: Reading = field(default_factory=Reading)
    _counts: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=RATE_LOOKS))
    _began_at: float = 0.0
    _answered_at: float = 0.0

    async def run(self) -> int:
        """Returns the exit code; nothing that was started is left when it does."""
        folder = self.options.logs or Path(tempfile.mkdtemp(prefix="fleet-demo-"))
        folder.mkdir(parents=True, exist_ok=True)
        self.stage = Stage(folder, self.options)
        keep_logs = self.options.logs is not None
        try:
            account = await self._whole()
        except (DemoFailed, embedded.NoRedis) as failure:
            keep_logs = True
            self.screen.end()
            self.screen.say(f"demo: {failure}")
            self.screen.say(f"The logs are in {folder}")
            return 1
        finally:
            self.screen.end()
            self.stage.children.kill_all()
            if not keep_logs:
                shutil.rmtree(folder, ignore_errors=True)
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
            started = await unless(self.stop, self._start(http, stack))
            if started:
                await self._traffic()
                account = await self._settle()
            self.screen.say("Stopping the processes: workers, handler, coordinator, simulator, redis …")
            await self.stage.end(self.hurry, orderly=started)
        return None if self.hurry.is_set() else account

    # -- the start

    async def _start(self, http: aiohttp.ClientSession, stack: AsyncExitStack) -> None:
        began_at = time.monotonic()
        options, stage, say = self.options, self.stage, self.screen.say
        say(f"Logs of all processes: {stage.folder}")
        say("Starting redis-server and the simulated Twitch …")
        await stage.start_surroundings()
        say(f"Starting a coordinator, {options.workers} shard workers and a handler process with {options.app} …")
        await stage.start_fleet()
        site, keys = stage.site, Keys(Settings().namespace)
        redis = Redis.from_url(site.redis_url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
        stack.push_async_callback(redis.aclose)
        self.watch = Watch(http, redis, keys, site.simulator_url, stage.admin_url, site.admin_token)
        for name, url in stage.urls.items():
            await self._until_so(name, partial(self.watch.ready, f"{url}/readyz"))
        await self._until_so("the conduit", self._unbound)
        say(f"Everything is ready after {time.monotonic() - began_at:.1f} s.")

    async def _until_so(self, what: str, why_not: Callable[[], Awaitable[str]]) -> None:
        """Waits until `why_not` has nothing to say any more, and says what it waits for."""
        deadline = time.monotonic() + START_SECONDS
        told = ""
        while True:
            self.stage.children.check()
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

    async def _look(self) -> bool:
        """Counts and reads once; says whether it could count to the end. Raises DemoFailed where a process has ended or
        nothing can be counted any more."""
        self.stage.children.check()
        counted = False
        try:
            await self.watch.count()
            counted, self._answered_at = True, time.monotonic()
        except (*UNREAD, RedisError) as error:
            if time.monotonic() - self._answered_at > SILENCE_SECONDS:
                raise DemoFailed(f"nothing could be counted for {SILENCE_SECONDS:g} s: {error!r}") from error
        if self.watch.missed:
            raise DemoFailed("the simulator forgot what it had sent before it was counted")
        pages = {name: f"{url}/metrics" for name, url in self.stage.living_urls().items()}
        self._reading = await self.watch.read(pages)
        self._counts.append((time.monotonic(), self.watch.tally.streamed))
        return counted

    def _show(self, seconds: float) -> None:
        (first_at, first), (last_at, last) = self._counts[0], self._counts[-1]
        rate = (last - first) / (last_at - first_at) if last_at > first_at else 0.0
        self.screen.show(
            Snapshot(
                seconds,
                rate,
                self._reading,
                self.watch.tally,
                self.stage.states(),
                self.stage.ids,
                self.stage.printed_by_program(SAYINGS),
                str(self.stage.folder),
            )
        )

    async def _kill_if_due(self, seconds: float) -> None:
        after = self.options.kill_worker_after
        if after is not None and not self._kills and seconds >= after:
            holding = [worker for worker in self._reading.workers if worker.shards and worker.name in self.stage.ids]
            if not holding:
                return
            victim = holding[0]
            child = self.stage.children.members[self.stage.ids[victim.name]]
            await self._look()  # which sessions it has now
            self.stage.children.kill(child)
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
            await self.stage.start_worker()

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
            counted = await self._look()
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
                unsettled=unsettled,
                lost_at_kill=taken if options.kill_worker_after is not None else None,
            )
            if (counted and not account.complaint) or self.hurry.is_set() or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        self._show(time.monotonic() - self._began_at)
        self.screen.end()
        return account
