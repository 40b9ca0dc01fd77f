"""The reconcile plan: from what is wanted and what is seen, what to write and which shards to bind.

A shard's record names who is to hold it (`worker`, at an assignment `epoch`) and what is bound at Twitch as far as we
know (`session`, on its `holder`). The two differ while a shard moves: the new worker opens a socket and is bound
before the old one lets go.

    unassigned ──assign──> opening ──welcome reported, PATCH──> bound ──another worker──> handing_over ──PATCH──> bound
                              ^                                   │                                  ^
                              └── dark <──the session is gone─────┤     (whoever is assigned opens  │
                                    │                             │      it again)                  │
                                    └──parked on a live session of another shard, PATCH─────────────┘

A shard that nobody carries is parked meanwhile (see `parking`): its `session` is one that was opened for another shard.
That is a hand-over like any other, whoever the two workers are, even one and the same. It is parked anew when its host
drains, or has a newer session in that one's place, before anything else moves. The assignment is no part of this: a
worker that only seems to be lost keeps its shards, and takes them back as soon as it reports a session for them.

Level-triggered: the plan is a function of the whole state, made again after every change, and a plan that could not be
carried out is simply made again. Workers report every session they hold with the shard and epoch it was opened for;
a report for another epoch than the record's is of the past and is not acted upon. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from coordinator.assignment import Seat, Shard, Worker, assign
from coordinator.parking import Host, park
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
    silent: bool = False
    """Its heartbeat is late."""


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
    """Shards whose session Twitch calls down: by a listing that was taken after they were bound, or by refusing it."""
    doubted: frozenset[Shard] = frozenset()
    """Shards whose session may be down: they are bound to it once more, and Twitch's answer tells."""
    held_back: frozenset[tuple[Shard, SessionId]] = frozenset()
    """Bindings that Twitch refused a moment ago: not yet to be tried again."""
    park_max: int = 0
    """Shards to be parked on one session at most, its own not counted; 0 parks none."""
    unparkable: frozenset[Shard] = frozenset()
    """Shards whose parking Twitch refused a moment ago: they wait for a socket of their own."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One shard to be bound to a session by PATCH."""

    shard: Shard
    session: SessionId
    worker: Worker
    parked: bool = False
    """The session was opened for another shard."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from the observation."""

    records: dict[Shard, ShardRecord]
    """All records as they should now be written; those out of range are gone."""
    bindings: tuple[Binding, ...]
    """The most urgent first: dark shards, then parked ones whose host leaves, then moves and doubted ones."""
    moved: int
    """Shards given to another worker than before by this plan."""


def plan(observed: Observed) -> Plan:
    """The next step for every shard."""
    sessions = _sessions_by_shard(observed)
    opened_for = {(worker, each.session): shard for shard, those in sessions.items() for worker, each in those}
    living = {worker for worker, member in observed.members.items() if not member.gone}
    held = {
        shard: _held_by(observed.records.get(shard), sessions.get(shard, []), living)
        for shard in range(observed.shard_count)
    }
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
        host = opened_for.get((record.holder, record.session))
        record, binding = _advance(shard, record, sessions.get(shard, []), host, observed)
        if record.phase is not before.phase:
            began = before.phase in DELIVERING or record.phase in DELIVERING or not before.since_ms
            record = replace(record, since_ms=observed.now_ms if began else before.since_ms)
        records[shard] = record
        if binding is not None:
            bindings.append(binding)
    if observed.park_max:
        bindings += _parkings(records, {binding.shard for binding in bindings}, sessions, opened_for, observed)
    bindings.sort(key=lambda each: (records[each.shard].phase in DELIVERING, not each.parked, each.shard))
    return Plan(records, tuple(bindings), moved)


def bound(record: ShardRecord, binding: Binding, now_ms: int) -> ShardRecord:
    """The record after Twitch accepted a binding."""
    settled = binding.worker == record.worker and not binding.parked
    phase = Phase.BOUND if settled else Phase.HANDING_OVER
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


def _held_by(record: ShardRecord | None, sessions: list[tuple[Worker, ReportedSession]], living: set[Worker]) -> Worker:
    """Who holds a shard: as recorded; else (a Redis that lost the record, a dead worker) whoever has the newest session."""
    if record is not None and record.worker in living:
        return record.worker
    newest = max(sessions, key=lambda each: (each[1].epoch, each[1].serial, each[0]), default=None)
    return newest[0] if newest else ""


def _advance(
    shard: Shard,
    record: ShardRecord,
    sessions: list[tuple[Worker, ReportedSession]],
    host: Shard | None,
    observed: Observed,
) -> tuple[ShardRecord, Binding | None]:
    """The phase that follows from what is reported, and the binding that would lead further.

    sessions: those opened for the shard. host: the shard that the bound session was opened for; None if it is gone.
    """
    alive = host is not None
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
        settled = record.holder == record.worker and host == shard
        if binding is None and shard in observed.doubted and (shard, record.session) not in observed.held_back:
            binding = Binding(shard, record.session, record.holder, parked=host != shard)
        return replace(record, phase=Phase.BOUND if settled else Phase.HANDING_OVER), binding
    phase = Phase.DARK if record.session or record.phase is Phase.DARK else Phase.OPENING
    if not record.worker:
        phase = Phase.UNASSIGNED
    if shard in observed.distrusted and alive:
        # Twitch has forgotten a session that its worker believes in: bind it again before anything is opened anew.
        return replace(record, phase=phase), binding
    return replace(record, phase=phase, session=SessionId(""), holder=""), binding


def _parkings(
    records: Mapping[Shard, ShardRecord],
    taken: set[Shard],
    sessions: Mapping[Shard, list[tuple[Worker, ReportedSession]]],
    opened_for: Mapping[tuple[Worker, SessionId], Shard],
    observed: Observed,
) -> list[Binding]:
    """Where to park what nobody carries, or a host that leaves. taken: shards with a session of their own to be bound to."""
    homeless = [
        shard
        for shard, record in records.items()
        if shard not in taken
        and shard not in observed.unparkable
        and (
            record.phase in {Phase.DARK, Phase.UNASSIGNED}
            or (
                record.phase is Phase.HANDING_OVER
                and (host := opened_for[record.holder, record.session]) != shard
                and _leaves(record, sessions[host], observed)
            )
        )
    ]
    if not homeless:
        return []
    carried = Counter((record.holder, record.session) for record in records.values() if record.session)
    delivering = Counter(record.holder for record in records.values() if record.session)
    uncertain = observed.doubted | observed.distrusted
    doubtful = {
        record.holder
        for shard, record in records.items()
        if shard in uncertain and (record.holder, record.session) in opened_for
    }
    refused = {session for _, session in observed.held_back}
    rooms: dict[Worker, dict[SessionId, int]] = {}
    for shard, record in records.items():
        if (
            record.phase is Phase.BOUND
            and shard not in taken
            and record.session not in refused
            and observed.members[record.worker].report.active
        ):
            rooms.setdefault(record.worker, {})[record.session] = carried[record.worker, record.session] - 1
    hosts = [
        Host(
            worker,
            observed.members[worker].report.capacity,
            delivering[worker],
            room,
            doubtful=worker in doubtful or observed.members[worker].silent,
        )
        for worker, room in rooms.items()
    ]
    return [
        Binding(shard, session, worker, parked=True)
        for shard, (worker, session) in park(homeless, hosts, observed.park_max).items()
    ]


def _leaves(parked: ShardRecord, sessions: list[tuple[Worker, ReportedSession]], observed: Observed) -> bool:
    """Whether a host is about to end: its worker drains, or has opened another session in that one's place."""
    mine = [session for worker, session in sessions if worker == parked.holder]
    newest = max(mine, key=lambda session: session.serial)
    return not observed.members[parked.holder].report.active or newest.session != parked.session
