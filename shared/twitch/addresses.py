"""Where Twitch is: the three base addresses that everything else is built on.

The environment can point the library elsewhere, at the simulator for instance: TWITCH_API_URL, TWITCH_AUTH_URL and
TWITCH_EVENTSUB_URL. The defaults are those of https://dev.twitch.tv/docs/api/reference/,
https://dev.twitch.tv/docs/authentication/ and https://dev.twitch.tv/docs/eventsub/handling-websocket-events/.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from yarl import URL

DEFAULT_API_URL = "https://api.twitch.tv/helix"
DEFAULT_AUTH_URL = "https://id.twitch.tv/oauth2"
DEFAULT_EVENTSUB_URL = "wss://eventsub.wss.twitch.tv/ws"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Base addresses without a trailing slash.

    ``api_url`` takes Helix paths, ``auth_url`` OAuth's, ``eventsub_url`` is dialled as it is.
    """

    api_url: str = DEFAULT_API_URL
    auth_url: str = DEFAULT_AUTH_URL
    eventsub_url: str = DEFAULT_EVENTSUB_URL

    def __post_init__(self) -> None:
        for name, value, schemes in (
            ("api_url", self.api_url, ("http", "https")),
            ("auth_url", self.auth_url, ("http", "https")),
            ("eventsub_url", self.eventsub_url, ("ws", "wss")),
        ):
            url = URL(value)
            if url.scheme not in schemes or not url.host:
                expected = " or ".join(f"{scheme}://host" for scheme in schemes)
                raise ValueError(f"{name} must begin with {expected}, not be {value!r}")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The addresses of this process: each variable that is set and not empty wins over Twitch's own address."""
        return cls(
            api_url=(environ.get("TWITCH_API_URL") or DEFAULT_API_URL).rstrip("/"),
            auth_url=(environ.get("TWITCH_AUTH_URL") or DEFAULT_AUTH_URL).rstrip("/"),
            eventsub_url=environ.get("TWITCH_EVENTSUB_URL") or DEFAULT_EVENTSUB_URL,
        )
