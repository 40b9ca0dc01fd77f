"""Every Helix call that the library knows, one row each: https://dev.twitch.tv/docs/api/reference/

A row says what goes where; calls.py builds the request and reads the answer from it, transport.py sends it.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Generic, TypeVar

from twitch.models import (
    Conduit,
    ConduitShard,
    SearchChannel,
    SendMessageStatus,
    Subscription,
    UserAuthorization,
    UserInfo,
)
from twitch.records import Record

ItemT = TypeVar("ItemT", bound=Record)


class Auth(StrEnum):
    """Whose token a call takes."""

    APP = "app"
    USER = "user"
    EITHER = "either"


class Lane(IntEnum):
    """Who goes first when the points of a token are short. Binding has ten seconds before Twitch closes the socket."""

    SHARDS = 0
    SUBSCRIPTIONS = 1
    REST = 2


class Bucket(StrEnum):
    """Twitch counts points per token, and some calls apart: https://dev.twitch.tv/docs/chat/#rate-limits"""

    POINTS = "points"
    CHAT = "chat"


class Nothing(Record, frozen=True, kw_only=True):
    """The item of a call that answers with nothing."""


@dataclass(frozen=True, slots=True)
class Param:
    """A key of the query. One that may ``repeat`` takes up to ``values_max`` values in one request."""

    name: str
    required: bool = False
    repeat: bool = False
    values_max: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[ItemT]):
    """A row. ``body`` names the keys of the JSON body, optional ones with a ?; ``item`` is what ``data`` lists."""

    name: str
    method: str
    path: str
    auth: Auth
    success: int
    item: type[ItemT]
    query: tuple[Param, ...] = ()
    body: tuple[str, ...] = ()
    paginated: bool = False
    lane: Lane = Lane.REST
    bucket: Bucket = Bucket.POINTS

    @property
    def idempotent(self) -> bool:
        """Whether sending twice is as good as sending once. Helix' PATCH and PUT set values; POST creates or sends."""
        return self.method != "POST"

    @property
    def page_size_max(self) -> int | None:
        """The largest ``first`` that it takes, None where Twitch alone decides."""
        return 100 if any(param.name == "first" for param in self.query) else None


_AFTER = Param("after")
_FIRST = Param("first")

GET_CONDUITS = Endpoint(
    name="get_conduits",
    method="GET",
    path="/eventsub/conduits",
    auth=Auth.APP,
    success=200,
    item=Conduit,
    lane=Lane.SHARDS,
)
CREATE_CONDUIT = Endpoint(
    name="create_conduit",
    method="POST",
    path="/eventsub/conduits",
    auth=Auth.APP,
    success=200,
    item=Conduit,
    body=("shard_count",),
    lane=Lane.SHARDS,
)
UPDATE_CONDUIT = Endpoint(
    name="update_conduit",
    method="PATCH",
    path="/eventsub/conduits",
    auth=Auth.APP,
    success=200,
    item=Conduit,
    body=("id", "shard_count"),
    lane=Lane.SHARDS,
)
DELETE_CONDUIT = Endpoint(
    name="delete_conduit",
    method="DELETE",
    path="/eventsub/conduits",
    auth=Auth.APP,
    success=204,
    item=Nothing,
    query=(Param("id", required=True),),
)
GET_CONDUIT_SHARDS = Endpoint(
    name="get_conduit_shards",
    method="GET",
    path="/eventsub/conduits/shards",
    auth=Auth.APP,
    success=200,
    item=ConduitShard,
    query=(Param("conduit_id", required=True), Param("status"), _AFTER),
    paginated=True,
    lane=Lane.SHARDS,
)
UPDATE_CONDUIT_SHARDS = Endpoint(
    name="update_conduit_shards",
    method="PATCH",
    path="/eventsub/conduits/shards",
    auth=Auth.APP,
    success=202,
    item=ConduitShard,
    body=("conduit_id", "shards"),
    lane=Lane.SHARDS,
)
SHARDS_PER_UPDATE_MAX = 100
"""https://dev.twitch.tv/docs/api/reference/#update-conduit-shards"""

CREATE_EVENTSUB_SUBSCRIPTION = Endpoint(
    name="create_eventsub_subscription",
    method="POST",
    path="/eventsub/subscriptions",
    auth=Auth.EITHER,
    success=202,
    item=Subscription,
    body=("type", "version", "condition", "transport", "is_batching_enabled?"),
    lane=Lane.SUBSCRIPTIONS,
)
DELETE_EVENTSUB_SUBSCRIPTION = Endpoint(
    name="delete_eventsub_subscription",
    method="DELETE",
    path="/eventsub/subscriptions",
    auth=Auth.EITHER,
    success=204,
    item=Nothing,
    query=(Param("id", required=True),),
    lane=Lane.SUBSCRIPTIONS,
)
GET_EVENTSUB_SUBSCRIPTIONS = Endpoint(
    name="get_eventsub_subscriptions",
    method="GET",
    path="/eventsub/subscriptions",
    auth=Auth.EITHER,
    success=200,
    item=Subscription,
    query=(
        Param("status"),
        Param("type"),
        Param("user_id"),
        Param("subscription_id"),
        Param("conduit_id"),
        _AFTER,
    ),
    paginated=True,
    lane=Lane.SUBSCRIPTIONS,
)
SUBSCRIPTION_FILTERS = ("status", "type", "user_id", "subscription_id", "conduit_id")
"""Twitch takes at most one of these."""

GET_USERS = Endpoint(
    name="get_users",
    method="GET",
    path="/users",
    auth=Auth.EITHER,
    success=200,
    item=UserInfo,
    query=(Param("id", repeat=True, values_max=100), Param("login", repeat=True, values_max=100)),
)
GET_AUTHORIZATION_BY_USER = Endpoint(
    name="get_authorization_by_user",
    method="GET",
    path="/authorization/users",
    auth=Auth.APP,
    success=200,
    item=UserAuthorization,
    query=(Param("user_id", required=True, repeat=True, values_max=10),),
)
SEARCH_CHANNELS = Endpoint(
    name="search_channels",
    method="GET",
    path="/search/channels",
    auth=Auth.EITHER,
    success=200,
    item=SearchChannel,
    query=(Param("query", required=True), Param("live_only"), _FIRST, _AFTER),
    paginated=True,
)
SEND_CHAT_MESSAGE = Endpoint(
    name="send_chat_message",
    method="POST",
    path="/chat/messages",
    auth=Auth.EITHER,
    success=200,
    item=SendMessageStatus,
    body=("broadcaster_id", "sender_id", "message", "reply_parent_message_id?", "for_source_only?", "pin?"),
    bucket=Bucket.CHAT,
)

ENDPOINTS: tuple[Endpoint[Record], ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Endpoint)
)
