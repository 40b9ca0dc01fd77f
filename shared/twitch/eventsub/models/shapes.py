"""What the events of many families share: their channel, somebody in a part, chat text, money; and older names of users.

Twitch's keys ``moderator_user_id`` … become the field ``moderator``. Programs written for older libraries say
``moderator_user``: `Older` makes that name from the newer one, and both are meant to stay.
"""

from decimal import Decimal
from typing import Any, Generic, TypeVar, cast, overload

import msgspec

from twitch.records import OpenEnum, Part, Record, User

T_co = TypeVar("T_co", covariant=True)


class Older(Generic[T_co]):
    """An older name of a field, read-only: ``moderator_user = Older[User]()`` is the field ``moderator``."""

    __slots__ = ("_field",)

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._field = name.removesuffix("_user")

    @overload
    def __get__(self, part: None, owner: type[Any]) -> "Older[T_co]": ...
    @overload
    def __get__(self, part: Part, owner: type[Any]) -> T_co: ...
    def __get__(self, part: Part | None, owner: type[Any]) -> "Older[T_co] | T_co":
        return self if part is None else cast("T_co", getattr(part, self._field))


class InChannel(Record, frozen=True, kw_only=True):
    """An event of one channel."""

    broadcaster: User

    broadcaster_user = Older[User]()


class Moderated(InChannel, frozen=True, kw_only=True):
    """An event of one channel that a moderator, or the broadcaster, brought about."""

    moderator: User

    moderator_user = Older[User]()


class Person(Part, frozen=True, kw_only=True):
    """Somebody in a part of an event: ``user``, whose id, login and name can be read from the part itself."""

    user: User

    @property
    def id(self) -> str:
        return self.user.id

    @property
    def login(self) -> str:
        return self.user.login

    @property
    def name(self) -> str:
        return self.user.name


class Channel(Part, frozen=True, kw_only=True):
    """A channel in a part of an event: ``broadcaster``, whose id, login and name can be read from the part itself."""

    broadcaster: User

    broadcaster_user = Older[User]()

    @property
    def id(self) -> str:
        return self.broadcaster.id

    @property
    def login(self) -> str:
        return self.broadcaster.login

    @property
    def name(self) -> str:
        return self.broadcaster.name


class SubscriptionTier(OpenEnum):
    """The price class of a channel subscription."""

    TIER_1 = "1000"
    TIER_2 = "2000"
    TIER_3 = "3000"


class EventMoneyAmount(Part, frozen=True, kw_only=True):
    """Money: ``value`` in minor units such as cents, and how many digits of it stand behind the decimal point.

    ``currency`` is its ISO 4217 code. In chat notices Twitch's own pages spell ``decimal_places`` in two ways.
    """

    value: int
    decimal_places: int = 0
    currency: str = ""
    decimal_place: int | None = None

    def __post_init__(self) -> None:
        if self.decimal_place is not None and not self.decimal_places:
            msgspec.structs.force_setattr(self, "decimal_places", self.decimal_place)

    @property
    def amount(self) -> Decimal:
        """The value in whole units: 12.50 for a value of 1250 with two decimal places."""
        return Decimal(self.value).scaleb(-self.decimal_places)


class EventNamedEmote(Part, frozen=True, kw_only=True):
    """An emote by id and name."""

    id: str
    name: str = ""
