"""The simulated Twitch as a whole: stimuli in, instructions out, every decision by `now` and a seeded random.

    open, received, closed, advance …  ──>  Model  ──> take(): Send, Ping, Close, …
    sent / unsent (how a Send went)    ──>

`now` is Unix time in seconds from a clock that never goes back. After each stimulus the shell takes the instructions,
carries them out in order and reports how each `Send` went, which may bring further instructions. `next_at` says when
to call `advance` at the latest.

Its parts: `sessions` (the edge), `conduits`, `subscriptions`, `routing`, `events`, `channels` (traffic), `faults` and
`strikes`, `truth`. Helix comes in through `helix.Helix`, which is as pure. Here is what concerns several of them:
what follows from a lost session, a deleted conduit, a revoked authorization.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from twitch.simulator.catalogue import TYPES
from twitch.simulator.channels import Channels
from twitch.simulator.conduits import Conduit, Conduits
from twitch.simulator.deadlines import Deadlines
from twitch.simulator.events import Events
from twitch.simulator.examples import authorization
from twitch.simulator.faults import Faults
from twitch.simulator.instructions import Instruction, Send
from twitch.simulator.options import Options
from twitch.simulator.people import People, Person
from twitch.simulator.routing import Router
from twitch.simulator.sessions import Edge, Session
from twitch.simulator.strikes import Strikes
from twitch.simulator.subscriptions import Subscription, Subscriptions
from twitch.simulator.truth import Truth
from twitch.simulator.wire import REVOCATIONS, Method, Numbering, Status, timestamp

# How long a disabled subscription stays listed; the page says "at least", and nothing about conduits.
# https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions
WEBSOCKET_LISTED_SECONDS: Final = 60.0
OTHERS_LISTED_SECONDS: Final = 10 * 24 * 3600.0


class Model:
    """Everything but id.twitch.tv and the network."""

    def __init__(self, options: Options, people: People) -> None:
        self.options = options
        self.people = people
        self._out: list[Instruction] = []
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
        self.channels = Channels(options, self.edge, self.conduits, self.subscriptions, self.events)
        self.strikes = Strikes(self.edge, self.conduits, self.faults, self._out)

    # The clock and the sockets

    def take(self) -> list[Instruction]:
        """The instructions since the last call, to be carried out in this order."""
        taken = self._out.copy()
        self._out.clear()
        return taken

    @property
    def next_at(self) -> float | None:
        due, traffic = self.deadlines.next_at, self.channels.next_at
        return due if traffic is None else traffic if due is None else min(due, traffic)

    def advance(self, now: float) -> None:
        self.deadlines.run(now)
        self.channels.advance(now)

    def open(self, url: str, query: Mapping[str, str], now: float) -> int:
        """A WebSocket was opened at `url`; the answer is the number by which the socket goes from now on."""
        return self.edge.open(url, query, now)

    def received(self, number: int, kind: str, data: bytes, now: float) -> None:
        """A frame of `kind` text, binary, ping or pong came in."""
        self.edge.received(number, kind, data, now)

    def closed(self, number: int, code: int | None, now: float) -> None:
        """A socket is gone; `code` is the client's, None if there was no close frame."""
        self.edge.closed(number, code, now)

    def sent(self, send: Send, now: float) -> None:
        """A frame was handed to an open transport."""
        self.router.sent(send, now)

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

    def _needs(self, subscription: Subscription, user_id: str) -> bool:
        row = TYPES.get((subscription.type, subscription.version))
        if self.options.require_grants and row is not None and row.needs_welcome and subscription.user_id is None:
            return user_id in {subscription.condition["user_id"], subscription.broadcaster_id}
        if subscription.user_id == user_id or row is None or row.grantor is None:
            return subscription.user_id == user_id
        return subscription.condition.get(row.grantor) == user_id
