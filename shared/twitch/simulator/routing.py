"""The way of a message: from a subscription to a shard, to the session bound to it, to the socket that carries that.

A conduit's shard is chosen by a hash of the broadcaster id over the shard count. If that shard is not enabled the
message is tried once on one other shard, and if that isn't either it is dropped. The same happens when the shell
finds the socket closed under its hands. Whenever a message is tried again it is the same frame, byte for byte, with
its message id.
Source: https://dev.twitch.tv/docs/eventsub/handling-conduit-events/
"""

from functools import partial
from typing import Final, assert_never

from twitch.simulator.catalogue import BATCHED
from twitch.simulator.conduits import Conduit, Conduits
from twitch.simulator.deadlines import Deadlines
from twitch.simulator.faults import REORDER_MAX, REORDER_SECONDS, Fault, Faults, Kind
from twitch.simulator.instructions import Message, Send
from twitch.simulator.sessions import Edge, Socket
from twitch.simulator.subscriptions import Subscription
from twitch.simulator.truth import Truth
from twitch.simulator.wire import Method, Numbering, Status, envelope, message_frame

_ENVELOPES_MAX: Final = 50_000


class Router:
    """Sends messages, and books what became of them."""

    def __init__(
        self,
        edge: Edge,
        conduits: Conduits,
        faults: Faults,
        truth: Truth,
        deadlines: Deadlines,
        message_ids: Numbering,
    ) -> None:
        self._edge = edge
        self._conduits = conduits
        self._faults = faults
        self._truth = truth
        self._deadlines = deadlines
        self._message_ids = message_ids
        self._envelopes: dict[str, bytes] = {}
        self._gathered: list[Send] = []  # by a reorder fault

    def publish(self, subscription: Subscription, event: bytes, now: float) -> Message:
        """Send one event for one subscription."""
        number = self._message_ids.next_number()
        message_id = self._message_ids.uuid(number)
        head = self._envelopes.get(subscription.id)
        if head is None:
            if len(self._envelopes) >= _ENVELOPES_MAX:
                self._envelopes.clear()
            described = subscription.in_payload()
            content = "events" if subscription.type == BATCHED else "event"
            head = envelope(subscription.type, subscription.version, described, content)
            self._envelopes[subscription.id] = head
        event = b"[%b]" % event if subscription.type == BATCHED else event
        frame = message_frame(b"notification", message_id, now, head, event)
        message = Message(
            number, message_id, "notification", subscription.type, subscription.broadcaster_id, subscription, frame
        )
        self.deliver(message, now)
        return message

    def revoke(self, subscription: Subscription, now: float) -> Message:
        """Tell the client that a subscription, whose status says why, is over."""
        self._envelopes.pop(subscription.id, None)
        number = self._message_ids.next_number()
        message_id = self._message_ids.uuid(number)
        tail = envelope(subscription.type, subscription.version, subscription.in_payload(), None)
        frame = message_frame(b"revocation", message_id, now, tail, None)
        message = Message(
            number, message_id, "revocation", subscription.type, subscription.broadcaster_id, subscription, frame
        )
        self.deliver(message, now)
        return message

    def deliver(self, message: Message, now: float) -> None:
        subscription: Subscription = message.subscription
        match subscription.method:
            case Method.CONDUIT:
                conduit = self._conduits.get(subscription.target)
                if conduit is None:
                    self._truth.dropped(message, now, -1, "conduit_deleted")
                else:
                    self._deliver_to_conduit(message, conduit, now)
            case Method.WEBSOCKET:
                socket = self._edge.carrier(subscription.target)
                if socket is None:
                    self._truth.dropped(message, now, -1, "session_gone")
                else:
                    self._post(message, socket, -1, None, now, retry=False)
            case Method.WEBHOOK:
                self._truth.dropped(message, now, -1, "not_websocket")
            case _ as never:
                assert_never(never)

    def sent(self, send: Send, now: float) -> None:
        """The shell handed the frame to an open transport."""
        if send.message is not None:
            self._truth.sent(send.message, now, send.socket, send.shard, send.session, retry=send.retry)

    def unsent(self, send: Send, now: float) -> None:
        """The shell found the transport closing; the edge knows by now that this socket is gone."""
        message = send.message
        if message is None:
            return
        if send.shard >= 0 and not send.retry and not message.written:
            conduit = self._conduits.get(message.subscription.target)
            if conduit is not None and self._try(
                message, conduit, other_shard(conduit, message.subscription.route), now, retry=True
            ):
                return
        self._truth.dropped(message, now, send.shard, "socket_closing")

    def _deliver_to_conduit(self, message: Message, conduit: Conduit, now: float) -> None:
        route: int = message.subscription.route
        first = route % conduit.shard_count
        if self._try(message, conduit, first, now, retry=False):
            return
        other = other_shard(conduit, route)
        if other != first and self._try(message, conduit, other, now, retry=True):
            return
        self._truth.dropped(message, now, first, "shard_disabled")

    def _try(self, message: Message, conduit: Conduit, number: int, now: float, *, retry: bool) -> bool:
        shard = conduit.shards.get(number)
        if shard is None or shard.status is not Status.ENABLED or shard.session_id is None:
            return False
        socket = self._edge.carrier(shard.session_id)
        if socket is None or number >= conduit.shard_count:
            return False
        self._post(message, socket, number, conduit.id, now, retry=retry)
        return True

    def _post(
        self, message: Message, socket: Socket, shard: int, conduit_id: str | None, now: float, *, retry: bool
    ) -> None:
        session = socket.session
        assert session is not None
        send = Send(socket.number, message.frame, message, shard, session.number, retry)
        if self._faults.waiting and message.kind == "notification":
            fault = self._faults.for_frame(socket.number, session.id, conduit_id, shard, message.type)
            if fault is not None:
                self._suffer(fault, send, socket, now)
                return
        self._write(send, socket, now)

    def _write(self, send: Send, socket: Socket, now: float) -> None:
        if not self._edge.notify(socket, send, now):
            assert send.message is not None
            self._truth.dropped(send.message, now, send.shard, "fault_silence")

    def _suffer(self, fault: Fault, send: Send, socket: Socket, now: float) -> None:
        assert send.message is not None
        match fault.kind:
            case Kind.DROP:
                self._truth.dropped(send.message, now, send.shard, "fault_drop")
            case Kind.DUPLICATE:
                self._write(send, socket, now)
                self._write_later(send, now + fault.seconds, now)
            case Kind.DELAY:
                self._write_later(send, now + fault.seconds, now)
            case Kind.REORDER:
                self._gathered.append(send)
                if len(self._gathered) == 1:
                    self._deadlines.at(now + (fault.seconds or REORDER_SECONDS), self._scatter)
                # the fault is used up: what was gathered is all there will be
                if not fault.count or len(self._gathered) >= REORDER_MAX:
                    self._scatter(now)
            case _:
                self._write(send, socket, now)

    def _write_later(self, send: Send, when: float, now: float) -> None:
        if when <= now:
            self._write_if_open(send, now)
        else:
            self._deadlines.at(when, partial(self._write_if_open, send))

    def _write_if_open(self, send: Send, now: float) -> None:
        """Write what was held back; if its socket is gone or retired by now it takes its way anew."""
        assert send.message is not None
        socket = self._edge.sockets.get(send.socket)
        if socket is None or not socket.carries:
            self.deliver(send.message, now)
        else:
            self._write(send, socket, now)

    def _scatter(self, now: float) -> None:
        gathered, self._gathered = self._gathered, []
        for send in reversed(gathered):
            self._write_if_open(send, now)


def other_shard(conduit: Conduit, route: int) -> int:
    """The one other shard that is tried for a broadcaster whose own is dark; any of them, but always the same.

    Twitch does not say which. The neighbour would be a bad guess: neighbours often die together.
    """
    home, others = route % conduit.shard_count, conduit.shard_count - 1
    return (home + 1 + route // conduit.shard_count % others) % conduit.shard_count if others else home
