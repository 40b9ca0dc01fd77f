"""The users of a client: whose tokens it has, while it runs in a process of its own.

Both clients inherit these methods; all of them speak of the one `App` behind the client, which is opened by the first
call that needs it and closed with the client.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from twitch.addresses import Addresses
from twitch.api import UserAPI
from twitch.app import App
from twitch.errors import ClientException
from twitch.eventsub.dispatch import HOOKS_DRAIN_SECONDS, HOOKS_WAITING_MAX, Dispatcher
from twitch.eventsub.lifetime import Lifetime
from twitch.tokens import TokenPair
from twitch.validation import Validity


class Accounts(Lifetime, own=True):
    """Users and their tokens. Raises ClientException where the client isn't running, or runs in a fleet."""

    def __init__(
        self, client_id: str, client_secret: str | None, addresses: Addresses | None, options: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self.client_id = client_id
        self.addresses = addresses
        self.options = options
        self._client_secret = client_secret
        self._app: App | None = None
        self._early_hooks: Dispatcher | None = None
        self._steps: set[asyncio.Task[None]] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} client_id={self.client_id!r}>"

    @property
    def app(self) -> App:
        """What the client asks Twitch with, while it runs in a process of its own."""
        if self._app is None:
            raise _closed()
        return self._app

    def _opened(self) -> App:
        """The app behind the client, which is made if need be."""
        if self._app is None:
            self._app = App(
                self.client_id,
                self._client_secret,
                addresses=self.addresses,
                token_changed=self._token_changed,
                token_removed=self._token_removed,
                token_maintenance=self.token_maintenance_task,
                **self.options,
            )
            self._early_hooks = Dispatcher(concurrency=1, waiting_max=HOOKS_WAITING_MAX)
            self._closed = False
            self._loop = asyncio.get_running_loop()
        return self._app

    async def _step(self, step: Callable[[App], Coroutine[Any, Any, None]]) -> None:
        """Take a step of the start. One that fails leaves nothing open that it has opened; close() ends one that waits."""
        opens = self._app is None
        taken = asyncio.create_task(step(self._opened()))
        self._steps.add(taken)
        try:
            await asyncio.wait({taken})
            if taken.cancelled():
                raise ClientException("the client was closed before that was done")
            taken.result()
        except BaseException:
            taken.cancel()
            await asyncio.gather(taken, return_exceptions=True)
            if opens and not self._running:
                await self.close()
            raise
        finally:
            self._steps.discard(taken)

    async def _release(self) -> None:
        for step in self._steps:
            step.cancel()
        app, self._app = self._app, None
        hooks, self._early_hooks = self._early_hooks, None
        if hooks is not None and asyncio.current_task() not in hooks:
            await hooks.close(drain_seconds=HOOKS_DRAIN_SECONDS)
        if app is not None:
            await app.close()
        await super()._release()

    def _tell(self, hook: str, *args: object) -> None:
        if self._early_hooks is None:
            raise _closed()
        self._early_hooks.submit("", partial(self.lifecycle, hook, *args))

    def _runs(self, task: object) -> bool:
        return super()._runs(task) or (self._early_hooks is not None and task in self._early_hooks)

    async def token_maintenance_task(self) -> None:
        """Checks every token once an hour and renews what has died, from authorize() to close().

        Override it to do something besides, or instead; what it raises is logged, and ends it.
        """
        await self.app.maintain_tokens()

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
        await self._tell_now("on_token_update", user_id, pair.access_token, pair.refresh_token)

    async def _token_removed(self, user_id: str) -> None:
        await self._tell_now("on_token_remove", user_id)

    async def _tell_now(self, hook: str, *args: object) -> None:
        """Run a hook within the work that it's about. That work ends before the client does, so close() can't wait here."""
        task = asyncio.current_task()
        self._own_tasks.add(task)
        try:
            await self.lifecycle(hook, *args)
        finally:
            self._own_tasks.discard(task)


def _closed() -> ClientException:
    return ClientException("the client isn't running: this works from authorize() to close(), and not inside a fleet")
