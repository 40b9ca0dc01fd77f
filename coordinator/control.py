"""The control loop of a term: observe, plan, write, bind; again after every change.

A round reads what workers report (one script), makes the plan (pure), writes what changed (one fenced script) and binds
welcomed sessions, up to 100 shards a PATCH. A worker's report wakes it early; otherwise it goes round a few times a
second, so nothing depends on a message having arrived.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from coordinator import conduit as conduits
from coordinator import pace, reconcile
from coordinator.binding import Bindings
from coordinator.count_plan import Step
from coordinator.ledger import Ledger
from coordinator.listing import Listings
from coordinator.reconcile import DELIVERING, Binding, Member, Observed, Phase, Plan, ShardRecord
from coordinator.resizing import Resizing, dark_shards, uncounted
from coordinator.term import Conduit, Term
from coordinator.workers import Workers, active
from fleet import metrics
from fleet.clock import boottime
from fleet.connection import REDIS_ERRORS, describe
from fleet.wake import listening
from twitch import errors
from twitch.ids import SessionId

log = structlog.get_logger(__name__)

REFUSED_CONDUIT_PAUSE_SECONDS = 5.0
"""No conduit may be taken without a person's decision; one may have been deleted meanwhile, or a worker have come back."""

REFUSAL_SECONDS, REFUSAL_SECONDS_MAX = 1.0, 10.0
"""First and longest pause of the loop after Twitch refused a call. It holds up every shard: so the first is short."""


def refusal_pause(last_seconds: float, *, heals: bool) -> float:
    """Seconds to wait after a refusal; `last_seconds` is the wait before it, 0 where the last round went well.

    What time heals is asked again at one pace; what seems to need a person ever more slowly, since it may be otherwise.
    """
    return REFUSAL_SECONDS if heals else min(max(REFUSAL_SECONDS, 2 * last_seconds), REFUSAL_SECONDS_MAX)


class Control:
    """The shards of one term."""

    def __init__(self, term: Term, named_conduit: Callable[[], Awaitable[str]]) -> None:
        self._term, self._named = term, named_conduit
        self._settings = term.settings
        self._wake = asyncio.Event()
        self._ledger = Ledger(term)
        self._listings = Listings(term, self._wake)
        self._resizing = Resizing(term, self._listings)
        self._bindings = Bindings(term, self._listings, self._resizing.bound)
        self._workers = Workers(term, self._listings)
        self._records: dict[int, ShardRecord] = {}
        self._loaded = False
        self._rollbacks = term.rollbacks

    async def run(self) -> None:
        """Goes round until the term ends. Raises Deposed."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(listening(self._term.redis, [self._term.keys.rep_wake], self._wake), name="wake")
                tasks.create_task(self._rounds(), name="rounds")
        finally:
            await self._listings.stop()

    def doubt(self, shard: int, session: str) -> bool:
        """Somebody heard that Twitch disabled a shard with that session: ask at once, unless it has another by now."""
        record = self._records.get(shard)
        if record is None or record.session != session:
            return False
        self._bindings.doubt(shard, record.session)
        self._listings.soon()
        return True

    async def _rounds(self) -> None:
        pause = min(0.5, self._settings.heartbeat_seconds / 2)
        refused_seconds = 0.0
        while True:
            try:
                await self._once()
            except REDIS_ERRORS as error:
                self._workers.interrupted()
                self._not_ready(f"Redis or Twitch did not answer: {describe(error)}")
                await asyncio.sleep(pause)
            except errors.TwitchException as error:
                self._not_ready(f"Twitch refuses: {error}")
                refused_seconds = refusal_pause(refused_seconds, heals=errors.may_pass(error))
                await asyncio.sleep(refused_seconds)
            else:
                refused_seconds = 0.0
                if self._term.not_ready.pop("control", None):
                    log.info("control.goes_on")
                # A killed worker's shards are dark until its heartbeat is missed: not a moment later than that.
                await self._pause(min(pause, self._workers.next_late_seconds()))

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
        elif self._listings.conduit_missing:
            self._conduit_lost(conduit)
        elif not self._loaded:
            await self._load(conduit)
        else:
            try:
                await self._round(conduit)
            except errors.NotFound:
                self._conduit_lost(conduit)

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
        if not self._records:
            await conduits.wait_for_holders(self._term, conduit.id)
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
        self._bindings.forget()
        self._listings.forget()
        self._resizing.forget()

    async def _round(self, conduit: Conduit) -> None:
        """Raises twitch.errors.NotFound where the conduit is gone."""
        now_ms = await self._workers.observe()
        if self._term.rollbacks != self._rollbacks:
            await self._write_again(conduit)
        now = boottime()
        self._ask_twitch(conduit, now)
        members = self._workers.members(now, self._records)
        conduit, step = await self._resizing.look(
            conduit, self._records, members, self._bindings.held_back(now), self._openings(members), now
        )
        self._term.conduit, self._records = conduit, uncounted(conduit.shard_count, self._records)
        planned = self._plan(members, step, now, now_ms)
        if planned.moved:
            metrics.SHARDS_MOVED.labels("gone" if self._workers.gone else "planned").inc(planned.moved)
        self._records = planned.records
        await self._write(members, now_ms)
        self._show(conduit, now_ms, members)  # also where Twitch does not answer what follows
        resized = await self._resize(conduit, step, planned.bindings, now_ms)
        if due := [each for each in planned.bindings if each.shard < resized.shard_count]:
            # The new shards first, within what is most urgent anyway: a raise counts on the very next call.
            due.sort(key=lambda each: each.shard < conduit.shard_count)
            await self._bindings.bind(resized, due, self._records, now_ms)
            await self._write(members, now_ms)
        await self._resizing.write(resized)
        self._show(resized, now_ms, members)

    async def _write_again(self, conduit: Conduit) -> None:
        """Redis was failed over to one that lacks some of what this term wrote."""
        rollbacks = self._term.rollbacks
        log.error("redis.lost_control_writes", consequence="what this term wrote is written again")
        await self._ledger.read()
        self._resizing.rewrite()
        await conduits.record(self._term, conduit)
        self._rollbacks = rollbacks

    def _ask_twitch(self, conduit: Conduit, now: float) -> None:
        """Doubts what a late worker holds, and asks for a listing where one is due."""
        if late := self._workers.newly_late(now):
            for shard, record in self._records.items():
                if record.session and record.holder in late:
                    self._bindings.doubt(shard, record.session)
        if late or self._workers.worth_asking(now):
            self._listings.soon()
        restless = self._resizing.restless(now) or bool(dark_shards(conduit.shard_count, self._records))
        self._listings.ask_if_due(conduit, now, often=restless)

    def _plan(self, members: dict[str, Member], step: Step, now: float, now_ms: int) -> Plan:
        down = self._bindings.down(self._records)
        if (listing := self._listings.latest) is not None:
            down |= reconcile.distrusted(self._records, listing, self._bindings.bound_at)
        return reconcile.plan(
            Observed(
                now_ms=now_ms,
                shard_count=step.reach,
                records=self._records,
                members=members,
                distrusted=down,
                doubted=self._bindings.doubted(self._records),
                held_back=self._bindings.held_back(now),
                park_max=self._settings.park_max if self._settings.failover == "park" else 0,
                unparkable=self._bindings.unparkable(now),
            )
        )

    async def _resize(self, conduit: Conduit, step: Step, bindings: Sequence[Binding], now_ms: int) -> Conduit:
        """Gives the conduit another count, a higher one where every new shard can be bound or is to be parked."""
        before = conduit.shard_count
        bindable = {each.shard for each in bindings}.issuperset(range(before, step.count))
        if step.count == before or not (bindable or step.parks):
            return conduit
        conduit = await self._resizing.change(conduit, step.count)
        for shard in range(before, conduit.shard_count):
            if shard in self._records:  # Twitch has been sending its share of the events since a moment ago
                self._records[shard] = replace(self._records[shard], phase=Phase.DARK, since_ms=now_ms)
        self._term.conduit = conduit
        self._wake.set()  # what a lower count leaves is let go of, and the next step may be due
        return conduit

    def _openings(self, members: dict[str, Member]) -> int:
        """Sockets that one worker may have opening. One that nobody can bind is closed after 10 s (4003), and its shard's
        pause grows for nothing. One each is the least: of more workers than can be bound for at a time, those that came
        too late wait longer, and come in turn."""
        if not self._listings.twitch_answers:
            return 0
        together = pace.openings(self._term.twitch.points(), self._bindings.call_seconds)
        return max(1, together // max(1, active(members))) if together else 0

    async def _write(self, members: dict[str, Member], now_ms: int) -> None:
        await self._ledger.write(
            self._records, members, openings=self._openings(members), active=active(members), now_ms=now_ms
        )

    # -- what is shown

    def _show(self, conduit: Conduit, now_ms: int, members: dict[str, Member]) -> None:
        counted = {shard: record for shard, record in self._records.items() if shard < conduit.shard_count}
        phases = Counter(record.phase for record in counted.values())
        for phase in Phase:
            metrics.SHARDS.labels(phase).set(phases[phase])
        dark = [
            now_ms - counted[shard].since_ms for shard in dark_shards(conduit.shard_count, counted) if shard in counted
        ]
        metrics.DARK_SECONDS.set(max(dark, default=0) / 1000)
        taking = active(members)
        draining = sum(not member.report.active and not member.gone for member in members.values())
        for name, count in (("active", taking), ("draining", draining), ("gone", len(members) - taking - draining)):
            metrics.MEMBERS.labels(name).set(count)
        if dark:
            why = "" if taking else "; no worker is active"
            self._term.not_ready["shards"] = f"{len(dark)} of {len(counted)} shards are not bound{why}"
        else:
            self._term.not_ready.pop("shards", None)
        # Those that no worker has room for are not waited for: that may take a person, and the others can take events.
        if any(phases[phase] for phase in DELIVERING) and not (phases[Phase.OPENING] or phases[Phase.DARK]):
            self._term.shards_bound.set()
