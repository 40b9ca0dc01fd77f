"""Checks every token that is held once an hour, as Twitch demands of whoever keeps users logged in.

A user may take back what they granted at any time, and only the check tells: https://dev.twitch.tv/docs/authentication/validate-tokens/

    held ──hour is up──> validate ──200──> held, scopes and expiry noted
                             └─401──> renewed ──> held          └─dead for good──> removed, the owner is told

Checks are spread over the last fifth of the hour, so that many users who came at once don't stay together; a bounded
number runs at a time. What one user's check meets concerns nobody else's. A Twitch that is away is asked again soon.
"""

import asyncio
import heapq
import logging
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from twitch.errors import TokenError, TwitchException, Unauthorized
from twitch.memory_tokens import CredentialsToken, MemoryTokens
from twitch.oauth.answers import ValidateToken
from twitch.oauth.client import OAuthClient

log = logging.getLogger("twitch.tokens")

EVERY_SECONDS = 3600.0
"""Twitch audits this; a client that doesn't validate hourly may lose its keys."""
RETRY_SECONDS = 60.0
"""After a check that Twitch didn't answer."""
AT_ONCE = 20
"""Checks under way: ten thousand users take some two minutes at 200 ms each."""
APP = ""
"""Stands for the app among the ids of users."""


@dataclass(frozen=True, slots=True)
class Validity:
    """What Twitch last said of a token. ``expires_in`` is in seconds, counted from ``last_validated``.

    ``last_validated, expires_in = validity`` takes these two.
    """

    last_validated: datetime
    expires_in: int
    scopes: tuple[str, ...]
    login: str

    def __iter__(self) -> Iterator[datetime | int]:
        yield self.last_validated
        yield self.expires_in


class GrantedScopes(Mapping[str, tuple[str, ...]]):
    """Scopes by user id: a view of validities, since each subscription looks up one user among all of them."""

    def __init__(self, validities: Mapping[str, Validity]) -> None:
        self._validities = validities

    def __getitem__(self, user_id: str) -> tuple[str, ...]:
        return self._validities[user_id].scopes

    def __iter__(self) -> Iterator[str]:
        return iter(self._validities)

    def __len__(self) -> int:
        return len(self._validities)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(slots=True)
class Validation:
    """The checks of one app's tokens. ``validities`` has the outcome of each user's last one."""

    oauth: OAuthClient
    tokens: MemoryTokens
    app_token: CredentialsToken
    every_seconds: float = EVERY_SECONDS
    at_once: int = AT_ONCE
    chance: random.Random = field(default_factory=random.Random)
    clock: Callable[[], float] = time.monotonic
    validities: dict[str, Validity] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _queue: list[tuple[float, str]] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def owe(self, owner: str, *, seconds: float = 0.0) -> None:
        """Have a token checked so many seconds from now, instead of whenever it was due."""
        self._due[owner] = due = self.clock() + seconds
        heapq.heappush(self._queue, (due, owner))
        self._woken.set()

    def note(self, owner: str, validated: ValidateToken) -> None:
        """A token was found valid just now; it's due again within the hour."""
        if owner != APP:
            now = datetime.now(UTC)
            self.validities[owner] = Validity(now, validated.expires_in, validated.scopes, validated.login or "")
        self.owe(owner, seconds=self.every_seconds * self.chance.uniform(0.8, 1.0))

    def forget(self, owner: str) -> None:
        """Check this one no more."""
        self._due.pop(owner, None)
        self.validities.pop(owner, None)

    async def run(self) -> None:
        """Check what is due, for ever. Cancelling it leaves nothing behind."""
        self._woken = asyncio.Event()  # the one before may belong to another event loop
        slots = asyncio.Semaphore(self.at_once)
        async with asyncio.TaskGroup() as group:
            while True:
                owner = await self._next_due()
                await slots.acquire()
                group.create_task(self._check(owner)).add_done_callback(lambda _: slots.release())

    async def _next_due(self) -> str:
        while True:
            self._woken.clear()
            wait_seconds = math.inf
            while self._queue:
                due, owner = self._queue[0]
                if self._due.get(owner) == due:
                    wait_seconds = due - self.clock()
                    if wait_seconds > 0:
                        break
                    del self._due[owner]
                    heapq.heappop(self._queue)
                    return owner
                heapq.heappop(self._queue)  # it was forgotten, or put off
            try:
                async with asyncio.timeout(None if wait_seconds == math.inf else wait_seconds):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def _check(self, owner: str) -> None:
        try:
            token = self.app_token.current if owner == APP else await self.tokens.token(owner)
            if token is None:
                return
            try:
                validated = await self.oauth.validate(token)
            except Unauthorized:
                if owner == APP:
                    token = await self.app_token.refreshed(token)
                else:
                    token = await self.tokens.refreshed(owner, token)
                validated = await self.oauth.validate(token)
            if owner == APP or owner in self.tokens:
                self.note(owner, validated)
        except TokenError as error:
            log.warning("%s", error)
            self.forget(owner)
        except TwitchException as error:
            log.warning("the token of %s could not be checked: %s", owner or "the app", error)
            seconds = RETRY_SECONDS if error.transient else self.every_seconds
            self.owe(owner, seconds=seconds * self.chance.uniform(0.5, 1.0))
        except Exception:
            log.exception("checking the token of %s failed", owner or "the app")  # a hook of the user's raised
            self.owe(owner, seconds=RETRY_SECONDS)
