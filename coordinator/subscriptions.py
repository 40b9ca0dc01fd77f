"""Keeps the desired subscriptions existing at Twitch: creates, adopts, heals, and records why one can't be had.

One table a term (subscription_table.py), read from Redis and compared with Twitch's listing at its start, every few
minutes, and after the conduit was made anew. In between, revocations (`‹ns›:events:revocations`) mark records as they
come; their position is kept in memory alone, since the next listing says the same. The program's own requests
(application.py) go through the same table, so that a new leader's `on_ready` finds most of what it asks for without a
call to Twitch.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence

import structlog

from coordinator.subscription_plan import diff, is_due, record_of
from coordinator.subscription_table import Table, now_ms
from coordinator.tail import Entry, follow
from coordinator.term import Term
from fleet.connection import REDIS_ERRORS, describe
from fleet.desired import Desired, RequestedBy, key_of
from fleet.streams import StreamEntry
from twitch.errors import DecodeError, HTTPException, TwitchException
from twitch.models import Subscription

log = structlog.get_logger(__name__)

LISTING_SECONDS = 300.0
"""Each pass reads every page; revocations and the program's requests do not wait for it."""
RETRY_SECONDS = 5.0
CREATIONS_AT_A_TIME = 20
"""Twitch answers in some 100 ms; this many side by side use up a bucket of 800 points a minute without a queue."""
BLOCK_SECONDS = 1.0
LAG_MS_MAX = 600_000
"""A replica that takes over lacks no more than it lagged behind, which is far less than this."""
PAGES_SECONDS_MAX = 3600.0
"""A million are ten thousand pages, for which a bucket of 800 points a minute takes a quarter of an hour at best."""
WAITED_OUT: tuple[type[Exception], ...] = (*REDIS_ERRORS, TwitchException)


async def keep_subscriptions(table: Table) -> None:
    """Keeps them for ever. Twitch's and Redis' troubles are waited out."""
    await table.term.shards_bound.wait()
    loaded = False
    while not loaded:
        try:
            await table.load()
            loaded = True
        except REDIS_ERRORS as error:
            log.warning("subscriptions.wait", error=describe(error))
            await asyncio.sleep(RETRY_SECONDS)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_listen(table), name="revocations")
        tasks.create_task(_relist(table), name="listing")
        tasks.create_task(_write_again(table), name="rewriting")


async def _relist(table: Table) -> None:
    term = table.term
    while True:
        conduit = term.conduit
        pause_seconds = RETRY_SECONDS
        try:
            if conduit is not None:
                await _compare(table, conduit.id)
                pause_seconds = LISTING_SECONDS
                term.not_ready.pop("subscriptions", None)
        except WAITED_OUT as error:
            log.warning("subscriptions.wait", error=describe(error))
            term.not_ready["subscriptions"] = f"the subscriptions can't be compared with Twitch's: {describe(error)}"
        await _pause(term, pause_seconds, "" if conduit is None else conduit.id)


async def _write_again(table: Table) -> None:
    """After a Redis that lost control writes: those that may have been among them, once more."""
    done = table.term.rollbacks
    while True:
        lost = await table.term.rolled_back(done)
        since_ms = now_ms() - LAG_MS_MAX
        try:
            await table.write([record for record in table.desired.values() if record.updated_ms > since_ms])
            done = lost
        except REDIS_ERRORS as error:
            log.warning("subscriptions.wait", error=describe(error))
            await asyncio.sleep(BLOCK_SECONDS)


async def _pause(term: Term, seconds: float, conduit_id: str) -> None:
    """Ends early when the conduit is another one: then every subscription is to be created again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (term.conduit.id if term.conduit else "") not in {conduit_id, ""}:
            await term.shards_bound.wait()
            return
        await asyncio.sleep(BLOCK_SECONDS)


async def _compare(table: Table, conduit_id: str) -> None:
    """One pass: list, compare, write what changed, create what is due."""
    own = own_subscription(table.term.twitch.client_id, conduit_id)
    outdated = [
        key for key, record in table.desired.items() if record.requested_by == RequestedBy.FLEET and key != own.key
    ]
    await table.drop(outdated)
    if own.key not in table.desired:
        await table.write([own])

    table.fresh.clear()
    listed = await _list(table.term, conduit_id)
    # In a thread, for the same reason as above: a million take about three seconds.
    plan = await asyncio.to_thread(diff, dict(table.desired), listed, now_ms(), fresh=frozenset(table.fresh))
    # What was written or dropped while the thread compared is newer than what it found.
    await table.write([each for each in (*plan.changes, *plan.adoptions) if each.key not in table.fresh])
    if plan.adoptions:
        log.info("subscriptions.adopted", count=len(plan.adoptions))
    table.listed.set()
    await _create_all(table, plan.creations)
    table.show()


async def _list(term: Term, conduit_id: str) -> list[Subscription]:
    """What Twitch lists on our conduit; each page within a deadline of its own."""
    pages = term.twitch.application.get_eventsub_subscriptions(conduit_id=conduit_id)
    listed: list[Subscription] = []
    async with asyncio.timeout(PAGES_SECONDS_MAX):
        while not pages.done:
            listed += await term.helix(pages.next)
    return listed


async def _create_all(table: Table, records: Sequence[Desired]) -> None:
    """Creates what is still due, some at a time; a refusal of one is recorded and stops nothing."""
    created = refused_count = 0
    for at in range(0, len(records), CREATIONS_AT_A_TIME):
        due = [
            table.desired[record.key]
            for record in records[at : at + CREATIONS_AT_A_TIME]
            if record.key in table.desired and is_due(table.desired[record.key], now_ms())
        ]
        outcomes = await asyncio.gather(*(table.create(record) for record in due), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, HTTPException) and not outcome.transient:
                refused_count += 1
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                created += 1
    if records:
        log.info("subscriptions.created", count=created, refused=refused_count)


async def _listen(table: Table) -> None:
    """Marks what Twitch revokes, as it comes."""
    stream = table.term.keys.revocations

    async def take(entries: Sequence[Entry]) -> None:
        await note_revocations(table, [StreamEntry.decode(stream, each.decode(), fields) for each, fields in entries])

    await follow(table.term.redis, stream, take)


async def note_revocations(table: Table, entries: Iterable[StreamEntry]) -> None:
    """Marks the records of revoked subscriptions, and creates again at once what that may heal."""
    marked = []
    for entry in entries:
        try:
            subscription, _ = entry.revocation()
        except DecodeError as error:
            log.warning("revocation.undecodable", error=describe(error))
            continue
        record = table.desired.get(table.by_id.get(subscription.id, ""))
        if record is None:
            known = key_of(subscription.type, subscription.version, subscription.condition) in table.desired
            log.info("revocation.of_other", subscription=subscription.id, known=known)
            continue
        log.warning(
            "subscription.revoked", type=record.type, condition=record.condition, status=subscription.status.value
        )
        marked.append(record_of(record, subscription, now_ms()))
    await table.write(marked)
    try:
        await _create_all(table, [record for record in marked if is_due(record, now_ms())])
    except TwitchException as error:
        log.warning("subscriptions.wait", error=describe(error))  # the next listing finds them due


def own_subscription(client_id: str, conduit_id: str) -> Desired:
    """What the coordinator itself wants to hear: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#conduitsharddisabled"""
    return Desired(
        type="conduit.shard.disabled",
        version="1",
        condition={"client_id": client_id, "conduit_id": conduit_id},
        requested_by=RequestedBy.FLEET.value,
    )
