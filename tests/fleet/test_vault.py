"""Users' tokens: encrypted, never replaced by older ones, refreshed by one process at a time."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from cryptography.fernet import Fernet
from redis.exceptions import ConnectionError as RedisAway

from fleet.keys import Keys
from fleet.settings import Secret
from fleet.vault import GIVEN_MAX, RENEWED_MAX, UserRecord, Vault, VaultError, remember
from twitch.errors import TokenError, Unreachable
from twitch.tokens import TokenPair


def a_key() -> Secret:
    return Secret(Fernet.generate_key().decode())


class Twitch:
    """Refreshes as Twitch does for a client whose refresh tokens work once."""

    def __init__(self) -> None:
        self.live = {"refresh-0"}
        self.refreshes = 0

    async def refresh(self, refresh_token: str) -> TokenPair:
        if refresh_token not in self.live:
            raise TokenError("the refresh token is dead")
        self.live = {f"refresh-{secrets.token_hex(4)}"}
        self.refreshes += 1
        await asyncio.sleep(0)
        return TokenPair(f"access-{self.refreshes}", next(iter(self.live)))


GIVEN = TokenPair("access-0", "refresh-0")


async def admit(vault: Vault, given: TokenPair, pair: TokenPair | None = None) -> UserRecord:
    """User 7 brings a pair, which Twitch says is theirs, or renews."""

    async def validate() -> tuple[str, str, TokenPair]:
        return "7", "seven", pair or given

    return await vault.admit(given, validate)


def failing(exchange: Any, *, times: int) -> Any:
    """The script, with a Redis that is away at first."""
    left = [times]

    async def call(*args: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise RedisAway
        return await exchange(*args)

    return call


@pytest.fixture
def twitch() -> Any:
    return Twitch()


@pytest.fixture
def vault(redis: Any, keys: Keys, twitch: Any) -> Any:
    return Vault(redis, keys, [a_key()], twitch.refresh)


async def test_a_users_token_can_be_had_from_any_process(vault: Any, redis: Any, keys: Keys) -> None:
    await admit(vault, GIVEN)
    elsewhere = Vault(redis, keys, vault.token_keys)
    assert await elsewhere.token("7") == "access-0"
    assert await elsewhere.find("access-0", "refresh-0") == "7"
    record = await elsewhere.record("7")
    assert record is not None
    assert record.login == "seven"


async def test_redis_never_sees_a_token(vault: Any, redis: Any, keys: Keys) -> None:
    await admit(vault, GIVEN)
    stored = repr([await redis.hgetall(keys.user("7")), await redis.hgetall(keys.seen_pairs)])
    assert "access-0" not in stored
    assert "refresh-0" not in stored


async def test_neither_a_record_nor_the_vault_shows_a_token(vault: Any) -> None:
    await admit(vault, GIVEN)
    shown = repr(vault) + repr(await vault.record("7"))
    assert "access-0" not in shown
    assert str(vault.token_keys[0]) not in shown


async def test_a_stale_token_is_refreshed_once_however_many_ask(
    vault: Any, redis: Any, keys: Keys, twitch: Any
) -> None:
    await admit(vault, GIVEN)
    others = [Vault(redis, keys, vault.token_keys, twitch.refresh) for _ in range(3)]
    tokens = await asyncio.gather(*(each.refreshed("7", "access-0") for each in [vault, *others] * 5))
    assert set(tokens) == {"access-1"}
    assert twitch.refreshes == 1
    assert await vault.token("7") == "access-1"


async def test_a_token_that_somebody_refreshed_meanwhile_is_not_refreshed_again(vault: Any, twitch: Any) -> None:
    await admit(vault, GIVEN)
    await vault.refreshed("7", "access-0")
    assert await vault.refreshed("7", "access-0") == "access-1"
    assert twitch.refreshes == 1


async def test_a_pair_that_was_seen_never_replaces_the_newer_one(vault: Any) -> None:
    await admit(vault, GIVEN)
    await vault.refreshed("7", "access-0")
    assert await vault.find("access-0", "refresh-0") == "7"
    await admit(vault, GIVEN)
    assert await vault.token("7") == "access-1"


class Spending:
    """Twitch, asked whose pair it is: the access token is dead, the refresh token works once, and the answer takes time."""

    def __init__(self) -> None:
        self.spent = 0
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> tuple[str, str, TokenPair]:
        self.spent += 1
        if self.spent > 1:
            raise TokenError("the refresh token is dead")
        self.asked.set()
        await self.go.wait()
        return "7", "seven", TokenPair("access-1", "refresh-1")


async def test_a_pair_that_many_bring_at_a_time_is_spent_once(vault: Any) -> None:
    validate = Spending()
    validate.go.set()
    admitted = await asyncio.gather(*(vault.admit(GIVEN, validate) for _ in range(5)))
    assert {each.access_token for each in admitted} == {"access-1"}
    assert validate.spent == 1


async def test_a_pair_is_kept_though_whoever_brought_it_gave_up(vault: Any) -> None:
    """As a program whose time was over, or a leader that was deposed: Twitch has spent the refresh token by then."""
    validate = Spending()
    bringing = asyncio.create_task(vault.admit(GIVEN, validate))
    await validate.asked.wait()
    bringing.cancel()
    closing = asyncio.create_task(vault.close())
    await asyncio.sleep(0)
    validate.go.set()
    await closing
    assert await vault.token("7") == "access-1"
    assert (await vault.admit(GIVEN, validate)).access_token == "access-1"


async def test_a_pair_that_another_process_spent_meanwhile_is_known(vault: Any, redis: Any, keys: Keys) -> None:
    async def others_were_faster() -> tuple[str, str, TokenPair]:
        await admit(Vault(redis, keys, vault.token_keys), GIVEN, TokenPair("access-1", "refresh-1"))
        raise TokenError("the refresh token is dead")

    assert (await vault.admit(GIVEN, others_were_faster)).access_token == "access-1"


async def test_a_pair_that_was_renewed_is_kept_once_redis_is_back(vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fleet.vault.WAIT_SECONDS", 0.001)
    vault._exchange = failing(vault._exchange, times=2)
    await admit(vault, GIVEN, TokenPair("access-1", "refresh-1"))
    assert await vault.token("7") == "access-1"


async def test_what_is_known_of_a_user_is_bounded_and_what_a_program_gave_goes_last(
    vault: Any, twitch: Any, redis: Any, keys: Keys
) -> None:
    await admit(vault, GIVEN)
    access_token = "access-0"
    for _ in range(3 * RENEWED_MAX):
        access_token = await vault.refreshed("7", access_token)
    assert await redis.hlen(keys.seen_pairs) == 1 + RENEWED_MAX
    assert await vault.find("access-0", "refresh-0") == "7"
    assert await vault.find(access_token, *twitch.live) == "7"

    for number in range(GIVEN_MAX):
        await admit(vault, TokenPair(f"a-{number}", f"r-{number}"))
    assert await redis.hlen(keys.seen_pairs) == GIVEN_MAX + RENEWED_MAX
    assert await vault.find("access-0", "refresh-0") is None
    assert await vault.find("a-0", "r-0") == "7"


def test_a_mark_that_comes_again_is_the_newest_and_no_second_one() -> None:
    record = UserRecord(user_id="7", access_token="a", given=("1", "2"), renewed=("3",))
    assert remember(record, ["1"], ["3", "4", "2"]) == (
        UserRecord(user_id="7", access_token="a", given=("2", "1"), renewed=("3", "4")),
        [],
    )


async def test_a_new_pair_replaces_the_old_one(vault: Any) -> None:
    await admit(vault, GIVEN)
    fresh = TokenPair("access-new", "refresh-new")
    await admit(vault, fresh)
    assert await vault.token("7") == "access-new"


async def test_a_user_without_a_refresh_token_is_known_by_the_access_token(vault: Any) -> None:
    given = TokenPair("access-only")
    await admit(vault, given)
    assert await vault.find("access-only", None) == "7"
    with pytest.raises(TokenError, match="came without a refresh token"):
        await vault.refreshed("7", "access-only")


async def test_unknown_users_have_no_token(vault: Any) -> None:
    with pytest.raises(TokenError, match="no tokens of user 8"):
        await vault.token("8")
    assert await vault.find("access-8", None) is None


async def test_a_dead_refresh_token_is_a_token_error_and_leaves_no_lock(
    vault: Any, twitch: Any, redis: Any, keys: Keys
) -> None:
    await admit(vault, GIVEN)
    twitch.live = set()
    with pytest.raises(TokenError):
        await vault.refreshed("7", "access-0")
    assert await redis.exists(f"{keys.user('7')}:lock") == 0


async def test_keys_rotate(vault: Any, redis: Any, keys: Keys) -> None:
    await admit(vault, GIVEN)
    fresh_key = a_key()
    rotating = Vault(redis, keys, [fresh_key, *vault.token_keys])
    assert await rotating.token("7") == "access-0"
    assert await rotating.find("access-0", "refresh-0") == "7"
    await admit(rotating, GIVEN)  # as the program does at every start
    alone = Vault(redis, keys, [fresh_key])
    assert await alone.token("7") == "access-0"
    assert await alone.find("access-0", "refresh-0") == "7"
    with pytest.raises(VaultError, match="none of FLEET_TOKEN_KEYS"):
        await vault.token("7")


async def test_a_pair_that_is_brought_again_while_it_is_renewed_makes_nobody_too_late(
    vault: Any, redis: Any, keys: Keys, twitch: Any
) -> None:
    """A record that is written anew, for another key or another mark, holds a pair that is spent by then."""
    await admit(vault, GIVEN)
    rotating = [a_key(), *vault.token_keys]
    leader = Vault(redis, keys, rotating)

    async def refresh(refresh_token: str) -> TokenPair:
        pair: TokenPair = await twitch.refresh(refresh_token)
        await admit(leader, GIVEN)
        return pair

    handler = Vault(redis, keys, rotating, refresh)
    assert await handler.refreshed("7", "access-0") == "access-1"
    assert await leader.token("7") == "access-1"


async def test_without_keys_there_is_no_vault(redis: Any, keys: Keys) -> None:
    with pytest.raises(VaultError, match="FLEET_TOKEN_KEYS is not set"):
        Vault(redis, keys, [])


async def test_a_removed_user_is_gone_and_can_be_added_again(vault: Any) -> None:
    await admit(vault, GIVEN)
    await vault.remove("7")
    with pytest.raises(TokenError):
        await vault.token("7")
    await admit(vault, GIVEN)
    assert await vault.token("7") == "access-0"


async def test_a_redis_that_is_away_is_not_a_dead_user(vault: Any, keys: Keys, redis: Any) -> None:
    from redis.asyncio import Redis

    async with Redis(host="127.0.0.1", port=1) as nowhere:
        with pytest.raises(Unreachable):
            await Vault(nowhere, keys, [a_key()]).token("7")


async def test_a_refreshed_pair_is_saved_once_redis_is_back(vault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old refresh token is worthless then: losing the new one would lose the user."""
    await admit(vault, GIVEN)
    monkeypatch.setattr("fleet.vault.WAIT_SECONDS", 0.001)
    vault._exchange = failing(vault._exchange, times=2)
    assert await vault.refreshed("7", "access-0") == "access-1"
    assert await vault.token("7") == "access-1"


def test_a_records_repr_has_no_token() -> None:
    assert repr(UserRecord(user_id="7", login="x", access_token="secret")) == "UserRecord(user_id='7', login='x')"


async def test_closing_lets_a_refresh_be_saved(vault: Any, twitch: Twitch, redis: Any, keys: Keys) -> None:
    """As in a rolling deploy: Twitch has spent the old refresh token, and nobody else has the new one."""
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(refresh_token: str) -> TokenPair:
        pair = await twitch.refresh(refresh_token)
        asked.set()
        await go.wait()
        return pair

    vault.refresh = slow
    await admit(vault, GIVEN)
    refreshing = asyncio.create_task(vault.refreshed("7", "access-0"))
    await asked.wait()
    closing = asyncio.create_task(vault.close())
    await asyncio.sleep(0)
    go.set()
    await closing
    assert await refreshing == "access-1"
    assert await Vault(redis, keys, vault.token_keys).token("7") == "access-1"
