"""The program on the leader: here its on_ready acts."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from coordinator.application import host_application, named_conduit
from coordinator.application_host import LeaderHost
from coordinator.subscription_table import Table
from coordinator.subscriptions import keep_subscriptions
from coordinator.term import Term, Write
from fleet.apps import load_app_within
from fleet.recorded import NotRecorded, RecordedHost
from fleet.settings import Settings
from fleet.vault import Vault
from twitch.app import App
from twitch.errors import BadRequest, TokenError
from twitch.eventsub import ClientApp
from twitch.eventsub.types import SubscriptionRequest
from twitch.simulator import Simulator

PAGE = """
from twitch.eventsub import ClientApp

class LiveAlert(ClientApp):
    async def on_stream_online_v1(self, message):
        pass

    async def on_ready(self):
        self.user = await self.add_user('STREAMER_TOKEN', 'STREAMER_REFRESH')
        self.subscription = await self.eventsub.stream_online(self.user.id)

alerts = LiveAlert('CLIENT_ID', 'CLIENT_SECRET')
alerts.run('CONDUIT_ID')
"""

Program = Callable[[str], Settings]


@pytest.fixture
def term(hosting_term: Term) -> Term:
    return hosting_term


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, term: Term) -> Program:
    """Writes a program and lets the term host it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def write(text: str) -> Settings:
        name = term.settings.namespace.replace("-", "_")
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
        term.settings = replace(term.settings, app=f"{name}:alerts")
        return term.settings

    return write


@asynccontextmanager
async def hosted(term: Term) -> AsyncIterator[None]:
    table = Table(term)
    tasks = [asyncio.create_task(keep_subscriptions(table)), asyncio.create_task(host_application(term, table))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():
            await asyncio.sleep(0.01)


async def ready(term: Term) -> bool:
    return bool(await term.redis.get(term.keys.ready) == str(term.epoch).encode())


async def handler_host(term: Term, app: App, wait_seconds: float = 5.0) -> RecordedHost:
    return RecordedHost(
        app, term.redis, term.keys, Vault(term.redis, term.keys, term.settings.token_keys), wait_seconds
    )


async def test_the_pages_program_adds_its_user_and_subscribes(term: Term, program: Program, listed: Any) -> None:
    program(PAGE)
    async with hosted(term):
        await until(lambda: ready(term))
        found: Any = await term.redis.hgetall(term.keys.users)  # type: ignore[misc] # typed for both clients
        (user_id,) = found.values()
        assert f"stream.online {user_id.decode()}" in await listed()
    assert "application" not in term.not_ready


async def test_a_handler_process_gets_the_same_answers_without_calling_twitch(
    term: Term, program: Program, sim: Simulator
) -> None:
    program(PAGE)
    async with App("client", "secret", addresses=replace(sim.addresses, api_url="http://127.0.0.1:9")) as offline:
        host = await handler_host(term, offline)

        class Alerts(ClientApp):
            async def on_ready(self) -> None:
                self.user = await self.add_user("STREAMER_TOKEN", "STREAMER_REFRESH")
                self.subscription = await self.eventsub.stream_online(self.user.id)

        client = Alerts("CLIENT_ID", "CLIENT_SECRET")
        client.attach(host)
        waiting = asyncio.create_task(client.ready())  # it may come before the leader has recorded anything
        async with hosted(term):
            await waiting
            assert client.user.login == "streamer"
            assert client.subscription.condition == {"broadcaster_user_id": client.user.id}
            assert client.subscription.is_enabled
            assert [each.type for each in await host.subscriptions() if each.type == "stream.online"] == [
                "stream.online"
            ]


async def test_the_second_leader_finds_the_user_and_the_subscription_on_record(
    term: Term, program: Program, listed: Any
) -> None:
    program(PAGE)
    async with hosted(term):
        await until(lambda: ready(term))
        before = await listed()
    await term.redis.delete(term.keys.ready)
    async with hosted(term):
        await until(lambda: ready(term))
        assert {name: each.id for name, each in (await listed()).items()} == {n: each.id for n, each in before.items()}


async def test_a_redis_that_lost_what_was_recorded_is_told_again(term: Term, program: Program) -> None:
    program(PAGE)
    async with hosted(term):
        await until(lambda: ready(term))
        recorded: Any = await term.redis.hgetall(term.keys.users)  # type: ignore[misc] # typed for both clients
        await term.redis.delete(term.keys.ready, term.keys.users)
        term.counted(0, known=1)  # as after a fail-over to a replica that lacks it
        await until(lambda: ready(term))
        assert await term.redis.hgetall(term.keys.users) == recorded  # type: ignore[misc] # as above


async def test_whom_an_older_program_added_is_not_taken_for_one_of_this_ones(term: Term, program: Program) -> None:
    await term.redis.hset(term.keys.users, mapping={"0": "older", "1": "older too"})  # type: ignore[misc] # as above
    program(PAGE)
    async with hosted(term):
        await until(lambda: ready(term))
        recorded: Any = await term.redis.hgetall(term.keys.users)  # type: ignore[misc] # as above
    assert recorded.keys() == {b"0"}
    assert b"older" not in recorded.values()


async def test_a_pair_that_was_renewed_is_not_put_back_by_the_programs_text(term: Term, app: App) -> None:
    host = LeaderHost(term, Table(term), Vault(term.redis, term.keys, term.settings.token_keys))
    user = await host.add_user("STREAMER_TOKEN", "STREAMER_REFRESH")
    assert host.vault is not None
    fresh = await host.vault.refreshed(user.id, "STREAMER_TOKEN")
    again = await host.add_user("STREAMER_TOKEN", "STREAMER_REFRESH")
    assert again.id == user.id
    assert await host.vault.token(user.id) == fresh != "STREAMER_TOKEN"
    (profile,) = await again.get_users(user_ids={user.id})
    assert profile.id == user.id


async def test_a_refused_subscription_is_refused_alike_in_a_handler_process(term: Term, app: App) -> None:
    leader = LeaderHost(term, Table(term), None)
    leader.table.listed.set()
    request = SubscriptionRequest("no.such.type", "1", {"broadcaster_user_id": "7"})
    with pytest.raises(BadRequest) as met:
        await leader.subscribe(request)
    with pytest.raises(BadRequest) as told:
        await (await handler_host(term, app)).subscribe(request)
    assert (told.value.status, told.value.message) == (met.value.status, met.value.message)


async def test_what_the_leader_has_not_recorded_is_waited_for_within_a_bound(term: Term, app: App) -> None:
    host = await handler_host(term, app, wait_seconds=0.05)
    with pytest.raises(NotRecorded, match="has not recorded this user within"):
        await host.add_user("UNKNOWN", "UNKNOWN_REFRESH")
    with pytest.raises(NotRecorded, match=r"stream\.online v1"):
        await host.subscribe(SubscriptionRequest("stream.online", "1", {"broadcaster_user_id": "7"}))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 / 0", "can't be imported: ZeroDivisionError"),
        (
            PAGE.replace("self.user = ", "raise RuntimeError('mine')\n        self.user = "),
            "on_ready raised RuntimeError: mine",
        ),
        (
            PAGE.replace("self.user = ", "import asyncio; await asyncio.sleep(60)\n        self.user = "),
            "on_ready has not finished",
        ),
        (
            PAGE.replace("self.user = ", "import sys; sys.exit('enough')\n        self.user = "),
            "on_ready raised SystemExit: enough",
        ),
        (
            PAGE.replace(
                "self.user = ",
                "import asyncio\n        task = asyncio.create_task(asyncio.sleep(60)); task.cancel(); await task"
                "\n        self.user = ",
            ),
            "on_ready raised CancelledError",
        ),
    ],
)
async def test_a_program_that_fails_is_one_sentence_and_leaves_the_rest_alone(
    term: Term, program: Program, listed: Any, text: str, sentence: str
) -> None:
    program(text)
    term.settings = replace(term.settings, ready_seconds=1.0)
    async with hosted(term):
        await until(lambda: _says(term, sentence))
        await until(lambda: _lists(listed, "conduit.shard.disabled"))
    assert "\n" not in term.not_ready["application"]
    assert not await ready(term)


async def _says(term: Term, sentence: str) -> bool:
    return sentence in term.not_ready.get("application", "")


async def _lists(listed: Any, name: str) -> bool:
    return name in await listed()


async def test_without_token_keys_users_are_refused_in_one_sentence(term: Term, program: Program) -> None:
    program(PAGE)
    term.settings = replace(term.settings, token_keys=())
    async with hosted(term):
        await until(lambda: _says(term, "FLEET_TOKEN_KEYS is not set"))


async def test_dead_tokens_are_said_and_not_recorded(term: Term, sim: Simulator) -> None:
    host = LeaderHost(term, Table(term), Vault(term.redis, term.keys, term.settings.token_keys))
    with pytest.raises(TokenError):
        await host.add_user("", "")
    assert await term.redis.exists(term.keys.users) == 0


async def test_the_program_names_its_conduit_or_none(term: Term, program: Program) -> None:
    assert await named_conduit(term.settings) == ""
    assert await named_conduit(program("1 / 0")) == ""
    assert await named_conduit(program(PAGE)) == "CONDUIT_ID"


BLOCKING = """
import threading
from twitch.eventsub import ClientApp

began, released = threading.Event(), threading.Event()

class Blocking(ClientApp):
    async def on_ready(self):
        began.set()
        released.wait()

alerts = Blocking('CLIENT_ID', 'CLIENT_SECRET')
alerts.run('CONDUIT_ID')
"""


async def test_an_on_ready_that_blocks_holds_up_nobody_else(term: Term, program: Program) -> None:
    settings = program(BLOCKING)
    async with hosted(term):
        blocking = (await load_app_within(settings, 30.0)).client
        module = sys.modules[type(blocking).__module__]
        try:
            await asyncio.to_thread(module.began.wait)
            await term.commit(Write.set(term.keys.pace, "still led"))  # while it blocks
            assert "application" in term.not_ready
            assert not await ready(term)
        finally:
            module.released.set()
        await until(lambda: ready(term))
