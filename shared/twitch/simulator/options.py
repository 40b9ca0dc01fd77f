"""What can be set about the simulated Twitch. Durations are seconds of its own clock.

`time_scale` makes that clock run faster than the world's: at 60 a minute's wait is over in a second, for every clock
alike (keepalives, the ten seconds to bind, the 72 hours of a dark conduit). Timestamps and the truth stay in the
world's time. Where one clock alone must be short, set that one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Defaults are Twitch's where it documents a number."""

    seed: int = 1  # equal seeds give equal ids, so two runs that share a dedup window need different ones
    time_scale: float = 1.0

    # https://dev.twitch.tv/docs/eventsub/handling-websocket-events/
    keepalive_seconds: int = 10  # what a client gets that asks for none
    bind_seconds: float = 10.0  # a session that serves no shard and no subscription this long is closed with 4003
    # What Twitch does to a session that served something and serves nothing any more is not known. Released clients
    # leave such sessions behind and answer their 4003 by moving the shard again, so by default nothing is done.
    close_displaced: bool = False
    reconnect_seconds: float = 30.0  # from session_reconnect to 4004
    ping_seconds: float = 30.0  # undocumented at Twitch; 0 sends no pings
    pong_seconds: float = 10.0  # then 4002
    close_seconds: float = 2.0  # how long a client may take to answer a close frame, before the connection is cut
    # Documented is that a client sends Pong only; clients that ping are known to get along with Twitch, though.
    refuse_pings: bool = False
    socket_buffer_bytes_max: int = 8 * 1024 * 1024  # what a slow reader may leave unread before 4005

    # https://dev.twitch.tv/docs/eventsub/handling-conduit-events/
    conduits_max: int = 5
    shards_max: int = 20_000
    shards_per_request_max: int = 100
    dark_seconds: float = 72 * 3600.0  # then a conduit without an enabled shard is deleted
    lingering: bool = True  # shards above a lowered count stay listed (twitchdev/issues#914)

    # https://dev.twitch.tv/docs/eventsub/manage-subscriptions/
    max_total_cost: int = 10_000
    max_total_cost_websocket: int = 10
    same_condition_max: int = 3
    subscriptions_per_session_max: int = 300
    sessions_per_user_max: int = 3
    require_grants: bool = False  # refuse (403) what the users of a condition have not granted to the client

    page_rows: int = 100
    truth_rows_max: int = 2_000_000
    subscriptions_max: int = 1_000_000  # some 1.2 kB each

    def __post_init__(self) -> None:
        if not self.time_scale > 0:
            raise ValueError(f"time_scale must be above 0, not {self.time_scale}")

    def scaled(self, seconds: float) -> float:
        """A duration of the simulated clock, in seconds of the world."""
        return seconds / self.time_scale
