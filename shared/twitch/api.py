"""Helix as methods: `AppAPI` with the app's own token, `UserAPI` with a user's: https://dev.twitch.tv/docs/api/reference/

Each method is one row of twitch/helix/endpoints.py. All raise what twitch/errors.py draws.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from twitch.errors import DecodeError
from twitch.helix import endpoints as e
from twitch.helix.calls import Reply, chunks
from twitch.helix.pages import PaginatedRequest
from twitch.helix.transport import Transport
from twitch.models import (
    Conduit,
    ConduitShard,
    ConduitShardError,
    ConduitShardUpdate,
    SearchChannel,
    SendMessageStatus,
    ShardUpdate,
    Subscription,
    UserAuthorization,
    UserInfo,
    shard_updates_json,
)
from twitch.records import read_record

SHARDS_MAX = 20_000
"""Per conduit: https://dev.twitch.tv/docs/eventsub/handling-conduit-events/"""


class _API:
    """What can be asked with either token."""

    def __init__(self, transport: Transport, *, user_id: str | None) -> None:
        self._transport = transport
        self._user_id = user_id

    async def get_users(
        self, *, user_ids: Collection[str] = (), user_logins: Collection[str] = ()
    ) -> tuple[UserInfo, ...]:
        """Profiles by id and login, any number of them. One that doesn't exist is missing from the answer.

        With a user's token and neither ids nor logins: that user's own.
        """
        wanted = [("id", user) for user in sorted(user_ids)] + [("login", login) for login in sorted(user_logins)]
        found: list[UserInfo] = []
        # Twitch takes a hundred in all, ids and logins together.
        for chunk in chunks(wanted, 100) or ([[]] if self._user_id else []):
            query = {kind: [value for of, value in chunk if of == kind] for kind in ("id", "login")}
            found.extend((await self._call(e.GET_USERS, query=query)).items)
        return tuple(found)

    def search_channels(
        self,
        query: str,
        live_only: bool = False,  # noqa: FBT001, FBT002  the library's signature
        limit: int | None = 100,
    ) -> PaginatedRequest[SearchChannel]:
        """Channels that match a text, live ones only if so wanted."""
        return self._pages(e.SEARCH_CHANNELS, {"query": query, "live_only": live_only}, limit)

    def get_eventsub_subscriptions(
        self,
        limit: int | None = None,
        *,
        conduit_id: str | None = None,
        status: str | None = None,
        type: str | None = None,  # noqa: A002  Twitch's own word
        user_id: str | None = None,
        subscription_id: str | None = None,
    ) -> PaginatedRequest[Subscription]:
        """Subscriptions, oldest first, by at most one of the filters. ``extras`` of the request has total and cost."""
        filters = {
            "conduit_id": conduit_id,
            "status": status,
            "type": type,
            "user_id": user_id,
            "subscription_id": subscription_id,
        }
        if sum(value is not None for value in filters.values()) > 1:
            raise ValueError(f"get_eventsub_subscriptions takes one filter at most, of {', '.join(filters)}")
        return self._pages(e.GET_EVENTSUB_SUBSCRIPTIONS, filters, limit)

    async def create_eventsub_subscription(
        self,
        type: str,  # noqa: A002  Twitch's own word
        version: str,
        transport: Mapping[str, Any],
        condition: Mapping[str, str],
        *,
        is_batching_enabled: bool | None = None,
    ) -> Subscription:
        """Create a subscription. Raises Conflict, with the id of the other, where it exists already."""
        body = {
            "type": type,
            "version": version,
            "condition": dict(condition),
            "transport": dict(transport),
            "is_batching_enabled": is_batching_enabled,
        }
        return _one(await self._call(e.CREATE_EVENTSUB_SUBSCRIPTION, body=body), e.CREATE_EVENTSUB_SUBSCRIPTION)

    async def delete_eventsub_subscription(self, subscription_id: str) -> None:
        """Delete a subscription. Raises NotFound where there's none."""
        await self._call(e.DELETE_EVENTSUB_SUBSCRIPTION, query={"id": subscription_id})

    async def _send_chat_message(self, **body: Any) -> SendMessageStatus:
        return _one(await self._call(e.SEND_CHAT_MESSAGE, body=body), e.SEND_CHAT_MESSAGE)

    async def _call(
        self,
        endpoint: e.Endpoint[e.ItemT],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply[e.ItemT]:
        return await self._transport.call(endpoint, query=query, body=body, user_id=self._user_id)

    def _pages(
        self, endpoint: e.Endpoint[e.ItemT], query: Mapping[str, Any], limit: int | None
    ) -> PaginatedRequest[e.ItemT]:
        async def fetch(cursor: str | None, first: int | None) -> Reply[e.ItemT]:
            page = {"after": cursor} if first is None else {"after": cursor, "first": first}
            return await self._call(endpoint, query={**query, **page})

        return PaginatedRequest(fetch, limit=limit, page_size_max=endpoint.page_size_max)


class AppAPI(_API):
    """Helix with the app's own token. ``id`` is the client id."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, user_id=None)
        self.id = transport.client_id

    async def get_conduits(self) -> tuple[Conduit, ...]:
        """The app's conduits, at most five."""
        return (await self._call(e.GET_CONDUITS)).items

    async def create_conduit(self, shard_count: int) -> Conduit:
        """A new conduit of 1 to 20,000 shards. Raises RateLimited of the other kind where five exist."""
        _check_shard_count(shard_count)
        return _one(await self._call(e.CREATE_CONDUIT, body={"shard_count": shard_count}), e.CREATE_CONDUIT)

    async def update_conduit(self, conduit_id: str, shard_count: int) -> Conduit:
        """Give a conduit another number of shards. Channels are spread anew; shards above the number are dropped."""
        _check_shard_count(shard_count)
        body = {"id": conduit_id, "shard_count": shard_count}
        return _one(await self._call(e.UPDATE_CONDUIT, body=body), e.UPDATE_CONDUIT)

    async def delete_conduit(self, conduit_id: str) -> None:
        """Delete a conduit, and with it all of its subscriptions."""
        await self._call(e.DELETE_CONDUIT, query={"id": conduit_id})

    def get_conduit_shards(
        self, conduit_id: str, status: str | None = None, limit: int | None = None
    ) -> PaginatedRequest[ConduitShard]:
        """The shards of a conduit as Twitch sees them. Ids at or above its shard count may linger."""
        return self._pages(e.GET_CONDUIT_SHARDS, {"conduit_id": conduit_id, "status": status}, limit)

    async def update_conduit_shards(
        self, conduit_id: str, shards: Sequence[ShardUpdate | Mapping[str, Any]]
    ) -> ConduitShardUpdate:
        """Bind shards to sessions, a hundred to a call. Read ``errors``: Twitch may refuse some and take the rest."""
        taken: list[ConduitShard] = []
        refused: list[ConduitShardError] = []
        replies: list[Mapping[str, Any]] = []
        for chunk in chunks(shard_updates_json(shards), e.SHARDS_PER_UPDATE_MAX):
            body = {"conduit_id": conduit_id, "shards": list(chunk)}
            reply = await self._call(e.UPDATE_CONDUIT_SHARDS, body=body)
            taken.extend(reply.items)
            try:
                refused.extend(read_record(error, ConduitShardError) for error in reply.extras.get("errors") or ())
            except (msgspec.ValidationError, TypeError, ValueError) as error:
                raise DecodeError(f"update_conduit_shards: errors: {error}") from error
            replies.append(reply.raw)
        raw = replies[0] if len(replies) == 1 else {"replies": replies}
        return ConduitShardUpdate(shards=tuple(taken), errors=tuple(refused), raw=raw)

    async def get_user_authorizations(self, user_ids: Collection[str]) -> tuple[UserAuthorization, ...]:
        """What users have granted to this client, any number of them."""
        found: list[UserAuthorization] = []
        for chunk in chunks(sorted(user_ids), e.GET_AUTHORIZATION_BY_USER.query[0].values_max):
            found.extend((await self._call(e.GET_AUTHORIZATION_BY_USER, query={"user_id": chunk})).items)
        return tuple(found)

    async def send_chat_message(
        self,
        broadcaster_id: str,
        sender_id: str,
        message: str,
        reply_message_id: str | None = None,
        *,
        for_source_only: bool | None = None,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a channel's chat, up to 500 characters, with the badge of a bot. Look at ``is_sent``."""
        return await self._send_chat_message(
            broadcaster_id=broadcaster_id,
            sender_id=sender_id,
            message=message,
            reply_parent_message_id=reply_message_id,
            for_source_only=for_source_only,
            pin=pin,
        )


class UserAPI(_API):
    """Helix with a user's token. ``id`` and ``login`` are the user's; the login is empty where it isn't known."""

    def __init__(self, transport: Transport, user_id: str, login: str = "") -> None:
        super().__init__(transport, user_id=user_id)
        self.id = user_id
        self.login = login

    def __repr__(self) -> str:
        return f"<UserAPI id={self.id!r} login={self.login!r}>"

    async def send_chat_message(
        self,
        message: str,
        broadcaster_id: str | None = None,
        reply_message_id: str | None = None,
        *,
        pin: bool | None = None,
    ) -> SendMessageStatus:
        """Write in a chat as this user, by default in their own. Look at ``is_sent``."""
        return await self._send_chat_message(
            broadcaster_id=broadcaster_id or self.id,
            sender_id=self.id,
            message=message,
            reply_parent_message_id=reply_message_id,
            pin=pin,
        )


def _one(reply: Reply[e.ItemT], endpoint: e.Endpoint[e.ItemT]) -> e.ItemT:
    if not reply.items:
        raise DecodeError(f"{endpoint.name}: the answer is empty")
    return reply.items[0]


def _check_shard_count(shard_count: int) -> None:
    if not 1 <= shard_count <= SHARDS_MAX:
        raise ValueError(f"a conduit has 1 to {SHARDS_MAX} shards, not {shard_count}")
