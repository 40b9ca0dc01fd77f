"""Which worker holds which shard: sticky, by capacity, moving only what must move.

Each active worker's quota is its share of the shards by capacity, rounded so that quotas differ from the exact share by
less than one; where rounding leaves a choice, it falls on whoever holds more already, so that nobody's departure or
arrival moves a shard between two others. A worker keeps what it holds up to its quota; the rest goes to whoever lacks
most. One round settles any number of workers joining and leaving. Pure, and the same input gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

Shard = int
Worker = str


@dataclass(frozen=True, slots=True)
class Seat:
    """A worker that may hold shards, and how many at most."""

    worker: Worker
    capacity: int


def assign(shard_count: int, held: Mapping[Shard, Worker], seats: Iterable[Seat]) -> dict[Shard, Worker]:
    """shard → worker for as many of `shard_count` shards as the seats can take.

    held: who holds what now, as far as known; workers without a seat (draining, dead) and shards out of range are
    ignored. A shard that finds no capacity is missing from the answer.
    """
    ordered = sorted(seats, key=lambda seat: seat.worker)
    assert len({seat.worker for seat in ordered}) == len(ordered), "one seat a worker"
    mine: dict[Worker, list[Shard]] = {seat.worker: [] for seat in ordered}
    homeless: list[Shard] = []
    for shard in range(shard_count):
        worker = held.get(shard)
        if worker in mine:
            mine[worker].append(shard)
        else:
            homeless.append(shard)

    quotas = _quotas(shard_count, ordered, {worker: len(shards) for worker, shards in mine.items()})
    assigned: dict[Shard, Worker] = {}
    for worker, shards in mine.items():
        for shard in shards[: quotas[worker]]:
            assigned[shard] = worker
        homeless += shards[quotas[worker] :]

    lacking = [
        (-(quotas[worker] - len(shards)), worker) for worker, shards in mine.items() if quotas[worker] > len(shards)
    ]
    heapify(lacking)
    for shard in sorted(homeless):
        if not lacking:
            break
        lack, worker = heappop(lacking)
        assigned[shard] = worker
        if lack + 1 < 0:
            heappush(lacking, (lack + 1, worker))
    return assigned


def _quotas(shard_count: int, seats: list[Seat], holding: Mapping[Worker, int]) -> dict[Worker, int]:
    """How many shards each worker is to hold: its share by capacity, to within one, never above its capacity."""
    total = sum(seat.capacity for seat in seats)
    if total <= shard_count:
        return {seat.worker: seat.capacity for seat in seats}
    quotas = {seat.worker: shard_count * seat.capacity // total for seat in seats}
    left = shard_count - sum(quotas.values())
    # Who gets one more: whoever would otherwise give one up, then whoever's share was cut most.
    order = sorted(
        (seat for seat in seats if quotas[seat.worker] < seat.capacity and shard_count * seat.capacity % total),
        key=lambda seat: (
            -min(1, max(0, holding[seat.worker] - quotas[seat.worker])),
            -(shard_count * seat.capacity % total),
            seat.worker,
        ),
    )
    assert len(order) >= left, "fewer are left than shares were cut"
    for seat in order[:left]:
        quotas[seat.worker] += 1
    return quotas
