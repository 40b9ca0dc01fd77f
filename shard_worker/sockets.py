"""The sessions that a worker holds: opened, kept and let go of as `placement` says, what they read handed on.

They do not depend on Redis or the leader: with either away, bound ones go on delivering.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import aiohttp
import structlog

from fleet import metrics
from fleet.reports import ReportedSession
from fleet.settings import Settings
from shard_worker.control_plane import ControlPlane
from shard_worker.pauses import Pauses
from shard_worker.placement import Held, place
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


@dataclass(slots=True, eq=False)
class Socket:
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


class Sockets:
    """The sessions of one life of a worker.

    take is called with each event and the shard that its session was opened for, once for every event: it must be quick.
    """

    def __init__(
        self,
        settings: Settings,
        http: aiohttp.ClientSession,
        plane: ControlPlane,
        take: Callable[[Notification | Revocation, int], None],
    ) -> None:
        self._url, self._http, self._plane, self._take = settings.addresses.eventsub_url, http, plane, take
        self._options = SessionOptions(reconnect_host_suffixes=settings.reconnect_hosts)
        self._pauses = Pauses(random.Random())  # noqa: S311 # jitter, not a secret
        self._serial = 0
        self._openings_before = 0
        self._closing = False
        self._disturbed: set[DisturbanceKind] = set()
        self.held: dict[int, Socket] = {}
        """By serial."""

    def __len__(self) -> int:
        return len(self.held)

    def reported(self) -> list[ReportedSession]:
        """What the leader is to know: the sessions that Twitch has welcomed."""
        return [
            ReportedSession(socket.session, socket.shard, socket.epoch, socket.serial)
            for socket in self.held.values()
            if socket.session
        ]

    def missing(self) -> int:
        """Shards that are to have a session and have none that was welcomed."""
        orders = self._plane.orders
        welcomed = {socket.shard for socket in self.held.values() if socket.session}
        return 0 if orders is None else sum(shard not in welcomed for shard in orders.open)

    async def run(self) -> None:
        """Goes on until it is cancelled; the sessions are left to `close`."""
        news = self._plane.news
        while True:
            settled = self._place()
            self._show()
            with suppress(TimeoutError):
                pace = SETTLED_SECONDS if settled else PLACEMENT_SECONDS
                async with asyncio.timeout(min(pace, self._pauses.next_end(time.monotonic()))):
                    await news.wait()
            news.clear()

    async def close(self, *, orderly: bool) -> None:
        """Ends every session for good: orderly, reading what is still on its way, or at once."""
        self._closing = True  # orders may still name their shards; nothing is opened in their place
        sockets = list(self.held.values())
        for socket in sockets:
            socket.ending = True
            if orderly:
                socket.connection.close()
            else:
                socket.task.cancel()
        await asyncio.gather(*(socket.task for socket in sockets), return_exceptions=True)

    def open(self, shard: int, epoch: int) -> None:
        """Opens a session for a shard."""
        self._serial += 1
        serial = self._serial
        connection = Connection(self._http, self._url, partial(self._told, serial), options=self._options)
        task = asyncio.create_task(connection.run(), name=f"session of shard {shard}")
        self.held[serial] = Socket(serial, shard, epoch, connection, task)
        task.add_done_callback(partial(self._ended, serial))

    def _place(self) -> bool:
        """Does what is to be done now; says whether that was all for the time being."""
        if self._closing:
            return True
        now, plane = time.monotonic(), self._plane
        if plane.openings_max and not self._openings_before:
            self._pauses.forget()  # Twitch answers the leader again, so what is opened now is bound in time
        self._openings_before = plane.openings_max
        step = place(
            plane.orders,
            [socket.held() for socket in self.held.values()],
            self._pauses.until,
            now,
            led=plane.led,
            openings_max=plane.openings_max,
        )
        for serial, epoch in step.confirm:
            self.held[serial].epoch = epoch
            plane.changed.set()
        for serial in step.unneeded:
            self.held[serial].unneeded_since = now
        for serial in step.needed:
            self.held[serial].unneeded_since = None
        for serial in step.close:
            socket = self.held[serial]
            log.info("session.closed", shard=socket.shard, session=socket.session, reason="no shard needs it")
            socket.ending = True
            socket.connection.close()
        for shard, epoch in step.open:
            self.open(shard, epoch)
        for socket in self.held.values():
            if socket.session in self._bound and not socket.ending:
                self._pauses.bound(socket.shard, now)
        return step.settled

    @property
    def _bound(self) -> Mapping[SessionId, tuple[int, ...]]:
        return self._plane.orders.bound if self._plane.orders else {}

    # -- what a session has to say

    def _told(self, serial: int, outcome: Outcome) -> None:
        """The common case first: this runs once for every event."""
        socket = self.held[serial]
        if type(outcome) is Notification:
            self._take(outcome, socket.shard)
            return
        match outcome:
            case Revocation():
                self._take(outcome, socket.shard)
            case Welcomed(session_id, reconnected):
                # Twitch keeps the id over a reconnect; a new one is reported, and its shard is bound to it like to any.
                socket.session = session_id
                log.info("session.welcomed", shard=socket.shard, session=session_id, reconnected=reconnected)
                self._plane.changed.set()
            case ReconnectRequested():
                metrics.RECONNECTS.labels("requested").inc()
                log.info("session.reconnect_requested", shard=socket.shard, session=socket.session)
            case ReplacementNeeded(reason):
                log.warning("session.replacement_needed", shard=socket.shard, session=socket.session, reason=reason)
                if not socket.ending:
                    # A loss like any other, but that it is read meanwhile: it must not come ever faster.
                    self._pauses.lost(socket.shard, Action.REOPEN, time.monotonic())
                socket.ending = True
                self._plane.news.set()
            case Disturbance(kind, detail):
                metrics.DISTURBANCES.labels(kind).inc()
                if kind not in self._disturbed:  # a peer that sends nothing else must not fill the log
                    self._disturbed.add(kind)
                    log.warning("session.disturbed", shard=socket.shard, kind=kind, detail=detail, more="only counted")
            case Lost():
                self._lost(socket, outcome)

    def _lost(self, socket: Socket, lost: Lost) -> None:
        self.held.pop(socket.serial, None)
        orders = self._plane.orders
        ordered = orders is not None and socket.shard in orders.open
        if ordered and lost.reason is not LossReason.CLOSED_BY_US:
            # One that was replaced while it was still read is lost as well.
            metrics.RECONNECTS.labels(lost.reason).inc()
        if ordered and not socket.ending:
            pause = self._pauses.lost(socket.shard, lost.action, time.monotonic())
            log.warning(
                "session.lost", shard=socket.shard, session=socket.session, reason=lost.reason, code=lost.code,
                text=lost.text, again_in_seconds=round(pause, 2),
            )  # fmt: skip
        self._plane.changed.set()
        self._plane.news.set()

    def _ended(self, serial: int, task: asyncio.Task[Lost]) -> None:
        """A session that ended by a fault of ours told nobody: its shard would stay dark behind a session that seems to live."""
        socket = self.held.get(serial)
        if socket is not None and not task.cancelled() and (fault := task.exception()) is not None:
            log.error("session.failed", shard=socket.shard, session=socket.session, exc_info=fault)
            self._lost(socket, Lost(LossReason.ABORTED, None, "a fault of ours"))

    def _show(self) -> None:
        phases: Counter[str] = Counter()
        for socket in self.held.values():
            if socket.unneeded_since is not None or socket.ending:
                phases["leaving"] += 1
            elif not socket.session:
                phases["opening"] += 1
            else:
                phases["bound" if socket.session in self._bound else "welcomed"] += 1
        for phase in ("opening", "welcomed", "bound", "leaving"):
            metrics.SESSIONS.labels(phase).set(phases[phase])
