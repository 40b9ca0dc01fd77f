"""The shell of the shard count: what is wanted is read, Twitch is asked for the next step, and what came of it is written.

The steps are `count_plan`'s. The count that counts is Twitch's: it comes with every answered change and with every
listing, so an answer that was lost, a late call of a former leader, or somebody with a script of their own are found and
put right. https://dev.twitch.tv/docs/api/reference/#update-conduits
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace

import structlog

from coordinator.assignment import Shard, Worker
from coordinator.count_plan import CountPlan, Seen, Step
from coordinator.listing import Listings
from coordinator.reconcile import DELIVERING, Member, Phase, ShardRecord
from coordinator.scaling import Scaling
from coordinator.term import Conduit, Term, Write
from coordinator.wanted_count import Wanted, bounds_of, read_by_hand, wanted
from fleet import metrics
from fleet.clock import boottime
from fleet.connection import describe, hash_of
from twitch import errors
from twitch.ids import SessionId

log = structlog.get_logger(__name__)

ANSWER_SECONDS_MAX = 5.0
"""The sockets that were opened ahead are closed 10 s after their welcome: a later answer is of no use to them."""

REFUSED_PAUSE_SECONDS = 60.0
"""Twitch refuses a count for a reason that time does not change, but a person or Twitch might."""

TAIL_SECONDS = 120.0
"""So long after a lower count Twitch is asked often whether the tail is gone; later at the usual pace."""


class Resizing:
    """The shard count of one term."""

    def __init__(self, term: Term, listings: Listings) -> None:
        self._term, self._listings = term, listings
        self._bounds = bounds_of(term.settings)
        self._plan = CountPlan()
        self._scaling = Scaling(self._bounds, self._bounds.shards_min)
        self._step = Step(0, 0)
        self._wanted: Wanted | None = None
        self._changed_at = 0
        """Serial of the newest listing that had been asked for when we last changed the count: it tells nothing of that."""
        self._in_doubt = False
        self._refused: tuple[float, str] = (0.0, "")
        self._raised_at: dict[Shard, float] = {}
        self._lowered_at = -TAIL_SECONDS
        self._tail_known = True
        self._lingering = 0
        self._written: dict[str, str | bytes | int] = {}

    async def load(self, conduit: Conduit) -> None:
        """Goes on from what was wanted last. Raises redis' errors."""
        recorded = (await hash_of(self._term.redis, self._term.keys.conduit)).get(b"wanted", b"")
        self._scaling = Scaling(
            self._bounds, self._bounds.hold(int(recorded) if recorded.isdigit() else conduit.shard_count)
        )

    def forget(self) -> None:
        """Another conduit is served from here on."""
        self._plan, self._step, self._in_doubt, self._raised_at = CountPlan(), Step(0, 0), False, {}
        self._changed_at, self._tail_known, self._lingering = self._listings.serial, True, 0

    def rewrite(self) -> None:
        """Redis lacks what was written: it goes out again."""
        self._written = {}

    def restless(self, now: float) -> bool:
        """Whether Twitch is to be asked more often than usual."""
        return self._in_doubt or (not self._tail_known and now - self._lowered_at < TAIL_SECONDS)

    # -- a round

    async def look(
        self,
        conduit: Conduit,
        records: Mapping[Shard, ShardRecord],
        members: Mapping[Worker, Member],
        held_back: Collection[tuple[Shard, SessionId]],
        openings: int,
        now: float,
    ) -> tuple[Conduit, Step]:
        """The conduit with the count that Twitch has, and the next step. Raises redis' errors."""
        conduit = self._listed(conduit)
        by_hand = await read_by_hand(self._term.redis, self._term.keys)
        seats = [member.report for member in members.values() if member.report.active and not member.gone]
        if by_hand is not None:
            self._scaling.follow(by_hand)
        else:
            load = sum(member.report.rate for member in members.values() if not member.gone) if seats else None
            self._scaling.decide(now, load)
        self._now_wanted(wanted(self._bounds, by_hand, self._scaling.count))
        assert self._wanted is not None, "decided just now"

        refused_until, why = self._refused
        if self._in_doubt:
            step = Step(max(conduit.shard_count, self._step.reach), conduit.shard_count, "Twitch did not answer")
        elif now < refused_until and self._wanted.count != conduit.shard_count:
            step = Step(conduit.shard_count, conduit.shard_count, why)
        else:
            step = self._plan.step(
                Seen(
                    now=now,
                    count=conduit.shard_count,
                    wanted=self._wanted.count,
                    dark=dark_shards(conduit.shard_count, records),
                    welcomed=welcomed(conduit.shard_count, records, members, held_back),
                    openings=openings,
                    answers=self._listings.twitch_answers,
                    capacity=sum(report.capacity for report in seats),
                    parks=self._term.settings.failover == "park",
                )
            )
        if step.waits != self._step.waits:
            log.info("conduit.resize_waits" if step.waits else "conduit.resize_goes_on", reason=step.waits)
        self._step = step
        return conduit, step

    async def change(self, conduit: Conduit, count: int) -> Conduit:
        """Asks Twitch for another count; the conduit with the count that it has, or is believed to have.

        Raises twitch.errors.NotFound where the conduit is gone, or Deposed.
        """
        sent_at = boottime()
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                api = self._term.twitch.application
                answer = await self._term.helix(lambda: api.update_conduit(conduit.id, count))
        except errors.NotFound:
            raise
        except (errors.TwitchException, TimeoutError) as error:
            self._changed_at = self._listings.serial
            log.warning("conduit.resize_failed", shards=conduit.shard_count, asked=count, error=describe(error))
            if isinstance(error, errors.TwitchException) and not error.transient:
                self._refused = (sent_at + REFUSED_PAUSE_SECONDS, f"Twitch refuses {count} shards: {error}")
            else:
                # It may have been done all the same. Twitch says so when it is listed.
                self._in_doubt, self._listings.twitch_answers = True, False
                self._listings.soon()
            return conduit
        self._changed_at = self._listings.serial
        return self._changed(conduit, answer.shard_count, sent_at)

    def bound(self, shard: Shard) -> float | None:
        """A shard was bound. For a new one: how long it was dark at most, since its count was asked for, in seconds."""
        raised_at = self._raised_at.pop(shard, None)
        if raised_at is None:
            return None
        gap_seconds = boottime() - raised_at
        metrics.RESIZE_GAP.observe(gap_seconds)
        return gap_seconds

    async def write(self, conduit: Conduit) -> None:
        """Writes what changed, for people and for the next leader. Raises Deposed, or redis' errors."""
        assert self._wanted is not None, "a round began with a look"
        metrics.SHARD_COUNT.labels("actual").set(conduit.shard_count)
        metrics.SHARD_COUNT.labels("wanted").set(self._wanted.count)
        metrics.LINGERING.set(self._lingering)
        state: dict[str, str | bytes | int] = {
            "shard_count": conduit.shard_count,
            "wanted": self._wanted.count,
            "wanted_by": self._wanted.by,
            "lingering": self._lingering,
            "waits": self._step.waits,
        }
        if state != self._written:
            await self._term.commit(Write.hset(self._term.keys.conduit, **state))
            self._written = state

    # -- what became of it

    def _now_wanted(self, now_wanted: Wanted) -> None:
        if now_wanted != self._wanted:
            log.info("conduit.count_wanted", shards=now_wanted.count, by=now_wanted.by)
        self._wanted = now_wanted

    def _listed(self, conduit: Conduit) -> Conduit:
        """Takes over the count and the tail that a listing tells of."""
        counted, listing = self._listings.counted, self._listings.latest
        if counted is not None and counted.serial > self._changed_at:
            self._in_doubt = False
            if counted.shard_count != conduit.shard_count:
                conduit = self._changed(conduit, counted.shard_count, boottime())
        if listing is not None and listing.serial > self._changed_at:
            self._verify_tail(conduit, listing.enabled)
        return conduit

    def _changed(self, conduit: Conduit, count: int, since: float) -> Conduit:
        before = conduit.shard_count
        log.info("conduit.resized", conduit=conduit.id, shards_before=before, shards=count)
        if count > before:
            metrics.RESIZES.labels("up").inc()
            self._plan.raised(boottime())
            self._raised_at |= dict.fromkeys(range(before, count), since)
        elif count < before:
            metrics.RESIZES.labels("down").inc()
            self._raised_at = {shard: at for shard, at in self._raised_at.items() if shard < count}
            self._lowered_at, self._tail_known = boottime(), False
            self._listings.soon()
        return replace(conduit, shard_count=count)

    def _verify_tail(self, conduit: Conduit, enabled: Mapping[Shard, SessionId]) -> None:
        tail = sorted(shard for shard in enabled if shard >= conduit.shard_count)
        if tail and not self._lingering:
            log.warning("conduit.tail_lingers", shards=tail[:20], of=len(tail), consequence="they are ignored")
        elif not tail and not self._tail_known:
            log.info("conduit.tail_gone", shards=conduit.shard_count)
        self._lingering, self._tail_known = len(tail), not tail


def dark_shards(count: int, records: Mapping[Shard, ShardRecord]) -> frozenset[Shard]:
    """The shards below the count that no live session serves, as far as is known."""
    return frozenset(shard for shard in range(count) if shard not in records or records[shard].phase not in DELIVERING)


def uncounted(count: int, records: Mapping[Shard, ShardRecord]) -> dict[Shard, ShardRecord]:
    """The records, where nothing at or above the count is bound: somebody else may have lowered it."""
    return {
        shard: replace(record, phase=Phase.OPENING, session=SessionId(""), holder="")
        if shard >= count and record.session
        else record
        for shard, record in records.items()
    }


def welcomed(
    count: int,
    records: Mapping[Shard, ShardRecord],
    members: Mapping[Worker, Member],
    held_back: Collection[tuple[Shard, SessionId]],
) -> frozenset[Shard]:
    """The shards at or above the count whose own worker reports a session for them, at the epoch they are assigned at."""
    found = set()
    for worker, member in members.items():
        if member.gone:
            continue
        for each in member.report.sessions:
            record = records.get(each.shard) if each.shard >= count else None
            ours = record is not None and (record.worker, record.epoch) == (worker, each.epoch)
            if ours and (each.shard, each.session) not in held_back:
                found.add(each.shard)
    return frozenset(found)
