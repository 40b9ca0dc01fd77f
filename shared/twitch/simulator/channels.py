"""The channels that traffic comes from: what is subscribed of them, and what happens in them now.

Traffic with channels of its own subscribes them, if so ordered, on every conduit, those that are made later among
them. It does so in steps, so that a hundred thousand subscriptions hold up no socket. Traffic without takes the
channels that somebody has subscribed to, and looks for new ones each second.

Traffic may be ordered to wait until somebody listens, so that clients which are started after it miss nothing. That
is when each conduit that serves a shard serves all of its shards (else the events of the others would be dropped),
or ten seconds after the first one, if some stay dark; or, without conduits, when a session has a subscription.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

from twitch.simulator.catalogue import TYPES, newest_version
from twitch.simulator.conduits import Conduit, Conduits
from twitch.simulator.events import Events
from twitch.simulator.options import Options
from twitch.simulator.sessions import Edge
from twitch.simulator.subscriptions import Subscriptions
from twitch.simulator.traffic import Order, Traffic
from twitch.simulator.wire import Method

_SUBSCRIPTIONS_PER_STEP: Final = 500
_AIM_AGAIN_SECONDS: Final = 1.0
_LISTEN_AGAIN_SECONDS: Final = 0.1
_ALL_SHARDS_SECONDS: Final = 10.0  # how long traffic that waits allows for the rest of the shards
_SUBSCRIBE_AGAIN_SECONDS: Final = 0.005
_BOT_USER_ID: Final = "900000000"  # who reads the chats


class Channels:
    """Carries out one traffic order at a time."""

    def __init__(
        self, options: Options, edge: Edge, conduits: Conduits, subscriptions: Subscriptions, events: Events
    ) -> None:
        self._options = options
        self._edge = edge
        self._random = Random(options.seed)  # noqa: S311 — a simulation must be repeatable, not unguessable
        self._conduits = conduits
        self._subscriptions = subscriptions
        self._events = events
        self._aim_again_at = 0.0
        self._listen_again_at = 0.0
        self._first_shard_at: float | None = None
        self._wanted: Iterator[tuple[Conduit, str, str]] | None = None
        self.traffic: Traffic | None = None

    @property
    def next_at(self) -> float | None:
        if self.traffic is None:
            return None
        return self._listen_again_at if self.traffic.waiting else self.traffic.next_at

    def start(self, order: Order, now: float) -> None:
        """Begin, in place of what was running."""
        self.traffic = Traffic(order, self._random, now)
        self._aim_again_at = self._listen_again_at = now
        self._first_shard_at = None
        self._wanted = None
        self.subscribe_on(self._conduits.all())

    def stop(self, now: float) -> dict[str, Any] | None:
        stopped, self.traffic = self.traffic, None
        self._wanted = None
        return None if stopped is None else stopped.as_json(now)

    def subscribe_on(self, conduits: Sequence[Conduit]) -> None:
        """Have the channels subscribed on these conduits too, if the running order wants that."""
        if self.traffic is None or not self.traffic.order.subscribe:
            return
        order, before = self.traffic.order, self._wanted or iter(())

        def wanted() -> Iterator[tuple[Conduit, str, str]]:
            yield from before
            for conduit in conduits:
                for channel in order.channels or ():
                    for type_ in order.mix:
                        yield conduit, type_, channel

        self._wanted = wanted()

    def advance(self, now: float) -> None:
        """Do what is due."""
        running = self.traffic
        if running is None:
            return
        if self._wanted is not None:
            self._subscribe_some(self._wanted, now)
        if running.waiting:
            if self._wanted is not None or not self._is_heard(now):
                seconds = _LISTEN_AGAIN_SECONDS if self._wanted is None else _SUBSCRIBE_AGAIN_SECONDS
                self._listen_again_at = now + seconds
                return
            running.begin(now)
        if running.order.channels is None and now >= self._aim_again_at:
            self._aim_again_at = now + _AIM_AGAIN_SECONDS
            running.aim({type_: self._subscriptions.subjects(type_) for type_ in running.order.mix})
        for type_, channel in running.due(now):
            self._events.happen(type_, channel, now)

    def _is_heard(self, now: float) -> bool:
        serving = [conduit for conduit in self._conduits.all() if conduit.enabled]
        if not serving:
            self._first_shard_at = None
            return not self._conduits.all() and any(session.uses for session in self._edge.sessions.values())
        if self._first_shard_at is None:
            self._first_shard_at = now
        if now >= self._first_shard_at + self._options.scaled(_ALL_SHARDS_SECONDS):
            return True
        return all(conduit.enabled == conduit.shard_count for conduit in serving)

    def _subscribe_some(self, wanted: Iterator[tuple[Conduit, str, str]], now: float) -> None:
        for _ in range(_SUBSCRIPTIONS_PER_STEP):
            following = next(wanted, None)
            if following is None:
                self._wanted = None
                return
            conduit, type_, channel = following
            if self._conduits.get(conduit.id) is conduit:
                self._subscribe(conduit, type_, channel, now)

    def _subscribe(self, conduit: Conduit, type_: str, channel: str, now: float) -> None:
        row = TYPES.get((type_, newest_version(type_) or ""))
        if row is None or len(self._subscriptions) >= self._options.subscriptions_max:
            return
        filled = dict.fromkeys(row.required + row.one_of[-1:], channel)
        condition = row.echoed(filled | ({"user_id": _BOT_USER_ID} if row.reads_chat else {}))
        if any(
            one.target == conduit.id for one in self._subscriptions.alike(conduit.client_id, None, type_, condition)
        ):
            return
        transport = (Method.CONDUIT, str(conduit.id))
        self._subscriptions.create(conduit.client_id, None, (type_, row.version), condition, transport, cost=0, now=now)
