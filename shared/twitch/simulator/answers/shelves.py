"""What calls have left behind: things of one kind that belong to one owner, under their ids, oldest first.

A shelf begins with a few examples, so that there is something to list and to page through before anything was made.
There are bounds, and the oldest goes when one is reached: a simulator that runs for weeks stays small.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

Item = dict[str, Any]

_SHELVES_MAX: Final = 20_000
_ITEMS_MAX: Final = 1_000


class Shelf:
    """Items of one kind and owner."""

    def __init__(self, items: Iterable[Item], key: str) -> None:
        self._key = key
        self._items: dict[str, Item] = {}
        for item in items:
            self.put(item)

    def put(self, item: Item) -> Item:
        """Add it, in place of one with the same id."""
        while len(self._items) >= _ITEMS_MAX:
            del self._items[next(iter(self._items))]
        self._items[item[self._key]] = item
        return item

    def get(self, item_id: str) -> Item | None:
        return self._items.get(item_id)

    def take(self, item_id: str) -> Item | None:
        """Remove it; None if it isn't there."""
        return self._items.pop(item_id, None)

    def listed(self, wanted: Iterable[str] = (), *, newest_first: bool = False) -> list[Item]:
        """All items, or those with the ids wanted."""
        chosen = list(wanted)
        items = list(self._items.values())
        found = [item for item in items if item[self._key] in chosen] if chosen else items
        return found[::-1] if newest_first else found


class Shelves:
    """All shelves."""

    def __init__(self) -> None:
        self._shelves: dict[tuple[str, str], Shelf] = {}

    def of(self, kind: str, owner: str, examples: Callable[[], Iterable[Item]], key: str) -> Shelf:
        """The shelf of this kind and owner; a new one is filled with the examples."""
        found = self._shelves.get((kind, owner))
        if found is None:
            while len(self._shelves) >= _SHELVES_MAX:
                del self._shelves[next(iter(self._shelves))]
            found = self._shelves[kind, owner] = Shelf(examples(), key)
        return found
