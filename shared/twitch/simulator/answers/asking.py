"""A call as the makers of examples see it: what was asked, by whom, when, and what earlier calls left behind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from twitch.simulator.answers.samples import LOGINS, stamp, uuid_of
from twitch.simulator.answers.shelves import Item, Shelf, Shelves
from twitch.simulator.calls import Call
from twitch.simulator.people import People, Person
from twitch.simulator.wire import Numbering

_SETTINGS: Final = "settings"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that has passed the checks of its row."""

    call: Call
    people: People
    shelves: Shelves
    numbering: Numbering

    def text(self, name: str, default: str = "") -> str:
        """The value of a parameter, in the body or the query."""
        return self.call.parameters.text(name) or default

    def texts(self, name: str) -> list[str]:
        """All values of a parameter, each once."""
        return list(dict.fromkeys(value for value in self.call.parameters.texts(name) if value))

    def integer(self, name: str, default: int = 0) -> int:
        value = self.call.parameters.integer(name)
        return default if value is None else value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.call.parameters.raw(name)
        return default if value is None else value in {True, "true"}

    def field(self, name: str) -> Any:
        """A field of the body: a list or an object."""
        return self.call.parameters.body.get(name)

    def changes(self, names: Iterable[str]) -> dict[str, Any]:
        """Those of the body's fields that were given."""
        body = self.call.parameters.body
        return {name: body[name] for name in names if body.get(name) is not None}

    def person(self, parameter: str) -> Person:
        """The user whose id a parameter is; without it, the caller."""
        user_id = self.call.parameters.text(parameter)
        return self.caller if user_id is None else self.people.by_id(user_id)

    @property
    def caller(self) -> Person:
        """The user of the token; for an app, a stand-in that is always the same."""
        return self.call.caller.person or self.people.by_login("somebody")

    @property
    def channel(self) -> Person:
        return self.person("broadcaster_id")

    @property
    def moderator(self) -> Person:
        return self.person("moderator_id")

    def crowd(self) -> list[Person]:
        """A handful of users, for examples."""
        return [self.people.by_login(login) for login in LOGINS]

    def at(self, seconds: float = 0.0) -> str:
        """The time so many seconds from now."""
        return stamp(self.call.now + seconds)

    def new_id(self) -> str:
        """An id that nothing else has."""
        return self.numbering.next_uuid()

    def shelf(self, kind: str, owner: str, examples: Callable[[], Iterable[Item]], key: str = "id") -> Shelf:
        """What there is of a kind; the examples are looked at once, when nothing is known yet of this owner."""
        return self.shelves.of(kind, owner, examples, key)

    def settings(self, kind: str, owner: str, defaults: Mapping[str, Any]) -> Item:
        """Fields that a call changes and a later one shows."""
        shelf = self.shelves.of(kind, owner, lambda: [{_SETTINGS: owner, "fields": dict(defaults)}], _SETTINGS)
        found = shelf.listed()[0]["fields"]
        assert isinstance(found, dict)
        return found

    def example_id(self, kind: str, number: int) -> str:
        """The id of an example in the asked channel."""
        return uuid_of(kind, self.channel.user_id, str(number))


@dataclass(frozen=True, slots=True)
class Given:
    """An example with what stands beside `data`."""

    data: Sequence[Any] | Mapping[str, Any]
    extras: Mapping[str, Any]


def counted(data: Sequence[Any]) -> Given:
    """With `total`, which counts what all pages hold together."""
    return Given(data, {"total": len(data)})
