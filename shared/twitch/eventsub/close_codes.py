"""Why a session's socket ended, and what to do about it: one table.

Codes 4000-4007 are Twitch's own (https://dev.twitch.tv/docs/eventsub/websocket-reference/#close-message), the
others are WebSocket's (RFC 6455, section 7.4.1). A code that stands in neither gets the row `UNKNOWN`: it may
mean anything, so it is treated as a fault that passes.

Three actions follow from an end:

- `reopen`: open a fresh session at once, with jitter;
- `reopen_later`: the same thing would happen again at once, so wait, and double the wait each time;
- `permanent`: open nothing. Only an end that we asked for is permanent: a shard that nobody reopens loses events
  for ever, so not even 4001 (a bug on our side) keeps it dark; it is reopened slowly, and loudly.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What the owner of a session does after its end."""

    REOPEN = "reopen"
    REOPEN_LATER = "reopen_later"
    PERMANENT = "permanent"


class LossReason(StrEnum):
    """Why a session is over. Bounded, so it serves as a metric's label."""

    CLOSED_BY_US = "closed_by_us"
    # Ends that Twitch states with a code of its own.
    INTERNAL_ERROR = "internal_error"
    INBOUND_TRAFFIC = "inbound_traffic"
    PING_PONG_FAILED = "ping_pong_failed"
    UNUSED = "unused"
    RECONNECT_EXPIRED = "reconnect_expired"
    NETWORK_TIMEOUT = "network_timeout"
    NETWORK_ERROR = "network_error"
    INVALID_RECONNECT = "invalid_reconnect"
    # Ends that WebSocket or TCP states.
    CLOSED_BY_TWITCH = "closed_by_twitch"
    GOING_AWAY = "going_away"
    PROTOCOL_ERROR = "protocol_error"
    FRAME_TOO_BIG = "frame_too_big"
    ABORTED = "aborted"
    UNKNOWN_CODE = "unknown_code"
    # Ends that the session itself finds.
    UNREACHABLE = "unreachable"
    NO_WELCOME = "no_welcome"
    SILENCE = "silence"
    RECONNECT_FAILED = "reconnect_failed"

    @property
    def action(self) -> Action:
        """What to do after a session that ended for this reason."""
        return ACTIONS[self]


@dataclass(frozen=True, slots=True)
class CloseCode:
    """One row: a close code, and what it says about the socket and about the next one."""

    code: int
    name: str
    meaning: str
    reason: LossReason
    action: Action


_ROWS: Final = (
    CloseCode(4000, "Internal server error", "Twitch failed", LossReason.INTERNAL_ERROR, Action.REOPEN),
    CloseCode(
        4001,
        "Client sent inbound traffic",
        "we sent something other than a pong: a fault of ours, or of a proxy in between",
        LossReason.INBOUND_TRAFFIC,
        Action.REOPEN_LATER,
    ),
    CloseCode(
        4002,
        "Client failed ping-pong",
        "no pong in time: this process was held up",
        LossReason.PING_PONG_FAILED,
        Action.REOPEN,
    ),
    CloseCode(
        4003,
        "Connection unused",
        "the session was bound to no shard within 10 s of its welcome",
        LossReason.UNUSED,
        Action.REOPEN_LATER,
    ),
    CloseCode(
        4004,
        "Reconnect grace time expired",
        "the requested reconnect was not done within 30 s",
        LossReason.RECONNECT_EXPIRED,
        Action.REOPEN,
    ),
    CloseCode(4005, "Network timeout", "a passing fault at Twitch", LossReason.NETWORK_TIMEOUT, Action.REOPEN),
    CloseCode(4006, "Network error", "a passing fault at Twitch", LossReason.NETWORK_ERROR, Action.REOPEN),
    CloseCode(
        4007,
        "Invalid reconnect",
        "the reconnect URL was damaged, or used before",
        LossReason.INVALID_RECONNECT,
        Action.REOPEN,
    ),
    CloseCode(1000, "Normal closure", "Twitch ended the socket", LossReason.CLOSED_BY_TWITCH, Action.REOPEN),
    CloseCode(1001, "Going away", "Twitch's server is going down", LossReason.GOING_AWAY, Action.REOPEN),
    CloseCode(1002, "Protocol error", "a frame broke WebSocket", LossReason.PROTOCOL_ERROR, Action.REOPEN),
    CloseCode(1003, "Unsupported data", "a frame was refused", LossReason.PROTOCOL_ERROR, Action.REOPEN),
    CloseCode(1005, "No status", "closed without a code", LossReason.CLOSED_BY_TWITCH, Action.REOPEN),
    CloseCode(1006, "Abnormal closure", "the connection broke without a close", LossReason.ABORTED, Action.REOPEN),
    CloseCode(1007, "Invalid text", "a frame was not UTF-8", LossReason.PROTOCOL_ERROR, Action.REOPEN),
    CloseCode(1008, "Policy violation", "refused without a reason", LossReason.CLOSED_BY_TWITCH, Action.REOPEN_LATER),
    CloseCode(1009, "Message too big", "a frame was above our limit", LossReason.FRAME_TOO_BIG, Action.REOPEN),
    CloseCode(1011, "Internal error", "the server failed", LossReason.INTERNAL_ERROR, Action.REOPEN),
    CloseCode(1012, "Service restart", "the server restarts", LossReason.GOING_AWAY, Action.REOPEN),
    CloseCode(1013, "Try again later", "the server is overloaded", LossReason.INTERNAL_ERROR, Action.REOPEN_LATER),
    CloseCode(1014, "Bad gateway", "a proxy lost the server", LossReason.NETWORK_ERROR, Action.REOPEN),
)

CLOSE_CODES: Final = {row.code: row for row in _ROWS}

_OWN_ACTIONS: Final = {
    LossReason.CLOSED_BY_US: Action.PERMANENT,
    LossReason.UNKNOWN_CODE: Action.REOPEN,
    LossReason.UNREACHABLE: Action.REOPEN_LATER,  # nobody listens, or the handshake is refused: hammering helps no one
    LossReason.NO_WELCOME: Action.REOPEN_LATER,
    LossReason.SILENCE: Action.REOPEN,
    LossReason.RECONNECT_FAILED: Action.REOPEN,
}

# Where several codes have one reason (1000, 1005, 1008) their first row in `_ROWS` decides for the reason.
ACTIONS: Final = {row.reason: row.action for row in reversed(_ROWS)} | _OWN_ACTIONS


def explain(code: int) -> CloseCode:
    """The row of a close code; for one that the table lacks, a row that says so."""
    row = CLOSE_CODES.get(code)
    if row is not None:
        return row
    return CloseCode(code, "Unknown code", "not in Twitch's documentation", LossReason.UNKNOWN_CODE, Action.REOPEN)
