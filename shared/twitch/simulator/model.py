"""The simulated Twitch as a whole: stimuli in, instructions out, every decision by `now` and a seeded random.

    open, received, closed, advance …  ──>  Model  ──> take(): Send, Ping, Close, …
    sent / unsent (how a Send went)    ──>

`now` is Unix time in seconds from a clock that never goes back. After each stimulus the shell takes the instructions,
carries them out in order and reports how each `Send` went, which may bring further instructions. `next_at` says when
to call `advance` at the latest.

Its parts: `sessions` (the edge), `conduits`, `subscriptions`, `routing`, `events`, `traffic`, `faults`, `truth`. Here
is what concerns several of them: what follows from a lost session, a deleted conduit, a revoked authorization.
"""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

import orjson

from twitch.ids import ClientId
from twitch.simulator import faults, traffic
from twitch.simulator.catalogue import TYPES, newest_version
from twitch.simulator.conduits import Conduit, Conduits
from twitch.simulator.deadlines import Deadlines
from twitch.simulator.events import Events
from twitch.simulator.examples import authorization
from twitch.simulator.faults import Faults
from twitch.simulator.instructions import Instruction, Send, SendRaw
from twitch.simulator.options import Options
from twitch.simulator.people import People, Person
from twitch.simulator.routing import Router
from twitch.simulator.sessions import Edge, Session, Socket
from twitch.simulator.subscriptions import Subscription, Subscriptions
from twitch.simulator.traffic import Traffic
from twitch.simulator.truth import Truth
from twitch.simulator.wire import REVOCATIONS, Method, Numbering, Status, timestamp

# How long a disabled subscription stays listed; the page says "at least", and nothing about conduits.
# https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions
WEBSOCKET_LISTED_SECONDS: Final = 60.0
OTHERS_LISTED_SECONDS: Final = 10 * 24 * 3600.0
# How many subscriptions traffic makes in one step; more would hold up the sockets.
_SUBSCRIPTIONS_PER_STEP: Final = 500
_AIM_AGAIN_SECONDS: Final = 1.0  # how soon traffic finds a new subscription
_BOT_USER_ID: Final = "900000000"  # who reads chat for subscriptions that traffic makes


class Model:
    """Everything but id.twitch.tv and the network."""

    def __init__(self, options: Options, people: People) -> None:
        self.options = options
        self.people = people
        self._out: list[Instruction] = []
        self._random = Random(options.seed)  # noqa: S311 — a simulation must be repeatable, not unguessable
        message_ids = Numbering(options.seed, "message")
        session_ids = Numbering(options.seed, "session")
        self.deadlines = Deadlines()
        self.edge = Edge(options, self.deadlines, self._out, self._session_lost)
        self.conduits = Conduits(options, self.deadlines, self.edge, self._conduit_deleted)
        self.subscriptions = Subscriptions(options)
        self.faults = Faults()
        self.truth = Truth(message_ids, session_ids, options.truth_rows_max)
        self.router = Router(self.edge, self.conduits, self.faults, self.truth, self.deadlines, message_ids)
        self.events = Events(options.seed, self.subscriptions, self.router, people, self.truth)
        self.traffic: Traffic | None = None
        self._aim_again_at = 0.0
        self._to_subscribe: Iterator[tuple[Conduit, str, str]] = iter(())
        self._subscribing = False

    # The clock and the sockets

    def take(self) -> list[Instruction]:
        """The instructions since the last call, to be carried out in this order."""
        taken = self._out.copy()
        self._out.clear()
        return taken

    @property
    def next_at(self) -> float | None:
        due = self.deadlines.next_at
        if self.traffic is None:
            return due
        return self.traffic.next_at if due is None else min(due, self.traffic.next_at)

    def advance(self, now: float) -> None:
        self.deadlines.run(now)
        if self.traffic is not None:
            self._step_traffic(self.traffic, now)

    def unsent(self, send: Send, now: float) -> None:
        """A frame found its transport closing: the socket is gone, and the message looks for another shard."""
        self.edge.closed(send.socket, None, now)
        self.router.unsent(send, now)

    def overflowed(self, number: int, now: float) -> None:
        """A client reads so slowly that the socket's buffer is over its bound."""
        socket = self.edge.sockets.get(number)
        if socket is not None:
            self.edge.close(socket, 4005, now)

    def _session_lost(self, session: Session, status: Status, now: float) -> None:
        shards = self.conduits.session_lost(session, status, now)
        self._end(self.subscriptions.of_target(session.id), status, now, disconnected_at=timestamp(now))
        # Told only when all are marked, so that the news does not go to a shard that is dark itself.
        for shard in shards:
            conduit = self.conduits.get(shard.conduit_id)
            if conduit is None or shard.number >= conduit.shard_count:
                continue
            transport = {"method": "websocket", "callback": None, "session_id": shard.session_id}
            transport |= {"connected_at": shard.connected_at, "disconnected_at": shard.disconnected_at}
            event = {
                "conduit_id": shard.conduit_id,
                "shard_id": str(shard.number),
                "status": shard.status.value,
                "transport": transport,
            }
            interested = [
                one
                for one in self.subscriptions.for_event("conduit.shard.disabled", conduit.client_id)
                if one.condition.get("conduit_id", "") in {"", conduit.id}
            ]
            self.events.tell(interested, orjson.dumps(event), now)

    def _conduit_deleted(self, conduit: Conduit, now: float) -> None:
        self._end(self.subscriptions.of_target(conduit.id), Status.CONDUIT_DELETED, now)

    def _end(
        self, ended: Sequence[Subscription], status: Status, now: float, disconnected_at: str | None = None
    ) -> None:
        """Disable subscriptions of one transport; they stay listed for a while."""
        if not ended:
            return
        for subscription in ended:
            self.subscriptions.disable(subscription, status, disconnected_at)
        websocket = ended[0].method is Method.WEBSOCKET
        kept_seconds = WEBSOCKET_LISTED_SECONDS if websocket else OTHERS_LISTED_SECONDS
        self.deadlines.at(now + self.options.scaled(kept_seconds), lambda _: self._forget(ended))

    def _forget(self, ended: Sequence[Subscription]) -> None:
        for subscription in ended:
            if not subscription.removed:
                self.subscriptions.delete(subscription)

    # Authorizations

    def authorized(self, client_id: str, person: Person, now: float) -> None:
        """A user said yes to a client."""
        interested = self.subscriptions.for_event("user.authorization.grant", client_id)
        self.events.tell(interested, orjson.dumps(authorization(client_id, person)), now)

    def disconnected(self, client_id: str, person: Person, now: float) -> None:
        """A user took the authorization back: what was subscribed in their name for this client is over."""
        for subscription in self.subscriptions.of_user(person.user_id):
            if subscription.client_id == client_id and self._needs(subscription, person.user_id):
                self.revoke(subscription, Status.AUTHORIZATION_REVOKED, now)
        interested = self.subscriptions.for_event("user.authorization.revoke", client_id)
        self.events.tell(interested, orjson.dumps(authorization(client_id, person)), now)

    def revoke(self, subscription: Subscription, status: Status, now: float) -> None:
        """End a subscription and tell its client."""
        assert status in REVOCATIONS, status
        if subscription.status is not Status.ENABLED:
            return
        self._end([subscription], status, now)
        self.router.revoke(subscription, now)
        if subscription.method is Method.WEBSOCKET:
            self.edge.release(subscription.target, now)

    @staticmethod
    def _needs(subscription: Subscription, user_id: str) -> bool:
        row = TYPES.get((subscription.type, subscription.version))
        if subscription.user_id == user_id or row is None or row.grantor is None:
            return subscription.user_id == user_id
        return subscription.condition.get(row.grantor) == user_id

    # Traffic

    def start_traffic(self, order: traffic.Order, now: float) -> None:
        self.traffic = Traffic(order, self._random, now)
        self._aim_again_at = now
        if order.subscribe:
            self.subscribe_for_traffic(self.conduits.all())

    def stop_traffic(self, now: float) -> dict[str, Any] | None:
        stopped, self.traffic = self.traffic, None
        self._to_subscribe, self._subscribing = iter(()), False
        return None if stopped is None else stopped.as_json(now)

    def subscribe_for_traffic(self, conduits: Sequence[Conduit]) -> None:
        """Have the traffic's channels subscribed on these conduits, step by step."""
        if self.traffic is None or not self.traffic.order.subscribe or not conduits:
            return
        order, before = self.traffic.order, self._to_subscribe

        def wanted() -> Iterator[tuple[Conduit, str, str]]:
            yield from before
            for conduit in conduits:
                for channel in order.channels or ():
                    for type_ in order.mix:
                        yield conduit, type_, channel

        self._to_subscribe, self._subscribing = wanted(), True

    def _step_traffic(self, running: Traffic, now: float) -> None:
        if self._subscribing:
            self._subscribe_some(now)
        if running.order.channels is None and now >= self._aim_again_at:
            self._aim_again_at = now + _AIM_AGAIN_SECONDS
            running.aim({type_: self.subscriptions.subjects(type_) for type_ in running.order.mix})
        for type_, channel in running.due(now):
            self.events.happen(type_, channel, now)

    def _subscribe_some(self, now: float) -> None:
        for _ in range(_SUBSCRIPTIONS_PER_STEP):
            wanted = next(self._to_subscribe, None)
            if wanted is None:
                self._subscribing = False
                return
            conduit, name, channel = wanted
            version = newest_version(name)
            row = TYPES.get((name, version or ""))
            if row is None or self.conduits.get(conduit.id) is not conduit:
                continue
            filled = dict.fromkeys(row.required + row.one_of[-1:], channel)
            condition = row.echoed(filled | ({"user_id": _BOT_USER_ID} if row.reads_chat else {}))
            alike = self.subscriptions.alike(conduit.client_id, None, name, condition)
            if (
                any(one.target == conduit.id for one in alike)
                or len(self.subscriptions) >= self.options.subscriptions_max
            ):
                continue
            transport = (Method.CONDUIT, str(conduit.id))
            client_id: ClientId = conduit.client_id
            self.subscriptions.create(client_id, None, (name, row.version), condition, transport, cost=0, now=now)

    # Faults

    def order_fault(self, order: Mapping[str, Any], now: float) -> dict[str, Any]:
        """Take an order of the control API; what is to happen at once happens. ValueError if it can't be meant."""
        fault = self.faults.order(order)
        aimed_at = self._aimed_at(fault.aim) if fault.path is None else []
        hit = [socket.number for socket in aimed_at if self._strike(fault, socket, now)]
        return {**fault.as_json(), "sockets": hit}

    def clear_faults(self) -> None:
        self.faults.clear()
        for socket in self.edge.sockets.values():
            socket.silent_until = 0.0

    def _strike(self, fault: faults.Fault, socket: Socket, now: float) -> bool:
        match fault.kind:
            case faults.Kind.CLOSE:
                self.edge.close(socket, fault.code, now, fault.reason)
            case faults.Kind.ABORT:
                self.edge.abort(socket, now)
            case faults.Kind.SILENCE:
                socket.silent_until = now + fault.seconds
            case faults.Kind.RECONNECT:
                if not socket.carries or socket.session is None:
                    return False
                self.edge.ask_to_reconnect(socket.session, now)
            case faults.Kind.GARBAGE:
                for _ in range(fault.count):
                    if fault.garbage in faults.RAW_GARBAGE:
                        self._out.append(SendRaw(socket.number, faults.RAW_GARBAGE[fault.garbage]))
                    else:
                        self._out.append(Send(socket.number, faults.GARBAGE[fault.garbage]))
            case _:
                return False
        return True

    def _aimed_at(self, aim: faults.Aim) -> list[Socket]:
        return [socket for socket in self.edge.sockets.values() if not socket.closing and self._is_aimed(aim, socket)]

    def _is_aimed(self, aim: faults.Aim, socket: Socket) -> bool:
        if aim.socket not in {None, socket.number}:
            return False
        if aim.everywhere:
            return True
        session_id = None if socket.session is None else socket.session.id
        if aim.session_id not in {None, session_id}:
            return False
        if aim.shard is None and aim.conduit_id is None:
            return True
        return session_id is not None and any(
            aim.shard in {None, shard.number} and aim.conduit_id in {None, shard.conduit_id}
            for shard in self.conduits.of_session(session_id)
        )
