"""What must hold in every run, looked at while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from virtual_fleet.fleet import VirtualFleet
from virtual_fleet.gentle import Gentleness
from virtual_fleet.ledger import Ledger
from virtual_fleet.messages import Frame
from virtual_fleet.network import Line
from virtual_fleet.processes import Coordinator, Process, ShardWorker
from virtual_fleet.strike import Strikes

from coordinator.reconcile import DELIVERING, ShardRecord
from twitch.simulator.wire import Status

LOOK_SECONDS = 0.25
FAILED = 1
"""Exit code of a process that an exception ended."""
CLOSED_SECONDS = 15.0
"""How long after a disturbance something may arrive at a socket that was closed meanwhile."""
UNKNOWN_DARK_SECONDS = 25.0
"""A session may be recorded as bound so long after its end, while nothing is wrong and somebody leads …"""
REPORTED_DARK_SECONDS = 5.0
"""… and so long where its worker lives, which says so at once."""

_record = msgspec.json.Decoder(ShardRecord).decode


class Invariants:
    """Listens to one fleet, and tells its world what does not hold."""

    def __init__(
        self, fleet: VirtualFleet, strikes: Strikes, gentleness: Gentleness, begin: float, *, plain: bool = False
    ) -> None:
        self._fleet, self._strikes, self._gentleness = fleet, strikes, gentleness
        self._owned: dict[int, str] = {}
        self._dropped = 0
        self._world, self._violated = fleet.world, fleet.world.violated
        self.ledger = Ledger(fleet.world, fleet.settings.replay_seconds, self._violated)
        self._holders: dict[int, str] = {}
        """epoch → who was elected."""
        self._owners: dict[tuple[int, int], str] = {}
        """(shard, epoch) → worker."""
        self._records: dict[bytes, tuple[bytes, ShardRecord]] = {}
        self._written_epoch = 0
        self._redis_lost_at = -1e9
        self._disturbed_at: dict[str, float] = {}
        self._dead_since: dict[int, float] = {}
        self._misbound_since: dict[int, float] = {}
        self._plain = plain
        self._broken: set[int] = set()
        """Sockets with a frame on them behind which nobody can read."""
        self._sound_since = 0.0
        self._allowed: dict[str, list[tuple[float, int]]] = {}
        fleet.listeners.append(self)
        fleet.redis.model.observers.append(self._script_ran)
        fleet.redis.model.on_append.append(self.ledger.appended)
        fleet.redis.on_loss.append(self._redis_lost)
        fleet.network.unheard = self._unheard
        fleet.world.after(LOOK_SECONDS, self._look)
        if gentleness:
            fleet.world.at(begin, self._be_gentle)

    # -- what is heard of

    def process_started(self, process: Process) -> None:
        process.on_frame = self._frame
        process.on_drop = self._socket_dropped
        self._disturbed_at[process.name] = self._world.now
        if isinstance(process, Coordinator):
            process.loop.on_step = partial(self._stepped, process)

    def process_ended(self, process: Process) -> None:
        self._notice_disturbances()
        if process.exit_code == FAILED:
            self._violated(f"{process.name} failed of itself")
        if process.killed or process.exit_code:
            how = "was killed" if process.killed else f"ended with {process.exit_code}"
            self.ledger.process_ended(process.name, how, self._disturbed_at[process.name])

    def _frame(self, process: Process, frame: Frame) -> None:
        message = frame.message
        if frame.kind == "broken":
            self._broken.add(frame.socket)
        if message is not None and process.alive:
            self.ledger.arrived(process.name, frame.socket, message.message_id)

    def _socket_dropped(self, process: Process, socket: int) -> None:
        """Sockets are closed in order: what is on its way is read."""
        if process.alive:
            self._violated(f"{process.name} let go of socket {socket} without reading it to its end")

    def _unheard(self, line: Line, side: int, item: object) -> None:
        """What arrives at a socket that a living process has let go of is lost like any other; a killed one lets go of all."""
        if side != 0 or not isinstance(item, Frame) or item.socket in self._broken:
            return
        process = self._fleet.machines[line.link.process].process
        since = max(line.link.disturbed_at, self._disturbed_at.get(process.name, 0.0))
        if self._world.now - since > CLOSED_SECONDS:
            self._frame(process, item)

    def _redis_lost(self, kept_until: float) -> None:
        self._redis_lost_at = self._world.now
        self._records.clear()
        self.ledger.redis_lost(kept_until)

    # -- leaders

    def _stepped(self, process: Coordinator) -> None:
        if process.acts():
            self._one_acts()

    def _one_acts(self) -> None:
        """At most one coordinator acts. A Redis that lost the lease may have given it to another one meanwhile."""
        acting = [each for each in self._fleet.alive(Coordinator) if isinstance(each, Coordinator) and each.acts()]
        if len(acting) > 1 and self._world.now - self._redis_lost_at > self._fleet.settings.lease_ttl_seconds:
            self._violated(f"{len(acting)} coordinators act: {', '.join(each.name for each in acting)}")
        for each in acting:
            epoch = each.epoch
            holder = self._holders.setdefault(epoch, each.name)
            if holder != each.name:
                self._violated(f"epoch {epoch} is {holder}'s and {each.name}'s")

    def _script_ran(self, source: bytes, keys: Sequence[bytes], arguments: Sequence[bytes], reply: bytes) -> None:
        if reply == b":0\r\n" or reply.startswith(b"-") or not source.startswith(b"-- Writes control state"):
            return
        epoch = int(arguments[0].partition(b":")[0])
        if epoch < self._written_epoch:
            self._violated(f"control state was written at epoch {epoch} after {self._written_epoch}")
        self._written_epoch = epoch
        shards = self._fleet.keys.shards.encode()
        if shards in keys:
            self._shards_written(shards)

    def _shards_written(self, key: bytes) -> None:
        """A shard has one owner at each epoch."""
        written = self._fleet.redis.model.store.values.get(key) or {}
        for gone in [shard for shard in self._records if shard not in written]:
            del self._records[gone]  # the count was lowered
            self._dead_since.pop(int(gone), None)
        for shard, raw in written.items():
            known = self._records.get(shard)
            if known is not None and known[0] == raw:
                continue
            record = _record(raw)
            self._records[shard] = raw, record
            if self._owned and self._owned.get(int(shard)) not in {record.worker, None}:
                self._violated(
                    f"shard {int(shard)} moved from {self._owned[int(shard)]} to {record.worker or 'nobody'}"
                )
            if record.worker:
                owner = self._owners.setdefault((int(shard), record.epoch), record.worker)
                if owner != record.worker:
                    self._violated(f"shard {int(shard)} at epoch {record.epoch} is {owner}'s and {record.worker}'s")

    # -- what is looked at now and then

    def _look(self) -> None:
        self._notice_disturbances()
        self._sessions_known()
        if self._plain:
            self._bindings_known()
        self._openings()
        self._complaints()
        self._world.after(LOOK_SECONDS, self._look)

    def _notice_disturbances(self) -> None:
        """When each worker last had a reason not to write, and each way to Twitch one to hold things up."""
        redis, now = self._fleet.redis, self._world.now
        for link in self._fleet.network.of_server("twitch"):
            if not link.sound():
                link.disturbed_at = now
        away = redis.down or redis.model.frozen or redis.model.full
        for machine in self._fleet.machines.values():
            process = machine.process
            link = self._fleet.network.link(machine.name, "redis")
            if away or not link.sound() or process.loop.paused or process.slow_seconds or self._redis_lost_at == now:
                self._disturbed_at[process.name] = now

    def _sessions_known(self) -> None:
        """A session that is recorded as bound is alive, or will soon be known not to be."""
        edge, now = self._fleet.twitch.model.edge, self._world.now
        led = any(isinstance(each, Coordinator) and each.acts() for each in self._fleet.alive(Coordinator))
        if self._strikes.active or not led:
            self._sound_since = now
        living = {each.name for each in self._fleet.alive(ShardWorker)}
        for shard, (_, record) in self._records.items():
            if record.phase in DELIVERING and edge.carrier(record.session) is None:
                since = self._dead_since.setdefault(int(shard), now)
                bound = REPORTED_DARK_SECONDS if record.holder in living else UNKNOWN_DARK_SECONDS
                if now - max(since, self._sound_since, self._strikes.last_at) > bound:
                    self._violated(
                        f"shard {int(shard)} is recorded as {record.phase}, its session ended at {since:.2f}"
                    )
            else:
                self._dead_since.pop(int(shard), None)

    def _bindings_known(self) -> None:
        """What is recorded as bound is bound, where every call is answered: a 202 hides no failure."""
        now, conduits = self._world.now, self._fleet.twitch.model.conduits.all()
        for shard, (_, record) in self._records.items():
            known = record.phase not in DELIVERING or not conduits or int(shard) >= conduits[0].shard_count
            known = known or conduits[0].shard(int(shard)).session_id == record.session
            since = now if known else self._misbound_since.get(int(shard), now)
            self._misbound_since[int(shard)] = since
            if now - since > REPORTED_DARK_SECONDS:
                self._violated(
                    f"shard {int(shard)} is recorded as {record.phase} to a session that Twitch has not bound"
                )

    def _openings(self) -> None:
        """A worker has no more sockets opening than it was allowed at some time lately."""
        for process in self._fleet.alive(ShardWorker):
            worker = process.worker if isinstance(process, ShardWorker) else None
            if worker is None:
                continue
            now = self._world.now
            allowed = [each for each in self._allowed.get(process.name, []) if now - each[0] < 30.0]
            allowed.append((now, worker.plane.openings_max))
            self._allowed[process.name] = allowed
            opening = sum(not socket.session for socket in worker.sockets.held.values())
            if opening > max(count for _, count in allowed):
                self._violated(f"{process.name} has {opening} sockets opening and may have {allowed[-1][1]}")

    def _complaints(self) -> None:
        if unknown := self._fleet.redis.model.unknown:
            self._violated(f"the model of Redis does not know {b', '.join(unknown).decode()}")
        for process in self._fleet.alive(Coordinator) + self._fleet.alive(ShardWorker):
            for complaint in process.loop.complaints:
                if "handle" in complaint:
                    self._violated(f"a callback of {process.name} raised {complaint.get('exception')!r}")

    # -- where no bound shard may notice anything

    def _be_gentle(self) -> None:
        """From now on, with the fleet up."""
        self._dropped = self._fleet.twitch.model.truth.totals.dropped
        if self._gentleness is Gentleness.NOTHING_MOVES:
            self._owned = {int(shard): record.worker for shard, (_, record) in self._records.items()}
        self._nothing_dropped()

    def _nothing_dropped(self) -> None:
        truth = self._fleet.twitch.model.truth
        if truth.totals.dropped > self._dropped:
            self._violated(f"Twitch dropped {truth.totals.dropped - self._dropped} events: {truth.reasons}")
        self._world.after(LOOK_SECONDS, self._nothing_dropped)

    # -- at the end

    def streams(self) -> dict[bytes, list[str]]:
        """Message ids of each stream, in order."""
        values = self._fleet.redis.model.store.values
        prefix = self._fleet.keys.stream("", 0).partition("{")[0].encode() + b"{"
        return {
            key: [entry[entry.index(b"message_id") + 1].decode() for entry in stream.entries]
            for key, stream in values.items()
            if key.startswith(prefix)
        }

    def settle(self) -> None:
        """Everything that was delivered is in its stream once and in order."""
        self.ledger.settle()
        streams = self.streams()
        for stream, ids in streams.items():
            if len(set(ids)) != len(ids):
                self._violated(f"{stream!r} has a message twice")
        self.ledger.ordered(streams)


def unsettled(fleet: VirtualFleet, ledger: Ledger, *, subscriptions: bool) -> str:
    """Why the fleet has not converged; '' where it has.

    subscriptions: whether every channel must be subscribed (what nobody remembers can't come back).
    """
    store, model = fleet.redis.model.store.values, fleet.twitch.model
    acting = [each for each in fleet.alive(Coordinator) if isinstance(each, Coordinator) and each.acts()]
    if len(acting) != 1:
        return f"{len(acting)} coordinators act"
    recorded = store.get(fleet.keys.conduit.encode())
    conduit = model.conduits.get(recorded[b"id"].decode()) if recorded else None
    if conduit is None:
        return "the recorded conduit does not exist"
    by_hand = store.get(fleet.keys.wanted_count.encode())
    if by_hand is not None and int(by_hand[b"count"]) != conduit.shard_count:
        return f"{int(by_hand[b'count'])} shards are wanted, the conduit has {conduit.shard_count}"
    shape = fleet.shape
    if by_hand is None and not shape.shards <= conduit.shard_count <= max(shape.shards, shape.shards_max):
        return f"the conduit has {conduit.shard_count} shards"
    workers = [each for each in fleet.alive(ShardWorker) if isinstance(each, ShardWorker)]
    if any(each.worker is None for each in workers):
        return "a worker has not reached Redis"
    records = {int(shard): _record(raw) for shard, raw in store.get(fleet.keys.shards.encode(), {}).items()}
    if sorted(records) != list(range(conduit.shard_count)):
        return f"records of shards {sorted(records)} for {conduit.shard_count}"
    names = {each.name for each in workers}
    for shard, record in records.items():
        if record.phase != "bound":
            return f"shard {shard} is {record.phase}"
        if record.holder not in names:
            return f"shard {shard} is held by {record.holder}, which is no more"
        at_twitch = conduit.shard(shard)
        if at_twitch.status is not Status.ENABLED or at_twitch.session_id != record.session:
            return f"shard {shard} is {at_twitch.status} with {at_twitch.session_id} at Twitch, not {record.session}"
        carrier = model.edge.carrier(record.session)
        if carrier is None or fleet.twitch.process_of(carrier.number) != record.holder.partition(".")[0]:
            return f"shard {shard}'s session is not on a socket of {record.holder}"
    counts = [sum(record.holder == name for record in records.values()) for name in sorted(names)]
    if max(counts) - min(counts) > 1:
        return f"shards are spread {counts}"
    if unwritten := sum(each.worker.unwritten for each in workers if each.worker is not None):
        return f"{unwritten} events wait in workers"
    if missing := ledger.waiting():
        return f"{missing} delivered events are in no stream"
    return _subscriptions(fleet, conduit.id) if subscriptions else ""


def _subscriptions(fleet: VirtualFleet, conduit_id: str) -> str:
    for channel in fleet.channels:
        found = fleet.twitch.model.subscriptions.for_event("channel.update", channel)
        if [each.target for each in found] != [conduit_id]:
            return f"channel {channel} has subscriptions to {[each.target for each in found]}"
    return ""


Listener = Callable[[Process], None]
