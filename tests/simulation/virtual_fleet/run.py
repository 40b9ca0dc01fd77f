"""One seed from its beginning to its verdict."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random

from virtual_fleet.faults import Fault, Kind, draw
from virtual_fleet.fleet import Shape, virtual_fleet
from virtual_fleet.gentle import PLAIN, gentleness
from virtual_fleet.invariants import Invariants, unsettled
from virtual_fleet.strike import Strikes
from virtual_fleet.world import Violated

BEGIN_SECONDS = 4.0
"""The fleet is up by then, and something can go wrong."""
FAULTS_SECONDS = 60.0
"""Faults happen until then."""
SETTLE_SECONDS_MAX = 75.0
"""So long after the last fault everything is well again, at most."""
LOOK_SECONDS = 1.0
BY_LOAD = 0.2
"""Share of the fleets whose shard count follows the load."""
STEADY_LOOKS = 3
"""Well means: in so many looks, one after another."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed."""

    seed: int
    shape: Shape
    faults: tuple[Fault, ...]
    violation: str
    """'' where everything held."""
    settled_seconds: float
    """Virtual time from the end of the faults until all was well."""
    virtual_seconds: float
    events: int
    delivered: int
    excused: int
    """Of those, the ones that are in no stream, for a reason (`ledger`)."""
    dropped: int
    """Events that Twitch dropped, their shard being dark."""
    story: tuple[str, ...] = ()


def scenario(seed: int) -> tuple[Shape, tuple[Fault, ...]]:
    """What a seed stands for."""
    chance = Random(f"{seed}:scenario")
    shape = Shape(
        coordinators=chance.choice((1, 2, 2, 2, 3)),
        workers=chance.choice((1, 2, 3, 3, 4)),
        shards=chance.randint(2, 8),
        channels=chance.randint(5, 30),
        bursts_per_second=chance.choice((0.5, 1.0, 2.0)),
        burst_events_max=chance.choice((5, 20, 40)),
        failover=chance.choice(("park", "park", "reopen")),
        park_max=chance.choice((1, 2, 20)),
        openings_max=chance.choice((2, 4, 400)),
    )
    if chance.random() < BY_LOAD:
        shape = replace(
            shape, shards_max=shape.shards + chance.randint(1, 6), shard_events_per_second=chance.choice((1, 2, 4))
        )
    return shape, draw(chance, shape, BEGIN_SECONDS, FAULTS_SECONDS)


def run(
    seed: int, *, faults: Sequence[Fault] | None = None, keep_story: bool = False, shape: Shape | None = None
) -> Outcome:
    """Runs a seed; with `faults` or `shape`, with these in place of its own."""
    own_shape, own_faults = scenario(seed)
    chosen_shape, chosen = shape or own_shape, own_faults if faults is None else tuple(faults)
    settled = 0.0
    with _collecting_later(), virtual_fleet(seed, chosen_shape, keep_story=keep_story) as fleet:
        world = fleet.world
        strikes = Strikes(fleet, chosen)
        plain = all(fault.kind in PLAIN for fault in chosen)
        invariants = Invariants(fleet, strikes, gentleness(chosen_shape, chosen), BEGIN_SECONDS, plain=plain)
        kinds = {fault.kind for fault in chosen}
        remembered = not kinds >= {Kind.CONDUIT_DELETED} or not kinds & {Kind.REDIS_EMPTIED, Kind.REDIS_FAILOVER}
        try:
            fleet.start()
            world.run_until(FAULTS_SECONDS)
            strikes.calm()
            well = 0
            while well < STEADY_LOOKS:
                world.run_until(world.now + LOOK_SECONDS)
                why = unsettled(fleet, invariants.ledger, subscriptions=remembered)
                well = 0 if why else well + 1
                if why and world.now - FAULTS_SECONDS > SETTLE_SECONDS_MAX:
                    world.violated(f"not settled {SETTLE_SECONDS_MAX:g} s after the last fault: {why}")
                    break
            settled = world.now - FAULTS_SECONDS - (STEADY_LOOKS - 1) * LOOK_SECONDS
            invariants.settle()
        except Violated:
            """It is on record."""
        ledger = invariants.ledger
        return Outcome(
            seed,
            chosen_shape,
            chosen,
            world.violation,
            settled,
            world.now,
            world.events,
            len(ledger.fates),
            ledger.excused(),
            fleet.twitch.model.truth.totals.dropped,
            tuple(world.lines),
        )


@contextmanager
def _collecting_later() -> Iterator[None]:
    """A run makes some hundred thousand objects that all go together: looking for dead ones meanwhile costs a fifth."""
    enabled = gc.isenabled()
    gc.disable()
    gc.freeze()  # what is there already need not be looked at either
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if enabled:
            gc.enable()
