"""Texts cut into fragments, each in the three shapes that Twitch has for them.

The shapes: of chat (`chat`: with mentions, and emotes that say their owner and format), of held messages (`held`:
neither), and of cheers (`cheered`: no mentions, emotes in full).
"""

from collections.abc import Mapping
from typing import Any, Final

from twitch.simulator.examples.scene import named
from twitch.simulator.people import Person

EMOTE: Final = "DinoDance"
_EMOTE_ID: Final = "emotesv2_dcd06b30a5c24f6eb871e8f5edbd44f7"
_EMOTE_SET: Final = {"id": _EMOTE_ID, "emote_set_id": "0"}
_EMOTE_IN_FULL: Final = _EMOTE_SET | {"owner_id": "0", "format": ["static", "animated"]}
_GIF: Final = {"gif_id": "l0MYt5jPR6QX5pnqM", "url": "https://media.example.com/l0MYt5jPR6QX5pnqM.gif"}
NAMED_EMOTE: Final = {"id": _EMOTE_ID, "name": EMOTE}


def cheermote(bits: int) -> dict[str, Any]:
    tier = next(tier for tier in (10_000, 5_000, 1_000, 100, 1) if bits >= tier)
    return {"prefix": "cheer", "bits": bits, "tier": tier}


def chat(
    text: str, *, emote: bool = False, mention: Person | None = None, bits: int = 0, gif: bool = False
) -> dict[str, Any]:
    """A chat message: a cheer, then somebody who is addressed, the text, an emote and a GIF."""
    nothing = {"cheermote": None, "emote": None, "mention": None}
    pieces: list[dict[str, Any]] = []
    if bits:
        pieces.append({"type": "cheermote", "text": f"Cheer{bits}", **nothing, "cheermote": cheermote(bits)})
        text = f" {text}"
    if mention is not None:
        shown = {"type": "mention", "text": f"@{mention.display_name}", **nothing}
        pieces.append(shown | {"mention": named("user_", mention)})
        text = f" {text}"
    pieces.append({"type": "text", "text": f"{text} " if emote else text, **nothing})
    if emote:
        pieces.append({"type": "emote", "text": EMOTE, **nothing, "emote": _EMOTE_IN_FULL})
    if gif:
        pieces.append({"type": "gif", "text": f" {_GIF['url']}", **nothing, "gif": _GIF})
    return _whole(pieces)


def held(text: str, *, emote: bool = False, bits: int = 0) -> dict[str, Any]:
    return _shorter(text, _EMOTE_SET if emote else None, bits)


def cheered(text: str, *, emote: bool = False, bits: int = 0) -> dict[str, Any]:
    return _shorter(text, _EMOTE_IN_FULL if emote else None, bits)


def rewarded(text: str, *, emote: bool = True) -> dict[str, Any]:
    """Of a reward's message; its emotes are only an id."""
    pieces: list[dict[str, Any]] = [{"type": "text", "text": f"{text} " if emote else text, "emote": None}]
    if emote:
        pieces.append({"type": "emote", "text": EMOTE, "emote": {"id": _EMOTE_ID}})
    return _whole(pieces)


def with_positions(text: str, *, emote: bool = True) -> dict[str, Any]:
    """The older shape: a text, and where its emotes stand; null where there are none."""
    if not emote:
        return {"text": text, "emotes": None}
    begin = len(text) + 1
    place = {"begin": begin, "end": begin + len(EMOTE) - 1, "id": _EMOTE_ID}
    return {"text": f"{text} {EMOTE}", "emotes": [place]}


def _shorter(text: str, emote: Mapping[str, Any] | None, bits: int) -> dict[str, Any]:
    nothing = {"cheermote": None, "emote": None}
    pieces: list[dict[str, Any]] = []
    if bits:
        pieces.append({"type": "cheermote", "text": f"Cheer{bits}", **nothing, "cheermote": cheermote(bits)})
        text = f" {text}"
    pieces.append({"type": "text", "text": text if emote is None else f"{text} ", **nothing})
    if emote is not None:
        pieces.append({"type": "emote", "text": EMOTE, **nothing, "emote": emote})
    return _whole(pieces)


def _whole(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    return {"text": "".join(piece["text"] for piece in pieces), "fragments": pieces}
