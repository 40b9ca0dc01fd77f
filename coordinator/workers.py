"""What the leader of a term sees of the workers: their reports, and who of them is gone."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import structlog

from coordinator.listing import Listings
from coordinator.membership import Membership
from coordinator.reconcile import Member, ShardRecord
from coordinator.term import Term
from fleet.clock import boottime
from fleet.reports import Report, read_report

log = structlog.get_logger(__name__)

FORGET_SECONDS = 600.0
"""A worker that has been silent this long is forgotten."""


class Workers:
    """The workers of one term, as last observed."""

    def __init__(self, term: Term, listings: Listings) -> None:
        self._term, self._listings = term, listings
        settings = term.settings
        self._membership = Membership(settings.member_ttl_seconds, settings.heartbeat_seconds, gapless_since=boottime())
        self._reports: dict[str, tuple[str, Report]] = {}
        self._unreadable: dict[str, str] = {}
        """Version of the last report of each worker that could not be read; the one before it holds."""
        self.gone: frozenset[str] = frozenset()
        """Those taken for dead."""
        self._late: frozenset[str] = frozenset()

    def interrupted(self) -> None:
        """A call of ours failed: all silence is counted anew from here."""
        self._membership.interrupted(boottime())

    async def observe(self) -> int:
        """Reads what changed; returns Redis' clock, in ms."""
        keys = self._term.keys
        versions = {worker: version for worker, (version, _) in self._reports.items()} | self._unreadable
        seen = [part for pair in versions.items() for part in pair]
        known = self._term.written
        now_ms, written, workers = await self._term.scripts.observe(
            keys=[keys.workers, keys.written], args=[keys.alive(""), keys.report(""), *seen]
        )
        self._term.counted(written, known=known)
        ttl_left: dict[str, float] = {}
        for name, left_ms, version, raw in workers:
            worker = name.decode("utf-8", "replace")
            ttl_left[worker] = left_ms / 1000
            if raw is not None:
                try:
                    report = read_report(raw)
                except msgspec.DecodeError as error:
                    log.error("worker.unreadable_report", worker=worker, error=str(error))
                    self._unreadable[worker] = version.decode("utf-8", "replace")
                    continue
                self._unreadable.pop(worker, None)
                if left_ms >= 0:
                    self._greet(worker, report)
                self._reports[worker] = (version.decode("utf-8", "replace"), report)
        for worker in [known for known in self._reports if known not in ttl_left]:
            log.info("worker.left", worker=worker)
            del self._reports[worker]
        self._unreadable = {worker: version for worker, version in self._unreadable.items() if worker in ttl_left}
        now = boottime()
        self._membership.observed(now, ttl_left)
        for worker in self.gone:
            if self._membership.silent_seconds(worker, now) > FORGET_SECONDS:
                await self._term.scripts.forget(
                    keys=[keys.workers, keys.alive(worker), keys.report(worker)], args=[worker]
                )
        return int(now_ms)

    def _greet(self, worker: str, report: Report) -> None:
        known = self._reports.get(worker)
        if known is None or known[1].incarnation != report.incarnation:
            log.info("worker.joined", worker=worker, capacity=report.capacity, sessions=len(report.sessions))
        elif known[1].active and not report.active:
            log.info("worker.draining", worker=worker)

    def newly_late(self, now: float) -> frozenset[str]:
        """Those whose heartbeat has become late since the last time: Twitch is asked once of what they hold."""
        before, self._late = self._late, self._membership.doubted(now)
        return self._late - before

    def next_late_seconds(self) -> float:
        """How long until the next one is late, if none is heard meanwhile; infinite where there is no other."""
        return self._membership.next_doubt_seconds(boottime())

    def worth_asking(self, now: float) -> bool:
        """Whether Twitch might know of a silent worker's sessions what we do not."""
        asked_at, heartbeat_seconds = self._listings.asked_at, self._term.settings.heartbeat_seconds
        return bool(self._membership.suspects(now)) and asked_at < now - heartbeat_seconds

    def members(self, now: float, records: Mapping[int, ShardRecord]) -> dict[str, Member]:
        """The workers as the plan wants them."""
        held = {worker: [each.session for each in report.sessions] for worker, (_, report) in self._reports.items()}
        listing = self._listings.latest
        enabled = frozenset(listing.enabled.values()) if listing is not None else None
        gone = self._membership.gone(now, held, enabled, self._listings.asked_at)
        # Once gone, its sessions are bound elsewhere and prove nothing any more: it stays gone until it is heard.
        gone |= {worker for worker in self.gone if worker in self._membership.suspects(now)}
        # One that has no heartbeat and holds nothing costs nothing to pass over, and might never come back.
        named = {name for record in records.values() for name in (record.worker, record.holder)}
        gone |= {worker for worker in self._membership.expired if worker not in named and worker in self._reports}
        for worker in sorted(gone - self.gone):
            log.warning("worker.gone", worker=worker, sessions=len(held.get(worker, ())))
        self.gone = frozenset(gone)
        return {
            worker: Member(report, worker in gone, worker in self._late)
            for worker, (_, report) in self._reports.items()
        }


def active(members: Mapping[str, Member]) -> int:
    """How many take shards."""
    return sum(member.report.active and not member.gone for member in members.values())
