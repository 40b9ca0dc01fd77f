"""How long each shard was dark: from when it lost its session until it was bound again, as Twitch itself sees it.

A shard that was never bound is not dark but new; one that came with a raised count is dark from then on, since events
are hashed to it at once.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

from twitch.ids import ConduitId

SPELLS_MAX: Final = 100_000  # the last ones are remembered


@dataclass(slots=True, eq=False)
class Spell:
    conduit_id: ConduitId
    shard: int
    began_at: float
    ended_at: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "conduit_id": self.conduit_id,
            "shard": str(self.shard),
            "began_ms": round(self.began_at * 1000, 3),
            "ended_ms": None if self.ended_at is None else round(self.ended_at * 1000, 3),
        }


class Darkness:
    """The spells of all shards, in the order in which they began."""

    def __init__(self) -> None:
        self.spells: deque[Spell] = deque(maxlen=SPELLS_MAX)
        self._lasting: dict[tuple[ConduitId, int], Spell] = {}

    def began(self, conduit_id: ConduitId, shard: int, now: float) -> None:
        if (conduit_id, shard) not in self._lasting:
            spell = self._lasting[conduit_id, shard] = Spell(conduit_id, shard, now)
            self.spells.append(spell)

    def ended(self, conduit_id: ConduitId, shard: int, now: float) -> None:
        spell = self._lasting.pop((conduit_id, shard), None)
        if spell is None:
            return
        spell.ended_at = now
        if spell.began_at == now and self.spells[-1] is spell:
            self.spells.pop()  # bound to another session in one go
