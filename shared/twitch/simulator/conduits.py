"""Conduits and their shards: who owns them, what each shard is bound to, and when a conduit dies.

A shard is *assigned* by Update Conduit Shards and *enabled* while the session that it names has a carrying socket.
One session may serve many shards, of several conduits. Two habits of Twitch's are kept:

- Lowering the count does not take the shards above it away: they stay bound and listed, get no events, and count again
  when the count is raised (twitchdev/issues#914; `Options.lingering=False` removes them).
- A conduit whose shards are all dark for 72 hours is deleted. A new conduit is dark until a first shard is enabled.

How a shard that was never assigned is listed is not documented. Here: `websocket_disconnected`, all of its transport
null.
Source: https://dev.twitch.tv/docs/eventsub/handling-conduit-events/
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from twitch.ids import ClientId, ConduitId, SessionId
from twitch.simulator.darkness import Darkness
from twitch.simulator.deadlines import Deadlines
from twitch.simulator.options import Options
from twitch.simulator.sessions import Edge, Session
from twitch.simulator.wire import Method, Numbering, Status, timestamp


@dataclass(slots=True, eq=False)
class Shard:
    conduit_id: ConduitId
    number: int
    status: Status = Status.DISCONNECTED
    method: Method = Method.WEBSOCKET
    session_id: str | None = None
    callback: str | None = None
    connected_at: str | None = None
    disconnected_at: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"id": str(self.number), "status": self.status.value, "transport": self.transport()}

    def transport(self) -> dict[str, Any]:
        if self.method is Method.WEBHOOK:
            return {"method": "webhook", "callback": self.callback}
        described: dict[str, Any] = {"method": "websocket", "session_id": self.session_id}
        described["connected_at"] = self.connected_at
        if self.status is not Status.ENABLED:
            described["disconnected_at"] = self.disconnected_at
        return described


@dataclass(slots=True, eq=False)
class Conduit:
    id: ConduitId
    client_id: ClientId
    shard_count: int
    shards: dict[int, Shard] = field(default_factory=dict)  # those ever assigned, lingering ones among them
    enabled: int = 0  # of those below the count
    dark_since: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "shard_count": self.shard_count}

    def numbers(self) -> Sequence[int]:
        """Every shard below the count, assigned or not, and the lingering ones."""
        lingering = sorted(number for number in self.shards if number >= self.shard_count)
        return [*range(self.shard_count), *lingering] if lingering else range(self.shard_count)

    def shard(self, number: int) -> Shard:
        """The shard of this number, as it is listed."""
        return self.shards.get(number) or Shard(self.id, number)


@dataclass(frozen=True, slots=True)
class ShardUpdate:
    """One entry of Update Conduit Shards, as it came. What it should have said is judged in `assign`."""

    id: str
    method: str
    session_id: str | None = None
    callback: str | None = None
    secret: str | None = None


class Conduits:
    """All conduits of all clients. `on_deleted` hears of each that is gone, by call or by darkness."""

    def __init__(
        self, options: Options, deadlines: Deadlines, edge: Edge, on_deleted: Callable[[Conduit, float], None]
    ) -> None:
        self._options = options
        self._deadlines = deadlines
        self._edge = edge
        self._on_deleted = on_deleted
        self._ids = Numbering(options.seed, "conduit")
        self._by_id: dict[ConduitId, Conduit] = {}
        self._by_session: dict[str, dict[tuple[ConduitId, int], Shard]] = {}
        self.darkness = Darkness()
        self.refusals = 0  # a fault: so many bindings more are refused

    def of_client(self, client_id: ClientId) -> list[Conduit]:
        return [conduit for conduit in self._by_id.values() if conduit.client_id == client_id]

    def all(self) -> list[Conduit]:
        return list(self._by_id.values())

    def get(self, conduit_id: str) -> Conduit | None:
        return self._by_id.get(ConduitId(conduit_id))

    def owned(self, conduit_id: str, client_id: ClientId) -> Conduit | None:
        conduit = self.get(conduit_id)
        return conduit if conduit is not None and conduit.client_id == client_id else None

    def of_session(self, session_id: str) -> list[Shard]:
        return list(self._by_session.get(session_id, {}).values())

    def is_count(self, shard_count: int) -> bool:
        return 1 <= shard_count <= self._options.shards_max

    def create(self, client_id: ClientId, shard_count: int, now: float, *, named: str = "") -> Conduit | None:
        """None if the client has as many as it may. `named`: an id of the tester's choice, which nothing has yet."""
        assert self.is_count(shard_count), shard_count
        if len(self.of_client(client_id)) >= self._options.conduits_max:
            return None
        conduit = Conduit(ConduitId(named or self._ids.next_uuid()), client_id, shard_count)
        self._by_id[conduit.id] = conduit
        self._watch(conduit, now)
        return conduit

    def resize(self, conduit: Conduit, shard_count: int, now: float) -> None:
        assert self.is_count(shard_count), shard_count
        for number in range(conduit.shard_count, shard_count):
            if conduit.shard(number).status is not Status.ENABLED:
                self.darkness.began(conduit.id, number, now)
        for number in range(shard_count, conduit.shard_count):
            self.darkness.ended(conduit.id, number, now)
        conduit.shard_count = shard_count
        if not self._options.lingering:
            for number in sorted(number for number in conduit.shards if number >= shard_count):
                self._unbind(conduit.shards.pop(number), now)
        conduit.enabled = sum(
            shard.status is Status.ENABLED and shard.number < shard_count for shard in conduit.shards.values()
        )
        self._watch(conduit, now)

    def delete(self, conduit: Conduit, now: float) -> None:
        del self._by_id[conduit.id]
        for shard in list(conduit.shards.values()):
            self._unbind(shard, now)
        for number in conduit.shards:
            self.darkness.ended(conduit.id, number, now)
        self._on_deleted(conduit, now)

    def assign(
        self, conduit: Conduit, updates: Sequence[ShardUpdate], now: float
    ) -> tuple[list[Shard], list[dict[str, str]]]:
        """Bind shards to transports: those that were bound, and an entry of `errors` for each that was not."""
        bound: list[Shard] = []
        errors: list[dict[str, str]] = []
        for update in updates:
            if problem := self._problem(conduit, update):
                errors.append({"id": update.id, "message": problem, "code": "invalid_parameter"})
                continue
            shard = conduit.shards.setdefault(int(update.id), Shard(conduit.id, int(update.id)))
            self._bind(shard, update, now)
            bound.append(shard)
        self._watch(conduit, now)
        return bound, errors

    def session_lost(self, session: Session, status: Status, now: float) -> list[Shard]:
        """The shards that go dark with a session; each takes the status."""
        # "unused" is no status of shards, and a session that serves one is not closed for it
        status = Status.DISCONNECTED if status is Status.UNUSED else status
        shards = list(self._by_session.pop(session.id, {}).values())
        for shard in shards:
            self._mark(shard, status, now)
            shard.disconnected_at = timestamp(now)
        for conduit_id in dict.fromkeys(shard.conduit_id for shard in shards):
            self._watch(self._by_id[conduit_id], now)
        return shards

    def disable(self, shard: Shard, now: float) -> None:
        """A fault: the shard is dark while its session lives, and nobody is told."""
        self._unbind(shard, now)
        shard.disconnected_at = timestamp(now)
        if (conduit := self._by_id.get(shard.conduit_id)) is not None:
            self._watch(conduit, now)

    def _problem(self, conduit: Conduit, update: ShardUpdate) -> str | None:
        if self.refusals:
            self.refusals -= 1
            return "The shard could not be updated"
        # The page's list of messages: https://dev.twitch.tv/docs/api/reference/#update-conduit-shards
        if not (update.id.isascii() and update.id.isdigit() and int(update.id) < conduit.shard_count):
            return "The shard id is outside the conduit's range"
        if update.method == Method.WEBSOCKET:
            if not update.session_id:
                return "The transport requires the session_id field."
            return None if self._edge.carrier(update.session_id) else "The websocket session is not connected."
        if update.method != Method.WEBHOOK:
            return "The value specified in the method field is not valid."
        if not update.callback:
            return "The transport requires the callback field."
        callback = urlsplit(update.callback)
        if callback.scheme != "https" or callback.port not in {None, 443}:
            return "The callback URL must use HTTPS and port 443."
        secret = update.secret or ""
        if not (secret.isascii() and 10 <= len(secret) <= 100):
            return "The length of the string in the secret field is not valid."
        return None

    def _bind(self, shard: Shard, update: ShardUpdate, now: float) -> None:
        before = shard.session_id if shard.status is Status.ENABLED else None
        if update.method == Method.WEBHOOK:
            if before is not None:
                self._unbind(shard, now)
            shard.method, shard.callback, shard.session_id = Method.WEBHOOK, update.callback, None
            shard.connected_at = shard.disconnected_at = None
            self._mark(
                shard, Status.CALLBACK_PENDING, now
            )  # nobody asks the callback: this Twitch speaks WebSocket only
            return
        assert update.session_id is not None
        # The new session is held first, so that one which is bound to the same shard again is never let go.
        self._edge.hold(update.session_id)
        if before is not None:
            self._unbind(shard, now)
        session = self._edge.sessions[SessionId(update.session_id)]
        shard.method, shard.callback, shard.session_id = Method.WEBSOCKET, None, update.session_id
        self._mark(shard, Status.ENABLED, now)
        shard.connected_at, shard.disconnected_at = session.connected_at, None
        self._by_session.setdefault(update.session_id, {})[shard.conduit_id, shard.number] = shard

    def _unbind(self, shard: Shard, now: float) -> None:
        if shard.session_id is None or shard.status is not Status.ENABLED:
            return
        serves = self._by_session.get(shard.session_id, {})
        serves.pop((shard.conduit_id, shard.number), None)
        if not serves:
            self._by_session.pop(shard.session_id, None)
        self._mark(shard, Status.DISCONNECTED, now)
        self._edge.release(shard.session_id, now)

    def _mark(self, shard: Shard, status: Status, now: float) -> None:
        conduit = self._by_id.get(shard.conduit_id)
        if conduit is not None and shard.number < conduit.shard_count:
            conduit.enabled += (status is Status.ENABLED) - (shard.status is Status.ENABLED)
            if status is Status.ENABLED:
                self.darkness.ended(conduit.id, shard.number, now)
            elif shard.status is Status.ENABLED:
                self.darkness.began(conduit.id, shard.number, now)
        shard.status = status

    def _watch(self, conduit: Conduit, now: float) -> None:
        """Start or stop the clock of a dark conduit."""
        if conduit.enabled:
            conduit.dark_since = None
        elif conduit.dark_since is None:
            conduit.dark_since = now
            self._deadlines.at(now + self._options.scaled(self._options.dark_seconds), partial(self._dark, conduit))

    def _dark(self, conduit: Conduit, now: float) -> None:
        limit = self._options.scaled(self._options.dark_seconds)
        dark = conduit.dark_since is not None and now >= conduit.dark_since + limit
        if dark and self._by_id.get(conduit.id) is conduit:
            self.delete(conduit, now)
