"""Users' tokens in Redis: encrypted, replaced only by who read them last, and refreshed by one process at a time.

A record is encrypted with the first of `FLEET_TOKEN_KEYS` and read with any of them, so keys rotate: put a new one in
front, and drop the old one once the program has started with both, which writes the records of its users anew. Redis and
its backups never see a token.

A refresh token of Twitch's may work once. So one process refreshes while the others wait for its outcome (a lock that
ends by itself), the record is replaced only where it is still the one that was read, and the refresh tokens that led to a
record leave keyed hashes behind: `add_user` with a pair that the fleet has seen, as the program's text says at every
start, never puts it in place of the newer one. Of each user the newest hashes are kept, those of pairs that a program gave
apart from those that Twitch gave for them, which nobody outside has ever had.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
import structlog
from cryptography.fernet import Fernet, InvalidToken
from redis import exceptions
from redis.asyncio import Redis

from fleet.connection import AWAY, describe, replicated
from fleet.keys import Keys
from fleet.scripts import Scripts
from fleet.settings import Secret
from twitch.errors import TokenError, Unreachable
from twitch.flights import Flights
from twitch.memory_tokens import FINISH_SECONDS
from twitch.tokens import TokenPair

log = structlog.get_logger(__name__)

LOCK_SECONDS = 45.0
"""Longer than a refresh can take (30 s), so that a lock never ends under a living holder."""
WAIT_SECONDS = 0.05
SAVE_SECONDS_MAX = 120.0
"""How long a renewed pair is tried to be saved while Redis is away: the old one is worthless by then."""

GIVEN_MAX = 50
"""Pairs of one user that programs gave: a text changes seldom, and one that brings a fresh pair has so many starts."""
RENEWED_MAX = 10
"""Pairs of one user that came of refreshes; there are six a day."""

T = TypeVar("T")

Refresh = Callable[[str], Awaitable[TokenPair]]
"""Exchanges a refresh token at Twitch. Raises TokenError where it is dead."""

Validate = Callable[[], Awaitable[tuple[str, str, TokenPair]]]
"""Asks Twitch whose pair it is: user id, login, and the pair to keep, renewed if need be. Raises TokenError for a dead one."""


class VaultError(Exception):
    """The vault can't be used as it is set up; `str()` is one sentence that says why."""


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a user."""

    user_id: str
    login: str = ""
    access_token: str
    refresh_token: str | None = None
    updated_ms: int = 0
    given: tuple[str, ...] = ()
    """Hashes of the pairs that programs gave, the newest last."""
    renewed: tuple[str, ...] = ()
    """Hashes of the pairs that Twitch gave for them, the newest last."""

    def __repr__(self) -> str:
        return f"UserRecord(user_id={self.user_id!r}, login={self.login!r})"


@dataclass(frozen=True, slots=True)
class _Stored:
    record: UserRecord
    version: str
    by_first_key: bool = True
    """Whether it was encrypted with the first key."""


@dataclass(slots=True)
class Vault:
    """The users' tokens. A TokenSource; `refresh` may be set later than the rest, since it needs who asks for tokens."""

    redis: Redis
    keys: Keys
    token_keys: Sequence[Secret]
    refresh: Refresh | None = None
    _fernets: list[Fernet] = field(init=False, repr=False)
    _hash_key: list[bytes] = field(init=False, repr=False)
    _exchange: Callable[..., Awaitable[int]] = field(init=False, repr=False)
    _refreshes: Flights[str] = field(default_factory=Flights, repr=False)
    _admissions: Flights[UserRecord] = field(default_factory=Flights, repr=False)
    _unsaved: dict[str, UserRecord] = field(default_factory=dict, repr=False)
    """Refreshed and not yet saved: what this process uses meanwhile."""

    def __post_init__(self) -> None:
        if not self.token_keys:
            raise VaultError(
                "FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted; make a key with: "
                'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            )
        self._fernets = [Fernet(key) for key in self.token_keys]
        self._hash_key = [hashlib.sha256(b"fleet pairs seen\0" + key.encode()).digest() for key in self.token_keys]
        self._exchange = Scripts(self.redis).exchange

    # -- what a program asks for

    async def find(self, access_token: str, refresh_token: str | None) -> str | None:
        """The user whose pair this is or once was; None for one that was never seen. Raises redis' errors."""
        wanted = [self._hash(key, refresh_token or access_token) for key in self._hash_key]
        found = await self.redis.hmget(self.keys.seen_pairs, wanted)  # type: ignore[misc] # typed for both clients
        return next((user.decode() for user in found if user is not None), None)

    async def admit(self, given: TokenPair, validate: Validate) -> UserRecord:
        """What is kept of the user whose pair this is; one that was never seen is validated and kept.

        Once for all who bring the same at a time, and to its end even where they give up: validating may spend the
        refresh token. Raises validate's errors, VaultError, or redis' errors.
        """
        return await self._admissions.join(given, lambda: self._admit(given, validate))

    async def _admit(self, given: TokenPair, validate: Validate) -> UserRecord:
        if (known := await self._seen(given)) is not None:
            return known
        try:
            user_id, login, pair = await validate()
        except TokenError:
            # Somebody else may have brought it a moment ago, and spent the refresh token.
            if (known := await self._seen(given)) is not None:
                return known
            raise
        if pair == given:
            record = await self._add(user_id, login, given, pair)
        else:
            record = await _insist(lambda: self._add(user_id, login, given, pair))
        await replicated(self.redis, self.keys, "users' tokens")
        log.info("user.added", user=user_id, login=login)
        return record

    async def _seen(self, given: TokenPair) -> UserRecord | None:
        """What is kept of the user who brought this pair before. Written anew where the first key is not yet used for it, as
        the version that it is: whoever renews the pair meanwhile was given what is nowhere else, and must not come too late."""
        user_id = await self.find(given.access_token, given.refresh_token)
        while user_id is not None and (stored := await self._stored(user_id)) is not None:
            [mark] = self._marks(given)
            if stored.by_first_key and mark in stored.record.given:
                return stored.record
            if await self._replace(stored, stored.record, given=[mark], version=stored.version):
                return stored.record
        return None

    async def _add(self, user_id: str, login: str, given: TokenPair, pair: TokenPair) -> UserRecord:
        while True:
            stored = await self._stored(user_id)
            if stored is not None and await self.find(given.access_token, given.refresh_token) == user_id:
                return stored.record  # by somebody else, or by us and the reply was lost
            record = UserRecord(
                user_id=user_id,
                login=login,
                access_token=pair.access_token,
                refresh_token=pair.refresh_token,
                updated_ms=int(time.time() * 1000),
                given=() if stored is None else stored.record.given,
                renewed=() if stored is None else stored.record.renewed,
            )
            if await self._replace(stored, record, given=self._marks(given), renewed=self._marks(pair)):
                return record

    async def remove(self, user_id: str) -> None:
        """Forgets a user's tokens; the pairs stay known by their hashes."""
        self._unsaved.pop(user_id, None)
        await self.redis.delete(self.keys.user(user_id))

    async def record(self, user_id: str) -> UserRecord | None:
        """What is kept of a user. Raises VaultError where none of the keys reads it."""
        stored = await self._stored(user_id)
        return None if stored is None else stored.record

    # -- TokenSource

    async def token(self, user_id: str) -> str:
        """The access token to use now. Raises TokenError for a user that is unknown, Unreachable where Redis is away."""
        return (await self._known(user_id)).record.access_token

    async def refreshed(self, user_id: str, stale: str) -> str:
        """The access token to use now that Twitch has refused `stale`. Raises TokenError, Unreachable, refresh's errors."""
        return await self._refreshes.join(user_id, lambda: self._refreshed(user_id, stale))

    async def close(self) -> None:
        """Lets what is under way end, for some seconds: the refresh token that each began with may be spent."""
        await asyncio.gather(*(each.close(seconds=FINISH_SECONDS) for each in (self._refreshes, self._admissions)))

    async def _refreshed(self, user_id: str, stale: str) -> str:
        lock, holder = self.keys.user_lock(user_id), secrets.token_hex(8)
        while True:
            stored = await self._known(user_id)
            if stored.record.access_token != stale:
                return stored.record.access_token
            try:
                if await self.redis.set(lock, holder, nx=True, px=int(LOCK_SECONDS * 1000)):
                    break
            except AWAY as error:
                raise Unreachable(f"the tokens of user {user_id}: {describe(error)}") from error
            await asyncio.sleep(WAIT_SECONDS)
        try:
            return await self._refresh_locked(user_id, stale)
        finally:
            await self._unlock(lock, holder)

    async def _refresh_locked(self, user_id: str, stale: str) -> str:
        stored = await self._known(user_id)
        record = stored.record
        if record.access_token != stale:
            return record.access_token
        if record.refresh_token is None:
            raise TokenError(f"the token of user {user_id} is dead and came without a refresh token", user_id=user_id)
        assert self.refresh is not None, "a vault that serves calls was given a way to refresh"
        try:
            pair = await self.refresh(record.refresh_token)
        except TokenError:
            # A lock ends while its holder waits for Redis to save what it was given: it may have done so by now.
            current = (await self._known(user_id)).record
            if current.access_token != stale:
                return current.access_token
            raise
        fresh = msgspec.structs.replace(
            record,
            access_token=pair.access_token,
            refresh_token=pair.refresh_token or record.refresh_token,
            updated_ms=int(time.time() * 1000),
        )
        await self._save(stored, fresh, self._marks(TokenPair(record.access_token, record.refresh_token), pair))
        log.info("user.refreshed", user=user_id)
        return fresh.access_token

    async def _save(self, stored: _Stored, fresh: UserRecord, renewed: Sequence[str]) -> None:
        """Saves what Twitch has just given. The old pair is worthless now, so this is tried for as long as it makes sense."""
        self._unsaved[fresh.user_id] = fresh
        try:
            await _insist(lambda: self._saved(stored, fresh, renewed))
        except AWAY as error:
            log.error("user.refresh_unsaved", user=fresh.user_id, error=describe(error))
            return
        self._unsaved.pop(fresh.user_id, None)
        await replicated(self.redis, self.keys, "users' tokens")

    async def _saved(self, stored: _Stored, fresh: UserRecord, renewed: Sequence[str]) -> None:
        if await self._replace(stored, fresh, renewed=renewed):
            return
        current = await self._stored(fresh.user_id)
        reply_was_lost = current is not None and current.record.access_token == fresh.access_token
        if not reply_was_lost:
            log.warning("user.refresh_overtaken", user=fresh.user_id)

    async def _unlock(self, lock: str, holder: str) -> None:
        try:
            # Not atomic, and it need not be: a lock outlives every refresh, so it is ours or nobody's.
            if await self.redis.get(lock) == holder.encode():
                await self.redis.delete(lock)
        except (exceptions.RedisError, OSError) as error:
            log.warning("user.lock_left", error=describe(error))  # it ends by itself

    async def _known(self, user_id: str) -> _Stored:
        try:
            stored = await self._stored(user_id)
        except AWAY as error:
            raise Unreachable(f"the tokens of user {user_id}: {describe(error)}") from error
        if stored is None:
            raise TokenError(f"no tokens of user {user_id}: add_user them first", user_id=user_id)
        unsaved = self._unsaved.get(user_id)
        return stored if unsaved is None else _Stored(unsaved, stored.version)

    async def _stored(self, user_id: str) -> _Stored | None:
        version, sealed = await self.redis.hmget(self.keys.user(user_id), ["v", "record"])  # type: ignore[misc] # typed for both clients
        if version is None or sealed is None:
            return None
        for place, fernet in enumerate(self._fernets):
            with contextlib.suppress(InvalidToken):
                record = msgspec.json.decode(fernet.decrypt(sealed), type=UserRecord)
                return _Stored(record, version.decode(), by_first_key=place == 0)
        raise VaultError(f"none of FLEET_TOKEN_KEYS reads the tokens of user {user_id}")

    async def _replace(
        self,
        stored: _Stored | None,
        record: UserRecord,
        *,
        given: Sequence[str] = (),
        renewed: Sequence[str] = (),
        version: str = "",
    ) -> bool:
        """Compare and set, by default as a version of its own. The pairs are known from now on, by their marks."""
        record, forgotten = remember(record, given, renewed)
        done = await self._exchange(
            [self.keys.user(record.user_id), self.keys.seen_pairs],
            [
                "" if stored is None else stored.version,
                version or secrets.token_hex(8),
                self._fernets[0].encrypt(msgspec.json.encode(record)),
                record.user_id,
                len(given) + len(renewed),
                *given,
                *renewed,
                *forgotten,
            ],
        )
        return bool(done)

    def _marks(self, *pairs: TokenPair) -> list[str]:
        """What the pairs are known by: of each the hash, by the first key."""
        return [self._hash(self._hash_key[0], pair.refresh_token or pair.access_token) for pair in pairs]

    def _hash(self, key: bytes, token: str) -> str:
        return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()


def remember(record: UserRecord, given: Iterable[str], renewed: Iterable[str]) -> tuple[UserRecord, list[str]]:
    """The record with the marks of further pairs, each the newest of its kind, and the marks that are too many by now."""
    all_given = _newest(record.given, given, GIVEN_MAX)
    all_renewed = _newest(record.renewed, [mark for mark in renewed if mark not in all_given], RENEWED_MAX)
    kept = {*all_given, *all_renewed}
    forgotten = [mark for mark in dict.fromkeys((*record.given, *record.renewed)) if mark not in kept]
    return msgspec.structs.replace(record, given=all_given, renewed=all_renewed), forgotten


def _newest(marks: Iterable[str], more: Iterable[str], most: int) -> tuple[str, ...]:
    more = list(dict.fromkeys(more))
    return (*(mark for mark in marks if mark not in more), *more)[-most:]


async def _insist(save: Callable[[], Awaitable[T]]) -> T:
    """Saves what is nowhere else, for as long as it makes sense while Redis is away."""
    until = time.monotonic() + SAVE_SECONDS_MAX
    while True:
        try:
            return await save()
        except AWAY:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(WAIT_SECONDS * 10)
