"""Where an event happens and who takes part, for those who describe it.

Everybody is made from an id, as all of the simulator's users are. Viewers are a channel's own; each comes back once in
a while. Moderators and other channels have ids of their own ranges, so that a log tells who is who.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, TypeVar

from twitch.simulator.people import Person

T = TypeVar("T")

_FIRST_VIEWER: Final = 900_000_001
_FIRST_MODERATOR: Final = 910_000_001
_FIRST_CHANNEL: Final = 920_000_001
_OF_A_KIND: Final = 1000

CATEGORY: Final = {"category_id": "509658", "category_name": "Just Chatting"}
TEXTS: Final = (
    "that was the cleanest run of the whole evening, how do you even do this",
    "hello from the other side of the world, it is four in the morning here",
    "wait, did the timer just reset or is that only my screen",
    "first time here, what are we playing today and for how long",
    "chat please let the streamer cook, there is no need for spoilers",
    "this song again? not that I complain, it has been in my head all week",
    "gg, see all of you tomorrow, same time and same place I hope",
    "can somebody clip what just happened, I was looking the other way",
)
TIERS: Final = ("1000", "1000", "2000", "3000")


@dataclass(frozen=True, slots=True)
class Scene:
    """What an event is about (`about` is the routing value of its condition), and its number among its type's."""

    about: str
    condition: Mapping[str, str]
    turn: int
    by_id: Callable[[str], Person]

    def pick(self, choices: tuple[T, ...]) -> T:
        """These take turns."""
        return choices[self.turn % len(choices)]

    def rarely(self, choices: int) -> bool:
        """Whether so many choices are gone through for the second time."""
        return self.turn >= choices

    def every(self, times: int) -> bool:
        """Whether this is the first of so many turns."""
        return self.turn % times == 0

    @property
    def text(self) -> str:
        return self.pick(TEXTS)

    @property
    def host(self) -> Person:
        """Whose channel it is."""
        return self.by_id(self.about)

    def somebody(self, number: int = 0) -> Person:
        """A viewer of this turn, or a further one."""
        return self._of(_FIRST_VIEWER, (self.turn + 37 * number) * 7919 + len(self.about))

    @property
    def helper(self) -> Person:
        """Who moderates."""
        return self._of(_FIRST_MODERATOR, self.turn % 3)

    def neighbour(self, number: int = 0) -> Person:
        """Another channel."""
        return self._of(_FIRST_CHANNEL, self.turn * 31 + number)

    @property
    def channel(self) -> dict[str, str]:
        return named("broadcaster_user_", self.host)

    @property
    def user(self) -> dict[str, str]:
        return named("user_", self.somebody())

    @property
    def moderator(self) -> dict[str, str]:
        return named("moderator_user_", self.helper)

    def steady(self, thing: str) -> str:
        """The id of a thing that several events of this turn tell of: a poll that begins, goes on and ends."""
        text = f"{self.about}:{self.turn}:{thing}".encode()
        return str(uuid.UUID(bytes=blake2b(text, digest_size=16).digest(), version=4))

    def _of(self, first: int, index: int) -> Person:
        return self.by_id(str(first + index % _OF_A_KIND))


def named(prefix: str, person: Person) -> dict[str, str]:
    """A user as events name one: PREFIXid, PREFIXlogin, PREFIXname."""
    return {f"{prefix}id": person.user_id, f"{prefix}login": person.login, f"{prefix}name": person.display_name}


def nameless(prefix: str) -> dict[str, None]:
    """A user who is hidden, or not there."""
    return {f"{prefix}id": None, f"{prefix}login": None, f"{prefix}name": None}


Maker = Callable[[Scene], dict[str, Any]]
