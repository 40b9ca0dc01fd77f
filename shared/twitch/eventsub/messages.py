"""What a frame says: one of the messages that a session goes by, or a Disturbance where it says nothing sensible.

Pure reading: whether a message is expected at this moment is for the session to judge.
https://dev.twitch.tv/docs/eventsub/websocket-reference/
"""

from dataclasses import dataclass
from typing import TypeAlias

from twitch.eventsub import frames
from twitch.eventsub.frames import Frame, SessionBlock, decode, is_utf8
from twitch.eventsub.outcomes import Disturbance, DisturbanceKind, Notification, Revocation


@dataclass(frozen=True, slots=True)
class Keepalive:
    """Nothing happened, and Twitch is there."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first message on a socket; ``session`` is None where it names none."""

    session: SessionBlock | None


@dataclass(frozen=True, slots=True)
class ReconnectAsked:
    """Twitch wants the session on another socket; ``url`` is empty where it names none."""

    url: str


Message: TypeAlias = Notification | Revocation | Keepalive | Welcome | ReconnectAsked | Disturbance


def read(data: bytes) -> Message:
    """Read one frame. Never raises on what a peer sends."""
    try:
        frame = decode(data)
    except frames.UNREADABLE:
        salvaged = frames.salvage(data)
        if isinstance(salvaged, Disturbance):
            return salvaged
        frame = salvaged
    metadata = frame.metadata
    if metadata.message_type == "notification":  # by far the most
        payload = bytes(frame.payload)
        if not (metadata.message_id and metadata.subscription_type and payload.startswith(b"{")):
            return _incomplete(frame)
        if not data.isascii() and not is_utf8(data):
            return _not_utf8(data)
        return Notification(
            metadata.message_id,
            metadata.subscription_type,
            metadata.subscription_version,
            metadata.message_timestamp,
            payload,
        )
    return _read_other(frame) if is_utf8(data) else _not_utf8(data)


def _read_other(frame: Frame) -> Message:
    match frame.metadata.message_type:
        case "session_keepalive":
            return Keepalive()
        case "session_welcome":
            return Welcome(frames.read_session(frame.payload))
        case "session_reconnect":
            session = frames.read_session(frame.payload)
            url = session.reconnect_url if session is not None else None
            return ReconnectAsked(url if isinstance(url, str) else "")
        case "revocation":
            return _revocation(frame)
        case "":
            return _incomplete(frame)
        case other:
            return Disturbance(DisturbanceKind.UNKNOWN_MESSAGE_TYPE, other)


def _revocation(frame: Frame) -> Revocation | Disturbance:
    metadata = frame.metadata
    payload = bytes(frame.payload)
    if not (metadata.message_id and metadata.subscription_type and frames.is_object(payload)):
        return _incomplete(frame)
    return Revocation(
        metadata.message_id,
        metadata.subscription_type,
        metadata.subscription_version,
        metadata.message_timestamp,
        payload,
    )


def _incomplete(frame: Frame) -> Disturbance:
    metadata = frame.metadata
    missing = [
        name
        for name, there in (
            ("message_type", metadata.message_type),
            ("message_id", metadata.message_id),
            ("subscription_type", metadata.subscription_type),
            ("payload (an object)", frames.is_object(bytes(frame.payload))),
        )
        if not there
    ]
    text = f"{metadata.message_type or 'frame'} without {', '.join(missing)}"
    return Disturbance(DisturbanceKind.MISSING_FIELD, text)


def _not_utf8(data: bytes) -> Disturbance:
    return Disturbance(DisturbanceKind.NOT_UTF8, f"{len(data)} bytes")
