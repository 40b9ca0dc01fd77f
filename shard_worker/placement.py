"""Which sockets a worker opens, keeps and lets go of. Pure.

The leader's orders say for which shards (at which epoch) a session is to be open, and which sessions Twitch sends
through. From them and from what is held follows everything:

- A shard that is ordered and has no session gets one opened, while a leader is there to bind it, within the number of
  openings the leader allows, and not before the shard's pause is over.
- A session for a shard that is ordered again at a newer epoch is kept and counts for that epoch: an election, or a Redis
  that lost its data, reopens nothing.
- A session that no shard is bound to and that is not the newest for an ordered shard is let go: it is read until it has
  been quiet for 2 s (10 s at most) and then closed, so what was on its way still arrives.
- With no orders on record nothing is opened and nothing is let go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fleet.reports import Orders
from twitch.ids import SessionId

QUIET_SECONDS = 2.0
"""A session that is no longer needed is closed once nothing came for so long."""

QUIET_SECONDS_MAX = 10.0
"""… and after so long in any case."""


@dataclass(frozen=True, slots=True)
class Held:
    """One session that this worker holds."""

    serial: int
    shard: int
    epoch: int
    session: SessionId
    """'' until Twitch's welcome."""
    ending: bool
    """It is about to end, or we have asked it to: another one has to take its place."""
    unneeded_since: float | None
    last_notification_at: float


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do now."""

    open: tuple[tuple[int, int], ...]
    """(shard, epoch) of sessions to open."""
    confirm: tuple[tuple[int, int], ...]
    """(serial, epoch) of held sessions that now count for a newer epoch."""
    unneeded: tuple[int, ...]
    """Serials that have become unneeded: their quiet time begins."""
    needed: tuple[int, ...]
    """Serials that are needed after all."""
    close: tuple[int, ...]
    """Serials to close."""
    settled: bool
    """Nothing is to be done by itself later: only new orders or a session's own news change anything."""


NOTHING = Placement((), (), (), (), (), settled=True)


def place(
    orders: Orders | None,
    held: Sequence[Held],
    pauses: Mapping[int, float],
    now: float,
    *,
    led: bool,
    openings_max: int,
) -> Placement:
    """The next steps.

    pauses: shard → clock reading before which it is not to be opened again. led: somebody leads and could bind.
    openings_max: sessions that may be on their way to being bound at a time.
    """
    if orders is None:
        return NOTHING
    by_shard: dict[int, list[Held]] = {}
    for each in held:
        by_shard.setdefault(each.shard, []).append(each)
    candidates = {
        shard: max(
            (each for each in by_shard.get(shard, []) if not each.ending), key=lambda each: each.serial, default=None
        )
        for shard in orders.open
    }
    chosen = [(each, orders.open[shard]) for shard, each in sorted(candidates.items()) if each is not None]
    confirm = [(each.serial, epoch) for each, epoch in chosen if each.epoch != epoch]
    wanted = {each.serial for each, _ in chosen}

    unneeded, needed, close = [], [], []
    for each in sorted(held, key=lambda each: each.serial):
        if each.session in orders.bound or each.serial in wanted or each.ending:
            if each.unneeded_since is not None and not each.ending:
                needed.append(each.serial)
        elif not each.session:
            close.append(each.serial)
        elif each.unneeded_since is None:
            unneeded.append(each.serial)
        elif _quiet(each, now):
            close.append(each.serial)

    opening = sum(not each.ending and each.session not in orders.bound for each in held if each.serial in wanted)
    room = max(0, openings_max - opening) if led else 0
    missing = [
        (shard, epoch)
        for shard, epoch in sorted(orders.open.items())
        if candidates[shard] is None and pauses.get(shard, now) <= now
    ]
    settled = all(each is not None for each in candidates.values()) and not any(
        each.serial not in wanted and each.session not in orders.bound and not each.ending for each in held
    )
    return Placement(tuple(missing[:room]), tuple(confirm), tuple(unneeded), tuple(needed), tuple(close), settled)


def _quiet(held: Held, now: float) -> bool:
    assert held.unneeded_since is not None, "only an unneeded session is waited for"
    since = max(held.unneeded_since, held.last_notification_at)
    return now - since >= QUIET_SECONDS or now - held.unneeded_since >= QUIET_SECONDS_MAX
