"""The conduit's life: found, adopted or created, and created anew when Twitch has deleted it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
import structlog

from coordinator.conduit_choice import Adopt, Candidate, Create, Refuse, choose
from coordinator.term import Conduit, Term, Write
from coordinator.wanted_count import bounds_of, read_by_hand, wanted
from fleet import metrics
from fleet.connection import hash_of
from fleet.reports import read_report
from twitch import errors
from twitch.ids import ConduitId, SessionId

log = structlog.get_logger(__name__)

MAKING = ("making", "making_count")
"""Fields of the conduit's record while one is being made: the ids that were there before, and the shard count asked for."""

LOOK_SECONDS = 0.1
"""Pace of looking for reports of workers that have not noticed yet that Redis lost its data."""


class ConduitRefused(Exception):
    """No conduit is taken: a person has to decide which, or Twitch says two things about ours. `str()` says it."""


async def settle(term: Term, named_conduit: Callable[[], Awaitable[str]]) -> Conduit:
    """The conduit to serve, at Twitch and on record. One that is made has the shard count that is wanted; of one that is
    there the control loop changes it, step by step.

    named_conduit: gives the id that the program's run() names; importing a program can take long, so it is asked only
    where it can matter. Raises ConduitRefused, or twitch's errors, transient ones included.
    """
    api = term.twitch.application
    recorded = {k.decode(): v.decode() for k, v in (await hash_of(term.redis, term.keys.conduit)).items()}
    existing = [Candidate(conduit.id, conduit.shard_count, 0) for conduit in await term.helix(api.get_conduits)]
    configured, instead_of = term.settings.conduit_id, recorded.get("instead_of", "")
    made = await _made(term, recorded, existing)
    on_record = made or recorded.get("id", "")
    known = configured in {each.id for each in existing} or (
        bool(on_record) and configured in {"", "new", on_record, instead_of}
    )
    if not known and existing:
        existing = await _who_is_connected(term, existing)
    undecided = not known and not configured and not any(each.held_shards for each in existing)
    named = await named_conduit() if undecided and existing else ""
    choice = choose(configured, on_record, named, existing, instead_of=instead_of)
    if isinstance(choice, Refuse):
        raise ConduitRefused(choice.sentence)
    match choice:
        case Create(lost=lost):
            if lost and await _has_shards(term, lost):
                raise ConduitRefused(
                    f"Twitch does not list conduit {lost}, and yet lists its shards; it is asked again"
                )
            if lost:
                log.error(
                    "conduit.lost", conduit=lost, consequence="a new one is made and every subscription re-created"
                )
            conduit = await _create(term, existing, recorded)
        case Adopt(conduit=found):
            lost = recorded.get("id", "") if found.id == made else ""
            ours = found.id == made or (recorded.get("id") == found.id and recorded.get("created") == "1")
            conduit = Conduit(
                ConduitId(found.id), found.shard_count, ours, instead_of if found.id == on_record != configured else ""
            )
            log.info("conduit.adopted", conduit=conduit.id, shards=conduit.shard_count, on_record="id" in recorded)
    await record(term, conduit)
    if lost:
        metrics.CONDUITS_LOST.inc()  # once, however often making another one, or recording it, has failed
    return conduit


async def record(term: Term, conduit: Conduit) -> None:
    """Notes in Redis which conduit is served. Raises Deposed, or redis' errors."""
    await term.commit(
        Write.hset(
            term.keys.conduit,
            id=conduit.id,
            shard_count=conduit.shard_count,
            created=int(conduit.created_by_us),
            instead_of=conduit.instead_of,
        ),
        Write.hdel(term.keys.conduit, *MAKING),
    )


async def _create(term: Term, existing: Sequence[Candidate], recorded: Mapping[str, str]) -> Conduit:
    configured = term.settings.conduit_id
    instead_of = "" if configured == "new" else configured
    count = await _first_count(term, recorded.get("wanted", ""))
    # Also asks whether Redis takes writes at all: a conduit that can't be recorded is one too many at Twitch.
    await term.commit(
        Write.hset(
            term.keys.conduit,
            making=" ".join(each.id for each in existing),
            making_count=count,
            instead_of=instead_of,
        )
    )
    try:
        created = await term.helix(lambda: term.twitch.application.create_conduit(count))
    except errors.HTTPException as error:
        if not error.transient:  # it was not made, and what turns up later is somebody else's
            await term.commit(Write.hdel(term.keys.conduit, *MAKING))
        raise
    conduit = Conduit(ConduitId(created.id), created.shard_count, created_by_us=True, instead_of=instead_of)
    log.info("conduit.created", conduit=conduit.id, shards=conduit.shard_count)
    return conduit


async def _made(term: Term, recorded: Mapping[str, str], existing: Sequence[Candidate]) -> str:
    """The conduit that this fleet made and could not record any more: the answer was lost, or Redis, or the leader. It is
    one that was not there when the making was noted, has the count that was asked for, and that nobody else serves. ''
    where there is none."""
    if "making" not in recorded or recorded.get("id") in {each.id for each in existing}:
        return ""
    before, count = recorded["making"].split(), recorded.get("making_count", "")
    fresh = [each for each in existing if each.id not in before and count in {"", str(each.shard_count)}]
    unclaimed = await _unclaimed(term, fresh)
    if unclaimed and not any(each.held_shards for each in unclaimed):
        # Another fleet of this client id may have made it a moment ago, and binds a shard within seconds.
        pause_seconds = 2 * term.settings.member_ttl_seconds
        log.info("conduit.found_unbound", conduit=unclaimed[0].id, looking_again_in_seconds=pause_seconds)
        await asyncio.sleep(pause_seconds)
        unclaimed = await _unclaimed(term, unclaimed)
    return unclaimed[0].id if unclaimed else ""


async def _unclaimed(term: Term, conduits: Sequence[Candidate]) -> list[Candidate]:
    """Those that nobody but this fleet's own workers is connected to."""
    return [each for each in await _who_is_connected(term, conduits) if each.enabled_shards == each.held_shards]


async def _first_count(term: Term, recorded: str) -> int:
    """The shard count of a conduit that is about to be made."""
    bounds = bounds_of(term.settings)
    by_load = bounds.hold(int(recorded) if recorded.isdigit() else bounds.shards_min)
    return wanted(bounds, await read_by_hand(term.redis, term.keys), by_load).count


async def _who_is_connected(term: Term, existing: Sequence[Candidate]) -> list[Candidate]:
    """The conduits with what Twitch shows enabled of them, and how much of that is our own workers'."""
    enabled = {each.id: await term.helix(lambda id_=each.id: _enabled(term, id_)) for each in existing}  # type: ignore[misc] # mypy can't infer a lambda's default
    connected = frozenset[SessionId]().union(*enabled.values())
    within_seconds = 2 * term.settings.heartbeat_seconds
    ours = await _reported(term, connected, enough=1, within_seconds=within_seconds) if connected else frozenset()
    return [
        Candidate(each.id, each.shard_count, len(enabled[each.id]), len(enabled[each.id] & ours)) for each in existing
    ]


async def _has_shards(term: Term, conduit_id: str) -> bool:
    """Whether a conduit is there that Get Conduits does not show: to make another one would give all its subscriptions up."""
    try:
        await term.helix(lambda: term.twitch.application.get_conduit_shards(conduit_id))
    except errors.NotFound:
        return False
    return True


async def _enabled(term: Term, conduit_id: str) -> frozenset[SessionId]:
    try:
        shards = await term.twitch.application.get_conduit_shards(conduit_id, status="enabled")
    except errors.NotFound:
        return frozenset()
    return frozenset(SessionId(shard.session_id) for shard in shards if shard.session_id)


async def wait_for_holders(term: Term, conduit_id: str) -> None:
    """Over a Redis that lost its records only the workers say who holds which shard: gives those whose sessions Twitch
    shows enabled the time to, a member's TTL at most. A plan made earlier would open anew what is open."""
    enabled = await term.helix(lambda: _enabled(term, conduit_id))
    if enabled:
        await _reported(term, enabled, enough=len(enabled), within_seconds=term.settings.member_ttl_seconds)


async def _reported(
    term: Term, sessions: frozenset[SessionId], *, enough: int, within_seconds: float
) -> frozenset[SessionId]:
    """Those of `sessions` that our workers report. Over a Redis that has just lost its data a worker reports anew at its
    next heartbeat, or once its call has timed out."""
    keys = term.keys
    looks = 1 + int(within_seconds / LOOK_SECONDS)
    ours: frozenset[SessionId] = frozenset()
    for look in range(looks):
        if look:
            await asyncio.sleep(LOOK_SECONDS)
        _, _, workers = await term.scripts.observe(
            keys=[keys.workers, keys.written], args=[keys.alive(""), keys.report("")]
        )
        ours = sessions & {session for _, _, _, raw in workers for session in _sessions(raw)}
        if len(ours) >= enough:
            break
    return ours


def _sessions(raw: bytes | None) -> frozenset[SessionId]:
    if raw is None:
        return frozenset()
    try:
        return frozenset(each.session for each in read_report(raw).sessions)
    except msgspec.DecodeError:
        return frozenset()  # the control loop says so
