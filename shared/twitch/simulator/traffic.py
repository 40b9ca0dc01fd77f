"""The pace of steady traffic: how many events are due now, and which.

Events are spread evenly: the n-th is due n/rate seconds after the start. Who comes late makes up for it in one go,
but only for a quarter of a second; what is older than that is skipped and counted, so that a stalled machine is told
about in place of being followed by a flood that no real Twitch would send.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any, Final

CATCH_UP_SECONDS: Final = 0.25
# Above some 250 events/s they leave in little groups: fewer wake-ups, and less of a CPU.
TICK_SECONDS: Final = 0.005
DEFAULT_MIX: Final[Mapping[str, float]] = {
    "channel.chat.message": 0.95,
    "channel.update": 0.02,
    "stream.online": 0.015,
    "stream.offline": 0.015,
}
RATE_MAX: Final = 200_000.0
CHANNELS_MAX: Final = 1_000_000
FIRST_CHANNEL_ID: Final = 500_000_001  # channels that nobody named are numbered from here


@dataclass(frozen=True, slots=True)
class Order:
    """What traffic is wanted. `channels` None: whoever is subscribed to. `wait`: not before somebody listens."""

    rate: float
    channels: tuple[str, ...] | None
    mix: Mapping[str, float]
    subscribe: bool
    wait: bool = False


class Traffic:
    """One order being carried out."""

    def __init__(self, order: Order, random: Random, now: float) -> None:
        assert 0 < order.rate <= RATE_MAX, order.rate
        self.order = order
        self._random = random
        self.waiting = order.wait
        self._rows: list[tuple[str, Sequence[str]]] = []
        self._limits: list[float] = []
        self._origin = now
        self._count = 0  # due since the origin
        self._ticked_at = now
        self.started_at = now
        self.events = 0
        self.skipped = 0
        self.aim(dict.fromkeys(order.mix, order.channels or ()))

    def begin(self, now: float) -> None:
        """Somebody listens: the first event is due as if the order came now."""
        self.waiting = False
        self._origin = self._ticked_at = self.started_at = now

    @property
    def next_at(self) -> float:
        return max(self._origin + (self._count + 1) / self.order.rate, self._ticked_at + TICK_SECONDS)

    def aim(self, channels: Mapping[str, Sequence[str]]) -> None:
        """From which channels the events of each type come; a type without any leaves its share to the others."""
        self._rows = [(type_, channels[type_]) for type_ in self.order.mix if channels.get(type_)]
        self._limits = list(accumulate(self.order.mix[type_] for type_, _ in self._rows))

    def due(self, now: float) -> list[tuple[str, str]]:
        """The type and the channel of each event that is to be sent now."""
        self._ticked_at = now
        count = max(0, int((now - self._origin) * self.order.rate + 1e-6) - self._count)
        self._count += count
        at_most = max(1, int(self.order.rate * CATCH_UP_SECONDS))
        if count > at_most:
            self.skipped += count - at_most
            self._origin, self._count, count = now, 0, at_most
        if not self._rows:
            return []
        self.events += count
        return [self._pick() for _ in range(count)]

    def _pick(self) -> tuple[str, str]:
        where = self._random.random() * self._limits[-1]
        type_, channels = self._rows[min(bisect_right(self._limits, where), len(self._rows) - 1)]
        return type_, channels[int(self._random.random() * len(channels))]

    def as_json(self, now: float) -> dict[str, Any]:
        seconds = max(now - self.started_at, 1e-9)
        return {
            "rate": self.order.rate,
            "channels": None if self.order.channels is None else len(self.order.channels),
            "mix": dict(self.order.mix),
            "waiting": self.waiting,
            "seconds": round(seconds, 3),
            "events": self.events,
            "skipped": self.skipped,
            "behind": self.skipped > 0,
            "events_per_second": round(self.events / seconds, 1),
        }


def parse(order: Mapping[str, Any]) -> Order:
    """An order from the control API. ValueError, in a sentence, if it can't be meant."""
    rate = float(order.get("rate", 0))
    if not 0 < rate <= RATE_MAX:
        raise ValueError(f"rate must be above 0 and at most {RATE_MAX:.0f} events a second")
    mix = order.get("mix") or DEFAULT_MIX
    if not isinstance(mix, Mapping) or not all(float(share) >= 0 for share in mix.values()) or not sum(mix.values()):
        raise ValueError("mix must give shares above 0 by subscription type")
    channels = order.get("channels")
    listed: tuple[str, ...] | None
    match channels:
        case None | "subscribed":
            listed = None
        case int() if 0 < channels <= CHANNELS_MAX:
            listed = tuple(str(FIRST_CHANNEL_ID + index) for index in range(channels))
        case [*ids] if ids:
            listed = tuple(str(one) for one in ids)
        case _:
            raise ValueError(f"channels must be a count up to {CHANNELS_MAX}, a list of ids, or 'subscribed'")
    subscribe = bool(order.get("subscribe", listed is not None))
    shares = {str(type_): float(share) for type_, share in mix.items() if share}
    return Order(rate, listed, shares, subscribe, wait=bool(order.get("wait", False)))
