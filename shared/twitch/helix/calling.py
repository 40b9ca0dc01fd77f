"""Carries out a method of the table: sends what arguments.py says, gives back what the row says."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from twitch.errors import DecodeError
from twitch.helix.arguments import requests
from twitch.helix.calls import Reply
from twitch.helix.endpoints import Answer, Endpoint, ItemT
from twitch.helix.pages import PaginatedRequest
from twitch.helix.signatures import Method
from twitch.helix.transport import Transport

ValueT = TypeVar("ValueT")
_CHUNK = "chunk:"
"""Begins a cursor of ours, where a list was split: which part, and Twitch's own cursor within it."""


class Items(tuple[ValueT, ...]):  # noqa: SLOT001  a tuple that has an attribute can't have slots
    """What a call listed. ``extras`` are the keys beside ``data``, such as a total or the template of image addresses."""

    extras: Mapping[str, Any]

    def __new__(cls, values: Iterable[ValueT] = (), extras: Mapping[str, Any] | None = None) -> "Items[ValueT]":
        made = super().__new__(cls, values)
        made.extras = extras or {}
        return made


class Caller:
    """Calls Helix with the app's token, or with a user's. What carries out each method of the table."""

    def __init__(self, transport: Transport, *, user_id: str | None) -> None:
        self._transport = transport
        self._user_id = user_id
        self._own_id = user_id
        """What stands where a method's user isn't given."""

    async def _call(
        self,
        endpoint: Endpoint[ItemT],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply[ItemT]:
        return await self._transport.call(endpoint, query=query, body=body, user_id=self._user_id)

    def _pages(
        self, endpoint: Endpoint[ItemT], query: Mapping[str, Any], limit: int | None, *more: Mapping[str, Any]
    ) -> PaginatedRequest[ItemT]:
        queries = (query, *more)

        async def fetch(cursor: str | None, first: int | None) -> Reply[ItemT]:
            part, after = _chunk_of(cursor)
            page = {"after": after} if first is None else {"after": after, "first": first}
            reply = await self._call(endpoint, query={**queries[part], **page})
            return reply if len(queries) == 1 else _with_chunk(reply, part, after, len(queries))

        return PaginatedRequest(
            fetch, limit=limit, page_size_max=endpoint.page_size_max, weight=endpoint.weight, parts=len(queries)
        )

    async def _carry_out(self, method: Method, arguments: Mapping[str, Any]) -> Any:
        endpoint = method.endpoint
        replies = [
            await self._call(endpoint, query=query, body=body)
            for query, body in requests(endpoint, method.given(arguments, self._own_id))
        ]
        items = [item for reply in replies for item in reply.items]
        match endpoint.answer:
            case Answer.NOTHING:
                return None
            case Answer.ONE | Answer.MAYBE:
                if not items and endpoint.answer is Answer.ONE:
                    raise DecodeError(f"{endpoint.name}: the answer is empty")
                return items[0] if items else None
            case Answer.IDS:
                return tuple(item.id for item in items)
            case Answer.TEXT:
                return "".join(reply.raw.get("text", "") for reply in replies)
            case Answer.MANY:
                return tuple(items)
            case _:
                return Items(items, replies[-1].extras if replies else {})

    def _list_pages(self, method: Method, arguments: Mapping[str, Any]) -> PaginatedRequest[Any]:
        queries = [query for query, _ in requests(method.endpoint, method.given(arguments, self._own_id))]
        if not queries:
            return PaginatedRequest(_never, limit=0)
        return self._pages(method.endpoint, queries[0], arguments["limit"], *queries[1:])


async def _never(cursor: str | None, first: int | None) -> Reply[Any]:
    raise AssertionError(f"a request for nothing was sent: {cursor} {first}")


def _chunk_of(cursor: str | None) -> tuple[int, str | None]:
    if cursor is None or not cursor.startswith(_CHUNK):
        return 0, cursor
    part, _, after = cursor.removeprefix(_CHUNK).partition(":")
    return int(part), after or None


def _with_chunk(reply: Reply[ItemT], part: int, after: str | None, parts: int) -> Reply[ItemT]:
    if reply.cursor is not None and reply.cursor != after:  # the one that was asked with is the end of this part
        cursor: str | None = f"{_CHUNK}{part}:{reply.cursor}"
    else:
        cursor = f"{_CHUNK}{part + 1}:" if part + 1 < parts else None
    return Reply(reply.items, cursor, reply.extras, reply.rate, reply.raw)
