"""From something that happened in a channel to the notifications about it."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Final

import orjson

from twitch.simulator.catalogue import subject
from twitch.simulator.examples import MAKERS, VARIANTS, Body, plain
from twitch.simulator.people import People
from twitch.simulator.routing import Router
from twitch.simulator.subscriptions import Subscription, Subscriptions
from twitch.simulator.truth import Truth
from twitch.simulator.wire import Numbering

_BODIES_MAX: Final = 20_000
_FIRST_NUMBER: Final = 40_000_000_000  # of streams
_FIRST_CHATTER: Final = 900_000_001
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
        self._turn = count()
        self._bodies: dict[tuple[str, str, int], Body] = {}

    def happen(self, type_: str, about: str, now: float) -> int:
        """An example event of that type in that channel; the answer is how many messages it became."""
        subscriptions = self._subscriptions.for_event(type_, about)
        if not subscriptions:
            self._truth.totals.unmatched += 1
            return 0
        event = self._example(type_, about, subscriptions[0].condition, now)
        if len(subscriptions) == 1:  # the common case, thousands of times a second
            self._router.publish(subscriptions[0], event, now)
            return 1
        return self.tell(subscriptions, event, now)

    def tell(self, subscriptions: Iterable[Subscription], event: bytes, now: float) -> int:
        """Send this event for these subscriptions."""
        messages = 0
        for subscription in list(subscriptions):
            self._router.publish(subscription, event, now)
            messages += 1
        return messages

    def example(self, type_: str, condition: Mapping[str, str], now: float) -> bytes:
        """A well-formed event for a subscription with this condition."""
        return self._example(type_, subject(condition), condition, now)

    def _example(self, type_: str, about: str, condition: Mapping[str, str], now: float) -> bytes:
        variant = next(self._turn) % VARIANTS
        key = (type_, about, variant)
        body = self._bodies.get(key)
        if body is None:
            if len(self._bodies) >= _BODIES_MAX:
                self._bodies.clear()
            body = self._bodies[key] = Body(self._described(type_, condition, about, variant))
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
            for subscription in found:
                body = self.example(type_, subscription.condition, now) if event is None else orjson.dumps(event)
                messages += self.tell((subscription,), body, now)
            self._truth.totals.unmatched += not found
        return messages

    def _described(self, type_: str, condition: Mapping[str, str], about: str, variant: int) -> dict[str, Any]:
        maker = MAKERS.get(type_)
        if maker is None:
            return plain(condition, self._people.by_id)
        # Chatters are a channel's own; each comes back once in a while.
        other = self._people.by_id(str(_FIRST_CHATTER + (variant * 7919 + len(about)) % 1000))
        return maker(self._people.by_id(about), other, variant)
