"""A list that Twitch gives page by page: await it for the whole, or iterate over it to fetch as you go.

    shards = await app.application.get_conduit_shards(conduit_id)
    async for shard in app.application.get_conduit_shards(conduit_id): …

https://dev.twitch.tv/docs/api/guide/#pagination : pages may be empty, and may repeat an item of the one before.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from typing import Any, Generic

from twitch.errors import ClientException
from twitch.helix.calls import Reply
from twitch.helix.endpoints import ItemT

FetchPage = Callable[[str | None, int | None], Awaitable[Reply[ItemT]]]
"""Takes the cursor to go on from, and the most items wanted, None for no opinion."""
PAGES_BACK_MAX = 1000
"""So many pages can be gone back; a hundred thousand items, where a page is the usual hundred."""
EMPTY_PAGES_MAX = 20
"""In a row, each with a cursor to the next: after that many Twitch is taken to be at its end."""


class PaginatedRequest(Generic[ItemT]):
    """A list in pages. ``limit`` bounds how many items come in all; None means every one there is.

    ``weight`` says how many an item counts for, where an item is itself a list; such an item comes whole. ``parts``: so
    many lists of Twitch's it's made of, each of which may be empty.

    One task fetches at a time: two that share the list would each get a part of it. The second one gets a ClientException.
    """

    def __init__(
        self,
        fetch: FetchPage[ItemT],
        *,
        limit: int | None = None,
        page_size_max: int | None = None,
        weight: Callable[[ItemT], int] | None = None,
        parts: int = 1,
    ) -> None:
        if limit is not None and not isinstance(limit, int):
            raise TypeError(f"limit: int is wanted, not {type(limit).__name__}")
        if limit is not None and limit < 0:
            raise ValueError("limit must not be negative")
        self._fetch = fetch
        self._limit = limit
        self._page_size_max = page_size_max
        self._weight = weight
        self._empty_pages = 0
        self._empty_pages_max = EMPTY_PAGES_MAX * parts
        self._over = limit == 0
        self._fetching = False
        self._unread: deque[ItemT] = deque()
        """Of the last page, what a loop that was left hasn't come to."""
        self._starts: deque[tuple[str | None, int]] = deque(maxlen=PAGES_BACK_MAX)
        """Of each page given: the cursor it was asked for with, and how many items came before it."""
        self.cursor: str | None = None
        """Where the next page begins; None before the first page and after the last."""
        self.fetched_count = 0
        self.extras: Mapping[str, Any] = {}
        """What the last page told besides its items, such as the total."""

    def __repr__(self) -> str:
        return f"<PaginatedRequest limit={self._limit} fetched_count={self.fetched_count} done={self.done}>"

    @property
    def done(self) -> bool:
        """Whether there's nothing left."""
        return self._over and not self._unread

    async def next(self) -> tuple[ItemT, ...]:
        """The next page, empty when there's none left; after a loop that was left, the rest of its page first."""
        if self._unread:
            rest = tuple(self._unread)
            self._unread.clear()
            return rest
        if self._over:
            return ()
        left = None if self._limit is None else self._limit - self.fetched_count
        wanted = self._page_size_max if left is None else min(left, self._page_size_max or left)
        start = (self.cursor, self.fetched_count)
        self._refuse_another()
        self._fetching = True
        try:
            reply = await self._fetch(self.cursor, wanted if self._page_size_max else None)
        finally:
            self._fetching = False
        self._starts.append(start)
        items = reply.items if left is None or self._weight else reply.items[:left]
        self._empty_pages = 0 if reply.items else self._empty_pages + 1
        self.fetched_count += sum(map(self._weight, items)) if self._weight else len(items)
        self.extras = reply.extras
        over = reply.cursor is None or reply.cursor == self.cursor or self._empty_pages >= self._empty_pages_max
        self._over = over or (self._limit is not None and self.fetched_count >= self._limit)
        self.cursor = None if over else reply.cursor
        return items

    async def before(self) -> tuple[ItemT, ...]:
        """The page before the one that came last, asked for anew; empty when that was the first.

        `next` goes on behind it. Any list can be gone back in: not by Twitch's ``before``, which few endpoints take, but
        by the cursors that were met on the way.
        """
        self._refuse_another()
        if len(self._starts) < 2:
            return ()
        last, asked = self._starts.pop(), self._starts.pop()
        given, self._over = (self.cursor, self.fetched_count, self._over), False
        unread, self._unread = self._unread, deque()
        self.cursor, self.fetched_count = asked
        self._empty_pages = 0
        try:
            return await self.next()
        except BaseException:
            self._starts.extend((asked, last))
            self.cursor, self.fetched_count, self._over = given
            self._unread = unread
            raise

    def _refuse_another(self) -> None:
        if self._fetching:
            raise ClientException("another task is fetching from this list: give each task a list of its own")

    def __await__(self) -> Generator[Any, None, tuple[ItemT, ...]]:
        return self._all().__await__()

    async def _all(self) -> tuple[ItemT, ...]:
        items: list[ItemT] = []
        while not self.done:
            items.extend(await self.next())
        return tuple(items)

    async def __aiter__(self) -> AsyncIterator[ItemT]:
        while not self.done:
            if not self._unread:
                self._unread.extend(await self.next())
            while self._unread:
                yield self._unread.popleft()
