"""Pages of a list: `first`, `after` and, where Twitch has it, `before`.

A page's cursor is the place where it ends. `after` it comes the next page; `before` it, the page that precedes the
one that ended there, if both are of one size. The last page has no cursor.
Source: https://dev.twitch.tv/docs/api/guide/#pagination
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twitch.simulator.calls import Parameters, cursor, cursor_position, refusal
from twitch.simulator.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Page:
    """How an endpoint pages. `first_max` 0: the client has no say in the size."""

    first: int = 20
    first_max: int = 100
    backwards: bool = False
    within: str = ""  # the field of `data` that holds the list, where it isn't `data` itself
    bare: bool = False  # `pagination` is the cursor itself, empty at the end


@dataclass(frozen=True, slots=True)
class Paged:
    items: Sequence[Any]
    pagination: dict[str, str] | str


def cut(page: Page, items: Sequence[Any], asked: Parameters) -> Paged | Refusal:
    """The page that was asked for."""
    first = page.first
    if page.first_max and asked.text("first") is not None:
        first = asked.integer("first") or 0
        if not 1 <= first <= page.first_max:
            return refusal(400, f'The parameter "first" must be between 1 and {page.first_max}')
    before = asked.text("before") if page.backwards else None
    place = cursor_position(before or asked.text("after"))
    if place is None:
        return refusal(400, "The cursor is not valid")
    end = place + first if before is None else max(0, place - first)
    begin = max(0, end - first)
    following = cursor(end) if 0 < end < len(items) else None
    if page.bare:
        return Paged(items[begin:end], following or "")
    return Paged(items[begin:end], {} if following is None else {"cursor": following})
