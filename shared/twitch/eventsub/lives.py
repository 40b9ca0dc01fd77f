"""What is known of a shard that is held here, and of each session that it has had: its lives (see holding.py)."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

from twitch.eventsub.backoff import Backoff
from twitch.eventsub.connection import Connection
from twitch.eventsub.outcomes import Notification, Revocation

SESSIONS_KEPT = 20
"""Of each shard. A PATCH that comes late names one of the last."""


class Told(Protocol):
    """Whom the shards report to. None of these may block."""

    def arrived(self, message: Notification | Revocation) -> None:
        """A message of Twitch's, perhaps not for the first time."""

    def hook(self, name: str, *args: Any) -> None:
        """Something happened that a lifecycle hook is for."""

    def fatal(self, error: BaseException) -> None:
        """Nothing that these shards can do will mend this."""


@dataclass(slots=True, eq=False)
class Life:
    shard: "Shard"
    session_id: str = ""
    connection: Connection | None = None
    has_slot: bool = False
    bound: bool = False
    bound_at: float = 0.0
    """Of the loop's clock."""

    @property
    def is_current(self) -> bool:
        """Whether it's the one that the shard goes by, and the shard is still wanted."""
        return self.shard.current is self and self.shard.wanted

    def close(self) -> None:
        """Close its socket, if it has one yet."""
        if self.connection is not None:
            self.connection.close()


@dataclass(slots=True, eq=False)
class Shard:
    id: str
    backoff: Backoff
    reconnect: bool = True
    current: Life | None = None
    ever_bound: bool = False
    wanted: bool = True
    sessions: deque[str] = field(default_factory=lambda: deque(maxlen=SESSIONS_KEPT))
    """Those that it has had here, the newest last."""
