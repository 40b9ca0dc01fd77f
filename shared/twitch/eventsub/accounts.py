"""The users of a client: whose tokens it has, while it runs in a process of its own.

Both clients inherit these methods; all of them speak of the one `App` behind the client.
"""

from abc import abstractmethod
from collections.abc import Mapping

from twitch.api import UserAPI
from twitch.app import App
from twitch.eventsub.lifetime import Lifetime
from twitch.tokens import TokenPair
from twitch.validation import Validity


class Accounts(Lifetime, own=True):
    """Users and their tokens. Raises ClientException where the client isn't running, or runs in a fleet."""

    @property
    @abstractmethod
    def app(self) -> App:
        """What the client asks Twitch with."""

    @abstractmethod
    def _tell(self, hook: str, *args: object) -> None:
        """Run a hook soon."""

    def add_token(self, user_id: str, access_token: str, refresh_token: str | None = None) -> UserAPI:
        """Take the tokens of a user whose id is known, unchecked. on_token_update follows."""
        user = self.app.add_token(user_id, access_token, refresh_token)
        self._tell("on_token_update", user_id, access_token, refresh_token)
        return user

    def get_token(self, user_id: str) -> TokenPair:
        """A user's tokens as they are now. Raises TokenError for a user who wasn't added."""
        return self.app.get_token(user_id)

    def remove_token(self, user_id: str) -> bool:
        """Forget a user's tokens; says whether there were any. on_token_remove follows."""
        removed = self.app.remove_user(user_id)
        if removed:
            self._tell("on_token_remove", user_id)
        return removed

    @property
    def tokens(self) -> Mapping[str, TokenPair]:
        """The tokens of the users added, by user id."""
        return self.app.tokens

    @property
    def tokens_validity(self) -> Mapping[str, Validity]:
        """When each user's token was last checked, and what came of it."""
        return self.app.tokens_validity

    @property
    def users_scopes(self) -> Mapping[str, tuple[str, ...]]:
        """What each user has granted, as of the last check."""
        return self.app.users_scopes

    async def _token_changed(self, user_id: str, pair: TokenPair) -> None:
        await self.lifecycle("on_token_update", user_id, pair.access_token, pair.refresh_token)

    async def _token_removed(self, user_id: str) -> None:
        await self.lifecycle("on_token_remove", user_id)
