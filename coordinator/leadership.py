"""The lease's shell: stands for election, renews, and runs a term while it leads."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis

from coordinator.term import Deposed, Term
from fleet import metrics
from fleet.clock import boottime
from fleet.connection import REDIS_ERRORS, describe
from fleet.keys import Keys
from fleet.lease import Leading, Lease, LeaseRules
from fleet.scripts import Scripts
from fleet.settings import Settings
from twitch.app import App

log = structlog.get_logger(__name__)


GONE = "events in the streams, queued jobs, users' tokens, a shard count set by hand"
COMES_BACK = (
    "conduit, shards and subscriptions are taken from Twitch; users whose tokens were renewed may have to log in again"
)
"""What an emptied Redis costs, and what it does not."""


class Leadership:
    """Stands for election for ever; each time it is elected, runs `lead` with a new Term until that ends.

    control: a Redis client of its own, with short timeouts, so that no slow command of a term delays a renewal.
    """

    def __init__(
        self,
        settings: Settings,
        control: Redis,
        redis: Redis,
        twitch: App,
        holder: str,
        lead: Callable[[Term], Awaitable[None]],
    ) -> None:
        self._settings, self._redis, self._twitch, self._holder, self._lead = settings, redis, twitch, holder, lead
        self._keys = Keys(settings.namespace)
        self._lease_scripts, self._scripts = Scripts(control), Scripts(redis)
        self._rules = LeaseRules(settings.lease_ttl_seconds)
        self._ttl_ms = int(settings.lease_ttl_seconds * 1000)
        self.lease: Lease = self._rules.begin(boottime())
        self.term: Term | None = None
        self._incarnation: bytes | None = None
        self.answered = False
        """Whether Redis answered the last time it was asked."""

    async def run(self) -> None:
        """Returns only by cancellation; then the lease is given back."""
        running: asyncio.Task[None] | None = None
        try:
            while True:
                self.lease = await self._next()
                if isinstance(self.lease, Leading) and not self.lease.may_act(boottime()):
                    log.warning("leader.lease_lapsed", epoch=self.lease.epoch)
                    self.lease = self._rules.begin(boottime())
                if running is not None and (not isinstance(self.lease, Leading) or running.done()):
                    await self._end(running)
                    running = None
                if isinstance(self.lease, Leading):
                    if running is None:
                        running = self._begin(self.lease)
                    assert self.term is not None, "a running term"
                    self.term.lease = self.lease
                await self._until(self.lease, running)
        finally:
            if running is not None:
                await self._end(running)
            await self._resign()

    def _begin(self, lease: Leading) -> asyncio.Task[None]:
        log.info("leader.elected", epoch=lease.epoch, holder=self._holder)
        metrics.LEADER.set(1)
        metrics.ELECTIONS.inc()
        self.term = Term(self._settings, self._redis, self._keys, self._scripts, self._twitch, lease)
        return asyncio.create_task(self._term(self.term), name=f"term {lease.epoch}")

    async def _term(self, term: Term) -> None:
        try:
            await self._lead(term)
        except* Deposed:
            log.warning("leader.deposed", epoch=term.epoch)

    async def _end(self, running: asyncio.Task[None]) -> None:
        """Stops a term's tasks; a fault of theirs is logged, and the next term starts from what is true then."""
        running.cancel()
        result = (await asyncio.gather(running, return_exceptions=True))[0]
        if isinstance(result, Exception):
            log.error("leader.term_failed", exc_info=result)
            await asyncio.sleep(min(1.0, self._rules.ttl_seconds / 6))
        metrics.LEADER.set(0)
        metrics.forget_samples()
        self.term = None
        log.info("leader.stood_down")

    async def _until(self, lease: Lease, running: asyncio.Task[None] | None) -> None:
        """Waits for the next call's time, or for the term to end by itself."""
        pause = max(0.0, lease.try_at - boottime())
        if isinstance(lease, Leading):
            pause = min(pause, lease.remaining_seconds(boottime()))
        if running is None:
            await asyncio.sleep(pause)
        else:
            await asyncio.wait({running}, timeout=pause)

    async def _next(self) -> Lease:
        sent_at = boottime()
        try:
            if isinstance(self.lease, Leading):
                lease = self.lease
                # No answer is waited for any longer than we may act: the term has to end on time.
                async with asyncio.timeout(lease.remaining_seconds(sent_at)):
                    ours = await self._lease_scripts.renew(keys=[self._keys.leader], args=[lease.token, self._ttl_ms])
                self.answered = True
                return self._rules.renewed(lease, sent_at, still_ours=bool(ours))
            epoch, held_ms, incarnation = await self._lease_scripts.elect(
                keys=[self._keys.leader, self._keys.epoch, self._keys.incarnation],
                args=[self._holder, self._ttl_ms, secrets.token_hex(8)],
            )
        except REDIS_ERRORS as error:
            if self.answered:
                log.warning("redis.unreachable", error=describe(error))
            self.answered = False
            return self._rules.unanswered(self.lease, boottime())
        self.answered = True
        self._recognise(incarnation)
        if int(epoch):
            return self._rules.elected(self._holder, int(epoch), sent_at)
        return self._rules.refused(boottime(), int(held_ms))

    def _recognise(self, incarnation: bytes) -> None:
        """Says so where this is not the Redis that it was. Its lease went with it: so it is always met at an election."""
        if self._incarnation not in {None, incarnation}:
            metrics.REDIS_LOST.inc()
            log.error("redis.lost_its_data", gone=GONE, consequence=COMES_BACK)
        self._incarnation = incarnation

    async def _resign(self) -> None:
        if isinstance(self.lease, Leading):
            try:
                await self._lease_scripts.resign(keys=[self._keys.leader], args=[self.lease.token])
            except REDIS_ERRORS as error:
                log.warning("leader.resign_failed", error=describe(error))
