"""The methods of ``client.eventsub``: one for each row of types.py, made from it.

``await self.eventsub.stream_online(broadcaster_user_id)`` asks the host for that subscription. Signatures for type
checkers stand in subscribe.pyi, which ``python -m twitch.eventsub.stubs`` writes from the same rows.
"""

from collections.abc import Awaitable, Callable, Mapping
from inspect import Parameter, Signature
from typing import Any

from twitch.errors import ClientException
from twitch.eventsub.types import LATEST, EventType, Grantor, SubscriptionRequest, subscription_request
from twitch.models import Subscription

Subscriber = Callable[[SubscriptionRequest], Awaitable[Subscription]]


class AppEvents:
    """Subscriptions of the app, by type. Asking twice for the same one is no error."""

    def __init__(self, subscribe: Subscriber, client_id: str) -> None:
        self._subscribe = subscribe
        self._client_id = client_id

    async def subscribe(
        self,
        type: str,  # noqa: A002  Twitch's own word
        condition: Mapping[str, str | None],
        *,
        version: str | None = None,
    ) -> Subscription:
        """Subscribe to any type, also one the library doesn't know; then its version must be given.

        Raises ValueError where the condition doesn't fit a known type.
        """
        request = subscription_request(type, condition, version=version, client_id=self._client_id)
        return await self._subscribe(request)


def condition_parameters(row: EventType) -> list[tuple[str, bool]]:
    """The parameters of a row's method: the keys of its condition, and whether each must be given.

    ``client_id`` is always the app's own, so nobody has to give it, and it comes last.
    """
    keys = [(key, key in row.condition.required) for key in row.condition.keys if key != "client_id"]
    return keys + [("client_id", False) for key in row.condition.keys if key == "client_id"]


def describe(row: EventType, *, over_websocket: bool = False) -> str:
    """The docstring of a row's method; ``over_websocket`` where it would subscribe over a user's own socket."""
    if over_websocket and not row.websocket:
        return f"{row.about} Raises ClientException: {_without_websocket(row)}"
    lines = [row.about]
    lines.extend(f"{row.grantor} must have granted {' or '.join(alternatives)}." for alternatives in row.scopes)
    for whose, scope in row.app_scopes:
        instead = " unless user_id moderates there" if whose is Grantor.BROADCASTER else ""
        lines.append(f"With a conduit also {scope}, granted by {whose}{instead}.")
    lines.append(f"Received by {' or '.join(row.handlers)}.")
    return " ".join(lines)


def _without_websocket(row: EventType) -> str:
    return f"Twitch offers no WebSocket transport for {row.type}. A ClientApp can subscribe to it, over its conduit."


def _make(row: EventType, *, all_optional: bool) -> Callable[..., Awaitable[Subscription]]:
    signature = Signature(
        [
            Parameter("self", Parameter.POSITIONAL_OR_KEYWORD),
            *(
                Parameter(
                    name,
                    Parameter.POSITIONAL_OR_KEYWORD,
                    default=Parameter.empty if required and not all_optional else None,
                    annotation=str if required and not all_optional else str | None,
                )
                for name, required in condition_parameters(row)
            ),
            Parameter("version", Parameter.KEYWORD_ONLY, default=row.version, annotation=str),
        ],
        return_annotation=Subscription,
    )

    async def method(*args: Any, **options: Any) -> Subscription:
        bound = signature.bind(*args, **options)
        bound.apply_defaults()
        given = bound.arguments
        events: AppEvents = given.pop("self")
        version: str = given.pop("version")
        return await events.subscribe(row.type, given, version=version)

    method.__signature__ = signature  # type: ignore[attr-defined]  # what inspect.signature looks for
    method.__doc__ = describe(row, over_websocket=all_optional)
    return method


def _add_methods(events: type[AppEvents], *, all_optional: bool) -> None:
    for row in LATEST.values():
        for name in row.methods:
            method = _make(row, all_optional=all_optional)
            method.__name__ = name
            method.__qualname__ = f"{events.__name__}.{name}"
            setattr(events, name, method)


class UserEvents(AppEvents):
    """Subscriptions over a WebSocket of a user's own. What isn't given is the user's own id."""

    def __init__(self, subscribe: Subscriber, client_id: str, user_id: str) -> None:
        super().__init__(subscribe, client_id)
        self._user_id = user_id

    async def subscribe(
        self,
        type: str,  # noqa: A002  Twitch's own word
        condition: Mapping[str, str | None],
        *,
        version: str | None = None,
    ) -> Subscription:
        """As `AppEvents.subscribe`, with the user's own id for each key that's needed and not given.

        Raises ClientException, before Twitch is asked, for a type that it offers to conduits and webhooks alone.
        """
        row = LATEST.get(type)
        if row is not None and not row.websocket:
            raise ClientException(_without_websocket(row))
        return await super().subscribe(type, self.completed(type, condition), version=version)

    def completed(self, event_type: str, condition: Mapping[str, str | None]) -> dict[str, str | None]:
        """The condition with the user's own id where one is needed."""
        given = dict(condition)
        row = LATEST.get(event_type)
        for key in row.condition.required if row else ():
            if key.endswith("user_id") and not given.get(key):
                given[key] = self._user_id
        return given


_add_methods(AppEvents, all_optional=False)
_add_methods(UserEvents, all_optional=True)
