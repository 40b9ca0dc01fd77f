"""Binding shards to sessions, up to 100 a call, and what Twitch said of it.

A 202 can hide failures: what is refused stands in its `errors`, and is held back for a moment before it is planned again.
The answer is news, too: a shard that is bound once more to the session it has tells, in one call, whether that still lives,
where a listing may take two hundred.
https://dev.twitch.tv/docs/api/reference/#update-conduit-shards
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog

from coordinator import reconcile
from coordinator.assignment import Shard
from coordinator.listing import Listings
from coordinator.pace import PATCH_SHARDS_MAX
from coordinator.reconcile import Binding, Phase, ShardRecord
from coordinator.term import Conduit, Term
from fleet import metrics
from fleet.clock import boottime
from twitch import errors
from twitch.ids import SessionId
from twitch.models import ShardUpdate

log = structlog.get_logger(__name__)

BIND_SECONDS_MAX = 10.0
"""Twitch closes a socket that is not bound so long after its welcome, so a later answer is of no use; and the loop waits."""

SPOILED_MAX = 16
"""Calls that Twitch may refuse whole before that is taken for its answer to all of them. One binding that it can't read is
found among a hundred by eight."""

REFUSED_PAUSE_SECONDS = 2.0
"""A binding that Twitch refused is tried again after this: its session is mostly dead, and its worker about to know."""

REFUSED_PARK_PAUSE_SECONDS = 0.5
"""A shard that Twitch would not have parked waits for a socket of its own; after this another host is tried as well."""


class Bindings:
    """The bindings of one term.

    new_shard: is told of each shard that was bound; answers how long it was dark, in seconds, where it is one that a higher
    count has brought.
    """

    def __init__(self, term: Term, listings: Listings, new_shard: Callable[[Shard], float | None]) -> None:
        self._term, self._listings, self._new_shard = term, listings, new_shard
        self.bound_at: dict[Shard, int] = {}
        """Serial of the newest listing that had been asked for when a shard was bound."""
        self.call_seconds = 0.0
        """How long a call takes, lately."""
        self._held_back: dict[tuple[Shard, SessionId], float] = {}
        self._unparkable: dict[Shard, float] = {}
        self._doubted: dict[Shard, SessionId] = {}
        self._down: dict[Shard, SessionId] = {}

    def forget(self) -> None:
        """Another conduit is served from here on: nothing is bound there."""
        self.bound_at = {}

    def held_back(self, now: float) -> frozenset[tuple[Shard, SessionId]]:
        """Bindings that Twitch refused a moment ago."""
        self._held_back = {key: until for key, until in self._held_back.items() if until > now}
        return frozenset(self._held_back)

    def unparkable(self, now: float) -> frozenset[Shard]:
        """Shards whose parking Twitch refused a moment ago."""
        self._unparkable = {shard: until for shard, until in self._unparkable.items() if until > now}
        return frozenset(self._unparkable)

    def doubt(self, shard: Shard, session: SessionId) -> None:
        """Twitch is to be asked whether the session that a shard has is still there."""
        self._doubted[shard] = session

    def doubted(self, records: Mapping[Shard, ShardRecord]) -> frozenset[Shard]:
        """Shards whose session is in doubt."""
        return _still(self._doubted, records)

    def down(self, records: Mapping[Shard, ShardRecord]) -> frozenset[Shard]:
        """Shards whose session Twitch would not have bound to them once more."""
        return _still(self._down, records)

    async def bind(
        self, conduit: Conduit, bindings: Sequence[Binding], records: dict[Shard, ShardRecord], now_ms: int
    ) -> None:
        """Binds, and brings the records of what was bound up to date.

        Raises twitch.errors.NotFound where the conduit is gone, twitch's other errors, TimeoutError, or Deposed.
        """
        api = self._term.twitch.application
        batches = deque(
            bindings[start : start + PATCH_SHARDS_MAX] for start in range(0, len(bindings), PATCH_SHARDS_MAX)
        )
        spoiled = 0
        while batches:
            batch = batches.popleft()
            updates = [ShardUpdate(str(each.shard), each.session) for each in batch]
            began = boottime()
            try:
                async with asyncio.timeout(BIND_SECONDS_MAX):
                    answer = await self._term.helix(partial(api.update_conduit_shards, conduit.id, updates))
            except errors.NotFound:
                raise
            except (errors.TwitchException, TimeoutError) as refusal:
                if isinstance(refusal, errors.BadRequest) and spoiled < SPOILED_MAX:
                    spoiled += 1
                    batches.extendleft(reversed(self._without_what_spoils(batch, records, refusal)))
                    continue
                self._listings.twitch_answers = False
                raise
            self._listings.twitch_answers = True
            # The slowest counts at first, and less with each that is faster.
            self.call_seconds = max(boottime() - began, self.call_seconds / 2)
            refused = {error.id: error for error in answer.errors}
            for each in batch:
                if (error := refused.get(str(each.shard))) is not None:
                    log.warning(
                        "shard.refused", shard=each.shard, worker=each.worker, code=error.code, why=error.message
                    )
                    self._refused(each, records[each.shard])
                else:
                    before = records[each.shard]
                    records[each.shard] = reconcile.bound(before, each, now_ms)
                    self._bound(each, before, now_ms)

    def _without_what_spoils(
        self, batch: Sequence[Binding], records: Mapping[Shard, ShardRecord], error: errors.BadRequest
    ) -> list[Sequence[Binding]]:
        """What to try of a call that was refused whole: its halves, of which one will tell; nothing of a single binding."""
        if len(batch) > 1:
            return [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        [each] = batch
        log.warning("shard.refused", shard=each.shard, worker=each.worker, code=error.status, why=error.message)
        self._refused(each, records[each.shard])
        return []

    def _refused(self, binding: Binding, record: ShardRecord) -> None:
        """Its session is mostly dead. What is to be done without it is planned at once, and Twitch asked about the others."""
        now = boottime()
        self._held_back[binding.shard, binding.session] = now + REFUSED_PAUSE_SECONDS
        kind = "doubted" if binding.session == record.session else "parked" if binding.parked else "new"
        metrics.BINDINGS_REFUSED.labels(kind).inc()
        if binding.session == record.session:
            self._down[binding.shard] = binding.session
        elif binding.parked:
            self._unparkable[binding.shard] = now + REFUSED_PARK_PAUSE_SECONDS
        self._listings.soon()

    def _bound(self, binding: Binding, before: ShardRecord, now_ms: int) -> None:
        # A listing that was asked for before now may have been answered before the PATCH was.
        self.bound_at[binding.shard] = self._listings.serial
        self._doubted.pop(binding.shard, None)
        self._down.pop(binding.shard, None)
        gap_seconds = self._new_shard(binding.shard)
        if before.phase is Phase.DARK:
            spell_seconds = (now_ms - before.since_ms) / 1000
            metrics.DARK_SPELLS.observe(spell_seconds if gap_seconds is None else gap_seconds)
            if binding.session == before.session:
                metrics.CALLED_DOWN.inc()
                log.warning("shard.called_down", shard=binding.shard, worker=binding.worker, dark_seconds=spell_seconds)
        if binding.parked and binding.session != before.session:
            metrics.SHARDS_MOVED.labels("parked").inc()
        log.info(
            "shard.parked" if binding.parked else "shard.bound",
            shard=binding.shard,
            worker=binding.worker,
            epoch=before.epoch,
            was=before.phase,
        )


def _still(sessions: dict[Shard, SessionId], records: Mapping[Shard, ShardRecord]) -> frozenset[Shard]:
    """The shards that have those sessions to this moment; what was said of others is of the past, and forgotten."""
    for shard in [s for s, session in sessions.items() if s not in records or records[s].session != session]:
        del sessions[shard]
    return frozenset(sessions)
