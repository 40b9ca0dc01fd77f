"""Runs one job: hands its events to the app's handlers, and settles what became of each.

Order: within a job a broadcaster's events run one after another (a lane), different broadcasters' side by side, at most
`FLEET_HANDLER_CONCURRENCY` handlers at a time in this process. Across jobs there is no order yet: two jobs with one
broadcaster's events may run at the same time, in one process or in two, and an event that is tried again comes after its
successors.

Each event of a job has its own outcome. Those that have to be tried again become jobs of their own, in one transaction,
before arq deletes this one; so a crash between the two runs an event twice and loses none. A job of several events that
is started a second time (its process was killed) is split, so that the one that kills can be told from the others. One
that was there at two deaths is a suspect: it runs while no other suspect does, and from then on only such a run counts.

What a handler raises, other than Retry and GiveUp, also goes to the program's `on_error`, as it does where it runs alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from arq.constants import retry_key_prefix
from arq.worker import Retry as ArqRetry
from redis.asyncio import Redis

from fleet import metrics
from fleet.connection import AWAY
from fleet.dead_letters import keep
from fleet.jobs import Batch, Work, lane, put
from fleet.keys import Keys
from fleet.outcomes import Again, Dead, DeadReason, GiveUp, Retry, after_failure, describe_error
from fleet.settings import Settings
from fleet.streams import StreamEntry
from twitch.errors import DecodeError
from twitch.eventsub import ClientApp
from twitch.eventsub.event import Event
from twitch.eventsub.types import stem_of

log = structlog.get_logger(__name__)

SUSPECT_STARTS = 3
"""A job started so often was there at two deaths of a process. One death says little (a deploy, the kernel, a neighbour),
and what it cut short is better run again side by side."""
NO_HANDLER_PAUSE_SECONDS = 5.0
NO_HANDLER_MAX_SECONDS = 900.0
"""How long an event waits for a process that has a handler for it: longer than a rolling deploy takes."""
FAULT_PAUSE_SECONDS = 5.0
"""After a fault of this module the job runs again; a pause keeps that from being a hot loop."""


@dataclass(slots=True)
class Settlement:
    """What is to be written for the events of a job that are not done, and what is to be counted."""

    again: list[tuple[Work, float]] = field(default_factory=list)
    """With the delay in seconds."""
    dead: list[tuple[Work, DeadReason, str]] = field(default_factory=list)
    """With the reason and the error."""
    finished: set[str] = field(default_factory=set)
    """Ids of the entries that have an outcome."""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(type, outcome) → events."""
    waited: list[float] = field(default_factory=list)
    """Seconds from the worker's socket to the start of the handler."""
    took: list[float] = field(default_factory=list)
    """Seconds in handlers."""

    def outcome(self, work: Work, name: str) -> None:
        self.finished.add(work.entry.id)
        self.counts[work.entry.type, name] += 1


@dataclass(slots=True)
class Handling:
    """The one function that arq runs, bound to the app."""

    client: ClientApp
    redis: Redis
    """One that waits for Redis by itself (arq_redis.py)."""
    keys: Keys
    group: str
    settings: Settings
    rng: random.Random = field(default_factory=random.Random)
    stopping: bool = False
    """Set when the drain is over: handlers that still run are cut off, and their events put back uncounted."""
    _running: set[asyncio.Task[Any]] = field(default_factory=set)
    _suspects: asyncio.Lock = field(default_factory=asyncio.Lock)
    _handlers: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._handlers = asyncio.Semaphore(self.settings.handler_concurrency)

    async def handle(self, ctx: dict[str, Any], batch: Batch) -> None:
        """arq's job function. arq drops a job that raises, so nothing but arq's own Retry ever leaves here."""
        task = asyncio.current_task()
        assert task is not None, "arq runs a job as a task"
        self._running.add(task)
        try:
            await self._job(batch, ctx["job_id"], starts=int(ctx["job_try"]))
        except AWAY:
            raise ArqRetry(FAULT_PAUSE_SECONDS) from None
        except Exception as error:
            log.exception("job.fault", job=ctx["job_id"], events=len(batch))
            metrics.JOBS.labels("fault").inc()
            raise ArqRetry(FAULT_PAUSE_SECONDS) from error
        finally:
            self._running.discard(task)

    def cut_off(self) -> None:
        """The drain is over."""
        self.stopping = True
        for task in list(self._running):
            task.cancel()

    async def _job(self, batch: Batch, job: str, *, starts: int) -> None:
        works = list(batch.works)
        settlement = Settlement()
        if starts > 1 and len(works) > 1:
            settlement.again = [(work.again(), 0.0) for work in works]
            await self._settle(settlement, "split")
            return
        if starts > 1:
            work = works[0].again(tries=works[0].tries + starts - 1)
            if work.tries >= self.settings.handler_tries_max:
                error = f"the process died during each of {work.tries} tries"
                settlement.dead.append((work, DeadReason.KILLED, error))
                settlement.outcome(work, "dead")
                await self._settle(settlement, "killed")
                return
            works = [work]
        try:
            async with self._alone(job) if starts >= SUSPECT_STARTS else contextlib.nullcontext():
                await self._lanes(works, settlement)
        except asyncio.CancelledError:
            if not self.stopping:
                raise
            settlement.again += [(work.again(), 0.0) for work in works if work.entry.id not in settlement.finished]
            await asyncio.shield(self._settle(settlement, "cut_off"))
            return
        await self._settle(settlement, "done")

    @contextlib.asynccontextmanager
    async def _alone(self, job: str) -> AsyncIterator[None]:
        """Waits for the other suspects of this process. arq has counted this start; it is taken back while it waits, else
        the death that another one brings about would count for all of them."""
        starts = f"{retry_key_prefix}{job}"
        await self.redis.decr(starts)
        async with self._suspects:
            await self.redis.incr(starts)
            yield

    async def _lanes(self, works: list[Work], settlement: Settlement) -> None:
        lanes: dict[str, list[Work]] = {}
        for work in works:
            lanes.setdefault(lane(work.entry), []).append(work)
        if len(lanes) == 1:
            await self._lane(works, settlement)
            return
        async with asyncio.TaskGroup() as group:
            for lined_up in lanes.values():
                group.create_task(self._lane(lined_up, settlement))

    async def _lane(self, works: list[Work], settlement: Settlement) -> None:
        for work in works:
            if work.entry.stream == self.keys.revocations:
                await self._revocation(work, settlement)
            elif not self.client.handles(work.entry.type, work.entry.version):
                self._put_back(work, settlement)
            else:
                await self._event(work, settlement)

    def _put_back(self, work: Work, settlement: Settlement) -> None:
        """Another process, newer or older than this one, may have the handler that this one lacks."""
        now_ms = int(time.time() * 1000)
        since_ms = work.unhandled_since_ms or now_ms
        if now_ms - since_ms > NO_HANDLER_MAX_SECONDS * 1000:
            settlement.dead.append(
                (work, DeadReason.NO_HANDLER, f"no handler for {work.entry.type} v{work.entry.version}")
            )
            settlement.outcome(work, "dead")
        else:
            settlement.again.append((work.again(unhandled_since_ms=since_ms), NO_HANDLER_PAUSE_SECONDS))
            settlement.outcome(work, "put_back")

    async def _event(self, work: Work, settlement: Settlement) -> None:
        try:
            event = decode(self.client, work.entry)
        except DecodeError as error:
            settlement.dead.append((work, DeadReason.UNDECODABLE, describe_error(error)))
            settlement.outcome(work, "dead")
            return
        await self._run(work, settlement, self.client.handle(event), event)

    async def _revocation(self, work: Work, settlement: Settlement) -> None:
        try:
            subscription, metadata = work.entry.revocation()
        except DecodeError as error:
            settlement.dead.append((work, DeadReason.UNDECODABLE, describe_error(error)))
            settlement.outcome(work, "dead")
            return
        await self._run(work, settlement, self.client.revoked(subscription, metadata), subscription, metadata)

    async def _run(
        self, work: Work, settlement: Settlement, handler: Coroutine[Any, Any, None], *arguments: object
    ) -> None:
        try:
            await self._handlers.acquire()
        except BaseException:
            handler.close()  # else Python warns that it was never awaited
            raise
        try:
            started = time.monotonic()
            if work.entry.received_ms:
                settlement.waited.append(max(0.0, time.time() - work.entry.received_ms / 1000))
            try:
                async with asyncio.timeout(self.settings.handler_timeout_seconds):
                    await handler
            finally:
                settlement.took.append(time.monotonic() - started)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            await self._failed(work, settlement, error, arguments)  # the handler was cancelled by its own doing
        except (Exception, SystemExit) as error:  # noqa: BLE001 # a handler may raise anything, and must not end the process
            await self._failed(work, settlement, error, arguments)
        else:
            settlement.outcome(work, "done")
        finally:
            self._handlers.release()

    async def _failed(
        self, work: Work, settlement: Settlement, error: BaseException, arguments: tuple[object, ...]
    ) -> None:
        tries = work.tries + 1
        match after_failure(error, tries, self.settings.handler_tries_max, self.rng):
            case Again(seconds):
                settlement.again.append((work.again(tries=tries), seconds))
                settlement.outcome(work, "again")
            case Dead(reason):
                settlement.dead.append((work.again(tries=tries), reason, describe_error(error)))
                settlement.outcome(work, "dead")
        if not isinstance(error, Retry | GiveUp):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.settings.handler_timeout_seconds):
                    await self.client.failed(self._handler_name(work), error, *arguments)

    def _handler_name(self, work: Work) -> str:
        if work.entry.stream == self.keys.revocations:
            return "on_revocation"
        return f"on_{stem_of(work.entry.type)}_v{work.entry.version}"

    async def _settle(self, settlement: Settlement, outcome: str) -> None:
        if settlement.again or settlement.dead:
            await self._write(settlement)
        for (type_, name), count in settlement.counts.items():
            metrics.HANDLED.labels(type_, name).inc(count)
        for work, reason, error in settlement.dead:
            metrics.DEAD_LETTERS.labels(reason).inc()
            log.warning(
                "event.dead", reason=reason.value, error=error, type=work.entry.type, message_id=work.entry.message_id
            )
        metrics.SOCKET_TO_HANDLER.observe_all(settlement.waited)
        metrics.HANDLER_SECONDS.observe_all(settlement.took)
        metrics.JOBS.labels(outcome).inc()

    async def _write(self, settlement: Settlement) -> None:
        """In one transaction. Sent again if its reply was lost: a job's id makes it one job, a dead letter may come twice."""
        seconds, microseconds = await self.redis.time()
        now_ms = seconds * 1000 + microseconds // 1000
        async with self.redis.pipeline(transaction=True) as pipe:
            for work, delay_seconds in settlement.again:
                put(pipe, self.keys, self.group, [work], now_ms=now_ms, delay_seconds=delay_seconds)
            for work, reason, error in settlement.dead:
                keep(
                    pipe,
                    self.keys,
                    self.group,
                    work,
                    reason=reason,
                    error=error,
                    handler=self._handler_name(work),
                    now_ms=now_ms,
                )
            await pipe.execute()


def decode(client: ClientApp, entry: StreamEntry) -> Event[Any]:
    """The event as the app's handler wants it. Raises DecodeError.

    Where a payload has drifted away from its type, a raw handler takes it all the same.
    """
    try:
        return entry.event()
    except DecodeError:
        if client._handlers.raw(entry.type, entry.version) is None:  # noqa: SLF001 # it has no public question for it
            raise
        return entry.event(raw=True)
