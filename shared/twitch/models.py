"""What Helix answers with, as typed records: https://dev.twitch.tv/docs/api/reference/

Each keeps the JSON object it was read from as ``raw``. Fields that Twitch may leave out have defaults, so an answer
with a field less is still an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Self

import msgspec

from twitch.records import OpenEnum, Part, Record, User, read_record

__all__ = [
    "Conduit",
    "ConduitShard",
    "ConduitShardError",
    "ConduitShardUpdate",
    "DropReason",
    "OpenEnum",
    "Part",
    "Record",
    "SearchChannel",
    "SendMessageStatus",
    "ShardStatus",
    "ShardTransport",
    "ShardUpdate",
    "Subscription",
    "SubscriptionCosts",
    "SubscriptionStatus",
    "SubscriptionTransport",
    "User",
    "UserAuthorization",
    "UserInfo",
    "normal_condition",
    "read_record",
]


class ShardStatus(OpenEnum):
    """What Twitch says of a shard. Only ``enabled`` receives events."""

    ENABLED = "enabled"
    WEBHOOK_CALLBACK_VERIFICATION_PENDING = "webhook_callback_verification_pending"
    WEBHOOK_CALLBACK_VERIFICATION_FAILED = "webhook_callback_verification_failed"
    NOTIFICATION_FAILURES_EXCEEDED = "notification_failures_exceeded"
    WEBSOCKET_DISCONNECTED = "websocket_disconnected"
    WEBSOCKET_FAILED_PING_PONG = "websocket_failed_ping_pong"
    WEBSOCKET_RECEIVED_INBOUND_TRAFFIC = "websocket_received_inbound_traffic"
    WEBSOCKET_INTERNAL_ERROR = "websocket_internal_error"
    WEBSOCKET_NETWORK_TIMEOUT = "websocket_network_timeout"
    WEBSOCKET_NETWORK_ERROR = "websocket_network_error"
    WEBSOCKET_FAILED_TO_RECONNECT = "websocket_failed_to_reconnect"


class SubscriptionStatus(OpenEnum):
    """What Twitch says of a subscription. Every word but ``enabled`` and the pending one means that it is dead."""

    ENABLED = "enabled"
    WEBHOOK_CALLBACK_VERIFICATION_PENDING = "webhook_callback_verification_pending"
    WEBHOOK_CALLBACK_VERIFICATION_FAILED = "webhook_callback_verification_failed"
    NOTIFICATION_FAILURES_EXCEEDED = "notification_failures_exceeded"
    AUTHORIZATION_REVOKED = "authorization_revoked"
    MODERATOR_REMOVED = "moderator_removed"
    USER_REMOVED = "user_removed"
    CHAT_USER_BANNED = "chat_user_banned"
    VERSION_REMOVED = "version_removed"
    BETA_MAINTENANCE = "beta_maintenance"
    WEBSOCKET_DISCONNECTED = "websocket_disconnected"
    WEBSOCKET_FAILED_PING_PONG = "websocket_failed_ping_pong"
    WEBSOCKET_RECEIVED_INBOUND_TRAFFIC = "websocket_received_inbound_traffic"
    WEBSOCKET_CONNECTION_UNUSED = "websocket_connection_unused"
    WEBSOCKET_INTERNAL_ERROR = "websocket_internal_error"
    WEBSOCKET_NETWORK_TIMEOUT = "websocket_network_timeout"
    WEBSOCKET_NETWORK_ERROR = "websocket_network_error"
    WEBSOCKET_FAILED_TO_RECONNECT = "websocket_failed_to_reconnect"
    CONDUIT_DELETED = "conduit_deleted"


class Conduit(Record, frozen=True, kw_only=True):
    """A conduit of the app: its id and how many shards it has (ids "0" to str(shard_count - 1))."""

    id: str
    shard_count: int = 0


class ShardTransport(Part, frozen=True, kw_only=True):
    """What a shard delivers to. Twitch doesn't document a shard that was never bound, so every field may be missing."""

    method: str | None = None
    callback: str | None = None
    session_id: str | None = None
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None


class ConduitShard(Record, frozen=True, kw_only=True):
    """One shard of a conduit as Twitch sees it."""

    id: str
    status: ShardStatus | None = None
    transport: ShardTransport | None = None

    @property
    def is_enabled(self) -> bool:
        return self.status == ShardStatus.ENABLED

    @property
    def method(self) -> str | None:
        return self.transport.method if self.transport else None

    @property
    def callback(self) -> str | None:
        return self.transport.callback if self.transport else None

    @property
    def session_id(self) -> str | None:
        return self.transport.session_id if self.transport else None

    @property
    def connected_at(self) -> datetime | None:
        return self.transport.connected_at if self.transport else None

    @property
    def disconnected_at(self) -> datetime | None:
        return self.transport.disconnected_at if self.transport else None


class ConduitShardError(Record, frozen=True, kw_only=True):
    """Why Twitch refused one shard of an update that it took as a whole."""

    id: str
    message: str = ""
    code: str = ""


class ConduitShardUpdate(Record, frozen=True, kw_only=True):
    """The outcome of an update of shards: those that took, and those that didn't. A 202 can hold both."""

    shards: tuple[ConduitShard, ...] = ()
    errors: tuple[ConduitShardError, ...] = ()


@dataclass(frozen=True, slots=True)
class ShardUpdate:
    """A shard and the WebSocket session that it shall deliver to."""

    id: str
    session_id: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "transport": {"method": "websocket", "session_id": self.session_id}}


class SubscriptionTransport(Part, frozen=True, kw_only=True):
    """Where the events of a subscription go."""

    method: str = ""
    conduit_id: str | None = None
    session_id: str | None = None
    callback: str | None = None
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None


class Subscription(Record, frozen=True, kw_only=True):
    """An EventSub subscription: https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""

    id: str
    type: str
    version: str
    status: SubscriptionStatus = SubscriptionStatus.ENABLED
    condition: Mapping[str, str] = {}
    transport: SubscriptionTransport = SubscriptionTransport()
    created_at: datetime | None = None
    cost: int = 0

    @property
    def is_enabled(self) -> bool:
        return self.status == SubscriptionStatus.ENABLED

    @property
    def broadcaster_id(self) -> str:
        """The channel that the condition speaks of; for a raid the one subscribed to; empty where a type has none."""
        for key in ("broadcaster_user_id", "to_broadcaster_user_id", "from_broadcaster_user_id", "broadcaster_id"):
            if self.condition.get(key):
                return self.condition[key]
        return ""


class SubscriptionCosts(NamedTuple):
    """What all subscriptions are and cost together, and the most that they may."""

    total: int
    total_cost: int
    max_total_cost: int

    @classmethod
    def from_extras(cls, extras: Mapping[str, Any]) -> Self:
        """Read from what Helix says beside a list of subscriptions; what it doesn't say is 0."""
        return cls(*(int(extras.get(key) or 0) for key in cls._fields))


def normal_condition(condition: Mapping[str, str | None]) -> dict[str, str]:
    """A condition without its empty values: Twitch echoes optional ones as "", which must not make two of one."""
    return {key: value for key, value in sorted(condition.items()) if value}


class UserInfo(Record, frozen=True, kw_only=True):
    """A user's public profile: https://dev.twitch.tv/docs/api/reference/#get-users"""

    id: str
    login: str = ""
    name: str = msgspec.field(name="display_name", default="")
    type: str = ""
    broadcaster_type: str = ""
    description: str = ""
    profile_image_url: str = ""
    offline_image_url: str = ""
    email: str | None = None
    created_at: datetime | None = None


class UserAuthorization(Record, frozen=True, kw_only=True):
    """What a user has granted to this client: https://dev.twitch.tv/docs/api/reference/#get-authorization-by-user"""

    user: User
    scopes: tuple[str, ...] = ()
    has_authorized: bool = True


class SearchChannel(Record, frozen=True, kw_only=True):
    """A channel that a search found: https://dev.twitch.tv/docs/api/reference/#search-channels"""

    id: str
    login: str = msgspec.field(name="broadcaster_login", default="")
    name: str = msgspec.field(name="display_name", default="")
    language: str = msgspec.field(name="broadcaster_language", default="")
    game_id: str = ""
    game_name: str = ""
    is_live: bool = False
    tags: tuple[str, ...] = ()
    thumbnail_url: str = ""
    title: str = ""
    started_at: datetime | None = None


class DropReason(Part, frozen=True, kw_only=True):
    """Why a message that Twitch took was not sent."""

    code: str = ""
    message: str = ""


class SendMessageStatus(Record, frozen=True, kw_only=True):
    """The fate of a chat message. A dropped one is no error: see ``is_sent`` and ``drop_reason``."""

    message_id: str = ""
    is_sent: bool = False
    drop_reason: DropReason | None = None


def shard_updates_json(shards: Sequence[ShardUpdate | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The body of Update Conduit Shards, from typed updates or from objects of Twitch's own shape."""
    return [shard.to_json() if isinstance(shard, ShardUpdate) else dict(shard) for shard in shards]
