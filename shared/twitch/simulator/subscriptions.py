"""The store of subscriptions: who has which, what they cost, and which of them an event goes to.

Rules: a subscription is a duplicate (409) if an enabled one has its type, version, condition and transport; of one
type and condition a client may have three (429, and not the rate limit's). It costs 1, unless its type needs
somebody's authorization or the user in its condition has authorized the client. One that is no longer enabled stays
listed, and counts for nothing.
Source: https://dev.twitch.tv/docs/eventsub/manage-subscriptions/
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from twitch.ids import ClientId, SubscriptionId, UserId
from twitch.simulator.catalogue import broadcaster, subject
from twitch.simulator.options import Options
from twitch.simulator.wire import Method, Numbering, Status, timestamp

_by_sequence = attrgetter("sequence")


@dataclass(slots=True, eq=False)
class Subscription:
    sequence: int
    id: SubscriptionId
    client_id: ClientId
    user_id: UserId | None  # of the token, for websocket transports
    type: str
    version: str
    condition: dict[str, str]
    method: Method
    target: str  # conduit id, session id or callback
    cost: int
    created_at: str
    subject: str
    broadcaster_id: str
    route: int  # what a conduit's shard is chosen by
    connected_at: str | None = None
    disconnected_at: str | None = None
    status: Status = Status.ENABLED
    removed: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": self.status.value,
            "type": self.type,
            "version": self.version,
            "condition": self.condition,
            "created_at": self.created_at,
            "transport": self._transport() | self._times(),
            "cost": self.cost,
        }

    def in_payload(self) -> dict[str, Any]:
        """As it stands in the frames that are sent for it."""
        return {
            "id": self.id,
            "status": self.status.value,
            "type": self.type,
            "version": self.version,
            "cost": self.cost,
            "condition": self.condition,
            "transport": self._transport(),
            "created_at": self.created_at,
        }

    def mentions(self, user_id: str) -> bool:
        return any(key.endswith("user_id") and value == user_id for key, value in self.condition.items())

    def _transport(self) -> dict[str, Any]:
        key = {Method.CONDUIT: "conduit_id", Method.WEBSOCKET: "session_id", Method.WEBHOOK: "callback"}[self.method]
        return {"method": self.method.value, key: self.target}

    def _times(self) -> dict[str, str]:
        times = {"connected_at": self.connected_at, "disconnected_at": self.disconnected_at}
        return {name: at for name, at in times.items() if at is not None}


@dataclass(slots=True)
class _Account:
    """What one client's app tokens, or one of its users' tokens, has."""

    listed: list[Subscription] = field(default_factory=list)
    removed: int = 0
    total: int = 0
    total_cost: int = 0


class Subscriptions:
    """All subscriptions of all clients, oldest first."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._ids = Numbering(options.seed, "subscription")
        self._by_id: dict[SubscriptionId, Subscription] = {}
        self._accounts: dict[tuple[ClientId, UserId | None], _Account] = {}
        # Enabled ones only, below this line.
        self._by_subject: dict[str, dict[str, list[Subscription]]] = {}
        self._alike: dict[tuple[object, ...], list[Subscription]] = {}
        self._by_target: dict[str, dict[SubscriptionId, Subscription]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def create(
        self,
        client_id: ClientId,
        user_id: UserId | None,
        type_: tuple[str, str],
        condition: dict[str, str],
        transport: tuple[Method, str],
        *,
        cost: int,
        now: float,
        status: Status = Status.ENABLED,
        connected_at: str | None = None,
    ) -> Subscription:
        """Make one that has been found to be in order."""
        about = subject(condition)
        sequence = self._ids.next_number()
        made = Subscription(
            sequence=sequence,
            id=SubscriptionId(self._ids.uuid(sequence)),
            client_id=client_id,
            user_id=user_id,
            type=type_[0],
            version=type_[1],
            condition=condition,
            method=transport[0],
            target=transport[1],
            cost=cost,
            created_at=timestamp(now),
            subject=about,
            broadcaster_id=broadcaster(condition),
            route=int.from_bytes(blake2b(about.encode(), digest_size=7).digest()),
            connected_at=connected_at,
            status=status,
        )
        self._by_id[made.id] = made
        account = self._account(made)
        account.listed.append(made)
        account.total += 1
        if status is Status.ENABLED:
            account.total_cost += cost
            self._by_subject.setdefault(made.type, {}).setdefault(about, []).append(made)
            self._alike.setdefault(_likeness(made), []).append(made)
            self._by_target.setdefault(made.target, {})[made.id] = made
        return made

    def alike(
        self, client_id: ClientId, user_id: UserId | None, type_: str, condition: dict[str, str]
    ) -> list[Subscription]:
        """The enabled ones of the same type and condition."""
        return self._alike.get((client_id, user_id, type_, tuple(condition.items())), [])

    def get(self, subscription_id: str) -> Subscription | None:
        return self._by_id.get(SubscriptionId(subscription_id))

    def of_target(self, target: str) -> list[Subscription]:
        """The enabled ones with this conduit or session as their transport."""
        return list(self._by_target.get(target, {}).values())

    def of_user(self, user_id: str) -> list[Subscription]:
        """The enabled ones whose condition names the user."""
        return [one for one in self._enabled() if one.mentions(user_id)]

    def for_event(self, type_: str, about: str) -> list[Subscription]:
        """The enabled ones that an event of this type about this subject goes to."""
        return self._by_subject.get(type_, {}).get(about, [])

    def of_type(self, type_: str) -> Iterator[Subscription]:
        for subscriptions in self._by_subject.get(type_, {}).values():
            yield from subscriptions

    def subjects(self, type_: str) -> list[str]:
        """Whom the enabled subscriptions of a type are about, in the order they were first subscribed to."""
        return [about for about in self._by_subject.get(type_, {}) if about]

    def sessions_of(self, client_id: ClientId, user_id: UserId) -> set[str]:
        """The sessions that carry this user's enabled websocket subscriptions."""
        account = self._accounts.get((client_id, user_id), _Account())
        return {one.target for one in account.listed if one.status is Status.ENABLED and not one.removed}

    def disable(self, subscription: Subscription, status: Status, disconnected_at: str | None = None) -> None:
        assert status is not Status.ENABLED
        if subscription.status is Status.ENABLED:
            self._forget(subscription)
        subscription.status = status
        subscription.disconnected_at = disconnected_at

    def delete(self, subscription: Subscription) -> None:
        if subscription.status is Status.ENABLED:
            self._forget(subscription)
        del self._by_id[subscription.id]
        account = self._account(subscription)
        account.total -= 1
        account.removed += 1
        subscription.removed = True
        if account.removed * 2 > len(account.listed):
            account.listed = [one for one in account.listed if not one.removed]
            account.removed = 0

    def totals(self, client_id: ClientId, user_id: UserId | None) -> tuple[int, int]:
        """How many there are (enabled or not), and what the enabled ones cost."""
        account = self._accounts.get((client_id, user_id), _Account())
        return account.total, account.total_cost

    def page(
        self, client_id: ClientId, user_id: UserId | None, after: int, wanted: Callable[[Subscription], bool]
    ) -> tuple[list[Subscription], int | None]:
        """At most a page of those after that sequence number; and the number to go on from, None at the end."""
        listed = self._accounts.get((client_id, user_id), _Account()).listed
        rows: list[Subscription] = []
        for index in range(bisect_right(listed, after, key=_by_sequence), len(listed)):
            one = listed[index]
            if one.removed or not wanted(one):
                continue
            if len(rows) == self._options.page_rows:
                return rows, rows[-1].sequence
            rows.append(one)
        return rows, None

    def _enabled(self) -> Iterator[Subscription]:
        for by_subject in self._by_subject.values():
            for subscriptions in by_subject.values():
                yield from subscriptions

    def _account(self, subscription: Subscription) -> _Account:
        return self._accounts.setdefault((subscription.client_id, subscription.user_id), _Account())

    def _forget(self, subscription: Subscription) -> None:
        self._account(subscription).total_cost -= subscription.cost
        by_subject = self._by_subject[subscription.type]
        _take_out(by_subject, subscription.subject, subscription)
        _take_out(self._alike, _likeness(subscription), subscription)
        by_target = self._by_target[subscription.target]
        del by_target[subscription.id]
        if not by_target:
            del self._by_target[subscription.target]


def _likeness(subscription: Subscription) -> tuple[object, ...]:
    condition = tuple(subscription.condition.items())
    return (subscription.client_id, subscription.user_id, subscription.type, condition)


def _take_out(lists: dict[Any, list[Subscription]], key: object, subscription: Subscription) -> None:
    lists[key].remove(subscription)
    if not lists[key]:
        del lists[key]
