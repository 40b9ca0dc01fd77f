"""Parameters of Helix calls, so that a row reads like Twitch's own table: ``query.own("broadcaster_id")``.

Each function takes Python's name and, where it differs, Twitch's. What a row doesn't call optional must be given.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, is_typeddict

from twitch.helix.endpoints import Own, Param, Place


class Parameters:
    """The functions for one place: `query` and `body`."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def text(
        self,
        name: str,
        wire: str = "",
        *,
        optional: bool = False,
        default: str | None = None,
        within: str = "",
        app_only: bool = False,
    ) -> Param:
        """Any text, such as an id."""
        return self._make(name, wire, "str", optional=optional, default=default, within=within, app_only=app_only)

    def whole(
        self,
        name: str,
        wire: str = "",
        *,
        optional: bool = False,
        default: int | None = None,
        within: str = "",
        between: tuple[int, int] | None = None,
        as_text: bool = False,
    ) -> Param:
        """A whole number; ``as_text`` where Twitch wants it in quotes."""
        to_wire = str if as_text else None
        return self._make(
            name, wire, "int", optional=optional, default=default, within=within, between=between, to_wire=to_wire
        )

    def number(self, name: str, wire: str = "", *, optional: bool = False) -> Param:
        """A number with a fraction."""
        return self._make(name, wire, "float", optional=optional)

    def flag(
        self,
        name: str,
        wire: str = "",
        *,
        optional: bool = False,
        default: bool | None = None,
        app_only: bool = False,
    ) -> Param:
        """True or false."""
        return self._make(name, wire, "bool", optional=optional, default=default, app_only=app_only)

    def moment(self, name: str, wire: str = "", *, optional: bool = False) -> Param:
        """A time, with its zone; sent as RFC 3339."""
        return self._make(name, wire, "datetime", optional=optional)

    def word(self, name: str, *words: str, wire: str = "", optional: bool = False, default: str | None = None) -> Param:
        """One of a few words."""
        return self._make(
            name, wire, f"Literal[{', '.join(_quoted(word) for word in words)}]", optional=optional, default=default
        )

    def many(
        self,
        name: str,
        wire: str = "",
        *,
        at_most: int,
        optional: bool = False,
        own: Own = Own.NO,
        unless: str = "",
        words: tuple[str, ...] = (),
    ) -> Param:
        """Any number of texts, of which Twitch takes ``at_most`` in one request."""
        element = f"Literal[{', '.join(_quoted(word) for word in words)}]" if words else "str"
        return self._make(
            name,
            wire,
            f"Collection[{element}]",
            optional=optional,
            values_max=at_most,
            own=own,
            unless=unless,
        )

    def own(self, name: str, wire: str = "", *, always: bool = False, unless: str = "") -> Param:
        """A user's id: with a user's token their own, by default or always."""
        return self._make(name, wire, "str", own=Own.ALWAYS if always else Own.DEFAULT, unless=unless)

    def shaped(
        self,
        name: str,
        annotation: str,
        *types: type,
        wire: str = "",
        optional: bool = False,
        at_most: int = 0,
        to_wire: Callable[[Any], Any] | None = None,
    ) -> Param:
        """Anything else: the annotation as a type checker shall read it, the library's types in it, and the way out."""
        return self._make(name, wire, annotation, optional=optional, values_max=at_most, to_wire=to_wire, types=types)

    def settings(self, name: str, shape: type) -> Param:
        """A TypedDict whose keys are keys of the body."""
        assert is_typeddict(shape)
        keys = tuple(shape.__annotations__)
        return self._make(name, "", shape.__name__, keys=keys, types=(shape,))

    def _make(
        self, name: str, wire: str, annotation: str, *, optional: bool = False, default: Any = None, **rest: Any
    ) -> Param:
        return Param(
            name=name,
            wire=wire or name,
            place=self._place,
            annotation=annotation,
            required=not optional and default is None,
            default=default,
            **rest,
        )


def by_name(param: Param) -> Param:
    """The same, given by its name alone."""
    return replace(param, by_name=True)


def _quoted(word: str) -> str:
    return f'"{word}"'


query = Parameters(Place.QUERY)
body = Parameters(Place.BODY)
