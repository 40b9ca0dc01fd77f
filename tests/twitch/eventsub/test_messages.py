"""What frames say: each kind of message, and what is said of frames that are none."""

import json
from typing import Any

import pytest

from twitch.eventsub.frames import SessionBlock
from twitch.eventsub.messages import Keepalive, ReconnectAsked, Welcome, read
from twitch.eventsub.outcomes import Disturbance, DisturbanceKind, Notification, Revocation
from twitch.ids import MessageId

METADATA = {
    "message_id": "m1",
    "message_timestamp": "2026-10-11T10:11:12.634234626Z",
    "subscription_type": "channel.follow",
    "subscription_version": "2",
}


def frame(message_type: str, payload: Any, **metadata: Any) -> bytes:
    return json.dumps({"metadata": {"message_type": message_type, **metadata}, "payload": payload}).encode()


@pytest.mark.parametrize(("message_type", "kind"), [("notification", Notification), ("revocation", Revocation)])
def test_what_happened_keeps_its_payload_as_it_came(message_type: str, kind: type[Notification | Revocation]) -> None:
    message = read(frame(message_type, {"subscription": {"id": "s"}}, **METADATA))
    assert message == kind(
        MessageId("m1"), "channel.follow", "2", METADATA["message_timestamp"], b'{"subscription": {"id": "s"}}'
    )


def test_what_is_about_the_session_is_read() -> None:
    session = {"id": "s1", "keepalive_timeout_seconds": 10, "reconnect_url": "wss://x/ws"}
    assert read(frame("session_keepalive", {})) == Keepalive()
    assert read(frame("session_welcome", {"session": session})) == Welcome(SessionBlock("s1", 10, "wss://x/ws"))
    assert read(frame("session_reconnect", {"session": session})) == ReconnectAsked("wss://x/ws")


def test_a_session_that_is_none_is_left_to_be_judged() -> None:
    assert read(frame("session_welcome", {})) == Welcome(None)
    assert read(frame("session_reconnect", {"session": {"reconnect_url": 7}})) == ReconnectAsked("")


@pytest.mark.parametrize(
    ("data", "kind", "detail"),
    [
        (frame("notification", {}), "missing_field", "notification without message_id, subscription_type"),
        (frame("revocation", [], **METADATA), "missing_field", "revocation without payload (an object)"),
        (frame("", {}), "missing_field", "frame without message_type, message_id, subscription_type"),
        (frame("session_rumour", {}), "unknown_message_type", "session_rumour"),
        (frame("notification", {}, **METADATA).replace(b"{}", b'{"a":"\xff"}'), "not_utf8", ""),
        (frame("session_keepalive", {}).replace(b"{}", b'{"a":"\xff"}'), "not_utf8", ""),
    ],
)
def test_what_says_nothing_sensible_is_a_disturbance(data: bytes, kind: str, detail: str) -> None:
    said = read(data)
    assert isinstance(said, Disturbance)
    assert said.kind == DisturbanceKind(kind)
    assert said.detail == (detail or f"{len(data)} bytes")


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"payload":{}}', b"\xff\xfe", b'{"metadata":7}', b"[" * 100_000])
def test_what_is_no_frame_is_a_disturbance(data: bytes) -> None:
    assert isinstance(read(data), Disturbance)
