"""The control loop of a term: observe, plan, write, bind; again after every change.

A round reads what workers report (one script), makes the plan (pure), writes what changed (one fenced script) and binds
welcomed sessions, up to 100 shards a PATCH. A worker's report wakes it early; otherwise it goes round a few times a
second, so nothing depends on a message having arrived.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import msgspec
import structlog

from coordinator import conduit as conduits
from coordinator import reconcile
from coordinator.count_plan import Step
from coordinator.ledger import Ledger
from coordinator.listing import Listings
from coordinator.membership import Membership
from coordinator.reconcile import Binding, Member, Observed, Phase, ShardRecord
from coordinator.resizing import Resizing, dark_shards
from coordinator.term import Conduit, Term
from fleet import metrics
from fleet.clock import boottime
from fleet.connection import AWAY, describe
from fleet.reports import Report, read_report
from fleet.wake import listening
from twitch import errors
from twitch.ids import SessionId
from twitch.models import ShardUpdate

log = structlog.get_logger(__name__)

PATCH_SHARDS_MAX = 100
"""Shards in one Update Conduit Shards: https://dev.twitch.tv/docs/api/reference/#update-conduit-shards"""

OPENINGS_MAX = 400
"""Sockets that the fleet has opening at a time: four PATCHes, which fit well inside Twitch's 10 s after a welcome."""

BIND_SECONDS_MAX = 10.0
"""Twitch closes a socket that is not bound so long after its welcome, so a later answer is of no use; and the loop waits."""

REFUSED_PAUSE_SECONDS = 2.0
"""A binding that Twitch refused is tried again after this: its session is mostly dead, and its worker about to know."""

REFUSED_PARK_PAUSE_SECONDS = 0.5
"""A shard that Twitch would not have parked waits for a socket of its own; after this another host is tried as well."""

REFUSED_CONDUIT_PAUSE_SECONDS = 5.0
"""No conduit may be taken without a person's decision; one may have been deleted meanwhile, or a worker have come back."""

FORGET_SECONDS = 600.0
"""A worker that has been silent this long is forgotten."""


class Control:
    """The shards of one term."""

    def __init__(self, term: Term, named_conduit: Callable[[], Awaitable[str]]) -> None:
        self._term, self._named = term, named_conduit
        self._settings = term.settings
        self._wake = asyncio.Event()
        self._ledger = Ledger(term)
        self._listings = Listings(term, self._wake)
        self._resizing = Resizing(term, self._listings)
        self._membership = Membership(
            self._settings.member_ttl_seconds, self._settings.heartbeat_seconds, gapless_since=boottime()
        )
        self._records: dict[int, ShardRecord] = {}
        self._reports: dict[str, tuple[str, Report]] = {}
        self._gone: frozenset[str] = frozenset()
        self._bound_at: dict[int, int] = {}
        self._held_back: dict[tuple[int, SessionId], float] = {}
        self._unparkable: dict[int, float] = {}
        self._incarnation: bytes | None = None
        self._loaded = False

    async def run(self) -> None:
        """Goes round until the term ends. Raises Deposed."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(listening(self._term.redis, [self._term.keys.rep_wake], self._wake), name="wake")
                tasks.create_task(self._rounds(), name="rounds")
        finally:
            await self._listings.stop()

    def doubt(self, shard: int, session: str) -> None:
        """Somebody heard that Twitch disabled a shard with that session: ask at once, unless it has another by now."""
        record = self._records.get(shard)
        if record is not None and record.session == session:
            self._listings.soon()

    async def _rounds(self) -> None:
        pause = min(0.5, self._settings.heartbeat_seconds / 2)
        while True:
            try:
                await self._once()
            except AWAY as error:
                self._membership.interrupted(boottime())
                self._not_ready(f"Redis or Twitch did not answer: {describe(error)}")
                await asyncio.sleep(pause)
            except errors.TwitchException as error:
                self._not_ready(f"Twitch refuses: {error}")
                await asyncio.sleep(1.0 if error.transient else 10.0)
            else:
                if self._term.not_ready.pop("control", None):
                    log.info("control.goes_on")
                await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()
            # Welcomes come in flocks: what arrives within this moment shares one PATCH.
            await asyncio.sleep(self._settings.bind_gather_seconds)
        self._wake.clear()

    def _not_ready(self, sentence: str) -> None:
        if self._term.not_ready.get("control") != sentence:
            log.warning("control.waits", reason=sentence)
        self._term.not_ready["control"] = sentence

    async def _once(self) -> None:
        conduit = self._term.conduit
        if conduit is None:
            await self._settle()
        elif not self._loaded:
            await self._load(conduit)
        else:
            await self._round(conduit)

    async def _settle(self) -> None:
        try:
            conduit = await conduits.settle(self._term, self._named)
        except conduits.ConduitRefused as refusal:
            if self._term.not_ready.get("conduit") != str(refusal):
                log.error("conduit.refused", reason=str(refusal))
            self._term.not_ready["conduit"] = str(refusal)
            await asyncio.sleep(REFUSED_CONDUIT_PAUSE_SECONDS)
            return
        self._term.not_ready.pop("conduit", None)
        self._term.conduit = conduit
        self._wake.set()

    async def _load(self, conduit: Conduit) -> None:
        """Takes over what the last leader wrote. What it may still have sent to Twitch is found by listing: now, and again
        when the last deadline of its calls is surely over."""
        self._records = await self._ledger.read()
        await self._resizing.load(conduit)
        self._loaded = True
        self._listings.soon()
        asyncio.get_running_loop().call_later(self._settings.lease_ttl_seconds, self._listings.soon)
        log.info("control.loaded", conduit=conduit.id, records=len(self._records))

    def _conduit_lost(self, conduit: Conduit) -> None:
        """Every binding went with the conduit; the sessions may still be alive, and are bound to its successor."""
        log.error("conduit.not_found", conduit=conduit.id)
        self._term.conduit = None
        self._term.shards_bound.clear()
        self._records = {
            shard: replace(record, session=SessionId(""), holder="") for shard, record in self._records.items()
        }
        self._bound_at = {}
        self._listings.forget()
        self._resizing.forget()

    async def _round(self, conduit: Conduit) -> None:
        if self._listings.conduit_missing:
            self._conduit_lost(conduit)
            return
        now_ms = await self._observe()
        if self._term.rolled_back:
            log.error("redis.lost_control_writes", consequence="what this term wrote is written again")
            self._term.rolled_back = False
            self._ledger.forget()
            self._resizing.rewrite()
            await conduits.record(self._term, conduit)
        now = boottime()
        if self._membership.suspects(now) and self._listings.asked_at < now - self._settings.heartbeat_seconds:
            self._listings.soon()
        restless = self._resizing.restless(now) or bool(dark_shards(conduit.shard_count, self._records))
        self._listings.ask_if_due(conduit, now, often=restless)
        members = self._members(now)
        self._held_back = {key: until for key, until in self._held_back.items() if until > now}
        self._unparkable = {shard: until for shard, until in self._unparkable.items() if until > now}
        conduit, step = await self._resizing.look(
            conduit, self._records, members, self._held_back, self._openings(members), now
        )
        self._term.conduit = conduit
        listing = self._listings.latest
        planned = reconcile.plan(
            Observed(
                now_ms=now_ms,
                shard_count=step.reach,
                records=self._records,
                members=members,
                distrusted=reconcile.distrusted(self._records, listing, self._bound_at) if listing else frozenset(),
                held_back=frozenset(self._held_back),
                park_max=self._settings.park_max if self._settings.failover == "park" else 0,
                unparkable=frozenset(self._unparkable),
            )
        )
        if planned.moved:
            metrics.SHARDS_MOVED.labels("gone" if self._gone else "planned").inc(planned.moved)
        self._records = planned.records
        await self._write(members, now_ms)
        self._show(conduit, now_ms, members)  # also where Twitch does not answer what follows
        resized = await self._resize(conduit, step, planned.bindings, now_ms)
        if resized is None:
            return
        if due := [each for each in planned.bindings if each.shard < resized.shard_count]:
            # The new shards first, within what is most urgent anyway: a raise counts on the very next call.
            due.sort(key=lambda each: each.shard < conduit.shard_count)
            await self._bind(resized, due, now_ms)
            await self._write(members, now_ms)
        await self._resizing.write(resized)
        self._show(resized, now_ms, members)

    async def _resize(self, conduit: Conduit, step: Step, bindings: Sequence[Binding], now_ms: int) -> Conduit | None:
        """Gives the conduit another count, a higher one where every new shard can be bound or is to be parked; None where
        the conduit is gone."""
        before = conduit.shard_count
        bindable = {each.shard for each in bindings}.issuperset(range(before, step.count))
        if step.count == before or not (bindable or step.parks):
            return conduit
        try:
            conduit = await self._resizing.change(conduit, step.count)
        except errors.NotFound:
            self._conduit_lost(conduit)
            return None
        for shard in range(before, conduit.shard_count):
            if shard in self._records:  # Twitch has been sending its share of the events since a moment ago
                self._records[shard] = replace(self._records[shard], phase=Phase.DARK, since_ms=now_ms)
        self._term.conduit = conduit
        self._wake.set()  # what a lower count leaves is let go of, and the next step may be due
        return conduit

    def _openings(self, members: dict[str, Member]) -> int:
        """Sockets that one worker may have opening. One that nobody can bind is closed after 10 s (4003), and its shard's
        pause grows for nothing."""
        return max(1, OPENINGS_MAX // max(1, _active(members))) if self._listings.twitch_answers else 0

    async def _write(self, members: dict[str, Member], now_ms: int) -> None:
        await self._ledger.write(
            self._records, members, openings=self._openings(members), active=_active(members), now_ms=now_ms
        )

    # -- what is seen

    async def _observe(self) -> int:
        """Reads what changed of the workers; returns Redis' clock, in ms."""
        keys = self._term.keys
        seen = [part for worker, (version, _) in self._reports.items() for part in (worker, version)]
        known = self._term.written
        now_ms, incarnation, written, workers = await self._term.scripts.observe(
            keys=[keys.workers, keys.incarnation, keys.written], args=[keys.alive(""), keys.report(""), *seen]
        )
        self._term.counted(written, known=known)
        if self._incarnation not in {None, incarnation}:
            log.error("redis.lost_its_data", consequence="workers report anew; control state is written again")
            self._ledger.forget()
        self._incarnation = incarnation
        ttl_left: dict[str, float] = {}
        for name, left_ms, version, raw in workers:
            worker = name.decode()
            ttl_left[worker] = left_ms / 1000
            if raw is not None:
                try:
                    report = read_report(raw)
                except msgspec.DecodeError as error:
                    log.error("worker.unreadable_report", worker=worker, error=str(error))
                    continue
                if left_ms >= 0:
                    self._greet(worker, report)
                self._reports[worker] = (version.decode(), report)
        for worker in [known for known in self._reports if known not in ttl_left]:
            log.info("worker.left", worker=worker)
            del self._reports[worker]
        now = boottime()
        self._membership.observed(now, ttl_left)
        for worker in self._gone:
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

    def _members(self, now: float) -> dict[str, Member]:
        held = {worker: [each.session for each in report.sessions] for worker, (_, report) in self._reports.items()}
        listing = self._listings.latest
        enabled = frozenset(listing.enabled.values()) if listing is not None else None
        gone = self._membership.gone(now, held, enabled, self._listings.asked_at)
        # Once gone, its sessions are bound elsewhere and prove nothing any more: it stays gone until it is heard.
        gone |= {worker for worker in self._gone if worker in self._membership.suspects(now)}
        # One that has no heartbeat and holds nothing costs nothing to pass over, and might never come back.
        named = {name for record in self._records.values() for name in (record.worker, record.holder)}
        gone |= {worker for worker in self._membership.expired if worker not in named and worker in self._reports}
        for worker in sorted(gone - self._gone):
            log.warning("worker.gone", worker=worker, sessions=len(held.get(worker, ())))
        self._gone = frozenset(gone)
        return {worker: Member(report, worker in gone) for worker, (_, report) in self._reports.items()}

    # -- what is done

    async def _bind(self, conduit: Conduit, bindings: Sequence[Binding], now_ms: int) -> None:
        """Binds welcomed sessions; what Twitch refuses is held back for a moment and then planned again."""
        api = self._term.twitch.application
        for start in range(0, len(bindings), PATCH_SHARDS_MAX):
            batch = bindings[start : start + PATCH_SHARDS_MAX]
            updates = [ShardUpdate(str(each.shard), each.session) for each in batch]
            try:
                async with asyncio.timeout(BIND_SECONDS_MAX):
                    answer = await self._term.helix(partial(api.update_conduit_shards, conduit.id, updates))
            except errors.NotFound:
                self._conduit_lost(conduit)
                return
            except (errors.TwitchException, TimeoutError):
                self._listings.twitch_answers = False
                raise
            self._listings.twitch_answers = True
            refused = {error.id: error for error in answer.errors}
            for each in batch:
                if (error := refused.get(str(each.shard))) is not None:
                    log.warning(
                        "shard.refused", shard=each.shard, worker=each.worker, code=error.code, why=error.message
                    )
                    self._refused(each)
                else:
                    self._bound(each, now_ms)

    def _refused(self, binding: Binding) -> None:
        """Its session is mostly dead. What is to be done without it is planned at once, and Twitch asked about the others."""
        now = boottime()
        self._held_back[binding.shard, binding.session] = now + REFUSED_PAUSE_SECONDS
        if binding.parked:
            self._unparkable[binding.shard] = now + REFUSED_PARK_PAUSE_SECONDS
        self._listings.soon()

    def _bound(self, binding: Binding, now_ms: int) -> None:
        before = self._records[binding.shard]
        self._records[binding.shard] = reconcile.bound(before, binding, now_ms)
        # A listing that was asked for before now may have been answered before the PATCH was.
        self._bound_at[binding.shard] = self._listings.serial
        self._resizing.bound(binding.shard)
        if before.phase is Phase.DARK:
            metrics.DARK_SPELLS.observe((now_ms - before.since_ms) / 1000)
        if binding.parked:
            metrics.SHARDS_MOVED.labels("parked").inc()
        log.info(
            "shard.parked" if binding.parked else "shard.bound",
            shard=binding.shard,
            worker=binding.worker,
            epoch=before.epoch,
            was=before.phase,
        )

    def _show(self, conduit: Conduit, now_ms: int, members: dict[str, Member]) -> None:
        counted = {shard: record for shard, record in self._records.items() if shard < conduit.shard_count}
        phases = Counter(record.phase for record in counted.values())
        for phase in Phase:
            metrics.SHARDS.labels(phase).set(phases[phase])
        dark = [
            now_ms - counted[shard].since_ms for shard in dark_shards(conduit.shard_count, counted) if shard in counted
        ]
        metrics.DARK_SECONDS.set(max(dark, default=0) / 1000)
        active = _active(members)
        draining = sum(not member.report.active and not member.gone for member in members.values())
        for name, count in (("active", active), ("draining", draining), ("gone", len(members) - active - draining)):
            metrics.MEMBERS.labels(name).set(count)
        if dark:
            why = "" if active else "; no worker is active"
            self._term.not_ready["shards"] = f"{len(dark)} of {len(counted)} shards are not bound{why}"
        else:
            self._term.not_ready.pop("shards", None)
            self._term.shards_bound.set()


def _active(members: Mapping[str, Member]) -> int:
    return sum(member.report.active and not member.gone for member in members.values())
