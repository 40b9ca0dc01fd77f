"""EventSub subscriptions: https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from twitch.records import OpenEnum, Part, Record


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
        """Whether its events are sent."""
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
