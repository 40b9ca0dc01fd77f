"""The simulator's users, who exist as soon as somebody names them.

Nobody signs up: a user is derived from whatever names it, always in the same way, so that two processes (or two runs)
that name the same one agree without having met.

- Every user id is a user, N with the login `user_N`.
- A login `user_N` (also `userN`), N being digits, is the user of that id; any other login has the id crc32(login).
- A token `user-N` or `refresh-N` is that user's. Any other text stands for the login that is left when the words
  access, refresh and token are taken out: `STREAMER_TOKEN` and `STREAMER_REFRESH` are both `streamer`, and so is a
  person who types `Streamer` on the consent page. If nothing is left (`ACCESS_TOKEN`) the login is `somebody`.
"""

import re
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from twitch.ids import UserId

_LOGIN_LENGTH_MAX: Final = 25  # Twitch's own limit
_ID_LOGIN: Final = re.compile(r"user_?([0-9]{1,20})")
_ID_TOKEN: Final = re.compile(r"(?:user|refresh)-([0-9]{1,20})")
_TOKEN_WORDS: Final = frozenset({"access", "refresh", "token"})
_PEOPLE_MAX: Final = 200_000


@dataclass(frozen=True, slots=True)
class Person:
    """A user as Helix shows it."""

    user_id: UserId
    login: str
    display_name: str


def login_of(name: str) -> str:
    """The login that a typed name stands for: lower case, letters, digits and underscores."""
    return re.sub(r"[^a-z0-9_]", "", name.strip().lower())[:_LOGIN_LENGTH_MAX]


def person_of_id(user_id: str) -> Person:
    """The user with this id, as long as nobody knows them by another login (see `People`)."""
    login = f"user_{user_id}"
    return Person(UserId(user_id), login, login.capitalize())


def person_of_login(name: str) -> Person:
    """The user with this login; ValueError if the name has no character of a login."""
    login = login_of(name)
    if not login:
        raise ValueError(f"{name!r} is no Twitch login")
    if match := _ID_LOGIN.fullmatch(login):
        return person_of_id(match[1])
    return Person(UserId(str(crc32(login.encode()))), login, login.capitalize())


def person_of_token(text: str) -> Person:
    """The user whose token (access or refresh alike) this text stands for."""
    if match := _ID_TOKEN.fullmatch(text):
        return person_of_id(match[1])
    words = [word for word in re.split(r"[^a-z0-9]+", text.lower()) if word and word not in _TOKEN_WORDS]
    return person_of_login("_".join(words) or "somebody")


class People:
    """Who has been named so far, so that an id made from a login leads back to that login."""

    def __init__(self) -> None:
        self._named: dict[UserId, Person] = {}

    def meet(self, person: Person) -> Person:
        if person.user_id not in self._named:
            while len(self._named) >= _PEOPLE_MAX:
                del self._named[next(iter(self._named))]
            self._named[person.user_id] = person
        return self._named[person.user_id]

    def by_id(self, user_id: str) -> Person:
        return self._named.get(UserId(user_id)) or person_of_id(user_id)

    def by_login(self, name: str) -> Person:
        """ValueError if the name has no character of a login."""
        return self.meet(person_of_login(name))

    def by_token(self, text: str) -> Person:
        return self.meet(person_of_token(text))
