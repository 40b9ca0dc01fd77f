"""A shard stops delivering: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#conduit-shard-disabled-event"""

from twitch.models import ShardStatus, ShardTransport
from twitch.records import Record


class ConduitShardDisabledEvent(Record, frozen=True, kw_only=True):
    """The shard is disabled, for the reason in ``status``.

    Compare ``transport.session_id`` with the session bound now before acting: the notice may be late.
    """

    conduit_id: str
    shard_id: str
    status: ShardStatus
    transport: ShardTransport | None = None
