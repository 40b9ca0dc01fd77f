"""Reading one text frame of an EventSub socket: `{"metadata": {...}, "payload": {...}}`.

Shapes: https://dev.twitch.tv/docs/eventsub/websocket-reference/. The payload is left as it is; only its outer bounds
are found. The fast way is one call of a typed decoder. A frame that it refuses is read again by `salvage`, slowly:
either only a type was unexpected (a version sent as a number), and then no event is lost for it, or it says what was
wrong with the frame. Nothing here raises on what a peer sends.
"""

from typing import Annotated, Any, Final, TypeAlias

import msgspec

from twitch.eventsub.outcomes import Disturbance, DisturbanceKind, printable
from twitch.ids import MessageId

# Of one text of the metadata. They become ids, keys, labels and lines of logs; Twitch's have up to some 60 characters.
TEXT_LENGTH_MAX: Final = 256
_Bound: Final = msgspec.Meta(max_length=TEXT_LENGTH_MAX)
_Text: TypeAlias = Annotated[str, _Bound]


class Metadata(msgspec.Struct, gc=False):
    """A frame's metadata; what is missing, or too long to be what its name says, is ""."""

    message_type: _Text = ""
    message_id: Annotated[MessageId, _Bound] = MessageId("")
    message_timestamp: _Text = ""
    subscription_type: _Text = ""
    subscription_version: _Text = ""


class Frame(msgspec.Struct, gc=False):
    """A frame whose payload is still the sender's bytes (empty if there was none)."""

    metadata: Metadata
    payload: msgspec.Raw = msgspec.Raw()


class SessionBlock(msgspec.Struct):
    """The `session` object of a welcome or a reconnect message."""

    id: str = ""
    keepalive_timeout_seconds: Any = None
    reconnect_url: Any = None


class _SessionPayload(msgspec.Struct):
    session: SessionBlock


decode: Final = msgspec.json.Decoder(Frame).decode
_decode_outline = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_fields = msgspec.json.Decoder(dict[str, Any]).decode
_decode_session = msgspec.json.Decoder(_SessionPayload).decode

# What the decoders raise: bad JSON and types, bad UTF-8 within a string, nesting without end.
UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def is_utf8(data: bytes) -> bool:
    """Whether a whole frame is UTF-8. The decoder doesn't look into what it passes over, and a consumer would choke."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def salvage(data: bytes) -> Frame | Disturbance:
    """Read a frame that `decode` refused, or say what is wrong with it."""
    if not is_utf8(data):
        return Disturbance(DisturbanceKind.NOT_UTF8, f"{len(data)} bytes")
    try:
        outline = _decode_outline(data)
    except msgspec.ValidationError as error:
        return Disturbance(DisturbanceKind.NOT_AN_OBJECT, _detail(error, data))
    except UNREADABLE as error:
        return Disturbance(DisturbanceKind.NOT_JSON, _detail(error, data))
    if "metadata" not in outline:
        return Disturbance(DisturbanceKind.NO_METADATA, _detail("there is none", data))
    try:
        fields = _decode_fields(outline["metadata"])
    except UNREADABLE as error:
        return Disturbance(DisturbanceKind.NO_METADATA, _detail(error, data))
    metadata = Metadata(
        message_type=_text(fields.get("message_type")),
        message_id=MessageId(_text(fields.get("message_id"))),
        message_timestamp=_text(fields.get("message_timestamp")),
        subscription_type=_text(fields.get("subscription_type")),
        subscription_version=_text(fields.get("subscription_version")),
    )
    return Frame(metadata, outline.get("payload", msgspec.Raw()))


def read_session(payload: msgspec.Raw) -> SessionBlock | None:
    """The `session` object in the payload of a welcome or a reconnect message; None if there is none."""
    try:
        return _decode_session(payload).session
    except UNREADABLE:
        return None


def is_object(payload: bytes) -> bool:
    """Whether raw JSON is an object. The decoder cuts it out without the whitespace around it."""
    return payload.startswith(b"{")


def _text(value: object) -> str:
    match value:
        case str():
            return value if len(value) <= TEXT_LENGTH_MAX else ""
        case bool() | None:
            return ""
        case int() | float():
            return str(value)
        case _:
            return ""


def _detail(problem: object, data: bytes) -> str:
    start = data[:40].decode("ascii", "replace")
    return printable(f"{problem}; {len(data)} bytes from {start!r}")
