"""Reading a frame: what is well-formed, what can be saved, and what is said of the rest."""

import msgspec
import pytest

from twitch.eventsub import frames
from twitch.eventsub.outcomes import Disturbance, DisturbanceKind, place, printable
from twitch.ids import MessageId


def test_the_payload_is_cut_out_byte_for_byte() -> None:
    payload = '{ "a" : [1.0, 1e5, "\\u00e9 é"],\n"metadata": {"message_type": "not this one"} }'
    frame = frames.decode(f'{{"payload" : {payload} , "metadata": {{"message_type": "x"}}, "new": 1}}'.encode())
    assert bytes(frame.payload) == payload.encode()
    assert frame.metadata == frames.Metadata(message_type="x")


def test_unknown_fields_are_of_no_account() -> None:
    frame = frames.decode(b'{"metadata":{"message_type":"x","shard":[1]},"payload":{},"trace":null}')
    assert frame.metadata.message_type == "x"


def test_a_frame_without_a_payload_has_an_empty_one() -> None:
    assert bytes(frames.decode(b'{"metadata":{}}').payload) == b""


def test_a_field_of_another_type_costs_no_event() -> None:
    data = (
        b'{"metadata":{"message_type":"notification","message_id":17,"subscription_version":2,'
        b'"message_timestamp":null,"subscription_type":"a.b"},"payload":{"event":{}}}'
    )
    with pytest.raises(msgspec.ValidationError):
        frames.decode(data)
    saved = frames.salvage(data)
    assert isinstance(saved, frames.Frame)
    assert saved.metadata == frames.Metadata(
        message_type="notification",
        message_id=MessageId("17"),
        subscription_type="a.b",
        subscription_version="2",
    )
    assert bytes(saved.payload) == b'{"event":{}}'


@pytest.mark.parametrize("name", ["message_type", "message_id", "message_timestamp", "subscription_type"])
def test_a_text_of_megabytes_is_no_id_no_type_and_no_time(name: str) -> None:
    """It would become a key, a label, a line in a log."""
    data = b'{"metadata":{"%s":"%s"},"payload":{}}' % (name.encode(), b"x" * 1_000_000)
    with pytest.raises(msgspec.ValidationError):
        frames.decode(data)
    saved = frames.salvage(data)
    assert isinstance(saved, frames.Frame)
    assert saved.metadata == frames.Metadata()


def test_a_field_that_is_no_word_counts_as_missing() -> None:
    saved = frames.salvage(b'{"metadata":{"message_type":["x"],"message_id":true,"subscription_type":{}}}')
    assert isinstance(saved, frames.Frame)
    assert saved.metadata == frames.Metadata()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", DisturbanceKind.NOT_JSON),
        (b"hello", DisturbanceKind.NOT_JSON),
        (b'{"metadata":{}', DisturbanceKind.NOT_JSON),
        (b'{"metadata":{},"payload":{"a":}}', DisturbanceKind.NOT_JSON),
        (b'{"metadata":{}} {}', DisturbanceKind.NOT_JSON),
        (b'{"metadata":{},"payload":' + b"[" * 1_000_000, DisturbanceKind.NOT_JSON),
        (b"{" * (1024 * 1024), DisturbanceKind.NOT_JSON),
        (b"\x00" * (1024 * 1024), DisturbanceKind.NOT_JSON),
        (b'{"metadata":{"message_id":"\\ud800"}}', DisturbanceKind.NOT_JSON),
        (b"\xff" * (1024 * 1024), DisturbanceKind.NOT_UTF8),
        (b"[]", DisturbanceKind.NOT_AN_OBJECT),
        (b"null", DisturbanceKind.NOT_AN_OBJECT),
        (b"17", DisturbanceKind.NOT_AN_OBJECT),
        (b"{}", DisturbanceKind.NO_METADATA),
        (b'{"metadata":null}', DisturbanceKind.NO_METADATA),
        (b'{"metadata":[]}', DisturbanceKind.NO_METADATA),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, kind: DisturbanceKind) -> None:
    with pytest.raises(frames.UNREADABLE):
        frames.decode(data)
    disturbance = frames.salvage(data)
    assert isinstance(disturbance, Disturbance)
    assert disturbance.kind is kind
    assert len(disturbance.detail) <= 200
    assert disturbance.detail.isascii()
    assert disturbance.detail.isprintable()


def test_utf8_is_checked_over_the_whole_frame() -> None:
    assert frames.is_utf8('{"a":"é🎉"}'.encode())
    assert not frames.is_utf8(b'{"a":"\xed\xa0\x80"}')


def test_a_peers_text_is_made_fit_for_a_log_line() -> None:
    assert printable("a\nb\x1b[31mc é") == "a?b?[31mc ?"
    assert printable("x" * 1000) == "x" * 197 + "..."
    assert printable("x" * 200) == "x" * 200


def test_a_place_is_a_url_without_its_secrets() -> None:
    assert place("wss://user:pass@a.example:9/ws?token=1#2") == "wss://a.example"
    assert place("") == "no host"
    assert place("wss://[") == "an unreadable URL"
