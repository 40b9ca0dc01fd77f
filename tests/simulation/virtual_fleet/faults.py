"""What goes wrong in a run: a schedule drawn from the seed. It is data, so it can be printed, replayed and made shorter.

A seed first draws some kinds, then faults of these kinds alone: many faults of few kinds find what a few of each would
not. `strike.py` knows what each kind does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from virtual_fleet.fleet import Shape


class Kind(StrEnum):
    """What can go wrong."""

    CRASH = "crash"
    PAUSE = "pause"
    SUSPEND = "suspend"
    SLOW = "slow"
    WALL_JUMP = "wall_jump"
    CUT_REDIS = "cut_redis"
    CUT_TWITCH = "cut_twitch"
    SLOW_REDIS = "slow_redis"
    SLOW_TWITCH = "slow_twitch"
    LOSSY_REDIS = "lossy_redis"
    LOSSY_TWITCH = "lossy_twitch"
    REDIS_FREEZE = "redis_freeze"
    REDIS_RESTART = "redis_restart"
    REDIS_EMPTIED = "redis_emptied"
    REDIS_FAILOVER = "redis_failover"
    REDIS_FULL = "redis_full"
    SOCKET_CLOSE = "socket_close"
    SOCKET_ABORT = "socket_abort"
    SOCKET_SILENCE = "socket_silence"
    RECONNECT = "reconnect"
    STORM = "storm"
    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"
    GARBAGE = "garbage"
    HELIX_STATUS = "helix_status"
    HELIX_ANSWERS_LOST = "helix_answers_lost"
    HELIX_HELD = "helix_held"
    SHARDS_REFUSED = "shards_refused"
    HANDSHAKES_REFUSED = "handshakes_refused"
    WELCOMES_SLOW = "welcomes_slow"
    NOTICES_LOST = "notices_lost"
    TOKENS_EXPIRED = "tokens_expired"
    CONDUIT_DELETED = "conduit_deleted"
    JOIN = "join"
    DRAIN = "drain"
    DEPLOY = "deploy"
    RESIGN = "resign"
    RESIZE = "resize"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. What `amount` is depends on the kind: a status, a close code, seconds, a share."""

    at: float
    kind: Kind
    target: str = ""
    """A machine; '' where the kind needs none."""
    seconds: float = 0.0
    amount: float = 0.0
    pick: float = 0.0
    """Which socket it meets, as a share of those that are open then; of a process, in which moment (`strike`)."""

    def __str__(self) -> str:
        parts = [f"{self.at:.2f} s: {self.kind}"]
        parts += [self.target] if self.target else []
        parts += [f"for {self.seconds:.2f} s"] if self.seconds else []
        parts += [f"({self.amount:g})"] if self.amount else []
        return " ".join(parts)


CLOSE_CODES = (1000, 1001, 1006, 1011, 1012, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007, 4999)
STATUSES = (429, 500, 502, 503, 504, 401, 403)
GARBAGE = ("not_json", "not_an_object", "no_metadata", "unknown_type", "empty", "bad_utf8", "bad_opcode", "too_long")

SECONDS: dict[Kind, tuple[float, float]] = {
    Kind.PAUSE: (0.2, 60.0),
    Kind.SUSPEND: (0.5, 60.0),
    Kind.SLOW: (1.0, 20.0),
    Kind.CUT_REDIS: (0.2, 25.0),
    Kind.CUT_TWITCH: (0.2, 25.0),
    Kind.SLOW_REDIS: (1.0, 20.0),
    Kind.SLOW_TWITCH: (1.0, 20.0),
    Kind.LOSSY_REDIS: (1.0, 20.0),
    Kind.LOSSY_TWITCH: (1.0, 20.0),
    Kind.REDIS_FREEZE: (0.1, 15.0),
    Kind.REDIS_RESTART: (0.1, 20.0),
    Kind.REDIS_EMPTIED: (0.0, 10.0),
    Kind.REDIS_FAILOVER: (0.1, 10.0),
    Kind.REDIS_FULL: (0.5, 25.0),
    Kind.SOCKET_SILENCE: (1.0, 30.0),
    Kind.HELIX_STATUS: (0.5, 25.0),
    Kind.HELIX_ANSWERS_LOST: (0.5, 20.0),
    Kind.HELIX_HELD: (1.0, 20.0),
    Kind.SHARDS_REFUSED: (1.0, 15.0),
    Kind.HANDSHAKES_REFUSED: (1.0, 15.0),
    Kind.WELCOMES_SLOW: (1.0, 20.0),
    Kind.NOTICES_LOST: (10.0, 60.0),
}
"""How long the lasting ones last. Short ones are as likely as long ones: the draw is even in the logarithm."""

AMOUNTS: dict[Kind, Callable[[Random], float]] = {
    Kind.SLOW: lambda chance: chance.choice((0.005, 0.05, 0.3)),
    Kind.WALL_JUMP: lambda chance: chance.choice((-3600.0, -30.0, -2.0, 2.0, 30.0, 3600.0)),
    Kind.SLOW_REDIS: lambda chance: chance.choice((0.05, 0.5, 3.0)),
    Kind.SLOW_TWITCH: lambda chance: chance.choice((0.3, 2.0, 8.0)),
    Kind.LOSSY_REDIS: lambda chance: chance.choice((0.02, 0.1, 0.4)),
    Kind.LOSSY_TWITCH: lambda chance: chance.choice((0.02, 0.1, 0.4)),
    Kind.REDIS_FAILOVER: lambda chance: chance.choice((0.01, 0.1, 0.5, 2.0)),
    Kind.SOCKET_CLOSE: lambda chance: float(chance.choice(CLOSE_CODES)),
    Kind.DUPLICATE: lambda chance: float(chance.randint(1, 20)),
    Kind.DELAY: lambda chance: chance.choice((0.2, 2.0, 10.0)),
    Kind.REORDER: lambda chance: float(chance.randint(2, 20)),
    Kind.GARBAGE: lambda chance: float(chance.randrange(len(GARBAGE))),
    Kind.HELIX_STATUS: lambda chance: float(chance.choice(STATUSES)),
    Kind.HELIX_ANSWERS_LOST: lambda chance: chance.choice((0.3, 1.0)),
    Kind.HELIX_HELD: lambda chance: chance.choice((1.0, 5.0, 15.0)),
    Kind.SHARDS_REFUSED: lambda chance: chance.choice((0.3, 1.0)),
    Kind.HANDSHAKES_REFUSED: lambda chance: chance.choice((0.3, 1.0)),
    Kind.WELCOMES_SLOW: lambda chance: chance.choice((2.0, 8.0)),
    Kind.RESIZE: lambda chance: float(chance.randint(1, 12)),
}
"""How much, where that can differ."""

ON_WORKERS = frozenset({Kind.DRAIN})
ON_COORDINATORS = frozenset({Kind.RESIGN})
ON_MACHINES = frozenset(
    {
        Kind.CRASH,
        Kind.PAUSE,
        Kind.SUSPEND,
        Kind.SLOW,
        Kind.WALL_JUMP,
        Kind.CUT_REDIS,
        Kind.CUT_TWITCH,
        Kind.SLOW_REDIS,
        Kind.SLOW_TWITCH,
        Kind.LOSSY_REDIS,
        Kind.LOSSY_TWITCH,
        Kind.DEPLOY,
    }
)
RARE = frozenset({Kind.REDIS_EMPTIED, Kind.CONDUIT_DELETED})
"""Those that hide what the others would show: one of a kind in a run is enough."""

FAMILIES = (
    *(list(Kind),) * 3,
    [kind for kind in Kind if kind.startswith(("redis", "helix", "shards", "handshakes", "welcomes", "resign"))],
    [kind for kind in Kind if kind.startswith(("join", "helix", "shards", "handshakes", "welcomes", "redis_f"))],
    [Kind.JOIN, Kind.DRAIN, Kind.DEPLOY, Kind.RECONNECT, Kind.STORM, Kind.WALL_JUMP, Kind.DUPLICATE, Kind.REORDER],
)
"""What the kinds of one seed are drawn from: mostly everything, else what a fleet must hardly notice (`gentle`)."""

LAST_SECONDS = 2.5
"""Nothing lasts into these, before faults end: the longest that a replica lags behind (`AMOUNTS`), and a moment."""

LEADER = "leader"
"""The target of a fault that meets whoever leads when it comes."""

EVERYBODY = "everybody"
"""The target of a fault that meets every machine at once, such as a switch that is down."""


def draw(chance: Random, shape: Shape, begin: float, end: float) -> tuple[Fault, ...]:
    """The faults of one run, in the order of their time."""
    kinds = chance.sample(chance.choice(FAMILIES), chance.randint(1, 7))
    count = chance.randint(1, chance.choice((4, 10, 18)))
    workers = [f"w{number}" for number in range(shape.workers)]
    coordinators = [f"c{number}" for number in range(shape.coordinators)]
    drains_left = shape.workers - 1
    faults: list[Fault] = []
    for _ in range(count):
        kind = chance.choice(kinds)
        if kind in RARE and any(fault.kind is kind for fault in faults):
            continue
        if kind is Kind.DRAIN:
            if not drains_left:
                continue
            drains_left -= 1
        at = chance.uniform(begin, end - LAST_SECONDS if kind is Kind.REDIS_FAILOVER else end)
        fault = Fault(
            round(at, 3),
            kind,
            _target(chance, kind, workers, coordinators),
            round(min(_seconds(chance, kind), max(0.05, end - at - LAST_SECONDS)), 3),
            AMOUNTS[kind](chance) if kind in AMOUNTS else 0.0,
            round(chance.random(), 4),
        )
        faults.append(fault)
    return tuple(sorted(faults, key=lambda fault: fault.at))


def _target(chance: Random, kind: Kind, workers: Sequence[str], coordinators: Sequence[str]) -> str:
    if kind in ON_WORKERS:
        return chance.choice(workers)
    if kind in ON_COORDINATORS:
        return chance.choice([*coordinators, LEADER])
    if kind in ON_MACHINES:
        everybody = [EVERYBODY] if kind not in {Kind.DEPLOY, Kind.CRASH} else []
        return chance.choice([*workers, *coordinators, LEADER, *everybody])
    return ""


def _seconds(chance: Random, kind: Kind) -> float:
    if kind not in SECONDS:
        return 0.0
    shortest, longest = SECONDS[kind]
    shortest = max(shortest, 0.05)
    return float(shortest * (longest / shortest) ** chance.random())
