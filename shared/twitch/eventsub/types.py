"""Every EventSub type that the library knows, one row each. Handler names, methods and decoding come from here.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/ . A type that has no row is no error anywhere:
its events reach handlers named ``on_<type>_v<version>_raw``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from twitch.eventsub.event_type import Condition, EventType, Grantor, stem_of
from twitch.eventsub.rows import account, channel, chat, interactive, moderation, stream, support
from twitch.models import normal_condition

__all__ = [
    "BY_TYPE_AND_VERSION",
    "EVENT_TYPES",
    "LATEST",
    "Condition",
    "EventType",
    "Grantor",
    "SubscriptionRequest",
    "stem_of",
    "subscription_request",
]

EVENT_TYPES: tuple[EventType, ...] = (
    *stream.ROWS,
    *channel.ROWS,
    *chat.ROWS,
    *support.ROWS,
    *interactive.ROWS,
    *moderation.ROWS,
    *account.ROWS,
)

BY_TYPE_AND_VERSION: Mapping[tuple[str, str], EventType] = {(row.type, row.version): row for row in EVENT_TYPES}


def _latest(rows: Iterable[EventType]) -> dict[str, EventType]:
    """The last row of each type: rows stand in the order of their versions."""
    return {row.type: row for row in rows}


LATEST: Mapping[str, EventType] = _latest(EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A subscription that the app wants, not yet bound to a transport. The condition has no empty values."""

    type: str
    version: str
    condition: Mapping[str, str]


def subscription_request(
    event_type: str, condition: Mapping[str, str | None], *, version: str | None = None, client_id: str = ""
) -> SubscriptionRequest:
    """A request whose condition fits the type's row; ``client_id`` is filled in where the type asks for it.

    A type without a row, or a version without one, is passed on unchecked: Twitch may know more than we do.
    Raises ValueError in one sentence where a known type's condition doesn't fit.
    """
    given = normal_condition(condition)
    latest = LATEST.get(event_type)
    if version is None:
        if latest is None:
            raise ValueError(f"{event_type} is not a type the library knows, so its version must be given")
        version = latest.version
    row = BY_TYPE_AND_VERSION.get((event_type, version))
    if row is None:
        return SubscriptionRequest(event_type, version, given)
    wanted = row.condition
    if client_id and "client_id" in wanted.keys:
        given.setdefault("client_id", client_id)
    missing = [key for key in wanted.required if key not in given]
    unknown = [key for key in given if key not in wanted.keys]
    if missing:
        raise ValueError(f"{event_type} needs {' and '.join(missing)}")
    if unknown:
        raise ValueError(f"{event_type} has no {' and '.join(unknown)} in its condition, only {', '.join(wanted.keys)}")
    if wanted.one_of and sum(key in given for key in wanted.one_of) != 1:
        raise ValueError(f"{event_type} needs exactly one of {' and '.join(wanted.one_of)}")
    return SubscriptionRequest(event_type, version, normal_condition(given))
