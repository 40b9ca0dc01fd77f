"""What a leader's decisions cost at full size: 20,000 shards over 1,000 workers, and a million subscriptions.

    python benchmarks/planning.py [--shards 20000] [--workers 1000] [--subscriptions 1000000] [--rounds 5]

CPU milliseconds of one plan, medians: *settled* with nothing to do, as it is made several times a second; *cold* when no
shard is held; *death* when a worker is gone; *join* when one has come. *diff* compares the desired subscriptions with a
listing of the same size, of which one in a thousand is missing. Beside them *sort*: sorted() over a million random
integers, which is what this machine does about equally fast as any other of its year.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from source import arguments, report

from coordinator.reconcile import Binding, Member, Observed, ShardRecord, bound, plan
from coordinator.subscription_plan import ENABLED, diff
from fleet.desired import Desired
from fleet.reports import Report, ReportedSession
from twitch.ids import SessionId
from twitch.models import Subscription, SubscriptionStatus, SubscriptionTransport

NOW_MS = 1_000_000


def member(worker: int, sessions: tuple[ReportedSession, ...] = ()) -> Member:
    return Member(Report(incarnation=f"life {worker}", active=True, capacity=2000, sessions=sessions))


def settled_fleet(shards: int, workers: int) -> Observed:
    """Every shard bound, every worker reporting what it holds."""
    cold = cold_fleet(shards, workers)
    records: dict[int, ShardRecord] = {}
    held: dict[str, list[ReportedSession]] = {worker: [] for worker in cold.members}
    for shard, record in plan(cold).records.items():
        session = SessionId(f"session-{shard}")
        held[record.worker].append(ReportedSession(session, shard, record.epoch, 1))
        records[shard] = bound(record, Binding(shard, session, record.worker), NOW_MS)
    members = {worker: member(number, tuple(held[worker])) for number, worker in enumerate(cold.members)}
    return replace(cold, records=records, members=members)


def cold_fleet(shards: int, workers: int) -> Observed:
    names = [f"worker-{number}" for number in range(workers)]
    members = {worker: member(number) for number, worker in enumerate(names)}
    return Observed(now_ms=NOW_MS, shard_count=shards, records={}, members=members)


def scenes(shards: int, workers: int) -> dict[str, Observed]:
    settled = settled_fleet(shards, workers)
    gone = next(iter(settled.members))
    death = {**settled.members, gone: replace(settled.members[gone], gone=True)}
    join = {**settled.members, "worker-new": member(-1)}
    return {
        "settled": settled,
        "cold": cold_fleet(shards, workers),
        "death": replace(settled, members=death),
        "join": replace(settled, members=join),
    }


def subscriptions(count: int) -> tuple[dict[str, Desired], list[Subscription]]:
    desired, listed = {}, []
    for number in range(count):
        condition = {"broadcaster_user_id": str(number), "user_id": "1"}
        record = Desired(
            type="channel.chat.message", version="1", condition=condition, status=ENABLED, id=f"id-{number}"
        )
        desired[record.key] = record
        if number % 1000:
            listed.append(
                Subscription(
                    id=record.id,
                    type=record.type,
                    version="1",
                    status=SubscriptionStatus.ENABLED,
                    condition=condition,
                    transport=SubscriptionTransport(method="conduit", conduit_id="conduit"),
                )
            )
    return desired, listed


def milliseconds(work: Callable[[], Any], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return round(statistics.median(spent) * 1000, 1)


def main() -> None:
    options = arguments(__doc__, shards=20_000, workers=1_000, subscriptions=1_000_000, rounds=5)
    found: dict[str, float] = {}
    for name, observed in scenes(options.shards, options.workers).items():
        found[name] = milliseconds(lambda observed=observed: plan(observed), options.rounds)  # type: ignore[misc] # mypy can't infer a lambda's default
    desired, listed = subscriptions(options.subscriptions)
    found["diff"] = milliseconds(lambda: diff(desired, listed, NOW_MS), 1)
    numbers = [random.Random(1).random() for _ in range(1_000_000)]
    found["sort"] = milliseconds(lambda: sorted(numbers), options.rounds)
    report("planning", milliseconds=found)


if __name__ == "__main__":
    main()
