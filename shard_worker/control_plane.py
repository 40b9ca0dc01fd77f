"""What a worker and the leader tell each other, in one call to Redis at each heartbeat.

The report is level-triggered: what is held goes out whole whenever it changed, and with each heartbeat comes back what is
ordered, whether somebody leads, and how many sockets may be opening.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec
import structlog

from fleet.connection import REDIS_ERRORS, Unavailable, describe, refusal
from fleet.keys import Keys
from fleet.reports import Orders, Report, ReportedSession, encode, read_orders
from fleet.scripts import Scripts
from fleet.settings import Settings

log = structlog.get_logger(__name__)


class ControlPlane:
    """The worker's end of it.

    answers_again is called when Redis answers for the first time, or again; lost_data is called when it turns out to have
    lost its data.
    """

    def __init__(
        self,
        settings: Settings,
        scripts: Scripts,
        name: str,
        incarnation: str,
        *,
        answers_again: Callable[[], None],
        lost_data: Callable[[], None],
    ) -> None:
        self._settings, self._scripts, self._name, self._incarnation = settings, scripts, name, incarnation
        self._keys = Keys(settings.namespace)
        self._answers_again, self._lost_data = answers_again, lost_data
        self.orders: Orders | None = None
        """What the leader wants; None before it has said so."""
        self.led = False
        self.openings_max = 0
        """Sockets that this worker may have opening, as the leader said last."""
        self.active_workers = 0
        self.trouble = "Redis has not answered yet"
        """Why the last report did not arrive; '' where it did."""
        self.refused = False
        """Redis answers, and takes no report: it is full, read-only, or a right is missing."""
        self.changed = asyncio.Event()
        """Set where the report is to go out before the next heartbeat."""
        self.news = asyncio.Event()
        """Set where orders, the leader or the openings are others than before."""
        self._draining = self._left = False
        self._speaking = asyncio.Lock()
        self._report_version, self._report_sent = 0, b""
        self._orders_seen = ""
        self._incarnation_of_redis = b""

    @property
    def answered(self) -> bool:
        """Whether Redis took the last report."""
        return not self.trouble

    def drain(self) -> None:
        """Takes no more shards and asks the leader to move those that are held."""
        self._draining = True
        self.changed.set()

    async def run(self, held: Callable[[], Sequence[ReportedSession]], rate: Callable[[], float]) -> None:
        """Reports until `leave`. held: the sessions of this worker; rate: events a second, lately."""
        while not self._left:
            try:
                async with self._speaking:
                    if not self._left:
                        await self._report(held(), rate())
            except REDIS_ERRORS as error:
                self._troubled(error, len(held()))
                await asyncio.sleep(min(0.5, self._settings.heartbeat_seconds))
                continue
            if self.trouble:
                log.info("redis.answers", worker=self._name)
                self.trouble, self.refused = "", False
                self._answers_again()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat_seconds):
                    await self.changed.wait()
            self.changed.clear()

    async def leave(self) -> None:
        """Takes leave: the leader need not find out by silence."""
        keys = self._keys
        try:
            async with self._speaking:  # a report that crossed it would bring us back
                self._left = True
                await self._scripts.leave(
                    keys=[keys.workers, keys.alive(self._name), keys.report(self._name)],
                    args=[self._name, self._incarnation, keys.rep_wake],
                )
        except REDIS_ERRORS as error:
            log.warning("worker.leave_failed", error=describe(error))

    def _troubled(self, error: Exception, sessions: int) -> None:
        self.refused = refusal(error)
        trouble = "Redis does not answer"
        if self.refused:
            known = "what it holds now" if self._report_sent else "of this worker at all"
            trouble = f"Redis takes no report ({describe(error)}), so the leader does not know {known}"
        if trouble != self.trouble:
            log.warning(
                "report.refused" if self.refused else "redis.unreachable", error=describe(error), sessions=sessions,
                registered=bool(self._report_sent),
            )  # fmt: skip
        self.trouble = trouble

    async def _report(self, sessions: Sequence[ReportedSession], rate: float) -> None:
        report = Report(
            incarnation=self._incarnation,
            active=not self._draining,
            capacity=self._settings.worker_capacity,
            sessions=tuple(sessions),
            rate=rate,
        )
        document = encode(report)
        if document != self._report_sent:
            self._report_version += 1
        try:
            answer = await self._call(document if document != self._report_sent else b"")
            if not answer[0]:
                answer = await self._call(document)
        except Unavailable:
            # A Redis that is full takes no report, but our heartbeat, which is an expiry alone, and tells what is ordered.
            self._hear(await self._call(b""))
            raise
        self._report_sent = document
        self._hear(answer)

    def _hear(self, answer: list) -> None:  # type: ignore[type-arg] # a script's reply: one of each kind
        _, _, incarnation, led, openings, active, version, orders = answer
        if self._incarnation_of_redis and incarnation and incarnation != self._incarnation_of_redis:
            log.warning("redis.lost_its_data", consequence="sessions are reported anew, recent events sent again")
            self.orders, self._orders_seen = None, ""
            self._lost_data()
        self._incarnation_of_redis = incarnation or self._incarnation_of_redis
        if (bool(led), int(openings)) != (self.led, self.openings_max):
            self.news.set()
        self.led, self.openings_max, self.active_workers = bool(led), int(openings), int(active)
        if orders is not None:
            self._take_orders(orders, version.decode("utf-8", "replace"))

    def _take_orders(self, orders: bytes, version: str) -> None:
        try:
            self.orders = read_orders(orders)
        except msgspec.DecodeError as error:
            log.error("orders.unreadable", error=str(error))
        else:
            self._orders_seen = version
            self.news.set()

    async def _call(self, document: bytes) -> list:  # type: ignore[type-arg] # a script's reply: one of each kind
        keys, name = self._keys, self._name
        answer: list = await self._scripts.report(  # type: ignore[type-arg]
            keys=[keys.workers, keys.alive(name), keys.report(name)],
            args=[
                name,
                self._incarnation,
                int(self._settings.member_ttl_seconds * 1000),
                f"{self._incarnation}:{self._report_version}",
                document,
                self._orders_seen,
                keys.rep_wake,
                keys.assigned(name),
                keys.leader,
                keys.incarnation,
                keys.pace,
            ],
        )
        return answer
