"""Users' tokens: checked when added, renewed once for all who need it, never shown."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from twitch import App, TokenError
from twitch.errors import Unauthorized
from twitch.tokens import TokenPair

VALIDATE = "/oauth2/validate"
TOKEN = "/oauth2/token"
CHAT = "/helix/chat/messages"
WHOSE = {"client_id": "id", "login": "streamer", "user_id": "1337", "scopes": ["user:bot"], "expires_in": 14000}
DEAD = {"status": 401, "message": "invalid access token"}
SENT = {"data": [{"message_id": "m", "is_sent": True}]}


def renewed(number: int) -> dict[str, Any]:
    return {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "scope": ["user:bot"]}


async def test_a_valid_token_says_whose_it_is(twitch: Any) -> None:
    twitch.answer(VALIDATE, 200, WHOSE)
    app = App("id", "secret", addresses=twitch.addresses)
    user = await app.add_user("access-0", "refresh-0")
    assert (user.id, user.login) == ("1337", "streamer")
    assert [asked.token for asked in twitch.of(VALIDATE)] == ["access-0"]
    assert app.get_user_by_id("1337").id == "1337"
    await app.close()


async def test_an_expired_token_is_renewed_at_once_and_the_program_is_told_first(twitch: Any) -> None:
    told: list[tuple[str, TokenPair]] = []

    async def changed(user_id: str, pair: TokenPair) -> None:
        told.append((user_id, pair))

    twitch.answer(VALIDATE, 401, DEAD)
    twitch.answer(VALIDATE, 200, WHOSE)
    twitch.answer(TOKEN, 200, renewed(1))
    app = App("id", "secret", addresses=twitch.addresses, token_changed=changed)
    await app.add_user("access-0", "refresh-0")
    assert told == [("1337", TokenPair("access-1", "refresh-1"))]
    await app.close()


@pytest.mark.parametrize("refresh", [None, "refresh-0"])
async def test_dead_tokens_are_a_token_error_that_shows_none_of_them(twitch: Any, refresh: str | None) -> None:
    twitch.answer(VALIDATE, 401, DEAD)
    twitch.answer(TOKEN, 400, {"error": "Bad Request", "status": 400, "message": "Invalid refresh token"})
    app = App("id", "secret", addresses=twitch.addresses)
    with pytest.raises(TokenError) as caught:
        await app.add_user("access-0", refresh)
    assert not caught.value.transient
    assert "-0" not in str(caught.value)
    await app.close()


@pytest.mark.parametrize("odd", [{"user_id": None, "login": None}, {"client_id": "another"}])
async def test_only_a_users_token_of_this_client_will_do(twitch: Any, odd: dict[str, Any]) -> None:
    twitch.answer(VALIDATE, 200, {**WHOSE, **odd})
    app = App("id", "secret", addresses=twitch.addresses)
    with pytest.raises(TokenError):
        await app.add_user("access-0")
    await app.close()


async def test_many_calls_that_meet_a_dead_token_refresh_it_once(twitch: Any) -> None:
    async def refuse_the_first(request: web.Request) -> None:
        if request.path == CHAT and request.headers["Authorization"] == "Bearer access-0":
            raise web.HTTPUnauthorized(text='{"status":401,"message":"Invalid OAuth token"}')

    twitch.before = refuse_the_first
    twitch.answer(VALIDATE, 200, WHOSE)
    twitch.answer(TOKEN, 200, renewed(1))
    twitch.answer(CHAT, 200, SENT, Ratelimit_Limit="100", Ratelimit_Remaining="90", Ratelimit_Reset="9999999999")
    app = App("id", "secret", addresses=twitch.addresses)
    user = await app.add_user("access-0", "refresh-0")
    await asyncio.gather(*(user.send_chat_message("hi") for _ in range(10)))
    assert len(twitch.of(TOKEN)) == 1
    assert twitch.of(TOKEN)[0].body["refresh_token"] == "refresh-0"
    assert twitch.of(CHAT)[-1].body == {"broadcaster_id": "1337", "sender_id": "1337", "message": "hi"}
    await app.close()


async def test_a_call_without_its_scope_spends_no_refresh_token(twitch: Any) -> None:
    twitch.answer(VALIDATE, 200, WHOSE)
    twitch.answer(CHAT, 401, {"status": 401, "message": "Missing scope: user:write:chat"})
    app = App("id", "secret", addresses=twitch.addresses)
    user = await app.add_user("access-0", "refresh-0")
    with pytest.raises(Unauthorized, match="send_chat_message: 401 Missing scope: user:write:chat"):
        await user.send_chat_message("hi")
    assert (len(twitch.of(CHAT)), twitch.of(TOKEN)) == (1, [])
    await app.close()


async def test_a_token_that_came_alone_outlives_a_call_that_was_refused(twitch: Any) -> None:
    twitch.answer(VALIDATE, 200, WHOSE)
    twitch.answer(CHAT, 401, {"status": 401, "message": "The ID in sender_id must match the user ID in the token."})
    app = App("id", "secret", addresses=twitch.addresses)
    user = await app.add_user("access-0")
    with pytest.raises(Unauthorized, match="The ID in sender_id must match"):
        await user.send_chat_message("hi")
    assert (len(twitch.of(CHAT)), app.get_token("1337").access_token) == (1, "access-0")
    await app.close()


async def test_a_token_that_came_alone_and_is_dead_is_forgotten(twitch: Any) -> None:
    twitch.answer(VALIDATE, 200, WHOSE)
    twitch.answer(VALIDATE, 401, DEAD)
    twitch.answer(CHAT, 401, {"status": 401, "message": "Invalid OAuth token"})
    app = App("id", "secret", addresses=twitch.addresses, validate_every_seconds=None)
    user = await app.add_user("access-0")
    with pytest.raises(TokenError, match="dead and came without a refresh token"):
        await user.send_chat_message("hi")
    assert app.tokens == {}
    await app.close()


async def test_a_user_who_was_removed_is_unknown(twitch: Any) -> None:
    twitch.answer(VALIDATE, 200, WHOSE)
    app = App("id", "secret", addresses=twitch.addresses)
    user = await app.add_user("access-0")
    assert app.remove_user("1337")
    assert not app.remove_user("1337")
    with pytest.raises(TokenError, match="1337"):
        await user.send_chat_message("hi")
    await app.close()


def test_tokens_do_not_show() -> None:
    assert "secret" not in repr(TokenPair("secret", "secret"))
