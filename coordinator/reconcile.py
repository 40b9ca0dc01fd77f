"""The reconcile plan: from what is wanted and what is seen, what to write and which shards to bind.

A shard's record names who is to hold it (`worker`, at an assignment `epoch`) and what is bound at Twitch as far as we
know (`session`, on its `holder`). The two differ while a shard moves: the new worker opens a socket and is bound
before the old one lets go.

    unassigned ──assign──> opening ──welcome reported, PATCH──> bound ──another worker──> handing_over ──PATCH──> bound
                              ^                                   │
                              └── dark <──the session is gone─────┘     (whoever is assigned opens it again)

Level-triggered: the plan is a function of the whole state, made again after every change, and a plan that could not be
carried out is simply made again. Workers report every session they hold with the shard and epoch it was opened for;
a report for another epoch than the record's is of the past and is not acted upon. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from coordinator.assignment import Seat, Shard, Worker, assign
from fleet.lease import next_epoch
from fleet.reports import Report, ReportedSession
from twitch.ids import SessionId


class Phase(StrEnum):
    """Where a shard stands."""

    UNASSIGNED = "unassigned"
    OPENING = "opening"
    BOUND = "bound"
    HANDING_OVER = "handing_over"
    DARK = "dark"


DELIVERING = frozenset({Phase.BOUND, Phase.HANDING_OVER})
"""Phases in which Twitch has a live session for the shard."""


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """What the leader knows and wants of one shard."""

    phase: Phase = Phase.UNASSIGNED
    since_ms: int = 0
    """When the phase began, by Redis' clock."""
    worker: Worker = ""
    epoch: int = 0
    session: SessionId = SessionId("")
    holder: Worker = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A worker as the leader sees it."""

    report: Report
    gone: bool = False
    """Surely dead: silent, and Twitch does not show its sessions alive."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Get Conduit Shards: the session of each shard that Twitch calls enabled."""

    enabled: Mapping[Shard, SessionId]
    serial: int
    """Rises with each listing; a binding notes the serial it was made at."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything the plan looks at."""

    now_ms: int
    """Redis' clock."""
    shard_count: int
    records: Mapping[Shard, ShardRecord]
    members: Mapping[Worker, Member]
    distrusted: frozenset[Shard] = frozenset()
    """Shards that a listing, taken after they were bound, does not show enabled with their session."""
    held_back: frozenset[tuple[Shard, SessionId]] = frozenset()
    """Bindings that Twitch refused a moment ago: not yet to be tried again."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One shard to be bound to a session by PATCH."""

    shard: Shard
    session: SessionId
    worker: Worker


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from the observation."""

    records: dict[Shard, ShardRecord]
    """All records as they should now be written; those out of range are gone."""
    bindings: tuple[Binding, ...]
    moved: int
    """Shards given to another worker than before by this plan."""


def plan(observed: Observed) -> Plan:
    """The next step for every shard."""
    sessions = _sessions_by_shard(observed)
    held = {
        shard: _held_by(observed.records.get(shard), sessions.get(shard, [])) for shard in range(observed.shard_count)
    }
    living = {worker for worker, member in observed.members.items() if not member.gone}
    seats = [
        Seat(worker, member.report.capacity)
        for worker, member in observed.members.items()
        if member.report.active and not member.gone
    ]
    targets = assign(observed.shard_count, held, seats)
    seen = [record.epoch for record in observed.records.values()]
    seen += [session.epoch for reported in sessions.values() for _, session in reported]
    epoch = next_epoch(max(seen, default=0), observed.now_ms)

    records: dict[Shard, ShardRecord] = {}
    bindings: list[Binding] = []
    moved = 0
    for shard in range(observed.shard_count):
        before = observed.records.get(shard, ShardRecord(since_ms=observed.now_ms))
        record = before
        # No seat takes it: whoever holds it keeps it, since a draining worker's socket is better than none.
        target = targets.get(shard, held[shard] if held[shard] in living else "")
        if target != record.worker:
            record = replace(record, worker=target, epoch=epoch)
            moved += bool(before.worker)
        record, binding = _advance(shard, record, sessions.get(shard, []), observed)
        if record.phase is not before.phase:
            began = before.phase in DELIVERING or record.phase in DELIVERING or not before.since_ms
            record = replace(record, since_ms=observed.now_ms if began else before.since_ms)
        records[shard] = record
        if binding is not None:
            bindings.append(binding)
    return Plan(records, tuple(bindings), moved)


def bound(record: ShardRecord, binding: Binding, now_ms: int) -> ShardRecord:
    """The record after Twitch accepted a binding."""
    phase = Phase.BOUND if binding.worker == record.worker else Phase.HANDING_OVER
    return replace(
        record,
        phase=phase,
        since_ms=record.since_ms if record.phase is phase else now_ms,
        session=binding.session,
        holder=binding.worker,
    )


def distrusted(
    records: Mapping[Shard, ShardRecord], listing: Listing, bound_at: Mapping[Shard, int]
) -> frozenset[Shard]:
    """Shards that we call bound and the listing does not.

    bound_at: serial of the newest listing that had been *asked for* when the shard was bound: an older one tells nothing.
    """
    return frozenset(
        shard
        for shard, record in records.items()
        if record.session  # as one that is doubted already has too: doubt lasts until it is bound anew, or listed
        and bound_at.get(shard, -1) < listing.serial
        and listing.enabled.get(shard) != record.session
    )


def _sessions_by_shard(observed: Observed) -> dict[Shard, list[tuple[Worker, ReportedSession]]]:
    found: dict[Shard, list[tuple[Worker, ReportedSession]]] = {}
    for worker, member in sorted(observed.members.items()):
        if not member.gone:
            for session in member.report.sessions:
                found.setdefault(session.shard, []).append((worker, session))
    return found


def _held_by(record: ShardRecord | None, sessions: list[tuple[Worker, ReportedSession]]) -> Worker:
    """Who holds a shard: as recorded, or, over a Redis that lost the record, whoever reports the newest session of it."""
    if record is not None and record.worker:
        return record.worker
    newest = max(sessions, key=lambda each: (each[1].epoch, each[1].serial, each[0]), default=None)
    return newest[0] if newest else ""


def _advance(
    shard: Shard,
    record: ShardRecord,
    sessions: list[tuple[Worker, ReportedSession]],
    observed: Observed,
) -> tuple[ShardRecord, Binding | None]:
    """The phase that follows from what is reported, and the binding that would lead further."""
    alive = record.session != "" and any(
        worker == record.holder and session.session == record.session for worker, session in sessions
    )
    mine = [session for worker, session in sessions if worker == record.worker and session.epoch == record.epoch]
    newest = max(mine, key=lambda session: session.serial, default=None)

    binding = None
    if newest is not None and (
        newest.session != record.session or record.holder != record.worker or shard in observed.distrusted
    ):
        binding = Binding(shard, newest.session, record.worker)
        if (shard, newest.session) in observed.held_back:
            binding = None
    if alive and shard not in observed.distrusted:
        settled = record.holder == record.worker
        return replace(record, phase=Phase.BOUND if settled else Phase.HANDING_OVER), binding
    if not record.worker:
        return replace(record, phase=Phase.UNASSIGNED, session=SessionId(""), holder=""), None
    was_bound = record.session != "" or record.phase is Phase.DARK
    phase = Phase.DARK if was_bound else Phase.OPENING
    if shard in observed.distrusted and alive:
        # Twitch has forgotten a session that its worker believes in: bind it again before anything is opened anew.
        return replace(record, phase=phase), binding
    return replace(record, phase=phase, session=SessionId(""), holder=""), binding
