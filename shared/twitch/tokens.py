"""Where tokens come from. The library asks one of these at every call and never keeps a token of its own.

A source of the users' tokens answers two questions: which token is valid for this user, and, after Twitch refused one,
which is valid now. Refresh tokens of public clients work once, so two refreshes at a time would lose the user: whoever
implements `TokenSource` lets one caller refresh while the others wait for the outcome.
https://dev.twitch.tv/docs/authentication/refresh-tokens/
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class TokenPair(NamedTuple):
    """A user's tokens. Neither shows in the repr; ``access, refresh = pair`` takes them apart."""

    access_token: str
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return "TokenPair()"


class TokenSource(Protocol):
    """The users' tokens.

    Both methods raise TokenError for a user that is unknown or can't be renewed, Unreachable where Twitch is away.
    """

    async def token(self, user_id: str) -> str:
        """The access token to use now."""
        ...

    async def refreshed(self, user_id: str, stale: str) -> str:
        """The access token to use now that Twitch has refused ``stale``; refreshes only if nobody did meanwhile.

        It's ``stale`` itself where that turns out to live: Twitch refused the call then, not the token.
        """
        ...


class AppTokenSource(Protocol):
    """The app's own token.

    Both methods raise AuthFailure for wrong credentials, Unreachable or TwitchServerError where it may come yet.
    """

    async def token(self) -> str:
        """The access token to use now."""
        ...

    async def refreshed(self, stale: str) -> str:
        """The access token to use now that Twitch has refused ``stale``."""
        ...


class TokenStore(Protocol):
    """Where users' tokens outlive the process. `twitch.token_files.FileTokenStore` is one; a database is another.

    What a method raises is logged and costs nothing but the durability: a token that is new is used all the same.
    """

    async def load(self) -> Mapping[str, TokenPair]:
        """The tokens that were saved, by user id. Called once, before the first call that needs them."""
        ...

    async def save(self, user_id: str, pair: TokenPair) -> None:
        """Keep a user's tokens in place of those kept before. Awaited before they are used."""
        ...

    async def remove(self, user_id: str) -> None:
        """Forget a user's tokens. A user that is unknown is no error."""
        ...
