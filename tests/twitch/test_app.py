"""An app in one process against the simulated Twitch: users, where their tokens stay, and what becomes of them."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.twitch.waiting import until
from twitch import App, AuthFailure, TokenError, TokenPair, TwitchException
from twitch.simulator import Simulator
from twitch.token_files import FileTokenStore


async def test_users_are_added_looked_at_and_removed(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        user = await app.add_user("user-42", "refresh-42")
        assert app.tokens == {"42": TokenPair("user-42", "refresh-42")}
        assert app.get_token("42").refresh_token == "refresh-42"
        assert app.get_user_by_id("42").login == user.login
        assert "user:read:chat" in app.users_scopes["42"]
        assert app.tokens_validity["42"].expires_in > 0
        assert app.remove_token("42")
        assert not app.remove_user("42")
        assert (app.tokens, app.tokens_validity) == ({}, {})
        with pytest.raises(TokenError):
            app.get_token("42")


async def test_what_users_have_granted_is_a_view(sim: Simulator) -> None:
    """Each subscription looks one user up: it must not gather those of all."""
    async with App("id", "secret", addresses=sim.addresses) as app:
        scopes = app.users_scopes
        assert (len(scopes), scopes.get("42")) == (0, None)
        await app.add_user("user-42", "refresh-42")
        assert list(scopes) == ["42"]
        assert "user:bot" in scopes["42"]
        assert scopes == dict(scopes)


async def test_the_points_of_the_apps_token_are_known_after_a_call(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        assert app.points() is None
        await app.application.get_conduits()
        points = app.points()
        assert points is not None
        assert (points.limit, 0 < points.remaining < 800) == (800, True)


async def test_the_points_left_of_a_user_are_known_after_a_call(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        user = await app.add_user("user-42", "refresh-42")
        assert app.get_token_quota("42") is None
        await user.get_users()
        first = app.get_token_quota("42")
        await user.get_users()
        second = app.get_token_quota("42")
        assert first is not None
        assert second is not None
        assert 0 < second < first < 800
        app.remove_user("42")
        assert app.get_token_quota("42") is None


async def test_a_token_is_taken_unchecked_and_checked_by_itself(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        assert app.add_token("42", "user-42").id == "42"
        await until(lambda: "42" in app.tokens_validity)


async def test_every_token_is_validated_again_and_again(sim: Simulator) -> None:
    app = App("id", "secret", addresses=sim.addresses, validate_every_seconds=0.05)
    async with app:
        for number in range(40, 50):
            await app.add_user(f"user-{number}")
        first = dict(app.tokens_validity)
        await until(
            lambda: all(app.tokens_validity[user].last_validated > first[user].last_validated for user in first)
        )


async def test_an_expired_token_is_renewed_by_the_check_and_told_before_use(sim: Simulator) -> None:
    told: list[tuple[str, TokenPair, bool]] = []

    async def changed(user_id: str, pair: TokenPair) -> None:
        told.append((user_id, pair, app.tokens.get(user_id) == pair))

    app = App("id", "secret", addresses=sim.addresses, validate_every_seconds=0.05, token_changed=changed)
    async with app:
        await app.add_user("user-42", "refresh-42")
        app_token = await app._own_app_token.token()
        sim.control.expire_tokens(sim.clock.api_now(), None)
        await until(lambda: len(told) == 2 and app.tokens["42"] == told[1][1])
        await until(lambda: app._own_app_token.current != app_token)
    assert [already_used for _, _, already_used in told] == [False, False]


async def test_a_user_who_disconnects_is_noticed_and_removed(sim: Simulator) -> None:
    removed: list[str] = []

    async def on_removed(user_id: str) -> None:
        removed.append(user_id)

    app = App("id", "secret", addresses=sim.addresses, validate_every_seconds=0.05, token_removed=on_removed)
    async with app:
        user = await app.add_user("user-42", "refresh-42")
        await app.add_user("user-43", "refresh-43")
        sim.oauth.disconnect("42")
        await until(lambda: removed)
        assert list(app.tokens) == ["43"]
        with pytest.raises(TokenError):
            await user.send_chat_message("gone")
    assert removed == ["42"]


async def test_a_twitch_that_is_away_costs_no_token(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    app = App("id", "secret", addresses=sim.addresses, validate_every_seconds=0.05)
    async with app:
        await app.add_user("user-42", "refresh-42")
        sim.control.fault("status", endpoint="GET /oauth2/validate", status=500, count=2)
        await until(lambda: "could not be checked" in caplog.text)
        assert "42" in app.tokens


async def test_tokens_outlive_the_process_in_a_store(sim: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    async with App("id", "secret", addresses=sim.addresses, token_store=FileTokenStore(path)) as app:
        await app.add_user("user-42", "refresh-42")
        await app.add_user("user-43", "refresh-43")
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        assert (await app.get_user("42").send_chat_message("hi")).is_sent  # renewed, and the refresh token is spent
        renewed = app.get_token("42")
        app.remove_user("43")
    async with App("id", "secret", addresses=sim.addresses, token_store=FileTokenStore(path)) as app:
        assert app.tokens == {"42": renewed}
        assert (await app.get_user("42").send_chat_message("hi again")).is_sent
        await until(lambda: "42" in app.tokens_validity)


async def test_a_store_that_fails_costs_no_token(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def load(self) -> Mapping[str, TokenPair]:
            return {}

        async def save(self, user_id: str, pair: TokenPair) -> None:
            raise OSError(f"no room for {pair.access_token}")

        async def remove(self, user_id: str) -> None:
            raise OSError("no")

    async with App("id", "secret", addresses=sim.addresses, token_store=Broken()) as app:
        await app.add_user("user-42", "refresh-42")
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        assert (await app.get_user("42").send_chat_message("hi")).is_sent
        secrets = [*app.get_token("42"), "user-42"]
        app.remove_user("42")
    assert caplog.text.count("the token store failed with the tokens of user 42: OSError") == 3
    assert not [secret for secret in secrets if secret and secret in caplog.text]


async def test_a_hook_that_fails_costs_no_token(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    """The refresh token before the new one is spent: a program whose database is away must not lose its users."""

    async def changed(user_id: str, pair: TokenPair) -> None:
        raise OSError(f"no room for {pair.access_token}")

    async def removed(user_id: str) -> None:
        raise OSError("no")

    hooks: dict[str, Any] = {"token_changed": changed, "token_removed": removed}
    async with App("id", "secret", addresses=sim.addresses, **hooks) as app:
        user = await app.add_user("user-42", "refresh-42")
        for _ in range(2):
            sim.control.expire_tokens(sim.clock.api_now(), "42")
            assert (await user.send_chat_message("hi")).is_sent
        shown = [secret for secret in app.get_token("42") if secret and secret in caplog.text]
        sim.oauth.disconnect("42")
        with pytest.raises(TokenError):
            await user.send_chat_message("gone")
    assert shown == []
    assert caplog.text.count("token_changed failed with the tokens of user 42: OSError") == 3
    assert caplog.text.count("token_removed failed with the tokens of user 42: OSError") == 1


async def test_closing_waits_for_a_refresh_to_be_stored(sim: Simulator) -> None:
    """Twitch has given new tokens and the old are worthless: what isn't stored now can't be had again."""
    saving, go = asyncio.Event(), asyncio.Event()
    stored: dict[str, TokenPair] = {}

    class Slow:
        async def load(self) -> Mapping[str, TokenPair]:
            return stored

        async def save(self, user_id: str, pair: TokenPair) -> None:
            if user_id in stored:
                saving.set()
                await go.wait()
            stored[user_id] = pair

        async def remove(self, user_id: str) -> None:
            raise AssertionError

    app = App("id", "secret", addresses=sim.addresses, token_store=Slow())
    await app.authorize()
    user = await app.add_user("user-42", "refresh-42")
    sim.control.expire_tokens(sim.clock.api_now(), "42")
    call = asyncio.create_task(user.send_chat_message("hi"))
    await saving.wait()
    closing = asyncio.create_task(app.close())
    await asyncio.sleep(0)
    go.set()
    await closing
    await asyncio.wait({call})
    async with App("id", "secret", addresses=sim.addresses, token_store=Slow()) as again:
        assert (await again.get_user("42").send_chat_message("hi")).is_sent


async def test_tokens_had_for_a_spent_refresh_token_are_not_given_up(sim: Simulator) -> None:
    """The refresh went well, and then Twitch can't say for a while whose the new tokens are."""
    async with App("id", "secret", addresses=sim.addresses) as app:
        sim.control.fault("status", endpoint="GET /oauth2/validate", status=401)
        sim.control.fault("status", endpoint="GET /oauth2/validate", status=503, count=2)
        user = await app.add_user("user-42", "refresh-42")
        assert (await user.send_chat_message("hi")).is_sent
        assert app.get_token("42").refresh_token != "refresh-42"


async def test_the_same_tokens_added_many_times_at_once_are_refreshed_once(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        await app.add_user("user-42", "refresh-42")
        access, refresh = app.get_token("42")
        assert access is not None
        app.remove_user("42")
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        users = await asyncio.gather(*(app.add_user(access, refresh) for _ in range(5)))
        assert {user.id for user in users} == {"42"}
        assert (await users[0].send_chat_message("hi")).is_sent


async def test_a_user_of_the_store_who_is_added_again_is_renewed_once(sim: Simulator, tmp_path: Path) -> None:
    """The check of what the store has, and the program that adds the same tokens, would each spend the refresh token."""
    store = FileTokenStore(tmp_path / "tokens.json")
    removed: list[str] = []

    async def on_removed(user_id: str) -> None:
        removed.append(user_id)

    async with App("id", "secret", addresses=sim.addresses, token_store=store) as app:
        await app.add_user("user-42", "refresh-42")
    sim.control.expire_tokens(sim.clock.api_now(), None)
    async with App("id", "secret", addresses=sim.addresses, token_store=store, token_removed=on_removed) as app:
        user = await app.add_user("user-42", "refresh-42")
        await user.get_users()
        late = await app.add_user("user-42", "refresh-42")
        await late.get_users()
        tokens = app.get_token("42")
    assert (removed, await store.load()) == ([], {"42": tokens})


async def test_who_is_added_again_after_being_renewed_gets_what_came_of_it(sim: Simulator) -> None:
    """However often, and whether that is still good or not."""
    async with App("id", "secret", addresses=sim.addresses, validate_every_seconds=None) as app:
        user = await app.add_user("user-42", "refresh-42")
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        await user.get_users()
        renewed = app.get_token("42")
        for _ in range(2):
            await app.add_user("user-42", "refresh-42")
            assert app.get_token("42") == renewed
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        await app.add_user("user-42", "refresh-42")
        assert app.get_token("42") != renewed
        await user.get_users()


async def test_tokens_of_another_login_are_not_taken_for_those_they_replace(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        await app.add_user("user-42", "refresh-42")
        app.add_token("42", "ACCESS_USER_42")
        sim.control.expire_tokens(sim.clock.api_now(), None)
        await app.add_user("user-42", "refresh-42")
        assert app.get_token("42").refresh_token not in (None, "refresh-42")


async def test_a_user_can_be_revoked(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as app:
        await app.add_user("user-42")
        await app.revoke_user("42")
        assert app.tokens == {}
        with pytest.raises(TokenError):
            await app.add_user("user-42")


async def test_a_closed_app_can_be_cleared_and_used_again(sim: Simulator) -> None:
    before = asyncio.all_tasks()
    app = App("id", "secret", addresses=sim.addresses)
    for _ in range(2):
        async with app:
            await app.application.get_conduits()
        app.clear()
    await app.close()
    await until(lambda: asyncio.all_tasks() - before == set())  # the simulator's own take a moment


async def test_a_token_from_elsewhere_will_do(sim: Simulator) -> None:
    async with App("id", "secret", addresses=sim.addresses) as giver:
        token = await giver._own_app_token.token()
        async with asyncio.timeout(30):
            app = App("id", addresses=sim.addresses)
            await app.authorize(token=token)
            assert await app.application.get_conduits() == ()
            await app.close()


@pytest.mark.parametrize(("client_id", "secret"), [("another", "secret"), ("id", None), ("id", "wrong")])
async def test_a_client_that_is_set_up_wrongly_costs_no_user(client_id: str, secret: str | None) -> None:
    removed: list[str] = []

    async def on_removed(user_id: str) -> None:
        removed.append(user_id)

    async with Simulator.serve(port=0, clients={"id": "secret"}) as sim:
        app = App(client_id, secret, addresses=sim.addresses, token_removed=on_removed)
        with pytest.raises(AuthFailure):
            await app._own_tokens.refreshed(app.add_token("42", "user-42", "refresh-42").id, "user-42")
        assert (removed, list(app.tokens)) == ([], ["42"])
        await app.close()


async def test_a_public_client_has_no_token_of_its_own(sim: Simulator) -> None:
    app = App("id", addresses=sim.addresses)
    with pytest.raises(AuthFailure):
        await app.authorize()
    await app.close()


async def test_nothing_secret_shows_anywhere(sim: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    """Of the client secret and of tokens: in reprs of everything reachable, in logs down to DEBUG, in errors."""
    caplog.set_level(logging.DEBUG)
    app = App("id", "hush-secret", addresses=sim.addresses, validate_every_seconds=0.05)
    failures: list[str] = []
    async with app:
        await app.add_user("user-42", "refresh-42")
        sim.control.expire_tokens(sim.clock.api_now(), "42")
        await app.get_user("42").send_chat_message("hi")
        secrets = {"hush-secret", "user-42", "refresh-42", *filter(None, app.get_token("42"))}
        secrets.add(app._own_app_token.current or "")
        sim.oauth.disconnect("42")
        for attempt in (
            app.add_user("user-42", "refresh-42"),
            app.oauth.refresh("refresh-42"),
            app.oauth.validate("user-42"),
            app.get_user("42").send_chat_message("hi"),
        ):
            try:
                await attempt
            except TwitchException as error:
                failures += [repr(error), str(error), repr(error.__cause__), repr(vars(error))]
        assert len(failures) >= 12
        shown = [*failures, *_reprs(app), caplog.text]
    assert [(secret, text) for secret in secrets for text in shown if secret in text] == []


def _reprs(root: Any) -> list[str]:
    """The repr of an object and of all of the library's that it leads to."""
    seen: set[int] = set()
    found: list[str] = []
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if (
            id(thing) in seen
            or not type(thing).__module__.startswith("twitch")
            or "simulator" in type(thing).__module__
        ):
            continue
        seen.add(id(thing))
        found.append(repr(thing))
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        parts = [*vars(thing).values()] if hasattr(thing, "__dict__") else [getattr(thing, n, None) for n in slots]
        for part in parts:
            waiting += [*part.values()] if isinstance(part, dict) else [part]
    return found


async def test_requests_say_who_made_them_where_a_name_is_given(sim: Simulator) -> None:
    for name in ("my-bot/1.0", None):
        async with App("app", "right", addresses=sim.addresses, user_agent=name) as app:
            await app.application.get_conduits()

    agents = [call["agent"] for call in sim.control.calls(reads=True)["calls"]]
    assert (agents[0], "aiohttp" in agents[1]) == ("my-bot/1.0", True)
