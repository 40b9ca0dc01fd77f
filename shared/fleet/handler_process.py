"""One handlers' process: arq's worker, and what runs beside it.

It imports the program that FLEET_APP names, runs its `on_ready` against what the leader recorded, and from then on does
two things: its dispatcher turns stream entries into jobs (dispatcher.py), arq runs jobs (handling.py). Any number of
these processes share the work.

arq is set explicitly, since its defaults lose events: JSON instead of pickle, no expiry of jobs, no results, polls that
wait for the dispatcher's word, no limit of starts of its own (arq drops a job over it without a word), and a Redis client
that outlives outages and leases jobs (arq_redis.py).

SIGTERM: nothing more is read or taken, jobs that run are finished within `FLEET_DRAIN_SECONDS`, what is then left of
them is put back, exit 0.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import structlog
from arq.connections import RedisSettings
from arq.worker import func
from redis import exceptions
from redis.asyncio import Redis

from fleet import logs
from fleet.apps import AppError, load_app_within
from fleet.arq_redis import PatientRedis
from fleet.connection import connect, describe
from fleet.dispatcher import AWAY_NOW, Dispatcher
from fleet.handling import Handling
from fleet.keys import Keys
from fleet.pulse import Pulse
from fleet.recorded import RecordedHost
from fleet.settings import Settings, process_id, stop
from fleet.streams import REVOCATIONS, GroupReader
from fleet.vault import Vault
from fleet.web import probes, serving
from twitch.app import App
from twitch.eventsub import ClientApp
from twitch.tokens import TokenPair

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.001
"""Between arq's polls, each of which waits for the dispatcher's word by itself (arq_redis.py). arq's own default of half a
second would be most of an event's way."""
LEASE_HEARTBEATS = 10
"""A job's lease in heartbeats, at least: a killed process' jobs run again this long after its last."""
RETRY_PAUSE_MAX_SECONDS = 30.0
CUT_OFF_SECONDS = 3.0
"""After the drain: time to put back what was cut off."""
HEALTH_SECONDS = 30
"""How often arq writes what `arq --check` reads."""


def worker_settings(settings: Settings) -> type:
    """arq's settings class for this process. Must be called in the main thread, before there is an event loop."""
    process = HandlerProcess(settings)
    use_fast_loop()
    logs.configure(settings, process="handlers", handler=process.name)
    for chatty in ("arq.worker", "arq.jobs"):
        # A filter, since arq's command line sets the levels of its loggers anew after this.
        logging.getLogger(chatty).addFilter(lambda record: record.levelno >= logging.WARNING)
    return type(
        "WorkerSettings",
        (),
        {
            "functions": [func(process.handle, name="handle", max_tries=10**9)],
            "redis_pool": process.patient,
            "redis_settings": _for_check(settings),
            "queue_name": process.patient.default_queue_name,
            "job_serializer": process.patient.job_serializer,
            "job_deserializer": process.patient.job_deserializer,
            "max_jobs": settings.handler_concurrency,
            # arq deletes a job that runs into its time-out. Each event has FLEET_HANDLER_TIMEOUT_SECONDS (handling.py); how long
            # a job takes depends on how many of them wait for one another, and for those of other jobs.
            "job_timeout": None,
            "job_completion_wait": max(1, int(settings.drain_seconds)),
            "poll_delay": POLL_SECONDS,
            "keep_result": 0,
            "log_results": False,
            "health_check_interval": HEALTH_SECONDS,
            "on_startup": process.start,
            "on_shutdown": process.end,
        },
    )


def _for_check(settings: Settings) -> RedisSettings:
    """Of `arq --check` alone, which makes a client of its own."""
    found = RedisSettings.from_dsn(str(settings.redis_url))
    if settings.redis_sentinels:
        found.host, found.sentinel = list(settings.redis_sentinels), True
        found.sentinel_master = settings.redis_sentinel_name
    return found


def use_fast_loop() -> None:
    """arq takes the event loop that is set; uvloop's, where it is installed."""
    try:
        import uvloop  # noqa: PLC0415 # an optional dependency
    except ImportError:
        asyncio.set_event_loop(asyncio.new_event_loop())
    else:
        asyncio.set_event_loop(uvloop.new_event_loop())


class HandlerProcess:
    """One handlers' process: what arq calls, and what runs beside it."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.name, self.keys = settings, process_id(), Keys(settings.namespace)
        self.lease_seconds = max(settings.member_ttl_seconds, settings.heartbeat_seconds * LEASE_HEARTBEATS)
        self.redis: Redis = connect(settings)
        """For what must see an outage: the dispatcher and the program's host."""
        self.patient: PatientRedis = PatientRedis(
            connect(settings).connection_pool,
            self.keys,
            lease_seconds=self.lease_seconds,
            jobs_max=settings.handler_concurrency,
            on_first_use=self._first_use,
        )
        self._pulse = Pulse(settings, self.keys, self.name, lease_seconds=self.lease_seconds, held=self.patient.held)
        self._handling: Handling | None = None
        self._dispatcher: Dispatcher | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stack = AsyncExitStack()
        self._worker: asyncio.Task[Any] | None = None
        self._asked = False
        self.not_ready = "starting"

    # -- what arq calls

    async def handle(self, ctx: dict[str, Any], batch: Any) -> None:
        """arq's job function."""
        assert self._handling is not None, "arq takes no job before on_startup is over"
        await self._handling.handle(ctx, batch)

    def _first_use(self) -> None:
        """arq's loop runs, and it is about to look for Redis, which may take a while."""
        logging.getLogger("arq").handlers.clear()  # arq's command line put its own there, beside ours
        self._spawn(self._serve(), "probes")

    async def start(self, _ctx: dict[str, Any]) -> None:
        """arq's on_startup: Redis has answered. Returns when the program is ready; arq takes no job before."""
        loop = asyncio.get_running_loop()
        self._worker = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop_asked, number)
        if (await self.patient.info("cluster")).get("cluster_enabled"):
            stop("REDIS_URL points at a Redis Cluster; one primary (with Sentinel or a managed equivalent) is needed")
        self._pulse.start()
        self._spawn(self._say_that_the_loop_lives(), "loop")
        client = await self._program()

        group = self.settings.app_group
        self._handling = Handling(client, self.patient, self.keys, group, self.settings)
        types = {type_ for type_, _ in client.handled_types()}
        reader = GroupReader(
            self.redis,
            self.keys,
            group,
            self.name,
            # A raw handler of a type that the library does not know stands there with underscores for dots.
            lambda type_: type_ == REVOCATIONS or type_ in types or type_.replace(".", "_") in types,
            idle_ms=int(self.lease_seconds * 1000),
        )
        self._dispatcher = Dispatcher(self.redis, self.keys, self.settings, reader, self.patient.look)
        self._spawn(self._dispatcher.run(), "dispatcher")
        self._spawn(self._dispatcher.watch_lag(), "lag")
        self.not_ready = ""
        log.info("handlers.started", app=self.settings.app, group=group, types=sorted(types))

    async def end(self, _ctx: dict[str, Any]) -> None:
        """arq's on_shutdown: no job runs any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._pulse.stop)
        try:
            await self.patient.release(self.name)
        except (exceptions.RedisError, OSError) as error:
            log.warning("handlers.release_failed", error=describe(error))
        await self._stack.aclose()
        await self.redis.aclose()
        log.info("handlers.stopped")

    # -- the program

    async def _program(self) -> ClientApp:
        """Imports the program and makes it ready, for as long as it takes, and says why it takes."""

        settings = self.settings
        vault = Vault(self.redis, self.keys, settings.token_keys) if settings.token_keys else None
        app = App(settings.client_id, settings.client_secret, addresses=settings.addresses, tokens=vault)
        self._stack.push_async_callback(app.close)
        if vault is not None:
            self._stack.push_async_callback(vault.close)

            async def refresh(refresh_token: str) -> TokenPair:
                token = await app.oauth.refresh(refresh_token)
                return TokenPair(token.access_token, token.refresh_token or refresh_token)

            vault.refresh = refresh
        host = RecordedHost(app, self.redis, self.keys, vault, settings.ready_seconds)
        pause_seconds = 1.0
        while True:
            try:
                hosted = await load_app_within(settings, settings.ready_seconds)
                hosted.client.attach(host)
                host.begin()
                async with asyncio.timeout(settings.ready_seconds * 2):
                    await hosted.client.ready()
                return hosted.client
            except AppError as error:
                reason = str(error)
            except TimeoutError:
                reason = f"{settings.app}: on_ready has not finished within {settings.ready_seconds * 2:g} s"
            except Exception as error:  # noqa: BLE001 # a program may raise anything
                reason = f"{settings.app}: on_ready raised {describe(error)}"
            self.not_ready = reason
            log.error("app.not_ready", reason=reason, again_in_seconds=pause_seconds)
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, RETRY_PAUSE_MAX_SECONDS)

    # -- beside arq

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            log.error("handlers.task_failed", task=task.get_name(), exc_info=task.exception())
            self.not_ready = f"{task.get_name()} has failed"

    async def _serve(self) -> None:

        try:
            port = await self._stack.enter_async_context(
                serving(probes(self._why_not_ready), self.settings.http_host, self.settings.http_port)
            )
        except OSError as error:
            log.error("handlers.no_port", variable="FLEET_HTTP_PORT", port=self.settings.http_port, error=str(error))
        else:
            log.info("handlers.listening", port=port)

    def _why_not_ready(self) -> str:
        if self._asked:
            return "stopping"
        if self.patient.away:
            return AWAY_NOW
        return self.not_ready or (self._dispatcher.trouble if self._dispatcher is not None else "")

    async def _say_that_the_loop_lives(self) -> None:
        while True:
            self._pulse.loop_lives()
            await asyncio.sleep(self.settings.heartbeat_seconds)

    def _stop_asked(self, number: int) -> None:
        if self._asked:
            return
        self._asked = True
        log.info("handlers.stopping", signal=signal.Signals(number).name, jobs=len(self.patient.running))
        self._spawn(self._stop(), "stop")

    async def _stop(self) -> None:
        """Stops reading and taking, lets jobs finish, and then ends arq's worker."""
        self.patient.picking = False
        if self._dispatcher is not None:
            self._dispatcher.stopping = True
        dispatching = [task for task in self._tasks if task.get_name() == "dispatcher"]
        if not await self._idle_within(self.settings.drain_seconds):
            log.warning("handlers.drain_over", jobs=len(self.patient.running))
            if self._handling is not None:
                self._handling.cut_off()
            await self._idle_within(CUT_OFF_SECONDS)
        self.patient.abandoned = True
        if dispatching:
            await asyncio.wait(dispatching, timeout=2.0)
        if self._worker is not None:
            self._worker.cancel()

    async def _idle_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.patient.idle.wait()
        except TimeoutError:
            return False
        return True
