"""The bounds of a session: every wait it knows, and what it would follow or read at most."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """The bounds of a session. Seconds, unless the name says otherwise."""

    open_seconds: float = 10.0
    """For TCP, TLS and the handshake of one socket; the same as Twitch gives us to bind it."""

    welcome_seconds: float = 10.0
    """From handshake to welcome. Together with `open_seconds` it leaves a margin to Twitch's 30 s for a reconnect."""

    keepalive_default_seconds: float = 10.0
    """Taken when a welcome names no keepalive timeout; Twitch's own default."""

    keepalive_slack_seconds: float = 2.0
    """Added to the keepalive timeout, for the way from Twitch to here; a fifth of Twitch's default."""

    quiet_seconds: float = 2.0
    """A socket that was taken over is closed after so long without an event."""

    drain_seconds_max: float = 10.0
    """... and after so long at the latest; Twitch itself would close it 30 s after its request."""

    close_seconds: float = 2.0
    """For the peer's answer to our close frame; what it wrote before seeing ours arrives in this time."""

    reconnects_failed_max: int = 3
    """So many in a row, where Twitch asked again during each; then the session gives up and asks to be replaced."""

    sockets_max: int = 8
    """Of one session at one time (2 or more), so that a storm of reconnect requests cannot open more and more."""

    reconnect_host_suffixes: tuple[str, ...] = ()
    """Domains that a reconnect URL may lead to besides the EventSub host and its subdomains."""

    frame_bytes_max: int = 4 * 1024 * 1024
    """A longer frame costs its socket. Twitch documents no bound; its largest known message is a quarter MB."""


DEFAULT_OPTIONS: Final = SessionOptions()
