"""Users' tokens in Redis: encrypted, replaced only by who read them last, and refreshed by one process at a time.

A record is encrypted with the first of `FLEET_TOKEN_KEYS` and read with any of them, so keys rotate: put a new one in
front, and drop the old one once every record was written anew (`rewrite`). Redis and its backups never see a token.

A refresh token of Twitch's may work once. So one process refreshes while the others wait for its outcome (a lock that
ends by itself), the record is replaced only where it is still the one that was read, and every refresh token that ever
led to a record leaves a keyed hash behind: `add_user` with a pair that the fleet has seen, as the program's text says at
every start, never puts it in place of the newer one.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from redis import exceptions
from redis.asyncio import Redis

from fleet.connection import AWAY, describe
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
"""How long a refreshed pair is tried to be saved while Redis is away: the old one is worthless by then."""
REPLICA_WAIT_MS = 500

Refresh = Callable[[str], Awaitable[TokenPair]]
"""Exchanges a refresh token at Twitch. Raises TokenError where it is dead."""


class VaultError(Exception):
    """The vault can't be used as it is set up; `str()` is one sentence that says why."""


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a user."""

    user_id: str
    login: str = ""
    access_token: str
    refresh_token: str | None = None
    updated_ms: int = 0

    def __repr__(self) -> str:
        return f"UserRecord(user_id={self.user_id!r}, login={self.login!r})"


@dataclass(frozen=True, slots=True)
class _Stored:
    record: UserRecord
    version: str


@dataclass(slots=True)
class Vault:
    """The users' tokens. A TokenSource; `refresh` may be set later than the rest, since it needs who asks for tokens."""

    redis: Redis
    keys: Keys
    token_keys: Sequence[Secret]
    refresh: Refresh | None = None
    _fernet: MultiFernet = field(init=False, repr=False)
    _hash_key: list[bytes] = field(init=False, repr=False)
    _exchange: Callable[..., Awaitable[int]] = field(init=False, repr=False)
    _flights: Flights[str] = field(default_factory=Flights, repr=False)
    _unsaved: dict[str, UserRecord] = field(default_factory=dict, repr=False)
    """Refreshed and not yet saved: what this process uses meanwhile."""

    def __post_init__(self) -> None:
        if not self.token_keys:
            raise VaultError(
                "FLEET_TOKEN_KEYS is not set, and users' tokens are only ever kept encrypted; make a key with: "
                'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            )
        self._fernet = MultiFernet([Fernet(key) for key in self.token_keys])
        self._hash_key = [hashlib.sha256(b"fleet pairs seen\0" + key.encode()).digest() for key in self.token_keys]
        self._exchange = Scripts(self.redis).exchange

    # -- what a program asks for

    async def find(self, access_token: str, refresh_token: str | None) -> str | None:
        """The user whose pair this is or once was; None for one that was never seen. Raises redis' errors."""
        wanted = [self._hash(key, refresh_token or access_token) for key in self._hash_key]
        found = await self.redis.hmget(self.keys.seen_pairs, wanted)  # type: ignore[misc] # typed for both clients
        return next((user.decode() for user in found if user is not None), None)

    async def add(self, user_id: str, login: str, given: TokenPair, pair: TokenPair) -> None:
        """Keeps a user's pair. `given` is what the program gave: it will be known again.

        A pair that was seen before for this user replaces nothing.
        """
        while True:
            stored = await self._stored(user_id)
            if stored is not None and await self.find(given.access_token, given.refresh_token) == user_id:
                return
            record = UserRecord(
                user_id=user_id,
                login=login,
                access_token=pair.access_token,
                refresh_token=pair.refresh_token,
                updated_ms=int(time.time() * 1000),
            )
            if await self._replace(stored, record, given, pair):
                return

    async def remove(self, user_id: str) -> None:
        """Forgets a user's tokens; the pairs stay known by their hashes."""
        self._unsaved.pop(user_id, None)
        await self.redis.delete(self.keys.user(user_id))

    async def record(self, user_id: str) -> UserRecord | None:
        """What is kept of a user. Raises VaultError where none of the keys reads it."""
        stored = await self._stored(user_id)
        return None if stored is None else stored.record

    async def rewrite(self, user_id: str) -> bool:
        """Encrypts a record anew, with the first key. False where there is none."""
        while True:
            stored = await self._stored(user_id)
            if stored is None:
                return False
            if await self._replace(stored, stored.record):
                return True

    # -- TokenSource

    async def token(self, user_id: str) -> str:
        """The access token to use now. Raises TokenError for a user that is unknown, Unreachable where Redis is away."""
        return (await self._known(user_id)).record.access_token

    async def refreshed(self, user_id: str, stale: str) -> str:
        """The access token to use now that Twitch has refused `stale`. Raises TokenError, Unreachable, refresh's errors."""
        return await self._flights.join(user_id, lambda: self._refreshed(user_id, stale))

    async def close(self) -> None:
        """Lets refreshes under way end, for some seconds: the refresh token that each began with is spent."""
        await self._flights.close(seconds=FINISH_SECONDS)

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
        pair = await self.refresh(record.refresh_token)
        fresh = msgspec.structs.replace(
            record,
            access_token=pair.access_token,
            refresh_token=pair.refresh_token or record.refresh_token,
            updated_ms=int(time.time() * 1000),
        )
        await self._save(stored, fresh, TokenPair(record.access_token, record.refresh_token), pair)
        log.info("user.refreshed", user=user_id)
        return fresh.access_token

    async def _save(self, stored: _Stored, fresh: UserRecord, *pairs: TokenPair) -> None:
        """Saves what Twitch has just given. The old pair is worthless now, so this is tried for as long as it makes sense."""
        until = time.monotonic() + SAVE_SECONDS_MAX
        while True:
            try:
                if not await self._replace(stored, fresh, *pairs):
                    current = await self._stored(stored.record.user_id)
                    if current is not None and current.record == fresh:
                        break  # the reply was lost, not the write
                    log.warning("user.refresh_overtaken", user=fresh.user_id)
                break
            except AWAY as error:
                self._unsaved[fresh.user_id] = fresh
                if time.monotonic() > until:
                    log.error("user.refresh_unsaved", user=fresh.user_id, error=describe(error))
                    return
                await asyncio.sleep(WAIT_SECONDS * 10)
        self._unsaved.pop(fresh.user_id, None)
        await self._replicated()

    async def _replicated(self) -> None:
        """Waits for a replica, where there is one: a refreshed pair that a fail-over loses can't be had again."""
        try:
            if int((await self.redis.info("replication")).get("connected_slaves", 0)):
                await self.redis.wait(1, REPLICA_WAIT_MS)
        except (exceptions.RedisError, OSError) as error:
            log.warning("user.replication_unknown", error=describe(error))

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
        try:
            text = self._fernet.decrypt(sealed)
        except InvalidToken:
            raise VaultError(f"none of FLEET_TOKEN_KEYS reads the tokens of user {user_id}") from None
        return _Stored(msgspec.json.decode(text, type=UserRecord), version.decode())

    async def _replace(self, stored: _Stored | None, record: UserRecord, *pairs: TokenPair) -> bool:
        """Compare and set. The pairs are known from now on."""
        tokens = {pair.refresh_token or pair.access_token for pair in pairs}
        done = await self._exchange(
            [self.keys.user(record.user_id), self.keys.seen_pairs],
            [
                "" if stored is None else stored.version,
                secrets.token_hex(8),
                self._fernet.encrypt(msgspec.json.encode(record)),
                record.user_id,
                *sorted(self._hash(self._hash_key[0], token) for token in tokens),
            ],
        )
        return bool(done)

    def _hash(self, key: bytes, token: str) -> str:
        return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()
