"""Ids, pictures, games and names that the examples share. Ids are worked out from words, so they never change."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID

from twitch.simulator.people import Person

# (id, name, IGDB's id)
GAMES: Final = (
    ("509658", "Just Chatting", ""),
    ("33214", "Fortnite", "1905"),
    ("21779", "League of Legends", "115"),
    ("32982", "Grand Theft Auto V", "1020"),
    ("27471", "Minecraft", "121"),
    ("26936", "Music", ""),
    ("518203", "Sports", ""),
)
LOGINS: Final = ("ada_at_midnight", "brickbybrick", "cassiopeia", "dr_pixel", "eel_enjoyer", "fernweh", "glitch_gran")
PICTURE: Final = "https://static-cdn.jtvnw.net/user-default-pictures-uv/profile_image-300x300.png"


def uuid_of(*words: str) -> str:
    return str(UUID(bytes=blake2b("/".join(words).encode(), digest_size=16).digest(), version=4))


def number_of(*words: str) -> str:
    """An id of digits, as videos, markers and streams have."""
    return str(10**9 + int.from_bytes(blake2b("/".join(words).encode(), digest_size=4).digest()))


def slug_of(*words: str) -> str:
    """An id as clips have."""
    return "AwkwardHelplessSalamander-" + blake2b("/".join(words).encode(), digest_size=8).hexdigest()


def stamp(unix_seconds: float) -> str:
    """A time as Helix writes it."""
    return datetime.fromtimestamp(int(unix_seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(person: Person, prefix: str = "user_") -> dict[str, str]:
    """The three fields in which Helix names a person."""
    return {f"{prefix}id": person.user_id, f"{prefix}login": person.login, f"{prefix}name": person.display_name}


def broadcaster(person: Person) -> dict[str, str]:
    return user(person, "broadcaster_")


def game_name(game_id: str) -> str:
    return next((name for known, name, _ in GAMES if known == game_id), f"Game {game_id}" if game_id else "")


def images(address: str, prefix: str = "url_") -> dict[str, str]:
    """One picture in three sizes."""
    return {f"{prefix}{size}x": f"https://static-cdn.jtvnw.net/{address}/{size}" for size in (1, 2, 4)}
