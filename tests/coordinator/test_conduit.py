"""Which conduit is served, asked of a simulated Twitch, and the record of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY

from coordinator.conduit import ConduitRefused, settle, wait_for_holders
from coordinator.conduit_choice import Adopt, Candidate, Create, Refuse, choose
from coordinator.term import Deposed, Term
from fleet.clock import boottime
from fleet.reports import Report, ReportedSession, encode
from twitch.errors import HTTPException
from twitch.eventsub.sockets import open_http
from twitch.ids import SessionId
from twitch.simulator import Simulator

OURS, THEIRS = Candidate("ours", 4, 4, held_shards=4), Candidate("theirs", 4, 4)


async def nothing_named() -> str:
    return ""


def the_one_there_is(term: Term) -> Callable[[], Awaitable[str]]:
    """The program's run() names the conduit that there is."""

    async def named() -> str:
        assert term.conduit is not None
        return term.conduit.id

    return named


@pytest.fixture
def term(hosting_term: Term) -> Term:
    return hosting_term


# -- the choice


@pytest.mark.parametrize("configured", ["", "new"])
def test_without_a_record_the_conduit_that_our_workers_hold_is_ours(configured: str) -> None:
    assert choose(configured, "", "theirs", [THEIRS, OURS]) == Adopt(OURS)


def test_a_conduit_that_is_named_in_the_settings_or_on_record_goes_before_it() -> None:
    assert choose("theirs", "", "", [THEIRS, OURS]) == Adopt(THEIRS)
    assert choose("", "theirs", "", [THEIRS, OURS]) == Adopt(THEIRS)


def test_what_others_hold_is_not_taken_unless_it_is_named() -> None:
    assert isinstance(choose("", "", "", [THEIRS]), Refuse)
    assert choose("", "", "theirs", [THEIRS]) == Adopt(THEIRS)
    assert choose("new", "", "", [THEIRS]) == Create()


# -- asked of Twitch


async def report(term: Term, session: str) -> None:
    """A worker that holds a session, as it says of itself."""
    held = Report(incarnation="i", active=True, capacity=9, sessions=(ReportedSession(SessionId(session), 0, 1, 1),))
    await term.redis.sadd(term.keys.workers, "worker")  # type: ignore[misc] # typed for both clients
    await term.redis.hset(term.keys.report("worker"), mapping={"v": "1", "report": encode(held)})  # type: ignore[misc] # as above


async def with_bound_shard(term: Term, then: Callable[[str], Awaitable[None]]) -> None:
    """Binds a live session to the conduit's shard and calls `then` with its id."""
    assert term.conduit is not None
    async with open_http() as http, http.ws_connect(term.settings.addresses.eventsub_url) as websocket:
        session = (await websocket.receive_json())["payload"]["session"]["id"]
        update = {"id": "0", "transport": {"method": "websocket", "session_id": session}}
        answer = await term.twitch.application.update_conduit_shards(term.conduit.id, [update])
        assert not answer.errors
        await then(session)


async def test_a_redis_without_a_record_gets_back_the_conduit_whose_sessions_our_workers_report(term: Term) -> None:
    conduit = term.conduit
    assert conduit is not None

    async def once_reported(session: str) -> None:
        settling = asyncio.create_task(settle(term, nothing_named))
        await report(term, session)  # by a worker that notices a moment after the leader

        assert (await settling).id == conduit.id
        assert await term.redis.hget(term.keys.conduit, "id") == conduit.id.encode()  # type: ignore[misc] # as above

    term.settings = replace(term.settings, shards_min=1)
    await with_bound_shard(term, once_reported)


async def test_a_conduit_whose_sessions_none_of_our_workers_reports_is_left_alone(term: Term) -> None:
    async def refused(_session: str) -> None:
        await report(term, "another")
        with pytest.raises(ConduitRefused, match="with 1 of 1 shards enabled"):
            await settle(term, nothing_named)

    await with_bound_shard(term, refused)


async def test_without_records_the_workers_that_hold_the_shards_are_waited_for(term: Term) -> None:
    conduit = term.conduit
    assert conduit is not None

    async def not_before_it_is_reported(session: str) -> None:
        waiting = asyncio.create_task(wait_for_holders(term, conduit.id))
        await report(term, "another")
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
        await report(term, session)
        async with asyncio.timeout(30):
            await waiting

    term.settings = replace(term.settings, member_ttl_seconds=60.0)
    await with_bound_shard(term, not_before_it_is_reported)


async def test_one_that_never_reports_is_waited_for_a_ttl_only(term: Term) -> None:
    conduit = term.conduit
    assert conduit is not None

    async def in_vain(_session: str) -> None:
        async with asyncio.timeout(30):
            await wait_for_holders(term, conduit.id)

    term.settings = replace(term.settings, member_ttl_seconds=0.3)
    await with_bound_shard(term, in_vain)


# -- making one


async def making_fails(term: Term, sim: Simulator, status: int, *, after: bool = False) -> None:
    """The conduit is deleted, and Twitch answers the making of another so; after: carried out all the same."""
    assert term.conduit is not None
    await term.twitch.application.delete_conduit(term.conduit.id)
    sim.control.fault("status", endpoint="POST /eventsub/conduits", status=status, after=after)
    with pytest.raises(HTTPException):
        await settle(term, nothing_named)


async def test_no_conduit_is_made_that_could_not_be_recorded(term: Term) -> None:
    """A Redis that is full would have one made in every round, until Twitch allows no more."""
    assert term.conduit is not None
    api = term.twitch.application
    await api.delete_conduit(term.conduit.id)
    await term.redis.set(term.keys.leader, "another's")  # what we write is refused

    with pytest.raises(Deposed):
        await settle(term, nothing_named)

    assert await api.get_conduits() == ()


async def test_one_whose_making_was_not_answered_is_found_and_no_other_made(term: Term, sim: Simulator) -> None:
    api = term.twitch.application
    await making_fails(term, sim, 500, after=True)
    [made] = await api.get_conduits()
    conduit = await settle(term, nothing_named)

    assert (conduit.id, conduit.created_by_us) == (made.id, True)
    assert len(await api.get_conduits()) == 1
    assert not await term.redis.hexists(term.keys.conduit, "making")  # type: ignore[misc] # as above


async def test_what_was_there_before_is_not_taken_for_it(term: Term) -> None:
    assert term.conduit is not None
    there = term.conduit.id
    await term.redis.hset(term.keys.conduit, "making", there)  # type: ignore[misc] # as above

    with pytest.raises(ConduitRefused, match=there):
        await settle(term, nothing_named)


async def test_one_that_somebody_else_made_meanwhile_is_not_taken_for_it(
    term: Term, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours was never made; another fleet of this client id makes one, and binds its first shard a moment later."""
    api = term.twitch.application
    await making_fails(term, sim, 500)
    theirs = await api.create_conduit(term.settings.shards_min)

    async with open_http() as http, http.ws_connect(term.settings.addresses.eventsub_url) as websocket:
        session = (await websocket.receive_json())["payload"]["session"]["id"]

        async def they_bind(_seconds: float) -> None:
            update = {"id": "0", "transport": {"method": "websocket", "session_id": session}}
            assert not (await api.update_conduit_shards(theirs.id, [update])).errors

        monkeypatch.setattr("coordinator.conduit.asyncio", SimpleNamespace(sleep=they_bind))
        with pytest.raises(ConduitRefused, match="with 1 of 4 shards enabled"):
            await settle(term, nothing_named)


async def test_one_of_another_count_than_was_asked_for_is_not_taken_for_it(term: Term, sim: Simulator) -> None:
    api = term.twitch.application
    await making_fails(term, sim, 500)
    await api.create_conduit(term.settings.shards_min + 1)

    with pytest.raises(ConduitRefused, match="did not make"):
        await settle(term, nothing_named)


async def test_what_turns_up_after_twitch_refused_to_make_one_is_somebody_elses(term: Term, sim: Simulator) -> None:
    api = term.twitch.application
    await making_fails(term, sim, 400)
    await api.create_conduit(term.settings.shards_min)

    with pytest.raises(ConduitRefused, match="did not make"):
        await settle(term, nothing_named)


async def test_a_listing_that_lacks_ours_is_not_believed_while_its_shards_are_listed(
    term: Term, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer of a Twitch that is not of one mind would cost every subscription."""
    await settle(term, the_one_there_is(term))
    api = term.twitch.application

    async def lists_none() -> tuple[()]:
        return ()

    with monkeypatch.context() as confused:
        confused.setattr(api, "get_conduits", lists_none)
        with pytest.raises(ConduitRefused, match="yet lists its shards"):
            await settle(term, nothing_named)

    assert term.conduit is not None
    assert [each.id for each in await api.get_conduits()] == [term.conduit.id]
    assert (await settle(term, nothing_named)).id == term.conduit.id


async def test_one_made_instead_of_a_deleted_one_is_served_by_the_next_leader_too(term: Term) -> None:
    """FLEET_CONDUIT_ID goes on naming the deleted one: nobody has to be awake for that."""
    assert term.conduit is not None
    api, deleted = term.twitch.application, term.conduit.id
    term.settings = replace(term.settings, conduit_id=deleted)
    await settle(term, nothing_named)
    await api.delete_conduit(deleted)
    made = await settle(term, nothing_named)

    assert (await settle(term, nothing_named)).id == made.id != deleted
    await api.delete_conduit(made.id)
    assert (await settle(term, nothing_named)).id != made.id


async def test_one_made_in_its_place_whose_answer_was_lost_is_found(term: Term, sim: Simulator) -> None:
    assert term.conduit is not None
    api = term.twitch.application
    term.settings = replace(term.settings, conduit_id=term.conduit.id)
    await settle(term, nothing_named)
    await making_fails(term, sim, 500, after=True)

    [made] = await api.get_conduits()
    assert (await settle(term, nothing_named)).id == made.id


@pytest.mark.parametrize("carried_out", [False, True])
async def test_a_deleted_conduit_is_counted_once_however_often_making_another_one_fails(
    term: Term, sim: Simulator, carried_out: bool
) -> None:
    def lost() -> float:
        return REGISTRY.get_sample_value("conduit_lost_total") or 0.0

    assert term.conduit is not None
    term.settings = replace(term.settings, conduit_id=term.conduit.id)
    await settle(term, nothing_named)
    before = lost()
    await making_fails(term, sim, 503 if carried_out else 400, after=carried_out)
    assert lost() == before
    await settle(term, nothing_named)
    await settle(term, nothing_named)
    assert lost() == before + 1


# -- how long Twitch is waited for


async def test_a_slow_answer_is_waited_for_while_the_lease_is_renewed(term: Term) -> None:
    term.lease = replace(term.lease, ttl_seconds=0.9)
    released = asyncio.Event()

    async def slow() -> str:
        await released.wait()
        return "answered"

    calling = asyncio.create_task(term.helix(slow))
    for _ in range(12):  # longer than two leases
        await asyncio.sleep(0.2)
        term.lease = replace(term.lease, renewed_at=boottime())
    released.set()

    assert await calling == "answered"


async def test_a_call_is_aborted_when_the_lease_is_not_renewed(term: Term) -> None:
    aborted = asyncio.Event()

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            aborted.set()

    term.lease = replace(term.lease, ttl_seconds=0.3)
    with pytest.raises(TimeoutError, match="when the lease ran out"):
        await term.helix(never)
    assert aborted.is_set()
