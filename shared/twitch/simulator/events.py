"""From something that happened in a channel to the notifications about it."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Final

import orjson

from twitch.simulator.catalogue import TYPES, subject
from twitch.simulator.examples import MAKERS, Body, Scene, plain, turns
from twitch.simulator.people import People
from twitch.simulator.routing import Router
from twitch.simulator.subscriptions import Subscription, Subscriptions
from twitch.simulator.truth import Truth
from twitch.simulator.wire import Numbering

_BODIES_MAX: Final = 20_000
_FIRST_NUMBER: Final = 40_000_000_000  # of streams
COUNT_MAX: Final = 100_000  # events in one order


class Events:
    """Makes events and finds whom they concern."""

    def __init__(self, seed: int, subscriptions: Subscriptions, router: Router, people: People, truth: Truth) -> None:
        self._subscriptions = subscriptions
        self._router = router
        self._people = people
        self._truth = truth
        self._uuids = Numbering(seed, "event")
        self._numbers = count(_FIRST_NUMBER)
        self._turns: dict[tuple[str, str], int] = {}  # of each type and version, the next one
        self._bodies: dict[tuple[int, int], Body] = {}  # by subscription and turn

    def happen(self, type_: str, about: str, now: float) -> int:
        """An example event of that type in that channel; the answer is how many messages it became."""
        subscriptions = self._subscriptions.for_event(type_, about)
        if not subscriptions:
            self._truth.totals.unmatched += 1
            return 0
        if len(subscriptions) == 1:  # the common case, thousands of times a second
            (one,) = subscriptions
            self._router.publish(one, self._example(one, self._next_turn(one), now), now)
            return 1
        return self._show(subscriptions, now)

    def _show(self, subscriptions: Iterable[Subscription], now: float) -> int:
        """Send an example to these subscriptions: one and the same to those that differ by nothing it depends on."""
        turn_of: dict[tuple[str, str], int] = {}
        made: dict[tuple[str, ...], bytes] = {}
        messages = 0
        for one in list(subscriptions):
            what = (one.type, one.version)
            if what not in turn_of:
                turn_of[what] = self._next_turn(one)
            row = TYPES.get(what)
            telling = tuple(one.condition.values()) if row is None else row.telling(one.condition)
            event = made.get(what + telling)
            if event is None:
                event = made[what + telling] = self._example(one, turn_of[what], now)
            self._router.publish(one, event, now)
            messages += 1
        return messages

    def tell(self, subscriptions: Iterable[Subscription], event: bytes, now: float) -> int:
        """Send this event for these subscriptions."""
        messages = 0
        for subscription in list(subscriptions):
            self._router.publish(subscription, event, now)
            messages += 1
        return messages

    def _next_turn(self, subscription: Subscription) -> int:
        what = (subscription.type, subscription.version)
        turn = self._turns.get(what, 0)
        self._turns[what] = (turn + 1) % turns(*what)
        return turn

    def _example(self, subscription: Subscription, turn: int, now: float) -> bytes:
        key = (subscription.sequence, turn)
        body = self._bodies.get(key)
        if body is None:
            if len(self._bodies) >= _BODIES_MAX:
                self._bodies.clear()
            body = self._bodies[key] = Body(self._described(subscription, turn))
        return body.fill(now, self._uuids.next_uuid, self._numbers.__next__)

    def matching(
        self, type_: str, version: str | None, condition: Mapping[str, str] | None, about: str | None
    ) -> list[Subscription]:
        """The enabled subscriptions of a type whose condition agrees with what is given; with nothing given, all."""
        wanted = {key: value for key, value in (condition or {}).items() if value}
        about = about or subject(wanted)
        found = self._subscriptions.for_event(type_, about) if about else self._subscriptions.of_type(type_)
        return [
            one
            for one in found
            if (version is None or one.version == version)
            and all(one.condition.get(key, "") == value for key, value in wanted.items())
        ]

    def send(self, order: Mapping[str, Any], now: float) -> int:
        """An order of the control API. ValueError, in a sentence, if it can't be meant."""
        type_ = order.get("type")
        condition = order.get("condition")
        event = order.get("event")
        times = int(order.get("count", 1))
        version = order.get("version")
        if not isinstance(type_, str) or not type_:
            raise ValueError("type is missing: the subscription type to send, such as stream.online")
        if not (condition is None or isinstance(condition, Mapping)) or not (
            event is None or isinstance(event, Mapping)
        ):
            raise ValueError("condition and event must be objects")
        if not 0 < times <= COUNT_MAX:
            raise ValueError(f"count must be from 1 to {COUNT_MAX}")
        about = order.get("broadcaster_id")
        messages = 0
        for _ in range(times):
            found = self.matching(type_, None if version is None else str(version), condition, about and str(about))
            messages += self._show(found, now) if event is None else self.tell(found, orjson.dumps(event), now)
            self._truth.totals.unmatched += not found
        return messages

    def _described(self, subscription: Subscription, turn: int) -> dict[str, Any]:
        maker = MAKERS.get((subscription.type, subscription.version))
        if maker is None:
            return plain(subscription.condition, self._people.by_id)
        return maker(Scene(subscription.subject, subscription.condition, turn, self._people.by_id))
