"""Helix as methods: `AppAPI` with the app's own token, `UserAPI` with a user's: https://dev.twitch.tv/docs/api/reference/

Nearly all of them are made from the rows of twitch/helix/families/: their names, parameters and docstrings stand in
twitch/helix/methods.pyi. Those that do more than the row says are written here. All raise what twitch/errors.py draws.
"""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from twitch.errors import DecodeError
from twitch.helix.arguments import chunks
from twitch.helix.calling import Caller
from twitch.helix.calls import Reply
from twitch.helix.endpoints import Endpoint, ItemT
from twitch.helix.extension_tokens import ExtensionSigner
from twitch.helix.families import conduits, eventsub
from twitch.helix.methods import AppMethods, ExtensionMethods, UserMethods
from twitch.helix.pages import PaginatedRequest
from twitch.helix.transport import Transport
from twitch.models.conduits import (
    ConduitShard,
    ConduitShardError,
    ConduitShardUpdate,
    ShardUpdate,
    shard_updates_json,
)
from twitch.models.subscriptions import Subscription, SubscriptionCosts
from twitch.records import read_record

if TYPE_CHECKING:
    from twitch.helix.families.extension_calls import ExtensionConfiguration


class _API(Caller):
    """What is written by hand and can be asked with either token."""

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
        """Subscriptions, oldest first, by at most one of the filters. ``extras`` of the request has total and cost.

        https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions
        """
        filters = {
            "conduit_id": conduit_id,
            "status": status,
            "type": type,
            "user_id": user_id,
            "subscription_id": subscription_id,
        }
        if sum(value is not None for value in filters.values()) > 1:
            raise ValueError(f"get_eventsub_subscriptions takes one filter at most, of {', '.join(filters)}")
        return self._pages(eventsub.GET_EVENTSUB_SUBSCRIPTIONS, filters, limit)

    async def get_eventsub_subscription_by_id(self, subscription_id: str) -> Subscription | None:
        """One subscription, None where there's no such.

        https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions
        """
        found = await self.get_eventsub_subscriptions(subscription_id=subscription_id)
        return found[0] if found else None

    async def get_eventsub_subscriptions_summary(self) -> SubscriptionCosts:
        """How many subscriptions there are, what they cost, and what they may cost together; by one request.

        https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions
        """
        extras = (await self._call(eventsub.GET_EVENTSUB_SUBSCRIPTIONS)).extras
        return SubscriptionCosts.from_extras(extras)

    async def create_eventsub_subscription(
        self,
        subscription_type: str,
        subscription_version: str,
        transport: Mapping[str, Any],
        condition: Mapping[str, str],
        *,
        is_batching_enabled: bool | None = None,
    ) -> tuple[Subscription, SubscriptionCosts]:
        """Create a subscription; gives it, and what all of them cost now.

        Raises Conflict, with the id of the other, where it exists already.
        Types whose events come in batches are refused without ``is_batching_enabled``: unless given, it's what the type
        needs.
        https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription
        """
        if is_batching_enabled is None:
            # At the first use: what only asks Helix doesn't wait for the models of all events.
            from twitch.eventsub.types import BY_TYPE_AND_VERSION  # noqa: PLC0415

            known = BY_TYPE_AND_VERSION.get((subscription_type, subscription_version))
            is_batching_enabled = True if known is not None and known.batched else None
        body = {
            "type": subscription_type,
            "version": subscription_version,
            "condition": dict(condition),
            "transport": dict(transport),
            "is_batching_enabled": is_batching_enabled,
        }
        row = eventsub.CREATE_EVENTSUB_SUBSCRIPTION
        reply = await self._call(row, body=body)
        return _one(reply, row), SubscriptionCosts.from_extras(reply.extras)


class AppAPI(_API, AppMethods):
    """Helix with the app's own token. ``id`` is the client id."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, user_id=None)
        self.id = transport.client_id

    def __repr__(self) -> str:
        return f"<AppAPI id={self.id!r}>"

    def extension(self, extension_id: str, secret: str, owner_id: str) -> "ExtensionAPI":
        """Helix for an extension: ``secret`` in base64 as Twitch shows it, ``owner_id`` the user who owns it.

        Raises ValueError for a secret that isn't base64.
        """
        return ExtensionAPI(self._transport, ExtensionSigner(extension_id, secret, owner_id))

    async def update_conduit_shards(
        self, conduit_id: str, shards: Sequence[ShardUpdate | Mapping[str, Any]]
    ) -> ConduitShardUpdate:
        """Bind shards to sessions, a hundred to a call. Read ``errors``: Twitch may refuse some and take the rest.

        https://dev.twitch.tv/docs/api/reference/#update-conduit-shards
        """
        taken: list[ConduitShard] = []
        refused: list[ConduitShardError] = []
        replies: list[Mapping[str, Any]] = []
        for chunk in chunks(shard_updates_json(shards), conduits.SHARDS_PER_UPDATE_MAX):
            body = {"conduit_id": conduit_id, "shards": list(chunk)}
            reply = await self._call(conduits.UPDATE_CONDUIT_SHARDS, body=body)
            taken.extend(reply.items)
            try:
                refused.extend(read_record(error, ConduitShardError) for error in reply.extras.get("errors") or ())
            except (msgspec.ValidationError, TypeError, ValueError) as error:
                raise DecodeError(f"update_conduit_shards: errors: {error}") from error
            replies.append(reply.raw)
        raw = replies[0] if len(replies) == 1 else {"replies": replies}
        return ConduitShardUpdate(shards=tuple(taken), errors=tuple(refused), raw=raw)


class UserAPI(_API, UserMethods):
    """Helix with a user's token. ``id`` and ``login`` are the user's; the login is empty where it isn't known."""

    def __init__(self, transport: Transport, user_id: str, login: str = "") -> None:
        super().__init__(transport, user_id=user_id)
        self.id = user_id
        self.login = login

    def __repr__(self) -> str:
        return f"<UserAPI id={self.id!r} login={self.login!r}>"


class ExtensionAPI(ExtensionMethods):
    """Helix for an extension, with tokens that it signs itself, one for each call."""

    def __init__(self, transport: Transport, signer: ExtensionSigner) -> None:
        super().__init__(transport, user_id=None)
        self._signer = signer
        self._own_id = signer.extension_id

    def __repr__(self) -> str:
        return f"<ExtensionAPI extension_id={self._signer.extension_id!r}>"

    async def get_extension_channel_configuration(self, broadcaster_id: str) -> "ExtensionConfiguration | None":
        """What the extension's broadcaster has configured, None where they haven't.

        https://dev.twitch.tv/docs/api/reference/#get-extension-configuration-segment
        """
        found = await self.get_extension_configuration_segment(["broadcaster"], broadcaster_id)
        return found[0] if found else None

    async def _call(
        self,
        endpoint: Endpoint[ItemT],
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply[ItemT]:
        channel_id = {**(query or {}), **(body or {})}.get("broadcaster_id")
        extension = self._signer.sign(unix_now=time.time(), channel_id=channel_id)
        return await self._transport.call(endpoint, query=query, body=body, extension=extension)


def _one(reply: Reply[ItemT], endpoint: Endpoint[ItemT]) -> ItemT:
    if not reply.items:
        raise DecodeError(f"{endpoint.name}: the answer is empty")
    return reply.items[0]
