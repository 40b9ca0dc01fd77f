"""The Redis client that arq's worker is given, which makes up for what arq does not do itself.

**It outlives outages.** arq's poll loop ends with a traceback at the first ConnectionError. Here every command of arq's
waits until Redis answers again, with one log line an outage; what was a transaction is sent again as a whole. Sending it
twice does no harm: arq's own are deletions, expiries and a count of starts.

**A job in progress is a lease.** arq marks a job for its whole timeout (minutes), so that one whose process was killed
lies idle as long, and finds due jobs by looking at those in progress too, with four round trips each. Here one script
call takes all that can be started: it moves their scores to the end of a lease, which pulse.py moves on while this
process lives. A killed process' jobs are due again when their leases end, and nobody has to clear anything.

What arq calls to start a job (WATCH, EXISTS, ZSCORE, MULTI, PSETEX, EXEC; arq 0.28, worker.start_jobs) is therefore
answered here without a round trip: the job is ours already.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

import structlog
from arq.connections import ArqRedis
from arq.constants import in_progress_key_prefix
from redis.asyncio import ConnectionPool

from fleet.connection import AWAY, describe
from fleet.jobs import deserialize, serialize
from fleet.keys import Keys
from fleet.scripts import Scripts

log = structlog.get_logger(__name__)

T = TypeVar("T")

LOOK_SECONDS = 0.05
"""How long a poll waits at most for a word from this process' own dispatcher. Jobs of other processes' dispatchers and
those that were put off are found this late at most; they, and an idle process, are in no hurry."""
PAUSE_FIRST_SECONDS = 0.05
PAUSE_MAX_SECONDS = 1.0


class PatientRedis(ArqRedis):
    """arq's client. `on_first_use` is called once, inside the event loop, before the first command is sent."""

    def __init__(
        self, pool: ConnectionPool, keys: Keys, *, lease_seconds: float, jobs_max: int, on_first_use: Callable[[], None]
    ) -> None:
        super().__init__(pool, job_serializer=serialize, job_deserializer=deserialize, default_queue_name=keys.queue)
        self._keys, self._lease_ms, self._jobs_max = keys, int(lease_seconds * 1000), jobs_max
        self._on_first_use: Callable[[], None] | None = on_first_use
        self._take = Scripts(self).take
        self._offered: dict[str, float] = {}
        """Taken and not yet started by arq, which may have had no room: they are offered again."""
        self.running: set[str] = set()
        """Jobs that arq has started and not finished."""
        self._look = asyncio.Event()
        """Set when there is reason to look into the queue before LOOK_SECONDS are over."""
        self.idle = asyncio.Event()
        """Set while `running` is empty."""
        self.idle.set()
        self.picking = True
        """Cleared when this process stops: no further job is taken."""
        self.abandoned = False
        """Set when this process can't wait for Redis any longer: what arq could not finish is finished by the next one."""
        self.away = False
        """Redis did not answer the last time; `/readyz` says so."""

    async def patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Awaits a call until Redis answers."""
        pause_seconds = PAUSE_FIRST_SECONDS
        while True:
            try:
                result = await call()
            except AWAY as error:
                if self.abandoned:
                    raise
                if not self.away:
                    log.warning("redis.unreachable", error=describe(error))
                self.away = True
                await asyncio.sleep(pause_seconds)
                pause_seconds = min(pause_seconds * 2, PAUSE_MAX_SECONDS)
            else:
                if self.away:
                    log.info("redis.reachable")
                self.away = False
                return result

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        return await self.patiently(lambda: super(PatientRedis, self).execute_command(*args, **options))  # type: ignore[no-untyped-call] # redis-py's

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Any:  # noqa: FBT001, FBT002, ARG002 # redis-py's signature
        first, self._on_first_use = self._on_first_use, None
        if first is not None:
            first()
        return PatientPipeline(self, transaction=transaction)

    async def attempt(
        self, calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]], *, transaction: bool
    ) -> list[Any]:
        """Sends a pipeline once."""
        async with super().pipeline(transaction=transaction) as pipe:
            for name, args, options in calls:
                getattr(pipe, name)(*args, **options)
            return await pipe.execute()

    async def zrangebyscore(self, name: Any, *args: Any, **options: Any) -> Any:
        """arq's poll: the jobs that it may start now, which are ours from here on. Waits a little for there to be some."""
        if name != self._keys.queue:
            return await super().zrangebyscore(name, *args, **options)
        if not self.picking:
            return []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._look.wait()
        self._look.clear()
        room = self._jobs_max - len(self.running) - len(self._offered)
        if room > 0:
            answer = await self.patiently(lambda: self._take([self._keys.queue], [self._lease_ms, room]))
            for job, score in zip(answer[::2], answer[1::2], strict=True):
                if job.decode() not in self.running:  # its lease had ended while this process could not prolong it
                    self._offered[job.decode()] = float(score)
        if self._offered:
            self._look.set()  # there may be more
        return [job.encode() for job in self._offered]

    def look(self) -> None:
        """There are new jobs: the next poll need not wait."""
        self._look.set()

    def offer(self, job: str) -> float | None:
        """The score that an offered job had; no later than now on this machine's clock, which may lag behind Redis'."""
        score = self._offered.get(job)
        return None if score is None else min(score, time.time() * 1000)

    def started(self, job: str) -> None:
        del self._offered[job]
        self.running.add(job)
        self.idle.clear()

    def finished(self, job: str) -> None:
        if len(self.running) >= self._jobs_max:
            self._look.set()  # there is room again
        self.running.discard(job)
        if not self.running:
            self.idle.set()

    def held(self) -> tuple[str, ...]:
        """The jobs whose leases this process is to prolong (pulse.py). Safe to call from another thread."""
        return (*tuple(self.running), *tuple(self._offered))

    async def release(self, handler: str) -> None:
        """Gives back what was taken and not started, and signs off. Raises redis' errors."""
        calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
            ("srem", (self._keys.handlers, handler), {}),
            ("delete", (self._keys.handler_alive(handler),), {}),
        ]
        if self._offered:
            calls.append(("zadd", (self._keys.queue, dict(self._offered)), {"xx": True}))
        await self.attempt(calls, transaction=True)
        self._offered.clear()

    async def delete(self, *names: Any) -> Any:
        """arq deletes its health check on its way out, when Redis may be away."""
        try:
            return await self.attempt([("delete", names, {})], transaction=False)
        except AWAY:
            return 0


class PatientPipeline:
    """A pipeline of arq's: commands are kept and sent as one, as often as it takes."""

    def __init__(self, redis: PatientRedis, *, transaction: bool) -> None:
        self._redis, self._transaction = redis, transaction
        self._calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._starting = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._calls.clear()

    def __getattr__(self, name: str) -> Callable[..., PatientPipeline]:
        def keep(*args: Any, **options: Any) -> PatientPipeline:
            self._calls.append((name, args, options))
            return self

        return keep

    async def watch(self, mark: str) -> None:
        """arq is about to start a job, and asks whether it may."""
        self._starting = mark.removeprefix(in_progress_key_prefix)

    async def exists(self, _mark: str) -> bool:
        return self._redis.offer(self._starting) is None

    async def zscore(self, _queue: str, job: str) -> float | None:
        return self._redis.offer(job)

    def multi(self) -> None:
        assert self._starting, "arq watches a mark first"

    async def execute(self) -> list[Any]:
        if self._starting:
            self._redis.started(self._starting)
            return []
        finished = [
            key.removeprefix(in_progress_key_prefix)
            for name, keys, _ in self._calls
            if name == "delete"
            for key in keys
            if key.startswith(in_progress_key_prefix)
        ]
        try:
            results = await self._redis.patiently(
                lambda: self._redis.attempt(self._calls, transaction=self._transaction)
            )
        except AWAY:
            if not finished:
                raise
            results = []
        for job in finished:
            self._redis.finished(job)
        return results
