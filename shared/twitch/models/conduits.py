"""Conduits and their shards, as Helix tells of them: https://dev.twitch.tv/docs/api/reference/#get-conduits"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twitch.records import OpenEnum, Part, Record


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
        """Whether it receives events."""
        return self.status == ShardStatus.ENABLED

    @property
    def method(self) -> str | None:
        """``websocket`` or ``webhook``; None, as the rest, for a shard that was never bound."""
        return self.transport.method if self.transport else None

    @property
    def callback(self) -> str | None:
        """Where a webhook's events go."""
        return self.transport.callback if self.transport else None

    @property
    def session_id(self) -> str | None:
        """The WebSocket session that its events go to."""
        return self.transport.session_id if self.transport else None

    @property
    def connected_at(self) -> datetime | None:
        """When that session's socket was opened."""
        return self.transport.connected_at if self.transport else None

    @property
    def disconnected_at(self) -> datetime | None:
        """When that session's socket was lost."""
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
        """As Update Conduit Shards wants it."""
        return {"id": self.id, "transport": {"method": "websocket", "session_id": self.session_id}}


def shard_updates_json(shards: Sequence[ShardUpdate | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The body of Update Conduit Shards, from typed updates or from objects of Twitch's own shape."""
    return [shard.to_json() if isinstance(shard, ShardUpdate) else dict(shard) for shard in shards]
