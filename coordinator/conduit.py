"""The conduit's life: found, adopted or created, and created anew when Twitch has deleted it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from coordinator.conduit_choice import Adopt, Candidate, Create, Refuse, choose
from coordinator.term import Conduit, Term, Write
from fleet import metrics
from fleet.connection import hash_of
from twitch import errors
from twitch.ids import ConduitId

log = structlog.get_logger(__name__)


class ConduitRefused(Exception):
    """No conduit can be taken without a person's decision; `str()` says which."""


async def settle(term: Term, named_conduit: Callable[[], Awaitable[str]]) -> Conduit:
    """The conduit to serve, at Twitch and on record, with the shard count that the settings ask for.

    named_conduit: gives the id that the program's run() names; importing a program can take long, so it is asked only
    where it can matter. Raises ConduitRefused, or twitch's errors, transient ones included.
    """
    api = term.twitch.application
    recorded = {k.decode(): v.decode() for k, v in (await hash_of(term.redis, term.keys.conduit)).items()}
    existing = [Candidate(conduit.id, conduit.shard_count, 0) for conduit in await term.helix(api.get_conduits)]
    named = "" if term.settings.conduit_id or "id" in recorded or not existing else await named_conduit()
    choice = choose(term.settings.conduit_id, recorded.get("id", ""), named, existing)
    if isinstance(choice, Refuse):
        # Only now is it worth asking who is connected: the sentence is for a person who must decide.
        choice = choose(term.settings.conduit_id, "", named, [await _with_enabled(term, each) for each in existing])
        assert isinstance(choice, Refuse), "counting enabled shards changes no decision"
        raise ConduitRefused(choice.sentence)
    wanted = term.settings.shards_min
    match choice:
        case Create(lost=lost):
            if lost:
                log.error(
                    "conduit.lost", conduit=lost, consequence="a new one is made and every subscription re-created"
                )
                metrics.CONDUITS_LOST.inc()
            created = await term.helix(lambda: api.create_conduit(wanted))
            conduit = Conduit(ConduitId(created.id), created.shard_count, created_by_us=True)
            log.info("conduit.created", conduit=conduit.id, shards=conduit.shard_count)
        case Adopt(conduit=found):
            ours = recorded.get("id") == found.id and recorded.get("created") == "1"
            count = found.shard_count
            if count != wanted:
                count = (await term.helix(lambda: api.update_conduit(found.id, wanted))).shard_count
                log.info("conduit.resized", conduit=found.id, shards_before=found.shard_count, shards=count)
            conduit = Conduit(ConduitId(found.id), count, created_by_us=ours)
            log.info("conduit.adopted", conduit=conduit.id, shards=count, on_record="id" in recorded)
    await term.commit(
        Write.hset(
            term.keys.conduit, id=conduit.id, shard_count=conduit.shard_count, created=int(conduit.created_by_us)
        )
    )
    return conduit


async def _with_enabled(term: Term, candidate: Candidate) -> Candidate:
    shards = await term.helix(lambda: _enabled(term, candidate.id))
    return Candidate(candidate.id, candidate.shard_count, shards)


async def _enabled(term: Term, conduit_id: str) -> int:
    try:
        return len(await term.twitch.application.get_conduit_shards(conduit_id, status="enabled"))
    except errors.NotFound:
        return 0
