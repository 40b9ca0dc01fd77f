"""The hourly check of every token: spread, bounded, and no user's trouble is another's."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.twitch.waiting import until
from twitch.errors import TokenError, TwitchServerError, Unauthorized
from twitch.oauth.answers import ValidateToken
from twitch.tokens import TokenPair
from twitch.validation import APP, Validation


class Twitch:
    """Answers validations in a moment, counts them, and refuses whom it's told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.under_way = self.under_way_max = 0
        self.errors: dict[str, Exception] = {}

    async def validate(self, token: str) -> ValidateToken:
        self.asked.append(token)
        self.under_way += 1
        self.under_way_max = max(self.under_way, self.under_way_max)
        await asyncio.sleep(0.001)
        self.under_way -= 1
        if token in self.errors:
            raise self.errors[token]
        return ValidateToken(client_id="id", login=token, user_id=token, expires_in=9000)


class Tokens(dict[str, TokenPair]):
    """As MemoryTokens, whose dead tokens are those that end in a bang."""

    async def token(self, user_id: str) -> str:
        return self[user_id].access_token

    async def refreshed(self, user_id: str, stale: str) -> str:
        if stale.endswith("!"):
            del self[user_id]
            raise TokenError("dead", user_id=user_id)
        self[user_id] = TokenPair(f"{stale}-new")
        return f"{stale}-new"


class AppToken:
    current: str | None = "app"

    async def refreshed(self, stale: str) -> str:
        self.current = f"{stale}-new"
        return self.current


@asynccontextmanager
async def checking(users: int, **options: Any) -> AsyncIterator[tuple[Validation, Twitch, Tokens, AppToken]]:
    twitch, app_token = Twitch(), AppToken()
    tokens = Tokens({str(number): TokenPair(f"t{number}") for number in range(users)})
    kind: Any = Validation
    validation = kind(twitch, tokens, app_token, chance=random.Random(3), **options)
    task = asyncio.create_task(validation.run())
    try:
        yield validation, twitch, tokens, app_token
    finally:
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()


async def test_many_users_are_checked_side_by_side_within_a_bound() -> None:
    async with checking(500, at_once=7) as (validation, twitch, tokens, _):
        for user in tokens:
            validation.owe(user)
        await until(lambda: len(validation.validities) == 500)
        assert twitch.under_way_max == 7
        assert len(twitch.asked) == 500


async def test_the_next_checks_come_within_the_hour_and_not_all_at_once() -> None:
    async with checking(200, clock=lambda: 1000.0) as (validation, _, tokens, _):
        for user in tokens:
            validation.owe(user)
        await until(lambda: len(validation.validities) == 200)
        due = sorted(validation._due.values())
        assert 1000 + 0.8 * 3600 <= due[0] < due[-1] <= 1000 + 3600
        assert due[-1] - due[0] > 600


async def test_one_users_trouble_is_nobody_elses() -> None:
    async with checking(5, clock=lambda: 0.0) as (validation, twitch, tokens, _):
        twitch.errors = {
            "t0": Unauthorized(401, "invalid access token"),
            "t1": TwitchServerError(500, "away"),
            "t2": ZeroDivisionError(),
            "t3!": Unauthorized(401, "invalid access token"),
        }
        tokens["3"] = TokenPair("t3!")
        for user in list(tokens):
            validation.owe(user)
        await until(lambda: {"0", "4"} <= validation.validities.keys() and "3" not in tokens and len(twitch.asked) == 6)
        await until(lambda: {"1", "2"} <= validation._due.keys())
        assert tokens["0"] == TokenPair("t0-new")
        assert 30 <= validation._due["1"] <= 60  # asked again soon
        assert "3" not in validation._due


async def test_the_apps_own_token_is_checked_too() -> None:
    async with checking(0) as (validation, twitch, _, app_token):
        twitch.errors = {"app": Unauthorized(401, "invalid access token")}
        validation.owe(APP)
        await until(lambda: twitch.asked == ["app", "app-new"])
        assert app_token.current == "app-new"
        assert validation.validities == {}


async def test_who_is_forgotten_is_not_checked() -> None:
    async with checking(2) as (validation, twitch, _, _):
        validation.owe("0", seconds=0.02)
        validation.owe("1", seconds=0.03)
        validation.owe("1", seconds=0.04)
        validation.forget("0")
        await until(lambda: validation.validities)
        assert twitch.asked == ["t1"]
