"""The worker's shell: sockets as `placement` says, events into the backlog, one call to the control plane in between.

The report is level-triggered: what is held goes out whole whenever it changed, and with each heartbeat comes back what is
ordered. Sockets do not depend on it: with Redis or the leader away, bound ones go on delivering.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import aiohttp
import msgspec
import structlog
from redis.asyncio import Redis

from fleet import metrics
from fleet.connection import REDIS_ERRORS, Unavailable, describe, hash_of
from fleet.keys import Keys
from fleet.reports import Orders, Report, ReportedSession, encode, read_orders
from fleet.scripts import Scripts
from fleet.settings import Settings
from fleet.wake import listening
from shard_worker.adoption import Adoption
from shard_worker.appender import Appender
from shard_worker.backlog import Backlog
from shard_worker.flusher import FLUSH_BYTES_MAX, Flusher
from shard_worker.intake import Intake
from shard_worker.pauses import Pauses
from shard_worker.placement import Held, place
from shard_worker.spooling import Disk, Spooling
from twitch.eventsub.close_codes import Action, LossReason
from twitch.eventsub.connection import Connection
from twitch.eventsub.options import SessionOptions
from twitch.eventsub.outcomes import (
    Disturbance,
    DisturbanceKind,
    Lost,
    Notification,
    Outcome,
    ReconnectRequested,
    ReplacementNeeded,
    Revocation,
    Welcomed,
)
from twitch.ids import SessionId

log = structlog.get_logger(__name__)

PLACEMENT_SECONDS = 0.1
"""Pace of looking at pauses and quiet times, while there are any."""

SETTLED_SECONDS = 1.0
"""Pace otherwise: orders and sessions' news set it off at once."""

REFUSALS = {
    "queue_full": "FLEET_QUEUE_BYTES_MAX is reached while Redis is away or full, and there is no spool",
    "spool_full": "FLEET_SPOOL_BYTES_MAX and FLEET_QUEUE_BYTES_MAX are reached while Redis is away or full",
    "spool_failed": "the spool's disk refuses or is too slow, and FLEET_QUEUE_BYTES_MAX is reached",
}
"""Why an event found no room, by the label that it is counted under."""

DIGITS = re.compile(rb"[0-9]{1,6}")
"""A count of partitions. What else stands there is nothing that this project wrote."""

RATE_SECONDS = 10.0
"""Time over which the reported rate of events is averaged."""


@dataclass(slots=True, eq=False)
class _Socket:
    """A held session and what drives it."""

    serial: int
    shard: int
    epoch: int
    connection: Connection
    task: asyncio.Task[Lost]
    session: SessionId = SessionId("")
    ending: bool = False
    unneeded_since: float | None = None

    def held(self) -> Held:
        return Held(
            self.serial, self.shard, self.epoch, self.session, self.ending, self.unneeded_since,
            self.connection.last_notification_at,
        )  # fmt: skip


class Worker:
    """One life of one shard worker."""

    def __init__(
        self, settings: Settings, redis: Redis, control: Redis, http: aiohttp.ClientSession, name: str, incarnation: str
    ) -> None:
        self.settings, self.name, self.incarnation = settings, name, incarnation
        self._redis, self._http = redis, http
        self._keys = Keys(settings.namespace)
        self._control = Scripts(control)
        self._intake = Intake(self._keys, settings.partitions)
        self._backlog = Backlog(settings.queue_bytes_max, settings.spool_bytes_max, flush_bytes_max=FLUSH_BYTES_MAX)
        appender = Appender(settings, redis, self._keys, Scripts(redis), self._intake.clock)
        disk, partitions = Disk(settings.spool_dir), self._intake.partitions
        self._spooling = Spooling(settings, self._backlog, incarnation, partitions, disk)
        self.flusher = Flusher(settings, self._backlog, self._intake, appender, self._spooling, incarnation)
        self._adoption = Adoption(settings, self._backlog, appender, partitions, disk, self.flusher.replay)
        self._writing: list[asyncio.Task[None]] = []
        self._spooler: asyncio.Task[None] | None = None
        self._sockets: dict[int, _Socket] = {}
        self._session_options = SessionOptions(reconnect_host_suffixes=settings.reconnect_hosts)
        self._serial = 0
        self._pauses = Pauses(random.Random())  # noqa: S311 # jitter, not a secret
        self._orders: Orders | None = None
        self._orders_seen = ""
        self._incarnation_of_redis = b""
        self.led = False
        self.active_workers = 0
        self._openings_max = 0
        self.draining = self._closing = False
        self._report_version = 0
        self._report_sent = b""
        self._changed = asyncio.Event()
        self._speaking, self._left = asyncio.Lock(), False
        self._news = asyncio.Event()
        self.answered = False
        self._refused_since: float | None = None
        self._disturbed: set[DisturbanceKind] = set()
        self._events_before, self._rate, self._rated_at = 0, 0.0, time.monotonic()
        self.events = 0
        """Events read in this life."""

    # -- what others ask

    def why_not_ready(self) -> str:
        """'' once the control plane knows this worker and every shard that it is to hold has a session."""
        if not self.answered:
            return "Redis does not answer"
        if self._orders is None:
            return "" if self.led else "no coordinator leads yet"
        welcomed = {socket.shard for socket in self._sockets.values() if socket.session}
        missing = [shard for shard in self._orders.open if shard not in welcomed]
        return f"{len(missing)} of {len(self._orders.open)} shards have no session yet" if missing else ""

    @property
    def sessions(self) -> int:
        return len(self._sockets)

    @property
    def unwritten(self) -> int:
        """Events read, or adopted, and not yet acknowledged by Redis."""
        return len(self.flusher) + self._adoption.events

    @property
    def adopted(self) -> int:
        """Events of workers that have ended, as far as Redis has not acknowledged them."""
        return self._adoption.events

    def drain(self) -> None:
        """Takes no more shards and asks the leader to move those it has."""
        self.draining = True
        self._changed.set()

    # -- running

    async def run(self) -> None:
        """Goes on until it is cancelled; then every socket is dropped."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._writing = [
                    tasks.create_task(self.flusher.run(), name="flush"),
                    tasks.create_task(self._adoption.run(), name="adopt"),
                ]
                self._spooler = tasks.create_task(self._spooling.run(), name="spool")
                tasks.create_task(self._report_for_ever(), name="report")
                tasks.create_task(self._place_for_ever(), name="place")
                tasks.create_task(listening(self._redis, [self._keys.ctl_wake], self._changed), name="wake")
        finally:
            await self.close_sockets(orderly=False)
            await self._spooling.close()

    async def close_sockets(self, *, orderly: bool) -> None:
        """Ends every session for good: orderly, reading what is still on its way, or at once."""
        self._closing = True  # orders may still name their shards; nothing is opened in their place
        sockets = list(self._sockets.values())
        for socket in sockets:
            socket.ending = True
            if orderly:
                socket.connection.close()
            else:
                socket.task.cancel()
        await asyncio.gather(*(socket.task for socket in sockets), return_exceptions=True)

    async def keep(self) -> int:
        """Ends the writing to Redis; what is in memory goes to the spool. Returns how many events found no place there."""
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)
        self._spooling.end()
        if self._spooler is not None:
            await asyncio.wait({self._spooler})
        return await self._spooling.keep()

    async def leave(self) -> None:
        """Takes leave of the control plane: the leader need not find out by silence."""
        try:
            async with self._speaking:  # a report that crossed it would bring us back
                self._left = True
                await self._control.leave(
                    keys=[self._keys.workers, self._keys.alive(self.name), self._keys.report(self.name)],
                    args=[self.name, self.incarnation, self._keys.rep_wake],
                )
        except REDIS_ERRORS as error:
            log.warning("worker.leave_failed", error=describe(error))

    # -- the control plane

    async def _report_for_ever(self) -> None:
        while not self._left:
            try:
                async with self._speaking:
                    if not self._left:
                        await self._report()
            except REDIS_ERRORS as error:
                if self.answered:
                    log.warning("redis.unreachable", error=describe(error), sessions=self.sessions)
                self.answered = False
                await asyncio.sleep(min(0.5, self.settings.heartbeat_seconds))
                continue
            if not self.answered:
                log.info("redis.answers", worker=self.name)
                self.answered = True
                # What another server may have lost goes out again, whether or not a flush was under way.
                await self._note_data()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.settings.heartbeat_seconds):
                    await self._changed.wait()
            self._changed.clear()

    async def _note_data(self) -> None:
        try:
            await self.flusher.look_for_losses()
            partitions = await hash_of(self._redis, self._keys.partitions)
        except REDIS_ERRORS:
            return
        self._intake.grow(
            {
                type_.decode("utf-8", "replace"): int(count)
                for type_, count in partitions.items()
                if DIGITS.fullmatch(count)
            }
        )

    async def _report(self) -> None:
        report = Report(
            incarnation=self.incarnation,
            active=not self.draining,
            capacity=self.settings.worker_capacity,
            sessions=tuple(
                ReportedSession(socket.session, socket.shard, socket.epoch, socket.serial)
                for socket in self._sockets.values()
                if socket.session
            ),
            rate=self._measured_rate(),
        )
        document = encode(report)
        if document != self._report_sent:
            self._report_version += 1
        try:
            answer = await self._call(document if document != self._report_sent else b"")
            if not answer[0]:
                answer = await self._call(document)
        except Unavailable:
            await self._call(b"")  # a Redis that is full takes no report, but our heartbeat, which is an expiry alone
            raise
        self._report_sent = document
        _, _, incarnation, led, openings, active, version, orders = answer
        if self._incarnation_of_redis and incarnation and incarnation != self._incarnation_of_redis:
            log.warning("redis.lost_its_data", consequence="sessions are reported anew, recent events sent again")
            self._orders, self._orders_seen = None, ""
            self.flusher.replay()
        self._incarnation_of_redis = incarnation or self._incarnation_of_redis
        if not self._openings_max and openings:
            self._pauses.forget()  # Twitch answers the leader again, so what is opened now is bound in time
        if (bool(led), int(openings)) != (self.led, self._openings_max):
            self._news.set()
        self.led, self._openings_max, self.active_workers = bool(led), int(openings), int(active)
        if orders is not None:
            try:
                self._orders = read_orders(orders)
            except msgspec.DecodeError as error:
                log.error("orders.unreadable", error=str(error))
            else:
                self._orders_seen = version.decode("utf-8", "replace")
                self._news.set()

    async def _call(self, document: bytes) -> list:  # type: ignore[type-arg] # a script's reply: one of each kind
        answer: list = await self._control.report(  # type: ignore[type-arg]
            keys=[self._keys.workers, self._keys.alive(self.name), self._keys.report(self.name)],
            args=[
                self.name,
                self.incarnation,
                int(self.settings.member_ttl_seconds * 1000),
                f"{self.incarnation}:{self._report_version}",
                document,
                self._orders_seen,
                self._keys.rep_wake,
                self._keys.assigned(self.name),
                self._keys.leader,
                self._keys.incarnation,
                self._keys.pace,
            ],
        )
        return answer

    def _measured_rate(self) -> float:
        now = time.monotonic()
        if now - self._rated_at >= RATE_SECONDS:
            self._rate = round((self.events - self._events_before) / (now - self._rated_at), 1)
            self._events_before, self._rated_at = self.events, now
        return self._rate

    # -- sockets

    async def _place_for_ever(self) -> None:
        while True:
            settled = self._place()
            self._show()
            with suppress(TimeoutError):
                pace = SETTLED_SECONDS if settled else PLACEMENT_SECONDS
                async with asyncio.timeout(min(pace, self._pauses.next_end(time.monotonic()))):
                    await self._news.wait()
            self._news.clear()

    def _place(self) -> bool:
        """Does what is to be done now; says whether that was all for the time being."""
        if self._closing:
            return True
        now = time.monotonic()
        step = place(
            self._orders,
            [socket.held() for socket in self._sockets.values()],
            self._pauses.until,
            now,
            led=self.led,
            openings_max=self._openings_max,
        )
        for serial, epoch in step.confirm:
            self._sockets[serial].epoch = epoch
            self._changed.set()
        for serial in step.unneeded:
            self._sockets[serial].unneeded_since = now
        for serial in step.needed:
            self._sockets[serial].unneeded_since = None
        for serial in step.close:
            socket = self._sockets[serial]
            log.info("session.closed", shard=socket.shard, session=socket.session, reason="no shard needs it")
            socket.ending = True
            socket.connection.close()
        for shard, epoch in step.open:
            self.open(shard, epoch)
        for socket in self._sockets.values():
            if self._orders is not None and socket.session in self._orders.bound and not socket.ending:
                self._pauses.bound(socket.shard, now)
        return step.settled

    def open(self, shard: int, epoch: int) -> None:
        """Opens a session for a shard."""
        self._serial += 1
        serial = self._serial
        url, owner = self.settings.addresses.eventsub_url, partial(self._told, serial)
        connection = Connection(self._http, url, owner, options=self._session_options)
        task = asyncio.create_task(connection.run(), name=f"session of shard {shard}")
        self._sockets[serial] = _Socket(serial, shard, epoch, connection, task)
        task.add_done_callback(partial(self._ended, serial))

    def _ended(self, serial: int, task: asyncio.Task[Lost]) -> None:
        """A session that ended by a fault of ours told nobody: its shard would stay dark behind a session that seems to live."""
        socket = self._sockets.get(serial)
        if socket is not None and not task.cancelled() and (fault := task.exception()) is not None:
            log.error("session.failed", shard=socket.shard, session=socket.session, exc_info=fault)
            self._lost(socket, Lost(LossReason.ABORTED, None, "a fault of ours"))

    def _told(self, serial: int, outcome: Outcome) -> None:
        """What a session has to say. The common case first: this runs once for every event."""
        socket = self._sockets[serial]
        if type(outcome) is Notification:
            self._take(outcome, socket)
            return
        match outcome:
            case Revocation():
                self._take(outcome, socket)
            case Welcomed(session_id, reconnected):
                # Twitch keeps the id over a reconnect; a new one is reported, and its shard is bound to it like to any.
                socket.session = session_id
                log.info("session.welcomed", shard=socket.shard, session=session_id, reconnected=reconnected)
                self._changed.set()
            case ReconnectRequested():
                metrics.RECONNECTS.labels("requested").inc()
                log.info("session.reconnect_requested", shard=socket.shard, session=socket.session)
            case ReplacementNeeded(reason):
                log.warning("session.replacement_needed", shard=socket.shard, session=socket.session, reason=reason)
                if (
                    not socket.ending
                ):  # a loss like any other, but that it is read meanwhile: it must not come ever faster
                    self._pauses.lost(socket.shard, Action.REOPEN, time.monotonic())
                socket.ending = True
                self._news.set()
            case Disturbance(kind, detail):
                metrics.DISTURBANCES.labels(kind).inc()
                if kind not in self._disturbed:  # a peer that sends nothing else must not fill the log
                    self._disturbed.add(kind)
                    log.warning("session.disturbed", shard=socket.shard, kind=kind, detail=detail, more="only counted")
            case Lost():
                self._lost(socket, outcome)

    def _take(self, event: Notification | Revocation, socket: _Socket) -> None:
        self.events += 1
        if not self._backlog.put(self._intake.row(event, str(socket.shard))):
            why = self._backlog.why_refused()
            metrics.DROPPED.labels(why).inc()
            now = time.monotonic()
            if self._refused_since is None or now - self._refused_since > 10.0:
                self._refused_since = now
                log.error("events.dropped", reason=REFUSALS[why], waiting=len(self._backlog))

    def _lost(self, socket: _Socket, lost: Lost) -> None:
        self._sockets.pop(socket.serial, None)
        wanted = self._orders is not None and socket.shard in self._orders.open
        if not socket.ending and wanted:
            pause = self._pauses.lost(socket.shard, lost.action, time.monotonic())
            metrics.RECONNECTS.labels(lost.reason).inc()
            log.warning(
                "session.lost", shard=socket.shard, session=socket.session, reason=lost.reason, code=lost.code,
                text=lost.text, again_in_seconds=round(pause, 2),
            )  # fmt: skip
        self._changed.set()
        self._news.set()

    def _show(self) -> None:
        phases: Counter[str] = Counter()
        bound: Mapping[SessionId, tuple[int, ...]] = self._orders.bound if self._orders else {}
        for socket in self._sockets.values():
            if socket.unneeded_since is not None or socket.ending:
                phases["leaving"] += 1
            elif not socket.session:
                phases["opening"] += 1
            else:
                phases["bound" if socket.session in bound else "welcomed"] += 1
        for phase in ("opening", "welcomed", "bound", "leaving"):
            metrics.SESSIONS.labels(phase).set(phases[phase])
        metrics.QUEUE_EVENTS.set(len(self._backlog) - self._backlog.on_disk)
        metrics.QUEUE_BYTES.set(self._backlog.bytes)
        metrics.SPOOL_EVENTS.set(self._backlog.on_disk + self._adoption.events)
        metrics.SPOOL_BYTES.set(self._backlog.disk_bytes)
